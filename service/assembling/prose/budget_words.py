"""The words before a figure of a budget paragraph: whose money it is, which column, and whether something narrower."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from service.assembling.prose.plain import plain


class Column(StrEnum):
    """What a figure is to its category."""

    INITIAL = "initial_budget"
    ANNUAL = "annual_budget"
    EXECUTED = "executed"
    RATE = "execution_rate"
    BUDGET = "budget"
    """A budget without 年初 or 全年."""
    INCOME = "income"
    PLUS = "plus"
    MINUS = "minus"
    LEFT = "left"
    """What remains at the year's end."""
    OTHER = "other"
    """Shares and comparisons."""


CHANGES: Final = (Column.PLUS, Column.MINUS)


class Words(NamedTuple):
    """What a stretch of words says. `label` is the word that named the category, or else the column.

    `foreign`: it names a subject of its own ("“装备购置”经费支出"). `empty`: it names neither category nor column.
    """

    category: str | None
    column: Column | None
    foreign: bool
    label: str | None
    empty: bool


NOTHING: Final = Words(None, None, False, None, True)


def _either(words: str) -> str:
    """A pattern for any of the blank-separated `words`, each a pattern."""
    return "|".join(words.split())


_TAIL: Final = "(?:" + _either("""
收入 支出 收支 安排 批复 下达 指标 总额 总规模 总 资金 金额 规模 经费 数额 数 额 合计 总计 与 和
""") + ")*"  # fmt: skip
_CHANGED: Final = "(?:中期)?(?:调整变更|调整|变更|调剂|追加|调增|调减)"
_RATE_OF: Final = "(?:执行|支出|支付|完成|使用)(?:完成|支出)?(?:率|进度|比率|比例)"
_SUM: Final = "(?:数|总额|总数|总规模|规模|指标|资金|金额|总)"
_BECAME: Final = "(?:由此|相应|最终|已)?(?:调整|变更|调增|调减|变|增加|减少|增|减|调|核定|达|追加)(?:至|为|到|成|定为)"
_CHANGE_OF: Final = "(?:部门|年度|年初|财政)*(?:预算|指标|资金|金额|经费|数|额|存量)*"
_CHANGE_BY: Final = "(?:预算)?(?:合计|共计|累计|净)?"
_SUMS: Final = "(?:数额|数|总额|金额|额|资金|合计|总计|总数|规模)*"
_SPENT_BY: Final = "(?:实际|全年|累计|当年|本年|年度|预算|总|资金|部门|单位|整体|决算|财政|已|共|合计)*"
_CATEGORIES: Final = {
    "former": "前者",
    "latter": "后者",
    "basic": rf"(?:部门|单位)?基本(?:经费)?支出 基本(?=(?:预算)?{_RATE_OF})",
    "project": rf"(?:部门|单位|预算)?项目支出 项目(?=(?:预算)?{_RATE_OF})",
    "carryover": """
        (?:上年度?|以前年度|历年|年初|上年末)(?:财政拨款|资金)?(?:结转|结余)(?:和|及|与)?(?:结转|结余)?(?:资金|收入|指标)?
        (?:结转|结余)(?:和|及|与)?(?:结转|结余)?(?:资金)?(?=(?:实际)?(?:支出|支付|使用(?!下|次|留)|执行))
    """,
    "fiscal": """
        (?:一般公共预算|政府性基金预算?|国有资本经营预算|本级|当年|公共)*(?:财政)?拨款(?:收入)?
        一般公共预算(?!支出)(?:收入)? 政府性基金(?:预算)?(?:收入)? 财政(?:性)?资金
    """,
    "other": """
        其[他它](?:资金|收入|来源) 自筹资金 (?:财政)?专户(?:管理)?资金 单位资金 事业收入 经营收入
        单位(?:自有|自筹)资金 非财政(?:拨款)?资金
    """,
}
_COLUMNS: Final = {
    "skip": r"""
        (?:20\d{2}|[二两][〇零○0-9一二三四五六七八九]{3})年(?:度)? 年初零预算
        支出(?:用途|性质|结构|功能|类别|构成|方向|项目) 预算(?:单位|科目|管理|项目|级次|内) 执行结构 执行中
    """,
    "other": """
        未到 未达 不到 不足 低于 高于 超过 目标 考核 不得
        占(?:比|部门|全部|总|年度|当年|本年)? 同比 环比
        增长 下降 增幅 降幅 提高 节约 节支 降低 上升 回落 人均 较 比(?=[^较]) 相比
        (?:控制|调整|变动|结转|结余)率 (?:政府)?采购(?:预算|支出|计划|合同)?(?:总?额|数|金额|资金)? 三公
    """,
    "execution_rate": rf"(?:预算|整体|总体|部门|单位|资金|支出|支付|执行|使用|完成|决算|综合|总的?)*{_RATE_OF}",
    "annual_budget": rf"""
        (?:预算)?{_CHANGED}(?:以|之)?后(?:的)?(?:全年|年度|部门|单位|总|收入|支出|收支)*(?:预算)?{_TAIL}
        (?:全年|年度|本年|当年)?(?:部门)?预算{_SUM}?{_BECAME}
        (?:调整|变更|调增|调减|增加|减少|追加|核减|压减)(?:至|为|到|成) 增至 减至 调至
        (?:全年|年末|最终|年度|本年度|年终)(?:部门|单位|收支|收入|支出|总)*预算{_TAIL}
        (?:全年)?调整(?:部门)?预算(?!率|幅|比)(?:数)? 调整数 全年数
        (?:全年)?可(?:用|支配|使用|执行)(?:财政)?(?:资金|预算)(?:总额|合计)?
    """,
    "initial_budget": rf"""
        (?:年初|期初)[^,;:。]{{0,14}}?预算{_TAIL} (?:年初|期初)(?:批复|安排|下达|核定|申报)(?:数|资金|金额|额)?
        年初数 由年初的? 预算批复数(?!调)
    """,
    "minus": f"""
        {_CHANGE_BY}(?:调减|追减|核减|压减|压缩|收回|减少|调整减少|缩减|扣减|削减|上缴|交回|调出){_CHANGE_OF}
    """,
    "plus": f"""
        {_CHANGE_BY}(?:追加|调增|增加|新增|核增|增补|净增|增拨|调整增加|增列|调入){_CHANGE_OF}
    """,
    "left": """
        (?:年末|年终|当年|资金)?(?:结转|结余|滚存)(?:和|及|与)?(?:结余)?(?:下年|下年度|次年)?(?:资金|使用|金额|数)?
        未(?:执行|支出|使用|支付)(?:资金|完)? 剩余(?:资金)? 缺口
    """,
    "budget": rf"(?:收入|支出|收支|部门|单位|整体支出|整体|总|综合)*预算(?!执行|完成|支出(?:率|进度|比)|支付){_TAIL}",
    "income": "(?:总|全年|本年|部门|当年)*(?:决算收入|收入(?:决算)?)(?:合计|总计|总额|数)?",
    "executed": f"""
        {_SPENT_BY}(?:执行|支出|支付|使用|决算|列支|开支)(?:支出|决算|执行|完成)*{_SUMS}
        支出(?:合计|总计) 实际完成(?:数|金额|额)? 执行完成
    """,
}
_TOKEN: Final = re.compile(
    "|".join(
        [f"(?P<c_{name}>{_either(words)})" for name, words in _CATEGORIES.items()]
        + [f"(?P<k_{name}>{_either(words)})" for name, words in _COLUMNS.items()]
    )
)
SEPARATORS: Final = re.compile(r"[,:;。、!?()]|(?<!\d)\.")
_DATE: Final = _either(
    r"(?:20\d{2}|[二两][〇零○0-9一二三四五六七八九]{3})年(?:度)? "
    r"\d{1,2}月(?:份|底|末|初|中旬|上旬|下旬)?(?:\d{1,2}日)? \d{1,2}日"
)
# What may stand in a stretch that speaks of the whole unit's money: times, who decided, the unit, auxiliaries.
_FILLER: Final = re.compile(
    _either(
        r"""
        (?:20\d{2}|[二两][〇零○0-9一二三四五六七八九]{3})年(?:度)?
        \d{1,2}月(?:份|底|末|初|中旬|上旬|下旬)?(?:\d{1,2}日)? \d{1,2}日
        截至到? 截止到?至? 今年 本年度? 当年度? 全年 年度内 年度 年中 年内 年末 年底 年终 年初
        期间 当期 上述 决算反映 执行过程中 执行中
        [我本该](?:单位|中心|部门|局|院|会|校|街道|委|办|厅|镇|乡|所|站|队|馆|处|系统|级部门)
        全(?:局|院|会|街道|委|镇|乡|系统|区|县|市)
        (?:区|县|市|省|州|镇|乡|街道|财政|上级|主管|本级|自治区)*DECIDES[^,。;]{0,18}?DECISION(?:的)?
        (?:省|市|区|县|州|镇|乡)(?:本)?级?财政(?:局|厅|部门|所)?(?:为|向|给)? 以?[^,。;]{0,6}\d+号(?:文件|文) 申请
        经[^,。;]{0,24}?(?:批准|批复|审议通过|审议|同意|研究|审定|核定|审核|通过)(?:的|后)?
        部门整体 部门 单位 整体 总体 总额 总量 总计 合计 共计 累计 总共 综合 全部 各项 各类 合并 收支
        其中 其 包括 含 另有? 以及 并 均 各 分别 同时 主要 仅 约 近 共 计 总 数 额 资金 金额 规模
        安排 批复 下达 核定 编制 实际 完成 达到 达 为 是 有 于 在 按 由 从 即 则 也 又 再 已 的 了 和 与 及 至 到
        变 成 之 上 中 方面 情况 最终 最后 统一 一般 折合 人民币 相应 “ ” " ' 《 》 · -
    """.replace("DECISION", "(?:批准|批复|下达|核定|通过|安排|拨付|统一)").replace(
            "DECIDES", "(?:财政局|财政厅|财政部门|财政所|财政|人大|人代会|人民代表大会)"
        )
    )
)
# "人员经费、公用经费等基本支出" is basic expenditure described; "人员类项目支出" is a part of project expenditure.
_DESCRIBED: Final = {
    True: re.compile(r"(?:等|类)$|^中?用于.*的$"),
    False: re.compile(r"等$|^中?用于.*的$"),
}
_LEADS_IN: Final = re.compile(
    r"^(?:年中|期间|执行中|年度中)?(?:根据|按照|依据|依照|因|因为|由于|受|随着|考虑到?|结合|为|鉴于|对)"
)
# An earlier stretch that names the thing whose figures follow ("用于购买办公耗材，预算安排…", "“智慧工地”试点，支出…").
_NARROW: Final = re.compile(
    r"^(?:主要)?(?:用于|购买|购置)|最[高低]的|[\"”](?:项目|工程|试点|专项|经费|系统|平台)?$|(?:试点|专项)$"
)


