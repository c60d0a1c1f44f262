"""Edits of one of our files that keep its comments: a person more or less in an assignment, a lot more, and `tidy`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from seatwise.core.model import Exit, Lot, Price, Stop, Terms
from seatwise.core.parse.values import folded
from seatwise.edges import yamlfile
from seatwise.edges.spans import Edit, child, chunks, edited, is_null, key_node, last_line, row_name, scalar, top
from seatwise.edges.tidy import tidy

__all__ = ["add_lot", "add_person", "remove_person", "row", "tidy"]


def add_person(text: str, assignment: str, person: str, terms: Terms = Terms()) -> str:  # noqa: B008, frozen
    """The text with one person more in an assignment, in order; the assignment is made where it isn't there yet.

    A person who is there already gets these terms. Raises Stop where the assignment is a rule, a group or for devices.
    """
    text = remove_person(text, assignment, person)
    node = top(text)
    key, named = _named(node)
    body = child(named, assignment)
    if body is None:
        rows = f"{scalar(assignment)}:\n    people:\n      - {row(person, terms)}\n"
        return _proved(text, _entry_added(text, node, key, rows), assignment, person)
    people = child(body, "people")
    if not isinstance(people, yaml.SequenceNode):
        what = f"assignment {assignment!r} names no people"
        raise Stop(Exit.ERROR, what, "give it to the person by an assignment with people")
    after = edited(text, [_added(text, body, people, row(person, terms))])
    return _proved(text, after, assignment, person)


def remove_person(text: str, assignment: str, person: str) -> str:
    """The text without the person's row in an assignment; the same text where there is none. May raise Stop."""
    people = child(child(_named(top(text))[1], assignment), "people")
    rows = people.value if isinstance(people, yaml.SequenceNode) else ()
    wanted = [item for item in rows if folded(row_name(item)) == folded(person)]
    if not wanted:
        return text
    return _proved(text, edited(text, [_removed(text, people, wanted[0])]), assignment, person)


def add_lot(text: str, lot: Lot) -> str:
    """The text of a license with one lot more, behind the others. May raise Stop."""
    said = {
        "type": lot.type,
        "quantity": lot.quantity,
        "price": _price(lot.price) if lot.price else "",
        "start": lot.start,
        "po": lot.po,
        "state": "ordered" if lot.ordered else "",
    }
    written = ", ".join(f"{key}: {_plain(value)}" for key, value in said.items() if value)
    return _entry_added(text, top(text), "entitlements", f"{scalar(lot.name)}: {{{written}}}\n")


def _price(price: Price) -> str:
    return f"{price.amount} {price.currency}{' once' if price.per == 'once' else f' / {price.per}'}"


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, date | int) else scalar(value)


def _proved(before: str, after: str, assignment: str, person: str) -> str:
    """The text after an edit, which says of everybody else what it said before. Some ways to write leave no room."""
    said = _others(after, assignment, person)
    if said is None or said != _others(before, assignment, person):
        raise _unfit()
    return after


def _unfit() -> Stop:
    what = "the list of people is written in a way that can't be edited"
    return Stop(Exit.ERROR, what, "one person a line, each with its own `- `")


def _others(text: str, assignment: str, person: str) -> Any:
    """What a text says apart from one person of an assignment; None where it is no YAML."""
    document, findings = yamlfile.read(text.encode(), "")
    if document is None or findings:
        return None
    key = "who" if "bundle" in document else "assignments"
    named = document.get(key) or {}
    body = named.get(assignment) or {}
    people = [one for one in body.get("people") or () if _name(one) != folded(person)]
    return [_without(document, key), _without(named, assignment), _without(body, "people"), people]


def _name(row: Any) -> str:
    return folded(row if isinstance(row, str) else next(iter(row or ("",))))


def _without(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


def row(person: str, terms: Terms) -> str:
    """A row of a list of people: the name, and in braces what else it says."""
    said = {"through": terms.through, "options": dict(terms.options), "note": terms.note}
    told = {key: value for key, value in said.items() if value}
    return f"{scalar(person)}: {_flow(told)}" if told else scalar(person)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date | int) else scalar(value)


