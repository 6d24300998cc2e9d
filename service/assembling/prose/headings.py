"""What kind of section a heading opens, by its words."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from service.assembling.prose.plain import plain
from service.assembling.vocabulary import distance


class Kind(StrEnum):
    """What a section is about."""

    OVERVIEW = "overview"
    GOALS = "goals"
    MANAGEMENT = "management"
    BUDGET = "budget"
    RESULTS = "results"
    PROBLEMS = "problems"
    IMPROVEMENTS = "improvements"
    USE_OF_RESULTS = "use_of_results"


# No heading of these documents is longer; what is longer is an item of a list.
LONGEST_TITLE: Final = 64

_PROBLEMS: Final = re.compile(
    r"(?:存在|主要|突出|面临|发现|查找|有关|尚存|现存)(?:着|中)?的?(?:主要|突出|一些|若干|薄弱)?(?:问题|困难|不足|短板|环节)"
    r"|^(?:部门|工作|绩效|预算|支出|自评|管理)*(?:问题|不足|困难|短板)(?:及|和|与|、|分析|清单|建议|情况$|$)"
    r"|(?:偏离|偏差|未完成|未达标|未达成|未实现|扣分|失分).{0,12}(?:原因|分析)|(?:原因|偏差)分析"
)
_NOT_PROBLEMS: Final = re.compile(
    r"问题导向|坚持问题|其[他它]|需要?说明|问题整改|整改(?:落实)?情况|(?:解决|破解|反映|聚焦|化解|针对).{0,10}(?:问题|困难)"
)
_IMPROVEMENTS: Final = re.compile(
    r"(?:改进|整改|纠偏|应对|下一?步|今后|有关|相关|解决).{0,8}(?:措施|举措|建议|意见|打算|思路|计划|方向|安排|对策|办法)"
    r"|^(?:主要|几点|对策|工作|政策|意见|相应)?(?:建议|措施|对策|意见)(?:和|及|与|、)?(?:建议|措施|打算|对策)?$"
    r"|下一?步.{0,6}(?:工作|改进)|改进(?:情况|$)|问题(?:及|和|与|、).{0,4}(?:建议|对策|措施|改进|打算|思路)|(?:措施|对策|意见)(?:及|和|与|、)建议|后续(?:工作)?(?:安排|打算|计划|措施)"
)
_NOT_IMPROVEMENTS: Final = re.compile(r"上年|上一年|以前年度|结论")
_USE: Final = re.compile(
    r"结果.{0,8}(?:应用|运用|使用|公开|公示)|(?:应用|运用|公开)(?:和|及|与)?(?:应用|公开)?(?:情况|计划|安排)$"
)
_GOALS: Final = re.compile(
    r"目标|(?:年度|重点|当年|总体|全年|本年|今年|主要).{0,6}(?:工作任务|工作|任务|主线|计划)$|工作计划|工作任务"
)
_NOT_GOALS: Final = re.compile(r"完成|实现|达成|偏差|偏离|成效|实施|职责|评价|分析|自评|管理")
_BUDGET: Final = re.compile(
    r"预算(?:的)?(?:资金)?(?:安排|编制|执行|批复|情况|及|和|与|调整|收支|投入|数|完成|下达|构成|$)|收支|决算|收入"
    r"|支出(?:管理)?(?:及|和|与)?(?:使用)?(?:情况|构成|结构|规模|执行|总体|预算|决算|和|及|方向|$)|执行(?:情况|结果|率)|(?:资金|经费)(?:的)?(?:收支|投入|使用|安排|来源|情况|到位|执行|规模|支出|和|及|$)"
    r"|追加|预算调整|年初预算"
)
_NOT_BUDGET: Final = re.compile(r"绩效(?!.{0,4}预算)|履职|制度")
_MANAGEMENT: Final = re.compile(r"管理|内控|内部控制|制度建设|监管机制|采购|资金监[管控]|监督检查|决策")
_OVERVIEW: Final = re.compile(
    r"概况|基本情况|概述|概要|职能|职责(?!履行)|机构|人员|编制|组织(?:架构|体系|结构)|简介|辖区|资源禀赋|服务对象|内设"
)
_RESULTS: Final = re.compile(
    r"完成|实现|履职|成效|成果|效益|绩效|产出|满意度|得分|评分|打分|结论|评价|效能|成绩|效果|做法|经验|工作开展|自评"
)
_NOT_SUBJECT: Final = re.compile(r"\((?:单位|部门)\)|部门整体|单位整体|整体支出|绩效自评$|^\s+")

_SPELLINGS: Final = {
    Kind.PROBLEMS: ("存在的问题", "存在的主要问题", "存在问题", "主要问题", "存在的不足", "存在问题及原因分析"),
    Kind.IMPROVEMENTS: ("改进措施", "下一步改进措施", "整改措施", "改进建议", "改进措施和建议", "下一步打算"),
    Kind.BUDGET: ("预算执行情况", "预算安排情况", "预算及执行情况", "部门预算及执行情况", "资金收支情况"),
    Kind.GOALS: ("年度绩效目标", "绩效目标", "年度总体目标", "年度工作目标"),
    Kind.OVERVIEW: ("部门概况", "单位概况", "基本情况", "部门基本情况", "部门职责", "机构设置", "人员情况"),
    Kind.RESULTS: ("履职完成情况", "绩效目标完成情况", "自评结论", "评价结论", "社会效益"),
    Kind.MANAGEMENT: ("财务管理", "资产管理", "业务管理", "内控管理", "预算管理"),
    Kind.USE_OF_RESULTS: ("绩效自评结果应用", "结果应用", "结果应用与公开"),
}
_NEUTRAL: Final = re.compile(r"^[\s、.,:;]+|[\s、.,:;。]+$")


def bare(title: str) -> str:
    """A title without blanks, outer marks and brackets that hold only 单位 or 部门."""
    even = re.sub(r"\s+", "", plain(title))
    return _NEUTRAL.sub("", re.sub(r"\((?:单位|部门)\)|^\(|\)$", "", even))


@lru_cache(maxsize=2048)
def kind_of(title: str) -> tuple[Kind | None, bool]:
    """The kind that a heading's words say, and whether the heading joins problems and improvements."""
    words = bare(title)
    if not 2 <= len(words) <= LONGEST_TITLE:
        return None, False
    strict, mixed = listing_of(title)
    if strict is not None:
        return strict, mixed
    subject = re.sub(r"(?:部门|单位)?整体支出(?=.{0,8}(?:绩效|完成))", "", words)
    if _USE.search(words):
        return Kind.USE_OF_RESULTS, False
    if _GOALS.search(words) and not _NOT_GOALS.search(words):
        return Kind.GOALS, False
    if _BUDGET.search(subject) and not _NOT_BUDGET.search(subject):
        return Kind.BUDGET, False
    for kind, pattern in ((Kind.MANAGEMENT, _MANAGEMENT), (Kind.OVERVIEW, _OVERVIEW), (Kind.RESULTS, _RESULTS)):
        if pattern.search(subject):
            return kind, False
    return _misread(words), False


