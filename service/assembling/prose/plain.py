"""Running text in one spelling of each sign, character for character, so that offsets still hold."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

_KEPT: Final = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳…")
_SIGNS: Final = {
    "丶": "、",
    "〔": "(",
    "〕": ")",
    "【": "[",
    "】": "]",
    "﹪": "%",
    "—": "-",
    "–": "-",
    "－": "-",
    "―": "-",
}
# What recognition makes of the words that headings and budget sentences are found by; of one length with what is meant.
_SLIPS: Final = {
    "间题": "问题", "向题": "问题", "问題": "问题", "日标": "目标", "曰标": "目标", "预箅": "预算", "预弊": "预算",
    "预祘": "预算", "措旋": "措施", "惜施": "措施", "执行牵": "执行率", "万无": "万元", "亿无": "亿元",
    "力元": "万元", "方元": "万元", "调诚": "调减", "调城": "调减", "巳完": "已完", "夭出": "支出", "攴出": "支出",
    "项日": "项目", "顶目": "项目", "基木": "基本", "执仃": "执行", "全午": "全年", "午初": "年初",
}  # fmt: skip


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` with half-width letters, digits and marks, as long as `text` itself."""
    even = "".join(_char(c) for c in text)
    for slip, meant in _SLIPS.items():
        even = even.replace(slip, meant)
    return even


def _char(char: str) -> str:
    if char in _KEPT:
        return char
    even = unicodedata.normalize("NFKC", char)
    even = even if len(even) == 1 else char
    return _SIGNS.get(even, even)


class Packed(NamedTuple):
    """A text without white space, and where each of its characters stood."""

    text: str
    offsets: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text under `text[start:end]`."""
        return self.offsets[start], self.offsets[end - 1] + 1


def pack(text: str) -> Packed:
    """`plain(text)` without white space."""
    kept = [(c, i) for i, c in enumerate(plain(text)) if not c.isspace()]
    return Packed("".join(c for c, _ in kept), [i for _, i in kept])
