"""BambooHR as a source of people: everybody on its pages, or nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.bamboohr import BambooHR, limited

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEY = "k3y-of-bamboo"
COLUMNS = {"mail": "workEmail", "name": "name", "status": "status", "title": "jobTitleName"}


@pytest.fixture
def bamboo() -> BambooHR:
    made = BambooHR(KEY, page_most=2)
    made.joins("ann@acme.example")
    made.joins("bo@acme.example", firstName="Bogdan", preferredName="Bo", lastName="Kim", status="Inactive")
    made.joins("cy@acme.example", jobTitleName=None)
    return made


@pytest.fixture
def server(bamboo: BambooHR) -> Iterator[Served]:
    with served(bamboo) as one:
        yield one


def read(
    server: Served, columns: Mapping[str, str] = COLUMNS, key: str = KEY, clock: SetClock | None = None, **more: str
) -> RawPeople:
    told = {"company": "acme", "key": "env:BAMBOO", "url": server.url, **more}
    source = PeopleSource("hr", "bamboohr", told, Place("seatwise.yaml", 6), columns=columns)
    site = Site(Path("/nowhere"), clock or SetClock(NOW), lambda path: (b"", NOW), {"BAMBOO": key})
    return sources.read(source, site)


def refused(server: Served, **how: Any) -> str:
    with pytest.raises(Stop) as stop:
        read(server, **how)
    assert (stop.value.code, bool(stop.value.fix or stop.value.findings)) == (Exit.ERROR, True)
    said = f"{stop.value.what} / {stop.value.fix} / {stop.value.findings}"
    assert KEY not in said and "wr0ng" not in said
    return said


def test_everybody_is_read_page_by_page(server: Served) -> None:
    raw = read(server)
    assert raw.rows == (
        {"mail": "ann@acme.example", "name": "Ann Roth", "status": "Active", "title": "Writer"},
        {"mail": "bo@acme.example", "name": "Bo Kim", "status": "Inactive", "title": "Writer"},
        {"mail": "cy@acme.example", "name": "Ann Roth", "status": "Active", "title": ""},
    )
    assert (raw.feed.rows, raw.path, len(server.calls())) == (3, "bamboohr", 2)


def test_only_what_is_mapped_is_asked_for_and_nothing_is_sorted_or_filtered(server: Served) -> None:
    read(server)
    first, second = (call.query for call in server.calls())
    assert first == {"page[limit]": "100", "fields": "workEmail"}
    assert second == {**first, "page[after]": "cursor-2"}


def test_what_is_not_mapped_makes_no_other_people(server: Served, bamboo: BambooHR) -> None:
    before = read(server).feed.digest
    bamboo.people[0]["photoUrl"] = "https://images.example/2"
    assert read(server).feed.digest == before


def test_a_column_that_nobody_has_a_value_of_is_empty(server: Served, bamboo: BambooHR) -> None:
    assert [row["department"] for row in read(server, {"mail": "workEmail", "department": "departmentName"}).rows] == [
        ""
    ] * 3


def test_a_column_that_there_is_not_is_told_with_those_that_there_are(server: Served) -> None:
    said = refused(server, columns={"mail": "workMail"})
    assert "no record has 'workMail'" in said and "jobTitleName" in said


@pytest.mark.parametrize("broken", ["short-page", "duplicate", "loop", "shrink"])
def test_what_is_not_whole_stops(server: Served, bamboo: BambooHR, broken: str) -> None:
    bamboo.broken = broken
    assert "nothing is concluded" in refused(server)


def test_cursors_without_an_end_end(server: Served, bamboo: BambooHR) -> None:
    turns = iter(range(1000))

    def another(_: Any, reply: Reply) -> Reply:
        page = {"limit": 2, "nextCursor": f"cursor-0{next(turns)}", "prevCursor": None}
        return Reply(200, {**reply.body, "meta": {"total": 3, "page": page}})

    server.breaks("endless", times=99, rewrites=another)
    assert "nothing is concluded" in refused(server)
    assert len(server.calls()) < 5


def test_a_value_that_the_key_may_not_read_stops(server: Served, bamboo: BambooHR) -> None:
    bamboo.restricted["bo@acme.example"] = ["status", "photoUrl"]
    said = refused(server)
    assert "may not read status of 1 of 3" in said and "photoUrl" not in said


def test_nobody_at_all_stops(server: Served, bamboo: BambooHR) -> None:
    bamboo.people.clear()
    assert "there is nobody" in refused(server)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"data": [], "meta": {}},
        {"data": [{"firstName": "Ann"}], "meta": {"total": 1, "page": {"nextCursor": None}}},
        {"data": [{"employeeId": ""}], "meta": {"total": 1, "page": {"nextCursor": None}}},
        {"data": ["ann"], "meta": {"total": 1, "page": {"nextCursor": None}}},
        {"data": {}, "meta": {"total": "x", "page": {"nextCursor": None}}},
        {"data": [{"employeeId": "1"}], "meta": {"total": 1, "page": {}}},
    ],
)
def test_a_page_that_is_none_stops(server: Served, body: Any) -> None:
    server.breaks("odd", reply=Reply(200, body))
    assert "no page of employees" in refused(server)


def test_a_page_of_a_sign_in_stops(server: Served) -> None:
    server.breaks("html")
    assert "no JSON" in refused(server)


@pytest.mark.parametrize("status", [429, 503])
def test_a_limit_is_waited_for_as_told(server: Served, status: int) -> None:
    clock = SetClock(NOW)
    server.breaks("limit", skip=1, reply=limited(30, status))
    assert read(server, clock=clock).feed.rows == 3
    assert (clock.now() - NOW).total_seconds() >= 30


def test_a_failure_that_passes_is_tried_again_and_one_that_does_not_stops(server: Served) -> None:
    server.breaks("503", times=2)
    assert read(server).feed.rows == 3
    server.breaks("500", times=9)
    assert "after 5 tries" in refused(server)


def test_a_wrong_key_is_told_in_bamboos_words_and_not_shown(server: Served) -> None:
    assert "says 401: Invalid API key" in refused(server, key="wr0ng")
    assert "BAMBOO is not set" in refused(server, key="")


def test_words_that_repeat_the_key_are_shown_without_it(server: Served) -> None:
    server.breaks("echo", reply=Reply(401, None, {"X-BambooHR-Error-Message": f"no such key: {KEY}"}))
    assert "no such key: ***" in refused(server)


@pytest.mark.parametrize("company", ["", "acme.evil.example/", "acme/..", "a@b", "-"])
def test_a_company_that_is_no_part_of_an_address_stops_before_anything_is_sent(server: Served, company: str) -> None:
    assert "company: acme" in refused(server, company=company)
    assert server.calls() == []
