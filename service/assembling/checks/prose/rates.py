"""N1: a rate that its own numerator and denominator in the same passage do not give.

Precise rather than greedy: the numerator stands beside the rate's own verb (办结 862 件 … 办结率), the denominator is
named as a whole, approximate figures take part in nothing, and any other pair that gives the rate clears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.assembling.checks.context import Context, Passage, finding, plain
from service.assembling.checks.prose.sentences import Count, Percent, Sentence, any_of, around, sentences
from service.assembling.quantities import decimals
from service.assembling.relations import FULL
from service.schema import Check, Quantity

# Rates that compare with another year or are measured, not counted: nothing in the passage divides to them.
_COMPARED = any_of(
    "增长 下降 降低 提高 提升 增幅 降幅 同比 环比 较 比上年 比去年 满意 知晓 增速 折 优良 变动 利用 控制 浮 税率"
    " 利率 费率 收益 周转 贡献 去化"
)
_CHANGED = any_of("增长 下降 提[高升] 降低 上升 同比 较")
# Words before a count that say it is the whole.
_WHOLE = any_of(
    "共 总 应 需 计划 目标 任务 受理 收到 接到 接报 申报 申请 报名 抽检 抽查 检查 检测 排查 查处 查出 发现 登记"
    " 在册 核定 下达 预算 参加 参训 立案"
    " 交办 转办 承办 有效 摸排 巡查 问卷 发放 回收 诉求 送审 存量 既有 现有 辖区 涉及 纳入 列入 全年 本年 累计"
)
# What stands before a rate's verb without saying of what the rate is.
_MODIFIERS = any_of("按期 按时 及时 全年 年度 总体 平均 其 一次性? 最终 合同 综合 整体 累计 实际 总 工作 任务 目标")
_VERB = re.compile(r"([\u4e00-\u9fff]{2})率$")
_EXECUTION = any_of("执行率 支出率 支付率 拨付率 使用率 支出进度 执行进度")
_SPENT = any_of("执行 支出 支付 拨付 使用 完成 决算")
_BUDGET = any_of("预算 下达 安排 到位 资金 批复 指标")
_SHARE = re.compile(r"(?:^|[，、])其?(?:占[^，]*|占比|比例|比重)$|占比$")
# A rate of several things together is of none of the counts alone.
_OF_SEVERAL = re.compile(r"(?:总体|综合|平均|合计)(?!.*(?:执行|支出)率)")
# What a share is of, where the words right before it say so (，服务小农户占 67.9 %).
_OWN_SUBJECT = re.compile(r"(?:^|[，,、；;（(])(?P<subject>[\u4e00-\u9fff]{4,}?)(?:占|的?比例|的?比重)[^，,、；;]*$")
_WHOLE_SHARE = re.compile(r"^(?:其|约|分别|合计|共计|两项|三项|以上)")
_INITIAL = re.compile(r"年初|期初")
_OF_YEAR = re.compile(r"(?:全年|年度|调整后)[^，]{0,6}预算")
_OF_ONE_KIND = any_of("其中 基本支出 项目 专项 三公 经费 财政拨款 采购")
_PLANNED = re.compile(r"预算(?:数|额|总额|金额)?(?:为|是)?$")
# What is done when a rate is of its doing, where other words than the rate's own say it.
_SAID: Final = {
    "办结": "办结|结案|办理完|已办", "结案": "结案|办结", "完成": "完成|已", "达标": "达标|合格",
    "处置": "处置|处理", "处理": "处理|处置", "签约": "签约|签订", "及时": "及时|按时|按期|限内",
    "按期": "按期|按时", "参与": "参与|参加", "参训": "参训|参加", "完工": "完工|竣工", "消除": "消除|整改",
    "化解": "化解|办结", "取证": "取得|取证|获证", "收缴": "收缴|实收|已收", "征缴": "征缴|实缴|已缴",
    "征收": "征收|实收", "到账": "到账|实到", "兑现": "兑现|兑付", "归集": "归集|实收",
}  # fmt: skip
# Where something is done is no count of what was done (接种点 9 个 beside 接种率).
_PLACES = re.compile(r"[\u4e00-\u9fff]{2}[点站所室队]")
# How far back a whole may have been named, in sentences.
_REACH: Final = 3


def n1(context: Context) -> Iterator[Check]:
    """A rate that its own numerator and denominator in the same passage do not give."""
    known = {(f.line.execution_rate, _value(f.line.executed)) for f in context.book.funds}
    for passage in (*context.prose, *context.cells):
        for percent, (part, whole) in (*_rates(passage), *_shares_of(passage)):
            if part.unit != "元" or (percent.value, part.value) not in known:  # else F1 says it
                yield _rate_finding(passage, percent, part, whole)


def _rates(passage: Passage) -> Iterator[tuple[Percent, tuple[Count, Count]]]:
    """Rates that their passage belies, with numerator and denominator."""
    listed = sentences(passage.text)
    for index, sentence in enumerate(listed):
        for percent in sentence.percents:
            pair = (
                None
                if not percent.name.endswith("率")
                else _pair(percent, sentence, listed[max(0, index - _REACH) : index])
            )
            if pair is not None:
                yield percent, pair


def _shares_of(passage: Passage) -> Iterator[tuple[Percent, tuple[Count, Count]]]:
    """Shares (占 71 %) that their sentence belies, with the part and the whole."""
    for sentence in sentences(passage.text, whole=True):
        for percent in sentence.percents:
            pair = _share_pair(percent, sentence) if _is_share(percent) else None
            if pair is not None and not _evened(percent, pair, sentence):
                yield percent, pair


def _evened(percent: Percent, pair: tuple[Count, Count], sentence: Sentence) -> bool:
    """Whether a share is off by its last place alone, so that all shares make 100 %."""
    part, whole = pair
    all_shares = sum(p.value for p in sentence.percents if _is_share(p))
    off = abs(part.value / whole.value * FULL - percent.value)
    return off <= 1.5 * percent.step and abs(all_shares - FULL) < percent.step / 2


def _is_share(percent: Percent) -> bool:
    """Whether a percentage says what part of a whole stands before it (占 71 %, 占比, 比例)."""
    return not percent.name.endswith("率") and _SHARE.search(percent.name) is not None


def _share_pair(percent: Percent, sentence: Sentence) -> tuple[Count, Count] | None:
    """The count right before a share, and the one before the 其中 that it stands behind (or a count named a total)."""
    before = [c for c in sentence.counts if c.end <= percent.start]
    if not before or before[-1].rough or percent.value > FULL or _COMPARED.search(percent.name):
        return None
    part = before[-1]
    between = sentence.text[part.end - sentence.start : percent.start - sentence.start]
    if between.count("，") > 1 or re.search(r"[%；;。]", between):
        return None
    own = _OWN_SUBJECT.search(between)
    if own is not None and own.group("subject") not in part.clause and not _WHOLE_SHARE.search(own.group("subject")):
        return None
    marker = sentence.text.rfind("其中", 0, part.start - sentence.start)
    larger = [c for c in before[:-1] if c.unit == part.unit and c.value >= part.value]
    wholes = [c for c in larger if c.end - sentence.start <= marker] if marker >= 0 else larger
    if not wholes or any(_gives(part, c, percent) or _gives_rest(part, c, percent) for c in before[:-1]):
        return None
    whole = wholes[-1]
    named = marker >= 0 or _WHOLE.search(whole.clause)
    return (part, whole) if named and not whole.rough else None


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.value


def _rate_finding(passage: Passage, percent: Percent, part: Count, whole: Count) -> Check:
    expected = plain(part.value / whole.value * 100, max(2, decimals(percent.text) or 0))
    name = percent.name if percent.name.endswith(("率", "比", "比例", "比重")) else "占比"
    message = f"文中{name}为{percent.text}，而{part.text}÷{whole.text}得{expected}%。"
    shown = passage.evidence((part.start, part.end), (whole.start, whole.end), (percent.start, percent.end))
    return finding("N1", "error", message, shown, expected=f"{expected}%", found=percent.text)


def _pair(percent: Percent, sentence: Sentence, before: Sequence[Sentence]) -> tuple[Count, Count] | None:
    """Numerator and denominator of a rate where they do not give it; None where they do or cannot be told."""
    context = sentence.text[max(0, percent.start - sentence.start - 8) : percent.start - sentence.start]
    if _COMPARED.search(percent.name) or _CHANGED.search(context) or _OF_SEVERAL.match(percent.name):
        return None
    own = [c for c in sentence.counts if c.end <= percent.start]
    last = [p for p in sentence.percents if p.end <= percent.start]
    part = _numerator(percent, own, sentence, last[-1].end if last else sentence.start)
    if part is None or part.rough:
        return None
    earlier = [c for s in before for c in s.counts]
    pool = [c for c in (*earlier, *sentence.counts) if c is not part and c.unit == part.unit and c.end <= percent.start]
    if not pool or any(_gives(part, c, percent) or _gives_rest(part, c, percent) for c in pool):
        return None
    later = [c for c in sentence.counts if c.start >= percent.end and c.unit == part.unit]
    if any(_gives(part, c, percent) or _gives(c, part, percent) for c in later):
        return None
    if any(_gives(a, b, percent) for a in pool for b in pool if a is not b):
        return None
    whole = _denominator(percent, part, pool, sentence)
    if whole is not None and _of_one_unseen(percent, part, sentence):
        return None
    return None if whole is None or whole.rough else (part, whole)


def _of_one_unseen(percent: Percent, part: Count, sentence: Sentence) -> bool:
    """Whether another count and its rate are of the same whole, which no words give (开工61个、开工率72.6%)."""
    for other in sentence.percents:
        beside = [c for c in sentence.counts if c.end <= other.start and c.unit == part.unit]
        if other is percent or not beside or beside[-1] is part or other.value <= 0:
            continue
        whole = beside[-1].value / other.value * FULL
        slack = whole * other.step / other.value
        unseen = Count(whole, slack, part.unit, "", 0, 0, "", rough=False)
        if _gives(part, unseen, percent):
            return True
    return False


def _numerator(percent: Percent, own: Sequence[Count], sentence: Sentence, since: int) -> Count | None:
    """The count that the rate's verb stands beside, or the last one before a share."""
    counts = [c for c in own if c.start >= since]
    spent = [c for c in counts if c.unit == "元" and _SPENT.search(c.clause) and not _PLANNED.search(c.clause)]
    if _EXECUTION.search(percent.name) or any("决算" in c.clause for c in spent[-1:]):
        return spent[-1] if spent else None
    verb = _VERB.search(percent.name)
    if verb is None:
        return None
    wanted = re.compile(rf"(?<![未没不])(?:{_SAID.get(verb.group(1), re.escape(verb.group(1)))})")
    # "680批次合格率98.8%": of so many, not so many of them.
    counts = [c for c in counts if wanted.search(c.clause) or not _heads(c, percent, sentence)]
    named = [c for c in counts if percent.name.removesuffix("率") in c.clause]
    fitting = named or [c for c in counts if wanted.search(_PLACES.sub("", around(c, sentence)))]
    if not fitting:
        return None
    told = _told(percent.name[: verb.start()], sentence.text[: fitting[-1].end - sentence.start])
    return fitting[-1] if told else None


