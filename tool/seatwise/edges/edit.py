"""Edits of one of our files that keep its comments: rows of its lists that come, go or end on another day, and `tidy`.

However many rows change, the text is read a few times and no more. What it says afterwards is read again and compared:
an edit that would say anything else of anybody else is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

import yaml

from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Exit, Lot, Price, Stop, Terms
from seatwise.core.parse.values import folded
from seatwise.edges import yamlfile
from seatwise.edges.spans import Edit, child, chunks, edited, is_null, key_node, last_line, row_name, scalar, top
from seatwise.edges.tidy import tidy

__all__ = ["add_lot", "add_person", "changed", "remove_person", "row", "tidy", "with_mode"]

FLOW_ROWS = 8
"""So many rows may stand on one line; a longer list gets a line for each, where there is room."""
OTHER_BREAKS = "\x85\u2028\u2029"
"""YAML counts these as line ends, and editors don't: behind one, nobody agrees on lines."""


def add_person(text: str, assignment: str, person: str, terms: Terms = Terms()) -> str:  # noqa: B008, frozen
    """The text with one person more in an assignment, in order; the assignment is made where it isn't there yet.

    A person who is there already gets these terms. Raises Stop where the assignment is a rule, a group or for devices.
    """
    return changed(text, [ListEdit(assignment, add={person: terms})])


def remove_person(text: str, assignment: str, person: str) -> str:
    """The text without the person's row in an assignment; the same text where there is none. May raise Stop."""
    return changed(text, [ListEdit(assignment, remove=frozenset({folded(person)}))])


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
    told = {key: value for key, value in said.items() if value}
    return _entries_added(text, top(text), "entitlements", [f"{scalar(lot.name)}: {_flow(told)}"])


def with_mode(text: str, mode: str) -> str:
    """The text of a license in another mode; one that names no assignments says `[]`, for nobody. May raise Stop."""
    node = top(text)
    there = child(node, "mode")
    if not isinstance(there, yaml.ScalarNode):
        raise _unfit("the file names no mode")
    text = edited(text, [Edit(there.start_mark.index, there.end_mark.index, mode)])
    return text if child(node, "assignments") is not None else f"{_ended(text)}assignments: []\n"


def _price(price: Price) -> str:
    return f"{price.amount} {price.currency}{' once' if price.per == 'once' else f' / {price.per}'}"


def changed(text: str, edits: Sequence[ListEdit]) -> str:
    """The text after all of these edits, each of another list. Raises Stop where one of them can't be done."""
    if any(mark in text for mark in OTHER_BREAKS):
        raise _unfit("a line of the file ends in a character that only YAML takes for a line's end")
    if (breaks := text.count("\r\n")) and breaks == text.count("\n"):
        return changed(text.replace("\r\n", "\n"), edits).replace("\n", "\r\n")
    after = text
    for step in (_kept, _rows, _new_lists):
        after = step(after, edits)
    if after != text:
        _prove(text, after, edits)
    return after


def _unfit(what: str = "the list of people is written in a way that can't be edited") -> Stop:
    return Stop(Exit.ERROR, what, "one person a line, each with its own `- `")


# how a row is written


def row(person: str, terms: Terms, note: str = "note", at: str = "") -> str:
    """A row of a list: the name, and in braces what else it says; `note` is the key that the remark stands under."""
    said = {"at": at, "through": terms.through, "options": dict(terms.options), note: terms.note}
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


def _written(edit: ListEdit) -> dict[str, str]:
    """Folded name → row, of those that come, in order."""
    note = "note" if edit.assignment else "reason"
    return {folded(name): row(name, terms, note, edit.at) for name, terms in sorted(edit.add.items(), key=_by_name)}


def _by_name(item: tuple[str, Any]) -> tuple[str, str]:
    return folded(item[0]), item[0]


# where a list stands


def _named(node: Any) -> tuple[str, Any]:
    """The key that assignments stand under, and their node."""
    key = "who" if child(node, "bundle") is not None else "assignments"
    return key, child(node, key)


def _list(node: Any, edit: ListEdit) -> tuple[Any, Any]:
    """The mapping that the list is in, None where there is none; and the list, None where it isn't there."""
    body = child(_named(node)[1], edit.assignment) if edit.assignment else node
    found = child(body, edit.key)
    return body, found if isinstance(found, yaml.SequenceNode) else None


class _Lines:
    """Where each line of a text begins."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._end = len(text)

    def start(self, line: int) -> int:
        """The index of a line's first character; the end of the text where it has no such line."""
        return min(self._starts[line], self._end) if line < len(self._starts) else self._end


# last days and options of rows that stay


def _kept(text: str, edits: Sequence[ListEdit]) -> str:
    wanted = [edit for edit in edits if edit.through or edit.options]
    node = top(text) if wanted else None
    return edited(text, [one for edit in wanted for one in _list_kept(_list(node, edit)[1], edit)])


def _list_kept(rows: Any, edit: ListEdit) -> Iterator[Edit]:
    for key, values in _said(edit).items():
        for item in rows.value if values and rows is not None else ():
            if value := values.get(folded(row_name(item))):
                yield _says(item, key, _flow(value))


