"""Characters to ids: one id a character, so that offsets in the model are offsets in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

START, PAD, END, UNKNOWN, SPACE = range(5)
SPECIAL_COUNT: Final = 5

# Compatibility characters that NFKC would fold into plain digits or letters although they read differently here.
KEPT_FORMS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㎡㎥㎞㎏℃"

# Three planes hold every character of the common and the rarer hanzi; anything beyond is unknown to the model.
_TABLE_SIZE: Final = 0x30000
_NORMALISED_SIZE: Final = 0x10000


class Vocabulary:
    """The model's characters in the order of their ids, after the special pieces.

    Compatibility forms (full width digits, CJK variants) share the id of the first character of their NFKC form.
    """

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = "".join(characters)

    def __len__(self) -> int:
        return SPECIAL_COUNT + len(self.characters)

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        table = np.full(_TABLE_SIZE, UNKNOWN, np.int32)
        for index, character in enumerate(self.characters):
            table[ord(character)] = SPECIAL_COUNT + index
        kept = {ord(character) for character in KEPT_FORMS}
        for code in range(_NORMALISED_SIZE):
            character = chr(code)
            if character.isspace():
                table[code] = SPACE
            elif code >= 0x80 and code not in kept:
                normal = unicodedata.normalize("NFKC", character)
                if normal != character and not normal[:1].isspace() and ord(normal[0]) < _TABLE_SIZE:
                    known = table[ord(normal[0])]
                    table[code] = known if known != UNKNOWN else table[code]
        return table

    def encode(self, text: str) -> NDArray[np.int32]:
        """The ids of `text`, one a character; shape (len(text),)."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        known = codes < _TABLE_SIZE
        return np.where(known, self._table[np.where(known, codes, 0)], UNKNOWN).astype(np.int32)

    def coverage(self, texts: Sequence[str]) -> float:
        """The share of non-space characters that have an id of their own, 0..1."""
        ids = np.concatenate([self.encode(text) for text in texts]) if texts else np.empty(0, np.int32)
        written = ids[ids != SPACE]
        return float((written != UNKNOWN).mean()) if written.size else 1.0
