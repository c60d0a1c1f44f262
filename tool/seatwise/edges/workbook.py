"""The bytes of an .xlsx workbook → the cells of one sheet as text, with the rows they stand in, and every fault in its form.

Cells come as a person sees them: days as 2026-12-31, whole numbers without a point. A formula comes as the formula, since
what it showed when the file was saved may be old. What is packed too tightly, or is too large unpacked, is not opened.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from seatwise.core.model import Finding
from seatwise.edges.sheet import Sheet, fault

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES = 32 * 2**20
MOST_UNPACKED = 96 * 2**20
"""A sheet of 50,000 rows and ten columns has about 25 MiB."""
MOST_COLUMNS = 200
OLD = b"\xd0\xcf\x11\xe0"
"""How a workbook of another time begins, and one with a password."""


def workbook(path: str, data: bytes, name: str = "", most_rows: int = 50_000) -> Sheet:
    """The sheet of that name; without a name the only one that has something in it. Never raises: see `faults`."""
    if refused := _refused(path, data):
        return Sheet(path, (), (), (refused,))
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, rich_text=False)
            return _chosen(path, book, name, most_rows)
    except Exception as error:  # a damaged workbook ends in whatever the reader stumbles over
        what = f"can't be read as a workbook ({type(error).__name__})"
        return Sheet(path, (), (), (fault(path, 1, what, "open it, save it again as .xlsx, or as CSV UTF-8"),))


def _refused(path: str, data: bytes) -> Finding | None:
    if len(data) > MOST_BYTES:
        return fault(path, 1, f"is {len(data):,} bytes, at most {MOST_BYTES:,} are read", "split it")
    if data.startswith(OLD):
        return fault(path, 1, "is an old workbook, or one with a password", "save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
            odd = any(_has_doctype(packed, part) for part in packed.infolist()) if size <= MOST_UNPACKED else False
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError):
        return fault(path, 1, "is no workbook", "save it as .xlsx, or as CSV UTF-8")
    if size > MOST_UNPACKED:
        what = f"would be {size:,} bytes unpacked, at most {MOST_UNPACKED:,} are read"
        return fault(path, 1, what, "copy the rows into a new workbook, or split it")
    return fault(path, 1, "declares XML entities, which no workbook needs", "save it again as .xlsx") if odd else None


def _has_doctype(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part declares a document type: only a file that was made to harm does."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return False
    with packed.open(part) as file:
        return b"<!DOCTYPE" in file.read(4096).replace(b"\0", b"").upper()


def _chosen(path: str, book: Workbook, name: str, most_rows: int) -> Sheet:
    sheets: dict[str, Any] = {one.title: one for one in book.worksheets if one.sheet_state == "visible"}
    found = [title for title in sheets if title.casefold() == name.casefold()] if name else _filled(sheets)
    shown = ", ".join(map(repr, sheets))
    if name and not found:
        return Sheet(path, (), (), (fault(path, 1, f"has no sheet {name!r}", f"--sheet with one of {shown}"),))
    if len(found) > 1:
        what = f"has {len(found)} sheets with something in them: {', '.join(map(repr, found))}"
        return Sheet(path, (), (), (fault(path, 1, what, f"say which: --sheet '{found[0]}'"),))
    return _sheet(path, _rows(sheets[found[0]]) if found else iter(()), most_rows)


def _filled(sheets: Mapping[str, Any]) -> list[str]:
    return [title for title, sheet in sheets.items() if next(_rows(sheet), None) is not None]


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that says something, and its number. What the sheet declares as its size may be anything: it isn't asked."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield number, texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float | date | time):
        return str(value).strip()
    return f"={getattr(value, 'text', '')}".replace("==", "=")  # an array formula


def _sheet(path: str, found: Iterator[tuple[int, list[str]]], most_rows: int) -> Sheet:
    first, heading = next(found, (1, []))
    faults = list(_heading_faults(path, first, heading))
    rows: list[tuple[int, Mapping[str, str]]] = []
    for number, cells in found if heading else ():
        if len(cells) > len(heading):
            what = f"has a value in column {len(cells)}, the heading ends with column {len(heading)}"
            faults.append(fault(path, number, what, "give that column a heading, or empty it"))
        rows.append((number, dict(zip(heading, [*cells, *[""] * (len(heading) - len(cells))], strict=False))))
        if len(rows) > most_rows or len(cells) > MOST_COLUMNS:
            break
    return Sheet(path, tuple(heading), tuple(rows), tuple(faults))


def _heading_faults(path: str, line: int, heading: Sequence[str]) -> Iterable[Finding]:
    if not heading:
        yield fault(path, line, "is empty", "is it the right sheet?")
    for name in sorted({name for name in heading if name and heading.count(name) > 1}):
        yield fault(path, line, f"has two columns {name!r}", "keep one")
