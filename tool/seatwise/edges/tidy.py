"""The text of one of our files → the same, tidied: people sorted, number-like ids quoted, comments kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from seatwise.core.parse.shape import Shape
from seatwise.core.parse.values import folded
from seatwise.edges.schema import KINDS, schema
from seatwise.edges.spans import Edit, chunks, edited, is_null, looks_typed, row_name, scalars, top

SORTED = frozenset({"people", "devices", "never", "reassert", "volunteers"})
"""Titles of lists whose order means nothing."""
WRITTEN = frozenset({"date", "instant", "duration", "price", "share", "free"})
"""Titles of texts that look typed and need no quotes: everybody reads them as what they are."""


def tidy(text: str) -> str:
    """The tidied text. It says the same as before, and tidying it again changes nothing.

    Only for texts that edges/yamlfile reads without a finding.
    """
    text = re.sub(r"\r\n?", "\n", text)
    shape = _shape(top(text))
    text = edited(text, _quoted(top(text), shape))
    return _trimmed(edited(text, _sorted(text, top(text), shape)))


def _shape(node: Any) -> Shape:
    first = str(node.value[0][0].value)
    own = schema("seatwise" if first not in KINDS else first)
    return Shape(own, own)


def _quoted(node: Any, shape: Shape) -> Iterator[Edit]:
    """Quotes for plain texts that other readers of YAML would take for numbers, dates or flags."""
    if isinstance(node, yaml.ScalarNode):
        if _is_text(shape) and _misleads(node):
            yield _in_quotes(node)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _quoted(item, shape.child(0))
    else:
        for key, value in node.value:
            if _misleads(key):
                yield _in_quotes(key)
            yield from _quoted(value, shape.child(key.value))


def _is_text(shape: Shape) -> bool:
    types = shape.types
    return "string" in types and not types & {"integer", "boolean"} and shape.title not in WRITTEN


def _misleads(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and not is_null(node) and looks_typed(node.value)


def _in_quotes(node: Any) -> Edit:
    return Edit(node.start_mark.index, node.end_mark.index, json.dumps(node.value, ensure_ascii=False))


def _sorted(text: str, node: Any, shape: Shape) -> Iterator[Edit]:
    """Every list of people in order."""
    if isinstance(node, yaml.SequenceNode) and shape.title in SORTED and node.value:
        edit = _flow(text, node) if node.flow_style else _block(text, node)
        if edit is not None:
            yield edit
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _sorted(text, value, shape.child(key.value))


def _flow(text: str, node: Any) -> Edit | None:
    start, end = node.start_mark.index, node.end_mark.index
    if "#" in text[start:end] or "\n" in text[start:end]:
        return None
    items = sorted(node.value, key=_order)
    return Edit(start, end, f"[{', '.join(text[i.start_mark.index : i.end_mark.index].strip() for i in items)}]")


def _block(text: str, node: Any) -> Edit | None:
    found = chunks(text, node)
    if found is None:
        return None
    lines, spans = found
    order = sorted(range(len(spans)), key=lambda number: _order(node.value[number]))
    rows = [line for number in order for line in _solid(lines[slice(*spans[number])])]
    start = sum(len(line) + 1 for line in lines[: spans[0][0]])
    end = start + sum(len(line) + 1 for line in lines[spans[0][0] : spans[-1][1]]) - 1
    return Edit(start, end, "\n".join(rows))


def _solid(lines: list[str]) -> list[str]:
    """An item without the blank lines above it."""
    first = next(number for number, line in enumerate(lines) if line.strip())
    return lines[first:]


def _order(node: Any) -> tuple[str, str]:
    return folded(row_name(node)), row_name(node)


def _trimmed(text: str) -> str:
    """Without blanks at the ends of lines, and with one empty line where there were several."""
    kept = _inside_texts(text)
    lines = text.split("\n")
    out: list[str] = []
    for number, line in enumerate(lines):
        bare = line if number in kept else line.rstrip()
        if bare or number in kept or (out and out[-1]):
            out.append(bare)
    whole = "\n".join(out)
    return whole if len(lines) - 1 in kept else whole.rstrip("\n") + "\n"


def _inside_texts(text: str) -> frozenset[int]:
    """Lines of texts that run over several lines: blanks may mean something there."""
    found: set[int] = set()
    for node in scalars(top(text)):
        if node.start_mark.line != node.end_mark.line or node.style in ("|", ">"):
            found.update(range(node.start_mark.line, node.end_mark.line + 1))
    return frozenset(found)
