"""Personio as a source of people: everybody on its pages, or nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.personio import Personio, attribute, limited, named

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Request, Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t-of-personio"
COLUMNS = {"mail": "email", "name": "name", "status": "status", "last_day": "termination_date"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def personio(clock: SetClock) -> Personio:
    made = Personio(clock, "papi-client", SECRET, page_most=2)
    made.joins("ann@acme.example")
    leaves = attribute("Termination date", "2026-12-31T00:00:00+01:00", "date")
    made.joins("bo@acme.example", first_name=attribute("First name", "Bo"), termination_date=leaves)
    made.joins("cy@acme.example", status=attribute("Status", "onboarding"), supervisor=made.leads("ann@acme.example"))
    return made


@pytest.fixture
def server(personio: Personio) -> Iterator[Served]:
    with served(personio) as one:
        yield one


def read(
    server: Served,
    columns: Mapping[str, str] = COLUMNS,
    secret: str = SECRET,
    clock: SetClock | None = None,
    **more: str,
) -> RawPeople:
    told = {"client": "papi-client", "secret": "env:PERSONIO", "url": server.url, **more}
    source = PeopleSource("hr", "personio", told, Place("seatwise.yaml", 6), columns=columns)
    ticks = clock or server.emulator.clock  # type: ignore[attr-defined]
    return sources.read(source, Site(Path("/nowhere"), ticks, lambda path: (b"", NOW), {"PERSONIO": secret}))


def refused(server: Served, **how: Any) -> str:
    with pytest.raises(Stop) as stop:
        read(server, **how)
    assert (stop.value.code, bool(stop.value.fix or stop.value.findings)) == (Exit.ERROR, True)
    said = f"{stop.value.what} / {stop.value.fix} / {stop.value.findings}"
    assert SECRET not in said and "wr0ng" not in said and "t0ken" not in said
    return said


def of_employees(request: Request) -> bool:
    return request.path != "/auth"


def test_everybody_is_read_page_by_page_and_of_a_moment_the_day_counts(server: Served) -> None:
    raw = read(server)
    assert raw.rows == (
        {"mail": "ann@acme.example", "name": "Ann Roth", "status": "active", "last_day": ""},
        {"mail": "bo@acme.example", "name": "Bo Roth", "status": "active", "last_day": "2026-12-31"},
        {"mail": "cy@acme.example", "name": "Ann Roth", "status": "onboarding", "last_day": ""},
    )
    pages = [call.query for call in server.calls("GET")]
    assert pages == [{"limit": "100", "offset": "0"}, {"limit": "100", "offset": "2"}]
    assert (raw.feed.rows, raw.path, len(server.calls("POST"))) == (3, "personio", 1)


def test_a_column_is_a_path_through_what_an_attribute_holds(server: Served, personio: Personio) -> None:
    centers = [{"type": "CostCenter", "attributes": {"id": n, "name": f"C{n}", "percentage": 50}} for n in (1, 2)]
    personio.people[0] |= {"cost_centers": attribute("Cost center", centers), "dynamic_7": attribute("Titel", "Dr")}
    personio.people[1] |= {"department": attribute("Department", named("Department", "Sales"))}
    paths = {"department": "department.name", "manager": "supervisor.email", "cost_center": "cost_centers.name"}
    rows = read(server, {"mail": "email", **paths, "title": "dynamic_7"}).rows
    assert [(row["department"], row["manager"], row["cost_center"], row["title"]) for row in rows] == [
        ("Data", "", "C1 C2", "Dr"),
        ("Sales", "", "", ""),
        ("Data", "ann@acme.example", "", ""),
    ]


def test_what_holds_plain_fields_is_read_by_their_names(server: Served, personio: Personio) -> None:
    personio.people[0] |= {"dynamic_9": attribute("Place", {"city": "Bonn"})}
    assert read(server, {"mail": "email", "zone": "dynamic_9.city"}).rows[0]["zone"] == "Bonn"


def test_tags_are_read_one_after_the_other(server: Served, personio: Personio) -> None:
    personio.people[0] |= {"dynamic_8": attribute("Tags", ["a", "b"], "tags")}
    assert read(server, {"mail": "email", "title": "dynamic_8"}).rows[0]["title"] == "a b"


def test_a_date_that_nobody_has_is_empty_and_not_missing(server: Served, personio: Personio) -> None:
    personio.people[1]["termination_date"] = attribute("Termination date", None, "date")
    assert {row["last_day"] for row in read(server).rows} == {""}


def test_a_salary_makes_no_other_people(server: Served, personio: Personio) -> None:
    before = read(server).feed.digest
    personio.people[0]["fix_salary"] = attribute("Fix salary", 4000, "decimal")
    assert read(server).feed.digest == before


def test_an_attribute_that_the_credential_may_not_read_is_told(server: Served, personio: Personio) -> None:
    personio.unreadable = {"status", "first_name", "last_name"}
    said = refused(server)
    assert "no record has 'status'" in said and "no record has 'name'" in said and "termination_date" in said


def test_who_has_no_id_to_be_told_apart_by_stops(server: Served, personio: Personio) -> None:
    personio.unreadable = {"id"}
    assert "no page of employees" in refused(server)


@pytest.mark.parametrize("broken", ["short-page", "duplicate", "loop", "shrink"])
def test_what_is_not_whole_stops(server: Served, personio: Personio, broken: str) -> None:
    personio.broken = broken
    assert "nothing is concluded" in refused(server)


def test_nobody_at_all_stops(server: Served, personio: Personio) -> None:
    personio.people.clear()
    assert "there is nobody" in refused(server)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"success": False, "metadata": {"total_elements": 0}, "data": []},
        {"success": True, "data": []},
        {"success": True, "metadata": {"total_elements": 1}, "data": [{"type": "Employee"}]},
        {"success": True, "metadata": {"total_elements": 1}, "data": ["ann"]},
        {"success": True, "metadata": {"total_elements": None}, "data": []},
        {"success": True, "metadata": {"total_elements": 1}, "data": {"attributes": {}}},
    ],
)
def test_a_page_that_is_none_stops(server: Served, body: Any) -> None:
    server.breaks("odd", matches=of_employees, reply=Reply(200, body))
    assert "no page of employees" in refused(server)


def test_a_page_of_a_sign_in_stops(server: Served) -> None:
    server.breaks("html", matches=of_employees)
    assert "no JSON" in refused(server)


def test_a_limit_without_a_time_is_waited_for_a_second_at_least(server: Served, clock: SetClock) -> None:
    server.breaks("limit", matches=of_employees, skip=1, times=2, reply=limited())
    assert read(server).feed.rows == 3
    assert (clock.now() - NOW).total_seconds() >= 1


def test_a_failure_that_passes_is_tried_again_and_one_that_does_not_stops(server: Served) -> None:
    server.breaks("503", times=2)
    assert read(server).feed.rows == 3
    server.breaks("500", times=9, matches=of_employees)
    assert "after 5 tries" in refused(server)


def test_a_token_that_runs_out_between_two_pages_is_asked_for_anew(
    server: Served, personio: Personio, clock: SetClock
) -> None:
    def later(_: Request, reply: Reply) -> Reply:
        clock.sleep(3600)
        personio.expires()
        return reply

    server.breaks("later", matches=of_employees, rewrites=later)
    assert read(server).feed.rows == 3
    assert (len(personio.tokens), len(server.calls("POST"))) == (2, 2)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_at_once_stops(server: Served, status: int) -> None:
    no = Reply(status, {"success": False, "error": {"code": status, "message": "Provided authorization is not valid"}})
    server.breaks("no", matches=of_employees, times=9, reply=no)
    assert f"says {status}: Provided authorization is not valid" in refused(server)
    assert len(server.calls("POST")) == 1


def test_wrong_credentials_stop_and_are_not_shown(server: Served) -> None:
    said = refused(server, secret="wr0ng")
    assert "says 403: Wrong credentials" in said and "renew the credential" in said
    assert "PERSONIO is not set" in refused(server, secret="")
    assert "names no client" in refused(server, client="")


@pytest.mark.parametrize("body", [{"success": True, "data": {}}, {"success": True, "data": {"token": 7}}, [], None])
def test_a_login_without_a_token_stops(server: Served, body: Any) -> None:
    server.breaks("odd", reply=Reply(200, body))
    assert "answers without a token" in refused(server)


def test_words_that_repeat_a_secret_are_shown_without_it(server: Served) -> None:
    server.breaks("echo", reply=Reply(400, {"error": {"message": f"no client with {SECRET}"}}))
    assert "no client with ***" in refused(server)
    words = {"error": {"message": f"papi-1-t0ken of {SECRET} has no right"}}
    server.breaks("echo", matches=of_employees, reply=Reply(400, words))
    assert "*** of *** has no right" in refused(server)
