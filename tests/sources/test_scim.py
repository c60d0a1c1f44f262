"""People from a SCIM service: all of them or none, by the paths of RFC 7643."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.rfc7643 import rfc7643
from tests.emulators.scim import Scim

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.scim import ENTERPRISE
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t of the directory"
COLUMNS = {"mail": "emails", "name": "name.formatted", "status": "active", "department": "enterprise.department"}


@pytest.fixture
def directory() -> Scim:
    made = Scim(SECRET)
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]
    made.joins(
        "ann@acme.example", name={"formatted": "Ann Roth"}, schemas=schemas, **{ENTERPRISE: {"department": "Data"}}
    )
    made.joins("bo@acme.example", active=False)
    made.joins("cy@acme.example")
    return made


@pytest.fixture
def server(directory: Scim) -> Iterator[Served]:
    with served(directory, rfc7643()) as one:
        yield one


def read(server: Served, env: str = SECRET, columns: dict[str, str] | None = None, **config: str) -> RawPeople:
    told = {"url": server.url, "token": "env:SCIM", "page": "2", **config}
    source = PeopleSource("hr", "scim", told, Place("seatwise.yaml", 6), columns=columns or COLUMNS)
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"SCIM": env})
    return sources.read(source, site)


def refused(server: Served, **how: Any) -> str:
    with pytest.raises(Stop) as stop:
        read(server, **how)
    assert stop.value.code is Exit.ERROR
    said = f"{stop.value.what} / {stop.value.fix} / {stop.value.findings}"
    assert SECRET not in said
    return said


def test_everybody_is_read_page_after_page(server: Served) -> None:
    raw = read(server)
    assert [tuple(row.values()) for row in raw.rows] == [
        ("ann@acme.example", "Ann Roth", "true", "Data"),
        ("bo@acme.example", "", "false", ""),
        ("cy@acme.example", "", "true", ""),
    ]
    assert (raw.feed.rows, raw.feed.as_of, len(server.calls("GET"))) == (3, NOW, 3)


def test_who_is_missing_from_the_count_makes_it_no_reading(server: Served, directory: Scim) -> None:
    whole = directory._list
    directory._list = lambda kind, query: {**whole(kind, query), "totalResults": 4}  # type: ignore[method-assign]
    assert "3 rows of 3 Users were read, it counts 4" in refused(server)


def test_what_can_not_be_read_stops_with_the_fix_and_without_the_secret(server: Served) -> None:
    assert "SCIM is not set" in refused(server, env="")
    assert "renew the credential" in refused(server, env="another")
    assert "url: https://" in refused(server, url="")
    assert "page: 100" in refused(server, page="all")
    assert "no record has 'mail'" in refused(server, columns={"mail": "mail"})
