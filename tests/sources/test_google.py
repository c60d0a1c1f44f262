"""A Directory at Google as a source of people: all of them or none, with the state that each is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.emulators.google import CUSTOMER, Google, checked, service_account

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
COLUMNS = {"mail": "primaryEmail", "name": "name.fullName", "status": "state", "department": "organizations.department"}


@pytest.fixture
def google() -> Google:
    made = Google(SetClock(NOW), "t0ken", {}, page_most=2)
    jobs = [{"department": "old"}, {"department": "data", "primary": True}]
    made.joins("ann@acme.example", organizations=jobs)
    made.joins("bo@acme.example", suspended=True, organizations=jobs[:1])
    made.joins("cy@acme.example", suspended=True, archived=True)
    return made


@pytest.fixture
def server(google: Google) -> Iterator[Served]:
    with served(google, checked()) as one:
        yield one


def read(server: Served, columns: Mapping[str, str] = COLUMNS, **config: str) -> RawPeople:
    told = {"url": server.url, "customer": CUSTOMER, "subject": "admin@acme.example", "key": "env:GOOGLE_KEY", **config}
    source = PeopleSource("directory", "google", told, Place("seatwise.yaml", 6), columns=columns)
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"GOOGLE_KEY": service_account()})
    return sources.read(source, site)


def test_everybody_is_read_with_the_state_and_the_primary_entry(server: Served) -> None:
    raw = read(server)
    assert [(row["mail"], row["status"], row["department"]) for row in raw.rows] == [
        ("ann@acme.example", "active", "data"),
        ("bo@acme.example", "suspended", "old"),
        ("cy@acme.example", "archived", ""),
    ]
    assert raw.feed.rows == 3


def test_a_login_makes_no_other_people(server: Served, google: Google) -> None:
    before = read(server).feed.digest
    next(iter(google.users.values()))["lastLoginTime"] = "2026-11-24T08:00:00.000Z"
    assert read(server).feed.digest == before


def test_only_the_directory_is_asked_for(server: Served, google: Google) -> None:
    read(server)
    assert google.claims[0]["scope"] == "https://www.googleapis.com/auth/admin.directory.user.readonly"


@pytest.mark.parametrize("broken", ["loop", "duplicate-users", "empty", "500"])
def test_what_is_not_whole_stops(server: Served, google: Google, broken: str) -> None:
    google.broken = broken
    if broken in ("empty", "500"):
        server.breaks(broken, times=9, matches=lambda request: not request.writes)
    with pytest.raises(Stop) as stop:
        read(server)
    assert (stop.value.code, bool(stop.value.fix)) == (Exit.ERROR, True)


def test_a_field_that_nobody_has_stops_with_those_that_there_are(server: Served) -> None:
    with pytest.raises(Stop) as stop:
        read(server, {"mail": "primaryMail"})
    assert "primaryEmail" in stop.value.findings[0].fix


def test_a_source_without_a_customer_stops(server: Served) -> None:
    with pytest.raises(Stop) as stop:
        read(server, customer="")
    assert stop.value.fix.startswith("customer: C01abc234")
