"""Fund lines from budget paragraphs, in the many wordings that offices use. Amounts are expected in 万元."""

from __future__ import annotations

import pytest

from service.assembling.prose.amounts import values
from service.assembling.prose.funds import read_funds
from service.assembling.prose.sections import outline
from service.schema import FundLine, Quantity
from tests.assembling.running_text import document

SUBJECT = "临溪市云岭区园林管理中心"
YEAR = 2023
Row = tuple[float | None, float | None, float | None, float | None]

WORDINGS: dict[str, tuple[str, dict[str, Row]]] = {
    "one sentence": (
        "2023年部门年初预算1,200.50万元，全年预算数1,180.20万元，全年执行数1,150.10万元，预算执行率97.45%。",
        {"total": (1200.5, 1180.2, 1150.1, 97.45)},
    ),
    "cuts with their sum": (
        "本年度年初预算金额2,000.00万元，包括基本支出和项目支出。年中根据实际支付情况调减预算，合计调减资金150.00万元，"
        "调整后预算金额为1,850.00万元，截止至2023年12月31日，预算执行金额为1,831.50万元，整体预算执行率为99.00%。",
        {"total": (2000, 1850, 1831.5, 99)},
    ),
    "parts with budgets, spending and rates": (
        "年初预算900万元，调整后预算为950万元，实际支出931万元，执行率98%。其中基本支出年度预算600万元，预算执行金额594万元，"
        "预算执行率99%；项目支出预算350万元，执行金额337万元，预算执行率96.29%。",
        {"total": (900, 950, 931, 98), "basic": (None, 600, 594, 99), "project": (None, 350, 337, 96.29)},
    ),
    "additions without the result": (
        "2023年年初预算为800.00万元，年中追加预算60.00万元，收回预算20.00万元。全年支出821.50万元。",
        {"total": (800, 840, 821.5, None)},
    ),
    "spread over sentences": (
        "2023年，经区人大批准，我中心年初预算为3,456.78万元。年中因职能调整追加100.00万元。全年预算数达到3,556.78万元。"
        "到年底，部门支出3,500.00万元。预算执行率为98.40%。",
        {"total": (3456.78, 3556.78, 3500, 98.4)},
    ),
    "yuan with commas": (
        "年初批复预算为12,345,600元，调整后预算数为12,845,600.50元，支出决算数为12,700,000.00元，执行率98.87%。",
        {"total": (1234.56, 1284.56005, 1270, 98.87)},
    ),
    "hundred millions": (
        "2023年度部门预算批复数为3.25亿元，经年中调整，全年预算数为3.5亿元，实际执行数3.43亿元，执行率98%。",
        {"total": (32500, 35000, 34300, 98)},
    ),
    "respectively, columns": (
        "2023年部门整体支出年初预算数、全年预算数、全年执行数分别为500.00万元、520.00万元和509.60万元，预算执行率98.00%。",
        {"total": (500, 520, 509.6, 98)},
    ),
    "respectively, shared unit": (
        "年初预算数、调整后预算数和决算数分别为500、520和509.6万元。",
        {"total": (500, 520, 509.6, None)},
    ),
    "respectively, categories": (
        "全年预算数为1,000万元，其中基本支出和项目支出预算分别为700万元、300万元，执行率分别为99.5%、95.2%。",
        {"total": (None, 1000, None, None), "basic": (None, 700, None, 99.5), "project": (None, 300, None, 95.2)},
    ),
    "respectively, referring back": (
        "调整后预算按用途划分，基本支出640万元、项目支出160万元；全年两项分别支出636万元、150万元。",
        {"basic": (None, 640, 636, None), "project": (None, 160, 150, None)},
    ),
    "former and latter": (
        "全年预算数1,500万元，由基本支出和项目支出构成，前者900万元，后者600万元。",
        {"total": (None, 1500, None, None), "basic": (None, 900, None, None), "project": (None, 600, None, None)},
    ),
    "former's and latter's rates": (
        "基本支出预算910万元、项目支出预算90万元，前者执行率99.1%，后者执行率90.5%。",
        {"basic": (None, 910, None, 99.1), "project": (None, 90, None, 90.5)},
    ),
    "from one figure to another": (
        "部门预算由年初的1,000万元调整为1,080万元，实际支付1,069.2万元，支付率99%。",
        {"total": (1000, 1080, 1069.2, 99)},
    ),
    "brackets": (
        "全年预算数2,500万元（其中：基本支出1,800万元，项目支出700万元），全年执行2,450万元（基本支出1,790万元，项目支出660万元），"
        "预算执行率98%。",
        {"total": (None, 2500, 2450, 98), "basic": (None, 1800, 1790, None), "project": (None, 700, 660, None)},
    ),
    "shares between": (
        "调整后全年预算数为5,000.00万元。其中：基本支出预算3,500.00万元，占70%；项目支出预算1,500.00万元，占30%。",
        {"total": (None, 5000, None, None), "basic": (None, 3500, None, None), "project": (None, 1500, None, None)},
    ),
    "narrower subjects beside": (
        "全年实际支出1,888.36万元，整体预算执行率98.86%。“装备购置”经费支出41.06万元，执行率82.12%。“三公”经费支出9.85万元，"
        "比预算节约2.15万元。政府采购预算118.60万元，实际采购金额112.48万元。",
        {"total": (None, None, 1888.36, 98.86)},
    ),
    "rate behind the parts": (
        "年初预算1,738.46万元，调整后预算数2,080.32万元。截至12月31日，支出数2,046.18万元，其中基本支出1,372.04万元，"
        "项目支出674.14万元，预算执行率98.36%。",
        {
            "total": (1738.46, 2080.32, 2046.18, 98.36),
            "basic": (None, None, 1372.04, None),
            "project": (None, None, 674.14, None),
        },
    ),
    "parts that only the sum places": (
        "全年预算数为3,862.05万元，执行数3,742.33万元，预算执行率96.9%。按支出性质划分，基本支出694.01万元，项目支出3,048.32万元。",
        {
            "total": (None, 3862.05, 3742.33, 96.9),
            "basic": (None, None, 694.01, None),
            "project": (None, None, 3048.32, None),
        },
    ),
    "income as the budget that the rate confirms": (
        "2023年收入合计9,746.83万元。本年度支出合计9,205.90万元，预算完成率为94.45%。",
        {"total": (None, 9746.83, 9205.9, 94.45)},
    ),
    "funds available": (
        "年初预算收入1,142.36万元，年中上级专项追加7,603.51万元，上年结转315.09万元，全年可用资金合计9,060.96万元。总支出8,847.23万元。",
        {"total": (1142.36, 9060.96, 8847.23, None), "carryover": (None, 315.09, None, None)},
    ),
    "sources": (
        "全年预算数1,000万元，其中：当年财政拨款900万元，上年结转80万元，其他资金20万元；全年支出990万元。",
        {
            "total": (None, 1000, 990, None),
            "fiscal": (None, 900, None, None),
            "carryover": (None, 80, None, None),
            "other": (None, 20, None, None),
        },
    ),
    "sources with what was spent of them": (
        "全年预算数1,000万元，其中：当年财政拨款900万元，上年结转80万元，其他资金20万元；全年支出990万元，"
        "其中：财政拨款支出895万元，上年结转支出78万元，其他资金支出17万元。",
        {
            "total": (None, 1000, 990, None),
            "fiscal": (None, 900, 895, None),
            "carryover": (None, 80, 78, None),
            "other": (None, 20, 17, None),
        },
    ),
    "spending by where the money came from": (
        "年初预算1,000万元，全年支出990万元。从资金来源看，财政拨款895万元，其他资金95万元。",
        {"total": (1000, None, 990, None), "fiscal": (None, None, 895, None), "other": (None, None, 95, None)},
    ),
    "carried-over money in a sentence of its own": (
        "2023年年初预算1,000万元，其中基本支出600万元，项目支出400万元。上年结转80万元。全年支出1,050万元。",
        {
            "total": (1000, None, 1050, None),
            "basic": (600, None, None, None),
            "project": (400, None, None, None),
            "carryover": (80, None, None, None),
        },
    ),
    "carried-over money beside the year's sources": (
        "2023年年初预算1,000万元，其中财政拨款950万元，其他资金50万元，上年结转80万元。全年支出1,050万元。",
        {
            "total": (1000, None, 1050, None),
            "fiscal": (950, None, None, None),
            "other": (50, None, None, None),
            "carryover": (80, None, None, None),
        },
    ),
    "what was spent of carried-over money": (
        "年初预算1,000万元，全年支出960万元，其中财政拨款支出900万元，结转资金支出60万元。",
        {"total": (1000, None, 960, None), "fiscal": (None, None, 900, None), "carryover": (None, None, 60, None)},
    ),
    "money under special accounts": (
        "全年预算数1,000万元，其中财政拨款940万元，财政专户管理资金60万元。",
        {"total": (None, 1000, None, None), "fiscal": (None, 940, None, None), "other": (None, 60, None, None)},
    ),
    "sums said anew to more places": (
        "部门预算1.19亿元，即11,935.42万元，全年支出1.18亿元（合计11,798.31万元），预算执行率98.85%。",
        {"total": (None, 11935.42, 11798.31, 98.85)},
    ),
    "a composition with one wrong digit": (
        "全年预算数1,234.56万元，其中：财政拨款1,100.36万元，上年结转100.20万元，其他资金44.00万元。",
        {
            "total": (None, 1234.56, None, None),
            "fiscal": (None, 1100.36, None, None),
            "carryover": (None, 100.2, None, None),
            "other": (None, 44, None, None),
        },
    ),
    "a reason in the same stretch": (
        "年初预算数2,186.40万元，因防汛抢险追加预算340.00万元，因压减一般性支出核减预算24.40万元，全年预算数为2,502.00万元，"
        "全年执行数2,452.00万元，执行率98.00%。",
        {"total": (2186.4, 2502, 2452, 98)},
    ),
    "the unit's short name": (
        "2023年区园林管理中心年初部门预算7,318.60万元，9月调减项目经费640.00万元，调整后预算为6,678.60万元。全年实际支出6,352.17万元，"
        "总体执行率95.11%。",
        {"total": (7318.6, 6678.6, 6352.17, 95.11)},
    ),
    "other years and months": (
        "2023年年初预算1,500万元，比上年增加120万元。9月末支出980万元，执行进度65.33%。全年支出1,485万元，执行率99%，"
        "2022年支出1,380万元，执行率96%。",
        {"total": (1500, None, 1485, 99)},
    ),
    "subordinate units": (
        "全年预算数4,000万元，全年支出3,960万元，执行率99%。从预算单位看，局本级执行数为1,500万元，区苗圃执行数为860万元。",
        {"total": (None, 4000, 3960, 99)},
    ),
    "described basic expenditure": (
        "最终预算数5,863.30万元。工资津补贴、社保、定额公用等基本支出预算3,418.05万元，人员类项目支出120万元。",
        {"total": (None, 5863.3, None, None), "basic": (None, 3418.05, None, None)},
    ),
    "parts of the project expenditure": (
        "项目支出执行数1,354.26万元。项目支出中，绿化养护费749.60万元，设施维护费132.40万元，其余为零星工程。",
        {"project": (None, None, 1354.26, None)},
    ),
    "rates alone": (
        "全年决算支出4,181.91万元，预算执行率98.49%，其中基本支出执行率99.72%，项目支出执行率97.94%。",
        {
            "total": (None, None, 4181.91, 98.49),
            "basic": (None, None, None, 99.72),
            "project": (None, None, None, 97.94),
        },
    ),
    "list, then the whole again": (
        "全年预算数1,000万元，其中基本支出600万元，项目支出400万元，全年支出980万元，预算执行率98%。",
        {
            "total": (None, 1000, 980, 98),
            "basic": (None, 600, None, None),
            "project": (None, 400, None, None),
        },
    ),
    "blanks inside figures": (
        "全年预算数调整为 57 904.38 万元，实际支出 56 861.75 万元，执行率 98.2%，年末结转结余 1 042.63 万元。",
        {"total": (None, 57904.38, 56861.75, 98.2)},
    ),
    "misread marks": (
        "年初预箅1，653。33万元，调诚257.15万元，调整后预算金额为1.396.18万元，执行金额为1,391,21万元，执行率99。64%。",
        {"total": (1653.33, 1396.18, 1391.21, 99.64)},
    ),
    "progress for rate": (
        "财政拨款全年支出570.79万元，预算执行进度97.35%，基本支出340.26万元，执行进度99.55%，项目支出230.53万元，执行进度94.28%。",
        {
            "total": (None, None, 570.79, 97.35),
            "basic": (None, None, 340.26, 99.55),
            "project": (None, None, 230.53, 94.28),
        },
    ),
    "a budget that the rate is of": (
        "2023年部门预算收入2,631.84万元，全年部门支出2,587.47万元，预算执行率98.31%。年中调减资金25.73万元。",
        {"total": (None, 2631.84, 2587.47, 98.31)},
    ),
    "approximate": ("全年预算580余万元，实际支出571.3万元。", {"total": (None, 580, 571.3, None)}),
    "changes of the parts": (
        "年初预算1,000万元，其中基本支出700万元，项目支出300万元。年中基本支出追加50万元，项目支出调减30万元，调整后预算1,020万元。",
        {"total": (1000, 1020, None, None), "basic": (700, 750, None, None), "project": (300, 270, None, None)},
    ),
}


