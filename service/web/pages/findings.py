"""All findings across documents, each leading to its place."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from service.store import evaluations
from service.store.models import Finding
from service.store.paging import Listing
from service.web import backstage
from service.web.frame import frame, page
from service.web.pages.results import PAGE_SIZE, Results
from service.web.tags import Tag
from service.web.views import filters
from service.web.views.fields import plain
from service.web.views.findings import RULES, SEVERITIES


@page("/findings", title="问题")
async def findings_page(request: Request) -> Response | None:
    who = await backstage.viewer(request)
    if who is None:
        return backstage.to_login(request)
    with frame("问题", who, "/findings"):
        await _Findings(who, dict(request.query_params)).build()
    return None


class _Findings(Results):
    path = "/findings"
    title = "问题"
    kind = "all-findings"
    offered = {  # noqa: RUF012 - never changed
        "unit": filters.UNIT, "rule": filters.RULE, "severity": filters.SEVERITY, "year": filters.YEAR,
    }  # fmt: skip
    columns = ("级别", "问题", "自评", "建议")

    async def load(self) -> Listing[Finding]:
        await self.check()
        wanted = evaluations.FindingFilters(**self.asked, group_id=self.who.sees)
        cursor = self.cursor
        return await backstage.read(lambda s: evaluations.findings(s, wanted, cursor=cursor, limit=PAGE_SIZE))

    def row(self, item: Finding) -> None:
        of = item.evaluation
        with Tag("div", "list-row", role="listitem"):
            Tag("span", f"chip {item.severity}", SEVERITIES[item.severity])
            with Tag("div", "name"):
                Tag(
                    "a",
                    "",
                    item.message,
                    href=f"/documents/{item.document_id}?evaluation={of.position}&finding={item.position}",
                )
                Tag("span", "fine", f"{item.rule} {RULES.get(item.rule, '')}")
            with Tag("div"):
                Tag("span", "unit", of.subject or of.title or "（未命名）")
                Tag("span", "unit fine", "　".join(text for text in (of.unit, plain(of.year)) if text))
            Tag("span", "", (item.suggestion and f"改为 {item.suggestion}") or "")

    def nothing(self) -> tuple[str, str]:
        return "没有问题", "已识别的材料里没有发现对不上的数据。先在“材料”页上传自评材料，发现的问题会汇总在这里。"
