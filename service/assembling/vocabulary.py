"""The closed sets of words that forms print in their header cells, and how a printed word is matched against them.

A word is compared in canonical form (half-width, no blanks, no bracketed suffix, no enumeration): first against
patterns, then, since recognition slips, against the common spellings within a small edit distance.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, Generic, TypeVar

# No header word is longer once its brackets are gone; longer cells hold text.
MAX_HEADER: Final = 22
_BRACKETS = re.compile(r"[(\[【〔{<《][^()\[\]【】〔〕{}<>《》]*[)\]】〕}>》]")
_OPEN_BRACKET = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*$")
_ENUMERATION = re.compile(r"^(?:[(]?[一二三四五六七八九十\d]{1,2}[)、.．]|[一二三四五六七八九十]、)")
# What recognition adds at a word's edges where ruling or seal touch it.
_STRAY = re.compile(r"^[\x21-\x7e]{1,2}(?=[^\x00-\xff]{2})|(?<=[^\x00-\xff]{2})[\x21-\x7e]{1,2}$")
_TRAILING = re.compile(r"[:：*※、,。.;\-_|]+$|^[*※]+")


@lru_cache(maxsize=8192)
def compact(text: str) -> str:
    """`text` in half-width forms without any white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8192)
def canonical(text: str) -> str:
    """`text` as header words are compared: compact, without bracketed parts, enumeration and closing punctuation."""
    plain = compact(text)
    bare = _TRAILING.sub("", _BRACKETS.sub("", plain))
    bare = _TRAILING.sub("", _OPEN_BRACKET.sub("", bare))
    return _ENUMERATION.sub("", bare)


def brackets(text: str) -> list[str]:
    """What stands in brackets in `text`, without the brackets."""
    return [found[1:-1] for found in _BRACKETS.findall(compact(text))]


def distance(left: str, right: str) -> int:
    """The number of characters to insert, delete or replace to make `left` into `right`."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def _tolerance(word: str) -> int:
    """How many slips a word may have: one in three to five characters, two in six and more."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


Role = TypeVar("Role", bound=StrEnum)


@dataclass(frozen=True)
class Lexicon(Generic[Role]):
    """Header words of one kind: for each role a pattern (matched whole, in order) and common spellings for slips."""

    patterns: tuple[tuple[Role, str], ...]
    spellings: dict[Role, str] = field(default_factory=dict)
    _known: dict[str, Role | None] = field(default_factory=dict, repr=False, compare=False)

    def role(self, text: str) -> Role | None:
        """The role that a header cell with this text has, or None."""
        word = canonical(text)
        if word not in self._known:
            self._known[word] = self._find(word) if 0 < len(word) <= MAX_HEADER else None
        return self._known[word]

    def exact(self, text: str) -> Role | None:
        """The role by pattern alone, without allowing for slips."""
        word = canonical(text)
        return self._match(word) if 0 < len(word) <= MAX_HEADER else None

    def _match(self, word: str) -> Role | None:
        return next((role for role, pattern in self.patterns if re.fullmatch(pattern, word)), None)

    def _find(self, word: str) -> Role | None:
        exact = self._match(word)
        if exact is not None:
            return exact
        if any(c.isdigit() for c in word):
            return None
        best: dict[Role, int] = {}
        for role, words in self.spellings.items():
            for known in words.split():
                slips = distance(word, known)
                if slips <= min(_tolerance(word), _tolerance(known)):
                    best[role] = min(slips, best.get(role, slips))
        nearest = sorted(best.items(), key=lambda item: item[1])
        if not nearest and (bare := _STRAY.sub("", word)) != word:
            return self._find(bare)
        if not nearest or (len(nearest) > 1 and nearest[0][1] == nearest[1][1]):
            return None
        return nearest[0][0]


class Head(StrEnum):
    """A label of the header area."""

    SUBJECT = "subject"
    DEPARTMENT_SUBJECT = "department_subject"
    COMPETENT = "competent"
    IMPLEMENTING = "implementing"
    YEAR = "year"
    TOTAL_SCORE = "total_score"
    GRADE = "grade"
    OTHER = "other"


