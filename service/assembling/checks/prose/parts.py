"""N2: parts listed in a sentence that do not add up to their total.

A list behind 其中 need not be all of its total, so a shortfall alone is no contradiction: it is one where the parts are
more than the total, leave nothing over by their kind, or miss it by one digit of one figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.assembling.checks.context import Context, Passage, finding, plain
from service.assembling.checks.prose.sentences import Count, Sentence, any_of, sentences
from service.assembling.quantities import decimals, sum_slips
from service.schema import Check

# From a total to its parts, without another clause that could be what they are of.
_LEADS = re.compile(
    r"[^。；;，,\d]{0,24}(?:[，,][^。；;，,\d]{0,12}率[^。；;，,\d]{0,4}\d+(?:\.\d+)?\s*[%％])?[。，,：:（(]?\s*"
)
_OF_WHICH = re.compile(r"[，,：:（(]?\s*(?:其中|分别为|分别是|包括|含)[：:，,]?")
_TOGETHER = re.compile(r"(?:以上)?(?:[两二三四五六七八]者|[两二三四五六七八][项类])?(?:合计|共计|总计|总共)(?:为|达)?")
# Kinds that between them leave nothing over.
_WHOLES: Final = (
    ("男", "女"), ("行政", "事业"), ("城镇", "农村"), ("城市", "农村"), ("基本支出", "项目支出"), ("新建", "改"),
    ("线上", "线下"), ("一般公共预算", "政府性基金"), ("投诉", "举报"), ("在职", "退休"), ("财政", "自筹"),
    ("中央", "省"), ("省级", "市"), ("已", "未"), ("合格", "不合格"), ("室内", "室外"), ("上半年", "下半年"),
    ("主动", "被动"),
)  # fmt: skip
# A part that lies within another (of the 9 above a hundred million, 1 above five hundred) is no part beside it.
_NESTED = any_of(
    "另 以上 以下 其中 新增 累计 含 平均 每 人均 同比 较 比 达到 获 剩余 目标 计划 年均 最 高于 低于 超过"
    " 外聘 编外 临聘"
)
# What people have besides being of one kind: who has one is no part beside those who are of the other kinds.
_TRAIT = any_of("职称 学历 学位 党员 研究生 本科 大专 持证")
_PLANNED = re.compile(r"预算(?!执行)")
_BRACKETED = re.compile(r"[（(][^（(]*[）)]")
# Counts beyond this many times a total are of something else.
MOST_TIMES = 2.0
# What is reckoned in single ones is told in the scale of its total.
_SCALES = {"亿": 1e8, "万": 1e4}


def n2(context: Context) -> Iterator[Check]:
    """Parts listed in prose that do not add up to their total."""
    for passage in (*context.prose, *context.cells):
        for sentence in sentences(passage.text, whole=True):
            yield from _listed(passage, sentence)
            yield from _summed(passage, sentence)


def _listed(passage: Passage, sentence: Sentence) -> Iterator[Check]:
    """A total followed by 其中 and its parts."""
    for marker in _OF_WHICH.finditer(sentence.text):
        at = sentence.start + marker.start()
        totals = [c for c in sentence.counts if c.end <= at and not c.rough]
        if not totals or not _LEADS.fullmatch(sentence.text[totals[-1].end - sentence.start : marker.start()]):
            continue
        total = totals[-1]
        wholes = [c for c in totals if c.unit == total.unit]
        parts = _parts(sentence, total, sentence.start + marker.end(), _closing(sentence, marker))
        if len(parts) < 2 or _mixed(parts) or any(_adds_up(whole, parts) for whole in wholes):
            continue
        if _overlap(total, parts):
            continue
        if _wrong(total, parts, exhaustive=_complete(parts)):
            yield _sum_finding(passage, total, parts)


def _closing(sentence: Sentence, marker: re.Match[str]) -> int:
    """Where the bracket that holds the parts closes; the sentence's end where there is none."""
    text = sentence.text
    opened = max(text.rfind("（", 0, marker.end()), text.rfind("(", 0, marker.end()))
    shut = max(text.rfind("）", 0, marker.start()), text.rfind(")", 0, marker.start()))
    if opened <= shut:
        return sentence.start + len(text)
    ends = [i for mark in "）)" if (i := text.find(mark, marker.end())) >= 0]
    return sentence.start + min(ends, default=len(text))


