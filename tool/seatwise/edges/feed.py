"""What a source of people holds, as a CSV text or as records of an API → its rows by our fields, and proof of the reading.

A CSV text is `edges/sheet`'s to read, in UTF-8, or in cp1252 where the source says so. A row of another length than the header is
left out with a finding: its person is unknown. What makes all rows doubtful, such as a missing column or an open quote, stops
the reading. Of a record, a column is a path: `work.email` is the field `email` of its field `work`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, Finding, Level, PeopleSource, Place, Stop
from seatwise.core.model.people import Feed
from seatwise.core.near import near
from seatwise.core.person_row import LOGIN
from seatwise.edges.sheet import ENCODING, ENCODINGS, cells, fault, folded

Rows = Sequence[tuple[int, Sequence[str]]]
"""Cells by the line that they begin on."""


def text(source: PeopleSource, path: str, data: bytes, as_of: datetime) -> RawPeople:
    """The rows of a CSV text. Raises Stop with everything that makes them doubtful, each with file and line."""
    rows = _rows(source, path, data)
    columns = _columns(source, path, *rows[0])
    return _raw(source, path, columns, rows, (data, as_of))


def records(source: PeopleSource, path: str, found: Sequence[Mapping[str, Any]], as_of: datetime) -> RawPeople:
    """The rows of an API's records; the first of them is line 1. Raises Stop where a mapped field is in none of them."""
    wanted = _wanted(source)
    missing = [column for column in wanted.values() if not any(at(one, column) is not None for one in found)]
    if found and missing:
        known = sorted({name for one in found[:100] for name in one})
        faults = [fault(path, 1, f"no record has {one!r}", near(one, known) or ", ".join(known)) for one in missing]
        raise _stop(source, faults)
    rows = tuple({name: _cell(at(one, column)) for name, column in wanted.items()} for one in found)
    digest = hashlib.sha256(json.dumps([*found], sort_keys=True).encode()).hexdigest()
    feed = Feed(source.id, len(rows), as_of, f"sha256:{digest}")
    return RawPeople(rows, tuple(range(1, len(rows) + 1)), feed, path)


def fields(source: PeopleSource) -> set[str]:
    """The fields of a record that columns begin with."""
    return {column.partition(".")[0] for column in _wanted(source).values()}


def mapped(source: PeopleSource, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with what columns begin with, empty where it has nothing; of its other fields the names alone, to tell them."""
    kept = fields(source)
    return {name: ("" if value is None else value) if name in kept else None for name, value in record.items()}


def at(record: Any, column: str) -> Any:
    """What stands at a path; None: nothing does."""
    for name in column.split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(_cell(one) for one in value)
    return str(value).strip()


def _rows(source: PeopleSource, path: str, data: bytes) -> Rows:
    """The header and what is below it."""
    encoding = _encoding(source)
    found = cells(path, data, encoding, _wanted(source).values())
    if found.fault is not None:
        raise _stop(source, [_advised(found.fault, encoding)])
    if not found.rows:
        raise _stop(source, [fault(path, 1, "is empty", "export it again")])
    return found.rows


def _encoding(source: PeopleSource) -> str:
    encoding = str(source.config.get("encoding", "utf-8")).lower()
    if encoding not in ENCODINGS:
        what = f"{source.place}: people source {source.id} has the encoding {encoding!r}"
        raise Stop(Exit.ERROR, what, f"one of {', '.join(ENCODINGS)}")
    return encoding


def _advised(found: Finding, encoding: str) -> Finding:
    if found.rule != ENCODING or encoding == "cp1252":
        return found
    return replace(found, fix=f"{found.fix}, or say encoding: cp1252 in seatwise.yaml")


def _wanted(source: PeopleSource) -> dict[str, str]:
    """Our field → its column."""
    return {**source.columns, **{LOGIN + account: column for account, column in source.logins.items()}}


def _columns(source: PeopleSource, path: str, line: int, header: Sequence[str]) -> dict[str, int]:
    """Our field → the index of its column. Raises Stop with all columns that are missing or there twice."""
    titles = [folded(title) for title in header]
    wanted = _wanted(source)
    findings = [*_missing(path, line, wanted, header), *_double(path, line, wanted, titles)]
    if findings:
        raise _stop(source, findings)
    return {name: titles.index(folded(column)) for name, column in wanted.items()}


def _missing(path: str, line: int, wanted: Mapping[str, str], header: Sequence[str]) -> Iterator[Finding]:
    there = {folded(title): title for title in header}
    for name, column in wanted.items():
        if folded(column) not in there:
            guess = near(column, there.values())
            fix = (f"{guess}? " if guess else "") + f"the columns are {', '.join(there.values())}"
            yield fault(path, line, f"there is no column {column!r}, which {name} is mapped to", fix)


def _double(path: str, line: int, wanted: Mapping[str, str], titles: list[str]) -> Iterator[Finding]:
    counts = Counter(titles)
    for column in dict.fromkeys(wanted.values()):
        if counts[folded(column)] > 1:
            what = f"the column {column!r} is there {counts[folded(column)]} times"
            yield fault(path, line, what, "rename or drop the others, so that it is clear which one counts")


def _raw(
    source: PeopleSource, path: str, columns: Mapping[str, int], table: Rows, origin: tuple[bytes, datetime]
) -> RawPeople:
    (_, header), *body = table
    width = len(header)
    good = [(line, row) for line, row in body if len(row) == width]
    ragged = tuple(_ragged(path, line, len(row), width) for line, row in body if len(row) != width)
    rows = tuple({name: row[cell] for name, cell in columns.items()} for _, row in good)
    feed = Feed(source.id, len(rows), origin[1], "sha256:" + hashlib.sha256(origin[0]).hexdigest())
    return RawPeople(rows, tuple(line for line, _ in good), feed, path, ragged)


def _ragged(path: str, line: int, cells: int, width: int) -> Finding:
    what = f"the row has {cells} cells, the header {width}: it is left out, and its person is unknown"
    fix = "put quotes around cells that hold the separator, or export it again"
    return Finding("people-unreadable", Level.HOLD, what, fix, Place(path, line), key=f"{path}:{line}")


def _stop(source: PeopleSource, findings: list[Finding]) -> Stop:
    return Stop(Exit.ERROR, f"people source {source.id} cannot be read", findings=findings)
