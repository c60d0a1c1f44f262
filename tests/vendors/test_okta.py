"""What is special at Okta: groups and apps, limits without Retry-After, and answers that real orgs have given."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.emulators.contract import at_hand
from tests.emulators.google import service_account
from tests.emulators.okta import Okta, checked, limited
from tests.emulators.server import Reply, Request, Served, served

from seatwise.core.access import Weighed, weighed
from seatwise.core.model import (
    Access,
    Account,
    BadCredentials,
    Change,
    Grant,
    IncompleteRead,
    Origin,
    Outcome,
    Place,
    Result,
    Stop,
    Vendor,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
GROUP, APP = "group:design", "app:Miro"
ANN, BO, EVE = (f"{name}@acme.example" for name in ("ann", "bo", "eve"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def okta(clock: SetClock) -> Okta:
    made = Okta(clock, "t0ken")
    for name, used in ((ANN, "2026-11-03T10:00:00.000Z"), (BO, None), (EVE, None)):
        made.joins(name, used)
    made.puts(ANN, "design")
    made.assigns(BO, "Miro")
    made.app("Miro 2")
    return made


@pytest.fixture
def server(okta: Okta) -> Iterator[Served]:
    with served(okta, checked()) as one:
        yield one


def vendor(server: Served, clock: SetClock, **config: Any) -> Any:
    told = {"url": server.url, "token": "env:OKTA_TOKEN", "skus": {GROUP: 2, APP: "unlimited"}, **config}
    env = {"OKTA_TOKEN": "t0ken", "OKTA_KEY": json.loads(service_account())["private_key"]}
    site = Site(Path("/nowhere"), clock, lambda path: (b"", NOW), env)
    return open_vendor(Account("okta", "okta", told, Place("seatwise.yaml", 9)), site)


def change(login: str, before: str = "", after: str = "", holder: str = "") -> Change:
    grants = [Grant(f"l-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("okta", login, grants[0], grants[1], holder, login)


def one(made: Vendor, wanted: Change) -> Outcome:
    (outcome,) = made.apply([wanted])
    return outcome


def written(server: Served) -> list[tuple[str, str]]:
    return [(call.method, call.path.removeprefix("/api/v1/")) for call in server.requests if call.writes]


def test_a_group_is_put_in_and_an_app_is_assigned(server: Served, clock: SetClock, okta: Okta) -> None:
    outcomes = vendor(server, clock).apply([change(EVE, after=GROUP), change(EVE, after=APP)])
    assert [outcome.result for outcome in outcomes] == [Result.DONE, Result.DONE]
    group, app, eve = okta.groups["design"].id, okta.apps["Miro"].id, okta.logins[EVE]
    assert written(server) == [("PUT", f"groups/{group}/users/{eve}"), ("POST", f"apps/{app}/users")]


def test_a_swap_gives_before_it_takes(server: Served, clock: SetClock, okta: Okta) -> None:
    assert one(vendor(server, clock), change(ANN, GROUP, APP)).result is Result.DONE
    assert [method for method, _ in written(server)] == ["POST", "DELETE"]


def test_what_is_gone_already_is_no_refusal(server: Served, clock: SetClock, okta: Okta) -> None:
    made = vendor(server, clock)
    list(made.read(None))
    okta.apps["Miro"].users.clear()
    assert one(made, change(BO, before=APP)).result is Result.ALREADY


def test_a_429_ends_when_its_window_does(server: Served, clock: SetClock) -> None:
    until = int(NOW.timestamp()) + 37
    server.breaks("limit", reply=limited(until), matches=lambda request: request.writes)
    assert one(vendor(server, clock), change(EVE, after=GROUP)).result is Result.DONE
    assert (clock.now() - NOW).total_seconds() == 37


@pytest.mark.parametrize(("kind", "origin"), [("BUILT_IN", Origin.AUTO), ("APP_GROUP", Origin.GROUP)])
def test_a_group_that_is_kept_elsewhere_is_shown_and_never_called(
    server: Served, clock: SetClock, okta: Okta, kind: str, origin: Origin
) -> None:
    okta.groups["design"].kind = kind
    (holding,) = vendor(server, clock).read([GROUP])
    assert [seat.origin for seat in holding.seats] == [origin]
    taken, given = vendor(server, clock).apply([change(ANN, before=GROUP), change(EVE, after=GROUP)])
    assert (taken.result, given.result) == (Result.REFUSED, Result.REFUSED)
    assert written(server) == []


def test_who_has_an_app_through_a_group_is_shown_with_its_name(server: Served, clock: SetClock, okta: Okta) -> None:
    okta.assigns(EVE, "Miro", "everybody")
    (holding,) = vendor(server, clock).read([APP])
    assert {seat.login: seat.group for seat in holding.seats} == {BO: "", EVE: "everybody"}


def test_a_group_that_counts_more_than_it_lists_is_incomplete(server: Served, clock: SetClock, okta: Okta) -> None:
    okta.broken = "short-page"
    with pytest.raises(IncompleteRead, match="0 rows were read, Okta counts 1"):
        list(vendor(server, clock).read([GROUP]))


def test_a_name_that_is_gone_is_not_an_empty_list(server: Served, clock: SetClock, okta: Okta) -> None:
    okta.groups["other"] = okta.groups.pop("design")
    with pytest.raises(IncompleteRead, match="no such group"):
        list(vendor(server, clock).read([GROUP]))


def test_the_last_login_is_shown(server: Served, clock: SetClock) -> None:
    assert [seat.last_used for holding in vendor(server, clock).read(None) for seat in holding.seats] == [
        date(2026, 11, 3),
        None,
    ]


def test_somebody_whom_okta_does_not_know_is_refused_without_a_call(server: Served, clock: SetClock) -> None:
    outcome = one(vendor(server, clock), change("zoe@acme.example", after=GROUP))
    assert (outcome.result, written(server)) == (Result.REFUSED, [])


def test_many_new_people_are_found_in_the_list_of_all(server: Served, clock: SetClock, okta: Okta) -> None:
    people = [f"p{number}@acme.example" for number in range(30)]
    for person in people:
        okta.joins(person)
    outcomes = list(vendor(server, clock).apply([change(person, after=GROUP) for person in people]))
    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    assert len([call for call in server.requests if call.path.startswith("/api/v1/users")]) == 1


def test_a_service_app_signs_for_its_token(server: Served, clock: SetClock, okta: Okta) -> None:
    list(vendor(server, clock, client="0oaclient", key="env:OKTA_KEY", key_id="k-1").read(None))
    (form,) = okta.assertions
    head, claims, _ = form["client_assertion"].split(".")
    said = json.loads(urlsafe_b64decode(claims + "=="))
    assert json.loads(urlsafe_b64decode(head + "=="))["kid"] == "k-1"
    assert (said["iss"], said["sub"], said["aud"]) == ("0oaclient", "0oaclient", f"{server.url}/oauth2/v1/token")
    assert form["scope"] == "okta.groups.manage okta.apps.manage okta.users.read"


def test_a_wrong_token_stops_the_account(server: Served, clock: SetClock, okta: Okta) -> None:
    okta.authorization = "SSWS another"
    with pytest.raises(BadCredentials, match="Invalid token"):
        list(vendor(server, clock).read(None))


@pytest.mark.parametrize(
    "config", [{"url": ""}, {"skus": {}}, {"skus": {"design": 1}}, {"skus": {GROUP: "many"}}, {"per_minute": "0"}]
)
def test_a_config_that_says_too_little_stops_with_an_example(
    server: Served, clock: SetClock, config: dict[str, Any]
) -> None:
    with pytest.raises(Stop) as raised:
        list(vendor(server, clock, **config).read(None))
    assert raised.value.fix


def test_ten_thousand_members_are_ten_pages_and_a_thousand_changes_two_minutes(
    server: Served, clock: SetClock, okta: Okta
) -> None:
    server.checks = lambda request, reply: None
    people = [f"p{number}@acme.example" for number in range(10_000)]
    for person in people:
        okta.joins(person)
        okta.puts(person, "design")
    okta.groups["design"].members.remove(okta.logins[ANN])
    made = vendor(server, clock, skus=[GROUP])
    list(made.read(None))
    assert len(server.requests) == 1 + 10
    outcomes = made.apply([change(person, before=GROUP) for person in people[:1000]])
    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    assert len(written(server)) == 1000
    assert 108 <= (clock.now() - NOW).total_seconds() <= 132


MEMBERS = "/api/v1/groups/00gsf7bj3rH2d9PvL4x6/users"


class Recorded:
    """Answers of real orgs: the list of groups, after a limit; the members of one; and what its changes were answered."""

    def __init__(self) -> None:
        self.known = json.loads(at_hand("okta-recorded-exchanges.json").read_text("utf-8"))["exchanges"]
        self.limited = [one["response"] for one in self.known if one["response"]["status"] == 429][:1]

    def answer(self, request: Request) -> Reply:
        if self.limited:
            return self.reply(self.limited.pop())
        member = re.fullmatch("/api/v1/groups/[^/]+/users(/.*)?", request.path)
        return self.reply(self.found(request.method, MEMBERS + (member[1] or "") if member else request.path))

    def found(self, method: str, path: str) -> dict[str, Any]:
        return next(
            one["response"]
            for one in self.known
            if (one["request"]["method"], urlsplit(one["request"]["url"]).path) == (method, path)
        )

    def reply(self, response: dict[str, Any]) -> Reply:
        headers = {name: value for name, value in response["headers"].items() if name not in ("date", "content-type")}
        return Reply(response["status"], response["body"].encode() or None, headers)


def test_answers_that_real_orgs_gave_are_read_and_their_limit_is_heeded() -> None:
    john, recorded = "00usfbpcapvcITLwi4x6", Recorded()
    until = int(recorded.limited[0]["headers"]["x-rate-limit-reset"])
    clock = SetClock(datetime.fromtimestamp(until - 30, UTC))
    with served(recorded) as server:
        made = vendor(server, clock, skus=["group:Group-Target-Test"])
        (holding,) = made.read(None)
        outcome = one(made, change("John.Doe-Activate@example.com", before="group:Group-Target-Test", holder=john))
    assert [(seat.holder, seat.login) for seat in holding.seats] == [(john, "John.Doe-Activate@example.com")]
    assert (outcome.result, outcome.request) == (
        Result.DONE,
        recorded.found("DELETE", f"{MEMBERS}/{john}")["headers"]["x-okta-request-id"],
    )
    assert clock.now().timestamp() == until


KEY = {"token": "", "client": "0oaCLIENT", "key": "env:OKTA_KEY"}


def test_an_api_token_may_do_what_its_administrator_may(server: Served, clock: SetClock) -> None:
    assert vendor(server, clock).access() == Access(f"{ANN}, whose API token it is")


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ("groups.manage apps.manage users.read", Weighed()),
        ("groups.read apps.read users.read", Weighed(to_write=("okta.groups.manage", "okta.apps.manage"))),
    ],
)
def test_a_service_app_that_may_only_read_is_enough_to_plan_and_what_apply_lacks_is_said(
    server: Served, clock: SetClock, okta: Okta, granted: str, expected: Weighed
) -> None:
    okta.scopes = {f"okta.{name}" for name in granted.split()}
    made = vendor(server, clock, **KEY)
    assert [len(holding.seats) for holding in made.read(None)] == [1, 1]
    access = made.access()
    assert (access.who, weighed(access)) == ("the service app 0oaCLIENT", expected)


def test_a_service_app_that_may_not_even_read_is_told_what_okta_says(
    server: Served, clock: SetClock, okta: Okta
) -> None:
    okta.scopes = {"okta.logs.read"}
    with pytest.raises(BadCredentials, match=r"not granted to this client: okta\.groups\.read"):
        list(vendor(server, clock, **KEY).read(None))
