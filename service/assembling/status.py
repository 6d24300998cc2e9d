"""Whether an indicator's actual value meets its target, from comparator, values, units and wording."""

from __future__ import annotations

import re
from typing import Final

from service.assembling.quantities import is_blank, normalise
from service.schema import Comparator, Quantity, Status

# 20 % above the target: the lowest bound from which provinces ask for a reason, since the target was low.
EXCEEDED_FROM: Final = 1.2
# The Ministry's band for 部分达成 begins at 60 % of the weight; below it lies 未达成.
PARTLY_FROM: Final = 0.6
# Values print two decimals at most; equal within a rounding of the last of them.
TOLERANCE: Final = 1e-9

_UNMET = re.compile(
    r"未(?:能|按期|按时|及时|如期)?(?:达成|完成|达到|实现|达标|开展|实施|执行|启动)|没有?(?:完成|达成|达到|实现|开展)|不达标|效果较差|不合格|无进展"
)
_PARTLY = re.compile(
    r"部分(?:达成|完成|实现|达到|达标)|基本(?:达成|完成|实现|达到|达标)|未(?:完全|全部|全面)(?:达成|完成|达到|实现)|尚未全部|^一般|^基本(?!公共|养老|医疗|生活|农田|药物)|正在(?:推进|实施|进行)|推进中|进行中"
)
_EXCEEDED = re.compile(r"超额(?:完成|达成|实现)|超(?:出)?(?:预期|目标)(?:完成)?|超预期")
_MET = re.compile(
    r"达成|完成|达标|达到|实现|合格|符合|及时|已?按(?:时|期|要求|规定|计划)|到位|健全|落实|良好|优秀|显著|明显|有效|满意|通过|是$|^有$"
)
_ALL_NEGATION = re.compile(r"未|不|没|无(?!重大|一|责|投诉|事故|违)")
_DATE = re.compile(
    r"(?:(20\d{2})年)?(\d{1,2})月(?:(\d{1,2})[日号])?|(20\d{2})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?|(20\d{2})年底?"
)

# Units of one dimension, in terms of its first: amount of the first in one of the unit.
_CONVERTIBLE: Final[tuple[dict[str, float], ...]] = (
    {"米": 1, "m": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": 0.01, "cm": 0.01, "毫米": 0.001, "里": 500},
    {"平方米": 1, "m2": 1, "㎡": 1, "平方公里": 1e6, "平方千米": 1e6, "km2": 1e6, "公顷": 1e4, "亩": 2000 / 3},
    {"立方米": 1, "m3": 1, "方": 1},
    {"克": 1, "g": 1, "千克": 1e3, "公斤": 1e3, "kg": 1e3, "吨": 1e6, "t": 1e6},
    {"秒": 1, "分钟": 60, "小时": 3600},
    {"天": 1, "日": 1, "周": 7},
    {"个月": 1, "月": 1, "个季度": 3, "季度": 3, "年": 12},
    {"%": 1, "‰": 0.1, "成": 10, "百分点": 1, "个百分点": 1},
    {"元": 1},
)
_PREFIX: Final = {"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}


def status_of(target: Quantity | None, actual: Quantity | None, *, cost: bool = False) -> Status:
    """The status of an indicator. `cost` says that less is better where the target prints no sign."""
    if actual is None or is_blank(actual.text):
        return "undetermined"
    if target is not None and target.value is not None and actual.value is not None:
        factor = conversion(actual.unit, target.unit)
        if factor is None:
            return "undetermined"
        return compare(target.comparator, target.value, target.upper, actual.value * factor, cost=cost)
    if target is not None and _same(target.text, actual.text):
        return "met"
    worded = wording(actual.text)
    if worded is not None:
        return worded
    if target is None:
        return "undetermined"
    return _dated(target.text, actual.text) or _copied(target.text, actual.text) or "undetermined"


def compare(
    comparator: Comparator | None, target: float, upper: float | None, actual: float, *, cost: bool = False
) -> Status:
    """The status of a figure against a figure."""
    if comparator in ("<=", "<") or (cost and comparator in (None, "~", "=") and actual <= target):
        return _ceiling(target if upper is None else upper, actual, strict=comparator == "<")
    if comparator == "=" and abs(target) <= TOLERANCE:
        return "met" if abs(actual) <= TOLERANCE else "unmet"
    if comparator == ">" and abs(actual - target) <= TOLERANCE:
        return "partly_met"
    highest = target if upper is None else upper
    if actual >= target - TOLERANCE:
        return "exceeded" if highest > 0 and actual >= highest * EXCEEDED_FROM - TOLERANCE else "met"
    if target <= 0:
        return "unmet"
    return "partly_met" if actual / target >= PARTLY_FROM - TOLERANCE else "unmet"


def _ceiling(target: float, actual: float, *, strict: bool) -> Status:
    """Kept is met; what lies above loses weight as it rises, all of it from twice the ceiling on."""
    if actual < target - TOLERANCE or (not strict and actual <= target + TOLERANCE):
        return "met"
    if target <= 0:
        return "unmet"
    return "partly_met" if 1 - (actual - target) / target >= PARTLY_FROM - TOLERANCE else "unmet"


def conversion(unit: str | None, to: str | None) -> float | None:
    """What a figure in `unit` is to be multiplied by to be in `to`; None where they differ in kind.

    A missing unit is taken to be the other's.
    """
    if unit is None or to is None or unit == to:
        return 1.0
    (scale, plain), (to_scale, to_plain) = _split(unit), _split(to)
    if plain == to_plain:
        return scale / to_scale
    for group in _CONVERTIBLE:
        if plain in group and to_plain in group:
            return scale * group[plain] / (to_scale * group[to_plain])
    return None


def _split(unit: str) -> tuple[float, str]:
    plain = normalise(unit).strip("()")
    if any(plain in group for group in _CONVERTIBLE):
        return 1.0, plain
    for prefix in sorted(_PREFIX, key=len, reverse=True):
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return _PREFIX[prefix], plain[len(prefix) :]
    return 1.0, plain


def wording(text: str) -> Status | None:
    """What the words of an actual say of themselves, or None where they say nothing of reaching the target."""
    plain = re.sub(r"\s+", "", normalise(text))
    if _PARTLY.search(plain):
        return "partly_met"
    if _UNMET.search(plain):
        return "unmet"
    if _EXCEEDED.search(plain):
        return "exceeded"
    if len(plain) <= 14 and _MET.search(plain) and not _ALL_NEGATION.search(plain):
        return "met"
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\s,。.;、:]+", "", normalise(text)).replace("(", "").replace(")", "")


def _same(target: str, actual: str) -> bool:
    return _bare(target) == _bare(actual) != ""


def _copied(target: str, actual: str) -> Status | None:
    """An actual that holds the target's words with none that deny them."""
    wanted, got = _bare(target), _bare(actual)
    return "met" if len(wanted) >= 2 and wanted in got and not _ALL_NEGATION.search(got.replace(wanted, "")) else None


def _dated(target: str, actual: str) -> Status | None:
    """A deadline and the date of completion; years and days count only where both print them."""
    wanted, got = _date(target), _date(actual)
    if wanted is None or got is None:
        return None
    printed = [(w, g) for w, g in zip(wanted, got, strict=True) if w and g]
    late = [g for _, g in printed] > [w for w, _ in printed]
    return "partly_met" if late else "met"


def _date(text: str) -> tuple[int, int, int] | None:
    match = _DATE.search(normalise(text))
    if match is None:
        return None
    year, month, day, year2, month2, day2, only_year = match.groups()
    return int(year or year2 or only_year or 0), int(month or month2 or 12), int(day or day2 or 0)
