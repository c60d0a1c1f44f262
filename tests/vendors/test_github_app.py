"""A GitHub App as the login: its key signs for a token of an hour, and is in no word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.emulators.github import APP, INSTALLATION, GitHub, checked
from tests.emulators.keys import pem

from seatwise.core.model import Account, BadCredentials, Place, Stop, Vendor, VendorError
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Request, Served, served
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOGIN = {"app": APP, "installation": INSTALLATION, "key": "env:GH_KEY"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def github(clock: SetClock) -> GitHub:
    made = GitHub(clock, "t0ken")
    made.joins("ann")
    made.gives("ann")
    return made


@pytest.fixture
def server(github: GitHub) -> Iterator[Served]:
    with served(github, checked()) as one:
        yield one


def vendor(server: Served, clock: SetClock, key: str = "", **config: str) -> Vendor:
    told = {"org": "acme", "url": server.url, **LOGIN, **config}
    site = Site(Path("/nowhere"), clock, lambda path: (b"", NOW), {"GH_KEY": key or pem()})
    return open_vendor(Account("octo", "github", told, Place("seatwise.yaml", 9)), site)


def logins(server: Served) -> list[Request]:
    return [one for one in server.requests if one.path.endswith("/access_tokens")]


def test_the_installation_gives_a_token_for_what_the_app_has_signed(
    server: Served, clock: SetClock, github: GitHub
) -> None:
    (holding,) = vendor(server, clock).read(None)
    assert [seat.login for seat in holding.seats] == ["ann"]
    (claims,) = github.claims
    assert claims == {"iss": APP, "iat": int(NOW.timestamp()) - 60, "exp": int(NOW.timestamp()) + 540}
    assert [one.path for one in logins(server)] == [f"/app/installations/{INSTALLATION}/access_tokens"]


def test_one_token_serves_until_a_minute_before_it_runs_out(server: Served, clock: SetClock) -> None:
    one = vendor(server, clock)
    for minutes, tokens in ((0, 1), (58, 1), (1, 2), (58, 2), (1, 3)):
        clock.move_to(clock.now() + timedelta(minutes=minutes))
        list(one.read(None))
        assert len(logins(server)) == tokens


def test_it_says_as_whom_it_is_called_and_what_that_may_do(server: Served, clock: SetClock, github: GitHub) -> None:
    access = vendor(server, clock).access()  # type: ignore[attr-defined]
    assert access.who == f"the GitHub App {APP}, as installation {INSTALLATION}"
    assert access.granted == {"organization_copilot_seat_management: write", "members: write"}
    assert access.reads == ("organization_copilot_seat_management: read | organization_copilot_seat_management: write",)
    assert access.writes == ("organization_copilot_seat_management: write",)
    access = vendor(server, clock, product="membership").access()  # type: ignore[attr-defined]
    assert (access.reads, access.writes) == (("members: read | members: write",), ("members: write",))


def test_a_personal_token_names_its_owner_and_not_what_it_may_do(server: Served, clock: SetClock) -> None:
    told = {"org": "acme", "url": server.url, "token": "env:GH"}
    site = Site(Path("/nowhere"), clock, lambda path: (b"", NOW), {"GH": "t0ken"})
    access = open_vendor(Account("octo", "github", told, Place("seatwise.yaml", 9)), site).access()  # type: ignore[attr-defined]
    assert (access.who, access.granted) == ("octo-admin, whose token it is", None)


def said(server: Served, clock: SetClock, **how: str) -> str:
    with pytest.raises(VendorError) as raised:
        list(vendor(server, clock, **how).read(None))
    assert isinstance(raised.value, BadCredentials)
    words = f"{raised.value.what} / {raised.value.fix}"
    assert "PRIVATE KEY" not in words
    return words


def test_what_gives_no_token_is_said_without_the_key(server: Served, clock: SetClock, github: GitHub) -> None:
    assert "gives no token: Not Found" in said(server, clock, installation="9")
    assert "its private key can't be read" in said(server, clock, key="-----BEGIN PRIVATE KEY-----\nno")
    github.app = "another"
    assert "401" in said(server, clock)


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_what_was_signed_is_in_no_word_of_a_server_that_repeats_it(
    server: Served, clock: SetClock, status: int
) -> None:
    def rewrites(request: Request, reply: Reply) -> Reply:
        return Reply(status, {"message": f"{request.headers.get('authorization')}"})

    server.checks = lambda request, reply: None
    server.breaks("echo", times=99, matches=lambda request: "access_tokens" in request.path, rewrites=rewrites)
    with pytest.raises(VendorError) as raised:
        list(vendor(server, clock).read(None))
    assert logins(server)[0].headers["authorization"].removeprefix("Bearer ") not in raised.value.what


@pytest.mark.parametrize("lacking", ["app", "installation"])
def test_half_a_login_says_what_to_add(server: Served, clock: SetClock, lacking: str) -> None:
    with pytest.raises(Stop) as stop:
        vendor(server, clock, **{lacking: ""})
    assert stop.value.what == f"seatwise.yaml:9: account octo names the key of a GitHub App, and no {lacking}"
    assert stop.value.fix.startswith(f"{lacking}: ")


def test_a_token_and_a_key_are_one_too_many(server: Served, clock: SetClock) -> None:
    with pytest.raises(Stop) as stop:
        vendor(server, clock, token="env:GH")
    assert stop.value.what == "seatwise.yaml:9: account octo names a token, and the key of a GitHub App"
    assert stop.value.fix == "leave one of them out"
