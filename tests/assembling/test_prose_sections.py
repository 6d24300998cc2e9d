"""Sections by their headings, and the items of problems and improvements."""

from __future__ import annotations

import pytest

from service.assembling.prose.headings import Kind, kind_of
from service.assembling.prose.items import read_items
from service.assembling.prose.numbering import Style, marker_at, markers
from service.assembling.prose.sections import Section, outline
from tests.assembling.running_text import document, paragraph


def _sections(*texts: str) -> list[Section]:
    return outline(document(*texts).paragraphs)[1:]


def _kinds(*texts: str) -> list[tuple[str | None, Kind | None]]:
    return [(section.title, section.kind) for section in _sections(*texts)]


def _items(*texts: str) -> tuple[list[str], list[str]]:
    paper = document(*texts)
    problems, improvements = read_items(paper, outline(paper.paragraphs))
    return [item.text for item in problems], [item.text for item in improvements]


@pytest.mark.parametrize(
    ("text", "style", "ordinal"),
    [
        ("一、部门概况", Style.COMMA, 1),
        ("十二、其他", Style.COMMA, 12),
        ("（三）预算执行", Style.BRACKET, 3),
        ("(三)预算执行", Style.BRACKET, 3),
        ("2.绩效目标", Style.DIGIT, 2),
        ("2．绩效目标", Style.DIGIT, 2),
        ("3、财务管理", Style.DIGIT, 3),
        ("4.2024年新增床位", Style.DIGIT, 4),
        ("（5）其他工作", Style.BRACKET_DIGIT, 5),
        ("6）其他工作", Style.HALF_BRACKET, 6),
        ("⑦加强党建", Style.CIRCLE, 7),
        ("B.提升能力", Style.LETTER, 2),
        ("2 预算执行情况", Style.PLAIN, 2),
        ("2.3 预算调整情况", Style.DECIMAL, 3),
        ("2.3预算调整情况", Style.DECIMAL, 3),
        ("2.3.4 项目支出情况", Style.DECIMALS, 4),
        ("2.1 个人防护", Style.DECIMAL, 1),
        ("第三部分 绩效评价", Style.PART, 3),
        ("贰、部门概况", Style.CAPITAL, 2),
        ("二是力量不足", Style.ORDINAL, 2),
        ("其次，完善制度", Style.FIRST, 2),
        ("第二，完善制度", Style.RANKED, 2),
        ("、部门概况", Style.COMMA, 1),  # recognition lost the 一
        ("—、部门概况", Style.COMMA, 1),
    ],
)
def test_every_style_of_number_is_known(text: str, style: Style, ordinal: int) -> None:
    marker = marker_at(text)
    assert marker is not None
    assert (marker.style, marker.ordinal) == (style, ordinal)


@pytest.mark.parametrize(
    "text",
    [
        "1.5万元用于培训",
        "1.2 亿元用于养护",
        "3.5个百分点",
        "12 月底完成支付",
        "3 个项目",
        "2.5 公里绿道",
        "2023年执行情况",
        "一般公共预算",
        "43路公交线路",
        "ABC公司",
    ],
)
def test_figures_and_words_are_no_numbers(text: str) -> None:
    assert marker_at(text) is None


