"""Lists pair their values with their names and keep one kind; ids stay plain."""

from __future__ import annotations

import pytest

from annotations.markup import parse, render
from models.lists import settle

NAMES = "⟦T1 INDICATOR|准确率⟧、⟦T2 INDICATOR|覆盖率⟧和⟦T3 INDICATOR|及时率⟧分别为"


@pytest.mark.parametrize(
    ("marked", "settled"),
    [
        (  # values of three names, the second given to the third by the scores
            NAMES
            + "⟦T4 TARGET>target_of:T1|≥98%⟧、⟦T5 ACHIEVEMENT>achievement_of:T3|100%⟧、⟦T6 TARGET>target_of:T3|≥95%⟧。",
            NAMES + "⟦T4 TARGET>target_of:T1|≥98%⟧、⟦T5 TARGET>target_of:T2|100%⟧、⟦T6 TARGET>target_of:T3|≥95%⟧。",
        ),
        (  # one span lists both names; what dates it dates both
            "⟦T1 PERIOD>period_of:T2|全年⟧⟦T2 INDICATOR|刑事案件、治安案件⟧同比分别⟦T3 CHANGE>change_of:T2|下降12%⟧、"
            "⟦T4 ACHIEVEMENT>achievement_of:T2|8.7%⟧。",
            "⟦T1 PERIOD>period_of:T2,period_of:T3|全年⟧⟦T2 INDICATOR|刑事案件⟧、⟦T3 INDICATOR|治安案件⟧同比分别"
            "⟦T4 CHANGE>change_of:T2|下降12%⟧、⟦T5 CHANGE>change_of:T3|8.7%⟧。",
        ),
        (  # the word at the head of a list makes all of it changes, however many were taken for something else
            "发生⟦T1 INDICATOR|事故⟧⟦T2 ACHIEVEMENT>achievement_of:T1|29起⟧，⟦T3 INDICATOR|死亡⟧"
            "⟦T4 ACHIEVEMENT>achievement_of:T3|9人⟧，同比分别⟦T5 CHANGE>change_of:T1|下降6%⟧、"
            "⟦T6 ACHIEVEMENT>achievement_of:T3|24%⟧。",
            "发生⟦T1 INDICATOR|事故⟧⟦T2 ACHIEVEMENT>achievement_of:T1|29起⟧，⟦T3 INDICATOR|死亡⟧"
            "⟦T4 ACHIEVEMENT>achievement_of:T3|9人⟧，同比分别⟦T5 CHANGE>change_of:T1|下降6%⟧、"
            "⟦T6 CHANGE>change_of:T3|24%⟧。",
        ),
        (  # planned things go on being planned
            "计划实施⟦T1 INDICATOR|口袋公园⟧⟦T2 TARGET>target_of:T1|3个⟧、⟦T3 INDICATOR|绿道⟧"
            "⟦T4 ACHIEVEMENT>achievement_of:T3|2条⟧。",
            "计划实施⟦T1 INDICATOR|口袋公园⟧⟦T2 TARGET>target_of:T1|3个⟧、⟦T3 INDICATOR|绿道⟧"
            "⟦T4 TARGET>target_of:T3|2条⟧。",
        ),
        (  # a result behind its plan
            "计划⟦T1 INDICATOR|加固水库⟧⟦T2 TARGET>target_of:T1|5座⟧，完成⟦T3 TARGET>target_of:T1|5座⟧；",
            "计划⟦T1 INDICATOR|加固水库⟧⟦T2 TARGET>target_of:T1|5座⟧，完成⟦T3 ACHIEVEMENT>achievement_of:T1|5座⟧；",
        ),
        (  # money told respectively
            "⟦T1 INDICATOR|供养金⟧和⟦T2 INDICATOR|救助金⟧分别为⟦T3 AMOUNT>amount_of:T2|12万元⟧、⟦T4 AMOUNT|8万元⟧。",
            "⟦T1 INDICATOR|供养金⟧和⟦T2 INDICATOR|救助金⟧分别为⟦T3 AMOUNT>amount_of:T1|12万元⟧、"
            "⟦T4 AMOUNT>amount_of:T2|8万元⟧。",
        ),
    ],
)  # fmt: skip
def test_a_list_is_settled_by_its_form(marked: str, settled: str) -> None:
    assert render(settle(parse(marked))) == settled


@pytest.mark.parametrize(
    "marked",
    [
        # not told respectively
        "⟦T1 INDICATOR|培训⟧⟦T2 ACHIEVEMENT>achievement_of:T1|42期⟧、⟦T3 ACHIEVEMENT>achievement_of:T1|860人⟧。",
        # more values than names
        "⟦T1 INDICATOR|合格率⟧分别为⟦T2 ACHIEVEMENT>achievement_of:T1|9%⟧、⟦T3 ACHIEVEMENT>achievement_of:T1|8%⟧。",
        # the second names what came of the first
        "⟦T1 INDICATOR|计划接入⟧⟦T2 TARGET>target_of:T1|8路⟧、⟦T3 INDICATOR|实际接入⟧"
        "⟦T4 ACHIEVEMENT>achievement_of:T3|4路⟧。",
        # two targets, neither reached
        "⟦T1 INDICATOR|加固水库⟧年初⟦T2 TARGET>target_of:T1|5座⟧，调整为⟦T3 TARGET>target_of:T1|4座⟧。",
    ],
)
def test_what_is_no_such_list_is_left_alone(marked: str) -> None:
    assert render(settle(parse(marked))) == marked
