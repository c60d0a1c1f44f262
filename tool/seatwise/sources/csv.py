"""A CSV export of people, as HR systems and spreadsheets write it → its rows by our fields, and proof of the reading.

The separator (comma, semicolon or tab) is the one under which the header has the most mapped columns. The encoding is
UTF-8, or cp1252 where the source says so: it is never guessed, since a wrong guess changes names. Cells stay text, also
those that a spreadsheet would take for a formula. A row of another length than the header is left out with a finding:
its person is unknown. What makes all rows doubtful, such as a missing column or an open quote, stops the reading.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, Finding, Level, PeopleSource, Place, Stop
from seatwise.core.model.people import Feed
from seatwise.core.near import near
from seatwise.core.person_row import LOGIN
from seatwise.edges.site import Site

SEPARATORS = ",;\t"
ENCODINGS = {"utf-8": "utf-8-sig", "cp1252": "cp1252"}


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The export's rows. Raises Stop with everything that makes them doubtful, each with file and line."""
    path = _path(source)
    data, as_of = site.read_file(path)
    text = _text(source, path, data)
    lines, rows = _records(path, text, _separator(text, source))
    if not rows:
        raise _stop(source, [_error(path, 1, "is empty", "export it again")])
    columns = _columns(source, path, lines[0], rows[0])
    return _raw(source, path, columns, (lines, rows), (data, as_of))


def _path(source: PeopleSource) -> str:
    path = str(source.config.get("from", ""))
    if not path or path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts:
        fix = "from: people.csv, a path inside the repository's folder"
        raise Stop(Exit.ERROR, f"{source.place}: people source {source.id} cannot be read from {path!r}", fix)
    return path


def _text(source: PeopleSource, path: str, data: bytes) -> str:
    encoding = str(source.config.get("encoding", "utf-8")).lower()
    if encoding not in ENCODINGS:
        what = f"{source.place}: people source {source.id} has the encoding {encoding!r}"
        raise Stop(Exit.ERROR, what, f"one of {', '.join(ENCODINGS)}")
    try:
        text = data.decode(ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not {encoding}"
        fix = "export it as UTF-8" + (", or say encoding: cp1252 in seatwise.yaml" if encoding == "utf-8" else "")
        raise _stop(source, [_error(path, line, what, fix)]) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str, source: PeopleSource) -> str:
    header = text.split("\n", 1)[0]
    wanted = {_folded(column) for column in _wanted(source).values()}

    def mapped(separator: str) -> int:
        return len(wanted & {_folded(cell.strip().strip('"')) for cell in header.split(separator)})

    return max(SEPARATORS, key=mapped)


def _records(path: str, text: str, separator: str) -> tuple[list[int], list[list[str]]]:
    """The records that are not blank, and the line on which each begins (quoted cells may hold line breaks)."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    before = 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                lines.append(before + 1)
                rows.append(row)
            before = reader.line_num
    except csv.Error as error:
        fix = "look for a quote that is opened and not closed, or export it again"
        stop = _error(path, before + 1, f"the record cannot be read ({error})", fix)
        raise Stop(Exit.ERROR, f"{path} cannot be read", findings=[stop]) from error
    return lines, rows


def _wanted(source: PeopleSource) -> dict[str, str]:
    """Our field → its column."""
    return {**source.columns, **{LOGIN + account: column for account, column in source.logins.items()}}


def _columns(source: PeopleSource, path: str, line: int, header: list[str]) -> dict[str, int]:
    """Our field → the index of its column. Raises Stop with all columns that are missing or there twice."""
    titles = [_folded(title) for title in header]
    wanted = _wanted(source)
    findings = [*_missing(path, line, wanted, header), *_double(path, line, wanted, titles)]
    if findings:
        raise _stop(source, findings)
    return {name: titles.index(_folded(column)) for name, column in wanted.items()}


def _missing(path: str, line: int, wanted: Mapping[str, str], header: list[str]) -> Iterator[Finding]:
    there = {_folded(title): title.strip() for title in header}
    for name, column in wanted.items():
        if _folded(column) not in there:
            guess = near(column, there.values())
            fix = (f"{guess}? " if guess else "") + f"the columns are {', '.join(there.values())}"
            yield _error(path, line, f"there is no column {column!r}, which {name} is mapped to", fix)


def _double(path: str, line: int, wanted: Mapping[str, str], titles: list[str]) -> Iterator[Finding]:
    counts = Counter(titles)
    for column in dict.fromkeys(wanted.values()):
        if counts[_folded(column)] > 1:
            what = f"the column {column!r} is there {counts[_folded(column)]} times"
            yield _error(path, line, what, "rename or drop the others, so that it is clear which one counts")


def _raw(
    source: PeopleSource,
    path: str,
    columns: Mapping[str, int],
    table: tuple[list[int], list[list[str]]],
    origin: tuple[bytes, datetime],
) -> RawPeople:
    width = len(table[1][0])
    body = list(zip(*table, strict=True))[1:]
    good = [(line, row) for line, row in body if len(row) == width]
    ragged = tuple(_ragged(path, line, len(row), width) for line, row in body if len(row) != width)
    names, cells = list(columns), list(columns.values())
    rows = tuple(dict(zip(names, [row[cell].strip() for cell in cells], strict=True)) for _, row in good)
    digest = "sha256:" + hashlib.sha256(origin[0]).hexdigest()
    feed = Feed(source.id, len(rows), origin[1], digest)
    return RawPeople(rows, tuple(line for line, _ in good), feed, path, ragged)


def _ragged(path: str, line: int, cells: int, width: int) -> Finding:
    what = f"the row has {cells} cells, the header {width}: it is left out, and its person is unknown"
    fix = "put quotes around cells that hold the separator, or export it again"
    return Finding("people-unreadable", Level.HOLD, what, fix, Place(path, line), key=f"{path}:{line}")


def _folded(title: str) -> str:
    return title.strip().casefold()


def _error(path: str, line: int, what: str, fix: str) -> Finding:
    return Finding("people-csv", Level.ERROR, what, fix, Place(path, line), key=path)


def _stop(source: PeopleSource, findings: list[Finding]) -> Stop:
    return Stop(Exit.ERROR, f"people source {source.id} cannot be read", findings=findings)
