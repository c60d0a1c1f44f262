"""What is special to Snipe-IT: seats of devices, seats that somebody else writes over, two nulls, and how many calls it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.emulators.limits import Limit
from tests.emulators.snipeit import SnipeIT, checked

from seatwise.core.model import Account, Change, Grant, Origin, Outcome, Place, Result, UnknownSku, Vendor
from seatwise.core.model.stop import Stop
from seatwise.edges.clock import SetClock
from seatwise.vendor_contract.server import Reply, Served, served, unchecked
from seatwise.vendor_contract.subject import NOW, SECRET, site
from seatwise.vendors import open_vendor

PAGE = Path(__file__).parents[2] / "docs" / "vendors" / "snipeit.md"


@pytest.fixture
def played() -> SnipeIT:
    made = SnipeIT(SetClock(NOW), SECRET)
    for name in ("ann", "bo", "cy"):
        made.joins(name)
    made.buys("Studio", 3)
    return made


@pytest.fixture
def server(played: SnipeIT) -> Iterator[Served]:
    with served(played, checked()) as one:
        yield one


def opened(server: Served, clock: SetClock, **config: Any) -> Vendor:
    config = {"url": server.url, "token": "env:CONTRACT_TOKEN", **config}
    return open_vendor(Account("assets", "snipeit", config, Place("seatwise.yaml", 9)), site(Path(), clock))


@pytest.fixture
def vendor(server: Served, played: SnipeIT) -> Vendor:
    assert isinstance(played.clock, SetClock)
    return opened(server, played.clock)


def change(login: str, before: str = "", after: str = "") -> Change:
    ends = [Grant(f"license-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("assets", login, ends[0], ends[1], "", login)


def applied(vendor: Vendor, *changes: Change) -> list[Outcome]:
    return list(vendor.apply(changes))


def test_a_device_holds_its_seat_like_a_group_and_is_never_called(
    vendor: Vendor, played: SnipeIT, server: Served
) -> None:
    played.gives("Studio", asset="Mac <7>")
    (holding,) = vendor.read(["Studio"])
    assert [(seat.origin, seat.login, seat.group) for seat in holding.seats] == [
        (Origin.GROUP, "Mac <7>", "asset Mac <7>")
    ]
    assert (holding.pool.bought, holding.pool.used) == (3, 1)
    (outcome,) = applied(vendor, change("Mac <7>", before="Studio"))
    assert outcome.result is Result.REFUSED
    assert server.calls("PATCH") == []


def test_a_check_in_sends_both_nulls(vendor: Vendor, played: SnipeIT, server: Served) -> None:
    played.gives("Studio", "ann")
    assert applied(vendor, change("ann", before="Studio"))[0].result is Result.DONE
    assert [one.json for one in server.calls("PATCH")] == [{"assigned_to": None, "asset_id": None}]


def test_a_seat_that_somebody_was_given_meanwhile_is_not_written_over(vendor: Vendor, played: SnipeIT) -> None:
    list(vendor.read(["Studio"]))
    played.gives("Studio", "bo")
    assert applied(vendor, change("ann", after="Studio"))[0].result is Result.DONE
    (holding,) = vendor.read(["Studio"])
    assert {seat.login for seat in holding.seats} == {"ann", "bo"}


def test_a_seat_that_is_somebody_elses_by_now_is_a_conflict(vendor: Vendor, played: SnipeIT) -> None:
    place = played.gives("Studio", "ann")
    list(vendor.read(["Studio"]))
    played.seats[place].user = 101
    assert applied(vendor, change("ann", before="Studio"))[0].result is Result.CONFLICT
    assert played.seats[place].user == 101


def test_a_success_that_saved_nothing_is_a_doubt(vendor: Vendor, played: SnipeIT) -> None:
    played.forgets = True
    (outcome,) = applied(vendor, change("ann", after="Studio"))
    assert (outcome.result, "shows somebody else" in outcome.reason) == (Result.DOUBT, True)


def test_a_write_that_cannot_be_read_again_is_a_doubt(vendor: Vendor, server: Served) -> None:
    list(vendor.read(["Studio"]))
    server.breaks("drop", times=9, skip=1, matches=lambda request: not request.writes)
    assert applied(vendor, change("ann", after="Studio"))[0].result is Result.DOUBT


def test_somebody_with_two_seats_of_one_license_is_shown_once_and_loses_both(vendor: Vendor, played: SnipeIT) -> None:
    played.gives("Studio", "ann")
    played.gives("Studio", "ann")
    (holding,) = vendor.read(["Studio"])
    assert ([seat.login for seat in holding.seats], holding.pool.used, holding.proof.rows) == (["ann"], 2, 2)
    assert applied(vendor, change("ann", before="Studio"))[0].result is Result.DONE
    assert [seat for seat in played.seats.values() if seat.user] == []


def test_a_seat_that_is_given_only_once_is_not_free_after_its_check_in(vendor: Vendor, played: SnipeIT) -> None:
    played.buys("Once", 1, reassignable=False)
    played.gives("Once", "ann")
    taken, given = applied(vendor, change("ann", before="Once"), change("bo", after="Once"))
    assert (taken.result, given.result) == (Result.DONE, Result.REFUSED)
    (holding,) = vendor.read(["Once"])
    assert (holding.seats, holding.pool.bought, holding.pool.used) == ((), 1, 1)


def test_licenses_of_one_name_are_told_apart_by_number(vendor: Vendor, played: SnipeIT) -> None:
    played.buys("Studio", 1)
    played.buys("Other", 1)
    assert [holding.sku for holding in vendor.read(None)] == ["1", "2", "Other"]
    assert [holding.sku for holding in vendor.read(["3"])] == ["3"]
    with pytest.raises(UnknownSku) as raised:
        list(vendor.read(["Studio"]))
    assert raised.value.known == ("1", "2", "Other")


def test_an_unknown_user_is_refused_without_a_call(vendor: Vendor, server: Served) -> None:
    (outcome,) = applied(vendor, change("zed", after="Studio"))
    assert (outcome.result, server.calls("PATCH")) == (Result.REFUSED, [])
    assert "'zed'" in outcome.reason


def test_a_refusal_inside_a_200_says_its_words(vendor: Vendor, server: Served) -> None:
    words = {"assigned_to": ["is invalid", "is gone"]}
    reply = Reply(200, {"status": "error", "messages": words, "payload": None})
    server.breaks("reply", reply=reply, matches=lambda request: request.writes)
    (outcome,) = applied(vendor, change("ann", after="Studio"))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "is invalid; is gone")


def test_what_the_configuration_lacks_is_said(server: Served) -> None:
    for config in ({"url": ""}, {"login": "phone"}):
        with pytest.raises(Stop, match="needs a url, and login: username or email"):
            opened(server, SetClock(NOW), **config)


def test_the_page_has_an_account_that_opens() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (config,) = yaml.safe_load(text)["accounts"].values()
    open_vendor(Account("assets", config.pop("vendor"), config, Place("seatwise.yaml", 1)), site(Path(), SetClock(NOW)))


def test_ten_thousand_seats_are_read_page_by_page_within_the_limit(
    played: SnipeIT, server: Served, vendor: Vendor
) -> None:
    played.limit = Limit(120)
    number = played.buys("Large", 10_000)
    for at, seat in enumerate((one for one in played.seats.values() if one.license == number), 1000):
        played.users[at] = f"u{at}"
        seat.user = at
    server.checks = unchecked
    start = played.clock.monotonic()
    (holding,) = vendor.read(["Large"])
    assert len(holding.seats) == 10_000
    assert len(server.requests) == 1 + 21 + 20
    assert played.clock.monotonic() == start


def test_each_change_takes_three_calls_as_fast_as_the_limit_lets_them(
    played: SnipeIT, server: Served, vendor: Vendor
) -> None:
    played.limit, server.checks = Limit(120), unchecked
    played.buys("Large", 100)
    played.users |= {1000 + at: f"u{at}" for at in range(100)}
    start = played.clock.monotonic()
    assert {one.result for one in applied(vendor, *(change(f"u{at}", after="Large") for at in range(100)))} == {
        Result.DONE
    }
    assert len(server.requests) == 3 + 3 * 100
    assert played.clock.monotonic() - start == 60 * (303 // 120)
