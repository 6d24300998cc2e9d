"""The funds block: which of its figures are budgets, and where its weight and score are printed."""

from __future__ import annotations

import pytest

from service.assembling.forms import assemble
from service.reading.document import Paragraph, Table
from service.schema import FundLine
from tests.assembling.layouts import document, line, table

FORM = """项目名称 | 渠道清淤 | < | < | < | < | <
    {funds}
    一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
    产出指标 | 数量指标 | 清淤长度 | 3公里 | 3公里 | 90 | 90
    总分 | < | < | < | < | 100 | 99"""


def funds(drawn: str) -> list[tuple[object, ...]]:
    """The lines of a block seven columns wide: kind, the three budgets in 万元, weight and score."""
    (found,) = assemble(document("2023年度项目支出绩效自评表", table(FORM.format(funds=drawn.strip()))))[0]
    return [shown(line) for line in found.funds]


def shown(line: FundLine) -> tuple[object, ...]:
    amounts = (line.initial_budget, line.annual_budget, line.executed)
    wan = (None if amount is None or amount.value is None else amount.value / 10_000 for amount in amounts)
    return (line.category, *wan, line.weight, line.score)


@pytest.mark.parametrize("change", ["调整", "预算调整数", "调剂金额", "追加"])
def test_what_a_budget_was_changed_by_is_no_budget(change: str) -> None:
    drawn = f"""项目资金（万元） | 年初预算数 | {change} | 全年预算数 | 全年执行数 | 分值 | 得分
        年度资金总额 | 60 | -12 | 48 | 36 | 10 | 7.5"""
    assert funds(drawn) == [("total", 60, 48, 36, 10, 7.5)]


def test_an_adjusted_budget_that_is_headed_by_its_change_alone_is_read() -> None:
    drawn = """项目资金（万元） | 年初预算数 | 预算调整数 | 全年执行数 | 执行率 | 分值 | 得分
        年度资金总额 | 60 | 48 | 36 | 75% | 10 | 7.5"""
    assert funds(drawn) == [("total", 60, 48, 36, 10, 7.5)]


AMOUNTS = """项目资金（万元） | 资金来源 | < | 年初预算数 | 全年预算数 | 全年执行数 | 执行率
        ^ | 年度资金总额 | < | 60 | 50 | 49.8 | 99.6%
        ^ | 其中：财政拨款 | < | 60 | 50 | 49.8 | 99.6%
        """


@pytest.mark.parametrize(
    "points",
    [
        "^ | 预算执行率分值 | < | 10 | 得分 | 9.96 | <",
        "预算执行率分值 | 10 | < | 得分 | 9.96 | < | <",
        "^ | 预算执行率分值10分，得分9.96分 | < | < | < | < | <",
        "^ | 预算执行率权重为10，得分：9.96。 | < | < | < | < | <",
    ],
)
def test_points_in_a_row_below_the_amounts_are_the_totals(points: str) -> None:
    assert funds(AMOUNTS + points) == [
        ("total", 60, 50, 49.8, 10, 9.96),
        ("fiscal", 60, 50, 49.8, None, None),
    ]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_points_merged_over_the_lines_are_the_totals_wherever_it_stands(at: int) -> None:
    lines = [["其中：财政拨款", "50", "40", "30"], ["其他资金", "10", "8", "6"]]
    lines.insert(at, ["年度资金总额", "60", "48", "36"])
    rows = [[*line, "10" if r == 0 else "^", "7.5" if r == 0 else "^", ""] for r, line in enumerate(lines)]
    drawn = "项目资金（万元） | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 得分 | 备注\n"
    found = funds(drawn + "\n".join(" | ".join(row) for row in rows))
    expected = [("fiscal", 50, 40, 30, None, None), ("other", 10, 8, 6, None, None)]
    assert sorted(found, key=str) == sorted([*expected, ("total", 60, 48, 36, 10, 7.5)], key=str)


