"""A CSV export of people, as HR systems and spreadsheets write it → its rows by our fields, and proof of the reading.

Its form is `edges/sheet`'s to read, in UTF-8, or in cp1252 where the source says so. A row of another length than the header is
left out with a finding: its person is unknown. What makes all rows doubtful, such as a missing column or an open quote, stops
the reading.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, Finding, Level, PeopleSource, Place, Stop
from seatwise.core.model.people import Feed
from seatwise.core.near import near
from seatwise.core.person_row import LOGIN
from seatwise.edges.sheet import ENCODING, ENCODINGS, cells, fault, folded
from seatwise.edges.site import Site

Rows = Sequence[tuple[int, Sequence[str]]]
"""Cells by the line that they begin on."""


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The export's rows. Raises Stop with everything that makes them doubtful, each with file and line."""
    path = _path(source)
    data, as_of = site.read_file(path)
    rows = _rows(source, path, data)
    columns = _columns(source, path, *rows[0])
    return _raw(source, path, columns, rows, (data, as_of))


def _path(source: PeopleSource) -> str:
    path = str(source.config.get("from", ""))
    if not path or path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts:
        fix = "from: people.csv, a path inside the repository's folder"
        raise Stop(Exit.ERROR, f"{source.place}: people source {source.id} cannot be read from {path!r}", fix)
    return path


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
