"""The bytes of a CSV file that a person or a console exported → its rows with their lines, and every fault in its form.

Takes UTF-8 with or without a byte order mark, and UTF-16 with one; comma, semicolon or tab, whichever the heading has
most of. Other encodings are a fault, not a guess: a guessed one would make two people out of one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from seatwise.core.model.repo import Finding, Level, Place
from seatwise.core.model.stop import Stop
from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.site import Site

MAX_BYTES = 256 * 1024 * 1024
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The heading's cells and each row by its line; blank rows are left out."""

    path: str
    heading: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    faults: tuple[Finding, ...] = ()


def fault(path: str, line: int, what: str, fix: str = "") -> Finding:
    """An error at one line of a sheet."""
    return Finding("sheet", Level.ERROR, what, fix, Place(path, line), key=f"{path}:{line}")


def refuse(faults: Sequence[Finding]) -> None:
    """Raises IncompleteRead that names all of the faults; nothing, where there are none."""
    if not faults:
        return
    more = "" if len(faults) <= 50 else f"\nand {len(faults) - 50} more"
    what = "\n".join(_sentence(one) for one in faults[:50]) + more
    raise IncompleteRead(what, faults[0].fix if len(faults) == 1 else "mend these lines; until then nothing is read")


def _sentence(one: Finding) -> str:
    return f"{one.place}: {one.what}" + (f" (fix: {one.fix})" if one.fix else "")


def fetch(site: Site, path: str, fix: str) -> tuple[bytes, datetime]:
    """The file's bytes and since when it is so. Raises IncompleteRead where it can't be had: one account's trouble."""
    try:
        return site.read_file(path)
    except OSError as error:
        raise IncompleteRead(f"{path} can't be read: {error.strerror}", fix) from error
    except Stop as stop:
        raise IncompleteRead(stop.what, stop.fix or fix) from stop


def sheet(path: str, data: bytes) -> Sheet:
    """The sheet of these bytes. Never raises: what is wrong with it is in `faults`."""
    text, faults = _text(path, data)
    if faults:
        return Sheet(path, (), (), faults)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    return _rows(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _text(path: str, data: bytes) -> tuple[str, tuple[Finding, ...]]:
    if len(data) > MAX_BYTES:
        return "", (fault(path, 1, f"is {len(data):,} bytes, at most {MAX_BYTES:,} are read", "split the account"),)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", (fault(path, line, "is not UTF-8", "save it as CSV UTF-8"),)


def _rows(path: str, reader: Iterator[list[str]]) -> Sheet:
    heading: tuple[str, ...] = ()
    rows: list[tuple[int, Mapping[str, str]]] = []
    faults: list[Finding] = []
    try:
        heading = tuple(cell.strip() for cell in next(reader, []))
        faults += _heading_faults(path, heading)
        for line, cells in _numbered(reader):
            if len(cells) != len(heading):
                what = f"has {len(cells)} cells, the heading has {len(heading)}"
                faults.append(fault(path, line, what, "is it cut off? Export it again"))
            else:
                rows.append((line, dict(zip(heading, (cell.strip() for cell in cells), strict=True))))
    except csv.Error as error:
        faults.append(fault(path, getattr(reader, "line_num", 1), f"is no CSV: {error}", "export it again"))
    return Sheet(path, heading, tuple(rows), tuple(faults))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that says something, with the line that it begins on: a quoted cell may run over several."""
    begins = getattr(reader, "line_num", 1) + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = getattr(reader, "line_num", begins) + 1


def _heading_faults(path: str, heading: Sequence[str]) -> Iterator[Finding]:
    if not any(heading):
        yield fault(path, 1, "is empty", "export it again: nothing read is not the same as nobody")
    for name in sorted({name for name in heading if name and heading.count(name) > 1}):
        yield fault(path, 1, f"has two columns {name!r}", "keep one")
