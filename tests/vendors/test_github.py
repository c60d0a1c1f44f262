"""What is special about GitHub: calls that count, seats that end with the month, and one who spoils a whole call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.emulators.github import GitHub, checked

from seatwise.core.model import Account, Change, Exit, Grant, Pending, Place, Result, Stop, Vendor, VendorError
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Served, served
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
COPILOT = Grant("copilot", "copilot")


@pytest.fixture
def server() -> Iterator[Served]:
    with served(GitHub(SetClock(NOW), "t0ken"), checked()) as one:
        yield one


def played(server: Served) -> GitHub:
    assert isinstance(server.emulator, GitHub)
    return server.emulator


def vendor(server: Served, clock: SetClock | None = None, **config: str) -> Vendor:
    told = {"org": "acme", "token": "env:GH", "url": server.url, **config}
    site = Site(Path("/nowhere"), clock or SetClock(NOW), lambda path: (b"", NOW), {"GH": "t0ken"})
    return open_vendor(Account("octo", "github", told, Place("seatwise.yaml", 9)), site)


def give(login: str) -> Change:
    return Change("octo", f"{login}@acme.example", None, COPILOT, "", login)


def take(login: str, holder: str = "") -> Change:
    return Change("octo", f"{login}@acme.example", COPILOT, None, holder, login)


def test_ten_thousand_seats_are_a_hundred_pages_and_a_thousand_changes_two_calls(server: Served) -> None:
    server.checks = lambda request, reply: None
    github = played(server)
    for number in range(11_000):
        github.joins(f"u{number}")
    for number in range(10_000):
        github.gives(f"u{number}")
    clock = SetClock(NOW)
    one = vendor(server, clock)

    (holding,) = one.read(None)
    assert (len(holding.seats), holding.proof.pages, len(server.calls("GET"))) == (10_000, 101, 101)
    outcomes = list(one.apply([give(f"u{number}") for number in range(10_000, 11_000)]))

    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    assert (len(server.calls("GET")), len(server.calls("POST"))) == (101, 2)
    assert clock.now() == NOW, "900 points a minute are there at once"


def test_a_seat_that_is_taken_ends_with_the_month_and_comes_back_as_the_same_one_before(server: Served) -> None:
    github = played(server)
    github.joins("ann")
    github.gives("ann", used="2026-11-20T10:00:00Z")
    one = vendor(server)
    (before,) = next(iter(one.read(None))).seats
    assert before.last_used == date(2026, 11, 20)

    assert [outcome.result for outcome in one.apply([take("ann", before.holder)])] == [Result.DONE]
    (ending,) = next(iter(vendor(server).read(None))).seats
    assert (ending.pending, ending.ends) == (Pending.CANCELLED, date(2026, 12, 1))
    assert [outcome.result for outcome in one.apply([give("ann")])] == [Result.DONE]
    assert next(iter(vendor(server).read(None))).seats == (before,)


def test_one_who_is_no_member_spoils_the_call_and_only_their_own_change(server: Served) -> None:
    github = played(server)
    for name in ("ann", "bo", "cy", "dee"):
        github.joins(name)
    outcomes = list(vendor(server).apply([give(name) for name in ("ann", "stranger", "bo", "cy", "dee")]))
    results = [outcome.result for outcome in outcomes]
    assert results == [Result.DONE, Result.REFUSED, Result.DONE, Result.DONE, Result.DONE]
    assert "not members" in outcomes[1].reason
    assert set(github.seats) == {"ann", "bo", "cy", "dee"}


def test_a_403_that_says_when_to_come_back_is_a_limit(server: Served) -> None:
    clock = SetClock(NOW)
    server.breaks("told", reply=Reply(403, {"message": "secondary rate limit"}, {"Retry-After": "60"}))
    list(vendor(server, clock).read(None))
    assert (clock.now() - NOW).total_seconds() == 60


def test_what_it_can_not_do_is_said_before_anybody_is_called(server: Served) -> None:
    played(server).joins("ann")
    nameless = replace(give("ann"), login="")
    odd = replace(give("ann"), after=Grant("copilot", "copilot", (("plan", "enterprise"),)))
    other = replace(give("ann"), after=Grant("copilot", "actions"))
    said = [outcome.reason for outcome in vendor(server).apply([nameless, odd, other])]
    assert said == ["ann@acme.example has no login here", "knows no option 'plan'", "sells no 'actions'"]
    assert server.calls("POST") == []


def test_an_account_without_organisation_or_secret_says_what_to_add(server: Served) -> None:
    with pytest.raises(Stop) as stop:
        vendor(server, org="")
    assert (stop.value.code, stop.value.fix) == (Exit.ERROR, "org: acme")
    odd = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {"GH": "t0\nken"})
    told = {"org": "acme", "token": "env:GH", "url": server.url}
    with pytest.raises(VendorError) as broken:
        list(open_vendor(Account("octo", "github", told, Place("seatwise.yaml", 9)), odd).read(None))
    assert (broken.value.what, "ken" in broken.value.fix) == ("account octo: GH holds what no header can", False)
    with pytest.raises(VendorError) as error:
        list(vendor(server, token="env:NOBODY").read(None))
    assert (error.value.what, error.value.fix) == ("account octo: NOBODY is not set", "give this job the secret NOBODY")
