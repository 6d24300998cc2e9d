"""Sections of problems and improvements → their items, in order, numbering removed.

The first style of number in a section heads its items; other numbers inside an item are part of its text. Where one
section holds both kinds, headings tell them apart, and where there are none, wording does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from service.assembling.evidence import line_evidence
from service.assembling.prose.headings import Kind
from service.assembling.prose.numbering import Marker, Style, markers
from service.assembling.prose.plain import plain
from service.assembling.prose.sections import Part, Section, is_sign_off
from service.reading.document import Document
from service.schema import Text

# An introduction ("存在以下问题：", "总体较好，但也有不足。") is shorter than an item that would stand before a list.
MAX_INTRODUCTION: Final = 90
_LISTS: Final = (Kind.PROBLEMS, Kind.IMPROVEMENTS)
_PROPER: Final = re.compile(r"问题|不足|困难|短板")
_ENDS: Final = "。！？；：，、.!?;:,”）)"
# What stands below a list of single paragraphs and speaks of something else is no part of its last item.
_CLOSING: Final = re.compile(r"(?:另外|此外|同时|总之|综上|总的来说|建议|恳请|希望)")
_SHORTEST_LIST: Final = 2
_NONE: Final = re.compile(r"^(?:无|没有|暂无|不涉及|本(?:单位|部门)无.{0,8}|无(?:存在)?问题)[。.]?$")
# Where an item that states a problem turns to what will be done about it.
_TURN: Final = re.compile(
    r"(?<=[。;])\s*(?P<mark>(?:改进|整改|应对|解决|下一?步)(?:的)?(?:措施|办法|建议|打算|方向|计划)\s*[:为是]|(?:对策|措施)\s*:"
    r"|(?:下一?步|今后|后续|为此|对此|针对(?:上述|以上|该|这一|此)[^,。;]{0,8}|建议)\s*[,:]?)"
)
_LABEL: Final = re.compile(
    r"^(?:改进|整改|应对|解决|下一?步)(?:的)?(?:措施|办法|建议|打算|方向|计划)\s*[:为是]\s*|^(?:对策|措施)\s*:\s*|^(?:存在(?:的)?)?(?:主要)?问题\s*:\s*"
)
_LACK: Final = re.compile(
    r"不足|不够|不高|不强|不到位|不及时|不合理|不规范|不完善|不准|不均衡|不匹配|缺乏|缺少|滞后|偏低|偏慢|偏差|存在|薄弱|有待|困难|短缺|未能|较弱|较慢|压力"
)
_DEED: Final = re.compile(
    r"^(?:进一步|继续|持续|切实|认真|积极|不断|全面|大力|着力)?(?:加强|完善|健全|强化|提高|提升|推进|优化|建立|严格|规范|科学|加快|做好|深化|落实|细化"
    r"|组织|加大|改进|推动|拓宽|引入|开展|制定|统筹|夯实|压实|抓)"
)


@dataclass
class Item:
    """One item: the pieces of text that it is made of."""

    parts: list[Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The pieces in order; a blank keeps a heading apart from the sentence under it."""
        whole = ""
        for part in self.parts:
            piece = part.text.strip()
            whole += (" " if whole and whole[-1] not in _ENDS else "") + piece
        return whole

    def as_text(self, document: Document) -> Text:
        lines = [line for part in self.parts for line in part.paragraph.span(part.start, part.end)]
        confidence = min((line.confidence for line in lines), default=0.0)
        return Text(text=self.text, evidence=line_evidence(document, lines, "span"), confidence=confidence)


def read_items(document: Document, sections: Sequence[Section]) -> tuple[list[Text], list[Text]]:
    """The problems and the improvements that a report's sections list."""
    found: dict[Kind, list[Item]] = {Kind.PROBLEMS: [], Kind.IMPROVEMENTS: []}
    for section in _lists(sections):
        under = [s for s in sections if s.listing is section]
        items = list(_items(_parts(under)))
        for kind, item in _told_apart(section, items):
            found[kind].append(item)
    problems, improvements = (
        [item.as_text(document) for item in found[kind] if item.text and not _NONE.match(plain(item.text))]
        for kind in _LISTS
    )
    return problems, improvements


def _lists(sections: Sequence[Section]) -> list[Section]:
    """The sections that list; reasons for deviations count only where no section speaks of problems."""
    own = [s for s in sections if s.own in _LISTS]
    proper = [s for s in own if s.own is not Kind.PROBLEMS or _PROPER.search(plain(s.title or ""))]
    return proper if any(s.own is Kind.PROBLEMS for s in proper) else own


def _parts(sections: Iterable[Section]) -> Iterator[Part]:
    """The text under a list's heading, with the headings inside it, in reading order."""
    for number, section in enumerate(sections):
        if number and section.heading is not None:
            yield section.heading
        yield from (part for part in section.parts if not is_sign_off(part.text))


