"""Charts across documents; each bar leads to what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui
from nicegui.events import EChartPointClickEventArguments
from starlette.requests import Request
from starlette.responses import Response

from service.store import evaluations
from service.web import backstage
from service.web.frame import empty, frame, page
from service.web.tags import Tag
from service.web.views import filters, overview

if TYPE_CHECKING:
    from service.web.views.overview import Chart

OFFERED = {"year": filters.YEAR, "kind": filters.KIND, "unit": filters.UNIT}


@page("/overview", title="总览")
async def overview_page(request: Request) -> Response | None:
    who = await backstage.viewer(request)
    if who is None:
        return backstage.to_login(request)
    asked = filters.values(OFFERED, request.query_params)
    asked = {name: value for name, value in asked.items() if name in OFFERED}
    figures = await backstage.read(lambda s: evaluations.statistics(s, group_id=who.sees, **asked))
    with frame("总览", who, "/overview"):
        said = filters.told(OFFERED, asked)
        Tag("h1", "print-title", f"总览（{'，'.join(said)}）" if said else "总览")
        _filters(asked)
        with Tag("div", "numbers"):
            for label, (value, link) in overview.numbers(figures).items():
                with Tag("a", "card", href=link):
                    Tag("b", "", value)
                    Tag("span", "fine", label)
        if not figures["evaluations"]:
            if asked:
                empty("没有符合条件的自评", "请放宽或清除上面的筛选条件。")
            else:
                empty("还没有可以汇总的自评", "上传材料并识别完成后，这里显示执行率、得分和问题的分布。")
            return None
        with Tag("div", "charts"):
            for chart in overview.charts(figures, asked):
                _chart(chart)
    return None


def _filters(asked: dict[str, Any]) -> None:
    def ask(name: str, value: object) -> None:
        ui.navigate.to(filters.address("/overview", {**asked, name: value}))

    with Tag("div", "filters overview-filters no-print", role="search"):
        for name, offered in OFFERED.items():
            value = asked.get(name)
            if offered.choices is None:
                field: ui.input | ui.select = ui.input(offered.label, value="" if value is None else str(value)).props(
                    "dense outlined clearable"
                )
                field.on("change", lambda e, n=name: ask(n, e.args), js_handler="(e) => emit(e.target.value)")
                field.on("clear", lambda n=name: ask(n, None))
            else:
                field = ui.select(dict(offered.choices), value=value, label=offered.label, clearable=True)
                field.props("dense outlined options-dense").on_value_change(lambda e, n=name: ask(n, e.value))
            field.classes(offered.width)


def _chart(chart: Chart) -> None:
    with Tag("section", "card chart"):
        Tag("h2", "", chart.title)
        if chart.is_empty:
            empty("", "没有这方面的数据")
            return

        def clicked(event: EChartPointClickEventArguments) -> None:
            ui.navigate.to(chart.link(event.series_name, event.data_index))

        ui.echart(chart.options, on_point_click=clicked, renderer="svg")
