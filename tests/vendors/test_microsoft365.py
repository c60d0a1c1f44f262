"""Microsoft 365, where it is like no other vendor; what all have in common is in tests/contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.microsoft365 import FORBIDDEN, config
from tests.emulators.graph import CLIENT, TENANT, Graph, Held, ItemFault, No, checked
from tests.emulators.server import Reply, Served, served

from seatwise.core.access import Weighed, weighed
from seatwise.core.model import Account, BadCredentials, Change, Grant, IncompleteRead, Origin, Place, Result, Seat
from seatwise.edges.clock import SetClock
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site
from seatwise.vendors.microsoft365 import SECONDS, WRITES, Microsoft365

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ABSENT = "absent"
SECRET = "s3cr3t-of-the-app"
ANN, BO, CY = "ann@acme.example", "bo@acme.example", "cy@acme.example"
TOO_MANY = No(429, "TooManyRequests", "Please retry again later.", {"Retry-After": "2.128"}).reply


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def graph(clock: SetClock) -> Graph:
    made = Graph(clock, SECRET, lag=0)
    made.sells("SPE_E3", 30, "EXCHANGE", "TEAMS1", "YAMMER")
    made.sells("SPE_E5", 20, "EXCHANGE", "POWER_BI", warning=3)
    for login in (ANN, BO, CY):
        made.joins(login)
    return made


@pytest.fixture
def server(graph: Graph) -> Iterator[Served]:
    with served(graph, checked()) as one:
        yield one


def vendor(server: Served, clock: SetClock, env: dict[str, str] | None = None, **more: Any) -> Microsoft365:
    told = {key: value for key, value in config(server.url, **more).items() if value != ABSENT}
    account = Account("m365", "microsoft365", told, Place("seatwise.yaml", 9))
    known = {"M365_SECRET": SECRET} if env is None else env
    return Microsoft365(account, Site(Path("/nowhere"), clock, lambda path: (b"", NOW), known))


def change(login: str, before: str = "", after: str = "", off: tuple[str, ...] = ()) -> Change:
    options = (("disabled_plans", off),) if off else ()
    ends = Grant(before, before) if before else None, Grant(after, after, options) if after else None
    return Change("m365", login, *ends, login=login, profile={"country": "DE"})


def batches(server: Served) -> list[list[dict[str, Any]]]:
    """The calls in each batch that was sent."""
    return [one.json["requests"] for one in server.calls("POST") if one.path.endswith("/$batch")]


def seat(one: Microsoft365, sku: str, login: str) -> Seat:
    (holding,) = one.read([sku])
    return next(seat for seat in holding.seats if seat.login == login)


def waited(clock: SetClock) -> float:
    return (clock.now() - NOW).total_seconds()


def assigns(login: str, graph: Graph) -> Any:
    path = f"{graph.user(login).id}/assignLicense"
    return lambda request: request.path.endswith(path)


def test_a_swap_is_one_call_with_both_lists_and_so_is_every_other_change(
    server: Served, graph: Graph, clock: SetClock
) -> None:
    graph.gives(BO, "SPE_E3")
    graph.gives(CY, "SPE_E3")
    changes = [change(ANN, after="SPE_E5"), change(BO, "SPE_E3", "SPE_E5"), change(CY, "SPE_E3")]
    assert {one.result for one in vendor(server, clock).apply(changes)} == {Result.DONE}
    e3, e5 = graph.skus["SPE_E3"].id, graph.skus["SPE_E5"].id
    given = [{"skuId": e5, "disabledPlans": []}]
    assert [call["body"] for batch in batches(server) for call in batch] == [
        {"addLicenses": given, "removeLicenses": []},
        {"addLicenses": given, "removeLicenses": [e3]},
        {"addLicenses": [], "removeLicenses": [e3]},
    ]


def test_what_is_paid_late_still_counts_as_bought(server: Served, clock: SetClock) -> None:
    (holding,) = vendor(server, clock).read(["SPE_E5"])
    assert (holding.pool.bought, holding.pool.used) == (20, 0)


def test_what_is_for_the_tenant_as_a_whole_is_no_sku(server: Served, graph: Graph, clock: SetClock) -> None:
    graph.sells("EXTRA_STORAGE", 9, applies_to="Company")
    assert [holding.sku for holding in vendor(server, clock).read(None)] == ["SPE_E3", "SPE_E5"]


class TestGroups:
    def test_who_has_it_both_ways_has_one_seat_that_is_ours_with_the_group_noted(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.gives(ANN, "SPE_E3")
        graph.gives(ANN, "SPE_E3", "sg-all")
        graph.gives(BO, "SPE_E3", "sg-all")
        one = vendor(server, clock)
        (holding,) = one.read(["SPE_E3"])
        assert [(seat.login, seat.origin, seat.group) for seat in holding.seats] == [
            (ANN, Origin.DIRECT, "sg-all"),
            (BO, Origin.GROUP, "sg-all"),
        ]
        assert holding.pool.used == 2

    def test_taking_the_direct_one_leaves_the_groups(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.gives(ANN, "SPE_E3")
        graph.gives(ANN, "SPE_E3", "sg-all")
        one = vendor(server, clock)
        taken, again = one.apply([change(ANN, "SPE_E3"), change(ANN, "SPE_E3")])
        assert (taken.result, again.result) == (Result.DONE, Result.REFUSED)
        assert "group sg-all" in again.reason
        assert seat(one, "SPE_E3", ANN).origin is Origin.GROUP

    def test_what_a_group_could_not_give_is_no_seat(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.gives(BO, "SPE_E3")
        for login in (ANN, BO):
            graph.user(login).failed[graph.skus["SPE_E3"].id] = ("sg-all", "CountViolation")
        (holding,) = vendor(server, clock).read(["SPE_E3"])
        assert [(seat.login, seat.origin, seat.group) for seat in holding.seats] == [(BO, Origin.DIRECT, "")]

    def test_a_group_that_gave_it_in_between_is_refused_in_microsofts_words(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.gives(ANN, "SPE_E3")
        one = vendor(server, clock)
        list(one.read(None))
        graph.user(ANN).held[graph.skus["SPE_E3"].id].direct = None
        graph.gives(ANN, "SPE_E3", "sg-all")
        (outcome,) = one.apply([change(ANN, "SPE_E3")])
        assert (outcome.result, outcome.request) == (Result.REFUSED, "r-inner")
        assert outcome.reason.startswith("User license is inherited from a group membership")


class TestPlaces:
    def test_an_empty_usage_location_is_filled_before_in_the_same_batch(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        eve = graph.joins("eve@acme.example", None)
        changes = [change(ANN, after="SPE_E3"), change("eve@acme.example", after="SPE_E3")]
        one = vendor(server, clock)
        assert {outcome.result for outcome in one.apply(changes)} == {Result.DONE}
        assert eve.fields["usageLocation"] == "DE"
        (batch,) = batches(server)
        assert [(call["method"], call.get("dependsOn")) for call in batch] == [
            ("POST", None),
            ("PATCH", None),
            ("POST", ["1.0"]),
        ]
        list(one.apply([change("eve@acme.example", after="SPE_E5")]))
        assert [call["method"] for call in batches(server)[1]] == ["POST"]

    def test_one_that_is_there_stays(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.user(ANN).fields["usageLocation"] = "FR"
        list(vendor(server, clock).apply([change(ANN, after="SPE_E3")]))
        assert graph.user(ANN).fields["usageLocation"] == "FR"

    def test_where_it_may_not_be_filled_that_person_is_refused_with_the_permission(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.joins("eve@acme.example", None)
        graph.faults.append(ItemFault(FORBIDDEN, 9, lambda request: request.method == "PATCH"))
        changes = [change("eve@acme.example", after="SPE_E3"), change(ANN, after="SPE_E3")]
        refused, done = vendor(server, clock).apply(changes)
        assert (refused.result, done.result) == (Result.REFUSED, Result.DONE)
        assert refused.fix == "grant User.ReadWrite.All, or fill usageLocation there"

    def test_that_one_alone_does_not_stop_the_account(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.joins("eve@acme.example", None)
        graph.faults.append(ItemFault(FORBIDDEN, 9, lambda request: request.method == "PATCH"))
        (refused,) = vendor(server, clock).apply([change("eve@acme.example", after="SPE_E3")])
        assert refused.result is Result.REFUSED

    def test_two_calls_each_make_ten_people_a_batch(self, server: Served, graph: Graph, clock: SetClock) -> None:
        logins = [f"p{number}@acme.example" for number in range(15)]
        for login in logins:
            graph.joins(login, None)
        outcomes = vendor(server, clock).apply([change(login, after="SPE_E3") for login in logins])
        assert {one.result for one in outcomes} == {Result.DONE}
        assert [len(batch) for batch in batches(server)] == [20, 10]


class TestPlans:
    def test_what_is_off_is_what_we_gave_whatever_a_group_has_on(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.gives(ANN, "SPE_E3", off=("TEAMS1",))
        graph.gives(ANN, "SPE_E3", "sg-all")
        assert seat(vendor(server, clock), "SPE_E3", ANN).options == (("disabled_plans", ("TEAMS1",)),)

    def test_plans_that_are_off_are_an_option_by_their_names(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        one = vendor(server, clock)
        (outcome,) = one.apply([change(ANN, after="SPE_E3", off=("TEAMS1", "YAMMER"))])
        assert outcome.result is Result.DONE
        assert seat(one, "SPE_E3", ANN).options == (("disabled_plans", ("TEAMS1", "YAMMER")),)

    def test_a_change_of_them_is_one_call(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.gives(ANN, "SPE_E3", off=("YAMMER",))
        wanted = change(ANN, "SPE_E3", "SPE_E3", ("TEAMS1",))
        wanted = replace(wanted, before=Grant("SPE_E3", "SPE_E3", (("disabled_plans", ("YAMMER",)),)))
        (outcome,) = vendor(server, clock).apply([wanted])
        assert outcome.result is Result.DONE
        assert graph.user(ANN).held[graph.skus["SPE_E3"].id].direct == {graph.skus["SPE_E3"].plans["TEAMS1"]}

    @pytest.mark.parametrize(
        ("options", "fix"),
        [
            ((("disabled_plans", ("TEAMS",)),), "TEAMS1"),
            ((("disabled_plans", "TEAMS1"),), "write a list, as it is read: [TEAMS1]"),
            ((("role", "x"),), "it knows disabled_plans"),
        ],
    )
    def test_what_it_does_not_know_is_refused_without_a_call(
        self, server: Served, clock: SetClock, options: Any, fix: str
    ) -> None:
        wanted = replace(change(ANN, after="SPE_E3"), after=Grant("SPE_E3", "SPE_E3", options))
        (outcome,) = vendor(server, clock).apply([wanted])
        assert outcome.result is Result.REFUSED
        assert fix in outcome.fix
        assert batches(server) == []


class TestBatches:
    def test_a_single_429_is_waited_out_and_only_that_call_is_sent_again(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(TOO_MANY, 2, assigns(BO, graph)))
        outcomes = list(vendor(server, clock).apply([change(login, after="SPE_E3") for login in (ANN, BO, CY)]))
        assert [one.result for one in outcomes] == [Result.DONE] * 3
        assert [len(batch) for batch in batches(server)] == [3, 1, 1]
        assert waited(clock) == pytest.approx(2 * 2.128)

    def test_one_that_is_limited_without_end_is_given_up_and_the_others_are_done(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(TOO_MANY, 99, assigns(BO, graph)))
        outcomes = list(vendor(server, clock).apply([change(login, after="SPE_E3") for login in (ANN, BO, CY)]))
        assert [one.result for one in outcomes] == [Result.DONE, Result.FAILED, Result.DONE]

    def test_what_is_over_microsofts_limit_waits_for_its_window(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.writes[:] = [clock.monotonic()] * (3000 - 2)
        outcomes = list(vendor(server, clock).apply([change(login, after="SPE_E3") for login in (ANN, BO, CY)]))
        assert [one.result for one in outcomes] == [Result.DONE] * 3
        assert ([len(batch) for batch in batches(server)], waited(clock)) == ([3, 1], 150)

    def test_one_that_would_have_to_wait_for_an_hour_is_given_up_at_once(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(No(429, "TooManyRequests", "Later.", {"Retry-After": "3600"}).reply, 9))
        (outcome,) = vendor(server, clock).apply([change(ANN, after="SPE_E3")])
        assert (outcome.result, waited(clock)) == (Result.FAILED, 0)

    def test_a_credential_that_runs_out_in_a_batch_is_renewed_and_only_what_was_left_is_sent_again(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        clock.sleep(120)
        graph.faults.append(ItemFault(No(401, "InvalidAuthenticationToken", "Expired.").reply, 1, assigns(BO, graph)))
        outcomes = list(one.apply([change(ANN, after="SPE_E3"), change(BO, after="SPE_E3")]))
        assert [one.result for one in outcomes] == [Result.DONE, Result.DONE]
        assert ([len(batch) for batch in batches(server)], len(graph.tokens)) == ([2, 1], 2)

    def test_one_that_is_not_taken_at_all_stops_the_account(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(No(401, "InvalidAuthenticationToken", "Expired.").reply, 9))
        with pytest.raises(BadCredentials, match="says 401: Expired"):
            list(vendor(server, clock).apply([change(ANN, after="SPE_E3")]))

    def test_a_lost_batch_leaves_all_of_it_in_doubt_and_is_not_sent_again(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        server.breaks("lost", matches=lambda request: request.path.endswith("/$batch"))
        outcomes = list(one.apply([change(login, after="SPE_E3") for login in (ANN, BO, CY)]))
        assert [one.result for one in outcomes] == [Result.DOUBT] * 3
        assert len(batches(server)) == 1

    def test_what_is_lost_when_it_is_sent_again_is_in_doubt_and_what_was_done_is_done(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(TOO_MANY, 1, assigns(BO, graph)))
        server.breaks("lost", skip=1, matches=lambda request: request.path.endswith("/$batch"))
        outcomes = list(vendor(server, clock).apply([change(login, after="SPE_E3") for login in (ANN, BO, CY)]))
        assert [one.result for one in outcomes] == [Result.DONE, Result.DOUBT, Result.DONE]

    def test_a_failure_is_tried_again_and_a_refusal_after_it_is_a_doubt(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.gives(ANN, "SPE_E3")
        graph.gives(BO, "SPE_E3")
        broken = No(503, "serviceNotAvailable", "The service is temporarily unavailable.").reply
        graph.faults.append(ItemFault(broken, 1, assigns(ANN, graph)))
        graph.faults.append(ItemFault(broken, 1, assigns(BO, graph), done=True))
        first, second = vendor(server, clock).apply([change(ANN, "SPE_E3"), change(BO, "SPE_E3")])
        assert (first.result, second.result) == (Result.DONE, Result.DOUBT)

    def test_an_answer_that_leaves_one_out_leaves_it_in_doubt(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        said = {"responses": [{"id": "1.0", "status": 200, "body": {}}, {"id": "0.0", "status": "200"}]}
        server.breaks("reply", reply=Reply(200, said), matches=lambda request: request.path.endswith("/$batch"))
        outcomes = list(one.apply([change(ANN, after="SPE_E3"), change(BO, after="SPE_E3")]))
        assert [one.result for one in outcomes] == [Result.DOUBT, Result.DONE]

    def test_a_connection_that_dies_before_anything_is_done_raises_and_after_it_gives_up(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.faults.append(ItemFault(TOO_MANY, 1, assigns(BO, graph)))
        server.breaks("503", skip=1, times=9, matches=lambda request: request.path.endswith("/$batch"))
        outcomes = list(vendor(server, clock).apply([change(ANN, after="SPE_E3"), change(BO, after="SPE_E3")]))
        assert [one.result for one in outcomes] == [Result.DONE, Result.FAILED]

    def test_those_that_take_come_in_other_batches_than_those_that_need_the_seat(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        graph.sells("VISIO", 1)
        graph.gives(ANN, "VISIO")
        outcomes = list(vendor(server, clock).apply([change(ANN, "VISIO"), change(BO, after="VISIO")]))
        assert [one.result for one in outcomes] == [Result.DONE, Result.DONE]
        assert [len(batch) for batch in batches(server)] == [1, 1]

    def test_a_full_pool_is_refused_in_microsofts_words(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.sells("VISIO", 0)
        (outcome,) = vendor(server, clock).apply([change(ANN, after="VISIO")])
        assert outcome.result is Result.REFUSED
        assert "does not have any available licenses" in outcome.reason


class TestLogin:
    def test_a_token_that_runs_out_is_renewed_and_one_is_enough_for_a_run(
        self, server: Served, graph: Graph, clock: SetClock
    ) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        list(one.apply([change(ANN, after="SPE_E3")]))
        assert len(graph.tokens) == 1
        clock.sleep(3600)
        list(one.read(None))
        assert len(graph.tokens) == 2

    def test_a_token_that_is_taken_back_is_renewed_once(self, server: Served, graph: Graph, clock: SetClock) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        clock.sleep(120)
        graph.tokens.clear()
        assert len(list(one.read(None))) == 2

    def test_without_a_secret_the_job_proves_itself(self, server: Served, graph: Graph, clock: SetClock) -> None:
        graph.assertion = "eyJ0.the-job"
        request = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{server.url}/identity?v=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job",
        }
        for env, more in [(request, {}), ({"JWT": "eyJ0.the-job"}, {"assertion": "env:JWT"})]:
            assert len(list(vendor(server, clock, env, secret=ABSENT, **more).read(None))) == 2
        asked = next(one for one in server.requests if one.path == "/identity")
        assert asked.query == {"v": "2", "audience": "api://AzureADTokenExchange"}

    @pytest.mark.parametrize(
        ("env", "more", "says"),
        [
            ({"M365_SECRET": "wr0ng-secret"}, {}, "AADSTS7000215: Invalid client secret provided: ***"),
            ({}, {}, "M365_SECRET is not set"),
            ({}, {"tenant": ""}, "names no tenant"),
            ({"JWT": "eyJ0.wr0ng-secret"}, {"secret": ABSENT, "assertion": "env:JWT"}, "AADSTS7000215"),
            ({}, {"secret": ABSENT}, "this job has no identity of its own"),
        ],
    )
    def test_what_is_missing_or_wrong_is_told_without_the_secret(
        self, server: Served, clock: SetClock, env: dict[str, str], more: dict[str, str], says: str
    ) -> None:
        with pytest.raises(BadCredentials) as raised:
            list(vendor(server, clock, env, **more).read(None))
        assert says in raised.value.what
        assert raised.value.fix
        assert "wr0ng" not in f"{raised.value.what} {raised.value.fix}"

    def test_no_token_is_shown(self, server: Served, graph: Graph, clock: SetClock) -> None:
        one = vendor(server, clock)
        list(one.read(None))
        said = No(400, "Request_BadRequest", f"bad token {next(iter(graph.tokens))} of {SECRET}").reply
        graph.faults.append(ItemFault(said))
        (outcome,) = one.apply([change(ANN, after="SPE_E3")])
        assert outcome.reason == "bad token *** of ***"


def test_the_last_sign_in_is_read_where_it_is_asked_for(server: Served, graph: Graph, clock: SetClock) -> None:
    graph.gives(ANN, "SPE_E3")
    graph.gives(BO, "SPE_E3")
    graph.user(ANN).fields["signInActivity"] = {
        "lastSignInDateTime": "2026-11-01T22:00:00Z",
        "lastNonInteractiveSignInDateTime": "2026-11-20T04:00:00Z",
        "lastSuccessfulSignInDateTime": None,
    }
    (holding,) = vendor(server, clock, sign_ins=True).read(["SPE_E3"])
    assert [one.last_used for one in holding.seats] == [date(2026, 11, 20), None]
    (holding,) = vendor(server, clock).read(["SPE_E3"])
    assert {one.last_used for one in holding.seats} == {None}


def test_a_user_without_what_was_asked_for_makes_the_reading_incomplete(
    server: Served, graph: Graph, clock: SetClock
) -> None:
    row = {"id": "1", "userPrincipalName": ANN, "usageLocation": "DE"}
    page = Reply(200, {"value": [row], "@odata.count": 1})
    server.breaks("reply", reply=page, matches=lambda request: request.path.endswith("/users"))
    with pytest.raises(IncompleteRead, match="licenseAssignmentStates"):
        list(vendor(server, clock).read(None))


class TestSize:
    """Calls and time against the floors of Microsoft's documented limits; 10,000 users, 1,000 changes."""

    @pytest.fixture
    def big(self, clock: SetClock) -> Iterator[Served]:
        made = Graph(clock, SECRET, lag=0)
        made.sells("SPE_E3", 20_000)
        id = made.skus["SPE_E3"].id
        for number in range(10_000):
            user = made.joins(f"p{number}@acme.example")
            if number < 9_000:
                user.held[id] = Held(frozenset())
                user.shown[:] = [(float("-inf"), {id: Held(frozenset())})]
        with served(made) as one:
            yield one

    def test_ten_thousand_are_read_in_twelve_calls_at_once(self, big: Served, clock: SetClock) -> None:
        (holding,) = vendor(big, clock).read(None)
        assert (len(holding.seats), holding.proof.pages) == (9_000, 12)
        assert (len(big.calls("GET")), waited(clock)) == (12, 0)

    def test_with_sign_ins_in_twenty_one_calls_that_never_meet_their_limit(self, big: Served, clock: SetClock) -> None:
        list(vendor(big, clock, sign_ins=True).read(None))
        assert len(big.calls("GET")) == 21
        assert 18 <= waited(clock) <= 22

    def test_a_thousand_are_given_in_fifty_batches_at_once(self, big: Served, clock: SetClock) -> None:
        one = vendor(big, clock)
        list(one.read(None))
        changes = [change(f"p{number}@acme.example", after="SPE_E3") for number in range(9_000, 10_000)]
        assert {outcome.result for outcome in one.apply(changes)} == {Result.DONE}
        assert (len(batches(big)), waited(clock)) == (50, 0)


def test_ten_thousand_writes_keep_to_the_documented_pace(clock: SetClock) -> None:
    """3,000 in the first window, then 20 a second: 350 s."""
    pace = Pace(WRITES / SECONDS, WRITES)
    for _ in range(500):
        pace.take(20, clock)
    assert waited(clock) == pytest.approx(350, rel=0.1)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (None, None),
        (["User.Read.All", "Organization.Read.All", "LicenseAssignment.ReadWrite.All"], Weighed()),
        (["User.Read.All", "LicenseAssignment.Read.All"], Weighed(to_write=("LicenseAssignment.ReadWrite.All",))),
        (
            ["User.ReadWrite.All", "Mail.Read"],
            Weighed(("Organization.Read.All",), ("LicenseAssignment.ReadWrite.All",), ("Mail.Read",)),
        ),
    ],
)
def test_what_the_token_says_of_itself_is_weighed(
    server: Served, clock: SetClock, graph: Graph, roles: list[str] | None, expected: Weighed | None
) -> None:
    graph.roles = roles
    access = vendor(server, clock).access()
    assert access.who == f"app {CLIENT} of {TENANT}"
    assert (None if access.granted is None else weighed(access)) == expected
