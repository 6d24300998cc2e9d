"""Questions across documents: evaluations, findings, statistics; as JSON, CSV or workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from service.api import problems, views
from service.api.dependencies import Reader, StoreOf
from service.api.documents import Cursor, Limit, Year, attachment
from service.api.reports import XLSX
from service.export import tables, workbook
from service.export.tables import AMOUNTS, Cell, Column, Table
from service.store import Store, evaluations, models
from service.store.evaluations import EvaluationFilters, FindingFilters
from service.store.paging import Listing

router = APIRouter(prefix="/v1", tags=["queries"])

Row = TypeVar("Row")
Format = Annotated[Literal["json", "csv", "xlsx"], Query(description="csv and xlsx hold all rows, not a page")]
Unit = Annotated[str | None, Query(max_length=100, description="part of a unit's or department's name")]
Kind = Literal["project", "department"]
Grade = Literal["优", "良", "中", "差"]
Figure = Annotated[float | None, Query(ge=-1e9, le=1e9)]
Rule = Annotated[str | None, Query(max_length=10, description="id of a check", examples=["F1"])]

# What a sheet still opens with at ease.
MOST_ROWS: Final = 50_000
_CHUNK: Final = 1_000

LEVELS: Final = {"province": "省级", "city": "市级", "county": "县级", "township": "乡级"}
_EVALUATION_COLUMNS: Final = (
    Column("文件", 30),
    Column("评价对象", 28),
    Column("类型", 10),
    Column("年度", 8, "number"),
    Column("主管部门", 22),
    Column("实施单位", 22),
    Column("层级", 8),
    *AMOUNTS,
    Column("执行率（%）", 11, "number"),
    Column("总分", 8, "number"),
    Column("等级", 6),
    Column("指标数", 8, "number"),
    Column("未完成", 8, "number"),
    Column("错误", 6, "number"),
    Column("警告", 6, "number"),
    Column("存疑值", 8, "number"),
    Column("文件编号", 34),
)
_FINDING_COLUMNS: Final = (
    Column("文件", 30),
    Column("评价对象", 28),
    Column("年度", 8, "number"),
    Column("单位", 22),
    Column("规则", 6),
    Column("级别", 8),
    Column("问题", 70),
    Column("应为", 18),
    Column("现为", 18),
    Column("建议", 18),
    Column("文件编号", 34),
)
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A page of rows, or the file that was asked for",
        "content": {
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get(
    "/evaluations", response_model=views.Evaluations, responses=problems.answers() | _FILES, summary="Query evaluations"
)
def list_evaluations(
    viewer: Reader,
    store: StoreOf,
    year: Year = None,
    kind: Kind | None = None,
    unit: Unit = None,
    level: views.Level | None = None,
    grade: Grade | None = None,
    text: Annotated[str | None, Query(max_length=100)] = None,
    status: Annotated[views.Status | None, Query(description="of the document")] = None,
    has_errors: bool | None = None,
    min_score: Figure = None,
    max_score: Figure = None,
    below_score: Figure = None,
    min_execution_rate: Annotated[float | None, Query(ge=-1e9, le=1e9, description="percent")] = None,
    max_execution_rate: Figure = None,
    below_execution_rate: Figure = None,
    sort: Annotated[
        str, Query(max_length=50, description=f"{', '.join(evaluations.SORTS)}; - reverses; empty values last")
    ] = "-id",
    cursor: Cursor = None,
    limit: Limit = 50,
    format: Format = "json",  # noqa: A002 - its name in the address
) -> Any:
    """Evaluations of all documents that you may see. Bounds are inclusive, but for `below_…`."""
    filters = EvaluationFilters(
        year=year,
        kind=kind,
        unit=unit,
        level=level,
        grade=grade,
        text=text,
        status=status,
        has_errors=has_errors,
        min_score=min_score,
        max_score=max_score,
        below_score=below_score,
        min_execution_rate=min_execution_rate,
        max_execution_rate=max_execution_rate,
        below_execution_rate=below_execution_rate,
        group_id=viewer.sees,
    )

    def page(session: Session, at: str | None, count: int) -> Listing[models.Evaluation]:
        return evaluations.page(session, filters, sort, at, count)

    if format != "json":
        rows = [_evaluation_cells(row) for row in _all(store, page)]
        return _file(Table("evaluations", "评价", _EVALUATION_COLUMNS, rows), format)
    with store.database.reading() as session:
        found = page(session, cursor, limit)
    shown = [views.Evaluation.model_validate(row) for row in found.items]
    return views.Evaluations(evaluations=shown, next_cursor=found.next_cursor, total=found.total)


@router.get("/findings", response_model=views.Findings, responses=problems.answers() | _FILES, summary="Query findings")
def list_findings(
    viewer: Reader,
    store: StoreOf,
    rule: Rule = None,
    severity: Literal["error", "warning", "info"] | None = None,
    year: Year = None,
    unit: Unit = None,
    document: Annotated[str | None, Query(max_length=64, description="a document's id")] = None,
    sort: Annotated[str, Query(max_length=50, description=f"{', '.join(evaluations.FINDING_SORTS)}")] = "-id",
    cursor: Cursor = None,
    limit: Limit = 50,
    format: Format = "json",  # noqa: A002 - its name in the address
) -> Any:
    """Findings of all documents that you may see."""
    filters = FindingFilters(
        rule=rule, severity=severity, year=year, unit=unit, document_id=document, group_id=viewer.sees
    )

    def page(session: Session, at: str | None, count: int) -> Listing[models.Finding]:
        return evaluations.findings(session, filters, sort, at, count)

    if format != "json":
        return _file(
            Table("findings", "核对发现", _FINDING_COLUMNS, [_finding_cells(f) for f in _all(store, page)]), format
        )
    with store.database.reading() as session:
        found = page(session, cursor, limit)
        shown = [views.Finding.of(row) for row in found.items]
    return views.Findings(findings=shown, next_cursor=found.next_cursor, total=found.total)


@router.get("/statistics", responses=problems.answers(), summary="Figures for an overview")
def statistics(
    viewer: Reader, store: StoreOf, year: Year = None, kind: Kind | None = None, unit: Unit = None
) -> views.Statistics:
    """Counts and means over the evaluations that you may see. Money in 元, rates in percent."""
    with store.database.reading() as session:
        found = evaluations.statistics(session, group_id=viewer.sees, year=year, kind=kind, unit=unit)
    return views.Statistics.model_validate(found)


def _all(store: Store, page: Callable[[Session, str | None, int], Listing[Row]]) -> Iterator[Row]:
    """The rows of all pages, MOST_ROWS of them."""
    cursor, given = None, 0
    while given < MOST_ROWS:
        with store.database.reading() as session:
            found = page(session, cursor, _CHUNK)
        yield from found.items
        given += len(found.items)
        cursor = found.next_cursor
        if cursor is None:
            return


def _file(made: Table, format_: str) -> Response:
    if format_ == "csv":
        return attachment(tables.to_csv(made), "text/csv; charset=utf-8", f"{made.title}.csv")
    return attachment(workbook.workbook([made], title=made.title), XLSX, f"{made.title}.xlsx")


def _evaluation_cells(row: models.Evaluation) -> list[Cell]:
    money = (row.initial_budget, row.budget, row.executed)
    values = (
        row.document.file_name,
        row.subject or row.title,
        tables.KINDS[row.kind],
        row.year,
        row.department,
        row.unit,
        LEVELS.get(row.level or ""),
        *(None if amount is None else round(amount / tables.YUAN_PER_WAN, 6) for amount in money),
        row.execution_rate,
        row.score,
        row.grade,
        row.indicators,
        row.unmet,
        row.errors,
        row.warnings,
        row.doubtful,
        row.document_id,
    )
    return [Cell(value) for value in values]


def _finding_cells(row: models.Finding) -> list[Cell]:
    of = row.evaluation
    severity = tables.SEVERITIES[row.severity]
    about = (of.document.file_name, of.subject or of.title, of.year, of.unit)
    values = (*about, row.rule, severity, row.message, row.expected, row.found, row.suggestion, row.document_id)
    return [Cell(value) for value in values]