def _parts(sentence: Sentence, total: Count, start: int, end: int) -> list[Count]:
    """The counts of the total's unit that follow, up to the first that says it is something else."""
    parts: list[Count] = []
    for count in sentence.counts:
        if count.start < start or count.end > end or _depth(sentence, count) > _depth(sentence, start):
            continue
        between = sentence.text[(parts[-1].end if parts else start) - sentence.start : count.start - sentence.start]
        if parts and _TRAIT.search(between) and not _TRAIT.search(parts[0].clause):
            break
        if parts and (
            _NESTED.search(between) or re.search(r"其中|(?<!公)共(?!预算|用)|合计|总|前[二三四五两]", between)
        ):
            break
        if count.unit != total.unit:
            if parts and re.fullmatch(r"[（(]?[^，；。]{0,8}", between):
                continue
            break
        if count.rough:
            return []
        parts.append(count)
        if (
            len(parts) > 1
            and abs(sum(p.value for p in parts) - total.value) <= sum(p.step for p in parts) / 2 + total.step + 1e-9
        ):
            break
    return parts


def _mixed(parts: Sequence[Count]) -> bool:
    """Whether budgets stand among what was spent of them ("基本支出预算…，执行…；项目支出预算…"): F3 adds these up."""
    planned = [_PLANNED.search(part.clause) is not None for part in parts]
    return parts[0].unit == "元" and any(planned) and not all(planned)


def _complete(parts: Sequence[Count]) -> bool:
    """Whether the parts are kinds that leave nothing over."""
    words = [re.sub(r"^[\s和及与、，]*", "", part.clause) for part in parts]
    if len(parts) == 2:
        return any((a in words[0] and b in words[1]) or (b in words[0] and a in words[1]) for a, b in _WHOLES)
    return False


def _summed(passage: Passage, sentence: Sentence) -> Iterator[Check]:
    """Parts followed by 合计 and their total."""
    counts = sentence.counts
    for index, total in enumerate(counts):
        if index < 2 or total.rough or not _TOGETHER.fullmatch(total.clause.strip()):
            continue
        parts: list[Count] = []
        for count in reversed(counts[:index]):
            if _depth(sentence, count) > _depth(sentence, total):
                continue
            between = _BRACKETED.sub(
                "",
                sentence.text[
                    count.end - sentence.start : (parts[-1].start if parts else total.start) - sentence.start
                ],
            )
            if (
                count.unit != total.unit
                or count.rough
                or re.search(r"其中|合计|共|每", count.clause + between if parts else between[: between.find("合计")])
                or len(between) > 24
            ):
                break
            parts.append(count)
        parts.reverse()
        if parts and (_is_total_of(sentence, parts[0]) or (len(parts) > 2 and parts[0].value == total.value)):
            parts = parts[1:]  # the whole, said at the head too
        if len(parts) >= 2 and _wrong(total, parts, exhaustive=True):
            yield _sum_finding(passage, total, parts)


def _is_total_of(sentence: Sentence, count: Count) -> bool:
    """Whether a count is a total itself that 其中 splits up."""
    return re.match(r"\s*[，,：:（(]?\s*其中", sentence.text[count.end - sentence.start :]) is not None


def _depth(sentence: Sentence, at: Count | int) -> int:
    """How many brackets are open there."""
    before = sentence.text[: (at if isinstance(at, int) else at.start) - sentence.start]
    return sum(before.count(mark) for mark in "（(") - sum(before.count(mark) for mark in "）)")


def _adds_up(total: Count, parts: Sequence[Count]) -> bool:
    return abs(sum(part.value for part in parts) - total.value) <= _slack(total, parts) + 1e-9


def _slack(total: Count, parts: Sequence[Count]) -> float:
    """What rounding may take from a sum, or add to it."""
    return sum(part.step for part in parts) / 2 + total.step


def _overlap(total: Count, parts: Sequence[Count]) -> bool:
    """Whether counts make so much more than their total that they are no parts of it (detained, then arrested)."""
    got = sum(part.value for part in parts)
    return got > MOST_TIMES * total.value and not _slip(total, parts)


def _wrong(total: Count, parts: Sequence[Count], *, exhaustive: bool) -> bool:
    got, slack = sum(part.value for part in parts), _slack(total, parts)
    if _adds_up(total, parts):
        return False
    if exhaustive or got > total.value + slack:
        return True
    return len(parts) >= 2 and total.value >= 100 and _slip(total, parts)


def _slip(total: Count, parts: Sequence[Count]) -> bool:
    """Whether one figure read with one digit otherwise would close the sum."""
    if len(parts) < 3 and total.value < 1000:
        return False
    places = max(decimals(c.text) or 0 for c in (total, *parts))
    return sum_slips(total.value, [part.value for part in parts], places)


def _sum_finding(passage: Passage, total: Count, parts: Sequence[Count]) -> Check:
    scale = next((mark for mark in _SCALES if mark in total.text), "")
    got = sum(part.value for part in parts) / _SCALES.get(scale, 1.0)
    named = "、".join(part.text for part in parts)
    unit = f"{scale}{total.unit}"
    message = f"文中{named}合计{plain(got, 6)}{unit}，与总数{total.text}不一致。"
    shown = passage.evidence((total.start, total.end), *((p.start, p.end) for p in parts))
    return finding("N2", "error", message, shown, expected=f"{plain(got, 6)}{unit}", found=total.text)
