"""Texts that every database can keep."""

from __future__ import annotations

import json
import re
from typing import Any, Final

# PostgreSQL keeps no NUL; half of a surrogate pair is no character in UTF-8.
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")


def cleaned(value: Any) -> Any:
    """A JSON value whose texts are without what a database cannot keep."""
    if isinstance(value, str):
        return _UNKEEPABLE.sub("", value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {name: cleaned(item) for name, item in value.items()}
    return value


class Written(str):
    """A JSON value that is written as text already, to be kept as it is."""

    __slots__ = ()


def to_json(value: Any) -> str:
    """How the database's JSON columns are written."""
    return value if isinstance(value, Written) else json.dumps(value)