def _wan(quantity: Quantity | None) -> float | None:
    return None if quantity is None or quantity.value is None else quantity.value / 10_000


def _rows(lines: list[FundLine]) -> dict[str, Row]:
    return {
        line.category: (_wan(line.initial_budget), _wan(line.annual_budget), _wan(line.executed), line.execution_rate)
        for line in lines
    }


def _read(text: str, heading: str = "（二）预算及执行情况") -> list[FundLine]:
    paper = document("一、部门概况", heading, text)
    return read_funds(paper, outline(paper.paragraphs), subject=SUBJECT, year=YEAR)[0]


@pytest.mark.parametrize("name", WORDINGS)
def test_budget_paragraph_gives_its_figures(name: str) -> None:
    text, expected = WORDINGS[name]
    rows = _rows(_read(text))
    assert rows.keys() == expected.keys()
    for category, row in expected.items():
        assert rows[category] == pytest.approx(row), category


def test_amounts_carry_the_printed_text_and_the_place_it_stands() -> None:
    paper = document("三、预算执行情况", "年初预算1,653.33 万元，全年执行数1,600.00万元。")
    (line,), _ = read_funds(paper, outline(paper.paragraphs), subject=SUBJECT, year=YEAR)
    assert line.initial_budget is not None
    assert line.initial_budget.text == "1,653.33 万元"
    assert (line.initial_budget.unit, line.initial_budget.value) == ("元", 16_533_300)
    (box,) = line.initial_budget.evidence
    assert box.source == "span"
    assert box.bbox[0] > 90  # not the whole line


