"""Running text as sentences with their counts and percentages: the small grammar that the checks on prose read by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from service.assembling.quantities import decimals

# Longer units first, so that 平方米 is not read as 平.
_UNITS: Final = (
    "万亿元 亿元 万元 元 个百分点 平方公里 平方米 立方米 公里 公顷 万亩 亩 万人次 人次 人天 车次 台次 户次 家次"
    " 场次 批次 班次 卷次 件次 册次 项次 组次 剂次 台套 门次 课时 学时 小时 分钟 千瓦时 千克 公斤 吨 米 个 次 项"
    " 人 件 份 名 家 户 台 套 辆 座 处 所 间 条 篇 期 部 种 类 批 场 册 本 张 幅 块 栋 幢 棵 株 头 只 盏 组 位 例"
    " 宗 起 轮 艘 架 卷 眼 笔 封 门 支 片 具 枚 单 页 集 口 根 瓶 箱 袋 桶 段 则 版 首 剂 床"
)
# What some print between thousands in place of a comma (34 067.71).
BLANK: Final = "[ \u00a0\u2009\u202f]"
# Ordinals, dates, codes and clauses of decrees are numbers but count nothing.
_COUNT = re.compile(
    rf"(?<!\d{BLANK})(?<![\d.,第〔\[【号文-])(?P<about>(?<![签节预合条契])约|近|超过|超|逾|不少于|不低于|至少|不足)?\s*"
    rf"(?P<number>\d{{1,3}}(?:(?:,\d{{3}})+|(?:{BLANK}\d{{3}})+(?!\d))(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<scale>[百千万亿]?)(?P<more>余|多)?\s*"
    rf"(?P<unit>{_UNITS.replace(' ', '|')})(?!以上|以下|级|线|％|%)"
)
_PERCENT = re.compile(
    r"(?P<name>[\u4e00-\u9fff“”]{0,14}?(?:率|占比|比例|比重)|占[^，。；、,;%\d]{0,16}?)"
    r"(?:已?达到?了?|为|约?为|均?为|是|仅|只有|完成)?\s*[：:（(]?\s*(?P<number>\d{1,3}(?:\.\d+)?)\s*[%％]"
)
_SENTENCE = re.compile(r"[。；;！!？?\n]")
# A list may go on behind semicolons, and begin behind a full stop with 其中.
_PERIOD = re.compile(r"[。！!？?\n](?!\s*其中)")
_CLAUSE = re.compile(r"[，,；;。：:（）()]")
# Counters that take turns within one sentence.
_SAME_UNITS: Final = {"名": "人"}
_SCALES: Final = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "万亿": 1e12}


def bare(printed: str) -> str:
    """A printed number without what keeps its thousands apart."""
    return re.sub(rf",|{BLANK}", "", printed)


def any_of(words: str) -> re.Pattern[str]:
    """A pattern that finds any of the words (patterns themselves, set apart by blanks)."""
    return re.compile("|".join(words.split()))


@dataclass(frozen=True)
class Count:
    """A number with its unit in a text; `start` and `end` cover both, `clause` is what stands before it.

    Money is in 元. `step` is one unit of its last place, 0 for a whole number, which counts. A `rough` one (约, 余) is
    no figure to reckon with.
    """

    value: float
    step: float
    unit: str
    text: str
    start: int
    end: int
    clause: str
    rough: bool


@dataclass(frozen=True)
class Percent:
    """A printed percentage with the words that name it."""

    name: str
    value: float
    step: float
    text: str
    start: int
    end: int


@dataclass
class Sentence:
    """A sentence of a passage; offsets are the passage's."""

    text: str
    start: int

    @cached_property
    def counts(self) -> list[Count]:
        found: list[Count] = []
        for match in _COUNT.finditer(self.text):
            if re.match(r"\s*[年月日号度]", self.text[match.end("number") :]):
                continue
            before = _CLAUSE.split(self.text[found[-1].end - self.start if found else 0 : match.start()])
            printed = bare(match.group("number"))
            factor = _SCALES[match.group("scale")]
            unit = match.group("unit")
            unit = _SAME_UNITS.get(unit, unit)
            if unit.endswith("元") and len(unit) > 1:
                factor *= _SCALES[unit[:-1]]
                unit = "元"
            words = before[-1] if before[-1].strip() or len(before) < 2 else before[-2]
            found.append(
                Count(
                    float(printed) * factor,
                    10.0 ** -(decimals(printed) or 0) * factor if "." in printed or factor > 1 else 0.0,
                    unit,
                    match.group().strip(),
                    self.start + match.start(),
                    self.start + match.end(),
                    words,
                    bool(match.group("about") or match.group("more"))
                    or self.text[match.end() : match.end() + 2] in ("左右", "以上"),
                )
            )
        return found

    @cached_property
    def percents(self) -> list[Percent]:
        return [
            Percent(
                m.group("name").strip("“”"),
                float(m.group("number")),
                10.0 ** -(decimals(m.group("number")) or 0),
                m.group("number") + "%",
                self.start + m.start("number"),
                self.start + m.end(),
            )
            for m in _PERCENT.finditer(self.text)
        ]


def sentences(text: str, *, whole: bool = False) -> list[Sentence]:
    """The sentences of a text; `whole` keeps together what semicolons divide, and a list behind 其中 with its total."""
    found, start = [], 0
    for match in (_PERIOD if whole else _SENTENCE).finditer(text):
        found.append(Sentence(text[start : match.start()], start))
        start = match.end()
    found.append(Sentence(text[start:], start))
    return [s for s in found if s.text.strip()]


def around(count: Count, sentence: Sentence) -> str:
    """A count's clause with what stands right behind it ("3198批次合格")."""
    behind = sentence.text[count.end - sentence.start :]
    return count.clause + re.split(r"[，,、：:（）()\d]", behind, maxsplit=1)[0]
