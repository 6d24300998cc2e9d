"""Text → a quantity: comparators, numbers in every script, ranges, units, money in 元.

`parse` is pure and never fails: a text that holds no single quantity (a date, two counts, a description) is qualitative
and has no value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from service.schema import Comparator


class Parsed(NamedTuple):
    """A text as written and as understood; `value` is None for a qualitative one. Money is in 元."""

    text: str
    comparator: Comparator | None
    value: float | None
    upper: float | None
    unit: str | None


# Longer than any target that is one figure with its unit; what is longer is a sentence.
MAX_LENGTH: Final = 60
# The years that a form or its targets can mean; "2023年" is a date, "2年" a duration.
YEARS: Final = range(1980, 2100)
# Beyond this no budget, count or rate is meant: it is a code, a telephone number or an account.
LARGEST: Final = 1e15

# What stands for "no value" in a cell: nothing, dashes, slashes, and the dots that recognition makes of short dashes.
_BLANK = re.compile(r"[-—–―─－ー/／\\.。·,，、'‘’`_~:;…]*|一")

_COMPARATORS: Final[dict[str, Comparator]] = {
    ">=": ">=",
    "=>": ">=",
    "大于或等于": ">=",
    "大于等于": ">=",
    "不少于": ">=",
    "不低于": ">=",
    "不小于": ">=",
    "不得少于": ">=",
    "不得低于": ">=",
    "至少": ">=",
    "<=": "<=",
    "=<": "<=",
    "小于或等于": "<=",
    "小于等于": "<=",
    "不超过": "<=",
    "不得超过": "<=",
    "不超出": "<=",
    "不多于": "<=",
    "不高于": "<=",
    "不大于": "<=",
    "至多": "<=",
    "控制在": "<=",
    "大于": ">",
    "高于": ">",
    "超过": ">",
    "多于": ">",
    ">": ">",
    "小于": "<",
    "低于": "<",
    "少于": "<",
    "<": "<",
    "等于": "=",
    "==": "=",
    "=": "=",
    "大约": "~",
    "约为": "~",
    "约": "~",
    "近": "~",
    "将近": "~",
    "~": "~",
    "≈": "~",
}
_SIGNS: Final = str.maketrans(
    {
        "≥": ">=", "⩾": ">=", "≧": ">=", "⪰": ">=", "≽": ">=", "≤": "<=", "⩽": "<=", "≦": "<=", "≼": "<=",
        "﹥": ">", "﹤": "<", "〉": ">", "〈": "<", "﹦": "=", "＝": "=", "∽": "~", "∼": "~", "～": "~",
        "—": "-", "–": "-", "―": "-", "−": "-", "﹣": "-", "‐": "-", "‑": "-", "﹪": "%",
    }
)  # fmt: skip

_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")
} | {"两": 2, "弍": 2, "叄": 3, "○": 0}  # fmt: skip
_SMALL: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

# Measure words and units; the name of the thing counted may follow them ("3部宣传片").
_MEASURE_WORDS: Final = """
个百分点 百分点 平方公里 平方千米 平方米 立方米 人次 人天 人日 人年 车次 台次 架次 件次 户次 场次 批次 班次 课时
学时 工作日 个工作日 自然日 个月 个季度 季度 小时 分钟 公里 千米 公顷 公斤 千克 毫克 万亩 亩 厘米 毫米 万吨 吨
升 层级 点位 名额 标段 学期 级别 个 次 项 人 件 份 名 家 户 台 套 辆 座 处 所 间 条 篇 期 部 种 类 批 场 册 本
张 幅 块 栋 幢 棵 株 头 只 盏 组 位 天 日 周 月 年 元 分 秒 米 克 例 宗 起 轮 届 班 村 镇 乡 县 市 区 校 队 站
点 段 片 面 把 颗 根 支 枚 顶 双 对 盒 箱 袋 包 桶 瓶 门 节 课 页 字 集 首 档 级 星 倍 成 度 艘 架 匹 尾 床 车
趟 遍 步 环 口 井 孔 道 扇 km² m² m³ km2 m2 m3 km kg kW kWh MW GB TB MB cm mm ml mg m g t
"""
_MEASURES: Final = tuple(_MEASURE_WORDS.split())
_MEASURE = "|".join(re.escape(m) for m in sorted(_MEASURES, key=len, reverse=True))

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?![\d])|\d+)(?:\.\d+)?|\.\d+"
_CHINESE = r"[零〇○一二三四五六七八九两壹贰叁肆伍陆柒捌玖十百千万亿拾佰仟萬億]+"
_SCALE = r"[十百千万亿]{0,2}"
_COMPARE = "|".join(re.escape(c) for c in sorted(_COMPARATORS, key=len, reverse=True))
_LEAD = re.compile(rf"^(?:达到|达|为|是|共|共计|合计|完成|完成率)?(?P<comparator>{_COMPARE})?\s*")
_FIGURE = re.compile(
    rf"(?P<negative>-)?(?P<number>{_NUMBER})\s*(?P<scale>{_SCALE})(?P<about>余|多|来)?(?P<scale2>[万亿]?)"
)
_RANGE = re.compile(
    rf"^(?P<unit>[%‰]|{_MEASURE})?\s*(?:-|~|至|到|--)\s*(?P<number>{_NUMBER})\s*(?P<scale>{_SCALE})(?=\D|$)"
)
_AFTER: Final[tuple[tuple[str, Comparator], ...]] = (
    ("及以上", ">="),
    ("或以上", ">="),
    ("以上", ">="),
    ("及以下", "<="),
    ("或以下", "<="),
    ("以下", "<="),
    ("以内", "<="),
    ("之内", "<="),
    ("左右", "~"),
    ("上下", "~"),
)
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*(?:年|[-/]\d{1,2}(?:[-/]\d{1,2})?(?!\d)|\.\d{1,2}\.\d{1,2}(?!\d))|[二两][〇零○一二三四五六七八九]{3}年"
    r"|(?<![\d.])\d{1,2}\s*月(?:份|底|初|末|中|上|下|前|后|之|以|起|至|-|、|,|\s*\d{1,2}\s*[日号])"
    r"|^\s*(?:[1-9]|1[0-2])\s*月$|第[\d一二三四]+季度|[一二三四1-4]\s*季度(?:末|底|前|完成|、|,|$)|[上下]半年"
    r"|\d{1,2}月(?:完成|结束|开展|发放|验收)"
)
_ORDINAL = re.compile(rf"第(?:\d+|{_CHINESE})")
_RATIO = re.compile(r"\d\s*[:×*]\s*\d|\d+\s*/\s*\d+")
_ANY_NUMBER = re.compile(r"\d")
# A deadline counted in time: "10个工作日内" means at most.
_WITHIN = re.compile(r"^\s*(?:个?工作日|自然日|天|日|个?月|周|小时|分钟|年)内")
_OPEN, _CLOSE = "([{【〔", ")]}】〕"
_PERCENT_WORDS: Final = frozenset({"%", "百分比", "百分数", "百分率", "百分之"})
_MONEY = re.compile(r"^(?:人民币)?(?P<scale>[十百千万亿]{0,2})(?:元|圆)(?P<per>[/每].{1,8})?(?:人民币|整|正)?$")
# A lone 元 inside a heading may be what recognition left of 万元: it counts only in brackets, after 单位 or a number.
_MONEY_UNIT = re.compile(r"(?:[(]|单位:?|人民币|\d|^)(亿|百万|十万|万|千|百)?元(?![一-鿿])|(亿|百万|十万|万|千)元")
_SCALES: Final = {"": 1.0, "十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_PER_HUNDRED = re.compile(rf"^(?P<lead>.*?)百分之(?P<number>{_CHINESE}|{_NUMBER})(?P<rest>.*)$")
# Words that read like a Chinese numeral with a measure word but are not one.
_NOT_COUNTS: Final = frozenset(
    {"十分", "万分", "一般", "一体", "统一", "一级", "二级", "三级", "四级", "一类", "二类", "三类", "一班", "百分"}
)


def normalise(text: str) -> str:
    """`text` in half-width forms with one spelling of each sign, outer blanks removed; "≥" becomes ">="."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS).strip()


