"""The data model equals the contract, a hand-written copy of which stands in docs/evaluation.schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic.json_schema import GenerateJsonSchema

from service import pipeline
from service.isolation import Workers
from service.schema import Report
from tests.plain_form import form_pdf

Schema = dict[str, Any]
CONTRACT: Schema = json.loads(
    (Path(__file__).parent.parent / "docs" / "evaluation.schema.json").read_text(encoding="utf-8")
)


class _AsWritten(GenerateJsonSchema):
    """A report is written with all its fields, those at their defaults too."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True


MODEL: Schema = Report.model_json_schema(mode="serialization", schema_generator=_AsWritten)
# The contract makes every Text and Quantity nullable where it defines them; the model never writes null here.
NEVER_NULL = {
    "/evaluations/problems",
    "/evaluations/improvements",
    "/evaluations/statements/values/quantity",
}


def _plain(schema: Schema, root: Schema) -> Schema:
    """One form for what both write differently: references resolved, null a type or a value among others."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        (other,) = (_plain(option, root) for option in schema["anyOf"] if option.get("type") != "null")
        nullable = any(option.get("type") == "null" for option in schema["anyOf"])
        return other | {"nullable": nullable or other["nullable"]}
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    return schema | {
        "values": {value for value in values if value is not None},
        "types": set() if values else {kind for kind in types if kind != "null"},
        "nullable": None in values or "null" in types,
    }


def _differences(ours: Schema, theirs: Schema, path: str = "") -> Iterator[str]:
    """Where the model says other than the contract."""
    ours, theirs = _plain(ours, MODEL), _plain(theirs, CONTRACT)
    for key in ("types", "values", "minimum"):
        if key in theirs and ours.get(key) != theirs[key]:
            yield f"{path}: {key} {ours.get(key)}, not {theirs[key]}"
    if ours["nullable"] != (theirs["nullable"] and path not in NEVER_NULL):
        yield f"{path}: nullable {ours['nullable']}"
    if missing := set(theirs.get("required", [])) - set(ours.get("required", [])):
        yield f"{path}: not required {sorted(missing)}"
    fields, named = ours.get("properties", {}), theirs.get("properties", {})
    if set(fields) != set(named):
        yield f"{path}: fields {sorted(set(fields) ^ set(named))}"
    for name in set(fields) & set(named):
        yield from _differences(fields[name], named[name], f"{path}/{name}")
    if "array" in theirs["types"]:
        yield from _item_differences(ours, theirs, path)


def _item_differences(ours: Schema, theirs: Schema, path: str) -> Iterator[str]:
    for bound in ("minItems", "maxItems"):
        if ours.get(bound) != theirs.get(bound):
            yield f"{path}: {bound} {ours.get(bound)}, not {theirs.get(bound)}"
    for item in ours.get("prefixItems", [ours.get("items")]):
        yield from _differences(item, theirs["items"], path)


def test_the_model_equals_the_contract() -> None:
    assert list(_differences(MODEL, CONTRACT)) == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (("Indicator", "properties", "target"), {"type": "string"}),
        (("Indicator", "properties", "score"), {"type": "number"}),
        (("Indicator", "required"), ["level1"]),
        (("Indicator", "properties", "status"), {"enum": ["met", "unmet"]}),
        (("Evidence", "properties", "page"), {"type": "integer"}),
        (("Evidence", "properties"), {}),
        (("Check", "properties", "suggestion"), {"type": "string"}),
    ],
)
def test_a_model_that_departs_from_the_contract_is_noticed(
    monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], change: Any
) -> None:
    *parents, last = path
    target = MODEL["$defs"]
    for parent in parents:
        target = target[parent]
    monkeypatch.setitem(target, last, change)
    assert list(_differences(MODEL, CONTRACT)) != []


def test_a_real_report_keeps_the_contract(workers: Workers) -> None:
    report = pipeline.extract(form_pdf(), "form.pdf", workers=workers)
    jsonschema.validate(report.model_dump(mode="json"), CONTRACT, cls=jsonschema.Draft202012Validator)
    assert Report.model_validate_json(report.model_dump_json()) == report
