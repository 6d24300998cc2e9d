"""Score and grade that are said in lines around the table, where no row has them."""

from __future__ import annotations

import pytest

from service.assembling.forms import assemble
from service.reading.document import Document
from service.schema import Evaluation
from tests.assembling.layouts import document, table

FORM = """项目名称 | 渠道清淤 | < | < | < | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
    产出指标 | 数量指标 | 清淤长度 | 3公里 | 3公里 | 90 | 90"""
TITLE = "2023年度项目支出绩效自评表"


def read(drawn: Document) -> tuple[object, ...]:
    found: Evaluation
    (found,) = assemble(drawn)[0]
    return found.total_weight, found.total_score, found.grade


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("总分100分，自评得分：95.81分　自评等级：☑优 □良 □中 □差", (100, 95.81, "优")),
        ("自评得分：95.81分", (None, 95.81, None)),
        ("自评总分：95.81", (None, 95.81, None)),
        ("自评等级：□优 ☑良 □中 □差", (None, None, "良")),
        ("自评等级：☑优（90-100分） □良（80-90分） □中（60-80分） □差（60分以下）", (None, None, "优")),
        ("自评等级：良　自评得分：85.81分", (None, 85.81, "良")),
        ("本项目自评得分95.81分，总体完成较好，等级为优。", (None, None, None)),
        ("得分95%以上的为优", (None, None, None)),
    ],
)
def test_a_line_above_the_table_says_score_and_grade(line: str, expected: tuple[object, ...]) -> None:
    assert read(document(TITLE, line, table(FORM))) == expected


def test_a_line_below_the_table_says_score_and_grade() -> None:
    assert read(document(TITLE, table(FORM), "自评得分：95.81分 评价等级：优")) == (None, 95.81, "优")


def test_the_tables_own_row_comes_before_the_line() -> None:
    form = table(FORM + "\n总分 | < | < | < | < | 90 | 90\n自评等级 | 良 | < | < | < | < | <")
    assert read(document(TITLE, "总分100分，自评得分：95.81分　自评等级：☑优 □良", form)) == (90, 90, "良")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("总分值：90　总得分：86.34　自评等级：良", (90, 86.34, "良")),
        ("自评等级：良；总得分：86.34；总分值：90", (90, 86.34, "良")),
        ("总得分：86.34", (None, 86.34, None)),
        ("（满分100分）", (None, None, None)),
    ],
)
def test_one_cell_beside_the_total_says_all_of_it(said: str, expected: tuple[object, ...]) -> None:
    assert read(document(TITLE, table(f"{FORM}\n总分 | < | < | {said} | < | < | <"))) == expected