@pytest.mark.parametrize("label", ["纳入专户管理的非税收入拨款", "水利建设专项收入"])
def test_a_figure_in_one_cell_with_its_label_is_kept_whatever_money_it_is(label: str) -> None:
    drawn = f"""项目资金（万元） | 年初预算数 | < | 全年预算数 | 全年执行数 | 分值 | 得分
        年度资金总额 | 60 | < | 48 | 36 | 10 | 7.5
        其中：财政拨款：40 | < | < | {label}：8 | < | < | <"""
    kinds = [(line[0], line[2]) for line in funds(drawn)]
    assert kinds[:2] == [("total", 48), ("fiscal", 40)]
    assert kinds[2:] == [("other" if "专户" in label else "unknown", 8)]


SAID = [
    "资金总额  年初预算数：350万元；全年预算数：338万元；全年执行数：316.42万元；执行率：93.62%；分值：10；得分：9.36",
    "财政拨款年初预算数：300万元；全年预算数：288万元；全年执行数：270.17万元；执行率：93.81%",
    "其他资金：年初预算数50万元，全年预算数50万元，全年执行数46.25万元。",
]
MONEY = [
    ("total", 350, 338, 316.42, 10, 9.36),
    ("fiscal", 300, 288, 270.17, None, None),
    ("other", 50, 50, 46.25, None, None),
]


def said(*blocks: Paragraph | Table | str) -> list[tuple[object, ...]]:
    head = table("项目名称 | 渠道清淤\n主管部门 | 东川市水务局")
    goal = table("预期目标 | 实际完成情况\n清淤三公里，改善行洪条件。 | 清淤三公里，行洪条件改善。")
    rows = table(FORM.split("{funds}")[1].strip())
    found = document(
        "2023年度项目支出绩效自评表", head, "二、预算执行情况", *blocks, "三、目标", goal, "四、指标", rows
    )
    (evaluation,) = assemble(found)[0]
    assert evaluation.subject is not None
    assert (evaluation.subject.text, len(evaluation.indicators)) == ("渠道清淤", 1)
    return [shown(line) for line in evaluation.funds]


def test_funds_said_in_lines_are_read_and_do_not_end_the_form() -> None:
    assert said(*SAID) == MONEY
    assert said(Paragraph([line(text, top=20.0 * i) for i, text in enumerate(SAID)])) == MONEY
    assert said(table("\n".join(f"{text} | <" for text in SAID))) == MONEY


def test_sentences_that_only_mention_funds_are_none() -> None:
    assert said(f"2023年{SAID[1]}，比上年增加。") == []


def test_figures_with_their_own_labels_in_one_cell_belong_to_its_line() -> None:
    drawn = """项目资金（万元） | 年初预算数 | < | 全年预算数 | 全年执行数 | 执行率及得分 | <
        年度资金总额 | 168 | < | 160 | 152.48 | 执行率：95.30% 分值：10 得分：9.53 | <
        上年结转资金 | 48 | < | 48 | 48 | 执行率：100.00% | <"""
    assert funds(drawn) == [("total", 168, 160, 152.48, 10, 9.53), ("carryover", 48, 48, 48, None, None)]


def test_a_score_with_its_full_marks_behind_it_is_both() -> None:
    drawn = """项目资金（万元） | 年初预算数 | < | 全年预算数 | 全年执行数 | 执行率 | 得分
        年度资金总额 | 168 | < | 160 | 152.48 | 95.30% | 9.53（满分10）"""
    assert funds(drawn) == [("total", 168, 160, 152.48, 10, 9.53)]


def test_a_row_named_by_the_score_alone_holds_the_totals_points() -> None:
    drawn = f"""{AMOUNTS.strip()}
        预算执行得分 | 预算执行率权重10分，得分：9.96分 | < | < | < | < | <"""
    assert funds(drawn)[0] == ("total", 60, 50, 49.8, 10, 9.96)


def test_money_of_several_levels_of_government_is_fiscal() -> None:
    drawn = """项目资金（万元） | 年初预算数 | < | 全年预算数 | 全年执行数 | 分值 | 得分
        年度资金总额 | 168 | < | 160 | 152 | 10 | 9.5
        其中：省、市补助区级资金 | 100 | < | 96 | 90 |  |
        区级财政资金 | 60 | < | 56 | 54 |  |
        其他资金 | 8 | < | 8 | 8 |  | """
    assert funds(drawn) == [
        ("total", 168, 160, 152, 10, 9.5),
        ("fiscal", 100, 96, 90, None, None),
        ("fiscal", 60, 56, 54, None, None),
        ("other", 8, 8, 8, None, None),
    ]