HEADS: Final = Lexicon[Head](
    (
        (
            Head.SUBJECT,
            r"(?:预算|财政|政策|专项|转移支付|二级|一级|支出|所属)?(?:专项资金|专项|项目|政策)(?:支出|资金)?名称",
        ),
        (Head.SUBJECT, r"转移支付名称|专项资金名称|项目政策名称|政策和项目名称|项目全称"),
        (
            Head.DEPARTMENT_SUBJECT,
            r"(?:省级|市级|区级|县级|中央)?(?:预算|评价|自评|被评价|填报)?(?:部门|单位|部门单位)(?:全称|名称)"
            r"|(?:评价|自评)(?:部门|单位)|预算单位",
        ),
        (
            Head.COMPETENT,
            r"(?:中央|地方|本级|省级|市级|区级|县级|省|市|县|项目|业务|上级|一级)?(?:预算)?主管(?:部门|单位|局|处室)(?:及代码|名称|代码)?(?:编码)?"
            r"|一级预算(?:部门|单位)|预算部门|主管预算(?:部门|单位)|归口管理部门|预算主管部门",
        ),
        (
            Head.IMPLEMENTING,
            r"(?:项目|具体|资金|预算|政策)?(?:实施|使用|承担|执行|用款|责任|建设)(?:部门|主管)?(?:单位|部门)(?:名称|及代码)?"
            r"|项目单位|实施主管单位|实施主体|基层预算单位|二级预算单位",
        ),
        (Head.YEAR, r"(?:预算|评价|自评|所属|项目|绩效)?年度|预算年份|年份"),
        (Head.TOTAL_SCORE, r"(?:绩效)?(?:自评|评价|综合)总?(?:得)?分|项目(?:自评)?总分|自评总得分|总得分|自评总分值"),
        (
            Head.GRADE,
            r"(?:自评|评价|评分|绩效|评定|考核|综合)(?:结果)?(?:等级|等次|级别|档次|结论)|等级|自评结果"
            r"|评价结果",
        ),
        (
            Head.OTHER,
            r"(?:项目|填报|填表|单位|部门|财务|实施|单位财务)?(?:负责人|联系人|填表人|经办人|责任人|填报人|审核人|联络人)(?:及电话|签字|及联系电话)?"
            r"|(?:联系|固定|办公|负责人|移动)?(?:电话|手机)(?:号码)?|(?:项目|部门|单位|预算)(?:编码|代码)"
            r"|(?:项目|资金|支出)(?:类别|类型|属性|性质|级次|分类|来源)"
            r"|(?:项目)?(?:起止|实施|执行)?(?:时间|期限|日期|周期)|填(?:报|表)(?:单位|日期|时间|人)"
            r"|财政归口(?:处室|科室)|归口(?:处室|科室|业务处室)|(?:项目)?(?:概况|概述|内容|简介)|地址|邮编"
            r"|项目(?:基本情况|概况|简介|描述|内容|地点|背景)|职能(?:简述|概述)?|部门(?:职能|职责)(?:概述)?"
            r"|基本情况|编制(?:人数)?|实有人数|(?:立项|设立)依据|报表编号|自评(?:日期|时间|方式|年度)"
            r"|评价(?:方式|机构|时间)|是否.{2,10}|项目资金|预算编码|备案号",
        ),
    ),
    {
        Head.SUBJECT: "项目名称 专项名称 专项资金名称",
        Head.DEPARTMENT_SUBJECT: "部门名称 单位名称 预算单位名称",
        Head.COMPETENT: "主管部门 主管单位 主管部门及代码 项目主管部门",
        Head.IMPLEMENTING: "实施单位 项目实施单位 资金使用单位 项目单位",
        Head.OTHER: "项目负责人 联系电话 项目编码 项目类别 项目属性 项目类型",
    },
)


class Fund(StrEnum):
    """A column (or row) of the funds block."""

    INITIAL = "initial_budget"
    ANNUAL = "annual_budget"
    RECEIVED = "received"
    EXECUTED = "executed"
    WEIGHT = "weight"
    RATE = "execution_rate"
    SCORE = "score"
    REASON = "reason"


