"""Provincial rules as data: one TOML file a province, each a few lines that differ from the Ministry's.

A file NAME.toml here is the profile NAME; adding a province is adding a file. `base` names the profile that it departs
from (ministry where it names none), `places` the province and its cities, by which a unit's name tells its province.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.errors import InputError
from service.schema import Evaluation, Grade

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "ministry"
# Streets, villages and small towns all over the country bear the names of provinces and cities (四川北路街道).
_STREET: Final = re.compile(r"[东南西北中]?[一二三]?(?:路|街|大道|镇|乡|村|社区)")


class Grades(BaseModel):
    """The lowest score of each grade; what lies below 中 is 差."""

    model_config = ConfigDict(extra="forbid")

    excellent: float
    good: float
    fair: float

    def of(self, score: float) -> Grade:
        if score >= self.excellent:
            return "优"
        if score >= self.good:
            return "良"
        return "中" if score >= self.fair else "差"


class Profile(BaseModel):
    """The rules that checks go by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(description="as a reader knows it")
    source: str = Field(description="the documents that the rules are taken from")
    places: list[str] = Field(default=[], description="how names of units begin here")
    base: str = DEFAULT
    total: float = Field(description="what all weights make")
    funds_weight: float = Field(description="the weight of the execution rate")
    level3_totals: list[float] = Field(description="what the weights of level 3 may make, the funds' own apart")
    blocks: list[dict[str, float]] = Field(
        default=[],
        description="weights of the level-1 blocks, by how their names begin: one set must fit; none is free",
    )
    grades: Grades
    qualitative: dict[str, tuple[float, float]] = Field(description="wording (pattern) → lowest and highest percent")
    far_above: float = Field(description="actual over target from which a reason is due")
    reason_below: float | None = Field(
        default=None, description="execution rate in percent below which a reason is due"
    )
    settled: bool = Field(default=False, description="chosen by name or place, not for want of anything better")

    @property
    def without_funds(self) -> float:
        """What all weights make without the funds' own."""
        return self.total - self.funds_weight

    @property
    def bands(self) -> list[tuple[str, tuple[float, float]]]:
        return list(self.qualitative.items())

    def level3_sums(self, funds_apart: bool) -> list[float]:
        """The sums that weights may have, likeliest first; with the funds' own weight where that stands apart."""
        return [self.total] if funds_apart else sorted(self.level3_totals, reverse=True)


class UnknownProfile(InputError):
    code = "unknown_profile"
    zh = "没有名为“{name}”的规则。可用：{known}。"
    en = "There is no profile named {name}. Known: {known}."


class DamagedProfile(ValueError):
    """A profile's file that does not say what a profile must."""


def names(folder: Path = FOLDER) -> list[str]:
    """The profiles that there are, the default first."""
    found = sorted(path.stem for path in folder.glob("*.toml"))
    return sorted(found, key=lambda name: name != DEFAULT)


@lru_cache
def load(name: str, folder: Path = FOLDER) -> Profile:
    """The profile `name`, its base's rules filled in. Raises UnknownProfile, DamagedProfile."""
    if name not in names(folder):
        raise UnknownProfile(name=name, known="、".join(names(folder)))
    try:
        return Profile.model_validate(_read(name, folder))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise DamagedProfile(f"{name}.toml: {error}") from error


def _read(name: str, folder: Path) -> dict[str, Any]:
    own = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    base = own.get("base", DEFAULT)
    if name == DEFAULT:
        return {"name": name} | own
    inherited = _read(base, folder) if (folder / f"{base}.toml").exists() else _read(base, FOLDER)
    return inherited | {"places": []} | own | {"name": name}


def choose(name: str | None, evaluation: Evaluation | None, folder: Path = FOLDER) -> Profile:
    """The profile asked for by name or title, else that of the unit's province, else the default.

    Raises UnknownProfile where `name` is none of them.
    """
    if name:
        wanted = next((known for known in names(folder) if load(known, folder).title == name), name)
        return load(wanted, folder).model_copy(update={"settled": True})
    if evaluation is None:
        return load(DEFAULT, folder)
    texts = (evaluation.implementing_unit, evaluation.competent_department, evaluation.subject, evaluation.title)
    found = _of_place([text.text for text in texts if text is not None], folder)
    return load(DEFAULT, folder) if found is None else found.model_copy(update={"settled": True})


def _of_place(units: Iterable[str], folder: Path) -> Profile | None:
    for unit in units:
        for name in names(folder):
            profile = load(name, folder)
            if any(
                unit.strip().startswith(place) and not _STREET.match(unit.strip(), len(place))
                for place in profile.places
            ):
                return profile
    return None


__all__ = ["DEFAULT", "FOLDER", "DamagedProfile", "Grades", "Profile", "UnknownProfile", "choose", "load", "names"]
