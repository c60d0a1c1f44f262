"""A CSV is read as it was exported, or every fault in its form is named with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatwise.core.model import Exit, IncompleteRead, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.sheet import fault, fetch, refuse, sheet
from seatwise.edges.site import Site

Read = Callable[[str], tuple[bytes, datetime]]


@pytest.mark.parametrize(
    "data",
    [
        b"License,Email\na,ann\n",
        b"\xef\xbb\xbfLicense,Email\r\na,ann\r\n",
        b"License;Email\na;ann",
        b"License\tEmail\na\tann\n\n",
        "License,Email\na,ann\n".encode("utf-16"),
        b' License , Email\n a ,"ann"\n,\n',
        b"License,Email\ra,ann\r",
    ],
    ids=["plain", "byte order mark", "semicolons", "tabs", "utf-16", "blanks and quotes", "old line ends"],
)
def test_usual_exports_are_read_alike(data: bytes) -> None:
    read = sheet("x.csv", data)
    assert (read.heading, read.faults) == (("License", "Email"), ())
    assert read.rows == ((2, {"License": "a", "Email": "ann"}),)


def test_lines_are_those_of_the_file_also_where_it_begins_with_blank_ones() -> None:
    read = sheet("x.csv", b"\n\nLicense;Email;Used, last\na;ann;\n")
    assert (read.heading, read.rows[0][0]) == (("License", "Email", "Used, last"), 4)


def test_lines_count_on_over_quoted_newlines_and_separators_of_other_alphabets() -> None:
    read = sheet("x.csv", 'sku,name\na,"two\nlines"\nb,one\u2028line\nc,x\n'.encode())
    assert [(line, row["sku"]) for line, row in read.rows] == [(2, "a"), (4, "b"), (5, "c")]
    assert read.rows[1][1]["name"] == "one\u2028line"


def test_cells_that_look_like_formulas_and_numbers_stay_text() -> None:
    read = sheet("x.csv", b"login,id\n=1+1,0017\n")
    assert read.rows == ((2, {"login": "=1+1", "id": "0017"}),)


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "is empty"),
        (b"\n\n", 1, "is empty"),
        (b"name\nann\nM\xfcller\n", 3, "byte 0xfc is not utf-8"),
        (b"a,b,a\n1,2,3\n", 1, "two columns 'a'"),
        (b"a,b\n1,2\n1\n", 3, "has 1 cells, the heading has 2"),
        (b"a,b\n1,2,3\n", 2, "has 3 cells"),
        (b'a,b\n1,"open\n', 2, "the record cannot be read (unexpected end of data)"),
    ],
)
def test_each_fault_has_its_line(data: bytes, line: int, says: str) -> None:
    (found,) = sheet("x.csv", data).faults
    assert found.place is not None
    assert found.place.line == line
    assert says in found.what
    assert found.fix


def test_a_file_that_nobody_would_export_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatwise.edges.sheet.MAX_BYTES", 10)
    (found,) = sheet("x.csv", b"a,b\n1,2\n3,4\n").faults
    assert "is 12 bytes, at most 10" in found.what


def _missing(path: str) -> tuple[bytes, datetime]:
    raise FileNotFoundError(2, "No such file or directory", path)


def _outside(path: str) -> tuple[bytes, datetime]:
    raise Stop(Exit.ERROR, f"{path}: is outside the repository")


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (_missing, "../x.csv can't be read: No such file or directory"),
        (_outside, "../x.csv: is outside the repository"),
    ],
)
def test_a_file_that_cannot_be_had_is_one_accounts_trouble(read: Read, what: str) -> None:
    site = Site(Path(), SetClock(datetime(2026, 11, 24, tzinfo=UTC)), read)
    with pytest.raises(IncompleteRead) as raised:
        fetch(site, "../x.csv", "export it")
    assert (raised.value.what, raised.value.fix) == (what, "export it")


def test_all_faults_are_said_at_once_and_a_flood_is_cut() -> None:
    with pytest.raises(IncompleteRead) as raised:
        refuse([fault("x.csv", line, "is wrong", "mend it") for line in range(1, 61)])
    assert raised.value.what.splitlines()[0] == "x.csv:1: is wrong (fix: mend it)"
    assert raised.value.what.splitlines()[-1] == "and 10 more"
    with pytest.raises(IncompleteRead) as one:
        refuse([fault("x.csv", 1, "is wrong", "mend it")])
    assert one.value.fix == "mend it"
    refuse([])
