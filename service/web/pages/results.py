"""A list with filters that stand in its address, so that nothing is lost on reload."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from nicegui import ui

from service.web import backstage
from service.web.frame import empty, failure, known, told
from service.web.tags import Tag
from service.web.views import filters

if TYPE_CHECKING:
    from service.api.accounts import Viewer
    from service.store.paging import Listing
    from service.web.views.filters import Filter

PAGE_SIZE: Final = 50
# Milliseconds without a key before a search begins.
PATIENCE: Final = 400


class Results(ABC):
    """The rows that filters let through, a page at a time."""

    path: ClassVar[str]
    title: ClassVar[str]
    offered: ClassVar[dict[str, Filter]]
    columns: ClassVar[Sequence[str]]
    numbers: ClassVar[frozenset[str]] = frozenset()  # columns whose values stand at right
    kind: ClassVar[str] = ""

    def __init__(self, who: Viewer, asked: Mapping[str, str]) -> None:
        self.who = who
        self.asked = filters.values(self.offered, asked)
        self.cursor: str | None = None
        self.is_folded = True

    @abstractmethod
    async def load(self) -> Listing[Any]:
        """The page of rows from `cursor` on."""

    @abstractmethod
    def row(self, item: Any) -> None:
        """Show one row."""

    @abstractmethod
    def nothing(self) -> tuple[str, str]:
        """What to say where there is nothing at all: what is missing, and what to do."""

    def tools(self) -> None:  # noqa: B027 - most lists have none
        """What stands beside the filters."""

    async def build(self) -> None:
        self.heading = Tag("h1", "print-title", self.title)
        with Tag("div", "filters no-print", role="search"):
            first, *others = self.offered.items()
            self._filter(*first)
            self.fold = Tag("button", "button narrow-only", type="button", aria_expanded="false")
            self.fold.on("click", told(self._fold))
            with Tag("div", "folded") as self.folded:
                for name, offered in others:
                    self._filter(name, offered)
            self.tools()
            self.ranges = Tag("button", "chip info", type="button", title="取消这个范围")
            self.ranges.on("click", told(self._drop_ranges))
            self.clear = Tag("button", "link", "清除筛选", type="button")
            self.clear.on("click", lambda: ui.navigate.to(self.path))
        self.place = Tag("div", f"list {self.kind}", role="list")
        with Tag("div", "list-foot"):
            self.count = Tag("span", "fine", aria_live="polite")
            self.further = ui.button("显示更多", on_click=told(self._more)).props("flat no-caps dense")
            self.further.classes("no-print")
        await self.show()

    def _filter(self, name: str, offered: Filter) -> None:
        value = self.asked.get(name)
        shown = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        if offered.choices is None:
            field: ui.input | ui.select = ui.input(offered.label, value="" if shown is None else str(shown))
            field.props(f"dense outlined clearable debounce={PATIENCE}")
        else:
            field = ui.select(dict(offered.choices), value=shown, label=offered.label, clearable=True)
            field.props("dense outlined options-dense")
        field.classes(offered.width)

        async def changed(event: Any) -> None:
            await self._ask(name, event.value)

        field.on_value_change(told(changed))

    async def _fold(self) -> None:
        """Show or hide the further filters, for which a phone has no room beside the list."""
        self.is_folded = not self.is_folded
        self.folded.mark_as(open=not self.is_folded)
        self.fold.attribute("aria-expanded", str(not self.is_folded).lower())

    async def _ask(self, name: str, value: object) -> None:
        asked = {n: _text(v) for n, v in self.asked.items()} | {name: _text(value)}
        self.asked = filters.values(self.offered, asked)
        ui.navigate.history.replace(self.address)
        await self.show()

    async def _drop_ranges(self) -> None:
        self.asked = {name: value for name, value in self.asked.items() if name not in filters.RANGES}
        ui.navigate.history.replace(self.address)
        await self.show()

    @property
    def address(self) -> str:
        return filters.address(self.path, {name: _text(value) for name, value in self.asked.items()})

    async def show(self) -> None:
        """Show the first page of what is asked for."""
        self.cursor = None
        try:
            listing = await self.load()
        except Exception as error:
            self.place.clear()
            with self.place:
                failure(known(error))
            return
        self.place.clear()
        with self.place:
            if listing.items:
                with Tag("div", "list-head"):
                    for label in self.columns:
                        Tag("span", "number" if label in self.numbers else "", label)
            elif self.asked:
                empty("没有符合条件的结果", "请放宽或清除上面的筛选条件。")
            else:
                empty(*self.nothing())
        self._add(listing)

    async def _more(self) -> None:
        self._add(await self.load())

    def _add(self, listing: Listing[Any]) -> None:
        with self.place:
            for item in listing.items:
                self.row(item)
        self.cursor = listing.next_cursor
        self.further.set_visibility(listing.next_cursor is not None)
        self.count.say(f"共 {listing.total} 条" if listing.total else "")
        said = filters.told(self.offered, self.asked)
        self.heading.say(f"{self.title}（{'，'.join(said)}）" if said else self.title)
        folded = len(self.asked.keys() & set(list(self.offered)[1:]))
        self.fold.say(f"筛选（{folded}）" if folded else "筛选")
        ranges = filters.ranges(self.asked)
        self.ranges.say(f"{ranges} ✕")
        self.ranges.set_visibility(bool(ranges))
        self.clear.set_visibility(bool(self.asked))

    async def check(self) -> None:
        """Raises LoggedOut."""
        await backstage.still_there(self.who)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