FUNDS: Final = Lexicon[Fund](
    (
        (
            Fund.REASON,
            r"(?:未完成|偏差|未执行|差异|结余)?(?:原因|说明|备注)(?:分析|说明|及改进措施|及措施)?|偏差原因.*"
            r"|原因.*|情况说明",
        ),
        (Fund.WEIGHT, r"(?:预算)?(?:执行率)?(?:分值|权重|分数|标准分|满分|分值权重|权重分值|指标权重)"),
        (Fund.RATE, r".{0,8}(?:执行率|执行进度|支出进度|支出率|完成率|使用率)|B/A|执行比例"),
        (Fund.SCORE, r"(?:自评|执行率|实际|评价|预算执行率?|指标)?得分|自评分|评分"),
        (
            Fund.RECEIVED,
            r".{0,6}(?:资金)?到位(?:数|额|金额|情况|资金)?|实际到位(?:数|额|金额|资金)?|资金到位情况"
            r"|实际下达(?:数|资金|金额)?",
        ),
        (
            Fund.EXECUTED,
            r"(?:全年|预算|年度|本年|实际|资金|累计|当年|部门|财政|项目|决算)*(?:总)?(?:执行|支出|使用|完成|支付|决算)(?:支出)?(?:数|额|金额|总额|合计|资金|经费)"
            r"|(?:资金|经费)(?:执行|使用|支出)情况|实际(?:支出|执行|使用)|(?:预算)?执行|实际支出数.*"
            r"|全年实际支出数?|.{0,4}执行金额|决算数",
        ),
        (
            Fund.INITIAL,
            r"(?:年初|期初|当年年初|本年年初|部门年初)(?:部门|安排|批复|下达|财政)?(?:预算|资金)?(?:安排|批复|下达)?(?:数|额|金额|总额|总数|资金)?"
            r"|年初预算安排.{0,3}",
        ),
        (
            Fund.ANNUAL,
            r"(?:全年|本年|当年|年度)?(?:项目|部门|预算)?(?:调整|调整后|变更|调整变更|追加|调剂|调剂后|最终|追加后)(?:的|后)?(?:全年)?(?:预算|年度预算)?(?:安排)?(?:数|额|金额|总额|总数)?"
            r"|(?:全年|年度|本年|当年|全部|部门|项目|资金)*预算(?:安排|资金|批复|下达)?(?:总)?(?:数|额|金额|总额|总数|情况|合计)"
            r"|(?:全年|年度|本年|当年)预算|预算|全年预算.{0,4}|预算安排(?:情况)?|计划(?:数|安排)|资金安排数",
        ),
    ),
    {
        Fund.INITIAL: "年初预算数 年初预算",
        Fund.ANNUAL: "全年预算数 调整后预算数 预算数",
        Fund.EXECUTED: "全年执行数 预算执行数 实际支出数 执行数",
        Fund.RATE: "执行率 预算执行率",
        Fund.WEIGHT: "分值 权重",
        Fund.SCORE: "得分",
    },
)


class Category(StrEnum):
    """What kind of money a fund line holds."""

    TOTAL = "total"
    FISCAL = "fiscal"
    CARRYOVER = "carryover"
    OTHER = "other"
    BASIC = "basic"
    PROJECT = "project"


_LEADING_OF = re.compile(r"^(?:其中)?[:：、,，]*(?:\d[.、．)])?")
_LEVEL: Final = r"(?:中央|上级|本级|(?:自治区|省|市|州|区|县|旗|乡镇|乡|镇)级?)(?:以上|以下)?"
_CATEGORIES: Final = (
    (Category.CARRYOVER, r".{0,8}(?:结转|结余)(?:结余|和结余)?(?:资金|金额|数)?.{0,4}"),
    (Category.BASIC, r".{0,6}基本支出.{0,4}"),
    (Category.PROJECT, r".{0,6}项目支出.{0,4}"),
    (
        Category.TOTAL,
        r"(?:年度|全年|本年|项目|部门|预算|当年|部门整体|整体|支出|财政)*(?:资金|预算|收入|支出|金额|经费)*(?:总额|总金额|合计|总计|总数|总量)"
        r"|合计|总计|总额|(?:年度)?总(?:金额|资金|预算)|小计|(?:年度|全年|本年)?(?:部门)?整体支出(?:总额|预算)?"
        r"|(?:年度)?(?:财政)?资金总额|部门预算|资金总数|总资金",
    ),
    (
        Category.OTHER,
        r".{0,6}(?:财政专户|专户管理|非税收入).{0,8}"
        r"|.{0,4}(?:其他|其它|自筹|单位自有|自有|社会|银行贷款|单位|非财政|事业收入|经营收入).{0,8}",
    ),
    (
        Category.FISCAL,
        r".{0,8}(?:财政拨款|财政资金|一般公共预算|政府性基金|本级财政|财政补助|财政投入|国有资本经营|预算拨款|政府预算|预算内|专项债券|财政安排|财政性资金).{0,8}"
        r"|.{0,4}(?:中央|省级|市级|区级|县级|本级|省本级|市本级|区县|地方|省财政|市财政|上级|镇级|街道|州级|旗县)(?:财政)?(?:资金|拨款|补助|财政|安排|支出|投入|转移支付|专项)?(?:资金)?"
        r"|财政|(?:专项)?转移支付(?:资金)?",
    ),
    # Several levels of government in a row, or one that supports another ("中央、省、市补助县级资金").
    (
        Category.FISCAL,
        rf"(?:{_LEVEL}[、,和及与/]?){{1,5}}(?:财政|补助|配套|下达|安排|专项|投入)*(?:{_LEVEL})?(?:资金|拨款|补助|经费)",
    ),
)


