"""Statements from tagged sentences, periods, the goal, and how prose and forms come together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from annotations.markup import parse
from models.spans import Entity, Relation, TaggedSentence
from service.assembling import forms
from service.assembling.evidence import line_evidence
from service.assembling.prose import enrich
from service.assembling.prose.goal import read_goal
from service.assembling.prose.periods import resolve
from service.assembling.prose.sections import outline
from service.assembling.prose.sentences import sentences
from service.assembling.prose.statements import of_form, of_sections, read_statements
from service.reading.document import Document, Paragraph, cells_of
from service.schema import Evaluation, Statement
from tests.assembling.running_text import document

TITLE = "云岭区园林管理中心2023年度部门整体支出绩效自评报告"


class Marked:
    """Tags sentences as their marked form says; any other sentence has nothing to mark."""

    def __init__(self, *marked: str, score: float = 1.0) -> None:
        parsed = [parse(line) for line in marked]
        self.known = {sentence.text: _scored(sentence, score) for sentence in parsed}
        self.headings: list[str | None] = []

    def tag(self, sentences: Sequence[str], headings: Sequence[str | None] | None = None) -> list[TaggedSentence]:
        self.headings = list(headings or [])
        return [self.known.get(sentence, TaggedSentence(sentence)) for sentence in sentences]


def _scored(sentence: TaggedSentence, score: float) -> TaggedSentence:
    return TaggedSentence(
        sentence.text,
        [Entity(e.id, e.start, e.end, e.label, score) for e in sentence.entities],
        [Relation(r.type, r.head, r.tail, score) for r in sentence.relations],
    )


def _plain(marked: str) -> str:
    return parse(marked).text


def _statements(
    *marked: str, heading: str = "二、履职完成情况", score: float = 1.0, sure: float = 1.0
) -> list[Statement]:
    paper = document(heading, "".join(_plain(line) for line in marked), confidence=sure)
    found = list(of_sections(outline(paper.paragraphs)))
    return read_statements(paper, found, Marked(*marked, score=score), year=2023, organisation="云岭区园林管理中心")


TREES = (
    "截至⟦T1 PERIOD>period_of:T3|12 月⟧，⟦T2 ORG>org_of:T3|区苗圃⟧⟦T3 INDICATOR|补植行道树⟧"
    "⟦T4 ACHIEVEMENT>achievement_of:T3|1,260 株⟧，同比⟦T5 CHANGE>change_of:T3|减少 5%⟧。"
)
BUDGET = "⟦T1 INDICATOR|养护经费⟧⟦T2 AMOUNT>amount_of:T1|580 余万元⟧。"


def test_changes_of_a_list_fall_with_the_word_at_its_head() -> None:
    first, second = _statements(
        "⟦T1 INDICATOR|刑事案件⟧、⟦T2 INDICATOR|治安案件⟧分别⟦T3 CHANGE>change_of:T1|下降 12.3%⟧、"
        "⟦T4 CHANGE>change_of:T2|8.7%⟧。"
    )
    assert [v.quantity.value for s in (first, second) for v in s.values] == [-12.3, -8.7]


def test_a_statement_carries_values_time_and_owner() -> None:
    (statement,) = _statements(TREES)
    assert (statement.indicator, statement.period, statement.organisation) == ("补植行道树", "2023年1–12月", "区苗圃")
    assert [(v.role, v.quantity.text, v.quantity.value, v.quantity.unit) for v in statement.values] == [
        ("achievement", "1,260 株", 1260, "株"),
        ("change", "减少 5%", -5, "%"),
    ]
    assert (statement.section, statement.sentence) == ("results", _plain(TREES))


def test_the_reports_own_unit_stands_where_none_is_named() -> None:
    (statement,) = _statements(BUDGET)
    assert statement.organisation == "云岭区园林管理中心"
    assert statement.period is None


def test_money_is_in_yuan() -> None:
    (statement,) = _statements(BUDGET)
    quantity = statement.values[0].quantity
    assert (quantity.value, quantity.unit, quantity.comparator) == (5_800_000, "元", "~")


def test_confidence_is_the_least_of_tagger_and_recogniser() -> None:
    assert _statements(BUDGET, score=0.8, sure=0.5)[0].confidence == pytest.approx(0.4)


def test_evidence_shows_indicator_and_values_in_their_place() -> None:
    (statement,) = _statements(BUDGET)
    indicator, value = statement.evidence
    assert indicator.bbox[2] <= value.bbox[0]
    assert statement.values[0].quantity.evidence == [value]
    assert {box.source for box in statement.evidence} == {"span"}


def test_values_take_the_indicator_of_the_sentence_before() -> None:
    lead = "⟦T1 INDICATOR|公园游客量⟧按季度统计如下。"
    value = "⟦T1 ACHIEVEMENT|21.5 万人次⟧。"
    (statement,) = _statements(lead, value)
    quantity = statement.values[0].quantity
    assert (statement.indicator, quantity.value, quantity.unit) == ("公园游客量", 21.5, "万人次")


def test_a_value_without_any_indicator_is_kept() -> None:
    (statement,) = _statements("共完成⟦T1 ACHIEVEMENT|36 处⟧。")
    assert statement.indicator is None
    assert statement.values[0].role == "achievement"


def test_staff_and_establishment_are_statements() -> None:
    marked = (
        "⟦T1 INDICATOR|编制⟧⟦T2 ACHIEVEMENT>achievement_of:T1|50 人⟧，"
        "⟦T3 INDICATOR|实有⟧⟦T4 ACHIEVEMENT>achievement_of:T3|43 人⟧。"
    )
    found = _statements(marked, heading="一、机构人员情况")
    assert [(s.indicator, s.values[0].quantity.value, s.section) for s in found] == [
        ("编制", 50, "overview"),
        ("实有", 43, "overview"),
    ]


def test_sentences_end_as_the_guide_says() -> None:
    text = "完成补植。“还绿于民”！是否够？先查后补； 末尾无号"
    assert [text[a:b] for a, b in sentences(text)] == [
        "完成补植。",
        "“还绿于民”！",
        "是否够？",
        "先查后补；",
        "末尾无号",
    ]


def test_a_heading_run_into_its_sentence_does_not_end_it() -> None:
    paper = document("一、概况", "3.人员情况：事业编制8人。")
    assert [s.text for s in of_sections(outline(paper.paragraphs))] == ["一、概况", "3.人员情况：事业编制8人。"]


def test_sentences_are_tagged_under_their_heading() -> None:
    tagger = Marked()
    paper = document("二、履职完成情况", "补植一批。")
    read_statements(paper, list(of_sections(outline(paper.paragraphs))), tagger, year=2023, organisation=None)
    assert tagger.headings == ["履职完成情况", "履职完成情况"]


@pytest.mark.parametrize(
    ("text", "before", "meant"),
    [
        ("今年", "", "2023年"),
        ("本年度", "", "2023年"),
        ("全年", "", "2023年"),
        ("2023 年", "", "2023年"),
        ("2022年度", "", "2022年"),
        ("去年", "比", "2022年"),
        ("上年", "较", "2022年"),
        ("明年上半年", "", "2024年上半年"),
        ("三季度", "", "2023年三季度"),
        ("第四季度", "", "2023年第四季度"),
        ("上半年", "", "2023年上半年"),
        ("9月", "", "2023年9月"),
        ("12 月", "截至", "2023年1–12月"),
        ("12月底", "截至", "2023年1–12月"),
        ("2023年11月", "截至 ", "2023年1–11月"),
        ("1-11月", "", "2023年1–11月"),
        ("1 至 12 月", "", "2023年1–12月"),
        ("2023 年 1 月-10 月 18 日", "", "2023年1–10月18日"),
        ("2023 年 12 月 31 日", "截止至 ", "截至2023年12月31日"),
        ("年底", "", "2023年末"),
        ("2023年末", "截至", "截至2023年末"),
        ("近三年", "", "近三年"),
        ("“十四五”期间", "", "“十四五”期间"),
    ],
)
def test_times_are_resolved_against_the_reports_year(text: str, before: str, meant: str) -> None:
    assert resolve(text, 2023, before) == meant


def test_times_stay_as_printed_in_a_report_without_a_year() -> None:
    assert (resolve("三 季度", None), resolve("2022年", None)) == ("三季度", "2022年")


def _goal(*texts: str) -> str | None:
    paper = document(*texts)
    text = read_goal(paper, outline(paper.paragraphs))
    return None if text is None else text.text


def test_the_years_goal_is_the_text_under_its_heading() -> None:
    assert _goal("二、年度绩效目标", "管好绿地。", "新增绿地30公顷。", "三、预算情况") == "管好绿地。新增绿地30公顷。"


def test_plans_of_work_and_long_term_goals_are_no_goal_of_the_year() -> None:
    found = _goal(
        "（一）绩效目标和工作计划",
        "1.绩效目标",
        "管好绿地。",
        "2.工作计划",
        "逐月巡查。",
        "（二）战略目标",
        "建成花园城市。",
    )
    assert found == "管好绿地。"
    assert _goal("二、中长期战略目标", "建成花园城市。") is None
    assert _goal("二、绩效目标完成情况", "全部完成。") is None


REPORT = (
    TITLE,
    "一、部门概况",
    "中心设3个科室。",
    "二、预算执行情况",
    "年初预算900.00万元，全年预算数950.00万元，全年执行数931.00万元，执行率98.00%。",
    "三、存在的问题",
    "1.支付进度偏慢。",
    "四、改进措施",
    "1.按月调度。",
)


def _department_form(executed: str = "931.00") -> list[list[str | tuple[str, int, int] | None]]:
    return [
        ["部门名称", ("云岭区园林管理中心", 1, 5), None, None, None, None],
        ["资金", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率"],
        ["年度资金总额", "900.00", "950.00", executed, "10", "98.00%"],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值"],
        ["产出指标", "数量指标", "补植行道树", "≥1000株", "1260株", "50"],
    ]


def _enriched(paper: Document, tagger: Marked | None = None) -> tuple[list[Evaluation], list[str]]:
    evaluations, _ = forms.assemble(paper)
    result, notices = enrich(paper, evaluations, tagger)
    return result, [notice.code for notice in notices]


def test_a_report_gives_funds_problems_and_improvements() -> None:
    (evaluation,), codes = _enriched(document(*REPORT), Marked())
    assert [line.category for line in evaluation.funds] == ["total"]
    assert [item.text for item in evaluation.problems] == ["支付进度偏慢。"]
    assert [item.text for item in evaluation.improvements] == ["按月调度。"]
    assert codes == []


def test_without_a_tagger_only_the_statements_are_missing() -> None:
    (evaluation,), codes = _enriched(document(*REPORT))
    assert codes == ["statements_left_out"]
    assert evaluation.statements == []
    assert evaluation.funds
    assert evaluation.problems


def test_an_annexed_form_leads_and_differences_are_told() -> None:
    paper = document(*REPORT, "部门整体支出绩效自评表", tables=(cells_of(_department_form("930.00")),))
    (evaluation,), codes = _enriched(paper, Marked())
    (total,) = evaluation.funds
    assert total.executed is not None
    assert total.executed.value == 9_300_000
    assert [row.level3 for row in evaluation.indicators] == ["补植行道树"]
    assert codes == ["prose_form_difference"]


def test_a_form_that_agrees_is_told_nothing_about() -> None:
    paper = document(*REPORT, "部门整体支出绩效自评表", tables=(cells_of(_department_form()),))
    (evaluation,), codes = _enriched(paper, Marked())
    assert len(evaluation.funds) == 1
    assert codes == []


def test_an_annexed_project_form_stays_an_evaluation_of_its_own() -> None:
    rows = _department_form()
    rows[0] = ["项目名称", ("绿地养护", 1, 5), None, None, None, None]
    evaluations, _ = _enriched(document(*REPORT, "项目支出绩效自评表", tables=(cells_of(rows),)), Marked())
    assert [(e.kind, e.subject and e.subject.text) for e in evaluations] == [
        ("department", "云岭区园林管理中心"),
        ("project", "绿地养护"),
    ]


def test_goal_and_deviation_cells_are_tagged_too() -> None:
    goal = "⟦T1 INDICATOR|补植行道树⟧⟦T2 TARGET>target_of:T1|1000株⟧。"
    reason = "⟦T1 INDICATOR|返工⟧⟦T2 ACHIEVEMENT>achievement_of:T1|3处⟧。"
    rows = [
        ["项目名称", ("绿地养护", 1, 6), None, None, None, None, None],
        ["年度总体目标", ("预期目标", 1, 3), None, None, ("实际完成情况", 1, 3), None, None],
        ["", (_plain(goal), 1, 3), None, None, ("已完成。", 1, 3), None, None],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "偏差原因分析及改进措施"],
        ["产出指标", "数量指标", "补植行道树", "≥1000株", "900株", "50", _plain(reason)],
    ]
    paper = Document("0" * 64, "表.pdf", document().pages, [*document("项目支出绩效自评表").blocks, cells_of(rows)])
    (evaluation,), _ = _enriched(paper, Marked(goal, reason))
    assert [(s.section, s.indicator) for s in evaluation.statements] == [("goal", "补植行道树"), ("deviation", "返工")]
    goal_cell = evaluation.goal.expected
    assert goal_cell is not None
    (box,) = evaluation.statements[0].values[0].quantity.evidence
    assert goal_cell.evidence[0].bbox[0] < box.bbox[0]  # the span, not the whole cell
    assert box.source == "span"


def test_texts_without_their_cell_show_the_row() -> None:
    paper = document(TITLE)
    evaluations, _ = forms.assemble(paper)
    shown = line_evidence(paper, [line for p in paper.paragraphs for line in p.lines])
    evaluation = evaluations[0].model_copy(deep=True)
    evaluation.goal.expected = (
        evaluation.title.model_copy(update={"text": "管好绿地。", "evidence": shown}) if evaluation.title else None
    )
    (sentence,) = of_form(paper, evaluation)
    assert sentence.text == "管好绿地。"
    assert sentence.shown == tuple(shown)


def test_enrich_leaves_a_document_without_evaluations_alone() -> None:
    assert enrich(document("通知"), [], None) == ([], [])


def test_evidence_lies_on_the_lines_of_a_broken_paragraph() -> None:
    first, second = document("完成补植行道", "树1,260株。").paragraphs
    joined = Paragraph([*first.lines, *second.lines])
    assert [piece.text for piece in joined.span(4, 12)] == ["行道", "树1,260"]
