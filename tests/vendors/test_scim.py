"""What is special of SCIM: dialects, presets, entity tags, groups in groups, Bulk, and what many seats cost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.emulators.rfc7643 import rfc7643
from tests.emulators.scim import Scim as Service
from tests.emulators.scim2 import Scim2Server

import seatwise
from seatwise.core.model import (
    Account,
    Change,
    Grant,
    Holding,
    IncompleteRead,
    Origin,
    Outcome,
    Place,
    Result,
    Stop,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Emulator, Reply, Request, Served, unchecked
from seatwise.vendors.scim import Scim
from seatwise.vendors.scim.dialect import PRESETS

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOKEN = "s3cr3t of scim"
ANN, BO, CY, EVE = (f"{name}@acme.example" for name in ("ann", "bo", "cy", "eve"))


class Room:
    """A service on loopback, and the adapter of one account there."""

    def __init__(self, service: Any, *, many: bool = False, **config: Any) -> None:
        self.service, self.clock = service, SetClock(NOW)
        self.server = Served(service, unchecked if many else rfc7643())
        told = {"url": self.server.url, "token": "env:SCIM", **config}
        site = Site(Path("/nowhere"), self.clock, lambda path: (b"", NOW), {"SCIM": TOKEN})
        self.vendor = Scim(Account("acme", "scim", told, Place("seatwise.yaml", 9)), site)

    def read(self) -> dict[str, Holding]:
        return {one.sku: one for one in self.vendor.read(None)}

    def logins(self, sku: str) -> set[str]:
        return {one.login for one in self.read()[sku].seats}

    def apply(self, *changes: Change) -> list[Outcome]:
        return list(self.vendor.apply(changes))

    def results(self, *changes: Change) -> list[Result]:
        return [one.result for one in self.apply(*changes)]

    def sent(self, method: str = "PATCH") -> list[Any]:
        return [one.json for one in self.server.calls(method)]

    def operations(self) -> list[Any]:
        return [operation for body in self.sent() for operation in body["Operations"]]


Open = Callable[..., Room]


@pytest.fixture
def room() -> Iterator[Open]:
    rooms: list[Room] = []

    def opened(service: Emulator | None = None, **config: Any) -> Room:
        rooms.append(Room(service or company(), **config))
        return rooms[-1]

    yield opened
    for one in rooms:
        one.server.close()
        assert not one.server.violations, one.server.violations[:3]


def company(*logins: str, **members: Sequence[str]) -> Service:
    service = Service(TOKEN)
    for login in logins or (ANN, BO, CY, EVE):
        service.joins(login)
    for group, names in (members or {"basic": (ANN, BO), "pro": (CY,)}).items():
        service.founds(group, *names)
    return service


def change(login: str, before: str = "", after: str = "", **profile: str) -> Change:
    ends = [Grant(f"l-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("acme", login, ends[0], ends[1], login=login, profile=profile)


# groups


def test_ten_thousand_seats_are_twelve_calls_and_a_thousand_changes_two(room: Open) -> None:
    logins = [f"p{number:05}@acme.example" for number in range(10_500)]
    here = room(company(*logins, basic=logins[:10_000]), many=True, page="1000")
    assert len(here.read()["basic"].seats) == 10_000
    assert len(here.server.requests) == 1 + 11 + 1
    takes = [change(login, before="basic") for login in logins[:500]]
    gives = [change(login, after="basic") for login in logins[10_000:]]
    assert set(here.results(*takes, *gives)) == {Result.DONE}
    assert [len(body["Operations"]) for body in here.sent()] == [500, 1]
    assert here.clock.now() == NOW
    assert len(here.service.groups["g100"]["members"]) == 10_000


def test_a_member_is_taken_by_the_only_form_that_all_understand(room: Open) -> None:
    here = room()
    here.apply(change(ANN, before="basic"), change(EVE, after="pro"))
    ann, eve = here.service.id(ANN), here.service.id(EVE)
    assert here.operations() == [
        {"op": "remove", "path": f'members[value eq "{ann}"]'},
        {"op": "add", "path": "members", "value": [{"value": eve}]},
    ]


def test_who_knows_no_filters_in_paths_is_told_the_list(room: Open) -> None:
    here = room(paths="listed")
    assert here.results(change(ANN, before="basic")) == [Result.DONE]
    assert here.operations() == [{"op": "remove", "path": "members", "value": [{"value": here.service.id(ANN)}]}]
    assert here.logins("basic") == {BO}


def test_what_is_too_large_is_halved(room: Open) -> None:
    here = room()
    here.service.members_most = 2
    logins = [f"n{number}@acme.example" for number in range(5)]
    for login in logins:
        here.service.joins(login)
    assert set(here.results(*(change(login, after="pro") for login in logins))) == {Result.DONE}
    assert here.logins("pro") == {CY, *logins}


def test_one_who_is_refused_in_a_crowd_is_found(room: Open) -> None:
    here = room()
    here.read()
    del here.service.users[here.service.id(EVE)]
    outcomes = here.apply(change(CY, after="basic"), change(EVE, after="basic"), change(ANN, before="basic"))
    assert [one.result for one in outcomes] == [Result.DONE, Result.REFUSED, Result.DONE]
    assert outcomes[1].reason == "a member is nobody"


def test_a_group_that_moved_on_is_read_again_and_its_changes_are_judged_anew(room: Open) -> None:
    here = room()
    here.read()
    here.service.meddler = lambda: here.service.puts("basic", EVE)
    assert here.results(change(CY, after="basic"), change(EVE, after="basic")) == [Result.DONE, Result.ALREADY]
    assert [one.headers["if-match"] for one in here.server.calls("PATCH")] == ['W/"1"', 'W/"2"']
    assert here.logins("basic") == {ANN, BO, CY, EVE}


def test_a_seat_that_came_through_a_group_meanwhile_is_refused(room: Open) -> None:
    here = room(company(basic=(ANN,), team=(ANN,)), skus=["basic"])
    here.read()

    def regroup() -> None:
        here.service.groups[here.service.id("basic")]["members"] = []
        here.service.puts("basic", "team")

    here.service.meddler = regroup
    (outcome,) = here.apply(change(ANN, before="basic"))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "the seat comes from group team")


def test_a_group_that_moves_on_without_end_is_given_up(room: Open) -> None:
    here = room()
    here.read()

    def meddle() -> None:
        here.service.changes(here.service.id("basic"))
        here.service.meddler = meddle

    meddle()
    (outcome,) = here.apply(change(EVE, after="basic"))
    assert (outcome.result, len(here.sent())) == (Result.FAILED, 4)
    assert "changes all the time" in outcome.reason


def test_without_entity_tags_whoever_is_gone_already_is_taken(room: Open) -> None:
    here = room()
    here.service.etag = False
    here.read()
    here.service.groups[here.service.id("basic")]["members"] = []
    assert here.results(change(ANN, before="basic")) == [Result.DONE]


def test_a_swap_whose_second_half_is_refused_says_so_and_the_next_one_takes_only(room: Open) -> None:
    here = room()
    here.server.breaks("no", matches=lambda one: "remove" in one.data.decode(), reply=error(400, "the last one stays"))
    (outcome,) = here.apply(change(ANN, before="basic", after="pro"))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "the last one stays")
    assert here.results(change(ANN, before="basic", after="pro")) == [Result.DONE]
    assert [one["op"] for one in here.operations()] == ["add", "remove", "remove"]


def test_groups_in_groups_are_followed_and_circles_end(room: Open) -> None:
    here = room(company(basic=(ANN,), outer=(BO,), inner=(CY, ANN)), skus=["basic"])
    here.service.puts("basic", "outer")
    here.service.puts("outer", "inner")
    here.service.puts("inner", "basic")
    seats = {one.login: (one.origin, one.group) for one in here.read()["basic"].seats}
    group = (Origin.GROUP, "outer")
    assert seats == {ANN: (Origin.DIRECT, ""), BO: group, CY: group}


def test_a_member_whom_no_list_shows_is_named_by_the_id(room: Open) -> None:
    here = room()
    here.service.hidden = {here.service.id(ANN)}
    assert here.logins("basic") == {here.service.id(ANN), BO}


def test_users_and_groups_that_contradict_each_other_are_no_reading(room: Open) -> None:
    here = room()
    whole = here.service._claims()
    here.service._claims = lambda: {id: groups for id, groups in whole.items() if id != here.service.id(ANN)}
    with pytest.raises(IncompleteRead, match="the group shows 2 members, 1 users say"):
        here.read()
    here.service.tells_groups = False
    assert here.read()["basic"].proof.total is None


def test_two_groups_of_one_name_are_no_sku(room: Open) -> None:
    here = room()
    here.service.founds("basic")
    with pytest.raises(IncompleteRead, match="share a name, such as 'basic'"):
        here.read()


def test_who_has_no_user_is_refused_and_so_is_a_group_that_fills_itself(room: Open) -> None:
    here = room(automatic=["pro"])
    nobody, alone = here.apply(change("new@acme.example", after="basic"), change(EVE, after="pro"))
    assert (nobody.result, nobody.fix) == (Result.REFUSED, "let the directory provision the user first")
    assert (alone.result, here.sent()) == (Result.REFUSED, [])


def test_cursors_are_followed_where_there_is_no_other_way(room: Open) -> None:
    here = room(page="2")
    here.service.cursor = True
    assert here.logins("basic") == {ANN, BO}
    assert [one.query.get("cursor") for one in here.server.calls("GET")][1:] == ["", "3", ""]


def test_a_service_that_does_not_tell_of_itself_is_taken_to_know_patch_alone(room: Open) -> None:
    here = room()
    here.service.tells_itself = False
    assert here.results(change(EVE, after="basic")) == [Result.DONE]
    assert "if-match" not in here.server.calls("PATCH")[0].headers


def test_a_service_without_patch_is_only_read(room: Open) -> None:
    here = room()
    here.service.patches = False
    (outcome,) = here.apply(change(EVE, after="basic"))
    assert (outcome.result, outcome.fix, here.sent()) == (Result.REFUSED, "its groups can only be read", [])


def test_miro_takes_thousands_in_one_call_and_waits_for_its_thirty_seconds(room: Open) -> None:
    logins = [f"p{number:05}@acme.example" for number in range(9_000)]
    here = room(company(*logins, team=[]), many=True, preset="miro", page="1000")
    here.read()
    assert set(here.results(*(change(login, after="team") for login in logins))) == {Result.DONE}
    assert [len(one["value"]) for one in here.operations()] == [8000, 1000]
    assert here.vendor.info.undo == "lossy"
    # the documented limits: 5 group reads, and 5 large changes of groups, in 30 s
    assert (here.clock.now() - NOW).total_seconds() <= 30


# users


def test_slack_a_thousand_users_go_at_three_a_second(room: Open) -> None:
    logins = [f"p{number:05}@acme.example" for number in range(1_000)]
    here = room(company(*logins, none=[]), preset="slack")
    assert len(here.read()["user"].seats) == 1_000
    assert len(here.server.requests) == 2
    assert set(here.results(*(change(login, before="user") for login in logins))) == {Result.DONE}
    assert len(here.sent()) == 1_000
    assert 300 <= (here.clock.now() - NOW).total_seconds() <= 367
    assert here.logins("user") == set()


def test_github_emu_is_told_without_paths(room: Open) -> None:
    here = room(preset="github-emu")
    here.service.paths = "none"
    assert here.results(change(ANN, before="user")) == [Result.DONE]
    assert here.operations() == [{"op": "replace", "value": {"active": False}}]
    assert here.results(change(ANN, after="user", mail=ANN, name="Ann Roth")) == [Result.DONE]
    assert here.logins("user") == {ANN, BO, CY, EVE}


def seated(*, kind: str = "seatType", **values: str) -> Service:
    service = Service(TOKEN)
    for login, value in values.items():
        service.joins(f"{login}@acme.example", roles=[{"type": kind, "value": value}], userType=value)
    return service


def test_figma_a_swap_is_one_call_and_a_seat_that_is_taken_becomes_view(room: Open) -> None:
    here = room(seated(ann="Full", bo="Dev", cy="View"), preset="figma")
    assert here.results(change(ANN, before="Full"), change(BO, before="Dev", after="Full")) == [Result.DONE] * 2
    values = [one["value"] for one in here.operations()]
    assert values == [[{"type": "seatType", "value": "View"}], [{"type": "seatType", "value": "Full"}]]
    assert {sku: len(holding.seats) for sku, holding in here.read().items()} == {"Full": 1, "Dev": 0, "Collab": 0}


def test_where_a_user_has_one_seat_at_most_giving_another_is_a_swap(room: Open) -> None:
    here = room(seated(bo="Dev"), preset="figma")
    (outcome,) = here.apply(change(BO, after="Full"))
    assert (outcome.result, outcome.fix, here.sent()) == (Result.REFUSED, "ask for a swap", [])


def test_zoom_is_put_the_user_type_and_the_name_that_the_rfc_demands(room: Open) -> None:
    here = room(seated(ann="Licensed", bo="Basic"), preset="zoom")
    assert here.results(change(ANN, before="Licensed"), change(BO, after="Licensed")) == [Result.DONE] * 2
    assert [one["userType"] for one in here.sent("PUT")] == ["Basic", "Licensed"]
    assert {tuple(one) for one in here.sent("PUT")} == {("schemas", "userName", "userType")}
    assert here.logins("Licensed") == {BO}


def test_a_user_type_without_a_free_one_is_taken_away(room: Open) -> None:
    here = room(seated(ann="Editor"), seat="user-type")
    assert here.results(change(ANN, before="Editor")) == [Result.DONE]
    assert here.operations() == [{"op": "remove", "path": "userType"}]


@pytest.mark.parametrize(("seat", "attribute"), [("role", "roles"), ("entitlement", "entitlements")])
def test_only_the_role_that_is_meant_is_taken(room: Open, seat: str, attribute: str) -> None:
    service = Service(TOKEN)
    both = [{"type": "app", "value": "Editor"}, {"type": "other", "value": "Editor"}]
    service.joins(ANN, **{attribute: both})
    here = room(service, seat=seat, type="app")
    assert here.results(change(ANN, before="Editor")) == [Result.DONE]
    assert here.operations() == [{"op": "remove", "path": f'{attribute}[value eq "Editor" and type eq "app"]'}]
    assert here.service.users[here.service.id(ANN)][attribute] == both[1:]


def test_a_user_who_is_not_active_holds_nothing_and_is_given_nothing(room: Open) -> None:
    here = room(seated(ann="Editor", bo="Editor"), seat="role")
    here.service.users[here.service.id(BO)]["active"] = False
    assert here.logins("Editor") == {ANN}
    assert here.apply(change(BO, after="Editor"))[0].fix == "reactivate the user first"


def test_a_user_who_moved_on_is_read_again(room: Open) -> None:
    here = room(seated(ann="Editor"), seat="role")
    here.read()

    def meddle() -> None:
        user = here.service.users[here.service.id(ANN)]
        user["roles"] = []
        here.service.changes(user["id"])

    here.service.meddler = meddle
    assert here.results(change(ANN, before="Editor")) == [Result.ALREADY]
    assert len(here.sent()) == 1


def test_active_is_understood_as_a_text_too(room: Open) -> None:
    here = room(Texts(company()), seat="active")
    here.server.checks = lambda request, reply: None
    here.service.behind.users["u1000"]["active"] = False
    assert here.logins("user") == {BO, CY, EVE}


class Texts:
    """Says "True" and "False", as some do."""

    def __init__(self, behind: Service) -> None:
        self.behind = behind

    def answer(self, request: Request) -> Reply:
        reply = self.behind.answer(request)
        data = reply.data.replace(b'"active": true', b'"active": "True"').replace(
            b'"active": false', b'"active": "False"'
        )
        return Reply(reply.status, data)


def test_a_new_user_is_created_with_mail_and_name(room: Open) -> None:
    here = room(seat="active")
    (outcome,) = here.apply(change("new@acme.example", after="user", mail="new@acme.example", name="Nora van Dam"))
    assert (outcome.result, outcome.holder) == (Result.DONE, here.service.id("new@acme.example"))
    (body,) = here.sent("POST")
    assert body["name"] == {"formatted": "Nora van Dam", "givenName": "Nora van", "familyName": "Dam"}
    assert body["active"] is True


def test_a_user_whom_no_list_shows_comes_back_instead_of_being_created_twice(room: Open) -> None:
    here = room(seat="active")
    eve = here.service.users[here.service.id(EVE)]
    here.service.hidden, eve["active"] = {eve["id"]}, False
    (outcome,) = here.apply(change(EVE, after="user", mail=EVE, name="Eve"))
    assert (outcome.result, outcome.holder, eve["id"]) == (Result.DONE, eve["id"], outcome.holder)
    assert [one.method for one in here.server.requests if one.writes] == ["POST", "PATCH"]


# Bulk


def test_many_users_go_in_one_bulk_and_one_refusal_is_folded_back(room: Open) -> None:
    here = room(seated(ann="Editor", bo="Editor", cy="Editor"), seat="role", skus=["Editor"])
    here.service.bulk_most = 100
    here.read()
    del here.service.users[here.service.id(BO)]
    outcomes = here.apply(*(change(login, before="Editor") for login in (ANN, BO, CY)))
    assert [one.result for one in outcomes] == [Result.DONE, Result.REFUSED, Result.DONE]
    assert "404" in outcomes[1].reason
    assert len(here.sent("POST")) == 1
    assert here.logins("Editor") == set()


@pytest.mark.parametrize(
    ("part", "result"),
    [
        ({"status": "200"}, Result.DONE),
        ({"status": {"code": 400}}, Result.REFUSED),
        ({"status": "412"}, Result.FAILED),
        ({"status": "500"}, Result.DOUBT),
        ({}, Result.DOUBT),
    ],
)
def test_each_part_of_a_bulk_says_what_became_of_it(room: Open, part: dict[str, Any], result: Result) -> None:
    here = room(seated(ann="Editor", bo="Editor"), seat="role", skus=["Editor"])
    here.service.bulk_most = 100
    parts = [{"bulkId": ANN, **part}, {"bulkId": BO, "status": "200"}]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": parts}
    here.server.breaks("told", matches=lambda one: one.path == "/Bulk", reply=Reply(200, body))
    assert here.results(change(ANN, before="Editor"), change(BO, before="Editor")) == [result, Result.DONE]


# what an account may say


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"url": ""}, "names no address"),
        ({"preset": "slak"}, "slack"),
        ({"preset": "xyzzy"}, "one of slack, figma"),
        ({"seat": "chair"}, "one of group, role"),
        ({"paths": "all"}, "one of filtered, listed, none"),
        ({"page": "many"}, "a number from 1"),
        ({"most": "0"}, "a number from 1"),
        ({"exclusive": "maybe"}, "one of yes, no"),
    ],
)
def test_an_account_that_says_what_we_do_not_know_stops(room: Open, config: dict[str, str], says: str) -> None:
    with pytest.raises(Stop) as stop:
        room(**config)
    assert says in f"{stop.value.what} {stop.value.fix}"
    assert "seatwise.yaml:9" in stop.value.what


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_says_what_taking_a_seat_is(room: Open, preset: str) -> None:
    info = room(preset=preset).vendor.info
    assert info.takes and info.docs.startswith("https://") and info.writes_per_minute >= 1


SEATS_THERE = {"figma": "Full", "zoom": "Licensed", "atlassian": "basic", "miro": "basic"}
"""What a seat is called at the service of a test; else `user`."""


def service_of(preset: str) -> Service:
    """A service with the ways of this preset, where Ann and Bo have a seat."""
    if preset in ("figma", "zoom"):
        return seated(ann=SEATS_THERE[preset], bo=SEATS_THERE[preset], cy=PRESETS[preset].free)
    service = company(ANN, BO, basic=(ANN, BO))
    service.paths = PRESETS[preset].paths
    service.members_most = PRESETS[preset].most
    service.page_most = min(PRESETS[preset].page, 1000)
    return service


@pytest.mark.parametrize("preset", PRESETS)
def test_a_seat_is_taken_and_comes_back_in_the_dialect_of_every_preset(room: Open, preset: str) -> None:
    here, sku = room(service_of(preset), preset=preset), SEATS_THERE.get(preset, "user")
    assert here.logins(sku) == {ANN, BO}
    assert here.results(change(ANN, before=sku)) == [Result.DONE]
    assert here.logins(sku) == {BO}
    assert here.results(change(ANN, after=sku, mail=ANN, name="Ann Roth")) == [Result.DONE]
    assert here.logins(sku) == {ANN, BO}
    assert here.results(change(ANN, after=sku, mail=ANN, name="Ann Roth")) == [Result.ALREADY]


@pytest.mark.parametrize("preset", PRESETS)
def test_the_page_says_what_a_seat_is_at_every_preset_where_that_was_read_and_what_was_not(preset: str) -> None:
    page = (Path(__file__).parents[2] / "docs/vendors/scim.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{preset}` \| (.*) \|$", page, re.MULTILINE)
    seat, _, read_at, unverified = row.split(" | ")
    assert seat.startswith(PRESETS[preset].seat)
    assert all(sku in seat for sku in (*PRESETS[preset].skus, PRESETS[preset].free))
    assert PRESETS[preset].docs in read_at or preset == "github-emu"
    assert unverified.strip()


# the server that others wrote


def test_scim2_server_keeps_a_deleted_user_as_a_member_who_can_be_taken(room: Open) -> None:
    others = Scim2Server(TOKEN)
    for login in (ANN, BO, CY):
        others.joins(login)
    others.founds("basic", ANN, BO, CY)
    others._asked("DELETE", f"/Users/{others.id(BO)}")
    here = room(others, page="2")
    assert here.logins("basic") == {ANN, CY, others.id(BO)}
    gone = Change("acme", f"?{others.id(BO)}", Grant("l", "basic"), None, others.id(BO), others.id(BO))
    assert here.results(gone) == [Result.DONE]
    assert others.members("basic") == [others.id(ANN), others.id(CY)]


def test_scim2_server_takes_a_bulk_of_roles_and_says_each_ones_result(room: Open) -> None:
    others = Scim2Server(TOKEN)
    for login in (ANN, BO):
        others.joins(login, roles=[{"value": "Editor"}])
    others.joins(CY)
    here = room(others, seat="role")
    changes = [change(ANN, before="Editor"), change(BO, before="Editor"), change(CY, after="Editor")]
    assert here.results(*changes) == [Result.DONE] * 3
    assert len(here.server.calls("POST")) == 1
    assert here.logins("Editor") == {CY}


def test_scim2_server_tells_who_changes_an_old_version(room: Open) -> None:
    others = Scim2Server(TOKEN)
    for login in (ANN, BO):
        others.joins(login)
    others.founds("basic", ANN)
    here = room(others)
    here.read()
    others.puts("basic", BO)
    assert here.results(change(BO, after="basic"), change(ANN, before="basic")) == [Result.ALREADY, Result.DONE]
    assert others.members("basic") == [others.id(BO)]


# the check of what passes


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"userName": 7}, "userName is 7, not string"),
        ({"userName": "a", "nick": "b"}, "nick is not in the document"),
        ({"active": True}, "userName is missing"),
        ({"userName": "a", "emails": "a@x"}, "is no list"),
        ({"userName": "a", "groups": []}, "is read only"),
    ],
)
def test_the_check_sees_what_is_against_the_schemas(body: dict[str, Any], says: str) -> None:
    if rfc7643().__name__ == "unchecked":
        pytest.skip("the schemas are not at hand (SEATWISE_CONTRACTS)")
    data = json.dumps({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], **body}).encode()
    with pytest.raises(AssertionError, match=says):
        rfc7643()(Request("POST", "/Users", {}, {}, data), Reply(204))


def test_the_example_of_the_page_is_a_repository_and_opens(room: Open) -> None:
    page = (Path(__file__).parents[2] / "docs/vendors/scim.md").read_text(encoding="utf-8")
    example = page.split("```yaml")[1].split("```")[0]
    written = yaml.safe_load(example)
    schema = json.loads((Path(seatwise.__file__).parent / "schemas/seatwise.json").read_text(encoding="utf-8"))
    assert set(written) <= set(schema["properties"])
    for name, body in written["accounts"].items():
        account = Account(name, body.pop("vendor"), body, Place("seatwise.yaml", 3))
        site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), {})
        assert Scim(account, site).info.name == "scim"


def error(status: int, detail: str) -> Reply:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": detail}
    return Reply(status, body, kind="application/scim+json")
