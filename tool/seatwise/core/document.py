"""What a YAML file says before it is typed: mappings and lists that know their lines; scalars as written, or None."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import rfc8785


class Map(dict[str, Any]):
    """A mapping; `lines` holds the line of each key, `line` its own."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def add(self, key: str, value: Any, line: int) -> None:
        self[key] = value
        self.lines[key] = line

    def at(self, key: str) -> int:
        """The line of a key; of the mapping where it has no such key."""
        return self.lines.get(key, self.line)


class List(list[Any]):
    """A list; `lines` holds the line of each item, `line` its own."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    def add(self, item: Any, line: int) -> None:
        self.append(item)
        self.lines.append(line)


Pointer = Sequence[str | int]
"""The way from the top of a document to a value: keys and indexes."""


def line_at(document: Any, pointer: Pointer) -> int:
    """The line of the value there; where the way ends earlier, the line of the last step that exists."""
    line: int = getattr(document, "line", 1)
    for step in pointer:
        if isinstance(document, Map) and step in document:
            line, document = document.at(str(step)), document[str(step)]
        elif isinstance(document, List) and isinstance(step, int) and step < len(document):
            line, document = document.lines[step], document[step]
        else:
            break
    return line


def without(document: Any, pointers: Sequence[Pointer]) -> Any:
    """The document less the values at these pointers, each of a step or more; what has no bad value in it is the same object."""
    if not pointers:
        return document
    here = {pointer[0]: [p[1:] for p in pointers if p[0] == pointer[0]] for pointer in pointers}
    kept: Map | List
    if isinstance(document, Map):
        kept = Map(document.line)
        for key, value in document.items():
            if [] not in map(list, here.get(key, ())):
                kept.add(key, without(value, here.get(key, ())), document.at(key))
        return kept
    if isinstance(document, List):
        kept = List(document.line)
        for index, value in enumerate(document):
            if [] not in map(list, here.get(index, ())):
                kept.add(without(value, here.get(index, ())), document.lines[index])
        return kept
    return document


def digest(document: Any) -> str:
    """`sha256:…` of the canonical JSON: lines, comments and order of keys don't count."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(document)).hexdigest()
