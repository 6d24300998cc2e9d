"""T1 and T2: vague targets, actuals far above them or copied from them, comparators that point the wrong way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.assembling.checks.context import Context, finding, plain
from service.assembling.checks.prose.sentences import any_of
from service.assembling.figures import RowFigures
from service.assembling.quantities import is_blank, normalise
from service.assembling.relations import FULL
from service.assembling.status import conversion
from service.schema import Check, Evidence, Indicator, Quantity

# From this many rows on, actuals that all repeat their targets are copied, not coincidence.
FEWEST_COPIED = 3
# Two rows of 21 written anew do not make the other 19 measured.
SHARE_COPIED = 0.8
# A form of short counts may well hit all its targets; a sign (≥) in an actual is what shows the copying.
FEWEST_PLAIN = 5

# One more than a handful is no target set too low.
FEWEST_ABOVE = 2
# A rate can be no more than whole: 100 % of a promised 75 % is a good year, where 40 % was promised it was too little.
HALF = 50.0
# "=100%" may be what was reached; "≥90%" is what was promised.
_COPIED = re.compile(r"^(?:>=|<=|=>|=<|[<>~]|不少于|不低于|不超过|不高于|大于|小于|至少|控制在)")
_PERIODIC = re.compile(r"每[年季月周日天]|[年月周日]均|人均")
_SIGN = re.compile(f"{_COPIED.pattern}|^=")
# What comes of people's behaviour and the weather, not of a plan: no target for it was set too low.
_OUTCOME = re.compile(r"增长|下降|降低|提升|提高|减少|增幅|降幅|同比|增加|节约|压减")
_VAGUE = re.compile(
    r"若干|一定(?:数量|程度|规模)?$|适量|适当|一批$|较多|尽可能|尽量|有所(?:增加|增多)|多次$|部分$|大量|视情况|根据(?:需要|实际)"
)
_DATED = re.compile(r"\d|[一二三四]季度|[上下]半年|年[底末内]|全年|每[年季月周日]|按[年季月期]")
_NUMERAL = re.compile(r"[\d零一二三四五六七八九十百千万两]|全部|所有|全覆盖|完成")
# Counters that forms use for one another without meaning another thing.
_LOOSE = frozenset(
    {
        "个",
        "项",
        "分",
        "%",
        "人",
        "名",
        "人次",
        "次",
        "场",
        "场次",
        "期",
        "件",
        "份",
        "家",
        "户",
        "家次",
        "处",
        "所",
        "台",
        "套",
    }
)
_NAMED_UNITS = (
    frozenset({"个", "项", "件", "份", "处", "所", "家", "座"}),
    frozenset({"次", "场", "期", "批", "场次", "批次", "人次", "班", "班次"}),
    frozenset({"人", "名", "人次", "位"}),
    frozenset({"台", "套", "个", "件", "辆", "块"}),
    frozenset({"户", "家", "户次", "家次"}),
    frozenset({"分", "%"}),
)

# What should be few or small: a ceiling is right for it, a floor is not.
_SMALL = re.compile(
    r"差错|错误|投诉|举报|事故|故障|死亡|伤亡|返工|失误|违规|违纪|违法|逾期|超[支时期标载]|欠|损[失坏耗毁]|污染|舆情|上访|信访|败诉|纠错|缺陷|误[报差诊]|漏|空置|闲置|病死|发病|流失|退[货学赛]|不合格|不良|偏差"
    r"|成本|费用|造价|单价|经费|支出|补[助贴]标准|投资额?$|控制[数额]|耗|能耗"
    r"|时间|时[限长间效]|用时|天数|响应|周期|等候|等待|工期|间隔|时差|延误|结余|结转|变动率|控制率"
    r"|疫情|案[件发]数|发案|火灾|灾害|风险|隐患数|贫困|失业|辍学|死[亡淘]|浓度|噪[声音]|排放|下降到|降至|降到|减少到|压缩|调整次数|调剂"
)
# What is to be reached: a floor is right for it, a ceiling is not.
_REACHED = re.compile(
    r"(?:完成|合格|达标|覆盖|及时|到位|满意|知晓|参与|入户|使用|利用|通过|保障|准确|成活|完好|就业|发放|拨付|支付|办结|整改|执行|落实|解决|采用|转化|优良|优秀|普及|保存|验收|入库|增长|提高|提升|免疫|回收|处置|处理|受理|签约|达成)率|满意度"
)
# What a floor under it means: less of it, or more of a service.
_KEPT_UP = any_of(
    "及时 准时 按时 下降 降低 减少 节约 压减 压缩 缩短 整改 排查 处置 化解 治理 无 零 开放 运行 服务 使用 播出"
    " 续航 学习 宣传 查处 规范"
    " 消除 防范 应急 演练 救援 培训 巡查 补[助贴]人 发放"
)
_SAVED = any_of("节约 下降 降低 减少 压减 压缩 缩减 规范")
_FALLS = re.compile(r"下降|减少|降低|压减|压降|缩短")
_CONTROLLED = re.compile(r"(?:控制率|控制数|成本控制|变动率|结转结余率)$")
_TAKEN = re.compile(
    r"(?:[响反]应|办理|等候|等待|审批|处理|报修|维修|拨付|出具|用|平均)[^，]{0,6}"
    r"(?:时间|时限|时长|用时|天数|周期|时)$"
)
_FAILURE = any_of(
    "差错率 错误率 受害率 损失率 发病率 投诉 事故 故障率 死亡 伤亡 返工 违规 违纪 逾期"
    " 欠 漏 空置 闲置 流失率 败诉 缺陷 误差"
)
# A rate of failures beyond this is one of their handling (投诉…率 ≥ 95 %).
MOST_FAILURES = 50.0
_COUNTERS = re.compile(
    r"^(?:[百千万亿]*)(?:个|次|场|场次|期|批|批次|项|件|份|名|人|人次|家|户|家次|户次|台|套|辆|座|处|所|条|篇|种|部|册|本|块|株|棵|盏|平方米|公里|米|亩|公顷|吨|卷|课时|学时|班|班次|团队|眼)$"
)


def t1(context: Context) -> Iterator[Check]:
    """Actual far above target; target and actual copied in every row; units that differ; vague targets."""
    copied = _copied(context.book.rows)
    if copied:
        names = "、".join(f"“{row.name}”" for row in copied[:3])
        message = f"{len(copied)}项指标的实际完成值照抄年度指标值（{names}等），没有填写实际数。"
        yield finding("T1", "warning", message, (e for row in copied for e in _values(row)),
                      expected="实际完成数", found="照抄指标值")  # fmt: skip
    for row in context.book.rows:
        yield from _far_above(context, row)
        yield from _units(row)
        yield from _vague(row)


def _copied(rows: Sequence[RowFigures]) -> list[RowFigures]:
    """The rows that repeat their target, where so many do that it cannot be chance."""
    filled = [
        r for r in rows if r.row.target is not None and r.row.actual is not None and not is_blank(r.row.actual.text)
    ]
    same = [r for r in filled if _repeats(r)]
    signed = [r for r in same if r.row.actual is not None and _COPIED.match(normalise(r.row.actual.text))]
    figures = [r for r in same if r.row.target is not None and r.row.target.value is not None]
    if len(filled) < FEWEST_COPIED:
        return []
    if signed and len(same) >= SHARE_COPIED * len(filled):
        return same
    return (
        same if len(same) == len(filled) and len(filled) >= FEWEST_PLAIN and len(figures) >= FEWEST_COPIED else signed
    )


def _repeats(row: RowFigures) -> bool:
    """Whether the actual is the target as printed; its unit may stand in a column of its own."""
    target, actual = _bare(row.row.target), _bare(row.row.actual)
    return target == actual or (_SIGN.match(actual) is not None and target.startswith(actual))


def _bare(quantity: Quantity | None) -> str:
    return re.sub(r"\s+", "", normalise(quantity.text)) if quantity is not None else ""


def _values(row: RowFigures) -> list[Evidence]:
    return [e for q in (row.row.target, row.row.actual) if q is not None for e in q.evidence]


def _far_above(context: Context, row: RowFigures) -> Iterator[Check]:
    target, actual, limit = row.row.target, row.row.actual, context.profile.far_above
    if target is None or actual is None or not target.value or actual.value is None or target.value <= 0:
        return
    if target.comparator in ("<=", "<") or _OUTCOME.search(row.name) or not is_blank(row.row.deviation or ""):
        return
    if _PERIODIC.search(target.text) and not _PERIODIC.search(actual.text):
        return  # so many a month, beside those of the year
    if _ceiling(row.row) or "成本" in f"{row.row.level1}{row.row.level2}":
        return
    factor = conversion(actual.unit, target.unit)
    reached = target.upper if target.upper is not None else target.value
    if factor is None or actual.value * factor <= reached * limit + 1e-9:
        return
    percent = plain(actual.value * factor / reached * 100, 0)
    if target.unit == "%" and target.value >= HALF and actual.value * factor <= FULL:
        return
    if actual.value * factor - reached < FEWEST_ABOVE and target.unit != "%":
        return
    message = f"“{row.name}”实际{actual.text}为指标值{target.text}的{percent}%，没有说明原因，指标值可能定得偏低。"
    yield finding("T1", "warning", message, _values(row), expected=f"≤{plain(limit * 100, 0)}%", found=f"{percent}%")


def _ceiling(row: Indicator) -> bool:
    """Whether less is better although the target prints no sign."""
    return _SMALL.search(row.level3) is not None and not _REACHED.search(row.level3)


def _units(row: RowFigures) -> Iterator[Check]:
    target, actual = row.row.target, row.row.actual
    if target is None or actual is None or target.value is None or actual.value is None:
        return
    if (
        not target.unit
        or not actual.unit
        or conversion(actual.unit, target.unit) is not None
        or _alike(target.unit, actual.unit)
    ):
        return
    message = f"“{row.name}”指标值{target.text}与实际完成值{actual.text}的计量单位不一致。"
    yield finding("T1", "warning", message, _values(row), expected=target.unit, found=actual.unit)


def _alike(left: str, right: str) -> bool:
    """Whether two units count the same things, one more loosely than the other."""
    if left in right or right in left:
        return not {left, right} & {"人", "元"} or {left, right} <= {"人", "人次", "人天"}
    return any({left, right} <= group for group in _NAMED_UNITS)


def _vague(row: RowFigures) -> Iterator[Check]:
    target = row.row.target
    if target is None or target.value is not None or is_blank(target.text):
        return
    counted = "数量" in (row.row.level2 or "")
    if _VAGUE.search(target.text) and not _DATED.search(target.text):
        message = f"“{row.name}”的指标值“{target.text}”过于笼统，无法衡量。"
    elif counted and not _NUMERAL.search(target.text) and not _DATED.search(target.text):
        message = f"数量指标“{row.name}”的指标值“{target.text}”没有可以衡量的数。"
    else:
        return
    yield finding("T1", "info", message, target.evidence, expected="可衡量的指标值", found=target.text)


def t2(context: Context) -> Iterator[Check]:
    """A comparator that points the wrong way for its indicator."""
    for row in context.book.rows:
        target = row.row.target
        if target is None or target.value is None or target.comparator is None:
            continue
        wrong = wrong_way(row.row, target)
        if wrong:
            message = f"“{row.name}”的指标值写作{target.text}，方向相反：{wrong}。"
            other = "≥" if target.comparator in ("<=", "<") else "≤"
            yield finding("T2", "warning", message, target.evidence, expected=other, found=target.text)


def wrong_way(row: Indicator, target: Quantity) -> str | None:
    """Why a target's comparator points the wrong way for its indicator, in words; None where it does not."""
    name = re.sub(r"^指标\d+[:：]", "", row.level3)
    small, reached = _SMALL.search(name), _REACHED.search(name)
    if target.comparator in ("<=", "<") and target.value:
        if "满意" in f"{row.level1}{row.level2}{name}" or (reached and not small):
            return "该指标越高越好，应用“≥”"
        unit = re.sub(r"^[^\d]*[\d,.]+\s*[(（]?|[)）]$", "", target.text)
        counted = "数量" in (row.level2 or "") and _COUNTERS.match(unit)
        if counted and not small and not re.search(r"减少|下降|降低|控制|压减|限[制额]|不超", name):
            return "这是要达到的数量，应用“≥”或“=”"
    falls = _FALLS.search(target.text) is not None
    if target.comparator in (">=", ">") and target.value and not falls and _to_keep_low(row, name, target):
        return "该指标越低越好，应用“≤”"
    return None


def _to_keep_low(row: Indicator, name: str, target: Quantity) -> bool:
    """Whether a floor under this indicator makes no sense: a cost, a time taken, a count of failures."""
    if _CONTROLLED.search(name):
        return True
    if "成本" in f"{row.level1}{row.level2}":
        return target.unit != "%" and not _SAVED.search(name)
    if _KEPT_UP.search(name) or _REACHED.search(name):
        return False
    if _TAKEN.search(name):
        return True
    return _FAILURE.search(name) is not None and (target.unit != "%" or (target.value or 0) < MOST_FAILURES)
