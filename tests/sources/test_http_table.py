"""A report at an address, as JSON and as CSV, from a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Request, Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t of the report"
PEOPLE = [
    {"Worker": {"Email": "ann@acme.example"}, "Name": "Ann", "Active": True, "Number": 7},
    {"Worker": {"Email": "bo@acme.example"}, "Name": None, "Active": False, "Number": 8},
]


class Report:
    def __init__(self) -> None:
        self.reply = Reply(200, {"Report_Entry": PEOPLE})

    def answer(self, request: Request) -> Reply:
        known = request.headers.get("authorization") in (f"Bearer {SECRET}", "Basic dTpzM2NyM3Qgb2YgdGhlIHJlcG9ydA==")
        return self.reply if known else Reply(401, {"message": "who are you?"})


@pytest.fixture
def server() -> Iterator[Served]:
    with served(Report()) as one:
        yield one


def read(server: Served, env: str = SECRET, columns: dict[str, str] | None = None, **config: str) -> RawPeople:
    wanted = columns or {"mail": "Worker.Email", "name": "Name", "status": "Active", "employee_id": "Number"}
    told = {"url": f"{server.url}/report?format=json", "token": "env:HR_TOKEN", **config}
    source = PeopleSource("hr", "http_table", told, Place("seatwise.yaml", 6), columns=wanted)
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"HR_TOKEN": env})
    return sources.read(source, site)


def refused(server: Served, **how: Any) -> str:
    with pytest.raises(Stop) as stop:
        read(server, **how)
    assert stop.value.code is Exit.ERROR
    said = f"{stop.value.what} / {stop.value.fix} / {stop.value.findings}"
    assert SECRET not in said
    return said


def test_records_are_read_by_the_paths_of_their_fields(server: Served) -> None:
    raw = read(server)
    assert raw.rows == (
        {"mail": "ann@acme.example", "name": "Ann", "status": "true", "employee_id": "7"},
        {"mail": "bo@acme.example", "name": "", "status": "false", "employee_id": "8"},
    )
    assert (raw.feed.rows, raw.feed.as_of, raw.lines, raw.path) == (2, NOW, (1, 2), f"{server.url}/report")


def test_csv_is_read_as_an_export_is(server: Served) -> None:
    server.emulator.reply = Reply(200, b"E-Mail;Name\nann@acme.example;Ann\n", kind="text/csv; charset=utf-8")  # type: ignore[attr-defined]
    raw = read(server, columns={"mail": "E-Mail", "name": "Name"}, user="u", password="env:HR_TOKEN")
    assert raw.rows == ({"mail": "ann@acme.example", "name": "Ann"},)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"a": [], "b": []}, "more than one list"),
        ({"a": 1}, "or none"),
        ([1, 2], "or none"),
    ],
)
def test_an_answer_without_one_list_of_records_says_what_to_name(server: Served, body: object, says: str) -> None:
    server.emulator.reply = Reply(200, json.dumps(body).encode())  # type: ignore[attr-defined]
    assert says in refused(server) and "rows: the name" in refused(server)


def test_the_list_may_be_named_by_its_path(server: Served) -> None:
    server.emulator.reply = Reply(200, {"data": {"people": PEOPLE}, "links": []})  # type: ignore[attr-defined]
    assert len(read(server, rows="data.people").rows) == 2
    assert "under 'data.nobody'" in refused(server, rows="data.nobody")


def test_a_field_that_no_record_has_is_told_with_what_there_is(server: Served) -> None:
    assert "no record has 'Namen'" in refused(server, columns={"mail": "Worker.Email", "name": "Namen"})
    assert "Name" in refused(server, columns={"mail": "Worker.Email", "name": "Namen"})


def test_what_can_not_be_read_stops_with_the_fix_and_without_the_secret(server: Served) -> None:
    assert "HR_TOKEN is not set" in refused(server, env="")
    assert "renew the credential" in refused(server, env="another")
    assert "url: https://" in refused(server, url="")
    assert "names no token" in refused(server, token="")
    server.emulator.reply = Reply(200, b"<html>", kind="text/html")  # type: ignore[attr-defined]
    assert "neither JSON nor CSV" in refused(server)
