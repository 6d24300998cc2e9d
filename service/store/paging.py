"""Pages of a sorted query by cursor: the values of the last row, so that rows that come and go shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, and_, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.functions import FunctionElement

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
    load: Sequence[ExecutableOption] = (),
    is_costly: bool = False,
) -> Listing[Row]:
    """A page of `query`, a selection of rows with the primary key `key`, by one of `sorts`, ties by `key`; empty values
    come last. `load` says what else to load of the rows that are shown. `is_costly` filters are asked once, for the
    page and the total in one; others are answered by an index sooner than all their rows are sorted.
    Raises BadCursor, BadSort."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name not in sorts:
        raise BadSort(sort=sort, known="、".join(sorts))
    column, limit = sorts[name], max(1, min(limit, MOST))
    # Whole rows of thousands would be moved about for the fifty that are shown: sort the keys alone.
    keys = query.with_only_columns(key)
    if cursor is None:
        ordered = keys.order_by(*_order(column, key, descending)).limit(limit + 1)
        found, total = _first(session, query, ordered, is_costly)
    else:
        value, after, total = _decoded(cursor, sort, column, key)
        keys = keys.where(_after(column, key, descending, value, after))
        found = session.scalars(keys.order_by(*_order(column, key, descending)).limit(limit + 1)).all()
    shown = select(key.class_).where(key.in_(found[:limit])).options(*load)
    by_key = {getattr(row, key.key): row for row in session.scalars(shown)}
    rows = [by_key[each] for each in found[:limit] if each in by_key]  # another may be deleting them
    last = rows[-1] if len(found) > limit and rows else None
    following = None if last is None else _encoded(sort, getattr(last, column.key), getattr(last, key.key), total)
    return Listing(rows, following, total)


def _first(session: Session, query: Select[Any], keys: Select[Any], is_costly: bool) -> tuple[Sequence[Any], int]:
    """The keys of the first page, and how many rows there are on all; later pages have the number from the cursor."""
    if is_costly:
        rows = session.execute(keys.add_columns(func.count().over())).all()
        return [row[0] for row in rows], rows[0][1] if rows else 0
    found = session.scalars(keys).all()
    return found, session.scalars(query.with_only_columns(func.count(), maintain_column_froms=True)).one()


def _order(
    column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any], descending: bool
) -> tuple[ColumnElement[Any], ...]:
    """Empty values last. Where there are none, not asking for them lets an index do the sorting."""
    ordered = (column.desc(), key.desc()) if descending else (column.asc(), key.asc())
    return (column.is_(None), *ordered) if _may_be_empty(column) else ordered


def _after(
    column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any], descending: bool, value: Any, last: Any
) -> ColumnElement[bool]:
    if value is None:
        return and_(column.is_(None), key < last if descending else key > last)
    if descending:
        beyond = and_(column <= value, or_(column < value, key < last))
    else:
        beyond = and_(column >= value, or_(column > value, key > last))
    return or_(beyond, column.is_(None)) if _may_be_empty(column) else beyond


def _may_be_empty(column: InstrumentedAttribute[Any]) -> bool:
    return bool(column.property.columns[0].nullable)


def _encoded(sort: str, value: Any, key: Any, total: int) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, shown, key, total]).encode()).decode()


def _decoded(
    cursor: str, sort: str, column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any]
) -> tuple[Any, Any, int]:
    try:
        of_sort, value, last, total = json.loads(base64.urlsafe_b64decode(cursor))
        if value is not None and isinstance(column.type, Utc):
            value = datetime.fromisoformat(value)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor from None
    if of_sort != sort or not _fits(last, key) or not (value is None or _fits(value, column)):
        raise BadCursor
    if not isinstance(total, int) or total < 0:
        raise BadCursor
    return value, last, total


def _fits(value: Any, column: InstrumentedAttribute[Any]) -> bool:
    """Whether the database can compare the column with a value that came from outside."""
    if isinstance(column.type, Utc):
        return isinstance(value, datetime)
    numbers = (int, float)
    return isinstance(value, numbers if column.type.python_type in numbers else column.type.python_type)


class _Position(FunctionElement[int]):
    """Where a text stands in another, from 1; 0 where it does not. Several times as fast as LIKE, and no sign in it
    means anything but itself."""

    inherit_cache = True
    type = Integer()


@compiles(_Position)
def _strpos(element: _Position, compiler: Any, **how: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **how)})"


@compiles(_Position, "sqlite")
def _instr(element: _Position, compiler: Any, **how: Any) -> str:
    return f"instr({compiler.process(element.clauses, **how)})"


def contains(column: ColumnElement[Any] | InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """Whether a column in small letters holds a text, in whatever letters and with spaces around it."""
    return _Position(column, literal(text.strip().lower())) > 0
