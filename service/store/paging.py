"""Pages of a sorted query by cursor: the values of the last row, so that rows that come and go shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import InputError
from service.store.models import Utc

MOST: Final = 1_000  # rows of a page
Row = TypeVar("Row")


class BadCursor(InputError):
    code = "bad_cursor"
    zh = "分页游标无效。请从第一页重新开始。"
    en = "The cursor is invalid. Begin again at the first page."


class BadSort(InputError):
    code = "bad_sort"
    zh = "不能按“{sort}”排序。可用：{known}（前面加 - 为倒序）。请改正 sort。"
    en = "There is no order {sort}. Known: {known} (a leading - reverses). Correct sort."


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A page of rows. `next_cursor` is None on the last; `total` counts the rows of all pages."""

    items: Sequence[Row]
    next_cursor: str | None
    total: int


def paged(
    session: Session,
    query: Select[Row],
    *,
    sorts: Mapping[str, InstrumentedAttribute[Any]],
    key: InstrumentedAttribute[Any],
    sort: str,
    cursor: str | None,
    limit: int,
) -> Listing[Row]:
    """A page of `query` by one of `sorts`, ties by `key`; empty values come last. Raises BadCursor, BadSort."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name not in sorts:
        raise BadSort(sort=sort, known="、".join(sorts))
    column, limit = sorts[name], max(1, min(limit, MOST))
    total = session.scalars(select(func.count()).select_from(query.order_by(None).subquery())).one()
    if cursor is not None:
        query = query.where(_after(column, key, descending, *_decoded(cursor, sort, column, key)))
    ordered = (column.desc(), key.desc()) if descending else (column.asc(), key.asc())
    rows = session.scalars(query.order_by(column.is_(None), *ordered).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else _encoded(sort, getattr(last, column.key), getattr(last, key.key))
    return Listing(rows[:limit], following, total)


def _after(
    column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any], descending: bool, value: Any, last: Any
) -> ColumnElement[bool]:
    beyond: Callable[[InstrumentedAttribute[Any], Any], ColumnElement[bool]] = (
        (lambda c, v: c < v) if descending else (lambda c, v: c > v)
    )
    if value is None:
        return and_(column.is_(None), beyond(key, last))
    return or_(beyond(column, value), and_(column == value, beyond(key, last)), column.is_(None))


def _encoded(sort: str, value: Any, key: Any) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, shown, key]).encode()).decode()


def _decoded(
    cursor: str, sort: str, column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any]
) -> tuple[Any, Any]:
    try:
        of_sort, value, last = json.loads(base64.urlsafe_b64decode(cursor))
        if value is not None and isinstance(column.type, Utc):
            value = datetime.fromisoformat(value)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor from None
    if of_sort != sort or not _fits(last, key) or not (value is None or _fits(value, column)):
        raise BadCursor
    return value, last


def _fits(value: Any, column: InstrumentedAttribute[Any]) -> bool:
    """Whether the database can compare the column with a value that came from outside."""
    if isinstance(column.type, Utc):
        return isinstance(value, datetime)
    numbers = (int, float)
    return isinstance(value, numbers if column.type.python_type in numbers else column.type.python_type)


def pattern(text: str) -> str:
    """What LIKE finds `text` with, whose own signs mean themselves; to be used with escape="\\\\"."""
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
