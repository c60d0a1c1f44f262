"""People of Entra, from an emulated tenant on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.microsoft365 import config
from tests.emulators.graph import Graph, checked

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Account, Exit, PeopleSource, Place, Settings, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t of the people"
COLUMNS = {"mail": "mail", "name": "displayName", "status": "accountEnabled", "last_day": "employeeLeaveDateTime"}


@pytest.fixture
def graph() -> Graph:
    made = Graph(SetClock(NOW), SECRET, page_most=2)
    for name, more in {
        "Ann": {"accountEnabled": True, "userType": "Member", "employeeOrgData": {"costCenter": "4711"}},
        "Bo": {"accountEnabled": False, "userType": "Member", "employeeLeaveDateTime": "2026-12-31T00:00:00Z"},
        "Cy": {"accountEnabled": True, "userType": "Guest", "manager": {"id": "9", "mail": "ann@acme.example"}},
    }.items():
        mail = f"{name.lower()}@acme.example"
        made.joins(mail, mail=mail, displayName=name, **more)
    return made


@pytest.fixture
def server(graph: Graph) -> Iterator[Served]:
    with served(graph, checked()) as one:
        yield one


def read(server: Served, columns: Mapping[str, str] = COLUMNS, secret: str = SECRET, **more: Any) -> RawPeople:
    """As a run reads it: with the credential of the account that it names."""
    account = Account("m365", "microsoft365", config(server.url), Place("seatwise.yaml", 9))
    source = PeopleSource("entra", "entra", {"account": "m365", **more}, Place("seatwise.yaml", 6), columns=columns)
    lent = Settings(sources=(source,), accounts={"m365": account}).lent(source)
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"M365_SECRET": secret})
    return sources.read(lent, site)


def refused(server: Served, **how: Any) -> str:
    with pytest.raises(Stop) as stop:
        read(server, **how)
    assert stop.value.code is Exit.ERROR and stop.value.fix
    said = f"{stop.value.what} / {stop.value.fix}"
    assert SECRET not in said
    return said


def test_every_user_is_a_row_by_our_fields_and_of_a_moment_the_day_counts(server: Served) -> None:
    raw = read(server)
    assert raw.rows == (
        {"mail": "ann@acme.example", "name": "Ann", "status": "true", "last_day": ""},
        {"mail": "bo@acme.example", "name": "Bo", "status": "false", "last_day": "2026-12-31"},
        {"mail": "cy@acme.example", "name": "Cy", "status": "true", "last_day": ""},
    )
    assert (raw.feed.rows, raw.feed.as_of, raw.path) == (3, NOW, "users")
    assert len(server.calls("GET")) == 2


def test_a_field_of_a_field_may_be_empty_for_everybody_but_one(server: Served) -> None:
    raw = read(server, {"mail": "mail", "cost_center": "employeeOrgData.costCenter"})
    assert [row["cost_center"] for row in raw.rows] == ["4711", "", ""]


def test_managers_come_along_where_they_are_mapped_and_the_count_is_asked_for_first(server: Served) -> None:
    raw = read(server, {"mail": "mail", "manager": "manager.mail"})
    assert [row["manager"] for row in raw.rows] == ["", "", "ann@acme.example"]
    first, *pages = server.calls("GET")
    assert (first.query["$top"], len(pages)) == ("1", 2)
    assert all("$expand" in page.query and "$count" not in page.query for page in pages)


def test_guests_may_be_left_out(server: Served) -> None:
    assert len(read(server, filter="userType eq 'Member'").rows) == 2


@pytest.mark.parametrize("broken", ["short-page", "duplicate-rows", "shrink"])
@pytest.mark.parametrize("columns", [COLUMNS, {"mail": "mail", "manager": "manager.mail"}])
def test_a_reading_that_is_not_whole_stops(
    server: Served, graph: Graph, broken: str, columns: Mapping[str, str]
) -> None:
    graph.broken = broken
    assert "nothing is concluded" in refused(server, columns=columns)


def test_a_credential_that_is_wrong_or_not_there_stops(server: Served) -> None:
    assert "AADSTS7000215" in refused(server, secret="another")
    assert "M365_SECRET is not set" in refused(server, secret="")
    assert "names no tenant" in refused(server, tenant="")


def test_what_the_source_says_itself_comes_before_what_its_account_says(server: Served) -> None:
    assert "AADSTS7000215" in refused(server, client="another")


def test_a_field_that_graph_does_not_know_is_told(graph: Graph) -> None:
    with served(graph) as unchecked:
        assert "Could not find a property named 'post'" in refused(unchecked, columns={"mail": "post"})
