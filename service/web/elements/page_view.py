"""The pages' images with outlined values: turn, zoom, drag, click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from service.schema import PageInfo
from service.web.views.places import REACH

# A page whose size is not known is laid out like upright A4, in points.
A4 = (595.0, 842.0)


class PageView(Element, component="page_view.js"):
    """Shows the pages of a document one at a time, from `start` on; a page's picture is at `images` + number + .png.

    Which page is seen, what is pointed out on it and what a click means is settled in the browser; `on_turned(page)` is
    told of a page of which nothing was drawn yet.
    """

    def __init__(
        self, images: str, pages: Sequence[PageInfo], count: int, start: int, on_turned: Callable[[int], Any]
    ) -> None:
        super().__init__()
        sizes = {page.page: (page.width, page.height) for page in pages if page.width and page.height}
        numbered = [(number, *sizes.get(number, A4)) for number in range(1, count + 1)]
        self._props.update(
            images=images, pages=[{"page": n, "width": w, "height": h} for n, w, h in numbered], start=start, drawn={},
            reach=REACH,
        )  # fmt: skip

        def turned(event: GenericEventArguments) -> Any:
            return on_turned(int(event.args))

        self.on("turned", turned)

    def draw(self, drawn: Mapping[int, Mapping[str, Any]]) -> None:
        """By page: `outlines` (x, y, width, height in points, section, doubtful, faulty, name), and `spots` (box,
        pointer) for clicks, the closest claims first."""
        self._props["drawn"] = {str(page): drawing for page, drawing in drawn.items()}
        self.update()