def _said(edit: ListEdit) -> dict[str, dict[str, Any]]:
    """Key → folded name of a row that stays → what it is to say under that key."""
    options = {folded(name): dict(value) for name, value in edit.options.items()}
    return {"through": {folded(name): day for name, day in edit.through.items()}, "options": options}


def _says(item: Any, key: str, value: str) -> Edit:
    """The row with another last day, or other options; whatever else it says stays, and its comments too."""
    if isinstance(item, yaml.ScalarNode):
        return Edit(item.end_mark.index, item.end_mark.index, f": {{{key}: {value}}}")
    terms = item.value[0][1]
    if not isinstance(terms, yaml.MappingNode) or not terms.value:
        raise _unfit()
    there = child(terms, key)
    if there is not None and (isinstance(there, yaml.ScalarNode) or there.flow_style):
        return Edit(there.start_mark.index, there.end_mark.index, value)
    if there is not None:
        raise _unfit(f"{key!r} stands on lines of its own")
    at = terms.start_mark.index
    if terms.flow_style:
        return Edit(at + 1, at + 1, f"{key}: {value}, ")
    return Edit(at, at, f"{key}: {value}\n{' ' * terms.start_mark.column}")


# rows that come and go in lists that are there


def _rows(text: str, edits: Sequence[ListEdit]) -> str:
    wanted = [edit for edit in edits if edit.add or edit.remove]
    node = top(text) if wanted else None
    lines = _Lines(text)
    return edited(text, [one for edit in wanted for one in _list_rows(text, lines, _list(node, edit), edit)])


def _list_rows(text: str, lines: _Lines, where: tuple[Any, Any], edit: ListEdit) -> Iterator[Edit]:
    body, rows = where
    if rows is None:
        if edit.add and body is not None and edit.assignment:
            what = f"assignment {edit.assignment!r} names no {edit.key}"
            raise Stop(Exit.ERROR, what, f"give it to the {edit.one} by an assignment with {edit.key}")
        return
    come = _written(edit)
    gone = {at for at, item in enumerate(rows.value) if folded(row_name(item)) in edit.remove | come.keys()}
    if not come and not gone:
        return
    write = _flow_rows if rows.flow_style or not rows.value else _block_rows
    yield from write(text, lines, where, (come, gone))


def _block_rows(
    text: str, lines: _Lines, where: tuple[Any, Any], rows: tuple[dict[str, str], set[int]]
) -> Iterator[Edit]:
    (come, gone), people = rows, where[1]
    found = chunks(text, people)
    if found is None:
        raise _unfit()
    spans = found[1]
    if len(gone) == len(spans) and not come:
        key = next(name for name, value in where[0].value if value is people)
        colon = text.index(":", key.end_mark.index) + 1
        yield Edit(colon, colon, " []")
        yield Edit(lines.start(spans[0][0]), lines.start(spans[-1][1]), "")
        return
    indent = " " * (people.value[0].start_mark.column - 2)
    for at in gone:
        yield Edit(lines.start(spans[at][0]), lines.start(spans[at][1]), "")
    for at, added in _places(people.value, come).items():
        start = lines.start(spans[at][0] if at < len(spans) else spans[-1][1])
        missing = "" if text[:start].endswith("\n") or not start else "\n"
        yield Edit(start, start, missing + "".join(f"{indent}- {line}\n" for line in added))


def _places(items: Sequence[Any], come: dict[str, str]) -> dict[int, list[str]]:
    """Index of the first row that stands behind them → new rows. A list out of order is taken as it is."""
    highest = list(accumulate((folded(row_name(item)) for item in items), max))
    places: dict[int, list[str]] = {}
    for name, line in come.items():
        places.setdefault(bisect_right(highest, name), []).append(line)
    return places


def _flow_rows(
    text: str, lines: _Lines, where: tuple[Any, Any], rows: tuple[dict[str, str], set[int]]
) -> Iterator[Edit]:
    (come, gone), (body, people) = rows, where
    start, end = people.start_mark.index, people.end_mark.index
    if "#" in text[start:end]:
        raise _unfit()
    kept = [item for at, item in enumerate(people.value) if at not in gone]
    old = [(folded(row_name(item)), text[item.start_mark.index : item.end_mark.index].strip()) for item in kept]
    every = [line for _, line in (sorted([*old, *come.items()], key=lambda pair: pair[0]) if come else old)]
    if come and not body.flow_style and (not people.value or len(every) > FLOW_ROWS):
        indent = " " * (_column(body) + 2)
        yield Edit(len(text[:start].rstrip()), end, "".join(f"\n{indent}- {line}" for line in every))
    else:
        yield Edit(start, end, f"[{', '.join(every)}]")


def _column(body: Any) -> int:
    return int(body.value[0][0].start_mark.column)


# lists that are not there yet


