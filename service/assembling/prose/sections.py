"""A report's paragraphs → its sections, by headings in every style of numbering and without number.

A heading may stand alone, be run into its paragraph ("（一）存在的问题。1.…"), or carry no number at all. Inside
sections that list problems and improvements, numbers head items, and only a heading that plainly opens another list
ends one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final, NamedTuple

from service.assembling.prose.headings import Kind, bare, is_title, kind_of, listing_of
from service.assembling.prose.numbering import NESTING, RANK, Marker, Style, marker_at
from service.assembling.prose.plain import plain
from service.reading.document import Paragraph
from service.reading.running import NO_UNIT

# A heading alone on its line, in characters; "包括决策管理、业务管理、…" makes some long.
MAX_ALONE: Final = 64
# A heading run into its paragraph, and one without number, are told from a sentence by being short.
MAX_RUN_IN: Final = 26
MAX_UNNUMBERED: Final = 24
_UNNUMBERED_RANK: Final = 1
_LISTS: Final = (Kind.PROBLEMS, Kind.IMPROVEMENTS)
# Which kinds a heading may name for itself inside a section of another kind: under results, "街面秩序管理" is a result.
_FREE: Final = frozenset(Kind)
_MAY_STAND_IN: Final[Mapping[Kind, frozenset[Kind]]] = {
    Kind.OVERVIEW: _FREE,
    Kind.GOALS: frozenset({Kind.BUDGET}),
    Kind.MANAGEMENT: frozenset({Kind.BUDGET}),
    Kind.BUDGET: frozenset({Kind.MANAGEMENT, Kind.GOALS, Kind.USE_OF_RESULTS}),
    Kind.RESULTS: frozenset({Kind.BUDGET, Kind.GOALS, Kind.USE_OF_RESULTS}),
    Kind.PROBLEMS: frozenset(),
    Kind.IMPROVEMENTS: frozenset(),
    Kind.USE_OF_RESULTS: frozenset(),
}
# "义务教育保障经费" under results tells what was done with it; "预算执行情况" there is about the budget.
_SPENDING: Final = re.compile(r"预算|收支|支出|决算|执行")
_FIGURE: Final = re.compile(r"\d\s*(?:[万亿]?元|%)")
_RUN_IN_NUMBER: Final = re.compile(rf"\d{{1,2}}{NO_UNIT}(?=[\u3400-\u9fff][^\d。;:,]*$)")
_LABEL: Final = re.compile(rf"[^。:]{{2,{MAX_RUN_IN}}}(?=:)")
_CONTENTS: Final = re.compile(r"[.…⋯·]{4,}\s*\d{1,3}\s*$")
_SIGN_OFF: Final = re.compile(
    r"^(?:特此报告|特此说明|以上报告|妥否|专此报告|附件|附表|附[:：]|联系(?:人|电话|方式)|撰写人|填报人|填表人|监督电话|咨询电话|单位[(（]盖章|[(（]?(?:附?注|此页)|[(（]此件)"
    r"|^(?:20\d{2}|[二两][〇零○0-9一二三四五六七八九]{3})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日$"
)


class Part(NamedTuple):
    """`paragraph.text[start:end]`, a part of a section's text."""

    paragraph: Paragraph
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.paragraph.text[self.start : self.end]


@dataclass(eq=False)
class Section:
    """A heading with what stands under it, up to the next heading.

    `kind` is what its own words say, else the kind of the section around it. `mixed` says that it joins problems and
    improvements under one heading.
    """

    title: str | None
    own: Kind | None
    mixed: bool
    rank: int
    style: Style | None
    ordinal: int
    parent: Section | None
    heading: Part | None = None
    parts: list[Part] = field(default_factory=list)
    inner: set[Style] = field(default_factory=set)

    @property
    def kind(self) -> Kind | None:
        return self.own or (self.parent.kind if self.parent is not None else None)

    def is_under(self, other: Section) -> bool:
        """Whether this is `other` or stands in it."""
        return self is other or (self.parent is not None and self.parent.is_under(other))

    @property
    def listing(self) -> Section | None:
        """The list of problems or improvements that this is or stands in."""
        if self.own in _LISTS:
            return self
        return self.parent.listing if self.parent is not None else None


class _Heading(NamedTuple):
    title: str
    end: int
    kind: Kind | None
    mixed: bool
    marker: Marker | None


def outline(paragraphs: Sequence[Paragraph]) -> list[Section]:
    """The sections of a report in reading order; the first has no title and holds what stands before any heading."""
    top = Section(None, None, False, -1, None, 0, None)
    sections = [top]
    whole = list(_rejoined(paragraphs))
    labels = _repeated_labels(whole)
    apart = _standing_apart(whole)
    for paragraph, following in zip_longest(whole, whole[1:]):
        text = paragraph.text
        if not text.strip() or _CONTENTS.search(plain(text)):
            continue
        signs = id(paragraph) in apart and following is not None and is_sign_off(following.text)
        if (signs or is_sign_off(text)) and sections[-1].listing is not None:
            sections.append(Section(None, None, False, 0, None, 0, top))
        for heading, start, end in _cut(text, sections[-1], apart=id(paragraph) in apart):
            if heading is not None and heading.marker is None and bare(heading.title) in labels:
                heading = None
            if heading is not None:
                sections.append(_open(sections[-1], heading))
                sections[-1].heading = Part(paragraph, start, heading.end)
            body = heading.end if heading is not None else start
            if text[body:end].strip():
                _note(sections[-1], text, body)
                sections[-1].parts.append(Part(paragraph, body, end))
    return sections


