"""What is special to Adobe: refusals inside a 200, profiles through user groups, pages that never end, ten calls a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.emulators.adobe import CLIENT, ORG, Adobe, checked
from tests.emulators.limits import Limit

from seatwise.core.model import (
    Account,
    BadCredentials,
    Change,
    Grant,
    IncompleteRead,
    Origin,
    Outcome,
    Place,
    Result,
    Vendor,
)
from seatwise.core.model.stop import Stop
from seatwise.edges.clock import SetClock
from seatwise.vendor_contract.server import Reply, Request, Served, served
from seatwise.vendor_contract.subject import NOW, SECRET, site
from seatwise.vendors import open_vendor

PAGE = Path(__file__).parents[2] / "docs" / "vendors" / "adobe.md"
LIMITS = {"users": 25, "groups": 5, "action": 10}


@pytest.fixture
def played() -> Adobe:
    made = Adobe(SetClock(NOW), SECRET)
    for name in ("ann", "bo", "cy"):
        made.joins(name)
    made.sells("Photoshop")
    made.sells("All Apps")
    return made


@pytest.fixture
def server(played: Adobe) -> Iterator[Served]:
    with served(played, checked()) as one:
        yield one


def opened(server: Served, clock: Any, **config: Any) -> Vendor:
    urls = {"url": server.url, "login_url": f"{server.url}/ims/token/v2"}
    config = {"org": ORG, "client_id": CLIENT, "client_secret": "env:CONTRACT_TOKEN", **urls, **config}
    return open_vendor(Account("adobe", "adobe", config, Place("seatwise.yaml", 9)), site(Path(), clock))


@pytest.fixture
def vendor(server: Served, played: Adobe) -> Vendor:
    return opened(server, played.clock)


def change(login: str, before: str = "", after: str = "") -> Change:
    ends = [Grant(f"license-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("adobe", login, ends[0], ends[1], "", login)


def applied(vendor: Vendor, *changes: Change) -> list[Outcome]:
    return list(vendor.apply(changes))


def acted(request: Request) -> bool:
    return "/action/" in request.path


def actions(server: Served) -> list[Any]:
    return [request.json for request in server.requests if acted(request)]


def test_of_ten_in_one_call_each_is_told_its_own_outcome(vendor: Vendor, server: Served) -> None:
    outcomes = applied(vendor, *(change(name, after="Photoshop") for name in ("ann", "nobody", "cy")))
    assert [one.result for one in outcomes] == [Result.DONE, Result.REFUSED, Result.DONE]
    assert outcomes[1].reason == "User Id does not exist: nobody"
    assert [len(one) for one in actions(server)] == [3]


def test_a_swap_takes_only_where_it_gave(vendor: Vendor, played: Adobe, server: Served) -> None:
    played.gives("Photoshop", "ann")
    played.gives("Photoshop", "bo")
    played.refused.add("bo")
    outcomes = applied(vendor, *(change(name, "Photoshop", "All Apps") for name in ("ann", "bo")))
    assert [one.result for one in outcomes] == [Result.DONE, Result.REFUSED]
    assert [[one["user"] for one in call] for call in actions(server)] == [["ann", "bo"], ["ann"]]


def test_a_swap_whose_second_half_is_refused_is_a_doubt(vendor: Vendor, played: Adobe, server: Served) -> None:
    played.gives("Photoshop", "ann")
    server.breaks("400", skip=1, matches=acted)
    (outcome,) = applied(vendor, change("ann", "Photoshop", "All Apps"))
    assert (outcome.result, "not taken" in outcome.reason) == (Result.DOUBT, True)


def test_failures_that_are_not_named_leave_all_in_doubt(vendor: Vendor, server: Served) -> None:
    said = {"completed": 1, "notCompleted": 1, "completedInTestMode": 0, "errors": [], "result": "partial"}
    server.breaks("reply", reply=Reply(200, said), matches=acted)
    outcomes = applied(vendor, change("ann", after="Photoshop"), change("bo", after="Photoshop"))
    assert [one.result for one in outcomes] == [Result.DOUBT, Result.DOUBT]


def test_a_limit_that_is_told_inside_a_200_has_failed_and_may_be_tried_again(vendor: Vendor, server: Served) -> None:
    error = {"index": 0, "step": 0, "message": "slow down", "errorCode": "error.throttled_by_external_service"}
    said = {"completed": 0, "notCompleted": 1, "completedInTestMode": 0, "errors": [error], "result": "error"}
    server.breaks("reply", reply=Reply(200, said), matches=acted)
    assert applied(vendor, change("ann", after="Photoshop"))[0].result is Result.FAILED


def test_what_comes_through_a_user_group_is_shown_with_it(vendor: Vendor, played: Adobe) -> None:
    played.gives("Photoshop", "ann")
    played.gives("Photoshop", "bo", group="Design")
    (holding,) = vendor.read(["Photoshop"])
    shown = {seat.login: (seat.origin, seat.group) for seat in holding.seats}
    assert shown == {"ann": (Origin.DIRECT, ""), "bo": (Origin.GROUP, "Design")}


def test_somebody_who_is_disabled_still_holds_the_seat(vendor: Vendor, played: Adobe) -> None:
    played.gives("Photoshop", "ann")
    played.inactive.add(played.by("ann"))
    (holding,) = vendor.read(["Photoshop"])
    assert [(seat.login, seat.origin) for seat in holding.seats] == [("ann", Origin.DIRECT)]
    assert applied(vendor, change("ann", before="Photoshop"))[0].result is Result.DONE


def test_pages_without_a_last_one_end(vendor: Vendor, server: Served) -> None:
    row = {"id": "7", "email": "ann", "groups": []}
    endless = Reply(200, {"lastPage": False, "result": "success", "users": [row]})
    server.breaks("reply", reply=endless, times=9, matches=lambda request: "/users/" in request.path)
    with pytest.raises(IncompleteRead, match="repeats what was read"):
        list(vendor.read(["Photoshop"]))


def test_a_token_that_ran_out_is_got_anew(vendor: Vendor, played: Adobe, server: Served) -> None:
    list(vendor.read(None))
    assert isinstance(played.clock, SetClock)
    played.clock.sleep(90_000)
    list(vendor.read(None))
    assert len([one for one in server.requests if one.path == "/ims/token/v2"]) == 2


def test_a_wrong_secret_stops_the_account_and_is_not_shown(server: Served, played: Adobe) -> None:
    played.secret = "another"
    with pytest.raises(BadCredentials) as raised:
        list(opened(server, played.clock).read(None))
    assert SECRET not in f"{raised.value.what} {raised.value.fix}"


def test_what_the_configuration_lacks_is_said(server: Served) -> None:
    for name in ("org", "client_id"):
        with pytest.raises(Stop, match="needs an org and a client_id"):
            opened(server, SetClock(NOW), **{name: ""})


def test_the_page_has_an_account_that_opens() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (config,) = yaml.safe_load(text)["accounts"].values()
    open_vendor(Account("adobe", config.pop("vendor"), config, Place("seatwise.yaml", 1)), site(Path(), SetClock(NOW)))


def test_ten_thousand_seats_and_a_thousand_changes_take_the_fewest_calls_and_the_time_of_the_limits(
    played: Adobe, server: Served, vendor: Vendor
) -> None:
    played.limits = {kind: Limit(calls) for kind, calls in LIMITS.items()}
    played.users = {f"{at:05}": f"u{at}" for at in range(10_000)}
    played.direct["Photoshop"] = set(played.users)
    start = played.clock.monotonic()
    (holding,) = vendor.read(["Photoshop"])
    assert (len(holding.seats), holding.proof.pages) == (10_000, 50)
    assert len(server.requests) == 1 + 1 + 50
    assert played.clock.monotonic() - start == 60
    start = played.clock.monotonic()
    changes = [change(f"u{at}", before="Photoshop") for at in range(1000)]
    assert {one.result for one in applied(vendor, *changes)} == {Result.DONE}
    assert len(actions(server)) == 100
    assert played.clock.monotonic() - start == 540
