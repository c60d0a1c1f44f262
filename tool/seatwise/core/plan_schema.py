"""The nouns of a plan → the JSON Schema of plan.json, which is kept in schemas/plan.json and served to others."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from seatwise.core import canon
from seatwise.core.model import Plan, Verb

OPTIONS = {
    "description": "Options of the seat at its vendor, by name.",
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "integer", "boolean"]},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Every field is required; further ones are allowed, as a later minor version may add some."""
    made = msgspec.json.schema(Plan)
    nouns = made["$defs"]
    for noun in nouns.values():
        _as_written(noun)
    nouns["Grant"]["properties"]["options"] = OPTIONS
    _require(nouns["Change"], "verb", {"enum": sorted(Verb)})
    _require(nouns["Plan"], "format_version", {"type": "string", "pattern": "^1\\.[0-9]+$"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"plan.json of seatwise, format {canon.FORMAT_VERSION}",
        **made,
    }


def text() -> str:
    """The file schemas/plan.json."""
    return json.dumps(schema(), indent=2) + "\n"


def _as_written(noun: dict[str, Any]) -> None:
    """Says what `canon.plain` does: no field is left out, so that none has a default."""
    if "description" in noun:
        noun["description"] = " ".join(noun["description"].split())
    properties = noun.get("properties", {})
    for field in properties.values():
        field.pop("default", None)
    if properties:
        noun["required"] = list(properties)


def _require(noun: dict[str, Any], name: str, field: dict[str, Any]) -> None:
    noun["properties"][name] = field
    noun["required"].append(name)
