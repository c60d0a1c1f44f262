"""The text of one of our files → its parts: what stands under each key and each row of its lists, with the comments above.

The parts of a file are all of its lines, in order, so that parts of several versions can be put together anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from seatwise.core.parse.values import folded
from seatwise.edges.spans import is_null, last_line, row_name, top

Key = tuple[str, str]
"""A name case folded, and as it is written; of a mapping's key twice the key."""


class Kind(StrEnum):
    """What a part is made of: parts under keys, rows with names, nothing yet, or lines that are one thing."""

    MAPPING = "mapping"
    LIST = "list"
    NOTHING = "nothing"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Part:
    """`text` is all of it. What has parts (or may get some) is `above`, the comments, then the line of the key, then the parts.
    `said`: what it means, whatever the comments and quotes. `flow`: a list on one line; its rows have no line of their own."""

    key: Key
    text: str
    said: Any
    kind: Kind = Kind.LINES
    above: str = ""
    line: str = ""
    parts: tuple[Part, ...] = ()
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A file's parts, and the comments behind the last."""

    parts: tuple[Part, ...]
    tail: str


def whole(text: str) -> Whole | None:
    """Only for texts that edges/yamlfile reads without a finding and that end with a line end. None: its keys don't stand on
    lines of their own."""
    lines = [f"{line}\n" for line in text.split("\n")[:-1]]
    node = top(text)
    found = None if node.flow_style else _mapping(lines, node, 0)
    if found is None:
        return None
    end = _end(*node.value[-1])
    return Whole(found, "".join(lines[end:]))


def _end(key: Any, value: Any) -> int:
    """The line behind the last of an entry."""
    return last_line(key if is_null(value) and not value.value else value) + 1


def _mapping(lines: Sequence[str], node: Any, begin: int) -> tuple[Part, ...] | None:
    found: list[Part] = []
    for key, value in node.value:
        line, end = key.start_mark.line, _end(key, value)
        if line < begin or lines[line][: key.start_mark.column].strip():
            return None
        found.append(_entry(lines, key, value, (begin, line, end)))
        begin = end
    return tuple(found)


def _entry(lines: Sequence[str], key: Any, value: Any, span: tuple[int, int, int]) -> Part:
    begin, line, end = span
    kind, parts, flow = _content(lines, value, line, end)
    said = (key.value, _said(value))
    name = str(key.value)
    text, above = "".join(lines[begin:end]), "".join(lines[begin:line])
    shown = lines[line][: value.start_mark.column] if flow else lines[line]
    return Part((name, name), text, said, kind, above, shown, parts, flow)


def _content(lines: Sequence[str], value: Any, line: int, end: int) -> tuple[Kind, tuple[Part, ...], bool]:
    """What an entry has under its key."""
    if is_null(value) or (isinstance(value, yaml.CollectionNode) and not value.value):
        return (Kind.NOTHING if end == line + 1 else Kind.LINES), (), False
    if not isinstance(value, yaml.CollectionNode):
        return Kind.LINES, (), False
    if value.flow_style:
        rows = _flow_rows(lines, value, line, end)
        return (Kind.LIST, rows, True) if rows else (Kind.LINES, (), False)
    if value.start_mark.line == line:
        return Kind.LINES, (), False
    is_list = isinstance(value, yaml.SequenceNode)
    parts = (_rows if is_list else _mapping)(lines, value, line + 1)
    return (Kind.LIST if is_list else Kind.MAPPING, parts, False) if parts else (Kind.LINES, (), False)


def _rows(lines: Sequence[str], node: Any, begin: int) -> tuple[Part, ...] | None:
    """The rows of a list, each by its name. None: they have no names, or don't stand on lines of their own."""
    found: list[Part] = []
    for item in node.value:
        line, end = item.start_mark.line, last_line(item) + 1
        if line < begin or not re.fullmatch(r"\s*- +", lines[line][: item.start_mark.column]):
            return None
        found.append(Part(_name(item), "".join(lines[begin:end]), _row_said(item)))
        begin = end
    return tuple(found) if _are_rows(node, found) else None


def _flow_rows(lines: Sequence[str], node: Any, line: int, end: int) -> tuple[Part, ...] | None:
    """The rows of a list that stands on the line of its key, with nothing behind it."""
    whole_line = lines[line]
    if isinstance(node, yaml.MappingNode) or end != line + 1 or whole_line[node.end_mark.column :].strip():
        return None
    if node.start_mark.line != line:
        return None
    texts = (whole_line[item.start_mark.column : item.end_mark.column].strip() for item in node.value)
    found = [Part(_name(item), text, _row_said(item)) for item, text in zip(node.value, texts, strict=True)]
    return tuple(found) if _are_rows(node, found) else None


def _are_rows(node: Any, rows: Sequence[Part]) -> bool:
    """Whether each has a name, and no two the same: then it is a set, and what was added to it can be told."""
    named = all(isinstance(item, yaml.ScalarNode) or _has_name(item) for item in node.value)
    return named and len({row.key[0] for row in rows}) == len(rows)


def _has_name(item: Any) -> bool:
    return isinstance(item, yaml.MappingNode) and len(item.value) == 1


def _name(item: Any) -> Key:
    if not isinstance(item, yaml.ScalarNode) and not _has_name(item):
        return "", ""
    return folded(row_name(item)), row_name(item)


def _row_said(item: Any) -> Any:
    return folded(item.value) if isinstance(item, yaml.ScalarNode) else _said(item)


def _said(node: Any) -> Any:
    """The value, comparable: nothing, a text, a list, or a mapping whatever its order."""
    if isinstance(node, yaml.ScalarNode):
        return None if is_null(node) else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_said(item) for item in node.value]
    return {key.value: _said(value) for key, value in node.value}


def names(parts: Sequence[Part]) -> Iterator[str]:
    """The folded names, in order."""
    return (part.key[0] for part in parts)