def category(text: str) -> Category | None:
    """The category that the label of a fund line names ("其中：当年财政拨款"), or None."""
    word = _LEADING_OF.sub("", canonical(text))
    if not 0 < len(word) <= MAX_HEADER:
        return None
    found = next((kind for kind, pattern in _CATEGORIES if re.fullmatch(pattern, word)), None)
    if found is None and any(distance(word, known) == 1 for known in ("年度资金总额", "资金总额", "年度财政资金总额")):
        return Category.TOTAL
    return found


class Goal(StrEnum):
    """A label of the goal block."""

    EXPECTED = "expected"
    ADJUSTED = "adjusted"
    ACTUAL = "actual"
    BLOCK = "block"
    RATE = "rate"


GOALS: Final = Lexicon[Goal](
    (
        (
            Goal.BLOCK,
            r"(?:年度|项目|部门|全年|当年|整体|本年|专项)*(?:总体|绩效|整体|预期|总体绩效|战略)*目标(?:完成|实现)情况"
            r"|年度(?:绩效|总体)?目标[\d一二三四五六]|(?:年度|全年|当年|本年)?(?:总体|整体|绩效|总体绩效)目标"
            r"|(?:年度|全年|当年|本年|部门|单位)*(?:履职|职责|工作|重点工作)(?:绩效)?目标(?:(?:完成|实现)情况)?"
            r"|年度(?:绩效)?目标|当年绩效目标|目标完成情况|年度总体目标及完成情况|绩效目标",
        ),
        (
            Goal.ADJUSTED,
            r"(?:全年)?(?:调整|调整后|变更后)(?:的)?(?:年度)?(?:总体|绩效|预期|总体绩效)*目标|全年绩效目标",
        ),
        (
            Goal.EXPECTED,
            r"(?:年度|年初|全年|项目|部门|总体|绩效|当年|整体)*(?:预期|设定|设定的|计划|申报|预定|批复)(?:绩效|总体|年度)*目标"
            r"|(?:年初|项目|部门)(?:设定|年度|总体|绩效|设定绩效|设定总体|设定年度|年度绩效|年度总体)*目标"
            r"|预期(?:总体|年度)?(?:绩效)?目标.{0,2}|目标内容",
        ),
        (
            Goal.ACTUAL,
            r"(?:年度|全年|年末|年终|期末|总体|绩效|实际|具体|预期|目标|项目|部门|当年|整体|本年|总体绩效|全年目标)*(?:目标)?(?:实际)?(?:完成|实现|达成)(?:目标)?情况.{0,2}",
        ),
        (Goal.RATE, r"(?:总体|目标)?完成率"),
    ),
    {
        Goal.EXPECTED: "预期目标 年初设定目标 年度预期目标",
        Goal.ACTUAL: "实际完成情况 全年实际完成情况 目标实际完成情况",
        Goal.BLOCK: "年度总体目标 年度绩效目标 年度目标完成情况 年度绩效目标完成情况 年度总体目标完成情况",
    },
)


class Column(StrEnum):
    """A column of the indicator block."""

    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    LEVEL4 = "level4"
    SIGN = "sign"
    UNIT = "unit"
    TARGET_INITIAL = "target_initial"
    TARGET_ADJUSTED = "target_adjusted"
    TARGET = "target"
    ACTUAL = "actual"
    WEIGHT = "weight"
    BLOCK_WEIGHT = "block_weight"
    COEFFICIENT = "coefficient"
    SCORE_REVIEW = "score_review"
    SCORE = "score"
    DEVIATION = "deviation"
    NOTE = "note"
    OTHER = "other"