def _items(parts: Iterable[Part]) -> Iterator[Item]:
    parts = list(parts)
    style = _leading_style(parts)
    if style is None:
        yield from (Item([part]) for part in parts if not _introduces(part))
        return
    current = Item()
    opened = False
    expected = 1
    single = True  # whether every item so far is one paragraph
    for part in parts:
        position = part.start
        own = _of_style(part, style)
        if (
            not own
            and single
            and expected > _SHORTEST_LIST
            and current.parts
            and _CLOSING.match(plain(part.text).strip())
        ):
            yield current
            current = Item()
        single = single and (bool(own) or not current.parts)
        for marker in own:
            if marker.ordinal != expected and marker.start != _first(part):
                continue
            expected = marker.ordinal + 1
            before = Part(part.paragraph, position, marker.start)
            if before.text.strip() and (opened or not _introduces(before)):
                current.parts.append(before)
            if current.parts:
                yield current
            current, opened, position = Item(), True, marker.end
        rest = Part(part.paragraph, position, part.end)
        if rest.text.strip() and (opened or not _introduces(rest)):
            current.parts.append(rest)
    if current.parts:
        yield current


def _first(part: Part) -> int:
    return part.start + len(part.text) - len(part.text.lstrip())


def _markers(part: Part) -> list[Marker]:
    return [Marker(m.style, m.ordinal, m.start + part.start, m.end + part.start) for m in markers(part.text)]


def _of_style(part: Part, style: Style) -> list[Marker]:
    """The numbers of one style in a part that are not nested at once in another's ("2.（1）" is one of 2.)."""
    return [marker for marker in _markers(part) if marker.style is style]


def _leading_style(parts: Iterable[Part]) -> Style | None:
    """The style that heads the items: the first at the head of a paragraph, else one that counts on inside."""
    parts = list(parts)
    for part in parts:
        found = _markers(part)
        if found and found[0].start == _first(part):
            return found[0].style
        inside = next((m.style for m in found if m.ordinal == 1 and _counts_on(m, found)), None)
        if inside is not None:
            return inside
    return None


def _counts_on(marker: Marker, others: Iterable[Marker]) -> bool:
    return any(other.style is marker.style and other.ordinal == marker.ordinal + 1 for other in others)


def _introduces(part: Part) -> bool:
    """Whether text before the first number only leads to the list."""
    even = plain(part.text).strip()
    return even.endswith(":") or (len(even) <= MAX_INTRODUCTION and _LEAD.search(even) is not None)


_LEAD: Final = re.compile(
    r"(?:以下|如下|几个?方面|几点|仍有|但也?|还|仍然?|总体|综上|通过|自评|一些|下一?步).{0,60}[。:]?$"
)


def _told_apart(section: Section, items: Sequence[Item]) -> Iterator[tuple[Kind, Item]]:
    own = section.own
    assert own is not None
    for item in items:
        if not section.mixed:
            yield own, item
            continue
        yield from _split(item)


def _split(item: Item) -> Iterator[tuple[Kind, Item]]:
    """An item of a joint section as its problem and its improvement."""
    before, after = _turned(item)
    if after is not None:
        if before is not None:
            yield Kind.PROBLEMS, before
        yield Kind.IMPROVEMENTS, after
        return
    words = plain(item.text)
    is_deed = _LABEL.match(words) is not None and "问题" not in words[:6]
    is_deed = is_deed or (_DEED.search(words) is not None and _LACK.search(words[:40]) is None)
    yield (Kind.IMPROVEMENTS if is_deed else Kind.PROBLEMS), _unlabelled(item)


def _turned(item: Item) -> tuple[Item | None, Item | None]:
    for number, part in enumerate(item.parts):
        even = plain(part.paragraph.text)
        match = _TURN.search(even, part.start, part.end)
        label = _LABEL.match(even[part.start : part.end].lstrip())
        if match is not None:
            start = match.start("mark")
        elif number and label is not None and "问题" not in label.group():
            start = part.start
        else:
            continue
        first = Item([*item.parts[:number], Part(part.paragraph, part.start, start)])
        second = Item([Part(part.paragraph, start, part.end), *item.parts[number + 1 :]])
        return _unlabelled(first), _unlabelled(second)
    return None, None


def _unlabelled(item: Item) -> Item:
    """Without "问题：" or "改进措施：" at its head."""
    parts = [part for part in item.parts if part.text.strip()]
    if parts:
        first = parts[0]
        begin = _first(first)
        label = _LABEL.match(plain(first.paragraph.text)[begin : first.end])
        if label is not None:
            parts[0] = Part(first.paragraph, begin + label.end(), first.end)
    return Item([part for part in parts if part.text.strip()])