def _heads(count: Count, percent: Percent, sentence: Sentence) -> bool:
    """Whether the rate's name follows a count without a mark between them."""
    between = sentence.text[count.end - sentence.start : percent.start - sentence.start]
    return re.fullmatch(r"\s*[\u4e00-\u9fff]*率[为达是到仅只约]*\s*", between) is not None


def _told(subject: str, before: str) -> bool:
    """Whether what a rate is of ("高校毕业生" of 高校毕业生就业率) was spoken of before it."""
    plain = _MODIFIERS.sub("", subject)
    return len(plain) < 2 or any(plain[i : i + 2] in before for i in range(len(plain) - 1))


def _denominator(percent: Percent, part: Count, pool: Sequence[Count], sentence: Sentence) -> Count | None:
    """The whole that a part was taken from: what the words before it name a total, nearest first."""
    if percent.value > FULL:
        return None
    larger = [c for c in pool if c.value >= part.value and not c.rough]
    own = [c for c in larger if c.start >= sentence.start and c.end <= part.start]
    if _EXECUTION.search(percent.name) or "决算" in part.clause:
        return _budget(part, own, larger, sentence)
    if own and len({c.value for c in own}) == 1:
        return own[-1]
    named = [c for c in own if _WHOLE.search(c.clause)]
    if named:
        return named[-1]
    if own:
        return None
    # A sentence further back: only a count of the same thing, and only one.
    same = [
        c for c in larger if c.start < sentence.start and _shares(part.clause, c.clause) and _WHOLE.search(c.clause)
    ]
    return same[-1] if len({c.value for c in same}) == 1 else None