COLUMNS: Final = Lexicon[Column](
    (
        (Column.LEVEL1, r"(?:一|1)级(?:绩效)?指标.{0,2}|指标(?:类型|类别|分类)"),
        (Column.LEVEL2, r"(?:二|2)级(?:绩效)?指标.{0,2}"),
        (Column.LEVEL3, r"(?:三|3)级(?:绩效)?指标.{0,4}|(?:绩效|具体|考核|明细)?指标(?:名称|内容)|具体指标|指标"),
        (Column.LEVEL4, r"(?:四|4)级(?:绩效)?指标.{0,2}"),
        (
            Column.SIGN,
            r"(?:指标)?(?:性质|符号|方向|运算符号|属性)|运算符号?|比较符号?|目标方向|计算符号|(?:指标)?运算符",
        ),
        (Column.UNIT, r"(?:指标|度量|计量|计算|指标值)?单位|度量衡"),
        (
            Column.COEFFICIENT,
            r"(?:指标)?得分(?:系数|比例|率)|(?:指标|目标|实际)?完成(?:率|比例|程度|进度|比)|完成系数"
            r"|偏差(?:率|度|值|程度)|实现程度",
        ),
        (
            Column.OTHER,
            r"是否.{2,10}|指标(?:说明|解释|含义|来源|依据|级别|编码|序号)"
            r"|(?:评分|计分|评价)(?:标准|规则|方法|办法|依据)|序号|数据来源|佐证.*|核心指标|计算(?:方法|公式)"
            r"|指标值说明|(?:上一?年度?|去年|前.年|历史|基期|基准年?)(?:度)?(?:实际)?(?:完成|实现|达到|指标)?(?:值|情况|数|水平)",
        ),
        (
            Column.TARGET_ADJUSTED,
            r"(?:全年)?(?:年中)?(?:调整|调整后|变更后|修订)(?:的)?(?:年度)?(?:指标|目标|绩效指标|预期|计划)*值",
        ),
        (
            Column.TARGET_INITIAL,
            r"(?:年初|期初)(?:设定|预期|计划)?(?:的)?(?:绩效)?(?:指标|目标|预期|计划|目标指标|指标目标|预算指标)*值?(?:设定)?",
        ),
        (
            Column.ACTUAL,
            r"(?:全年|年度|实际|指标|目标|本年|当年|截至|年末|绩效|自评|单位|至年底)*(?:实际)?(?:完成|实现|达成|执行|达到|实施)(?:的)?(?:目标|指标|绩效|实际)*(?:值|情况|结果|数|数值|数量)"
            r"|(?:全年|年度|年末)?(?:实际|实绩)(?:值|情况|数|结果|数值)|业绩值|实绩|完成值.{0,2}|实际(?:完成|达到|实现)"
            r"|(?:全年|指标|目标)?完成值?",
        ),
        (
            Column.TARGET,
            r"(?:全年|年度|预期|计划|绩效|设定|预计|本年|当年|考核|标准|目标|指标|预算|参考|三级)*(?:指标|目标|计划|预期|标准|设定|期望)(?:的)?(?:数|数值|值)(?:设定)?"
            r"|(?:年度|预期|计划|绩效|考核|年初|全年|评价)?(?:目标|指标要求|计划)|评价标准值?|数值|目标内容",
        ),
        (
            Column.SCORE_REVIEW,
            r"(?:复核|复评|复审|审核|核定|评审|财政|主管部门|第三方|专家|抽查|核查|部门|评价组|调整后|最终|重评).{0,6}(?:分|得分|评分|分数|分值)",
        ),
        (
            Column.SCORE,
            r"(?:单位|部门|绩效|项目)?(?:自评|评价|实际|指标|绩效|考核|综合|最终|单项|打分)?(?:得分|评分|自评分|打分)(?:值|数|情况)?"
            r"|自评(?:分|分数|得分|结果|分值)|(?:单位)?自评",
        ),
        (
            Column.WEIGHT,
            r"(?:指标|标准|权重|参考|设定|评价|满分|单项|三级指标|目标)?(?:分值|权重|分数|标准分|满分|权值|权重分|比重)(?:权重|分值|值|设定|比例)?"
            r"|标准分值?|满分值?|(?:考核|基准|基础|应得)分",
        ),
        (
            Column.DEVIATION,
            r".{0,14}(?:原因|改进措施|整改措施|改进建议).{0,14}"
            r"|(?:偏差|扣分|未完成|差异)(?:情况|说明|分析|情况说明).{0,8}|(?:经费|制度|人员|硬件条件)保障.{0,6}",
        ),
        (Column.NOTE, r"(?:备注|说明|其他|其它|情况说明|备注说明|完成情况说明|自评说明)"),
    ),
    {
        Column.LEVEL1: "一级指标",
        Column.LEVEL2: "二级指标",
        Column.LEVEL3: "三级指标 指标名称",
        Column.TARGET: "年度指标值 指标值 目标值 预期指标值 年度目标值",
        Column.TARGET_INITIAL: "年初目标值 年初指标值",
        Column.TARGET_ADJUSTED: "调整指标值 调整后指标值",
        Column.ACTUAL: "实际完成值 全年实际完成值 全年完成值 实际完成情况 完成值",
        Column.WEIGHT: "分值 权重 指标权重 指标分值",
        Column.SCORE: "得分 自评得分 指标得分",
        Column.SIGN: "指标性质",
        Column.UNIT: "度量单位 计量单位",
        Column.DEVIATION: "偏差原因分析及改进措施 未完成原因分析 未完成原因和改进措施 偏差原因分析",
    },
)
# "级指标" is what is left where recognition loses the thin stroke of 一; its place among the levels says which it is.
# A level's heading of which recognition left only a part, in a narrow column a line of it.
LOST_LEVEL = re.compile(r".?级指标|[一二三级指标]{1,5}")


