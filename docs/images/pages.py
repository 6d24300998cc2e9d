"""Takes the pictures of the web pages: python -m docs.images.pages (needs Debian's chromium and fonts-noto-cjk).

They show the service as it is, with the bundled scan and the authored samples read by it.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from service.config import Settings
from service.jobs import Jobs
from service.store import Store, accounts, documents
from tests.corpus import documents as samples
from tests.web.conftest import DESK, serving, visit

HERE = Path(__file__).parent
DEMO = HERE.parent.parent / "samples" / "demo.pdf"
COLOURS = 256  # enough for a page, a quarter of the size
SECONDS = 1800  # for reading all samples
SETTLE = 2500  # milliseconds until charts and pictures stand


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        with Store(settings) as store:
            store.database.upgrade()
            with serving(settings) as url:
                demo = _read_samples(store)
                _take(url, demo)


def _read_samples(store: Store) -> str:
    """Have the samples read; the id of the bundled scan."""
    jobs = Jobs(store)
    with store.database.reading() as session:
        group = accounts.default_group(session).id
    files = [(f"{sample.gold[0]['subject']}.pdf", sample.pdf()) for sample in samples()]
    for name, data in [*files, ("街头绿地自评表（扫描）.pdf", DEMO.read_bytes())]:
        added = jobs.add(data, name, media_type="application/pdf", group_id=group, uploaded_by="local")
    late = time.monotonic() + SECONDS
    while True:
        with store.database.reading() as session:
            listing = documents.page(session, documents.Filters(), limit=200)
        if not any(document.status in ("queued", "running") for document in listing.items):
            return added.document.id
        assert time.monotonic() < late, "the samples were not read in time"
        time.sleep(1)


def _take(url: str, demo: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=url, viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
        page.set_default_timeout(120_000)
        visit(page, "/")
        _save(page, "documents.png")
        visit(page, f"/documents/{demo}?finding=0")
        page.wait_for_function("document.querySelector('.sheet img')?.naturalWidth > 0")
        _save(page, "document.png")
        visit(page, "/overview")
        _save(page, "overview.png")
        browser.close()


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLE)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(HERE / name, optimize=True)


if __name__ == "__main__":
    main()
