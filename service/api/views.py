"""What the interface answers with, as OpenAPI describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from service import schema
from service.store import models

Status = Literal["queued", "running", "done", "failed", "cancelled"]
Level = Literal["province", "city", "county", "township"]

_ID = "0d0a3c6e5b8f4a0f9a7b1c2d3e4f5a6b"


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Links(View):
    """Where the document's parts are."""

    self_: str = Field(alias="self", examples=[f"/v1/documents/{_ID}"])
    report: str
    xlsx: str
    csv: str
    annotated: str
    file: str
    events: str
    pages: str = Field(description="{n} is a page's number", examples=[f"/v1/documents/{_ID}/pages/{{n}}.png"])
    view: str = Field(description="the document's web page", examples=[f"/documents/{_ID}"])

    model_config = ConfigDict(populate_by_name=True)

    @classmethod
    def of(cls, document_id: str) -> Self:
        base = f"/v1/documents/{document_id}"
        return cls(
            self_=base,
            report=f"{base}/report",
            xlsx=f"{base}/report.xlsx",
            csv=f"{base}/report.csv",
            annotated=f"{base}/annotated.pdf",
            file=f"{base}/file",
            events=f"{base}/events",
            pages=f"{base}/pages/{{n}}.png",
            view=f"/documents/{document_id}",
        )


class Failure(View):
    """Why a document has no report."""

    code: str = Field(examples=["damaged_file"])
    message: str = Field(examples=["文件已损坏，无法修复。请重新导出、重新扫描或重新上传原文件。"])
    retryable: bool