# What level cells and actuals mostly say; a doubtful reading is mended against these.
SECOND_LEVELS: Final = (
    "数量指标",
    "质量指标",
    "时效指标",
    "经济成本指标",
    "社会成本指标",
    "生态环境成本指标",
    "经济效益指标",
    "社会效益指标",
    "生态效益指标",
    "可持续影响指标",
    "服务对象满意度指标",
    "社会公众或服务对象满意度指标",
)
LEVEL_NAMES: Final = ("产出指标", "效益指标", "满意度指标", "成本指标", *SECOND_LEVELS)
ACTUALS: Final = (
    "达成指标",
    "达成预期指标",
    "部分达成指标并具有一定效果",
    "部分达成预期指标并具有一定效果",
    "未达成指标且效果较差",
    "未达成预期指标且效果较差",
)


class Closing(StrEnum):
    """A label of the rows that close a form."""

    SUBTOTAL = "subtotal"
    TOTAL = "total"
    GRADE = "grade"
    REASONS = "reasons"
    PROBLEMS = "problems"
    IMPROVEMENTS = "improvements"
    OTHER = "other"


CLOSINGS: Final = Lexicon[Closing](
    (
        (Closing.SUBTOTAL, r"小计|.{1,8}小计|分项合计"),
        (
            Closing.TOTAL,
            r"(?:自评|评价|项目|绩效|指标|综合|单位自评|部门自评)*(?:总分|总得分|总评分|总分数|合计得分|得分合计|总分值|总计得分|得分总计)"
            r"|合计|总计|合计总分|总分合计|(?:自评|评价)得分|总分及等级",
        ),
        (
            Closing.GRADE,
            r"(?:自评|评价|评分|绩效|评定|考核|综合|结果|评价结果|自评结果|绩效评价|绩效自评)*(?:等级|等次|级别|档次)"
            r"|(?:自评|评价|评定|绩效评价|绩效自评)(?:结论|结果)|绩效评级|评级|结论",
        ),
        (
            Closing.REASONS,
            r"偏差(?:较?大)?(?:或|及|和)(?:目标|指标|未).{0,10}(?:原因).{0,8}"
            r"|(?:未完成|偏差|扣分|未达标|自评扣分|绩效目标偏离)(?:绩效)?(?:目标|指标|较大)?(?:的)?(?:原因|情况|说明)(?:分析|说明)?.{0,8}"
            r"|偏离.{0,10}原因.{0,8}|目标未完成原因.{0,6}",
        ),
        (
            Closing.PROBLEMS,
            r"(?:项目|主要|绩效|管理)?(?:存在|主要)(?:的)?(?:主要)?(?:问题|不足)(?:及原因|和原因|及不足|及原因分析|与不足)?"
            r"|问题",
        ),
        (
            Closing.IMPROVEMENTS,
            r"(?:下一步|拟采取的|相关|后续|有关)?(?:整改|改进)(?:工作)?(?:措施|建议|意见|方案|方向)(?:及结果应用方案|及结果应用|及建议)?"
            r"|(?:下一步)?(?:工作)?(?:改进|整改)(?:措施|计划)|改进措施及结果应用方案|有关建议"
            r"|下一步(?:工作)?(?:打算|计划|建议)|存在问题.{0,3}原因.{0,12}措施",
        ),
        (
            Closing.OTHER,
            r"备注|说明|注|其他需要?说明(?:的)?(?:事项|问题|情况)?.{0,4}"
            r"|填(?:报|表|写)?(?:说明|要求|须知|注意事项)|注意事项|有关说明"
            r"|主要绩效"
            r"|(?:项目|单位|部门|财务|填报|填表|分管)*(?:负责人|填表人|联系人|审核人|经办人|责任人)(?:签字|签章|意见)?"
            r"|(?:单位|部门|财政部门|主管部门|专家|财政)(?:审核|复核|评审)?意见.{0,4}|填报日期|联系电话"
            r"|(?:项目)?(?:实施)?(?:成效|主要成效)|经验做法.{0,8}|结果应用.{0,6}",
        ),
    ),
    {
        Closing.TOTAL: "总得分 自评总分 自评得分",
        Closing.GRADE: "评分等级 自评等级 评价等级 评价结论 绩效等级",
        Closing.REASONS: "偏差大或目标未完成原因分析",
        Closing.IMPROVEMENTS: "改进措施及结果应用方案 改进措施",
        Closing.PROBLEMS: "存在问题",
    },
)