def test_nested_numbers_follow_one_another() -> None:
    assert [m.style for m in markers("2.（1）编报不够合理。（2）挂钩度不高。")] == [
        Style.DIGIT,
        Style.BRACKET_DIGIT,
        Style.BRACKET_DIGIT,
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("部门（单位）概况", Kind.OVERVIEW),
        ("主要职能", Kind.OVERVIEW),
        ("机构设置和人员编制情况", Kind.OVERVIEW),
        ("年度绩效目标", Kind.GOALS),
        ("当年部门履职总体目标、工作任务", Kind.GOALS),
        ("部门绩效管理开展情况，包括决策管理、财务管理等方面", Kind.MANAGEMENT),
        ("资产管理", Kind.MANAGEMENT),
        ("部门预算安排及执行情况", Kind.BUDGET),
        ("部门资金收支情况", Kind.BUDGET),
        ("部门整体支出规模、使用方向和主要内容", Kind.BUDGET),
        ("一般公共预算支出情况", Kind.BUDGET),
        ("部门整体支出工作完成及绩效实现情况", Kind.RESULTS),
        ("绩效目标完成情况", Kind.RESULTS),
        ("职责履行情况及成效", Kind.RESULTS),
        ("自评得分情况", Kind.RESULTS),
        ("存在的主要问题及原因分析", Kind.PROBLEMS),
        ("存在的不足", Kind.PROBLEMS),
        ("存在的间题", Kind.PROBLEMS),  # as recognition misreads it
        ("未完成绩效目标的原因", Kind.PROBLEMS),
        ("下一步改进措施", Kind.IMPROVEMENTS),
        ("有关建议", Kind.IMPROVEMENTS),
        ("下步打算", Kind.IMPROVEMENTS),
        ("改进惜施", Kind.IMPROVEMENTS),
        ("绩效自评结果拟应用和公开情况", Kind.USE_OF_RESULTS),
        ("结果应用建议", Kind.USE_OF_RESULTS),
        ("其他需要说明的问题", None),
    ],
)
def test_headings_have_a_kind(title: str, kind: Kind | None) -> None:
    assert kind_of(title)[0] is kind


def test_joint_headings_are_known_as_such() -> None:
    assert kind_of("绩效管理中存在问题及改进措施") == (Kind.PROBLEMS, True)


def test_sections_nest_by_their_numbers() -> None:
    found = _sections(
        "一、部门概况", "（一）职能", "1.主要职能", "承担绿化管理工作。", "二、年度绩效目标", "管好绿地。"
    )
    assert [(s.title, s.rank, s.parent and s.parent.title) for s in found] == [
        ("部门概况", 1, None),
        ("职能", 2, "部门概况"),
        ("主要职能", 3, "职能"),
        ("年度绩效目标", 1, None),
    ]


def _parents(*texts: str) -> list[tuple[str | None, str | None]]:
    return [(s.title, s.parent and s.parent.title) for s in _sections(*texts)]


def test_a_decimal_outline_nests_and_holds_numbers_of_other_styles() -> None:
    assert _parents(
        "1 部门概况",
        "1.1 主要职能",
        "1.1.1 内设科室",
        "（一）办公室",
        "①文秘工作",
        "负责文件印发。",
        "（二）养护科",
        "1.1.2 下属单位",
        "1.2 机构设置",
        "2 预算执行情况",
        "2.1 支出情况",
        "全年支出100万元。",
    ) == [
        ("部门概况", None),
        ("主要职能", "部门概况"),
        ("内设科室", "主要职能"),
        ("办公室", "内设科室"),
        ("文秘工作", "办公室"),
        ("养护科", "内设科室"),
        ("下属单位", "主要职能"),
        ("机构设置", "部门概况"),
        ("预算执行情况", None),
        ("支出情况", "预算执行情况"),
    ]


def test_parts_stand_around_a_decimal_outline() -> None:
    assert _parents("第一部分 单位概况", "1 主要职能", "（一）办公室", "第二部分 预算执行情况", "1 收支情况") == [
        ("单位概况", None),
        ("主要职能", "单位概况"),
        ("办公室", "主要职能"),
        ("预算执行情况", None),
        ("收支情况", "预算执行情况"),
    ]


def test_a_list_ends_at_the_next_number_of_the_outline_around_it() -> None:
    problems, _ = _items(
        "1.1 自评情况",
        "1.1.1 总体情况",
        "（一）存在的问题",
        "1.进度偏慢。",
        "2.指标偏粗。",
        "1.1.2 公开情况",
        "已公开。",
    )
    assert problems == ["进度偏慢。", "指标偏粗。"]


def test_figures_at_the_head_of_a_paragraph_head_no_section() -> None:
    assert _kinds("一、预算执行情况", "1.2万元用于预算执行", "12 月预算执行情况", "3 个项目的支出情况") == [
        ("预算执行情况", Kind.BUDGET)
    ]


