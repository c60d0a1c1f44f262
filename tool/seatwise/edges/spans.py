"""A YAML text → its nodes with their spans, and edits that leave everything else as it was, comments too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from seatwise.edges.yamlfile import NULLS

NUMBERS = re.compile(
    r"[-+]?[0-9][0-9_]*([.][0-9_]*)?([eE][-+]?[0-9]+)?|0[oxb][0-9a-fA-F_]+|[-+]?\.[0-9]+|[-+]?\.(inf|nan)"
)
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@+/()-]*(?<! )")
"""Texts that need no quotes anywhere, in flow style neither."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Text to put in place of the characters from start to end."""

    start: int
    end: int
    text: str


def top(text: str) -> Any:
    """The topmost node. Only for texts that edges/yamlfile reads without a finding."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits; they must not overlap. What is put in before something that goes, stays."""
    parts: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += (text[end : edit.start], edit.text)
        end = edit.end
    return "".join((*parts, text[end:]))


def child(node: Any, key: str) -> Any:
    """The value node under a key; None where the node has no such key."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def key_node(node: Any, key: str) -> Any:
    """The node of the key itself."""
    return next(name for name, _ in node.value if name.value == key)


def is_null(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in NULLS


def looks_typed(value: str) -> bool:
    """Whether other readers of YAML would take the plain text for a number, a date, a flag or nothing."""
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return str(tag) != "tag:yaml.org,2002:str" or NUMBERS.fullmatch(value) is not None


def scalar(value: str) -> str:
    """The value as it is written: in quotes where it needs them."""
    return value if SAFE.fullmatch(value) and not looks_typed(value) else json.dumps(value, ensure_ascii=False)


def row_name(node: Any) -> str:
    """The name of a row of a list of people: itself, or its one key."""
    return str(node.value[0][0].value if isinstance(node, yaml.MappingNode) and node.value else node.value)


def last_line(node: Any) -> int:
    """The line of the last character of a node; in block style its end mark lies beyond comments."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.line) - _block_scalar(node)
    last = node.value[-1]
    if isinstance(node, yaml.MappingNode):
        key, value = last
        return last_line(key if is_null(value) and not value.value else value)
    return last_line(last)


def _block_scalar(node: Any) -> bool:
    return getattr(node, "style", None) in ("|", ">") and node.end_mark.column == 0


def chunks(text: str, node: Any) -> tuple[list[str], list[tuple[int, int]]] | None:
    """The text's lines, and for each item of a block list its first line and the one behind its last.

    Comments above an item are its own. None: the items don't stand on lines of their own.
    """
    lines = text.split("\n")
    spans: list[tuple[int, int]] = []
    begin = node.start_mark.line
    for item in node.value:
        line = item.start_mark.line
        if not re.fullmatch(r"\s*- +", lines[line][: item.start_mark.column]) or (spans and line < spans[-1][1]):
            return None
        spans.append((begin if spans else _first(lines, line, begin), last_line(item) + 1))
        begin = spans[-1][1]
    return lines, spans


def _first(lines: list[str], line: int, begin: int) -> int:
    """The first of the comments right above the first item."""
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return min(line, begin)


def scalars(node: Any) -> Iterator[Any]:
    """Every scalar node in it."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item)
    else:
        for pair in node.value:
            for one in pair:
                yield from scalars(one)