TITLE = re.compile(
    r"(?:绩效|支出|目标|项目).{0,12}自(?:我)?评(?:价)?(?:结果|情况|得分|打分|评分)?(?:汇总|报告|明细)?(?:表|报表|报告)"
    r"|绩效(?:目标)?(?:自评|自我评价|评价|完成情况|目标完成情况)(?:情况)?(?:自评)?(?:打分|评分|得分)?表"
    r"|^[^、（(]{0,12}(?:项目|整体)支出绩效(?:自评|自我评价)$"
)
DEPARTMENT_TITLE = re.compile(r"整体支出|部门整体|单位整体|部门.{0,3}单位.{0,3}整体|整体绩效")
REPORT_TITLE = re.compile(
    r"绩效.{0,6}自(?:我)?评(?:价)?.{0,4}报告|整体(?:支出)?绩效.{0,6}报告"
    r"|(?:支出|项目|资金|经费|部门|单位|预算).{0,4}绩效评价(?:工作)?(?:情况)?(?:的)?报告(?:[(（].{0,8}[)）])?$"
    r"|^(?![(（]?[一二三四五六七八九十\d]{1,2}[)）、.]).*绩效自(?:我)?评(?:价)?(?:工作)?(?:情况)?(?:的)?(?:说明|总结)(?:[(（].{0,8}[)）])?$"
    r"|^(?![(（]?[一二三四五六七八九十\d]{1,2}[)）、.]).{2,}整体(?:支出)?绩效(?:情况)?(?:的)?自(?:我)?评(?:价)?(?:材料)?$"
)
_CHINESE_YEAR = re.compile(r"[二两][〇零○oO0][〇零○oO0一二三四五六七八九]{2}年")
_CHINESE_DIGITS: Final = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "o": "0",
    "O": "0",
    "0": "0",
    "两": "2",
}


def year(text: str) -> int | None:
    """The year that a title or caption names ("(2024年度)", "二〇二四年度"), or None."""
    plain = compact(text)
    if match := re.search(r"(?<!\d)(20\d{2})年", plain) or re.search(r"(?<!\d)(20\d{2})(?!\d)", plain):
        return int(match.group(1))
    if match := _CHINESE_YEAR.search(plain):
        return int("".join(_CHINESE_DIGITS[c] for c in match.group()[:4]))
    return None


PLACEHOLDER = re.compile(r"(?:指标\d*|[.…·\-—/]*|指标名称|三级指标\d*)[:：]?[.…·。、\-—/]*|(?:指标)?[nN]|无|…+|…*\.*")
