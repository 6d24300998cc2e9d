"""Where files are dropped: the browser sends each of them to the service by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.bmp,.webp"


class DropZone(Element, component="drop_zone.js"):
    """Sends files one a request to `url`; `on_added(document_id)` is told of each that the service took."""

    def __init__(self, url: str, *, csrf: str, most_bytes: int, on_added: Callable[[str], Any]) -> None:
        super().__init__()
        self._props.update(url=url, csrf=csrf, mostBytes=most_bytes, accepted=ACCEPTED, options={})

        def added(event: GenericEventArguments) -> Any:
            return on_added(str(event.args))

        self.on("added", added)

    def choose(self) -> None:
        """Open the browser's file dialog."""
        self.run_method("choose")

    def set_options(self, options: dict[str, str]) -> None:
        """Form fields to send along with each file."""
        self._props["options"] = options
        self.update()
