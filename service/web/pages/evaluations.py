"""All evaluations across documents, with their figures."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from service.store import evaluations
from service.store.models import Evaluation
from service.store.paging import Listing
from service.web import backstage
from service.web.frame import frame, page
from service.web.pages.results import PAGE_SIZE, Results
from service.web.tags import Tag
from service.web.views import filters
from service.web.views.fields import plain
from service.web.views.overview import percent, wan


@page("/evaluations", title="自评")
async def evaluations_page(request: Request) -> Response | None:
    who = await backstage.viewer(request)
    if who is None:
        return backstage.to_login(request)
    with frame("自评", who, "/evaluations"):
        await _Evaluations(who, dict(request.query_params)).build()
    return None


class _Evaluations(Results):
    path = "/evaluations"
    title = "自评"
    kind = "evaluations"
    offered = {  # noqa: RUF012 - never changed
        "text": filters.TEXT, "unit": filters.UNIT, "year": filters.YEAR, "level": filters.LEVEL,
        "kind": filters.KIND, "grade": filters.GRADE, "has_errors": filters.ERRORS,
    }  # fmt: skip
    columns = ("项目或部门", "单位", "年度", "预算（万元）", "执行率", "得分", "等级", "核对")
    numbers = frozenset({"预算（万元）", "执行率", "得分"})

    async def load(self) -> Listing[Evaluation]:
        await self.check()
        wanted = evaluations.EvaluationFilters(**self.asked, group_id=self.who.sees)
        cursor = self.cursor
        return await backstage.read(lambda s: evaluations.page(s, wanted, cursor=cursor, limit=PAGE_SIZE))

    def tools(self) -> None:
        for form, label in (("xlsx", "导出 Excel"), ("csv", "导出 CSV")):
            link = Tag("a", "button", label, href=f"/v1/evaluations?format={form}")
            link.on("click", js_handler=_with_filters(form))

    def row(self, item: Evaluation) -> None:
        with Tag("div", "list-row", role="listitem"):
            with Tag("div", "name"):
                name = item.subject or item.title or "（未命名）"
                Tag("a", "", name, href=f"/documents/{item.document_id}?evaluation={item.position}")
                Tag("span", "fine", item.document.file_name)
            Tag("span", "unit fine", item.unit or "", title=item.unit)
            Tag("span", "", plain(item.year), data_label="年度")
            Tag("span", "number", wan(item.budget), data_label="预算")
            Tag("span", "number", percent(item.execution_rate), data_label="执行率")
            Tag("span", "number", plain(item.score), data_label="得分")
            Tag("span", "", item.grade or "", data_label="等级")
            with Tag("span", "chips"):
                if item.errors:
                    Tag("span", "chip error", f"错误 {item.errors}")
                if item.warnings:
                    Tag("span", "chip warning", f"警告 {item.warnings}")
                if item.doubtful:
                    Tag("span", "chip doubtful", f"待核 {item.doubtful}")

    def nothing(self) -> tuple[str, str]:
        return "还没有自评", "先在“材料”页上传自评表或自评报告，读出的每个项目、每个部门会列在这里。"


def _with_filters(form: str) -> str:
    """The page's filters stand in its address; an export has the same."""
    return f"""(e) => {{
        const asked = new URLSearchParams(location.search);
        asked.set('format', '{form}');
        e.currentTarget.href = '/v1/evaluations?' + asked;
    }}"""
