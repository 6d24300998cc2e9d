"""The bar at the foot of the desk: the value in hand, what may be done with it, and the keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nicegui.element import Element
from nicegui.events import GenericEventArguments


@dataclass(frozen=True, slots=True)
class Decision:
    """What the reader decided of the value at `pointer`: to accept it, or to have `typed` in its place; or to take back
    the last decision. They are numbered from 1 on; one whose answer was lost comes again."""

    name: Literal["accept", "correct", "undo"]
    pointer: str
    typed: str
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a decision was carried out; `undone` points to the value that was as before again, and comes to hand."""

    number: int
    done: bool
    undone: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of what is decided in the browser. A decision follows when the one before it was answered."""

    decided: Callable[[Decision], Awaitable[None]]
    turned: Callable[[int, int], Any]
    help: Callable[[], Any]


class InHand(Element, component="in_hand.js"):
    """Takes values in hand and lets them be typed over, in the browser alone: a slow service loses no key.

    `keeps` names what this tab keeps of unsaved typing; `opening` is the finding to begin with, by its number.
    """

    def __init__(self, told: Told, *, annotates: bool, keeps: str, opening: int | None) -> None:
        super().__init__()
        self._props.update(annotates=annotates, keeps=keeps, opening=opening, turned=0)
        self.on("decide", lambda e: told.decided(_decision(e)))
        self.on("turn", lambda e: told.turned(int(e.args["evaluation"]), int(e.args["number"])))
        self.on("help", lambda _: told.help())

    def know(self, **known: Any) -> None:
        """Give what the browser may choose from: `values`, `wanted`, `findings`, `evaluation`, `start`, `undoable`, and
        `turned`, the number of the last turn to another evaluation that was answered."""
        self._props.update(known)
        self.update()

    def answer(self, answer: Answer) -> None:
        """Say what became of a decision; what it changed was given before."""
        self.run_method("answered", answer.number, answer.done, answer.undone)


def _decision(event: GenericEventArguments) -> Decision:
    args: Mapping[str, Any] = event.args
    known: dict[object, Literal["accept", "correct", "undo"]] = {n: n for n in ("accept", "correct", "undo")}
    return Decision(
        known[args["name"]], str(args.get("pointer") or ""), str(args.get("typed") or ""), int(args["number"])
    )
