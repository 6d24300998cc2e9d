"""The public data model: one Report for a file, one Evaluation for each subject found in it.

`Report.model_json_schema()` is the output contract; docs/evaluation.schema.json holds a readable copy.
Money is normalised to 元, percentages keep their number (85.2 for 85.2 %), boxes are PDF points from a page's top left.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Literal["1.0"] = "1.0"

Comparator = Literal["=", ">=", ">", "<=", "<", "~"]
FundCategory = Literal["total", "fiscal", "carryover", "other", "basic", "project", "unknown"]
Status = Literal["exceeded", "met", "partly_met", "unmet", "undetermined"]
Role = Literal["amount", "target", "achievement", "change"]
Severity = Literal["error", "warning", "info"]
Grade = Literal["优", "良", "中", "差"]
Confidence = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Evidence(Model):
    """Where a value was read: a box on a page, in points of the page as a viewer shows it."""

    page: int = Field(ge=1)
    bbox: tuple[float, float, float, float]
    source: Literal["cell", "line", "span"]


class Text(Model):
    """A text as printed, line breaks removed."""

    text: str
    evidence: list[Evidence]
    confidence: Confidence


class Quantity(Model):
    """A value as written and as understood; `value` is None for a qualitative one."""

    text: str
    comparator: Comparator | None
    value: float | None
    upper: float | None = Field(default=None, description="upper end of a range")
    unit: str | None = Field(description="as written; % for percentages; money is always normalised to 元")
    evidence: list[Evidence]
    confidence: Confidence


class FundLine(Model):
    """One row of the funds block."""

    category: FundCategory
    label: str
    initial_budget: Quantity | None
    annual_budget: Quantity | None
    executed: Quantity | None
    weight: float | None
    execution_rate: float | None = Field(description="percent")
    score: float | None


class Goal(Model):
    """The year's overall goal and what became of it."""

    expected: Text | None = None
    actual: Text | None = None


class Indicator(Model):
    """One level-3 indicator row."""

    level1: str | None
    level2: str | None
    level3: str
    target: Quantity | None
    actual: Quantity | None
    weight: float | None
    score: float | None
    deviation: str | None = Field(description="偏差原因分析及改进措施")
    status: Status
    evidence: list[Evidence]
    confidence: Confidence = 1.0


class RoleValue(Model):
    role: Role
    quantity: Quantity


class Statement(Model):
    """A fact of the running text, put together from the tagger's spans and relations."""

    indicator: str | None
    values: list[RoleValue]
    period: str | None
    organisation: str | None
    section: str | None = None
    sentence: str
    evidence: list[Evidence]
    confidence: Confidence


class Check(Model):
    """A finding, for the reviewer, in Chinese."""

    rule: str
    severity: Severity
    message: str
    expected: str | None = None
    found: str | None = None
    suggestion: str | None = Field(
        default=None, description="the one value that would reconcile the figures, where there is one"
    )
    evidence: list[Evidence]


class Evaluation(Model):
    """A department's year or a project's year."""

    id: str
    kind: Literal["project", "department"]
    year: int | None
    title: Text | None
    subject: Text | None
    competent_department: Text | None
    implementing_unit: Text | None
    funds: list[FundLine]
    goal: Goal
    indicators: list[Indicator]
    total_weight: float | None
    total_score: float | None
    grade: Grade | None
    statements: list[Statement]
    problems: list[Text]
    improvements: list[Text]
    checks: list[Check]


class PageInfo(Model):
    page: int = Field(ge=1)
    width: float = Field(description="points")
    height: float = Field(description="points")
    origin: Literal["text", "scan", "blank"]
    rotation: float = Field(default=0.0, description="degrees of skew or rotation removed, clockwise")
    confidence: float | None = Field(default=None, description="mean OCR confidence, 0 to 1; None for a text page")


class DocumentInfo(Model):
    id: str = Field(description="sha-256 of the file's bytes, hex")
    file_name: str
    page_count: int = Field(ge=1)
    origin: Literal["text", "scan", "mixed"]
    pages: list[PageInfo]


class ReportWarning(Model):
    """Something the reader of the report should know: what could not be read, what was repaired."""

    code: str
    message: str
    page: int | None = None


class Report(Model):
    """What one file says."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    document: DocumentInfo
    evaluations: list[Evaluation]
    warnings: list[ReportWarning]
