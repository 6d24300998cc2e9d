"""Where forms begin and end, what belongs to a report, and what a reader is told of what is missing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.assembling.forms import assemble
from service.assembling.forms.segment import is_report_title
from service.reading.document import Document, Paragraph, Table, cells_of
from tests.assembling.layouts import document, line, table

PROSE = "全年围绕中心工作，完成了年初确定的各项任务，预算执行总体平稳，" * 4


def form(name: str, title: str = "") -> Table:
    head = f"{title} | < | < | < | < | <\n" if title else ""
    return table(
        f"""{head}项目名称 | {name} | < | < | < | <
        主管部门 | 东川市水务局 | < | 实施单位 | 东川市河道所 | <
        项目资金（万元） | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 得分
        年度资金总额 | 10 | 10 | 9 | 90% | 9
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值
        产出指标 | 数量指标 | 清淤长度 | 3公里 | 3公里 | 90
        总分 | < | < | < | < | 100"""
    )


INDICATORS = """一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值
    产出指标 | 数量指标 | 清淤长度 | 3公里 | 3公里 | 90"""


def names(found: Document) -> list[str | None]:
    return [e.subject.text if e.subject else None for e in assemble(found)[0]]


def codes(found: Document) -> set[str]:
    return {notice.code for notice in assemble(found)[1]}


def test_each_table_with_a_subject_is_a_form() -> None:
    title = "项目支出绩效自评表"
    found = document(title, "（2022年度）", form("河道清淤"), "- 1 -", title, "（2022年度）", form("堤防加固"))
    assert names(found) == ["河道清淤", "堤防加固"]
    assert {e.year for e in assemble(found)[0]} == {2022}
    assert len({e.id for e in assemble(found)[0]}) == 2


def test_forms_follow_one_another_without_titles() -> None:
    assert names(document("项目支出绩效自评表", form("河道清淤"), form("堤防加固"))) == ["河道清淤", "堤防加固"]


def test_a_goal_that_a_scan_turned_into_paragraphs_does_not_end_its_form() -> None:
    head = """项目名称 | 河道清淤
        主管部门 | 东川市水务局"""
    found = document("2022年项目支出绩效自评表", table(head), "二、目标", PROSE, "三、指标", table(INDICATORS))
    (evaluation,) = assemble(found)[0]
    assert (evaluation.subject is not None, [row.level3 for row in evaluation.indicators]) == (True, ["清淤长度"])


def test_the_year_is_carried_to_forms_that_print_none() -> None:
    found = document("2021年项目支出绩效自评表", form("河道清淤"), form("堤防加固"))
    assert [e.year for e in assemble(found)[0]] == [2021, 2021]


def test_the_year_may_stand_in_the_file_name() -> None:
    found = document("项目支出绩效自评表", form("河道清淤"), file_name="2020年度自评表.pdf")
    assert [e.year for e in assemble(found)[0]] == [2020]
    assert codes(document("项目支出绩效自评表", form("河道清淤"))) == {"form_without_year"}


def test_a_report_takes_the_indicator_table_inside_it() -> None:
    found = document(
        "东川市水务局",
        "部门整体支出绩效自评报告",
        "（2023年度）",
        PROSE,
        "绩效指标完成情况如下。",
        table(INDICATORS),
        PROSE,
    )
    (report,) = assemble(found)[0]
    assert (report.kind, report.year, report.subject and report.subject.text) == ("department", 2023, "东川市水务局")
    assert report.title is not None
    assert report.title.text == "部门整体支出绩效自评报告"
    assert [i.level3 for i in report.indicators] == ["清淤长度"]


def test_a_report_title_may_hold_subject_and_year() -> None:
    found = document("东川市水务局2023年度部门整体支出绩效自评报告", PROSE)
    (report,) = assemble(found)[0]
    assert (report.year, report.subject and report.subject.text) == (2023, "东川市水务局")


@pytest.mark.parametrize(
    "title",
    [
        "东川市水务局2023年度部门整体支出绩效自评情况说明",
        "东川市水务局2023年度绩效自评价工作情况的说明（公开）",
        "东川市水务局2023年度部门整体绩效评价自评报告",
        "东川市水务局2023年度整体绩效评价报告",
        "东川市水务局2023年度绩效自我评价总结",
        "东川市水务局2023年度部门预算绩效评价报告",
        "东川市水务局关于2023年度整体支出绩效情况的自我评价",
        "东川市水务局关于报送2023年度部门整体支出绩效自评的报告",
        "东川市水务局2023年度财政支出绩效评价工作报告",
    ],
)
def test_a_report_is_known_by_titles_of_many_wordings(title: str) -> None:
    assert names(document(title, PROSE)) == ["东川市水务局"]


@pytest.mark.parametrize("heading", ["三、绩效自评情况说明", "（二）绩效自我评价情况说明", "2.绩效自评总结"])
def test_a_numbered_heading_is_no_title_of_a_report(heading: str) -> None:
    assert not is_report_title(heading)
    assert names(document("东川市水务局2023年度部门整体支出绩效自评报告", PROSE, heading, PROSE)) == ["东川市水务局"]


@pytest.mark.parametrize(
    "blocks",
    [
        ("东川市水务局（盖章）", "2023年度部门整体支出绩效自评报告"),
        ("2023年度部门整体支出绩效自评报告", "部门名称：东川市水务局（公章）"),
    ],
    ids=["above", "below"],
)
def test_where_the_seal_goes_is_no_part_of_a_reports_subject(blocks: tuple[str, ...]) -> None:
    assert names(document(*blocks, PROSE)) == ["东川市水务局"]


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("东川市水务局2023年度部门整体支出绩效自评表", "东川市水务局"),
        ("2023年度东川市水务局部门整体支出绩效自评表", "东川市水务局"),
        ("2023年度部门整体支出绩效自评表", None),
        ("2023年财政项目支出绩效自评表", None),
    ],
)
def test_a_form_without_a_header_is_named_by_its_title(title: str, subject: str | None) -> None:
    assert names(document(title, table(INDICATORS))) == [subject]


def test_a_title_printed_on_cover_and_first_page_is_one_report() -> None:
    title = "部门整体支出绩效自评报告"
    assert names(document("东川市水务局", title, "2023年", "东川市水务局", title, PROSE)) == ["东川市水务局"]


def test_a_project_form_annexed_to_a_report_stands_alone() -> None:
    found = document("东川市水务局", "2023年度部门整体支出绩效自评报告", PROSE, "项目支出绩效自评表", form("河道清淤"))
    assert [(e.kind, e.year) for e in assemble(found)[0]] == [("department", 2023), ("project", 2023)]


def test_evidence_lies_in_the_cells_that_were_read() -> None:
    (found,) = assemble(document("2022年项目支出绩效自评表", form("河道清淤")))[0]
    assert found.subject is not None
    assert found.subject.evidence[0].bbox == (80.0, 0.0, 480.0, 20.0)
    assert found.indicators[0].target is not None
    assert found.indicators[0].target.evidence[0].bbox == (240.0, 100.0, 320.0, 120.0)


def test_a_file_without_form_or_report_says_so() -> None:
    found = document("会议通知", PROSE, table("序号 | 姓名 | 电话\n1 | 甲 | 1"))
    assert assemble(found)[0] == []
    assert codes(found) == {"no_evaluation"}


def test_an_empty_document_says_so() -> None:
    assert codes(document()) == {"no_evaluation"}


def test_missing_parts_are_told() -> None:
    found = document("2022年项目支出绩效自评表", table(INDICATORS))
    assert codes(found) == {"form_without_subject", "form_without_funds"}
    bare = document("2022年项目支出绩效自评表", table("项目名称 | 河道清淤\n实施单位 | 东川市河道所"))
    assert codes(bare) == {"form_without_indicators", "form_without_funds"}


def test_money_without_a_unit_is_taken_for_wan_and_told() -> None:
    plain = table(
        f"""项目名称 | 河道清淤 | < | < | < | <
        项目资金 | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 得分
        年度资金总额 | 10 | 10 | 9 | 90% | 9
        {INDICATORS}"""
    )
    found = document("2022年项目支出绩效自评表", plain)
    assert codes(found) == {"money_unit_assumed"}
    executed = assemble(found)[0][0].funds[0].executed
    assert executed is not None
    assert executed.value == 90_000


def test_reasons_go_to_the_rows_they_name_and_are_never_lost() -> None:
    rows = """一级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
        产出指标 | 清淤长度 | 3公里 | 2公里 | 50 | 33.33
        产出指标 | 加固堤防 | 2公里 | 1公里 | 40 | 20
        总分 | < | < | < | 90 | 53.33
        偏差大或目标未完成原因分析 | {} | < | < | < | <"""
    named = document(
        "2022年项目支出绩效自评表",
        table("项目名称 | 河道清淤"),
        table(rows.format("1.清淤长度不足，因汛期停工。2.加固堤防推迟开工。")),
    )
    (found,) = assemble(named)[0]
    assert [i.deviation for i in found.indicators] == ["1.清淤长度不足，因汛期停工。", "2.加固堤防推迟开工。"]
    unnamed = document(
        "2022年项目支出绩效自评表", table("项目名称 | 河道清淤"), table(rows.format("受疫情影响，进度滞后。"))
    )
    (found,), notices = assemble(unnamed)
    assert [i.deviation for i in found.indicators] == [None, None]
    assert any(n.code == "reasons_unassigned" and "受疫情影响" in n.message for n in notices)


def test_a_goal_goes_on_beside_a_heading_with_nothing_under_it() -> None:
    drawn = """项目名称 | 河道清淤
        预期目标 | 实际完成情况
        清淤三公里 |
        年度总体目标 | 修渠
         | 补种"""
    (found,) = assemble(document("2022年项目支出绩效自评表", table(drawn)))[0]
    assert found.goal is not None
    assert (found.goal.expected.text, found.goal.actual) == ("清淤三公里", None)  # type: ignore[union-attr]


PRINTED = """
    项目名称 主管部门 实施单位 项目资金（万元） 年初预算数 全年预算数 全年执行数 分值 执行率 得分 年度资金总额
    其中：财政拨款 其他资金 预期目标 实际完成情况 年度总体目标 一级指标 二级指标 三级指标 年度指标值 实际完成值
    偏差原因分析 产出指标 数量指标 总分 评分等级 优 100 98.5 95% ≥3公里 - 完成 指标1： …… 项目支出绩效自评表 2023年