def _new_lists(text: str, edits: Sequence[ListEdit]) -> str:
    node = top(text) if any(edit.add for edit in edits) else None
    new = [edit for edit in edits if edit.add and _list(node, edit)[1] is None]
    for own in [edit for edit in new if not edit.assignment]:
        text = _new_own(text, node, own)
        node = top(text)
    if made := [edit for edit in new if edit.assignment]:
        text = _new_assignments(text, node, made)
    return text


def _new_own(text: str, node: Any, edit: ListEdit) -> str:
    if child(node, edit.key) is not None:
        raise _unfit(f"{edit.key!r} is no list")
    return _ended(text) + f"{edit.key}:\n" + "".join(f"  - {line}\n" for line in _written(edit).values())


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _new_assignments(text: str, node: Any, made: Sequence[ListEdit]) -> str:
    return _entries_added(text, node, _named(node)[0], [line for edit in made for line in _assignment(edit)])


def _entries_added(text: str, node: Any, key: str, body: Sequence[str]) -> str:
    """The text with these lines of named entries at the end of the mapping that stands under a key of the topmost one."""
    named = child(node, key)
    text = _ended(text)
    if named is None:
        return text + "".join(_moved([f"{key}:"], "")) + "".join(_moved(body, "  "))
    if isinstance(named, yaml.ScalarNode) and not is_null(named):
        raise Stop(Exit.ERROR, f"{key!r} is a text", "seatwise validate says what is wrong with the file")
    if is_null(named) or not named.value:
        start = key_node(node, key).end_mark.index
        return edited(text, [Edit(start, named.end_mark.index, ":\n" + "".join(_moved(body, "  ")).rstrip("\n"))])
    if named.flow_style:
        raise Stop(Exit.ERROR, f"{key!r} stands on one line", "put each of its entries on a line of its own")
    at = _Lines(text).start(last_line(named) + 1)
    return edited(text, [Edit(at, at, "".join(_moved(body, " " * _column(named))))])


def _assignment(edit: ListEdit) -> Iterator[str]:
    yield f"{scalar(edit.assignment)}:"
    yield from (f"  {key}: {scalar(value)}" for key, value in edit.about.items())
    yield f"  {edit.key}:"
    yield from (f"    - {line}" for line in _written(edit).values())


def _moved(lines: Iterable[str], indent: str) -> Iterator[str]:
    return (f"{indent}{line}\n" for line in lines)


# proof


def _prove(before: str, after: str, edits: Sequence[ListEdit]) -> None:
    """Raises Stop unless the second text says what was wanted, and of everybody else what the first one said."""
    old, new = (yamlfile.read(text.encode(), "") for text in (before, after))
    if old[0] is None or new[0] is None or new[1] or _rest(old[0], edits) != _rest(new[0], edits):
        raise _unfit()
    for edit in edits:
        people = {_name(one): one for one in _people(new[0], edit)}
        come = set(map(folded, edit.add))
        if come - people.keys() or (edit.remove - come) & people.keys() or not _say_so(people, edit):
            raise _unfit()


def _say_so(people: dict[str, Any], edit: ListEdit) -> bool:
    return all(
        name in people and _terms(people[name]).get(key) == _as_read(value)
        for key, values in _said(edit).items()
        for name, value in values.items()
    )


def _as_read(value: Any) -> Any:
    """A value as it is read again: texts, lists and mappings of them."""
    if isinstance(value, dict):
        return {name: _as_read(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_as_read(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _terms(row: Any) -> Any:
    return next(iter(row.values())) if isinstance(row, dict) else {}


def _rest(document: Any, edits: Sequence[ListEdit]) -> Any:
    """What a file says apart from the rows that are edited, whatever their order, and from how new assignments begin."""
    key = "who" if "bundle" in document else "assignments"
    named = dict(document.get(key) or {})
    rest = {name: value for name, value in document.items() if name != key}
    for edit in edits:
        stay = {name: dict.fromkeys(_keys(edit, name), "") for name in map(folded, (*edit.through, *edit.options))}
        touched = edit.remove | set(map(folded, edit.add)) | stay.keys()
        kept = [one for one in _people(document, edit) if _name(one) not in touched]
        terms = [
            {_name(one): {**_terms(one), **stay[_name(one)]}} for one in _people(document, edit) if _name(one) in stay
        ]
        holder = dict(named.get(edit.assignment) or edit.about) if edit.assignment else rest
        holder[edit.key] = [sorted(rows, key=_name) for rows in (kept, terms)]
        if edit.assignment:
            named[edit.assignment] = holder
    return rest, named


def _keys(edit: ListEdit, name: str) -> Iterator[str]:
    """What a row that stays says anew."""
    return (key for key, values in _said(edit).items() if name in values)


def _people(document: Any, edit: ListEdit) -> Sequence[Any]:
    key = "who" if "bundle" in document else "assignments"
    body = (document.get(key) or {}).get(edit.assignment) or {} if edit.assignment else document
    found = body.get(edit.key) or ()
    return found if isinstance(found, list) else ()


def _name(row: Any) -> str:
    return folded(row if isinstance(row, str) else next(iter(row or ("",))))