LONG = "我中心制定了财务管理办法和资产管理办法，按规定开展资产盘点、往来清理等各项工作。"


def test_unusual_headings_without_number_that_stand_apart_open_sections() -> None:
    assert _kinds("预算资金收支总体情况", LONG, "履职效能与工作成效", LONG, "内部控制与资产监管", LONG) == [
        ("预算资金收支总体情况", Kind.BUDGET),
        ("履职效能与工作成效", Kind.RESULTS),
        ("内部控制与资产监管", Kind.MANAGEMENT),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("我中心严格按照要求开展", "内部控制与资产监管", LONG),
        ("我中心负责绿地管理。", "内部控制与资产监管", "由办公室负责。"),
        ("我中心负责绿地管理。", "内部控制、资产监管", LONG),
    ],
    ids=["after an open line", "before a short sentence", "with a mark in it"],
)
def test_a_line_that_was_torn_off_heads_no_section(texts: tuple[str, ...]) -> None:
    assert _kinds("一、部门概况", *texts) == [("部门概况", Kind.OVERVIEW)]


def test_a_contents_line_opens_nothing_whatever_its_dots() -> None:
    assert _kinds("一、部门概况⋯⋯⋯⋯⋯⋯1", "一、部门概况") == [("部门概况", Kind.OVERVIEW)]


def test_headings_without_number_open_sections() -> None:
    assert _kinds(
        "部门概况", "我中心成立于2009年。", "预算执行情况", "全年支出100万元。", "存在的问题", "进度偏慢。"
    ) == [
        ("部门概况", Kind.OVERVIEW),
        ("预算执行情况", Kind.BUDGET),
        ("存在的问题", Kind.PROBLEMS),
    ]


@pytest.mark.parametrize("title", ["部门整体支出管理情况", "部门整体支出管理及使用情况", "整体支出使用情况"])
def test_the_management_of_spending_is_about_the_budget(title: str) -> None:
    assert _kinds(f"二、{title}", "全年支出100万元。", "（一）财务管理") == [
        (title, Kind.BUDGET),
        ("财务管理", Kind.MANAGEMENT),
    ]


def test_a_heading_may_be_run_into_its_paragraph() -> None:
    (section,) = _sections("（一）存在的问题。1.进度偏慢。2.指标偏粗。")
    assert (section.title, section.kind) == ("存在的问题", Kind.PROBLEMS)
    assert [part.text for part in section.parts] == ["1.进度偏慢。2.指标偏粗。"]


def test_a_second_heading_may_be_run_into_the_same_paragraph() -> None:
    text = "（一）存在的问题。1.进度偏慢。2.指标偏粗。（二）改进措施。1.按月调度。2.细化指标。"
    assert _items("三、存在问题及改进措施", text) == (["进度偏慢。", "指标偏粗。"], ["按月调度。", "细化指标。"])


def test_what_stands_under_results_is_a_result() -> None:
    assert _kinds("二、履职完成情况", "（一）街面秩序管理", "出动200人次。", "（二）预算执行情况") == [
        ("履职完成情况", Kind.RESULTS),
        ("街面秩序管理", Kind.RESULTS),
        ("预算执行情况", Kind.BUDGET),
    ]


def test_a_sentence_broken_by_the_page_is_one() -> None:
    first = paragraph(
        "年中根据各子项目实际支付情况调减预算，合计调减资金150.00万元，调整后预算金额为1,850.00万元，截止至2023年12月31日，预算执行"
    )
    second = paragraph("金额为1,831.50万元。", page=2)
    heading = paragraph("三、履职完成情况", page=2)
    sections = outline([paragraph("二、预算执行情况"), first, second, heading])[1:]
    assert [section.title for section in sections] == ["预算执行情况", "履职完成情况"]
    (part,) = sections[0].parts
    assert part.text.endswith("预算执行金额为1,831.50万元。")


def test_a_table_of_contents_opens_nothing() -> None:
    assert _kinds("一、部门概况............1", "二、存在的问题………………5", "一、部门概况") == [("部门概况", Kind.OVERVIEW)]