class Phrases:
    """Reads the words before figures, for a unit known by its name."""

    def __init__(self, subject: str | None) -> None:
        self.subject = re.sub(r"\s+", "", plain(subject or ""))

    def read(self, phrase: str, *, percent: bool) -> Words:
        """What the words before a figure say; the words nearest to it decide."""
        segments = [segment for segment in SEPARATORS.split(phrase) if segment]
        words = self._nearest(segments)
        if words.category is None and not words.foreign and any(_NARROW.search(s) for s in segments[:-1]):
            return words._replace(foreign=True)
        if percent and words.column is not Column.RATE and not words.empty:
            return words._replace(column=Column.OTHER)
        return words

    def _nearest(self, segments: list[str]) -> Words:
        """The stretch before the figure, what it leaves open filled from the stretches before it."""
        nearest: Words | None = None
        for segment in reversed(segments):
            words = self.segment(segment)
            if nearest is None:
                nearest = words
                if words.foreign or (words.column is not None and words.category is not None):
                    return words
                continue
            if words.foreign and (nearest.empty or (words.column is None and nearest.category is None)):
                return words if nearest.empty else nearest
            nearest = _filled(nearest, words)
            if nearest.column is not None:
                return nearest
        return nearest or NOTHING

    def segment(self, segment: str) -> Words:
        """What one stretch between marks says."""
        category: str | None = None
        column: Column | None = None
        label: str | None = None
        rest: list[str] = []
        position = 0
        for match in _TOKEN.finditer(segment):
            before = segment[position : match.start()]
            kind, _, name = (match.lastgroup or "").partition("_")
            leads = (not rest and _LEADS_IN.match(before)) or _DESCRIBED[name == "basic"].search(before)
            rest.append("" if leads else before)
            position = match.end()
            if kind == "c":
                category, label = name, match.group()
            elif name != "skip":
                label = match.group() if category is None else label
                column = _later(column, Column(name))
        if rest or not _LEADS_IN.match(segment):
            rest.append(segment[position:])
        empty = category is None and column is None
        return Words(category, column, len(self._residue(rest)) > 1, label, empty)

    def _residue(self, pieces: list[str]) -> str:
        """What is left of a stretch without dates, filler and the unit's own name."""
        left = []
        for piece in pieces:
            bare = _FILLER.sub("", piece)
            if bare and not self._is_own_name(piece) and not self._is_own_name(bare):
                left.append(re.sub(r"[^\w]", "", bare))
        return "".join(left)

    def _is_own_name(self, piece: str) -> bool:
        """Whether the words are the unit's name or short for it: some of its characters in order, the last too."""
        name = re.sub(_DATE, "", piece).strip("\"'“”")
        name = re.sub(r"^(?:截至|截止)|(?:部门|单位|整体|的)+$", "", name)
        if len(name) < 2 or not self.subject:
            return False
        places = iter(self.subject)
        return all(char in places for char in name) and name[-1] == self.subject[-1]


def _filled(nearest: Words, earlier: Words) -> Words:
    """What a stretch leaves open, from one before it."""
    if nearest.column is None and earlier.column not in (None, Column.OTHER, *CHANGES):
        nearest = nearest._replace(column=earlier.column)
    if nearest.empty and earlier.category is not None and not earlier.foreign:
        nearest = nearest._replace(category=earlier.category, label=earlier.label)
    return nearest


def _later(column: Column | None, following: Column) -> Column:
    """Of two columns in one stretch the later decides, but what is added or cut may itself be called an expense."""
    if column in CHANGES and following not in (Column.INITIAL, Column.ANNUAL, Column.OTHER, *CHANGES):
        assert column is not None
        return column
    return following