@lru_cache(maxsize=2048)
def listing_of(title: str) -> tuple[Kind | None, bool]:
    """Problems or improvements, where a heading says so beyond doubt, and whether it says both."""
    words = bare(title)
    if not 2 <= len(words) <= LONGEST_TITLE or _USE.search(words):
        return None, False
    problems = _PROBLEMS.search(words) is not None and _NOT_PROBLEMS.search(words) is None
    improvements = _IMPROVEMENTS.search(words) is not None and _NOT_IMPROVEMENTS.search(words) is None
    if problems:
        return Kind.PROBLEMS, improvements
    if improvements:
        return Kind.IMPROVEMENTS, False
    found = _misread(words)
    return (found if found in (Kind.PROBLEMS, Kind.IMPROVEMENTS) else None), False


def is_title(words: str) -> bool:
    """Whether a line without number or closing mark reads as one of the usual headings, whole."""
    return _WHOLE.fullmatch(words) is not None or _misread(words) is not None


_ADJECTIVES: Final = (
    r"(?:当前|目前|当年|本年|年度|部门|单位|整体|支出|绩效|预算|项目|自评|工作|基本|主要|总体|履职|执行|财政|资金|评价"
    r"|中|的|及|和|与)*"
)
_WHOLE: Final = re.compile(
    rf"{_ADJECTIVES}(?:概况|基本情况|职能|职责(?!履行)|机构设置|人员编制|人员情况|机构人员|目标|工作任务|工作计划|安排情况|执行情况|收支情况|使用情况"
    rf"|管理情况|完成情况|实现情况|自评结论|评价结论|效益情况|满意度情况|存在(?:的)?(?:主要)?(?:问题|不足)(?:及原因(?:分析)?)?"
    rf"|问题(?:及|和|与)(?:原因(?:分析)?|改进措施|建议)|改进措施|整改措施|改进建议|(?:下一?步)(?:改进|工作)?(?:措施|打算|计划|安排)|措施(?:和|及)建议"
    rf"|结果(?:拟)?(?:应用|运用)(?:和|及|与)?(?:公开)?(?:情况)?)"
)


def _misread(words: str) -> Kind | None:
    """The kind of the one usual heading that `words` differ from by a character or two, as recognition slips."""
    allowed = 0 if len(words) < 4 else 1 if len(words) < 7 else 2
    for kind, spellings in _SPELLINGS.items():
        if any(abs(len(known) - len(words)) <= allowed and distance(known, words) <= allowed for known in spellings):
            return kind
    return None