def test_a_computed_budget_is_told_and_keeps_its_terms() -> None:
    paper = document("三、预算执行情况", "年初预算为800万元，年中追加预算60万元，收回预算20万元。全年支出821.5万元。")
    lines, notices = read_funds(paper, outline(paper.paragraphs), subject=SUBJECT, year=YEAR)
    assert [notice.code for notice in notices] == ["budget_computed"]
    assert lines[0].annual_budget is not None
    assert lines[0].annual_budget.text == "800万元＋60万元－20万元"


def test_a_partial_composition_is_left_out() -> None:
    for other in ("30", "80"):  # one digit off, a short sum is no slip either
        rows = _rows(_read(f"全年预算数1,000万元，其中财政拨款900万元，事业收入{other}万元，全年支出990万元。"))
        assert rows.keys() == {"total"}


def test_another_sum_behind_one_does_not_say_it_anew() -> None:
    rows = _rows(_read("部门预算1.19亿元，全年支出11,798.31万元，预算执行率99.15%。"))
    assert rows == {"total": pytest.approx((None, 11900, 11798.31, 99.15))}
    assert len(values("预算1.19亿元,即12,935.42万元")) == 2
    assert len(values("预算1.19亿元,即11,935.42万元")) == 1


def test_figures_of_a_named_section_belong_to_its_category() -> None:
    paper = document("二、支出情况", "（一）基本支出情况", "全年预算600万元，执行594万元，执行率99%。")
    lines, _ = read_funds(paper, outline(paper.paragraphs), subject=SUBJECT, year=YEAR)
    assert _rows(lines) == {"basic": pytest.approx((None, 600, 594, 99))}


