"""Small reports of invented units, as reading would give them."""

from __future__ import annotations

from service.schema import (
    Check,
    DocumentInfo,
    Evaluation,
    Evidence,
    FundLine,
    Goal,
    Grade,
    Indicator,
    PageInfo,
    Quantity,
    Report,
    Text,
)

BOX = Evidence(page=1, bbox=(10.0, 20.0, 110.0, 40.0), source="cell")
SPAN = Evidence(page=2, bbox=(10.0, 20.0, 110.0, 40.0), source="span")


def text(value: str) -> Text:
    return Text(text=value, evidence=[BOX], confidence=0.99)


def amount(printed: str, value: float, confidence: float = 0.99) -> Quantity:
    return Quantity(text=printed, comparator=None, value=value, unit="元", evidence=[BOX], confidence=confidence)


def percent(printed: str, value: float, comparator: str | None = None) -> Quantity:
    return Quantity.model_validate(
        {"text": printed, "comparator": comparator, "value": value, "unit": "%", "evidence": [BOX], "confidence": 0.99}
    )


def row(
    name: str, level1: str, target: Quantity | None, actual: Quantity | None, weight: float, score: float
) -> Indicator:
    return Indicator(
        level1=level1, level2=None, level3=name, target=target, actual=actual, weight=weight, score=score,
        deviation=None, status="met", evidence=[BOX], confidence=0.99,
    )  # fmt: skip


def evaluation(
    subject: str = "河道清淤项目",
    unit: str = "青禾县河道所",
    year: int | None = 2023,
    executed: float = 118.5,
    score: float | None = 99.88,
    grade: Grade | None = "优",
    checks: list[Check] | None = None,
) -> Evaluation:
    """A project of 120万元 of which `executed` was spent; its figures agree where `executed` is 118.5."""
    return Evaluation(
        id="e1",
        kind="project",
        year=year,
        title=text(f"{subject}绩效自评表"),
        subject=text(subject),
        competent_department=text("青禾县水利局"),
        implementing_unit=text(unit),
        funds=[
            FundLine(
                category="total",
                label="年度资金总额",
                initial_budget=amount("120", 1_200_000),
                annual_budget=amount("120", 1_200_000),
                executed=amount(f"{executed:g}", executed * 10_000),
                weight=10,
                execution_rate=98.75,
                score=9.88,
            )
        ],
        goal=Goal(expected=text("完成清淤"), actual=text("已完成清淤")),
        indicators=[
            row("清淤合格率", "产出指标", percent("≥95%", 95, ">="), percent("96%", 96), 50, 50),
            row("受益率", "效益指标", percent("≥90%", 90, ">="), percent("92%", 92), 30, 30),
            row("群众满意度", "满意度指标", percent("≥90%", 90, ">="), percent("95%", 95), 10, 10),
        ],
        total_weight=100,
        total_score=score,
        grade=grade,
        statements=[],
        problems=[text("汛期影响施工")],
        improvements=[],
        checks=checks or [],
    )


def report(*evaluations: Evaluation) -> Report:
    pages = [PageInfo(page=n, width=595, height=842, origin="text") for n in (1, 2)]
    info = DocumentInfo(id="0" * 64, file_name="report.pdf", page_count=2, origin="text", pages=pages)
    return Report(document=info, evaluations=list(evaluations), warnings=[])
