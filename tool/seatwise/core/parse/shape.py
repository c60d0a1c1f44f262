"""One place in a JSON Schema, and documents typed by it: the schema says what a value is, never its looks.

Schemas here tell values apart by JSON type only, so that an error always has one cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seatwise.core.document import List, Map, Pointer

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema, and the whole that its `$ref`s point into."""

    schema: Mapping[str, Any]
    root: Mapping[str, Any]

    def branches(self) -> Iterator[Mapping[str, Any]]:
        """The schema, and what it refers to."""
        yield self.schema
        if reference := self.schema.get("$ref"):
            yield from Shape(self.root["$defs"][reference.rpartition("/")[2]], self.root).branches()

    def get(self, word: str) -> Any:
        """The first value of a keyword: the nearest to here."""
        return next((schema[word] for schema in self.branches() if word in schema), None)

    @property
    def title(self) -> str:
        return str(self.get("title") or "")

    @property
    def description(self) -> str:
        return str(self.get("description") or "")

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that a value may have here; empty: any."""
        found: set[str] = set()
        for schema in self.branches():
            kinds = schema.get("type", ())
            found.update([kinds] if isinstance(kinds, str) else kinds)
        return frozenset(found)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a mapping here may have, in the order of the schema."""
        return tuple(key for schema in self.branches() for key in schema.get("properties", ()))

    def child(self, step: str | int) -> Shape:
        """The place below, by key or index; a schema of anything where nothing is said of it."""
        for schema in self.branches():
            below = _below(schema, step)
            if isinstance(below, Mapping):
                return Shape(below, self.root)
        return Shape({}, self.root)

    def at(self, pointer: Pointer) -> Shape:
        shape = self
        for step in pointer:
            shape = shape.child(step)
        return shape


def _below(schema: Mapping[str, Any], step: str | int) -> Any:
    if isinstance(step, int):
        return schema.get("items")
    named = schema.get("properties", {}).get(step)
    return schema.get("additionalProperties") if named is None else named


def typed(value: Any, shape: Shape) -> Any:
    """The document with numbers and flags where the schema has them; what already fits is the same object.

    A text that is no number stays a text, for the schema to refuse.
    """
    if isinstance(value, str):
        return _scalar(value, shape.types)
    if isinstance(value, List):
        return _list(value, shape.child(0))
    if isinstance(value, Map):
        return _map(value, shape)
    return value


def _scalar(text: str, types: frozenset[str]) -> Any:
    if "boolean" in types and text in FLAGS:
        return FLAGS[text]
    if "integer" in types and WHOLE.fullmatch(text):
        return int(text)
    return text


def _list(items: List, shape: Shape) -> List:
    if not shape.types & {"boolean", "integer"} and all(type(item) is str for item in items):
        return items
    made = List(items.line)
    for item, line in zip(items, items.lines, strict=True):
        made.add(typed(item, shape), line)
    return made


def _map(document: Map, shape: Shape) -> Map:
    made = Map(document.line)
    for key, value in document.items():
        made.add(key, typed(value, shape.child(key)), document.at(key))
    return made
