"""Titles that are set over several lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.assembling import assemble
from service.assembling.titles import with_whole_titles
from service.reading.document import Document
from tests.assembling.running_text import document

SIZE = 20.0
TEXT = ("一、部门概况", "青禾县水利局内设股室6个。", "二、预算执行情况", "全年预算100万元，支出95万元，执行率95%。")


def paper(*texts: str) -> Document:
    """A document whose lines are all set in one size."""
    made = document(*texts)
    for block in made.paragraphs:
        (line,) = block.lines
        chars = [replace(c, x0=90 + i * SIZE, x1=90 + (i + 1) * SIZE) for i, c in enumerate(line.chars)]
        block.lines = [replace(line, chars=tuple(chars))]
    return made


@pytest.mark.parametrize(
    ("lines", "title", "subject"),
    [
        (
            ("2023年度部门整体支出", "绩效评价自评报告", "单位名称：青禾县水利局（盖章）"),
            "2023年度部门整体支出绩效评价自评报告",
            "青禾县水利局",
        ),
        (
            ("青禾县水利局2023年度部门整体支出绩效", "自评报告"),
            "青禾县水利局2023年度部门整体支出绩效自评报告",
            "青禾县水利局",
        ),
        (
            ("青禾县水利局关于2023年度部门整体支出", "绩效自评情况的报告"),
            "青禾县水利局关于2023年度部门整体支出绩效自评情况的报告",
            "青禾县水利局",
        ),
        (("青禾县水利局", "2023年度部门整体支出绩效自评报告"), "2023年度部门整体支出绩效自评报告", "青禾县水利局"),
        (("青禾县水利局", "2023年度", "部门整体支出绩效自评报告"), "部门整体支出绩效自评报告", "青禾县水利局"),
        (("2023年度部门整体支出绩效自评报告", "（青禾县水利局）"), "2023年度部门整体支出绩效自评报告", "青禾县水利局"),
        (
            ("关于2023年度部门整体支出绩效自评情况的报告", "青禾县水利局", "2024年3月"),
            "关于2023年度部门整体支出绩效自评情况的报告",
            "青禾县水利局",
        ),
        (
            ("青禾县水利局", "2023年度部门整体支出", "绩效自评情况说明"),
            "2023年度部门整体支出绩效自评情况说明",
            "青禾县水利局",
        ),
    ],
)
def test_the_lines_of_a_title_are_put_together(lines: tuple[str, ...], title: str, subject: str) -> None:
    (found,), _ = assemble(paper(*lines, *TEXT))
    assert found.title is not None
    assert found.subject is not None
    assert (found.title.text, found.subject.text, found.year, found.kind) == (title, subject, 2023, "department")
    assert [line.executed and line.executed.value for line in found.funds] == [950_000]


@pytest.mark.parametrize(
    "lines",
    [
        ("附件2", "部门整体支出绩效自评表"),
        ("现将自评情况报告如下。", "绩效自评报告"),
        ("部门整体支出绩效自评报告", "一、部门概况"),
        ("自评工作由财务股负责，形成绩效", "自评报告"),
    ],
)
def test_other_lines_stay_apart(lines: tuple[str, str]) -> None:
    assert [block.text for block in with_whole_titles(paper(*lines)).paragraphs] == list(lines)
