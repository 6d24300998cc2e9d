"""The keys of the page on which a report is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments


class Shortcuts(Element, component="shortcuts.js"):
    """Tells `on_act` of next, previous, accept, undo, earlier, later and help; other typing goes into `editor`.

    `editor` is a CSS selector of the field that takes corrections; empty where nothing may be corrected.
    """

    def __init__(self, on_act: Callable[[str], Any], editor: str) -> None:
        super().__init__()
        self._props.update(editor=editor, turn=0)

        def acted(event: GenericEventArguments) -> Any:
            return on_act(str(event.args))

        self.on("act", acted)

    def ready(self) -> None:
        """The value that was clicked or gone to is in the editor: what was typed since may follow."""
        self._props["turn"] += 1
        self.update()