def test_numbered_sentences_are_no_headings() -> None:
    assert _kinds("一、主要职责", "1.拟订绿化管理规划。", "2.负责公园管理。", "3.完成交办的其他工作。") == [
        ("主要职责", Kind.OVERVIEW)
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        ("1.", "2.", "3."),
        ("（一）", "（二）", "（三）"),
        ("(1)", "(2)", "(3)"),
        ("①", "②", "③"),
        ("A.", "B.", "C."),
        ("一是", "二是", "三是"),
        ("首先，", "其次，", "再次，"),
        ("第一，", "第二，", "第三，"),
        ("问题一：", "问题二：", "问题三："),
    ],
)
@pytest.mark.parametrize("joined", [False, True], ids=["paragraphs", "run in"])
def test_items_come_without_their_numbers(numbers: tuple[str, ...], joined: bool) -> None:
    texts = ["预算编制不够细。", "支付进度偏慢，前低后高。", "指标设置偏粗。"]
    numbered = [number + text for number, text in zip(numbers, texts, strict=True)]
    problems, improvements = _items("四、存在的问题", *(["".join(numbered)] if joined else numbered), "五、其他说明")
    assert (problems, improvements) == (texts, [])


def test_numbers_inside_an_item_stay() -> None:
    problems, _ = _items(
        "（一）存在的问题", "1.计划性不强。", "2.（1）编报不够合理。（2）挂钩度不高。", "（二）改进措施", "1.加强考核。"
    )
    assert problems == ["计划性不强。", "（1）编报不够合理。（2）挂钩度不高。"]


def test_an_item_goes_on_in_the_paragraphs_under_it() -> None:
    problems, _ = _items(
        "五、存在的问题", "（一）编制不细。", "1.底数不清。", "2.测算粗放。", "（二）进度偏慢", "第四季度集中支付。"
    )
    assert problems == ["编制不细。1.底数不清。2.测算粗放。", "进度偏慢 第四季度集中支付。"]


def test_paragraphs_without_numbers_are_an_item_each() -> None:
    problems, improvements = _items(
        "五、存在的问题",
        "主要存在以下问题：",
        "预算编制不够细。",
        "进度偏慢。",
        "六、改进措施",
        "按月调度支出。",
        "某某局",
        "2024年3月1日",
    )
    assert problems == ["预算编制不够细。", "进度偏慢。"]
    assert improvements[0] == "按月调度支出。"


def test_an_introduction_is_no_item() -> None:
    assert _items("五、存在的问题", "总体执行较好，但仍有一些不足。一是进度偏慢。二是指标偏粗。")[0] == [
        "进度偏慢。",
        "指标偏粗。",
    ]


def test_a_joint_section_is_told_apart_by_its_words() -> None:
    problems, improvements = _items(
        "四、存在问题和改进措施",
        "1.预算编制不够精准，年中追加较多。改进措施：提前开展项目论证。",
        "2.支付进度偏慢。下一步，将按月通报支出进度。",
        "3.资产闲置时间较长，利用率不高。",
        "4.进一步加强业务培训，提高填报质量。",
    )
    assert problems == ["预算编制不够精准，年中追加较多。", "支付进度偏慢。", "资产闲置时间较长，利用率不高。"]
    assert improvements == ["提前开展项目论证。", "下一步，将按月通报支出进度。", "进一步加强业务培训，提高填报质量。"]


def test_a_label_that_stands_below_each_problem_is_no_heading() -> None:
    texts = ["1.预算进度偏慢。", "改进措施：按月调度。", "2.指标设置偏粗。", "改进措施：细化指标。"]
    assert _items("四、存在问题及改进措施", *texts) == (
        ["预算进度偏慢。", "指标设置偏粗。"],
        ["按月调度。", "细化指标。"],
    )
    assert _items("四、存在的问题", *texts[:1], *texts[2:]) == (["预算进度偏慢。", "指标设置偏粗。"], ["细化指标。"])


