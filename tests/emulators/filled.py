"""An OpenAPI document, a schema of it and a few values → an object of that schema: what it requires besides is made up.

So an emulator says only what matters, and can say nothing that the document doesn't know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PLAIN = {"string": "x", "integer": 1, "number": 1, "boolean": False, "array": []}
FORMATS = {"date-time": "2026-01-02T03:04:05Z", "uri": "https://github.example/x", "email": "x@acme.example"}


@cache
def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def filled(path: Path, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises AssertionError where the schema has no such field."""
    return _object(document(path), document(path)["components"]["schemas"][name], given, name)


def _object(whole: Any, schema: Any, given: Mapping[str, Any], at: str) -> dict[str, Any]:
    schema = _meant(whole, schema)
    fields = schema.get("properties", {})
    assert not given.keys() - fields.keys(), f"{at} knows no {sorted(given.keys() - fields.keys())}"
    made = {name: _value(whole, fields[name], value, f"{at}.{name}") for name, value in given.items()}
    missing = [name for name in schema.get("required", ()) if name not in made]
    return made | {name: _made_up(whole, fields[name], f"{at}.{name}") for name in missing}


def _value(whole: Any, schema: Any, given: Any, at: str) -> Any:
    if isinstance(given, Mapping):
        return _object(whole, schema, given, at)
    if isinstance(given, list) and "items" in _meant(whole, schema):
        items = _meant(whole, schema)["items"]
        return [_value(whole, items, one, f"{at}[]") for one in given]
    return given


def _made_up(whole: Any, schema: Any, at: str) -> Any:
    if _nullable(whole, schema):
        return None
    schema = _meant(whole, schema)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type", "object") == "object":
        return _object(whole, schema, {}, at)
    return FORMATS.get(schema.get("format", "")) or PLAIN[schema["type"]]


def _nullable(whole: Any, schema: Any) -> bool:
    return bool(schema.get("nullable")) or ("$ref" in schema and bool(_resolved(whole, schema).get("nullable")))


def _meant(whole: Any, schema: Any) -> Any:
    """Behind references, the first of several."""
    schema = _resolved(whole, schema)
    for way in ("oneOf", "anyOf", "allOf"):
        if way in schema:
            return _meant(whole, schema[way][0])
    return schema


def _resolved(whole: Any, schema: Any) -> Any:
    while "$ref" in schema:
        found = whole
        for step in schema["$ref"].split("/")[1:]:
            found = found[step]
        schema = found
    return schema
