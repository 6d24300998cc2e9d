"""A page image with outlined values: zoom, drag, click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from service.web.views.places import Bounds

# A page whose size is not known is laid out like upright A4, in points.
A4 = (595.0, 842.0)


class PageView(Element, component="page_view.js"):
    """Shows one page at a time; `on_pick(x, y)` is told of clicks, in points from the page's top left."""

    def __init__(self, on_pick: Callable[[float, float], Any]) -> None:
        super().__init__()
        self.page = 0
        self._props.update(src="", width=A4[0], height=A4[1], boxes=[], selected=[], alarmed=[], shown=True, alt="")

        def picked(event: GenericEventArguments) -> Any:
            return on_pick(float(event.args["x"]), float(event.args["y"]))

        self.on("pick", picked)

    def show_page(self, page: int, src: str, width: float, height: float) -> None:
        """Page `page` of `width` × `height` points, drawn by the picture at `src`."""
        self.page = page
        if not (width and height):
            width, height = A4
        self._props.update(src=src, width=width, height=height, alt=f"原件第 {page} 页", selected=[], alarmed=[])
        self.update()

    def outline(self, boxes: Sequence[dict[str, Any]]) -> None:
        """Draw outlines: x, y, width, height in points, section, doubtful, faulty, name."""
        self._props["boxes"] = list(boxes)
        self.update()

    def select(self, boxes: Sequence[Bounds], alarmed: Sequence[Bounds] = ()) -> None:
        """Point out boxes of a value and those of a finding, and bring them into view."""
        self._props["selected"] = [list(box) for box in boxes]
        self._props["alarmed"] = [list(box) for box in alarmed]
        self.update()
        if boxes or alarmed:
            self.run_method("reveal")

    def show_outlines(self, shown: bool) -> None:
        self._props["shown"] = shown
        self.update()

    def zoom(self, factor: float | None) -> None:
        """Zoom by a factor; None fits the page's width."""
        self.run_method("zoomBy", factor)
