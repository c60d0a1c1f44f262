"""What is special about memberships: invitations that are held, owners who are left alone, and seats of an enterprise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.github import APP, INSTALLATION, GitHub, checked
from tests.emulators.keys import pem

from seatwise.core.model import (
    Account,
    BadCredentials,
    Change,
    Grant,
    Holding,
    IncompleteRead,
    Outcome,
    Pending,
    Place,
    Pool,
    Result,
    Stop,
    Unreachable,
    Vendor,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Served, served
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MEMBER = Grant("github", "membership")


@pytest.fixture
def github() -> GitHub:
    made = GitHub(SetClock(NOW), "t0ken")
    made.joins("ada", owner=True)
    made.joins("ann")
    made.signs_up("bo")
    return made


@pytest.fixture
def server(github: GitHub) -> Iterator[Served]:
    with served(github, checked()) as one:
        yield one


def vendor(server: Served, **config: Any) -> Vendor:
    told = {"org": "acme", "product": "membership", "token": "env:GH", "url": server.url, **config}
    env = {"GH": "t0ken", "GH_KEY": pem(), "ENTERPRISE": "t0ken"}
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW), env)
    return open_vendor(Account("octo", "github", told, Place("seatwise.yaml", 9)), site)


def read(server: Served, **config: Any) -> Holding:
    (holding,) = vendor(server, **config).read(None)
    return holding


def give(login: str) -> Change:
    return Change("octo", f"{login}@acme.example", None, MEMBER, "", login)


def take(login: str, holder: str = "") -> Change:
    return Change("octo", f"{login}@acme.example", MEMBER, None, holder, login)


def one(made: Vendor, change: Change) -> Outcome:
    (outcome,) = made.apply([change])
    return outcome


def behind(made: Vendor, happens: Callable[[], object]) -> Vendor:
    """A vendor that has read, before something happens there."""
    list(made.read(None))
    happens()
    return made


def test_who_is_given_a_membership_is_invited_and_holds_it_under_the_same_number(
    server: Served, github: GitHub
) -> None:
    outcome = one(vendor(server), give("bo"))
    assert (outcome.result, outcome.holder) == (Result.DONE, str(github.outside["bo"]))
    invited = next(seat for seat in read(server).seats if seat.login == "bo")
    assert (invited.pending, invited.holder) == (Pending.INVITED, outcome.holder)
    assert one(vendor(server), give("bo")).result is Result.ALREADY
    github.joins("bo")
    joined = next(seat for seat in read(server).seats if seat.login == "bo")
    assert (joined.pending, joined.holder) == (Pending.NO, outcome.holder)


def test_an_invitation_that_is_taken_is_there_no_more(server: Served, github: GitHub) -> None:
    github.invites("bo")
    assert one(vendor(server), take("bo", str(github.outside["bo"]))).result is Result.DONE
    assert github.invitations == []


def test_an_invitation_by_mail_has_a_seat_that_can_be_taken(server: Served, github: GitHub) -> None:
    github.invites(mail="cy@acme.example")
    (seat,) = (seat for seat in read(server).seats if seat.pending)
    assert (seat.login, seat.holder) == ("cy@acme.example", "invitation 500")
    assert one(vendor(server), take("cy@acme.example", seat.holder)).result is Result.DONE
    assert github.invitations == []


def test_who_is_to_manage_bills_or_hiring_takes_no_seat(server: Served, github: GitHub) -> None:
    github.invites("bo", role="billing_manager")
    assert [seat.login for seat in read(server).seats] == ["ada", "ann"]


def test_an_owner_is_shown_and_never_removed(server: Served, github: GitHub) -> None:
    outcome = one(vendor(server), take("ada", str(github.members["ada"])))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "ada is an owner of the organisation")
    assert outcome.fix == "make them a member there first"
    assert (server.calls("DELETE"), "ada" in github.members) == ([], True)


def test_who_has_become_an_owner_since_is_not_made_a_member_again(server: Served, github: GitHub) -> None:
    made = behind(vendor(server), lambda: github.joins("bo", owner=True))
    assert one(made, give("bo")).result is Result.ALREADY
    assert (server.calls("PUT"), "bo" in github.owners) == ([], True)


def test_who_was_removed_since_is_removed_already(server: Served, github: GitHub) -> None:
    made = behind(vendor(server), lambda: github.outside.update(ann=github.members.pop("ann")))
    assert one(made, take("ann")).result is Result.ALREADY
    github.invites(mail="cy@acme.example")
    made = behind(vendor(server), github.invitations.clear)
    assert one(made, take("cy@acme.example", "invitation 500")).result is Result.ALREADY


def test_a_404_for_who_is_still_there_is_a_refusal(server: Served, github: GitHub) -> None:
    server.checks = lambda request, reply: None
    server.breaks(
        "hidden", matches=lambda request: request.method == "DELETE", reply=Reply(404, {"message": "Not Found"})
    )
    assert one(vendor(server), take("ann")).result is Result.REFUSED


def test_where_it_can_not_be_seen_who_is_there_nothing_is_sent(server: Served) -> None:
    made = behind(vendor(server), lambda: server.breaks("html", matches=lambda request: "memberships" in request.path))
    assert one(made, give("bo")).result is Result.FAILED
    assert server.calls("PUT") == []


def test_a_name_that_nobody_has_is_refused(server: Served) -> None:
    outcome = one(vendor(server), give("nobody"))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "Validation Failed")


@pytest.mark.parametrize(
    ("login", "says"),
    [("ann", "was answered while it was read"), ("bo", "invited twice"), ("", "some are there twice")],
)
def test_who_moves_while_the_lists_are_read_makes_them_no_reading(
    server: Served, github: GitHub, login: str, says: str
) -> None:
    for _ in range(2 if login == "bo" else 1):
        github.invites(login or "bo")
    if not login:
        github.invitations.append(github.invitations[0])
    with pytest.raises(IncompleteRead) as raised:
        read(server)
    assert says in raised.value.what


def test_an_organisation_without_an_owner_is_no_reading(server: Served, github: GitHub) -> None:
    github.owners.clear()
    with pytest.raises(IncompleteRead, match="without an owner"):
        read(server)


class TestSeatsOfAnEnterprise:
    def test_the_pool_is_what_it_has_bought_and_uses_everywhere(self, server: Served) -> None:
        assert read(server).pool == Pool(None, 2)
        assert read(server, enterprise="acme-inc").pool == Pool(50, 22)
        (call,) = (one for one in server.requests if one.path.endswith("consumed-licenses"))
        assert call.query == {"per_page": "1"}

    def test_an_app_brings_a_token_along_for_it(self, server: Served) -> None:
        app = {"token": "", "app": APP, "installation": INSTALLATION, "key": "env:GH_KEY", "enterprise": "acme-inc"}
        assert read(server, **app, enterprise_token="env:ENTERPRISE").pool == Pool(50, 22)
        (call,) = (one for one in server.requests if one.path.endswith("consumed-licenses"))
        assert call.headers["authorization"] == "Bearer t0ken"
        with pytest.raises(Stop) as stop:
            vendor(server, **app)
        assert stop.value.what.endswith("names an enterprise, whose licences no GitHub App may read")
        assert stop.value.fix.startswith("enterprise_token: env:NAME")

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(200, {}), IncompleteRead),
            (Reply(200, []), IncompleteRead),
            (Reply(200, {"total_seats_purchased": None, "total_seats_consumed": 3}), IncompleteRead),
            (Reply(403, {"message": "Must be an enterprise admin"}), BadCredentials),
            (Reply(500, {"message": "no"}), Unreachable),
        ],
    )
    def test_seats_that_are_not_told_are_no_reading(self, server: Served, reply: Reply, kind: type[Exception]) -> None:
        server.checks = lambda request, reply: None
        server.breaks("told", times=99, matches=lambda request: "consumed" in request.path, reply=reply)
        with pytest.raises(kind):
            read(server, enterprise="acme-inc")


def test_a_product_that_there_is_not_stops_with_those_that_there_are(server: Served) -> None:
    for product, fix in (("memberships", "membership"), ("actions", "one of copilot, membership")):
        with pytest.raises(Stop) as stop:
            vendor(server, product=product)
        assert stop.value.what == f"seatwise.yaml:9: account octo has the product {product!r}, which is unknown"
        assert stop.value.fix == fix


def test_a_thousand_members_are_twenty_six_calls(server: Served, github: GitHub) -> None:
    server.checks = lambda request, reply: None
    for number in range(1000 - 2):
        github.joins(f"u{number}")
    assert len(read(server).seats) == 1000
    assert len(server.calls("GET")) == 10 + 1 + 10 + 5
