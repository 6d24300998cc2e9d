"""A small invented report for tests of what the pages show: one project's form on two pages."""

from __future__ import annotations

from service.assembling import checks, profiles
from service.schema import (
    DocumentInfo,
    Evaluation,
    Evidence,
    FundLine,
    Goal,
    Indicator,
    PageInfo,
    Quantity,
    Report,
    RoleValue,
    Statement,
    Text,
)

WIDTH, HEIGHT = 595.0, 842.0
# Columns of the invented form, in points.
FUNDS_X = {"initial_budget": 200.0, "annual_budget": 300.0, "executed": 400.0}
ROW_X = {
    "level1": 50.0,
    "level2": 100.0,
    "level3": 150.0,
    "target": 260.0,
    "actual": 340.0,
    "weight": 420.0,
    "score": 480.0,
}


def place(x: float, y: float, width: float = 80.0, height: float = 20.0, page: int = 1) -> Evidence:
    return Evidence(page=page, bbox=(x, y, x + width, y + height), source="cell")


def text(value: str, at: Evidence, confidence: float = 0.99) -> Text:
    return Text(text=value, evidence=[at], confidence=confidence)


def amount(printed: str, x: float, y: float, confidence: float = 0.99) -> Quantity:
    value = float(printed.replace(",", "")) * 10_000
    return Quantity(
        text=printed, comparator=None, value=value, unit="元", evidence=[place(x, y)], confidence=confidence
    )


def fund(label: str, y: float, printed: tuple[str, str, str], confidence: float = 0.99) -> FundLine:
    amounts = {name: amount(shown, x, y, confidence) for (name, x), shown in zip(FUNDS_X.items(), printed, strict=True)}
    total = label == "年度资金总额"
    return FundLine(
        category="total" if total else "fiscal",
        label=label,
        **amounts,
        weight=10.0 if total else None,
        execution_rate=92.0 if total else None,
        score=9.2 if total else None,
    )


def indicator(name: str, y: float, target: str, actual: str, confidence: float = 0.99) -> Indicator:
    cells = [place(x, y, 50.0) for x in ROW_X.values()]

    def quantity(printed: str, at: Evidence) -> Quantity:
        return Quantity(text=printed, comparator=None, value=None, unit=None, evidence=[at], confidence=confidence)

    return Indicator(
        level1="产出指标",
        level2="数量指标",
        level3=name,
        target=quantity(target, cells[3]),
        actual=quantity(actual, cells[4]),
        weight=45.0,
        score=45.0,
        deviation=None,
        status="met",
        evidence=cells,
        confidence=confidence,
    )


def evaluation() -> Evaluation:
    funds = [
        fund("年度资金总额", 150, ("500.00", "480.00", "441.60")),
        fund("其中：当年财政拨款", 170, ("500.00", "480.00", "441.60")),
    ]
    funds[0].execution_rate = 82.0
    made = Evaluation(
        id="e1",
        kind="project",
        year=2031,
        title=text("白鹭湖湿地巡护项目", place(120, 90, 300)),
        subject=text("白鹭湖湿地巡护项目", place(120, 90, 300)),
        competent_department=text("青川市林业局", place(120, 110, 150)),
        implementing_unit=None,
        funds=funds,
        goal=Goal(
            expected=text("全年巡护湿地，保护候鸟栖息地，劝阻违规捕捞行为，并完成监测点建设。", place(50, 220, 250, 60))
        ),
        indicators=[
            indicator("巡护次数", 300, "≥120次", "126次"),
            indicator("巡河次数", 320, "若干", "48次", confidence=0.6),
        ],
        total_weight=100.0,
        total_score=99.2,
        grade="优",
        statements=[
            Statement(
                indicator="巡护",
                values=[
                    RoleValue(
                        role="achievement",
                        quantity=Quantity(
                            text="126次",
                            comparator=None,
                            value=126.0,
                            unit="次",
                            evidence=[place(90, 100, page=2)],
                            confidence=0.95,
                        ),
                    )
                ],
                period=None,
                organisation=None,
                sentence="全年巡护126次。",
                evidence=[place(50, 100, 300, page=2)],
                confidence=0.95,
            )
        ],
        problems=[text("巡护人员不足。", place(50, 140, 300, page=2))],
        improvements=[],
        checks=[],
    )
    made.checks = checks.run(made, None, profiles.choose(None, made))
    return made


def report() -> Report:
    pages = [PageInfo(page=n, width=WIDTH, height=HEIGHT, origin="scan") for n in (1, 2)]
    return Report(
        document=DocumentInfo(id="0" * 64, file_name="白鹭湖.pdf", page_count=2, origin="scan", pages=pages),
        evaluations=[evaluation()],
        warnings=[],
    )
