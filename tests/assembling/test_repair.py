"""On scans, a doubtful figure is read again where exactly one reading closes its sums; nothing else is touched."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from service.assembling import assemble
from service.reading.document import Cell, Document, Origin
from service.schema import Evaluation
from tests.assembling.layouts import document, table

FORM = """
项目名称 | 沟渠清淤 | < | < | < | < | < | <
主管部门 | 澄湖县水利局 | < | < | 实施单位 | 澄湖县水利站 | < | <
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度资金总额 | 180.00 | 176.40 | 169.34 | 10 | 96.00% | 9.60
^ | 其中：财政拨款 | 130.00 | 126.40 | 120.34 | - | 95.21% | -
^ | 上年结转资金 | 50.00 | 50.00 | 49.00 | - | 98.00% | -
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
产出指标 | 数量指标 | 清淤长度 | ≥40公里 | 41公里 | 50 | 50 |
效益指标 | 社会效益指标 | 受益农户 | ≥900户 | 873户 | 30 | 29.10 | 两个村未完工。
满意度指标 | 满意度指标 | 群众满意度 | ≥90% | 93% | 10 | 10 |
总分 | < | < | < | < | 100 | 98.70 |
"""


def scanned(origin: Origin = Origin.SCAN, form: str = FORM) -> Document:
    made = document("项目支出绩效自评表", "（2023年度）", table(form))
    for page in made.pages:
        page.origin = origin
    return made


def misread(made: Document, right: str, wrong: str, *, sure: float = 0.5, runner_up: float = 0.3) -> Cell:
    """Turn the cell that prints `right` into one that reads `wrong`, the true character its runner-up."""
    cell = next(c for c in made.tables[0].cells if c.text == right)
    (line,) = cell.lines
    at = next((i for i, (a, b) in enumerate(zip(right, wrong, strict=False)) if a != b), len(wrong) - 1)
    chars = list(line.chars)
    if len(wrong) < len(right):
        del chars[at]
        chars[at - 1] = replace(chars[at - 1], confidence=sure)
    elif len(wrong) > len(right):
        chars.insert(at, replace(chars[at - 1], confidence=sure, alternatives=(("", runner_up),)))
    else:
        chars[at] = replace(
            chars[at], text=wrong[at], confidence=sure, alternatives=((right[at], runner_up), ("7", runner_up / 3))
        )
    cell.lines = [replace(line, chars=tuple(chars))]
    assert cell.text == wrong
    return cell


def test_a_clean_scan_stays_as_it_is() -> None:
    _, notices = assemble(scanned())
    assert [n for n in notices if n.code == "repaired"] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("120.34", "170.34"), ("169.34", "169.84"), ("95.21%", "35.21%"), ("169.34", "16934"), ("50.00", "550.00")],
)
def test_a_misread_amount_or_rate_is_read_again(right: str, wrong: str) -> None:
    expected, _ = assemble(scanned())
    made = scanned()
    misread(made, right, wrong)
    (evaluation,), notices = assemble(made)
    (notice,) = [n for n in notices if n.code == "repaired"]
    assert wrong in notice.message
    assert right in notice.message
    assert notice.page == 1
    assert [line.model_dump(exclude={"initial_budget", "annual_budget", "executed"}) for line in evaluation.funds] == [
        line.model_dump(exclude={"initial_budget", "annual_budget", "executed"}) for line in expected[0].funds
    ]
    assert _amounts(evaluation) == _amounts(expected[0])
    assert evaluation.checks == expected[0].checks


def _amounts(evaluation: Evaluation) -> list[tuple[str, float | None]]:
    found = [q for line in evaluation.funds for q in (line.initial_budget, line.annual_budget, line.executed) if q]
    return [(q.text, q.value) for q in found]


@pytest.mark.parametrize(("right", "wrong"), [("29.10", "2910"), ("98.70", "96.70"), ("29.10", "25.10")])
def test_a_misread_score_is_read_again(right: str, wrong: str) -> None:
    made = scanned()
    misread(made, right, wrong)
    (evaluation,), _ = assemble(made)
    assert [row.score for row in evaluation.indicators] == [50, 29.10, 10]
    assert evaluation.total_score == 98.70


def lose(
    made: Document, right: str, at: int, *, doubt: float = 1.0, nearly_seen: bool = False, gap: bool = True
) -> str:
    """Take a character out of the cell that prints `right`; the place that it had is left to its neighbours."""
    cell = next(c for c in made.tables[0].cells if c.text == right)
    (line,) = cell.lines
    chars = [replace(c, x0=10.0 * i, x1=10.0 * (i + 1)) for i, c in enumerate(line.chars)]
    lost = chars.pop(at)
    if gap and 0 < at < len(chars):
        chars[at - 1] = replace(chars[at - 1], x1=lost.x0 + 5)
        chars[at] = replace(chars[at], x0=lost.x0 + 5)
    chars[max(0, at - 1)] = replace(chars[max(0, at - 1)], confidence=doubt)
    seen = (replace(lost, confidence=0.3, alternatives=(("", 0.7),)),) if nearly_seen else ()
    cell.lines = [replace(line, chars=tuple(chars), dropped=seen)]
    return cell.text


@pytest.mark.parametrize(
    ("right", "at"), [("120.34", 1), ("126.40", 1), ("169.34", 0), ("169.34", 4), ("95.21%", 0), ("96.00%", 1)]
)
@pytest.mark.parametrize("trace", ["doubtful", "nearly seen"])
def test_a_digit_lost_from_an_amount_or_rate_is_put_back(right: str, at: int, trace: str) -> None:
    expected, _ = assemble(scanned())
    made = scanned()
    wrong = lose(made, right, at, doubt=0.5 if trace == "doubtful" else 1.0, nearly_seen=trace == "nearly seen")
    (evaluation,), notices = assemble(made)
    (notice,) = [n for n in notices if n.code == "repaired"]
    assert f"“{wrong}”" in notice.message
    assert f"“{right}”" in notice.message
    assert _amounts(evaluation) == _amounts(expected[0])
    assert [line.execution_rate for line in evaluation.funds] == [line.execution_rate for line in expected[0].funds]


def test_two_doubtful_digits_of_one_rate_are_read_again() -> None:
    made = scanned()
    cell = misread(made, "95.21%", "35.21%")
    chars = list(cell.lines[0].chars)
    chars[1] = replace(chars[1], text="6", confidence=0.5, alternatives=(("5", 0.4),))
    cell.lines = [replace(cell.lines[0], chars=tuple(chars))]
    (evaluation,), _ = assemble(made)
    assert [line.execution_rate for line in evaluation.funds] == [96.00, 95.21, 98.00]


def test_an_error_is_mended_beside_one_that_cannot_be() -> None:
    made = scanned()
    misread(made, "120.34", "130.34", sure=0.99)  # breaks the sum that the carryover stands in, too
    misread(made, "98.00%", "93.00%")
    (evaluation,), notices = assemble(made)
    assert len([n for n in notices if n.code == "repaired"]) == 1
    assert [line.execution_rate for line in evaluation.funds] == [96.00, 95.21, 98.00]
    assert evaluation.funds[1].executed is not None
    assert evaluation.funds[1].executed.text == "130.34"


def test_a_zero_takes_no_digit_that_another_figure_may_have_been_misread_by() -> None:
    made = scanned(form=FORM.replace("50.00 | 50.00 | 49.00 | - | 98.00%", "0.00 | 50.00 | 49.00 | - | 98.00%"))
    # 180.00 is printed beside 130.00 and 0.00: 50.00 closes the sum, as would 130.00 there.
    cell = next(c for c in made.tables[0].cells if c.text == "0.00")
    cell.lines = [replace(cell.lines[0], chars=tuple(replace(c, confidence=0.5) for c in cell.lines[0].chars))]
    (_, notices) = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []


def test_a_digit_whose_room_is_left_is_put_back() -> None:
    made = scanned()
    lose(made, "169.34", 1)
    (evaluation,), _ = assemble(made)
    assert evaluation.funds[0].executed is not None
    assert evaluation.funds[0].executed.text == "169.34"


def test_nothing_is_put_into_a_sure_figure_without_room() -> None:
    made = scanned()
    wrong = lose(made, "169.34", 1, gap=False)
    (evaluation,), notices = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []
    assert evaluation.funds[0].executed is not None
    assert evaluation.funds[0].executed.text == wrong


def test_nothing_is_put_into_a_figure_that_one_relation_bears_out_to_few_places() -> None:
    made = scanned()
    misread(made, "9.60", "7.60", sure=0.99)  # printed so: the sum of scores breaks, and the fund's product
    cell = next(c for c in made.tables[0].cells if c.text == "29.10")
    chars = list(cell.lines[0].chars)
    chars[0] = replace(chars[0], confidence=0.5)
    cell.lines = [replace(cell.lines[0], chars=tuple(chars))]
    (evaluation,), notices = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []
    assert [row.score for row in evaluation.indicators] == [50, 29.10, 10]


@pytest.mark.parametrize(("right", "wrong"), [("95.21%", "9521%"), ("96.00%", "9600%")])
def test_a_percentage_far_above_a_hundred_has_lost_its_point(right: str, wrong: str) -> None:
    made = scanned()
    lose(made, right, 2, gap=False)
    (evaluation,), notices = assemble(made)
    (notice,) = [n for n in notices if n.code == "repaired"]
    assert f"“{wrong}”" in notice.message
    assert [line.execution_rate for line in evaluation.funds] == [96.00, 95.21, 98.00]


def test_a_rate_above_a_hundred_that_the_amounts_give_stays() -> None:
    made = scanned(form=FORM.replace("169.34 | 10 | 96.00%", "423.36 | 10 | 240.00%"))
    (evaluation,), notices = assemble(made)
    assert evaluation.funds[0].execution_rate == 240.0
    assert [n for n in notices if n.code == "repaired"] == []


def _doubt(made: Document, text: str, at: int) -> None:
    """Make one character of the cell that prints `text` doubtful."""
    cell = next(c for c in made.tables[0].cells if c.text == text)
    (line,) = cell.lines
    chars = list(line.chars)
    chars[at] = replace(chars[at], confidence=0.5)
    cell.lines = [replace(line, chars=tuple(chars))]


def test_no_rate_is_made_one_that_is_hardly_ever_printed() -> None:
    total = "180.00 | 176.40 | 169.34 | 10 | 96.00% | 9.60"
    made = scanned(
        form=re.sub(r"\^ \| (?:其中|上年).*\n", "", FORM.replace(total, "150.0 | 150.0 | 1368 | - | 91.2% | -"))
    )
    _doubt(made, "91.2%", 1)
    _, notices = assemble(made)
    assert [n.message for n in notices if n.code == "repaired"] == []


def test_no_digit_put_back_adds_a_place_that_its_sum_does_not_print() -> None:
    made = scanned(form=FORM.replace("98.70 |", "98.81 |"))
    _doubt(made, "29.10", 3)
    _, notices = assemble(made)
    assert [n.message for n in notices if n.code == "repaired"] == []


def test_a_repaired_amount_is_not_as_sure_as_a_read_one() -> None:
    made = scanned()
    misread(made, "120.34", "170.34")
    (evaluation,), _ = assemble(made)
    repaired = evaluation.funds[1].executed
    assert repaired is not None
    assert (repaired.text, repaired.value) == ("120.34", 1203400.0)
    assert repaired.confidence < 0.9


def test_a_contradiction_in_sure_characters_stays() -> None:
    made = scanned()
    misread(made, "120.34", "170.34", sure=0.99)
    (evaluation,), notices = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []
    assert evaluation.funds[1].executed is not None
    assert evaluation.funds[1].executed.text == "170.34"
    assert {check.rule for check in evaluation.checks} >= {"F1", "F3"}


def test_a_contradiction_on_a_text_page_stays() -> None:
    made = scanned(Origin.TEXT)
    misread(made, "120.34", "170.34")
    (evaluation,), notices = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []
    assert "F3" in {check.rule for check in evaluation.checks}


def test_a_doubtful_figure_that_its_relations_confirm_is_not_touched() -> None:
    made = scanned()
    misread(made, "96.00%", "98.00%")  # wrong, and sure to be found
    cell = next(c for c in made.tables[0].cells if c.text == "169.34")
    chars = list(cell.lines[0].chars)
    chars[-1] = replace(chars[-1], confidence=0.4, alternatives=(("9", 0.3),))
    cell.lines = [replace(cell.lines[0], chars=tuple(chars))]
    (evaluation,), _ = assemble(made)
    assert evaluation.funds[0].executed is not None
    assert evaluation.funds[0].executed.text == "169.34"
    assert evaluation.funds[0].execution_rate == 96.0


def test_none_is_changed_where_two_readings_would_do() -> None:
    made = scanned()
    misread(made, "180.00", "130.00", runner_up=0.0)  # neither runner-up is tried: no reading closes the sum
    (evaluation,), notices = assemble(made)
    assert [n for n in notices if n.code == "repaired"] == []
    assert evaluation.funds[0].initial_budget is not None
    assert evaluation.funds[0].initial_budget.text == "130.00"


def test_two_scores_of_one_sum_are_read_again_together() -> None:
    made = scanned()
    misread(made, "29.10", "26.10")
    misread(made, "98.70", "93.70")
    (evaluation,), notices = assemble(made)
    assert len([n for n in notices if n.code == "repaired"]) == 2
    assert evaluation.indicators[1].score == 29.10
    assert evaluation.total_score == 98.70


def test_a_contradiction_that_may_be_a_misreading_is_a_warning_that_says_so() -> None:
    made = scanned()
    misread(made, "180.00", "130.00", runner_up=0.0)
    (evaluation,), _ = assemble(made)
    (finding,) = [check for check in evaluation.checks if check.rule == "F3"]
    assert finding.severity == "warning"
    assert "识别不清" in finding.message