def _budget(part: Count, own: Sequence[Count], larger: Sequence[Count], sentence: Sentence) -> Count | None:
    """The budget that was spent from: named in the sentence, else the whole year's named before it."""
    named = [c for c in own if _BUDGET.search(c.clause) and not _INITIAL.search(c.clause)]
    if named:
        return named[-1]
    if _OF_ONE_KIND.search(sentence.text[: part.end - sentence.start]):
        return None
    earlier = [c for c in larger if c.end <= sentence.start and _OF_YEAR.search(c.clause)]
    return earlier[-1] if earlier else None


def _shares(left: str, right: str) -> bool:
    """Whether two clauses name the same thing: three characters of one stand in the other."""
    plain_left = re.sub(r"[^\u4e00-\u9fff]", "", left)
    return any(plain_left[i : i + 3] in right for i in range(len(plain_left) - 2))


def _gives(part: Count, whole: Count, percent: Percent) -> bool:
    if whole.value <= 0:
        return False
    low = (part.value - part.step / 2) / (whole.value + whole.step / 2) * 100
    high = (part.value + part.step / 2) / (whole.value - whole.step / 2) * 100 if whole.value > whole.step / 2 else 1e9
    return high >= percent.value - percent.step / 2 - 1e-9 and low <= percent.value + percent.step + 1e-9


def _gives_rest(part: Count, whole: Count, percent: Percent) -> bool:
    """Whether the rate is of what is left, or of both together."""
    if whole.value > part.value:
        rest = Count(whole.value - part.value, whole.step + part.step, part.unit, "", 0, 0, "", rough=False)
        if _gives(rest, whole, percent):
            return True
    both = Count(whole.value + part.value, whole.step + part.step, part.unit, "", 0, 0, "", rough=False)
    return _gives(part, both, percent)
