"""A people export as spreadsheets write it: what is read, what is left out, and what stops the reading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatwise import sources
from seatwise.core.directory import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site

AS_OF = datetime(2026, 11, 24, 5, tzinfo=UTC)
HR = PeopleSource(
    "hr",
    "csv",
    {"from": "people.csv"},
    Place("seatwise.yaml", 6),
    columns={"mail": "E-Mail", "name": "Name"},
    logins={"octo": "GitHub"},
)


def site(files: Mapping[str, bytes]) -> Site:
    return Site(Path("/nowhere"), SetClock(AS_OF), lambda path: (files[path], AS_OF))


def read(text: str | bytes, source: PeopleSource = HR) -> RawPeople:
    data = text.encode() if isinstance(text, str) else text
    return sources.read(source, site({"people.csv": data}))


def refused(text: str | bytes, source: PeopleSource = HR) -> list[str]:
    with pytest.raises(Stop) as stop:
        read(text, source)
    assert stop.value.code is Exit.ERROR
    return [f"{finding.place}: {finding.what} / {finding.fix}" for finding in stop.value.findings]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_read_whatever_the_spreadsheet_wrote(separator: str, mark: str, end: str) -> None:
    lines = [["Name", "E-Mail", "GitHub"], ["Ann Roth", " ann@acme.example ", "ann"], ["Bo", "bo@acme.example", ""]]
    raw = read(mark + end.join(separator.join(line) for line in lines) + end)
    assert raw.rows == (
        {"mail": "ann@acme.example", "name": "Ann Roth", "logins.octo": "ann"},
        {"mail": "bo@acme.example", "name": "Bo", "logins.octo": ""},
    )
    assert raw.lines == (2, 3)


def test_the_separator_is_the_one_that_finds_the_mapped_columns() -> None:
    raw = read("Name, first, last;E-Mail;GitHub\nAnn;a@acme.example;x\n", replace(HR, columns={"mail": "E-Mail"}))
    assert raw.rows == ({"mail": "a@acme.example", "logins.octo": "x"},)


def test_the_feed_says_what_was_read() -> None:
    data = b"E-Mail,Name,GitHub\na@acme.example,Ann,\n"
    feed = read(data).feed
    assert (feed.source, feed.rows, feed.as_of) == ("hr", 1, AS_OF)
    assert feed.digest == "sha256:" + hashlib.sha256(data).hexdigest()


def test_quoted_cells_may_hold_line_breaks_and_lines_are_still_right() -> None:
    raw = read('E-Mail,Name,GitHub\na@acme.example,"Ann\nRoth, ""the"" first",\n\nbo@acme.example,Bo,\n')
    assert raw.rows[0]["name"] == 'Ann\nRoth, "the" first'
    assert raw.lines == (2, 5)


def test_cells_like_formulas_are_text() -> None:
    assert read("E-Mail,Name,GitHub\na@acme.example,=1+1,@ann\n").rows[0]["name"] == "=1+1"


def test_blank_rows_are_nobody() -> None:
    assert read("E-Mail,Name,GitHub\n,,\na@acme.example,Ann,\n , ,\n").lines == (3,)


def test_cp1252_is_read_where_the_source_says_so() -> None:
    source = replace(HR, config={"from": "people.csv", "encoding": "cp1252"})
    assert read("E-Mail,Name,GitHub\nz@acme.example,Zoë,\n".encode("cp1252"), source).rows[0]["name"] == "Zoë"


def test_an_export_in_utf_16_says_so_itself() -> None:
    assert read("E-Mail,Name,GitHub\nz@acme.example,Zoë,\n".encode("utf-16")).rows[0]["name"] == "Zoë"


def test_another_encoding_is_never_guessed() -> None:
    fix = "export it as UTF-8, or say encoding: cp1252 in seatwise.yaml"
    assert refused("E-Mail,Name,GitHub\nz@acme.example,Zoë,\n".encode("cp1252")) == [
        f"people.csv:2: byte 0xeb is not utf-8 / {fix}"
    ]
    source = replace(HR, config={"from": "people.csv", "encoding": "cp1252"})
    assert refused(b"E-Mail\x81\n", source) == ["people.csv:1: byte 0x81 is not cp1252 / export it as UTF-8"]


def test_all_columns_that_are_missing_or_double_are_named_at_once() -> None:
    assert refused("E-Mial,Name,name,Github account\n") == [
        (
            "people.csv:1: there is no column 'E-Mail', which mail is mapped to"
            " / E-Mial? the columns are E-Mial, name, Github account"
        ),
        (
            "people.csv:1: there is no column 'GitHub', which logins.octo is mapped to"
            " / the columns are E-Mial, name, Github account"
        ),
        (
            "people.csv:1: the column 'Name' is there 2 times"
            " / rename or drop the others, so that it is clear which one counts"
        ),
    ]


def test_a_row_of_another_length_is_left_out_and_the_others_are_read() -> None:
    raw = read("E-Mail,Name,GitHub\na@acme.example,Roth, Ann,x\nb@acme.example,Bo\nc@acme.example,Cy,\n")
    assert [row["mail"] for row in raw.rows] == ["c@acme.example"]
    assert raw.lines == (4,)
    assert raw.feed.rows == 1
    assert [f"{finding.level} {finding.place}: {finding.what}" for finding in raw.findings] == [
        "hold people.csv:2: the row has 4 cells, the header 3: it is left out, and its person is unknown",
        "hold people.csv:3: the row has 2 cells, the header 3: it is left out, and its person is unknown",
    ]


def test_an_open_quote_stops_the_reading_where_it_begins() -> None:
    assert refused('E-Mail,Name,GitHub\na@acme.example,Ann,\nb@acme.example,"Bo,\nc@acme.example,Cy,\n') == [
        (
            "people.csv:3: the record cannot be read (unexpected end of data)"
            " / look for a quote that is opened and not closed, or export it again"
        )
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_export_stops_the_reading(text: str) -> None:
    assert refused(text) == ["people.csv:1: is empty / export it again"]


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../people.csv", "hr/../../people.csv", "hr\\people.csv"])
def test_a_path_out_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(Stop, match=r"seatwise\.yaml:6: people source hr cannot be read from"):
        sources.read(replace(HR, config={"from": path}), site({path: b"E-Mail,Name,GitHub\n"}))


def test_an_unknown_encoding_is_said_with_its_place() -> None:
    with pytest.raises(Stop, match=r"seatwise\.yaml:6: people source hr has the encoding 'latin1'") as stop:
        read("", replace(HR, config={"from": "people.csv", "encoding": "latin1"}))
    assert stop.value.fix == "one of utf-8, cp1252"


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Stop, match=r"seatwise\.yaml:6: people source hr has the kind 'ldpa'") as stop:
        read("", replace(HR, kind="ldpa"))
    assert stop.value.fix == "kind: " + " or ".join(sources.KINDS)