def test_doubtful_characters_lower_the_confidence_of_their_figure() -> None:
    paper = document("三、预算执行情况", "年初预算800万元，全年执行790万元。", confidence=0.7)
    (line,), _ = read_funds(paper, outline(paper.paragraphs), subject=SUBJECT, year=YEAR)
    assert line.executed is not None
    assert line.executed.confidence == pytest.approx(0.7)


def test_prose_without_a_budget_gives_no_lines() -> None:
    assert _read("我中心严格执行财务制度，支出事项先申请、后执行。") == []


def test_what_only_splits_up_a_source_is_no_source_beside_it() -> None:
    text = (
        "年初预算180万元，调整后全年预算为200万元。{0}财政拨款170万元（一般公共预算120万元、政府性基金预算50万元），"
        "上年结转20万元，其他收入10万元。全年支出190万元，执行率95%。"
    )
    for lead in ("按资金来源划分，", "资金来源包括："):
        rows = _rows(_read(text.format(lead)))
        assert rows == {
            "total": (180, 200, 190, 95),
            "fiscal": (None, 170, None, None),
            "carryover": (None, 20, None, None),
            "other": (None, 10, None, None),
        }


def test_an_income_that_is_the_budget_says_what_the_budget_is_made_of() -> None:
    text = (
        "2023年度收入总计210万元，由三部分构成：财政拨款收入180万元，事业收入20万元，年初结转和结余10万元。"
        "年初预算为200万元，追加预算10万元，调整后预算为210万元。实际支出205万元，执行率97.62%。"
    )
    rows = _rows(_read(text))
    assert rows["total"] == (200, 210, 205, 97.62)
    assert [rows[name] for name in ("fiscal", "other", "carryover")] == [
        (None, 180, None, None),
        (None, 20, None, None),
        (None, 10, None, None),
    ]


def test_a_source_told_twice_counts_once() -> None:
    text = (
        "年初预算148万元，追加31万元，上年结转资金6万元，全年预算合计185万元。"
        "按资金来源划分，财政拨款179万元，上年结转6万元。"
    )
    rows = _rows(_read(text))
    assert (rows["fiscal"], rows["carryover"]) == ((None, 179, None, None), (None, 6, None, None))