def test_a_closing_paragraph_is_no_part_of_the_last_item() -> None:
    items = ["按月调度支出。", "细化指标。"]
    numbered = ["1." + items[0], "2." + items[1]]
    closing = "此外，恳请财政部门加强培训。"
    assert _items("六、改进措施", *numbered, closing)[1] == [*items, closing]
    assert _items("六、改进措施", *numbered, "指标经集体讨论。")[1] == [items[0], items[1] + "指标经集体讨论。"]


def test_a_list_whose_items_go_on_in_paragraphs_keeps_them() -> None:
    _, improvements = _items(
        "六、改进措施", "1.按月调度支出。", "进度逐月通报。", "2.细化指标。", "同时，指标经集体讨论。"
    )
    assert improvements == ["按月调度支出。进度逐月通报。", "细化指标。同时，指标经集体讨论。"]


def test_the_signature_before_the_date_is_no_part_of_the_last_item() -> None:
    _, improvements = _items("六、改进措施", "1.按月调度支出。", "2.细化指标。", "云岭区园林管理中心", "2024年3月1日")
    assert improvements == ["按月调度支出。", "细化指标。"]


def test_reasons_for_deviations_count_where_no_problems_are_listed() -> None:
    reasons = ("三、偏离绩效目标的原因", "（一）上报信息超过计划，目标偏保守。")
    assert _items(*reasons)[0] == ["上报信息超过计划，目标偏保守。"]
    assert _items(*reasons, "四、存在的不足", "（一）人手不足。")[0] == ["人手不足。"]


def test_lists_end_at_the_signature_and_the_annex() -> None:
    _, improvements = _items(
        "六、改进措施", "1.按月调度。", "2.细化指标。", "附件：1.整体支出绩效自评表", "2.项目支出绩效自评表"
    )
    assert improvements == ["按月调度。", "细化指标。"]


def test_none_to_report_is_no_item() -> None:
    assert _items("五、存在的问题", "无。", "六、改进措施", "暂无。") == ([], [])


def test_items_show_every_line_they_stand_on() -> None:
    paper = document("五、存在的问题", "（一）进度偏慢", "第四季度集中支付。")
    (problem,), _ = read_items(paper, outline(paper.paragraphs))
    assert [box.bbox[1] for box in problem.evidence] == [52.0, 64.0]


def test_a_number_that_ran_into_its_heading_is_told_from_a_figure() -> None:
    kinds = _kinds("1部门概况", "全局内设股室6个。", "2当年预算执行情况", "3个项目未完成。", "12月完成预算执行情况")
    assert kinds == [("部门概况", Kind.OVERVIEW), ("当年预算执行情况", Kind.BUDGET)]


def test_capital_numerals_stand_above_the_common_ones() -> None:
    kinds = _kinds(
        "壹、部门概况",
        "一、主要职责",
        "负责渠道管护。",
        "贰、整体收支情况",
        "一、预算批复与调整",
        "年初预算100万元。",
        "叁、评价结果公开",
        "已公开。",
    )
    assert kinds == [
        ("部门概况", Kind.OVERVIEW),
        ("主要职责", Kind.OVERVIEW),
        ("整体收支情况", Kind.BUDGET),
        ("预算批复与调整", Kind.BUDGET),
        ("评价结果公开", Kind.USE_OF_RESULTS),
    ]


def test_problems_and_proposals_under_one_heading_are_told_apart() -> None:
    problems, improvements = _items(
        "伍、问题与建议",
        "一、存在问题",
        "（一）进度偏慢。",
        "（二）力量薄弱。",
        "二、改进建议",
        "（一）加快招标。",
        "（二）充实力量。",
    )
    assert (problems, improvements) == (["进度偏慢。", "力量薄弱。"], ["加快招标。", "充实力量。"])


def test_an_item_turns_to_what_answers_its_problem() -> None:
    problems, improvements = _items(
        "五、问题与打算", "1.支付偏慢。招标流标。对策：提前公开采购意向。", "2.力量不足。对策：优化团队。", "特此报告。"
    )
    assert problems == ["支付偏慢。招标流标。", "力量不足。"]
    assert improvements == ["提前公开采购意向。", "优化团队。"]
