"""A workbook is read as a person sees it, and one that was made to harm is not opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from seatwise.edges import workbook as workbooks
from seatwise.edges.workbook import workbook


def packed(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return packed(book)


def said(data: bytes) -> list[tuple[str, str]]:
    return [(str(fault.place), fault.what) for fault in workbook("x.xlsx", data).faults]


def with_part(name: str, text: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled(["a"]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return out.getvalue()


def test_cells_come_as_people_see_them() -> None:
    day, moment = date(2027, 3, 31), datetime(2027, 3, 31, 17, 5, tzinfo=UTC).replace(tzinfo=None)
    read = workbook("x.xlsx", filled(["who", "day", "at", "n"], [" ann ", day, moment, 4100], [True, None, "", 1.5]))
    assert (read.heading, read.faults) == (("who", "day", "at", "n"), ())
    assert read.rows[0] == (2, {"who": "ann", "day": "2027-03-31", "at": "2027-03-31 17:05", "n": "4100"})
    assert read.rows[1] == (3, {"who": "TRUE", "day": "", "at": "", "n": "1.5"})


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    read = workbook("x.xlsx", filled([], ["who"], [], [""], ["ann"]))
    assert (read.heading, read.rows) == (("who",), ((5, {"who": "ann"}),))


def test_a_formula_comes_as_the_formula() -> None:
    read = workbook("x.xlsx", filled(["who"], ["=A1"], ["=SUM(1,2)"]))
    assert [row["who"] for _, row in read.rows] == ["=A1", "=SUM(1,2)"]


def test_hidden_and_empty_sheets_are_not_asked_about() -> None:
    book = Workbook()
    book.worksheets[0].append(["who"])
    book.create_sheet("Empty")
    book.create_sheet("Codes").append(["x"])
    assert said(packed(book)) == [("x.xlsx:1", "has 2 sheets with something in them: 'Sheet', 'Codes'")]
    book["Codes"].sheet_state = "hidden"
    assert workbook("x.xlsx", packed(book)).heading == ("who",)
    assert workbook("x.xlsx", packed(book), "sheet").heading == ("who",)


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    data = with_part(
        "xl/worksheets/sheet1.xml",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:A1"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>who</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row>'
        b'<row r="3"><c r="A3"><v>7</v></c><c r="B3"><v>8</v></c></row></sheetData></worksheet>',
    )
    read = workbook("x.xlsx", data)
    assert (read.heading, read.rows) == (("who", "n"), ((3, {"who": "7", "n": "8"}),))


def test_reading_ends_behind_the_most_rows() -> None:
    data = filled(["who"], *([f"p{number}"] for number in range(30)))
    assert len(workbook("x.xlsx", data, most_rows=10).rows) == 11


def test_a_row_that_is_absurdly_wide_ends_it() -> None:
    book = Workbook()
    book.worksheets[0].append(["who"])
    book.worksheets[0].cell(2, 16384, "far out")
    book.worksheets[0].cell(3, 1, "ann")
    assert said(packed(book)) == [("x.xlsx:2", "has a value in column 16384, the heading ends with column 1")]


def test_a_bomb_is_not_unpacked() -> None:
    bomb = with_part("xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_UNPACKED + 1))
    assert len(bomb) < 2**20
    ((_, what),) = said(bomb)
    assert what.endswith("bytes unpacked, at most 100,663,296 are read")
    assert said(b"PK" + b"\0" * workbooks.MOST_BYTES)[0][1] == "is 33,554,434 bytes, at most 33,554,432 are read"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_expanded(encoding: str) -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY l0 "lol">{lines}]><x>&l9;</x>'
    data = with_part("xl/worksheets/sheet1.xml", text.encode(encoding))
    assert said(data) == [("x.xlsx:1", "declares XML entities, which no workbook needs")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet"),
        ("xl/workbook.xml", b"<x"),
        ("[Content_Types].xml", b""),
    ],
)
def test_a_damaged_workbook_is_a_fault_and_no_traceback(name: str, text: bytes) -> None:
    ((where, what),) = said(with_part(name, text))
    assert (where, what.partition(" (")[0]) == ("x.xlsx:1", "can't be read as a workbook")


def test_a_cut_off_workbook_is_a_fault() -> None:
    data = filled(["who"], *([f"p{number}"] for number in range(100)))
    for end in range(0, len(data) - 1, 97):
        assert said(data[:end]) == [("x.xlsx:1", "is no workbook")]


def test_a_workbook_with_bytes_turned_over_is_said_to_be_none() -> None:
    data = bytearray(filled(["who"], *([f"p{n}@x.example"] for n in range(500))))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        part = book.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename)
    for at in range(start, start + 40):
        data[at] ^= 0xFF
    assert said(bytes(data)) == [("x.xlsx:1", "is no workbook")]
