"""Budget paragraphs → figures, each with its category and column.

A paragraph is read figure by figure. What the words before a figure leave unsaid is inherited from the figure before;
words that are neither category nor column name a narrower subject, whose figures are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from service.assembling.prose.amounts import ENUMERATION, Value, enumerated, values
from service.assembling.prose.budget_words import CHANGES, SEPARATORS, Column, Phrases, Words
from service.assembling.prose.plain import Packed, pack, plain
from service.assembling.prose.sections import Part, Section

SOURCES: Final = ("fiscal", "carryover", "other")
_SPENDING: Final = ("basic", "project")
_FOREIGN: Final = "foreign"
_LISTED: Final = "listed"
_BREAKS: Final = "。!?"
_INTERIM: Final = re.compile(
    r"上半年|下半年|前三季度|[一二三]季度|四季度|第[一二三四]季度|(?<!\d)(?:[1-9]|1[01])月(?:份)?(?:底|末)"
    r"|截[至止]到?(?:20\d{2}年)?(?:[1-9]|1[01])月|时序|序时"
)
_PAST: Final = re.compile(r"上年|去年|上一年|上年度|同期|与.{0,12}相比|明年|下年度?(?!使用)|次年")
# How a sentence begins that splits up the figure before it.
_SAME_COLUMN: Final = re.compile(
    r"其|包括|(?:资金|经费|收入)*来源|[从按](?:照)?(?:资金|支出|经费|预算)*(?:来源|性质|构成|用途|结构|类别)"
)
_SHARE: Final = re.compile(r"[,(]?占[^,;。\d]{0,10}")
_RESPECTIVELY: Final = re.compile(r"分别(?:为|是|达到?|支出|执行|安排|完成|调整为)?|依次为|各为")
_BOTH: Final = re.compile(r"(?:两|二)(?:者|项|类)|前后者")
_JOINTS: Final = re.compile(r"、|以及|(?<!收)和|与|及")
_CARRIED: Final = re.compile(r"(?:上年度?|去年)(?:财政拨款)?(?:结转|结余)")
_PARTS: Final = re.compile(r"基本支出|项目支出")
_TOTAL: Final = re.compile(
    r"部门(?:整体)?(?:预算|支出|决算|总)|整体支出|总支出|支出(?:合计|总计|总额)|合计支出|总预算|预算总|(?:预算|资金|支出)合计"
    r"|单位预算|可用资金"
)
_TOTAL_RATE: Final = re.compile(
    r"(?:整体|总体|综合|部门预算|部门|总的?)(?:预算|支出|资金)*(?:执行|支出|支付|完成)(?:率|进度|比)"
)
_BARE_RATE: Final = re.compile(r"(?:完成|使用)(?:率|进度|比率|比例)")
_WHOLE_YEAR: Final = re.compile(
    r"全年(?:预算|实际|累计)?(?:数|支出|执行)?|调整后[^,;]{0,4}预算|年初[^,;]{0,6}预算|累计支出|总支出"
)


class Found(NamedTuple):
    """A figure with the words that it was read by. `value` is in 元, or percent."""

    part: Part
    start: int
    end: int
    text: str
    value: float
    step: float
    column: Column
    category: str
    named: bool
    others: tuple[str, ...] = ()
    label: str | None = None


class Reader:
    """Reads the figures of budget paragraphs in order; the budget spoken of last (年初, 全年) is kept between them."""

    def __init__(self, subject: str | None, year: int | None) -> None:
        self.phrases = Phrases(subject)
        self.year = year
        self.mode: Column | None = None

    def section(self, section: Section) -> Iterator[Found]:
        """The figures of one section, those without a category taken for what its title speaks of."""
        title = plain(section.title or "")
        basic, project = "基本支出" in title, "项目支出" in title
        default = "total" if basic is project else "basic" if basic else "project"
        for part in section.parts:
            passage = _Passage(part, self.phrases, self.year, default, self.mode)
            yield from passage.read()
            self.mode = passage.mode


@dataclass
class _Passage:
    """One paragraph, and what the figures read so far say of the next one."""

    part: Part
    phrases: Phrases
    year: int | None
    default: str
    mode: Column | None
    category: str = ""
    column: Column | None = None
    group: list[str] = field(default_factory=list)
    """The two parts of the whole that were named last: what 前者, 后者 and 两项 refer to."""
    aside: bool = False
    """Whether the narrower figure just read was a bare sum: what follows may speak of the whole again."""
    seen: set[tuple[str, Column]] = field(default_factory=set)
    brackets: list[tuple[str, Column | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.category = self.default
        packed = pack(self.part.paragraph.text)
        inside = [i for i, offset in enumerate(packed.offsets) if self.part.start <= offset < self.part.end]
        first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
        self.text = Packed(packed.text[first:last], packed.offsets[first:last])

    def read(self) -> Iterator[Found]:
        found = values(self.text.text)
        position = 0
        for index, value in enumerate(found):
            yield from self._figure(self.text.text[position : value.lead], found, index)
            position = value.end

    def _figure(self, phrase: str, found: Sequence[Value], index: int) -> Iterator[Found]:
        phrase = self._sentence(self._bracketed(phrase))
        listed = _listed(phrase)
        group = enumerated(self.text.text, found, index) if listed is not None else []
        if listed is not None and len(group) > 1:
            for words, member in zip(self._targets(listed, phrase, len(group)), group, strict=False):
                yield from self._assign(member, words, phrase)
            self.category = _LISTED
            return
        if self.category == _LISTED:
            if ENUMERATION.match(phrase):
                return
            self.category = self.group[-1] if len(self.group) > 1 and ";" not in phrase else self.default
        for match in _PARTS.finditer(phrase):
            self._mention("basic" if match.group().startswith("基本") else "project")
        yield from self._assign(found[index], self.phrases.read(phrase, percent=found[index].percent), phrase)

    def _bracketed(self, phrase: str) -> str:
        """Enter and leave brackets: what stands in one says nothing of what follows it."""
        after = 0
        for position, char in enumerate(phrase):
            if char == "(":
                self.brackets.append((self.category, self.column))
            elif char == ")":
                after = position + 1
                if self.brackets:
                    self.category, self.column = self.brackets.pop()
        return phrase[after:]

    def _sentence(self, phrase: str) -> str:
        """The part of the phrase in the figure's own sentence; a new one speaks of the whole again."""
        if not any(mark in phrase for mark in _BREAKS):
            if ";" in phrase and self.category == _FOREIGN:
                self.category = self.default
            return phrase
        phrase = re.split(rf"[{_BREAKS}]", phrase)[-1]
        self.brackets = []
        if self.category not in _SPENDING or not re.match(r"(?:预算)?执行率|其", phrase):
            self.category = self.default
        if not _SAME_COLUMN.match(phrase):
            self.column = None
        return phrase

    def _mention(self, category: str) -> None:
        if category in _SPENDING and self.group[-1:] != [category]:
            self.group = [*self.group[-1:], category]

    def _assign(self, value: Value, words: Words, phrase: str) -> Iterator[Found]:
        """The figure with its category and column, where the words give it both."""
        if words.foreign and words.column not in CHANGES:
            if words.column is not Column.LEFT:
                self.category, self.aside = _FOREIGN, words.column is None
            return
        if words.empty:
            return
        share = _SHARE.match(self.text.text, value.end)
        column, named = self._column(words, value.percent, share.group() if share else "")
        if column in (Column.OTHER, Column.LEFT) or value.percent != (column is Column.RATE):
            return
        if column is Column.RATE and _BARE_RATE.fullmatch(words.label or "") and self.column is not Column.EXECUTED:
            return  # a 完成率 of something else than money
        category = self._category(words, column, phrase)
        if category == _FOREIGN:
            return
        if self._is_other_time(phrase, column):
            self.category = self.category if column in CHANGES else _FOREIGN
            return
        self._remember(category, column, named)
        start, end = self.text.span(value.start, value.end)
        yield Found(
            self.part, start, end, self.part.paragraph.text[start:end], value.value, value.step, column, category,
            named=named and not words.foreign,
            others=tuple(c for c in (self.default, *self.group) if c != category) if words.category is None else (),
            label=words.label,
        )  # fmt: skip

    def _remember(self, category: str, column: Column, named: bool) -> None:
        if column is not Column.RATE:
            self.column = column
        if named and column in (Column.INITIAL, Column.ANNUAL):
            self.mode = column
        self.seen.add((category, column))

    def _column(self, words: Words, percent: bool, share: str) -> tuple[Column, bool]:
        """The column of a figure, and whether its own words name it. `share` is what it is said to be a share of."""
        column = words.column
        if column is Column.BUDGET and self.mode is not None:
            is_spent = words.label == "预算支出" and self.mode is Column.ANNUAL
            return (Column.EXECUTED if is_spent else self.mode), is_spent
        if column is not None:
            return column, True
        if percent:
            return Column.OTHER, False
        if self.column in CHANGES and words.category in SOURCES:
            return Column.ANNUAL, False
        if self.column is not None:
            return self.column, False
        if words.category == "carryover":
            return self.mode or Column.INITIAL, False  # what came over from the year before was there to be spent
        return ((self.mode or Column.BUDGET) if "预算" in share else Column.EXECUTED), False

    def _category(self, words: Words, column: Column, phrase: str) -> str:
        """Whose figure it is: as named, else as the figures before it suggest."""
        said = self._referred(words.category)
        if said is not None:
            if said == words.category:
                self._mention(said)
            self.category = said
            return said
        if self.category == _FOREIGN and self.aside and words.column is not None and _WHOLE_YEAR.search(phrase):
            self.category = self.default
        if column is Column.RATE:
            return self.default if _TOTAL_RATE.search(phrase) else self.category
        if _TOTAL.search(phrase):
            self.category = self.default if column in CHANGES else "total"
        elif self.category in SOURCES or (self.category in _SPENDING and self._list_is_over(column)):
            self.category = self.default
        return self.category

    def _list_is_over(self, column: Column) -> bool:
        """Whether a column new to the parts listed is of the whole again ("基本支出 A，项目支出 B，全年支出 C")."""
        first = self.group[0] if len(self.group) > 1 else self.category
        return (self.category, column) in self.seen or (first != self.category and (first, column) not in self.seen)

    def _referred(self, category: str | None) -> str | None:
        if category not in ("former", "latter"):
            return category
        if len(self.group) < 2:
            return None
        return self.group[0 if category == "former" else -1]

    def _is_other_time(self, phrase: str, column: Column) -> bool:
        """Whether a figure is of another year, or of part of this one."""
        last = phrase.rpartition(";")[2]
        nearest = re.split(r"[,:]", last)[-1]
        if column in CHANGES:
            return _PAST.search(nearest) is not None
        years = [int(y) for y in re.findall(r"(20\d{2})年", last)]
        if self.year is not None and years and years[-1] != self.year:
            return True
        if column in (Column.EXECUTED, Column.RATE) and _INTERIM.search(last):
            return True
        return _PAST.search(_CARRIED.sub("", nearest)) is not None

    def _targets(self, listed: str, phrase: str, count: int) -> list[Words]:
        """What each of `count` figures behind 分别 is, by the list before it; none where they differ in number."""
        bare = _BOTH.sub("", listed)
        members = [member for member in _JOINTS.split(bare) if member]
        said = self.phrases.segment(bare)
        is_clear = not any(self.phrases.segment(s).foreign for s in SEPARATORS.split(_BOTH.sub("", phrase)) if s)
        if len(members) <= 1 and said.category is None and len(self.group) == count == 2 and is_clear:
            return [said._replace(category=category) for category in self.group]
        found = [self.phrases.segment(member) for member in members]
        if len(members) != count or any(words.foreign for words in found):
            return []
        category: str | None = None
        targets = []
        for words in found:
            category = words.category or category
            column = words.column or found[-1].column
            targets.append(words._replace(category=category, column=column, empty=False))
        return targets


def _listed(phrase: str) -> str | None:
    """The enumeration before 分别 with the verb behind it, where the phrase ends so ("基本支出和项目支出分别执行")."""
    matches = list(_RESPECTIVELY.finditer(phrase))
    if not matches or len(phrase) - matches[-1].end() > 1:
        return None
    verb = re.sub(r"分别|为|是|达到?|依次|各", "", matches[-1].group())
    return re.split(r"[,;:。]", phrase[: matches[-1].start()])[-1] + verb


def is_total_rate(words: str) -> bool:
    """Whether words before a rate say that it is the whole department's."""
    return _TOTAL_RATE.search(words) is not None
