"""An Okta org as a source of people: all of them, deactivated ones too, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.emulators.okta import Okta, checked

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
COLUMNS = {"mail": "profile.email", "status": "status", "department": "profile.department"}


@pytest.fixture
def okta() -> Okta:
    made = Okta(SetClock(NOW), "t0ken", page_most=2)
    for name, status in (("ann", "ACTIVE"), ("bo", "SUSPENDED"), ("cy", "DEPROVISIONED")):
        made.joins(f"{name}@acme.example", status=status)
    return made


@pytest.fixture
def server(okta: Okta) -> Iterator[Served]:
    with served(okta, checked()) as one:
        yield one


def read(server: Served, columns: Mapping[str, str] = COLUMNS, token: str = "t0ken") -> RawPeople:
    told = {"url": server.url, "token": "env:OKTA_TOKEN"}
    source = PeopleSource("okta", "okta", told, Place("seatwise.yaml", 6), columns=columns)
    return sources.read(source, Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"OKTA_TOKEN": token}))


def test_everybody_is_read_deactivated_users_too(server: Served) -> None:
    raw = read(server)
    assert [(row["mail"], row["status"], row["department"]) for row in raw.rows] == [
        ("ann@acme.example", "ACTIVE", "data"),
        ("bo@acme.example", "SUSPENDED", "data"),
        ("cy@acme.example", "DEPROVISIONED", "data"),
    ]


def test_a_login_makes_no_other_people(server: Served, okta: Okta) -> None:
    before = read(server).feed.digest
    next(iter(okta.users.values()))["lastLogin"] = "2026-11-24T08:00:00.000Z"
    assert read(server).feed.digest == before


@pytest.mark.parametrize("broken", ["loop", "duplicate-rows", "empty", "500"])
def test_what_is_not_whole_stops(server: Served, okta: Okta, broken: str) -> None:
    okta.broken = broken
    if broken in ("empty", "500"):
        server.breaks(broken, times=9)
    with pytest.raises(Stop) as stop:
        read(server)
    assert (stop.value.code, bool(stop.value.fix)) == (Exit.ERROR, True)


def test_a_wrong_token_stops_and_is_not_shown(server: Served) -> None:
    with pytest.raises(Stop) as stop:
        read(server, token="wr0ng")
    assert "Invalid token" in stop.value.what
    assert "wr0ng" not in f"{stop.value.what} {stop.value.fix}"