def is_blank(text: str) -> bool:
    """Whether a cell with this text has no value: empty, a dash, a slash."""
    return _BLANK.fullmatch(re.sub(r"\s+", "", text)) is not None


def chinese_number(text: str) -> float | None:
    """The value of a Chinese numeral ("一百二十万", "三", "二〇二四"), or None where it is none."""
    if not text or any(c not in _DIGITS and c not in _SMALL and c not in _LARGE for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, None
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[c]
            digit = None
        else:
            section += digit or 0
            if not section and not total:
                return None
            total = (total + section) * _LARGE[c] if c in "亿億" else total + section * _LARGE[c]
            section, digit = 0, None
    return float(total + section + (digit or 0))


def number(text: str) -> float | None:
    """The value of a cell that is nothing but a number ("1,653.33", "98.5分", "100%", "(10)"), else None."""
    plain = re.sub(r"(?<=\d)。(?=\d)", ".", re.sub(r"\s+", "", normalise(text)))
    plain = plain[1:-1] if re.fullmatch(r"\(.*\)", plain) else plain
    plain = re.sub(r"(?<=\d\d)[.,]$", "", plain)  # a speck behind the figure
    match = re.fullmatch(
        rf"(-?)({_NUMBER}|\d+,\d{{1,2}}|\d{{1,3}}(?:\.\d{{3}})+\.\d{{2}})(?:分|%|元|万元|亿元)?", plain
    )
    if match is None:
        return None
    # A comma before one or two last digits can only be a decimal point read wrongly, a point before three a comma.
    digits = re.sub(r"\.(?=\d{3}\.)", "", re.sub(r",(?=\d{1,2}$)", ".", match.group(2)))
    value = _plain(digits)
    return -value if match.group(1) and value else value


def decimals(text: str) -> int | None:
    """How many decimals the first number of `text` prints, or None where there is none."""
    match = re.search(_NUMBER, normalise(text))
    if match is None:
        return None
    return len(match.group().partition(".")[2])


def one_slip(left: str, right: str) -> bool:
    """Whether two printed numbers differ by one digit, or by two that changed places: what a checker tries first."""
    left, right = re.sub(r"\D", "", left), re.sub(r"\D", "", right)
    if len(left) != len(right):
        return False
    different = [i for i in range(len(left)) if left[i] != right[i]]
    swapped = (
        len(different) == 2 and left[different[0]] == right[different[1]] and left[different[1]] == right[different[0]]
    )
    return len(different) == 1 or swapped


def sum_slips(total: float, parts: Sequence[float], places: int) -> bool:
    """Whether a sum of figures printed to `places` decimals would close but for a slip in one of them."""
    got = sum(parts)
    pairs = [(total, got), *((part, total - (got - part)) for part in parts)]
    return any(wanted > 0 and one_slip(f"{have:.{places}f}", f"{wanted:.{places}f}") for have, wanted in pairs)


def money_scale(text: str) -> float | None:
    """元 in one of the money unit that `text` names ("单位：万元", "（元）"), or None."""
    plain = re.sub(r"\s+", "", normalise(text))
    match = _MONEY_UNIT.search(plain)
    return None if match is None else _scale(match.group(1) or match.group(2) or "")


def money(value: float, scale: float) -> float:
    """`value` in units of `scale` 元, in 元 without the float's dust."""
    return float(f"{value * scale:.6f}") if abs(value) < LARGEST else value * scale


def parse(text: str, *, unit_hint: str | None = None) -> Parsed:
    """Understand `text` as one quantity.

    `unit_hint` is the unit that the column or the block prints ("万元", "%", "次"); it holds where the text names none.
    """
    if is_blank(text) or len(text) > MAX_LENGTH:
        return Parsed(text, None, None, None, None)
    plain = _unwrap(normalise(text))
    return _chinese(text, plain, unit_hint) or _arabic(text, plain, unit_hint) or Parsed(text, None, None, None, None)


def _unwrap(plain: str) -> str:
    """Inner blanks that only spread the text, and quotation around the whole, removed."""
    plain = re.sub(r"(?<=\D)\s+|\s+(?=\D)", "", plain)
    return plain.strip("\"'“”‘’。.;；,，") if not re.search(r"\d\s\d", plain) else plain.rstrip("。;；,，")


def _plain(digits: str) -> float:
    return float(digits.replace(",", "").replace(" ", ""))


def _scale(text: str) -> float:
    return math.prod(_SCALES[c] for c in text)


def _arabic(text: str, plain: str, hint: str | None) -> Parsed | None:
    if _DATE.search(plain) or _ORDINAL.search(plain) or _RATIO.search(plain):
        return None
    lead = _LEAD.match(plain)
    start = lead.end() if lead else 0
    comparator = _COMPARATORS.get(lead.group("comparator") or "") if lead else None
    match = _FIGURE.match(plain, start)
    if match is None:
        found = _inner(plain)
        if found is None:
            return None
        comparator, match = found
    value = _value(match)
    rest = plain[match.end() :]
    upper, rest, inner_unit = _upper(rest)
    if upper is not None and match.group("negative"):
        return None
    about = match.group("about")
    unit, after = _unit(rest.strip(), (match.group("scale") or "") + (match.group("scale2") or ""))
    if unit is None or (_is_code(match.group("number")) and not _is_unit(unit)):
        return None
    comparator = after or comparator or ("~" if about else None)
    return _finish(text, comparator, value, upper, unit or inner_unit or "", match, hint)


def _inner(plain: str) -> tuple[Comparator | None, re.Match[str]] | None:
    """The one figure in a phrase ("满意度≥90%", "完成7项"), where no second number stands beside it."""
    match = re.search(rf"(?P<comparator>{_COMPARE})?\s*{_FIGURE.pattern}", plain)
    if match is None or re.search(r"[A-Za-z]$", plain[: match.start()]):
        return None
    figure = _FIGURE.match(plain, match.start("negative") if match.group("negative") else match.start("number"))
    if figure is None:
        return None
    return _COMPARATORS.get(match.group("comparator") or ""), figure


def _is_code(digits: str) -> bool:
    """Five figures and more in a row before an unlisted word name a thing ("12345热线"), they do not count it."""
    return digits.isdigit() and len(digits) >= 5


def _is_unit(unit: str) -> bool:
    return not unit or re.match(rf"[%‰]|{_SCALE}(?:[元圆]|{_MEASURE}|$)", unit) is not None


def _value(match: re.Match[str]) -> float:
    value = _plain(match.group("number"))
    return -value if match.group("negative") and value else value


def _upper(rest: str) -> tuple[float | None, str, str | None]:
    """The upper end of a range that follows the first number, what is left, and the unit of the lower end."""
    match = _RANGE.match(rest)
    if match is None:
        return None, rest, None
    return _plain(match.group("number")), match.group("scale") + rest[match.end() :], match.group("unit")


def _unit(rest: str, scale: str) -> tuple[str | None, Comparator | None]:
    """The unit that stands after a number and a comparator that follows it ("次以上").

    (None, None) says that what follows is no unit: the text is not one quantity.
    """
    comparator: Comparator | None = "<=" if _WITHIN.match(scale + rest) else None
    rest = _WITHIN.sub(lambda m: m.group()[:-1], rest)
    for word, sign in _AFTER:
        if word in rest:
            rest = rest.replace(word, "", 1)
            comparator = sign
            break
    rest = scale + rest.strip(" 。.;；,，")
    if rest[:1] in _OPEN and rest:
        close = _CLOSE[_OPEN.index(rest[0])]
        inner, _, tail = rest[1:].partition(close)
        return (None, None) if _ANY_NUMBER.search(tail) else (inner.strip(), comparator)
    if rest[:1] and rest[0] in "%‰":
        return (None, None) if _ANY_NUMBER.search(rest) else (rest[0], comparator)
    if not rest:
        return "", comparator
    if any(rest.startswith(word) for word in _PERCENT_WORDS):
        return "%", comparator
    if _ANY_NUMBER.search(re.sub(r"(?<=[mMkK])[23]", "", rest)) or re.match(r"[.\-+*#]", rest):
        return None, None
    return _named_unit(rest), comparator


def _named_unit(rest: str) -> str | None:
    """The unit at the start of what follows a number: money, a measure word, or a short unlisted word."""
    money_unit = re.match(r"(?:人民币)?[十百千万亿]{0,2}(?:元|圆)(?:/[^\d\W]{1,4})?", rest)
    if money_unit:
        return money_unit.group()
    if re.fullmatch(r"[十百千万亿]{1,2}", rest):
        return rest
    known = re.match(rf"[万亿千百]{{0,2}}(?:{_MEASURE})(?:/(?:{_MEASURE}|[^\d\W]{{1,4}}))?", rest)
    if known:
        return known.group()
    # An unlisted measure word is at most four characters; anything longer is a description.
    return rest if re.fullmatch(r"[^\W\d_]{1,4}(?:/[^\W\d_]{1,4})?", rest) and not rest[0].isascii() else None


def _finish(
    text: str,
    comparator: Comparator | None,
    value: float,
    upper: float | None,
    unit: str,
    match: re.Match[str],
    hint: str | None,
) -> Parsed | None:
    unit, factor = _factor(unit, hint)
    if upper is not None and not match.group("scale") and upper * factor < value * factor:
        return None
    value, upper = money(value, factor), None if upper is None else money(upper, factor)
    if abs(value) >= LARGEST or (upper is not None and upper >= LARGEST):
        return None
    return Parsed(text, comparator, value, upper, unit or None)


def _factor(unit: str, hint: str | None) -> tuple[str, float]:
    """The unit to report and what the printed number is to be multiplied by: money becomes 元, a bare 万 a number."""
    unit = "%" if unit in _PERCENT_WORDS else unit
    hint = normalise(hint).strip("()（）") if hint and not is_blank(hint) else ""
    if match := _MONEY.match(unit):
        per = match.group("per") or ""
        return "元" + per, _scale(match.group("scale"))
    if unit and all(c in _SCALES for c in unit):
        return ("元" if "元" in hint else hint), _scale(unit)
    if unit:
        return unit, 1.0
    hint = "%" if hint in _PERCENT_WORDS else hint
    if match := _MONEY.match(hint):
        return "元" + (match.group("per") or ""), _scale(match.group("scale"))
    return hint, 1.0


def _chinese(text: str, plain: str, hint: str | None) -> Parsed | None:
    """A figure in Chinese numerals: the whole text must be comparator, numeral and unit ("不少于三次")."""
    if _ANY_NUMBER.search(plain) and "百分之" not in plain:
        return None
    if match := _PER_HUNDRED.match(plain):
        numeral = match.group("number")
        value = chinese_number(numeral) if not numeral[0].isdigit() else _plain(numeral)
        lead = _LEAD.match(match.group("lead"))
        if value is None or match.group("rest") not in {"", *(word for word, _ in _AFTER)}:
            return None
        after = next((sign for word, sign in _AFTER if word == match.group("rest")), None)
        before = _COMPARATORS.get((lead and lead.group("comparator")) or "")
        return Parsed(text, after or before, value, None, "%")
    lead = _LEAD.match(plain)
    match = re.match(
        rf"(?P<numeral>{_CHINESE})(?P<about>余|多)?(?P<unit>(?:元|圆)(?:整|正)?|{_MEASURE}|[万亿](?:元|{_MEASURE}))"
        rf"(?P<after>{'|'.join(word for word, _ in _AFTER)})?$",
        plain[lead.end() if lead else 0 :],
    )
    if match is None or match.group() in _NOT_COUNTS or _DATE.search(plain):
        return None
    value = chinese_number(match.group("numeral"))
    if value is None:
        return None
    after = next((sign for word, sign in _AFTER if word == match.group("after")), None)
    before = _COMPARATORS.get((lead and lead.group("comparator")) or "")
    unit, factor = _factor(match.group("unit"), hint)
    return Parsed(text, after or before or ("~" if match.group("about") else None), money(value, factor), None, unit)
