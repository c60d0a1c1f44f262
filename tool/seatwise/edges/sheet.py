"""The bytes of a CSV file that a person or a console exported → its rows with their lines, and every fault in its form.

The one place that reads CSV. Takes UTF-8 with or without a byte order mark, UTF-16 with one, and cp1252 where the caller was
told so; an encoding is never guessed: a wrong guess would make two people out of one. The separator is the comma, semicolon
or tab under which the heading has most of the columns that the caller looks for, else most cells. Cells stay text, also
those that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from seatwise.core.model.repo import Finding, Level, Place
from seatwise.core.model.stop import Stop
from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.site import Site

MAX_BYTES = 256 * 1024 * 1024
SEPARATORS = ",;\t"
ENCODINGS = {"utf-8": "utf-8-sig", "cp1252": "cp1252"}
ENCODING = "sheet-encoding"
"""The rule of the fault that another encoding may mend."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The records that say something, the heading first, each with the line that it begins on; a fault ends them."""

    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    fault: Finding | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The heading's cells and each row by its line; blank rows are left out."""

    path: str
    heading: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    faults: tuple[Finding, ...] = ()


def fault(path: str, line: int, what: str, fix: str = "", rule: str = "sheet") -> Finding:
    """An error at one line of a sheet."""
    return Finding(rule, Level.ERROR, what, fix, Place(path, line), key=f"{path}:{line}")


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
    read = cells(path, data)
    if read.fault is not None:
        return Sheet(path, (), (), (read.fault,))
    if not read.rows:
        return Sheet(
            path, (), (), (fault(path, 1, "is empty", "export it again: nothing read is not the same as nobody"),)
        )
    (line, heading), *body = read.rows
    whole = tuple((n, dict(zip(heading, row, strict=True))) for n, row in body if len(row) == len(heading))
    cut = (_cut(path, n, len(row), len(heading)) for n, row in body if len(row) != len(heading))
    return Sheet(path, heading, whole, (*_doubles(path, line, heading), *cut))


def _cut(path: str, line: int, cells: int, width: int) -> Finding:
    return fault(path, line, f"has {cells} cells, the heading has {width}", "is it cut off? Export it again")


def _doubles(path: str, line: int, heading: Sequence[str]) -> Iterator[Finding]:
    for name in sorted({name for name in heading if name and heading.count(name) > 1}):
        yield fault(path, line, f"has two columns {name!r}", "keep one")


def cells(path: str, data: bytes, encoding: str = "utf-8", columns: Collection[str] = ()) -> Cells:
    """Every record that says something, its cells without the blanks around them. `encoding` is one of ENCODINGS, `columns`
    are titles to look for. Never raises."""
    text = _text(path, data, encoding)
    if isinstance(text, Finding):
        return Cells(fault=text)
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text, columns), strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    begins = 1
    try:
        for record in reader:
            row = tuple(cell.strip() for cell in record)
            if any(row):
                rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        fix = "look for a quote that is opened and not closed, or export it again"
        return Cells(tuple(rows), fault(path, begins, f"the record cannot be read ({error})", fix))
    return Cells(tuple(rows))


def _text(path: str, data: bytes, encoding: str) -> str | Finding:
    if len(data) > MAX_BYTES:
        what = f"is {len(data):,} bytes, at most {MAX_BYTES:,} are read"
        return fault(path, 1, what, "is it the right file? Otherwise split it")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not {error.encoding if wide else encoding}"
        return fault(path, line, what, "export it as UTF-8", ENCODING)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str, columns: Collection[str]) -> str:
    heading = text.lstrip("\n").partition("\n")[0]
    wanted = {folded(column) for column in columns}

    def fits(separator: str) -> tuple[int, int]:
        titles = [folded(cell.strip().strip('"')) for cell in heading.split(separator)]
        return len(wanted.intersection(titles)), len(titles)

    return max(SEPARATORS, key=fits)


def folded(title: str) -> str:
    """A column's title as titles are compared."""
    return title.strip().casefold()
