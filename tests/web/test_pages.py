"""What users do on the pages, in a browser, with the whole service behind them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pymupdf
import pytest
from playwright.sync_api import expect

from service.config import Settings
from service.schema import Text
from service.store import Store, accounts, documents
from service.store.models import CANCELLED, FAILED, QUEUED, RUNNING
from tests.export.reports import planted_rows
from tests.plain_form import form_pdf
from tests.web.conftest import PASSWORD, RATE, Enter, Site, log_in, serving, value, visit
from tests.web.reports import report

pytestmark = pytest.mark.timeout(600)
READING = 240_000  # milliseconds that a page may take on a busy machine, the worker's start included


def scan() -> bytes:
    """A picture of a form whose total contradicts its scores."""
    with pymupdf.open(stream=form_pdf(1, planted_rows())) as pdf:
        return bytes(pdf[0].get_pixmap(dpi=200).tobytes("png"))


# Logging in ---------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_login_and_back(enter: Enter, document: str) -> None:
    page = enter(None)
    visit(page, f"/documents/{document}?evaluation=0")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    page.get_by_label("用户名").fill("reader")
    page.get_by_label("密码").fill("不对的密码不对的密码")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    page.get_by_label("用户名").fill("reader")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(rf"/documents/{document}\?evaluation=0$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("白鹭湖湿地巡护项目")


def test_logging_out_ends_pages_that_are_still_open(enter: Enter, site: Site, document: str) -> None:
    page = enter(None)
    log_in(page, "annotator")
    visit(page, f"/documents/{document}")
    other = page.context.new_page()
    visit(other, "/")
    other.get_by_role("button", name="退出").click()
    expect(other).to_have_url(re.compile("/login"))
    value(page, RATE).click()
    expect(page.locator(".inspector textarea")).to_have_value("82")
    page.keyboard.type("92")
    page.keyboard.press("Enter")
    expect(page.locator(".q-notification")).to_contain_text("登录已过期")
    assert site.report(document).evaluations[0].funds[0].execution_rate == 82.0


def test_a_reader_sees_but_cannot_change(enter: Enter, document: str) -> None:
    page = enter("reader")
    visit(page, "/")
    expect(page.locator(".list-row").first).to_be_visible()
    expect(page.locator(".drop-target")).to_have_count(0)
    visit(page, f"/documents/{document}")
    value(page, RATE).click()
    expect(page.locator(".inspector textarea")).to_have_attribute("readonly", "")
    expect(page.get_by_role("button", name="保存修改")).to_have_count(0)
    expect(page.locator(".suggestion")).to_have_count(0)


def test_another_groups_documents_are_not_there(enter: Enter, document: str) -> None:
    page = enter("stranger")
    visit(page, "/")
    expect(page.locator(".empty-title")).to_have_text("还没有材料")
    visit(page, f"/documents/{document}")
    expect(page.get_by_role("alert")).to_contain_text(document)
    for address in ("/evaluations", "/findings", "/overview"):
        visit(page, address)
        expect(page.locator(".empty-title").first).to_be_visible()


# The straight path --------------------------------------------------------------------------------------------------


def test_a_scan_is_uploaded_read_corrected_and_downloaded(enter: Enter, site: Site, tmp_path: Path) -> None:
    (tmp_path / "清淤扫描件.png").write_bytes(scan())
    page = enter("annotator")
    visit(page, "/")
    page.locator("input[type=file]").set_input_files(tmp_path / "清淤扫描件.png")
    expect(page.locator(".uploads .sent")).to_contain_text("清淤扫描件.png")
    row = page.locator(".list-row", has_text="清淤扫描件.png")
    expect(row.locator(".state")).to_contain_text(re.compile("排队中|识别中"))
    page.reload()  # nothing is lost
    expect(row.locator(".state")).to_contain_text("已完成", timeout=READING)
    row.get_by_role("link").click()

    finding = page.locator(".finding", has_text="97.88")
    expect(finding).to_be_visible()
    page.wait_for_function("document.querySelector('.sheet img')?.naturalWidth > 1000", timeout=READING)
    total = value(page, "/evaluations/0/total_score")
    expect(total).to_have_class(re.compile("faulty"))
    total.click()
    expect(page.locator(".alarmed").first).to_be_attached()
    page.keyboard.type("99.88")
    page.keyboard.press("Enter")
    expect(total).to_have_text("99.88")
    expect(finding).to_have_count(0)

    page.get_by_role("button", name="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel 工作簿").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert 99.88 in {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def test_a_broken_file_says_why_and_the_same_file_is_known(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "坏的.pdf").write_bytes(b"no pdf at all")
    (tmp_path / "空的.pdf").write_bytes(b"")
    (tmp_path / "两次.pdf").write_bytes(form_pdf(2))
    page = enter("uploader")
    visit(page, "/")
    uploads = page.locator(".uploads")
    page.locator("input[type=file]").set_input_files([tmp_path / "坏的.pdf", tmp_path / "空的.pdf"])
    expect(uploads.locator(".failed", has_text="坏的.pdf")).to_contain_text("请")
    expect(uploads.locator(".failed", has_text="空的.pdf")).to_contain_text("空的，请重新导出")
    page.locator("input[type=file]").set_input_files(tmp_path / "两次.pdf")
    expect(uploads.locator(".sent", has_text="两次.pdf")).to_contain_text("已上传")
    page.get_by_role("button", name="清空上传记录").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "两次.pdf")
    expect(uploads.locator(".sent", has_text="两次.pdf")).to_contain_text("以前传过")
    expect(page.locator(".list-row", has_text="两次.pdf")).to_have_count(1)


# Across documents ---------------------------------------------------------------------------------------------------


def test_filters_stand_in_the_address_and_survive_a_reload(enter: Enter, site: Site) -> None:
    made = report()
    made.evaluations[0].year = 2044
    site.add(made, "只此一年.pdf")
    page = enter()
    visit(page, "/")
    page.get_by_role("textbox", name="年度").fill("2044")
    expect(page.locator(".list-row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?year=2044$"))
    page.reload()
    expect(page.locator(".list-row")).to_have_count(1)
    page.get_by_role("textbox", name="搜索").fill("没有这样的字")
    expect(page.locator(".empty-title")).to_have_text("没有符合条件的结果")


def test_on_a_phone_further_filters_fold(enter: Enter, document: str) -> None:
    page = enter(phone=True)
    visit(page, "/")
    year = page.get_by_role("textbox", name="年度")
    expect(page.get_by_role("textbox", name="搜索")).to_be_visible()
    expect(page.locator(".list-row").first).to_be_in_viewport()
    expect(year).to_be_hidden()
    fold = page.get_by_role("button", name="筛选", exact=True)
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(year).to_be_visible()
    year.fill("1999")
    expect(page.locator(".empty-title")).to_have_text("没有符合条件的结果")
    page.get_by_role("button", name="筛选（1）").click()
    expect(year).to_be_hidden()


def test_a_finding_in_the_list_leads_to_its_place(enter: Enter, document: str) -> None:
    page = enter()
    visit(page, "/findings?rule=F1")
    page.locator(f'a[href*="{document}"]').first.click()
    expect(page.locator(".value[aria-current]")).to_have_attribute("data-pointer", RATE)
    expect(page.locator("rect.alarmed").first).to_be_attached()


def test_a_bar_leads_to_what_it_counts(enter: Enter, site: Site) -> None:
    made = report()
    made.evaluations[0].year = 2045
    made.evaluations[0].grade = "差"
    site.add(made, "差的.pdf")
    page = enter()
    visit(page, "/overview?year=2045")
    chart = page.locator(".chart", has=page.get_by_role("heading", name="等级", exact=True))
    chart.locator("svg path[fill='#c0392b']").click()
    expect(page).to_have_url(re.compile("/evaluations"))
    expect(page.locator(".list-row")).to_have_count(1)
    expect(page.locator(".list-row")).to_contain_text("差的.pdf")


def test_text_of_a_document_is_text(enter: Enter, site: Site) -> None:
    made = report()
    evil = "<img src=x onerror=\"document.body.className='taken'\">{{ 1 + 1 }}"
    made.evaluations[0].subject.text = evil  # type: ignore[union-attr]
    made.evaluations[0].problems[0].text = evil
    document = site.add(made, f"{evil}.pdf")
    page = enter()
    for address in ("/", "/evaluations", "/findings", f"/documents/{document}"):
        visit(page, address)
        expect(page.get_by_text(evil).first).to_be_visible()
        assert page.locator("body.taken").count() == 0


# How far the page was ever wider than its window, looked at in every frame from the first on.
WATCH_WIDTH = """{
    window.mostOver = 0;
    const look = () => {
        const over = (document.scrollingElement?.scrollWidth ?? 0) - innerWidth;
        window.mostOver = Math.max(window.mostOver, over);
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def long_list(site: Site) -> Iterator[None]:
    """Documents in every state, with names and reasons that are long."""
    name = "青川市2031年度" + "湿地与候鸟保护管理中心" * 8 + "_final_version_" * 5
    made = report()
    made.evaluations[0].subject = made.evaluations[0].competent_department = Text(text=name, evidence=[], confidence=1)
    made.evaluations[0].checks[0].message = name
    site.add(made, f"{name}.pdf")
    with site.store.database.session() as session:
        group = accounts.default_group(session).id
        rows = {}
        for state in (QUEUED, RUNNING, FAILED, CANCELLED):
            rows[state], _ = documents.add(
                session, sha256=site.store.files.put(state.encode()), file_name=f"{state}{name}.pdf",
                media_type="application/pdf", size=1, group_id=group, uploaded_by="user:admin",
            )  # fmt: skip
        session.flush()
        documents.begin(session, rows[RUNNING].id, 1)
        documents.note(session, rows[RUNNING].id, 1, documents.Progress(123))
        documents.fail(session, rows[FAILED].id, 1, code="bad_file", message=f"文件已损坏：{name}", retryable=False)
        documents.cancel(session, rows[CANCELLED].id)
    yield
    with site.store.database.session() as session:
        for state in (QUEUED, RUNNING):
            documents.cancel(session, rows[state].id)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.usefixtures("long_list")
def test_pages_fit_the_window_from_the_first_and_name_themselves(enter: Enter, document: str, phone: bool) -> None:
    page = enter(phone=phone)
    page.add_init_script(WATCH_WIDTH)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setBlockedURLs", {"urls": ["*.woff2"]})  # icons never come
    titles = set()
    for address, last in (
        ("/", ".list-row"), ("/evaluations", ".list-row"), ("/findings", ".list-row"), ("/overview", ".chart svg"),
        (f"/documents/{document}", ".panel .value"), ("/nowhere", ".empty-state"),
    ):  # fmt: skip
        visit(page, address)
        expect(page.locator(".page")).to_be_visible()
        expect(page.locator(last).first).to_be_visible()
        titles.add(page.title())
        assert page.evaluate("mostOver") <= 0, address
    assert len(titles) == 6
    assert all(title.endswith(" · 绩校") for title in titles)


def test_a_missing_page_leads_back(enter: Enter) -> None:
    page = enter("reader")
    visit(page, "/nowhere")
    expect(page.get_by_role("navigation")).to_be_visible()
    page.get_by_role("link", name="回到材料列表").click()
    expect(page).to_have_url(re.compile("/$"))
    strange = enter(None)
    visit(strange, "/nowhere")
    expect(strange.locator(".empty-title")).to_have_text("没有这个页面")
    expect(strange.get_by_role("navigation")).to_have_count(0)


def test_a_document_without_evaluations_says_so(enter: Enter, site: Site) -> None:
    made = report()
    made.evaluations = []
    document = site.add(made, "一无所有.pdf")
    page = enter()
    visit(page, "/")
    expect(page.locator(".list-row", has_text="一无所有.pdf")).to_contain_text("未找到自评")
    visit(page, f"/documents/{document}")
    expect(page.locator(".empty-title")).to_have_text("没有找到绩效自评表")


def test_what_was_read_stays_in_view_when_a_second_reading_is_cancelled(
    enter: Enter, site: Site, document: str
) -> None:
    with site.store.database.session() as session:
        documents.need(session, document).status = CANCELLED
    page = enter("reader")
    visit(page, f"/documents/{document}")
    expect(page.get_by_role("note").first).to_contain_text("重新处理已取消")
    expect(value(page, RATE)).to_have_text("82")


def test_a_printed_list_is_a_table_that_says_what_it_holds(enter: Enter, site: Site) -> None:
    made = report()
    made.evaluations[0].year = 2046
    site.add(made, "印出的.pdf")
    page = enter(phone=True)
    visit(page, "/evaluations?year=2046")
    expect(page.locator(".list-row")).to_have_count(1)
    expect(page.locator(".list-head")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".list-head")).to_be_visible()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("自评（年度：2046）")
    with pymupdf.open(stream=page.pdf(prefer_css_page_size=True)) as pdf:
        assert len(pdf) == 1
        assert pdf[0].rect.width > pdf[0].rect.height
        assert "自评（年度：2046）" in pdf[0].get_text()


def test_printing_shows_the_report_alone(enter: Enter, document: str) -> None:
    page = enter()
    visit(page, f"/documents/{document}")
    expect(value(page, RATE)).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (".top", ".viewer", ".inspector", ".actions"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(value(page, "/evaluations/0/problems/0")).to_be_visible()


def test_without_accounts_this_machine_is_told_so(enter: Enter, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with Store(settings) as store:
        store.database.upgrade()
    with serving(settings, "--no-worker") as url:
        page = enter(None, url=url)
        visit(page, "/")
        expect(page.get_by_role("note")).to_contain_text("未设账号")
        expect(page.locator(".empty-title")).to_have_text("还没有材料")
