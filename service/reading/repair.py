"""Slips of recognition mended where there is only one way to mend them. Pure functions.

Header words come from a closed set, so a word that is almost one of them is that one. Figures are only ever mended in
their form: a letter among digits, full-width digits, a comma of the wrong script.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from service.reading.document import Line

# Characters that differ in a stroke which noise adds or eats.
_LOOKALIKES = (
    "未末木本术",
    "己已巳",
    "人入八",
    "日曰目白自",
    "土士",
    "千干于",
    "大太犬",
    "天夫无",
    "一二三",
    "全金",
    "分份",
    "质贡",
    "量里重",
    "值直植",
    "标际",
    "效数",
    "完宗",
    "成咸戌",
    "得碍",
    "预顶",
    "算箅",
    "行衍",
    "级纪",
    "度庆",
    "产严",
    "出山",
    "益盖",
    "满漏",
    "意章",
    "评坪",
    "因囚困",
    "改政",
    "进近",
    "措错借",
    "施旋",
    "偏编",
    "差着",
    "析折",
    "原厚",
    "其具",
    "他地",
    "位拉",
    "主王",
    "管菅",
    "门们",
    "资贷",
    "金全",
    "执抉",
    "项顷",
    "名各",
    "称你",
    "总息",
    "体休",
    "目自",
    "实买卖",
    "际标",
    "象像",
    "时吋",
    "可司",
    "持待特",
    "续读",
    "响晌",
    "社杜",
    "会全",
    "经轻",
    "济齐",
    "生主",
    "态志",
)
_THIN = frozenset("一-—丨|.·、,:'\"`_")  # strokes that noise eats or makes
_SAME, _LOOKALIKE, _THIN_STROKE, _OTHER = 0.0, 0.4, 0.5, 1.0
_NUMERAL = 0.8  # the 二 or 三 before 级 is lost less easily than the 一
_LEAST_MARGIN = 0.35  # by which the best word must beat the next

_PAIRS = frozenset((a, b) for group in _LOOKALIKES for a in group for b in group if a != b)


def repair_word(
    text: str, vocabulary: Collection[str], alternatives: Sequence[Collection[str]] | None = None
) -> str | None:
    """The one word of `vocabulary` that `text` is a misreading of, or None if it is a word, a figure, or in doubt.

    `alternatives` holds, for each character of `text`, what else the recogniser took it for; they count as lookalikes.
    """
    word = _compact(text)
    if len(word) < 2 or word in vocabulary or any(c.isdigit() for c in word):
        return None
    others = list(alternatives) if alternatives is not None and len(word) == len(text) else [()] * len(word)
    ranked = sorted((_cost(word, others, target), target) for target in set(vocabulary) if _comparable(word, target))
    if not ranked or ranked[0][0] > _budget(ranked[0][1]):
        return None
    if len(ranked) > 1 and ranked[1][0] - ranked[0][0] < _LEAST_MARGIN:
        return None
    return ranked[0][1]


def repair_row(texts: Sequence[str], vocabulary: Sequence[str]) -> list[str | None]:
    """`repair_word` for the cells of a header row, in which a word stands once: what is there already is ruled out.

    Where several cells hold the same remains (级指标, 级指标, 三级指标), and as many words are left for them, they are
    given out in the order of `vocabulary`.
    """
    present = {_compact(t) for t in texts}
    left = [w for w in vocabulary if w not in present]
    result: list[str | None] = []
    for text in texts:
        repaired = repair_word(text, left) if _compact(text) not in vocabulary else None
        result.append(repaired)
    for remains, count in Counter(_compact(t) for t, r in zip(texts, result, strict=True) if r is None and t).items():
        fitting = [w for w in left if w not in result and remains not in vocabulary and _fits(remains, w)]
        if len(fitting) == count > 1:
            places = [i for i, t in enumerate(texts) if _compact(t) == remains]
            for i, word in zip(places, fitting, strict=True):
                result[i] = word
    doubled = {w for w, n in Counter(r for r in result if r).items() if n > 1}
    return [None if r in doubled else r for r in result]


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _comparable(word: str, target: str) -> bool:
    return abs(len(word) - len(target)) <= 1 and not any(c.isdigit() for c in target)


def _fits(word: str, target: str) -> bool:
    usable = len(word) >= 2 and not any(c.isdigit() for c in word) and _comparable(word, target)
    return usable and _cost(word, [()] * len(word), target) <= _budget(target)


def _budget(target: str) -> float:
    """What the slips of a word may cost: a two-character word may differ in one stroke, a long one in a character."""
    return 0.0 if len(target) < 2 else _THIN_STROKE if len(target) < 4 else _OTHER if len(target) < 8 else 1.5


def _cost(word: str, alternatives: Sequence[Collection[str]], target: str) -> float:
    """Edit distance with cheap lookalikes and thin strokes."""
    row = [0.0]
    for wanted in target:
        row.append(row[-1] + _lost(wanted))
    for read, others in zip(word, alternatives, strict=True):
        diagonal, row[0] = row[0], row[0] + _made(read)
        for j, wanted in enumerate(target, 1):
            change = diagonal + _replaced(read, others, wanted)
            diagonal, row[j] = row[j], min(row[j] + _made(read), row[j - 1] + _lost(wanted), change)
    return round(row[-1], 6)


def _lost(wanted: str) -> float:
    return _THIN_STROKE if wanted in _THIN else _NUMERAL if wanted in "二三" else _OTHER


def _made(read: str) -> float:
    return _THIN_STROKE if read in _THIN else _OTHER


def _replaced(read: str, others: Collection[str], wanted: str) -> float:
    if read == wanted:
        return _SAME
    return _LOOKALIKE if (read, wanted) in _PAIRS or wanted in others else _OTHER


# Figures

_TOKEN = re.compile(r"[0-9A-Za-z|.,，。．·:：%％‰]+")
_FULL_WIDTH = {ord(c): chr(ord(c) - 0xFEE0) for c in "０１２３４５６７８９．％"}
_LETTERS = frozenset("Ool|I")


def repair_figures(text: str) -> str:
    """`text` with the slips inside its numbers mended; words, codes and signs are left as they are.

    A token counts as a number if it holds two digits or more and nothing but digits, their separators and the letters
    O, l, I and | in places where a digit must stand.
    """
    return _TOKEN.sub(lambda found: _mend(found.group()), text.translate(_FULL_WIDTH))


def _mend(token: str) -> str:
    digits = sum(c.isdigit() for c in token)
    letters = [c for c in token if c.isalpha() or c == "|"]
    if digits < 2 or any(c not in _LETTERS for c in letters) or len(letters) >= digits:
        return token
    mended = re.sub(r"(?<=[\d.,])[Oo]|\b[Oo](?=\.\d)", "0", token)
    mended = re.sub(r"(?<=[\d.,])[lI|](?=[\d.,%])|\b[l|](?=\d)|(?<=\d\.\d)[lI|]\b", "1", mended)
    mended = re.sub(r"(?<=\d)[。．·](?=\d)", ".", mended)
    mended = re.sub(r"(?<=\d)，(?=\d{1,2}[%％])", ".", mended)
    mended = re.sub(r"(?<=\d)\.(?=\d{3}[.,]\d)", ",", mended)
    # Without decimals behind it, 100，200 may be two numbers.
    return re.sub(r"(?<=\d)，(?=\d{3}(?:[，,]\d{3})*\.\d)", ",", mended)


# Lines

_HANZI = "[\u3400-\u9fff]"
_STOP_FOR_COMMA = re.compile(rf"(?<={_HANZI})(?<![一二三四五六七八九十])[.．](?={_HANZI})")


def repair_punctuation(text: str) -> str:
    """`text` with the full stops between two hanzi as the commas they were; 一.总体情况 keeps its stop."""
    return _STOP_FOR_COMMA.sub("，", text)


def repair_line(line: Line) -> Line:
    """A recognised line with its figures and punctuation mended, each character in its place."""
    mended = repair_punctuation(repair_figures(line.text))
    if mended == line.text:
        return line
    chars = tuple(replace(char, text=text) for char, text in zip(line.chars, mended, strict=True))
    return replace(line, chars=chars, repaired=True)
