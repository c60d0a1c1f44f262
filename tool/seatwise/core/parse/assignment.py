"""Named asks, as licenses, split files and bundles write them → Assignments.

A long list of people costs no object each: a row that is only a name becomes an entry from name to line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seatwise.core.document import List, Map
from seatwise.core.model import Assignment, Duration, Place, Terms
from seatwise.core.parse.parsed import File
from seatwise.core.parse.values import day, duration, folded, options, selector, terms


@dataclass(frozen=True, slots=True)
class Pace:
    """What the file says for all its assignments: how early joiners and how long movers hold a seat."""

    ready: Duration
    keep_for: Duration


def pace(document: Map) -> Pace:
    """As written under joiners and movers; else on the first day, and for 14 days."""
    joiners, movers = document.get("joiners") or {}, document.get("movers") or {}
    ready = str(joiners.get("ready", "0 days")).removesuffix(" before start")
    return Pace(duration(ready), duration(movers.get("keep_for", "14 days")))


def assignments(file: File, key: str, bundle: str = "") -> tuple[Assignment, ...] | None:
    """The assignments under a key; () where it says `[]`, None where it isn't there."""
    named = file.document.get(key)
    if named is None:
        return None
    if not isinstance(named, Map):
        return ()
    shared = pace(file.document)
    found = [_assignment(file, name, body, named.at(name), shared, bundle) for name, body in named.items()]
    _twice(file, found)
    return tuple(found)


def _assignment(file: File, name: str, body: Map, line: int, shared: Pace, bundle: str) -> Assignment:
    people, person_terms = _roster(file, name, body.get("people"))
    devices, device_terms = _roster(file, name, body.get("devices"))
    _columns(file, body)
    return Assignment(
        name,
        Place(file.path, line),
        people,
        person_terms | device_terms,
        devices,
        selector(body.get("where")),
        str(body.get("group", "")),
        body.get("max"),
        day(body, "through"),
        options(body.get("options")),
        bundle,
        str(body.get("ticket", "")),
        str(body.get("reason", "")),
        shared.ready,
        shared.keep_for,
    )


def _columns(file: File, body: Map) -> None:
    where = body.get("where") or Map()
    for key in where:
        file.note("column", folded(key), where.at(key))


def _roster(file: File, name: str, rows: List | None) -> tuple[dict[str, int], dict[str, Terms]]:
    """Name → line, and name → terms of the rows that have some. Of a name that stands twice the first counts."""
    if not rows:
        return {}, {}
    keys = [row.casefold() if type(row) is str else folded(next(iter(row), "")) for row in rows]
    lines = dict(zip(keys, rows.lines, strict=True))
    if len(lines) != len(keys):
        lines = _once(file, name, keys, rows.lines)
    exceptions = (pair for pair in zip(keys, rows, strict=True) if type(pair[1]) is Map)
    return lines, {key: terms(next(iter(row.values()), Map())) for key, row in exceptions}


def _once(file: File, name: str, keys: list[str], lines: list[int]) -> dict[str, int]:
    first: dict[str, int] = {}
    for key, line in zip(keys, lines, strict=True):
        if key in first:
            _told_twice(file, key, line, f"{name!r}, line {first[key]}")
        first.setdefault(key, line)
    return first


def _twice(file: File, found: Iterable[Assignment]) -> None:
    """Tells the names that stand in two assignments of one file."""
    for name, here, there in doubles(found):
        _told_twice(file, name, here.line(name).line, f"{there.name!r}, line {there.line(name).line}")


def _told_twice(file: File, name: str, line: int, where: str) -> None:
    file.tell("person-twice", line, f"{name} is already in {where}", "keep one", key=name)


def doubles(found: Iterable[Assignment]) -> Iterator[tuple[str, Assignment, Assignment]]:
    """Names that stand in two assignments: the name, the later one, the earlier one."""
    for kind in ("people", "devices"):
        seen: dict[str, Assignment] = {}
        for assignment in found:
            names = getattr(assignment, kind)
            both = seen.keys() & names.keys()
            for name in sorted(both, key=names.__getitem__):
                yield name, assignment, seen[name]
            seen.update(dict.fromkeys(names.keys() - both, assignment))
