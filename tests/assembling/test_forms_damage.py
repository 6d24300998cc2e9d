"""Forms whose recognition left flecks, seal strokes and lost characters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.assembling.forms import assemble
from service.assembling.forms.closing import grade_of
from service.assembling.forms.grid import noise, trimmed
from service.assembling.forms.values import figure_of, mended, strip_weight
from service.assembling.vocabulary import ACTUALS, LEVEL_NAMES
from service.reading.document import Box, Cell, Char, Line, Place
from service.schema import Evaluation, Indicator
from tests.assembling.layouts import document, table

FORM = """项目名称 | 河道清淤 | < | < | < | < | <
    项目资金（万元） | 年初预算数 | 全年预算数 | 全年执行数 | {rate} | 分值 | 得分
    年度资金总额 | 12,000.00 | {budget} | 11,400.00 | 95% | 10 | 9.5
    一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
    {level} | 数量指标 | 清淤长度 | 3公里 | 3公里 | {weight} | 60
    效益指标 | 社会效益指标 | 防洪能力 | 提升 | 达成指标 | 30 | 30
    {total} | < | < | < | < | 100 | 99.5"""


def form(**printed: str) -> Evaluation:
    usual = {"rate": "执行率", "budget": "12,000.00", "level": "产出指标", "weight": "60", "total": "总分"}
    (found,) = assemble(document("2022年项目支出绩效自评表", table(FORM.format(**usual | printed))))[0]
    return found


def cell(*signs: tuple[str, float]) -> Cell:
    """A cell of one line from runs of characters, each run with its confidence."""
    box = Box(0, 0, 100, 10)
    chars = tuple(Char(c, 0, 1, confidence) for text, confidence in signs for c in text)
    return Cell(0, 0, [Place(1, box)], [Line(1, box, chars)])


def under_seal(*lines: tuple[str, float, float]) -> str:
    """What is kept of a cell of these lines, each with its confidence and how much of it is under a seal."""
    box = Box(0, 0, 100, 10)
    read = [Line(1, box, tuple(Char(c, 0, 1, sure) for c in text), sealed=sealed) for text, sure, sealed in lines]
    return trimmed(Cell(0, 0, [Place(1, box)], read)).text


def test_letters_that_a_seal_left_beside_a_figure_are_none_of_it() -> None:
    assert under_seal(("H", 0.6, 0.7), ("2,418.60", 1.0, 0.0)) == "2,418.60"
    assert under_seal(("8分", 1.0, 0.6), ("HS2", 0.6, 0.8)) == "8分"


@pytest.mark.parametrize(
    "beside",
    [("GB", 1.0, 0.7), ("GB", 0.6, 0.2), ("12", 0.6, 0.7), ("万元", 0.6, 0.7)],
    ids=["surely read", "beside the seal", "a figure", "words"],
)
def test_what_may_be_printed_beside_a_figure_under_a_seal_stays(beside: tuple[str, float, float]) -> None:
    assert under_seal(("2,418.60", 1.0, 0.6), beside) != "2,418.60"


@pytest.mark.parametrize("total", ["总分", "总分福", "外易总分", "合计酒感", "总 分i", "经族", ""])
def test_a_spoilt_total_is_a_total(total: str) -> None:
    found = form(total=total)
    assert (found.total_weight, found.total_score, len(found.indicators)) == (100, 99.5, 2)


@pytest.mark.parametrize("level", ["产出指标（60分）", "产出指", "产出指60分)", "产出指标0分)", "产出指标(60"])
def test_level_names_come_without_what_is_left_of_their_weight(level: str) -> None:
    assert form(level=level).indicators[0].level1 == "产出指标"


@pytest.mark.parametrize(
    ("printed", "sure", "level"),
    [("履职效能10分)", 0.9, "履职效能"), ("履职效能分)", 0.9, "履职效能"), ("履职效能分", 1.0, "履职效能分")],
)
def test_what_a_scan_leaves_of_the_weight_is_no_part_of_a_level(printed: str, sure: float, level: str) -> None:
    text = FORM.format(rate="执行率", budget="12,000.00", level=printed, weight="60", total="总分")
    assert _doubtful(text, sure)[0].level1 == level


def test_a_percentage_under_a_lost_rate_heading_is_the_rate() -> None:
    (line,) = form(rate="执行").funds
    assert line.execution_rate == 95
    assert line.executed is not None
    assert line.executed.value == 114_000_000


def test_percentages_under_a_heading_that_is_no_word_are_the_rate() -> None:
    (line,) = form(rate="报").funds
    assert line.execution_rate == 95


@pytest.mark.parametrize("heading", ["级指标", "标", "一级"])
def test_the_rest_of_a_level_heading_tells_the_level(heading: str) -> None:
    text = FORM.replace("一级指标", heading).format(
        rate="执行率", budget="12,000.00", level="产出指标", weight="60", total="总分"
    )
    (found,) = assemble(document("2022年项目支出绩效自评表", table(text)))[0]
    assert [row.level1 for row in found.indicators] == ["产出指标", "效益指标"]


def test_a_label_run_on_into_its_value_is_parted_from_it() -> None:
    text = FORM.replace("项目名称 | 河道清淤 | <", "项目名称河道清淤工程 | < | <").format(
        rate="执行率", budget="12,000.00", level="产出指标", weight="60", total="总分"
    )
    (found,) = assemble(document("2022年项目支出绩效自评表", table(text)))[0]
    assert found.subject is not None
    assert found.subject.text == "河道清淤工程"


def test_a_point_for_a_comma_among_thousands() -> None:
    (line,) = form(budget="12.000.00").funds
    assert line.annual_budget is not None
    assert line.annual_budget.value == 120_000_000


def test_an_amount_that_cannot_be_read_keeps_its_text_and_the_rest_of_its_row() -> None:
    (line,) = form(budget="12I000,0O").funds
    assert line.annual_budget is not None
    assert (line.annual_budget.text, line.annual_budget.value) == ("12I000,0O", None)
    assert (line.score, line.execution_rate) == (9.5, 95)


def test_a_stained_weight_is_read_with_doubt_and_the_sum_takes_the_doubt_away() -> None:
    found = form(weight="V60")
    assert found.indicators[0].weight == 60
    assert found.indicators[0].confidence > 0.9
    lonely = figure_of([cell(("V60", 1.0))])
    assert lonely is not None
    assert lonely.confidence < 0.7


@pytest.mark.parametrize(
    ("signs", "text"),
    [
        ([("长效管理机制健全性", 1.0), ("吴", 0.04)], "长效管理机制健全性"),
        ([("达成指标", 1.0), ("5", 0.2)], "达成指标"),
        ([("燕", 0.36), ("15", 1.0), ("湖", 0.18)], "15"),
        ([("加强培训", 1.0), ("。", 0.3)], "加强培训。"),
        ([("1", 0.4), ("0.00", 1.0)], "10.00"),
        ([("中人", 0.1)], "中人"),
        ([("达成", 1.0), ("指", 0.2), ("标", 1.0)], "达成指标"),
    ],
)
def test_doubtful_signs_at_the_edge_of_a_cell_are_left_out(signs: list[tuple[str, float]], text: str) -> None:
    assert trimmed(cell(*signs)).text == text


@pytest.mark.parametrize(
    ("text", "confidence", "is_noise"),
    [
        ("以", 0.34, True),
        ("でル", 0.9, True),
        ("2おまに", 0.8, True),
        ("无", 0.97, False),
        ("5", 0.3, False),
        ("≥", 0.3, False),
        ("<", 0.3, False),
        ("%", 0.3, False),
        ("‰", 0.3, False),
        ("", 1.0, False),
    ],
)
def test_flecks_are_no_writing(text: str, confidence: float, is_noise: bool) -> None:
    assert noise(cell((text, confidence))) is is_noise


@pytest.mark.parametrize(
    ("signs", "words", "word"),
    [
        ([("球", 0.41), ("达成指标", 1.0)], ACTUALS, "达成指标"),
        ([("社会效益指标", 1.0), ("r", 0.3)], LEVEL_NAMES, "社会效益指标"),
        ([("数", 1.0), ("置", 0.4), ("指标", 1.0)], LEVEL_NAMES, "数量指标"),
        ([("社会效应指标", 1.0)], LEVEL_NAMES, None),
        ([("数量指标", 1.0)], LEVEL_NAMES, None),
    ],
)
def test_only_doubtful_characters_are_mended(
    signs: list[tuple[str, float]], words: tuple[str, ...], word: str | None
) -> None:
    assert mended([cell(*signs)], words) == word


@pytest.mark.parametrize(
    ("text", "name", "weight"),
    [
        ("产出指标（50分）", "产出指标", 50),
        ("产出指标(50)", "产出指标", 50),
        ("产出指标50分", "产出指标", 50),
        ("效益指标（权重：30）", "效益指标", 30),
        ("产出指标", "产出指标", None),
        ("（50分）", "（50分）", None),
    ],
)
def test_weights_behind_headings(text: str, name: str, weight: float | None) -> None:
    assert strip_weight(text) == (name, weight)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("优", "优"),
        ("良好", "良"),
        ("☑优 □良 □中 □差", "优"),
        ("□优 ☑良 □中 □差", "良"),
        ("优（ ） 良（√） 中（ ） 差（ ）", "良"),
        ("优□ 良☑ 中□ 差□", "良"),
        ("口优 团良 口中 口差", "良"),
        ("☑优（≥90分） □良（80-90分） □中（60-80分） □差（＜60分）", "优"),
        ("□优（90（含）-100分） ☑良（80（含）-90分） □中 □差", "良"),
        ("优（√）（90分以上） 良（ ）（80-90分） 差（ ）（80分以下）", "优"),
        ("□优（≥90分） □良（80-90分） □中（60-80分） □差（＜60分）", None),
        ("优（90（含）-100分为优、80（含）-90分为良）", "优"),
        ("√优 □良 □中 □差", "优"),
        ("优良 □中□差", None),
        ("优良□中差", None),
        ("评价等级为“优”", "优"),
        ("项目总体按计划实施，资金使用规范。", None),
        ("□优 □良 □中 □差", None),
        ("优、良、中、差", None),
        ("", None),
    ],
)
def test_grades(text: str, grade: str | None) -> None:
    assert grade_of(text) == grade


def test_a_row_cut_by_a_stray_ruling_stays_one_indicator() -> None:
    rows = """一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分 | 偏差原因分析及改进措施
        产出指标 | 数量指标 | 清淤长度 | 3公里 | 2公里 | 60 | 40 | 汛期停工，
        ^ | ^ | ^ | ^ | ^ | ^ | ^ | 次年补做。
        效益指标 | 社会效益指标 | 防洪能力 | 提升 | 提升 | 30 | 30 | """
    (found,) = assemble(document("2022年项目支出绩效自评表", table("项目名称 | 河道清淤"), table(rows)))[0]
    assert [(i.level3, i.deviation) for i in found.indicators] == [
        ("清淤长度", "汛期停工，次年补做。"),
        ("防洪能力", None),
    ]


def test_a_reason_beside_several_rows_counts_for_the_first() -> None:
    rows = """三级指标 | 指标值 | 完成值 | 分值 | 得分 | 偏差原因分析
        清淤长度 | 3公里 | 2公里 | 60 | 40 | 汛期停工。
        防洪能力 | 提升 | 提升 | 30 | 30 | ^"""
    (found,) = assemble(document("2022年项目支出绩效自评表", table("项目名称 | 河道清淤"), table(rows)))[0]
    assert [i.deviation for i in found.indicators] == ["汛期停工。", None]


def test_a_row_broken_by_the_page_is_put_together() -> None:
    above = """一级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 偏差原因分析
        产出指标 | 清淤长度 | 3公里 | 2公里 | 60 | 汛期停工，"""
    below = """ |  |  |  |  | 次年补做。
        效益指标 | 防洪能力 | 提升 | 提升 | 30 | """
    found: list[Indicator] = assemble(
        document("2022年项目支出绩效自评表", table("项目名称 | 河道清淤"), table(above), table(below, page=2))
    )[0][0].indicators
    assert [(i.level1, i.level3, i.deviation) for i in found] == [
        ("产出指标", "清淤长度", "汛期停工，次年补做。"),
        ("效益指标", "防洪能力", None),
    ]


def test_a_seal_lowers_the_confidence_of_what_lies_under_it() -> None:
    plain = table(FORM.format(rate="执行率", budget="12,000.00", level="产出指标", weight="60", total="总分"))
    for one in plain.cells:
        if one.text == "达成指标":
            one.lines = [replace(line, sealed=1.0) for line in one.lines]
    (found,) = assemble(document("2022年项目支出绩效自评表", plain))[0]
    assert found.indicators[1].actual is not None
    assert found.indicators[1].actual.confidence < 0.8 < found.indicators[0].confidence


def test_a_stray_table_among_the_indicators_is_left_out_and_told() -> None:
    above = """一级指标 | 三级指标 | 指标值 | 完成值 | 分值
        产出指标 | 清淤长度 | 3公里 | 2公里 | 60"""
    stray, below = "甲 | 乙", "效益指标 | 防洪能力 | 提升 | 提升 | 30"
    blocks = [table(above), table(stray), table(below, page=2)]
    (found,), notices = assemble(document("2022年项目支出绩效自评表", table("项目名称 | 河道清淤"), *blocks))
    assert [(i.level1, i.level3) for i in found.indicators] == [("产出指标", "清淤长度"), ("效益指标", "防洪能力")]
    assert "table_left_out" in {notice.code for notice in notices}


@pytest.mark.parametrize(("sign", "shown"), [("≤", "≤3人"), ("≥", "≥3人"), ("＜", "3人")])
def test_a_doubtful_comparator_before_a_figure_is_none_of_a_seals_strokes(sign: str, shown: str) -> None:
    assert trimmed(cell((sign, 0.3), ("3人", 1.0))).text == shown


@pytest.mark.parametrize(
    ("sign", "unit", "sure", "target"),
    [
        ("C", "%", 0.9, "≤3%"),
        ("c", "%", 0.3, "≤3%"),
        ("≤", "％", 0.3, "≤3%"),
        ("≤", "‰", 0.3, "≤3‰"),
        ("≤", "以", 0.3, "≤3"),
    ],
)
def test_comparators_and_units_in_columns_of_their_own(sign: str, unit: str, sure: float, target: str) -> None:
    drawn = table(f"""项目名称 | 河道清淤 | < | < | < | < | <
        一级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 实际完成值 | 分值
        产出指标 | 投诉率 | {sign} | 3 | {unit} | 2 | 50
        效益指标 | 满意度 | ≥ | 90 | % | 95 | 40""")
    for one in (drawn.at(2, 4),):
        assert one is not None
        one.lines = [replace(x, chars=tuple(replace(c, confidence=sure) for c in x.chars)) for x in one.lines]
    (found,) = assemble(document("2022年项目支出绩效自评表", drawn))[0]
    assert found.indicators[0].target is not None
    assert found.indicators[0].target.text.replace("％", "%") == target
    assert found.indicators[0].target.comparator == "<="


def _doubtful(text: str, sure: float) -> list[Indicator]:
    drawn = table(text)
    for one in drawn.cells:
        one.lines = [replace(x, chars=tuple(replace(c, confidence=sure) for c in x.chars)) for x in one.lines]
    (found,) = assemble(document("2022年项目支出绩效自评表", drawn))[0]
    return found.indicators


ROWS = """项目名称 | 林区防火 | < | < | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值
    产出指标 | 质量指标 | 森林火灾受害率 | ≤0.9‰ | 0.12% | 60
    产出指标 | 质量指标 | {dots} |  |  |
    效益指标 | 社会效益指标 | 防洪能力 | 提升 | 达成指标 | 40"""


@pytest.mark.parametrize(("sure", "actual"), [(0.95, "0.12‰"), (1.0, "0.12%")])
def test_a_per_mille_sign_read_with_one_ring_is_told_by_the_target(sure: float, actual: str) -> None:
    row = _doubtful(ROWS.format(dots="……"), sure)[0]
    assert row.actual is not None
    assert row.actual.text == actual
    assert (row.actual.confidence <= 0.7) == (actual == "0.12‰")


@pytest.mark.parametrize(("dots", "sure", "rows"), [("mm", 0.9, 2), ("……", 1.0, 2), ("mm", 1.0, 3), ("植树", 0.9, 3)])
def test_a_row_of_dots_read_as_letters_is_no_indicator(dots: str, sure: float, rows: int) -> None:
    assert len(_doubtful(ROWS.format(dots=dots), sure)) == rows