class Document(View):
    """A file and how far it is."""

    id: str = Field(examples=[_ID])
    status: Status
    file_name: str = Field(examples=["河道清淤项目自评表.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(description="bytes")
    sha256: str
    page_count: int | None = Field(description="known once the file was opened")
    pages_done: int
    ahead: int | None = Field(default=None, description="documents that are read before this one, while it is queued")
    error: Failure | None
    profile: str | None = Field(description="rules to check by, where they were chosen")
    priority: int = Field(description="1 first, 9 last")
    run: int = Field(description="how often it was asked to be read")
    uploaded_by: str = Field(examples=["user:li"])
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    timings: dict[str, Any] = Field(
        description="seconds", examples=[{"queued": 0.2, "reading": 6.1, "assembling": 0.4}]
    )
    versions: dict[str, Any] = Field(description="of the pipeline and the model that read it")
    links: Links

    @classmethod
    def of(cls, row: models.Document, ahead: int | None = None) -> Self:
        failure = None
        if row.error_code is not None:
            failure = Failure(code=row.error_code, message=row.error_message or "", retryable=row.error_retryable)
        plain = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**plain, ahead=ahead, error=failure, links=Links.of(row.id))


class RefusedFile(View):
    """A file of an upload that was not taken, among others that were."""

    file_name: str
    code: str = Field(examples=["unsupported_file"])
    detail: str


class Uploaded(View):
    """What became of an upload, in the order of its files."""

    documents: list[Document]
    refused: list[RefusedFile]


class Documents(View):
    """A page of documents."""

    documents: list[Document]
    next_cursor: str | None = Field(description="give it as `cursor` for the next page; null on the last")
    total: int = Field(description="of all pages")


class Progress(View):
    """How far a document is."""

    status: Status
    page_count: int | None
    pages_done: int
    ahead: int | None
    error_code: str | None
    error_message: str | None


class Correction(View):
    """A value that someone put in the place of what was read."""

    id: int
    path: str = Field(description="JSON Pointer into the report", examples=["/evaluations/0/funds/0/executed"])
    old: Any
    new: Any
    actor: str = Field(examples=["user:li"])
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Corrections(View):
    """All corrections of a document, those undone included, oldest first."""

    corrections: list[Correction]


class Change(BaseModel):
    """A correction to make. A text or a quantity may be given as it is printed; null clears a field."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(
        max_length=300, description="JSON Pointer into the report", examples=["/evaluations/0/funds/0/executed"]
    )
    value: Any = Field(examples=["331.77"])


class Changes(BaseModel):
    """Corrections to make: all or none."""

    model_config = ConfigDict(extra="forbid")

    corrections: list[Change] = Field(min_length=1, max_length=1000)


class Operation(BaseModel):
    """An operation of JSON Patch (RFC 6902)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str = Field(max_length=300)
    from_: str | None = Field(default=None, alias="from", max_length=300)
    value: Any = None


class Evaluation(View):
    """An evaluation in figures. Money in 元, rates in percent."""

    document_id: str
    position: int = Field(description="its place in the document's report, from 0")
    kind: Literal["project", "department"]
    year: int | None
    title: str | None
    subject: str | None
    department: str | None
    unit: str | None = Field(description="the implementing unit, else the department")
    level: Level | None = Field(description="administrative level that the unit's name tells")
    grade: str | None
    score: float | None
    initial_budget: float | None
    budget: float | None
    executed: float | None
    execution_rate: float | None
    indicators: int
    unmet: int = Field(description="indicators that were not or partly met")
    doubtful: int = Field(description="values read with little confidence")
    errors: int
    warnings: int


class Evaluations(View):
    """A page of evaluations."""

    evaluations: list[Evaluation]
    next_cursor: str | None
    total: int


class Version(View):
    """What runs here."""

    name: Literal["jixiao"] = "jixiao"
    version: str
    schema_version: str


class Health(View):
    """`checks` names what was looked at: "ok", or what is wrong."""

    status: Literal["ok", "failing"]
    checks: dict[str, str] = Field(default={}, examples=[{"database": "ok", "files": "ok", "workers": "ok"}])


class AuditEntry(View):
    """Who did what."""

    id: int
    at: datetime
    actor: str
    action: str = Field(examples=["document.delete"])
    target: str
    detail: dict[str, Any]


class AuditTrail(View):
    """Newest first; give the last entry's id as `before` for the next page."""

    entries: list[AuditEntry]


class Me(View):
    """Who the service takes the sender for."""

    name: str
    actor: str
    role: str
    scopes: list[str]
    is_open: bool = Field(description="whether the service runs without accounts")


class Finding(View):
    """A finding of a check, and the evaluation that it is about."""

    document_id: str
    evaluation: int = Field(description="the evaluation's place in the document's report, from 0")
    position: int = Field(description="its place among the evaluation's checks, from 0")
    rule: str = Field(examples=["F1"])
    severity: Literal["error", "warning", "info"]
    message: str
    expected: str | None
    found: str | None
    suggestion: str | None
    evidence: list[schema.Evidence]
    year: int | None
    unit: str | None
    subject: str | None

    @classmethod
    def of(cls, row: models.Finding) -> Self:
        of = row.evaluation
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "evaluation" and hasattr(row, name)}
        return cls(**plain, evaluation=of.position, year=of.year, unit=of.unit, subject=of.subject or of.title)


class Findings(View):
    """A page of findings."""

    findings: list[Finding]
    next_cursor: str | None
    total: int


class Bar(View):
    """How many evaluations lie from `from` to below `below`; null has no end."""

    from_: float = Field(alias="from")
    below: float | None
    count: int

    model_config = ConfigDict(populate_by_name=True)


class ByStatus(View):
    status: Status
    count: int


class ByGrade(View):
    grade: str | None
    count: int


class ByLevel(View):
    level: Level | None
    count: int
    score: float | None = Field(description="mean")
    execution_rate: float | None = Field(description="mean, percent")


class ByUnit(View):
    unit: str | None
    count: int
    score: float | None
    execution_rate: float | None


class ByKind(View):
    kind: Literal["project", "department"]
    count: int


class ByRule(View):
    rule: str
    severity: Literal["error", "warning", "info"]
    count: int


class ByYear(View):
    year: int
    count: int
    budget: float | None = Field(description="sum, 元")
    executed: float | None
    score: float | None
    execution_rate: float | None


class Statistics(View):
    """Figures for an overview, most first. A null name stands for evaluations that do not tell."""

    documents: list[ByStatus]
    evaluations: int
    execution_rates: list[Bar]
    scores: list[Bar]
    grades: list[ByGrade]
    levels: list[ByLevel]
    units: list[ByUnit] = Field(description="those with most evaluations")
    kinds: list[ByKind]
    findings: list[ByRule]
    years: list[ByYear]
