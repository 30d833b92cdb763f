"""The JSON schema of an LLM's answer, made from our claim types, and the check of a row against it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from nlp.claims import ANNOTATION_FIELDS, Call, Claim, Correlation, Figure, Horizon, Target

Schema = dict[str, Any]

KINDS: Mapping[str, type[Claim]] = {"calls": Call, "correlations": Correlation, "figures": Figure}
LARGEST = 1e300  # no number of a text is larger; JSON may hold ones that no float can

_NUMBER: Schema = {"type": "number"}
_NUMBERS: Schema = {"type": "array", "items": _NUMBER}
_NUMBER_OR_RANGE: Schema = {"anyOf": [_NUMBER, _NUMBERS]}
_PRINTED: Mapping[Any, Schema] = {  # how the annotation format prints a type
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: _NUMBER,
    types.NoneType: {"type": "null"},
    Horizon: {"type": "string"},
}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _of_type(hint: Any) -> Schema:
    """The schema of a field's type: "float | None" is {"anyOf": [{"type": "number"}, {"type": "null"}]}."""
    if hint is Target:
        return {"anyOf": [_NUMBER, _NUMBERS, _object({"pct": _NUMBER_OR_RANGE})]}
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) in (Union, types.UnionType):
        return {"anyOf": [option for part in get_args(hint) for option in _options(_of_type(part))]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of_type(get_args(hint)[0])}
    return _PRINTED[hint]


def _options(schema: Schema) -> list[Schema]:
    options: list[Schema] = schema.get("anyOf", [schema])
    return options


@cache
def row_schema(kind: str) -> Schema:
    """The schema of one row of "calls", "correlations" or "figures"."""
    claim = KINDS[kind]
    hints = get_type_hints(claim)
    return _object({name: _of_type(hints[name]) for name in ANNOTATION_FIELDS[claim]})


@cache
def answer_schema() -> Schema:
    """The schema of a whole answer: a list of rows for each kind of claim."""
    return _object({kind: {"type": "array", "items": row_schema(kind)} for kind in KINDS})


# --- a row against its schema -----------------------------------------------------------------------------------


def completed(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's known fields, with null, false or an empty list for the missing ones that may be empty."""
    known = {}
    for name, schema in row_schema(kind)["properties"].items():
        if name in row:
            known[name] = row[name]
        elif (empty := _empty(schema)) is not _NOTHING:
            known[name] = empty
    return known


_NOTHING = object()


def _empty(schema: Schema) -> Any:
    kinds = [option.get("type") for option in _options(schema)]
    if "null" in kinds:
        return None
    return {"boolean": False, "array": []}.get(str(kinds[0]), _NOTHING)


def misfit(kind: str, row: Mapping[str, Any]) -> str | None:
    """What keeps a completed row from fitting its schema, in words; None where it fits."""
    for name, schema in row_schema(kind)["properties"].items():
        if name not in row:
            return f"{name} is missing"
        if not _fits(row[name], schema):
            return f"{name} is {_shown(row[name])}, not {_wanted(schema)}"
    return None


def _fits(value: Any, schema: Schema) -> bool:
    if "anyOf" in schema:
        return any(_fits(value, option) for option in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "array":
        return isinstance(value, list) and all(_fits(item, schema["items"]) for item in value)
    if schema["type"] == "object":
        parts = schema["properties"]
        return isinstance(value, dict) and set(value) == set(parts) and all(_fits(value[n], parts[n]) for n in parts)
    if schema["type"] in ("number", "integer"):
        return _is_number(value, whole=schema["type"] == "integer")
    return isinstance(value, {"string": str, "boolean": bool, "null": types.NoneType}[schema["type"]])


def _is_number(value: Any, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        return False
    return not whole or float(value).is_integer()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _wanted(schema: Schema) -> str:
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    return " or ".join(_wanted(option) if "enum" in option else option["type"] for option in _options(schema))