"""
WORDS = PRINTED.split()


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 10**6))
def test_no_table_of_form_words_makes_it_fail(height: int, width: int, seed: int) -> None:
    chance = random.Random(seed)
    rows = [[chance.choice([*WORDS, "", ""]) for _ in range(width)] for _ in range(height)]
    evaluations, notices = assemble(document("项目支出绩效自评表", cells_of(rows)))
    assert evaluations or notices


@pytest.mark.parametrize("rows", [400])
def test_time_grows_with_the_rows_alone(rows: int) -> None:
    lines = [["产出指标", "数量指标", f"指标{n}：事项", "3次", "3次", "1"] for n in range(rows)]
    header = ["一级指标", "二级指标", "三级指标", "指标值", "完成值", "分值"]
    (found,) = assemble(document("2022年项目支出绩效自评表", cells_of([header, *lines])))[0]
    assert len(found.indicators) == rows


def test_a_form_printed_as_cards_has_its_header_and_goal_in_lines() -> None:
    head = Paragraph(
        [
            line(text, top=20.0 * i)
            for i, text in enumerate(
                ["项目名称", "河道清淤", "主管部门", "东川市水务局", "实施单位", "东川市河道所"]
                + ["项目类型", "特定目标类项目，分三年实施", "联系电话", "2236000"] * 2
            )
        ]
    )
    goal = "完成河道清淤三公里，改善两岸行洪条件，保障沿线群众生命财产安全，" * 2
    found = document(
        "2024年度项目支出绩效自评",
        "基本信息",
        head,
        "年度绩效目标",
        "预期目标",
        goal,
        "实际完成情况",
        goal[:-1] + "。",
        "绩效指标",
        table(INDICATORS),
    )
    (evaluation,) = assemble(found)[0]
    assert evaluation.subject is not None
    assert evaluation.competent_department is not None
    assert evaluation.goal.expected is not None
    assert evaluation.goal.actual is not None
    assert (evaluation.subject.text, evaluation.competent_department.text, evaluation.year) == (
        "河道清淤",
        "东川市水务局",
        2024,
    )
    assert (evaluation.goal.expected.text, evaluation.goal.actual.text) == (goal, goal[:-1] + "。")
    assert len(evaluation.indicators) == 1