def _named(node: Any) -> tuple[str, Any]:
    """The key that assignments stand under, and their node."""
    key = "who" if child(node, "bundle") is not None else "assignments"
    return key, child(node, key)


def _entry_added(text: str, node: Any, key: str, body: str) -> str:
    """The text with a named entry more, in block style, at the end of the mapping under a key of the topmost one."""
    named = child(node, key)
    if not text.endswith("\n"):
        text += "\n"
    if named is None:
        return f"{text}{key}:\n  {body}"
    if isinstance(named, yaml.ScalarNode) and not is_null(named):
        raise Stop(Exit.ERROR, f"{key!r} is a text", "seatwise validate says what is wrong with the file")
    if is_null(named) or not named.value:
        start = key_node(node, key).end_mark.index
        return edited(text, [Edit(start, named.end_mark.index, f":\n  {body}".rstrip("\n"))])
    if named.flow_style:
        raise Stop(Exit.ERROR, f"{key!r} stands on one line", "put each of its entries on a line of its own")
    indent = " " * named.start_mark.column
    at = _line_start(text, last_line(named) + 1)
    return edited(text, [Edit(at, at, "".join(_indented(indent, body)))])


def _indented(indent: str, body: str) -> list[str]:
    """The assignment's lines, moved to where its neighbours stand."""
    return [
        f"{indent}{line}\n" if not line.startswith("    ") else f"{indent}{line[2:]}\n" for line in body.splitlines()
    ]


def _added(text: str, body: Any, people: Any, line: str) -> Edit:
    if people.flow_style or not people.value:
        return _added_flow(text, body, people, line)
    found = chunks(text, people)
    if found is None:
        raise _unfit()
    spans = found[1]
    indent = " " * (people.value[0].start_mark.column - 2)
    name = folded(row_name(top(line)))
    behind = [span[0] for item, span in zip(people.value, spans, strict=True) if folded(row_name(item)) > name]
    at = _line_start(text, behind[0] if behind else spans[-1][1])
    missing = "" if text[:at].endswith("\n") or not at else "\n"
    return Edit(at, at, f"{missing}{indent}- {line}\n")


def _added_flow(text: str, body: Any, people: Any, line: str) -> Edit:
    start, end = people.start_mark.index, people.end_mark.index
    if not people.value and not body.flow_style:
        indent = " " * (body.start_mark.column + 2)
        return Edit(len(text[:start].rstrip()), end, f"\n{indent}- {line}")
    name = folded(row_name(top(line)))
    items = [
        (folded(row_name(item)), text[item.start_mark.index : item.end_mark.index].strip()) for item in people.value
    ]
    rows = [item for _, item in sorted([*items, (name, line)], key=lambda pair: pair[0])]
    return Edit(start, end, f"[{', '.join(rows)}]")


def _removed(text: str, people: Any, item: Any) -> Edit:
    found = chunks(text, people)
    if people.flow_style:
        kept = [text[one.start_mark.index : one.end_mark.index].strip() for one in people.value if one is not item]
        return Edit(people.start_mark.index, people.end_mark.index, f"[{', '.join(kept)}]")
    if found is None:
        raise _unfit()
    first, end = found[1][people.value.index(item)]
    if len(people.value) == 1:
        return _emptied(text, people, end)
    return Edit(_line_start(text, first), _line_start(text, end), "")


def _emptied(text: str, people: Any, end: int) -> Edit:
    """A list of one becomes `[]`, behind its key."""
    before = text[: people.start_mark.index].rstrip()
    return Edit(len(before), _line_start(text, end), " []\n")


def _line_start(text: str, line: int) -> int:
    """The index of a line's first character; the end of the text where it has no such line."""
    lines = text.split("\n")
    return min(sum(len(one) + 1 for one in lines[:line]), len(text))