def _rejoined(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs, one that breaks off at the foot of a page joined with what goes on at the head of the next."""
    held: Paragraph | None = None
    for paragraph in paragraphs:
        if held is not None and _goes_on(held, paragraph):
            held = Paragraph([*held.lines, *paragraph.lines])
            continue
        if held is not None:
            yield held
        held = paragraph
    if held is not None:
        yield held


def _repeated_labels(paragraphs: Sequence[Paragraph]) -> set[str]:
    """Words before a colon that head several paragraphs ("改进措施：" below each problem): labels, not headings."""
    seen = Counter(bare(match.group()) for p in paragraphs if (match := _LABEL.match(plain(p.text).strip())))
    return {label for label, times in seen.items() if times > 1}


def _standing_apart(paragraphs: Sequence[Paragraph]) -> set[int]:
    """The ids of short lines without any mark between sentences, as headings stand: no line that reading tore off."""
    found: set[int] = set()
    was_ended = True
    for paragraph, following in zip_longest(paragraphs, paragraphs[1:]):
        text = plain(paragraph.text).strip()
        is_short = 2 <= len(text) <= MAX_UNNUMBERED and not re.search(r"[^\w“”\"]|[\d_]", text)
        leads = following is not None and len(following.text) > MAX_UNNUMBERED
        if is_short and was_ended and len(paragraph.lines) == 1 and (leads or not _is_sentence(following)):
            found.add(id(paragraph))
        was_ended = id(paragraph) in found or text.endswith(("。", ";", ":", "!", "?", ")", "”"))
    return found


def _is_sentence(paragraph: Paragraph | None) -> bool:
    return paragraph is None or plain(paragraph.text).rstrip().endswith(("。", ";"))


def _goes_on(left: Paragraph, right: Paragraph) -> bool:
    if not left.lines or not right.lines or left.lines[-1].page + 1 != right.lines[0].page:
        return False
    text, following = plain(left.text).rstrip(), plain(right.text).strip()
    is_open = len(text) > MAX_ALONE and text[-1:] not in "。;:!?)”’"
    return is_open and marker_at(following) is None and not is_title(bare(following)) and not is_sign_off(following)


def is_sign_off(text: str) -> bool:
    """Whether a paragraph closes a report: a date, an annex mark, who to call."""
    return _SIGN_OFF.search(plain(text).strip()) is not None


def _cut(text: str, current: Section, *, apart: bool) -> Iterator[tuple[_Heading | None, int, int]]:
    """The paragraph's own heading, if it has one, and headings of lists that are run in further on."""
    position = 0
    heading = _heading(text, 0, current, apart=apart)
    for start in _inner_headings(text):
        if start > (heading.end if heading is not None else position):
            yield heading, position, start
            position, heading = start, _heading(text, start, current)
    yield heading, position, len(text)


_INNER: Final = re.compile(r"(?<=[。;])\s*(?=[(（]\s*[一二三四五六七八九十]{1,2}\s*[)）][^。;:]{2,16}[。:])")


def _inner_headings(text: str) -> Iterator[int]:
    """Where inside a paragraph a heading opens a list ("……。（二）改进措施。1.……")."""
    even = plain(text)
    for match in _INNER.finditer(even):
        marker = marker_at(text, match.end())
        if marker is None:
            continue
        title = re.split(r"[。:]", even[marker.end :], maxsplit=1)[0]
        if listing_of(title)[0] is not None:
            yield match.end()


def _heading(text: str, start: int, current: Section, *, apart: bool = False) -> _Heading | None:
    marker = marker_at(text, start) or _number_run_in(text, start)
    if marker is not None and marker.style not in RANK:
        return None
    begin = marker.end if marker is not None else start
    found = _alone(text, begin, marker, apart=apart) or _run_in(text, begin, marker)
    if found is None:
        return None
    if (listing := current.listing) is not None:
        return found if _leaves(found, listing) else None
    if marker is not None and marker.ordinal > 1 and marker.style in current.inner and text.rstrip().endswith("。"):
        return None  # the items before it were sentences: so is this one
    return found


def _number_run_in(text: str, start: int) -> Marker | None:
    """A heading's plain number whose blank recognition lost ("2预算执行情况"); sentences too begin with figures."""
    words = plain(text[start:]).strip()
    match = _RUN_IN_NUMBER.match(words)
    if match is None or len(words) > MAX_UNNUMBERED or kind_of(words[match.end() :])[0] is None:
        return None
    begin = text.index(match.group(), start)
    return Marker(Style.PLAIN, int(match.group()), begin, begin + match.end())


def _leaves(found: _Heading, listing: Section) -> bool:
    """Whether a heading ends the list that it stands in, rather than being one of its items."""
    marker = found.marker
    if marker is None:
        return listing_of(found.title)[0] is not None or listing.style is None or found.kind is Kind.USE_OF_RESULTS
    own = listing_of(found.title)[0]
    if own is not None and (own is not listing.own or listing.mixed) and len(bare(found.title)) <= MAX_RUN_IN:
        return True
    if _continues(listing, marker):
        return True
    if marker.style in listing.inner or RANK[marker.style] > listing.rank:
        return False
    return not (listing.style is None or (RANK[marker.style] == listing.rank and marker.ordinal == 1 < listing.ordinal))


def _continues(section: Section, marker: Marker) -> bool:
    """Whether a number is the next one of a section that stands around the list."""
    outer = section.parent
    while outer is not None and outer.style is not marker.style:
        outer = outer.parent
    return outer is not None and outer.ordinal + 1 == marker.ordinal


def _alone(text: str, begin: int, marker: Marker | None, *, apart: bool) -> _Heading | None:
    """A heading that is its whole paragraph; one without number is told by its words, or standing apart by its kind."""
    title = text[begin:].strip()
    even = plain(title)
    words = re.sub(r"[。:]$", "", even)
    if not 2 <= len(words) <= MAX_ALONE or re.search(r"[。;!?]", words) or even.endswith((";", ",", "、")):
        return None
    kind, mixed = kind_of(title)
    if marker is None:
        short = bare(title)
        is_heading = is_title(short) or (apart and kind is not None)
        if even.endswith("。") or len(short) > MAX_UNNUMBERED or re.search(r"[\d,、%]", short) or not is_heading:
            return None
    elif _FIGURE.search(even) or (even.endswith("。") and not _is_closed_title(title, kind, marker)):
        return None
    return _Heading(title, len(text), kind, mixed, marker)


def _is_closed_title(title: str, kind: Kind | None, marker: Marker) -> bool:
    """Whether numbered words with a full stop are a heading: deep numbers mostly head short sentences of a list."""
    words = bare(title)
    if kind is None or (len(words) > MAX_RUN_IN and not words.endswith(("情况", "方面", "内容", "目标", "任务"))):
        return False
    return RANK[marker.style] < RANK[Style.DIGIT] or is_title(words)


def _run_in(text: str, begin: int, marker: Marker | None) -> _Heading | None:
    """A heading of a known kind at the head of its paragraph, closed by a stop, a colon, a blank or the next number."""
    even = plain(text)
    closing = re.compile(r"[。:]|\s(?=\S{20})|(?=[(（]?[1１一]\s*[)）.、．])").search(even, begin + 2)
    if closing is None or closing.start() - begin > MAX_RUN_IN:
        return None
    title = even[begin : closing.start()].strip()
    kind, mixed = kind_of(title) if marker is not None else listing_of(title)
    if (
        kind is None
        or re.search(r"[,;]", title)
        or _FIGURE.search(title)
        or (marker is None and not is_title(bare(title)))
    ):
        return None
    if not text[closing.end() :].strip() and (marker is None or not _is_closed_title(title, kind, marker)):
        return None
    return _Heading(title, closing.end(), kind, mixed, marker)


def _open(current: Section, heading: _Heading) -> Section:
    marker = heading.marker
    rank = RANK[marker.style] if marker is not None else _UNNUMBERED_RANK
    parent = _parent(current, marker, rank)
    style = marker.style if marker is not None else None
    ordinal = marker.ordinal if marker is not None else 0
    own = heading.kind
    if parent is not None and parent.kind is not None and listing_of(heading.title)[0] is None:
        if parent.kind is Kind.RESULTS and own is Kind.BUDGET and not _SPENDING.search(heading.title):
            own = None
        own = own if own is parent.kind or own in _MAY_STAND_IN[parent.kind] else None
    return Section(heading.title, own, heading.mixed, rank, style, ordinal, parent)


def _parent(current: Section, marker: Marker | None, rank: int) -> Section | None:
    """The section that a heading stands in: that of the last heading like it, else the nearest less deep one."""
    chain = [current]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    if marker is not None:
        like = next((section for section in chain if section.style is marker.style), None)
        if like is not None:
            return like.parent  # in a decimal outline what stands in a section need not be of a deeper rank
    outer = next((section for section in chain if section.style in NESTING), None)
    if marker is not None and outer is not None:
        if marker.style not in NESTING:
            return current if RANK[marker.style] > 0 else chain[-1]
        if RANK[marker.style] > outer.rank:
            return outer
    return next((section for section in chain if section.rank < rank), None)


def _note(section: Section, text: str, body: int) -> None:
    """Remember which numbers head items of a list, so that later ones of the same style do not end it."""
    marker = marker_at(text, body)
    if marker is None:
        return
    section.inner.add(marker.style)
    listing = section.listing
    if listing is not None and marker.ordinal == 1:
        listing.inner.add(marker.style)
