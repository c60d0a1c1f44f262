"""What is special to AWS: signatures, memberships with ids of their own, no totals; the same against a third party's server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml
from tests.emulators.aws import AWS, STORE, checked

from seatwise.core.model import Account, BadCredentials, Change, Grant, Outcome, Place, Result, Vendor
from seatwise.core.model.stop import Stop
from seatwise.edges.clock import SetClock
from seatwise.vendor_contract.server import Reply, Request, Served, served, unchecked
from seatwise.vendor_contract.subject import NOW, site
from seatwise.vendors import open_vendor

PAGE = Path(__file__).parents[2] / "docs" / "vendors" / "aws.md"
needs_boto3 = pytest.mark.skipif(find_spec("boto3") is None, reason="AWS's library is not installed: the extra aws")
needs_moto = pytest.mark.skipif(find_spec("moto") is None, reason="moto is not installed")


@pytest.fixture
def played() -> AWS:
    made = AWS(SetClock(NOW))
    for name in ("ann", "bo"):
        made.joins(name)
    made.groups_as("Q Pro")
    return made


@pytest.fixture
def server(played: AWS) -> Iterator[Served]:
    with served(played, checked()) as one:
        yield one


def opened(url: str, clock: Any, **config: Any) -> Vendor:
    keys = {"access_key": "env:CONTRACT_TOKEN", "secret_key": "env:CONTRACT_TOKEN"}
    config = {"region": "eu-west-1", "store": STORE, **keys, "url": url, **config}
    return open_vendor(Account("aws", "aws", config, Place("seatwise.yaml", 9)), site(Path(), clock))


@pytest.fixture
def vendor(server: Served, played: AWS) -> Vendor:
    return opened(server.url, played.clock)


def change(login: str, before: str = "", after: str = "") -> Change:
    ends = [Grant(f"license-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("aws", login, ends[0], ends[1], "", login)


def applied(vendor: Vendor, *changes: Change) -> list[Outcome]:
    return list(vendor.apply(changes))


def error(server: Served, name: str, **how: Any) -> None:
    reply = Reply(
        400, {"__type": f"com.amazonaws.identitystore#{name}", "Message": "no"}, kind="application/x-amz-json-1.1"
    )
    server.breaks("reply", reply=reply, **how)


def writes(served: Served) -> list[str]:
    targets = [one.headers["x-amz-target"].partition(".")[2] for one in served.requests]
    return [one for one in targets if not one.startswith("List")]


@needs_boto3
def test_a_membership_that_somebody_made_meanwhile_is_there_already_and_can_be_taken(
    vendor: Vendor, played: AWS
) -> None:
    list(vendor.read(["Q Pro"]))
    played.gives("Q Pro", "ann")
    assert applied(vendor, change("ann", after="Q Pro"))[0].result is Result.ALREADY
    assert applied(vendor, change("ann", before="Q Pro"))[0].result is Result.DONE
    assert played.members == {}


@needs_boto3
def test_a_swap_whose_new_membership_somebody_made_meanwhile_takes_the_old_one(vendor: Vendor, played: AWS) -> None:
    played.groups_as("Q Max")
    played.gives("Q Pro", "ann")
    list(vendor.read(None))
    played.gives("Q Max", "ann")
    assert applied(vendor, change("ann", before="Q Pro", after="Q Max"))[0].result is Result.DONE
    assert [played.groups[group] for group, _ in played.members.values()] == ["Q Max"]


@needs_boto3
def test_a_conflict_about_a_membership_that_there_is_not_is_refused(vendor: Vendor, server: Served) -> None:
    list(vendor.read(["Q Pro"]))
    server.checks = unchecked
    error(
        server, "ConflictException", matches=lambda one: one.headers["x-amz-target"].endswith("CreateGroupMembership")
    )
    assert applied(vendor, change("ann", after="Q Pro"))[0].result is Result.REFUSED


@needs_boto3
def test_a_membership_that_somebody_took_meanwhile_is_taken_already(vendor: Vendor, played: AWS) -> None:
    played.gives("Q Pro", "ann")
    list(vendor.read(["Q Pro"]))
    played.members.clear()
    assert applied(vendor, change("ann", before="Q Pro"))[0].result is Result.ALREADY


@needs_boto3
def test_what_was_given_can_be_taken_without_reading_again(vendor: Vendor, played: AWS, server: Served) -> None:
    outcomes = applied(vendor, change("ann", after="Q Pro"), change("ann", before="Q Pro"))
    assert [one.result for one in outcomes] == [Result.DONE, Result.DONE]
    assert (writes(server), played.members) == (["CreateGroupMembership", "DeleteGroupMembership"], {})


@needs_boto3
@pytest.mark.parametrize("name", ["ExpiredTokenException", "AccessDeniedException"])
def test_an_error_of_credentials_stops_the_account(vendor: Vendor, server: Served, name: str) -> None:
    error(server, name)
    with pytest.raises(BadCredentials):
        list(vendor.read(None))


@needs_boto3
def test_throttling_is_waited_out(vendor: Vendor, server: Served) -> None:
    error(server, "ThrottlingException", times=2)
    assert [holding.sku for holding in vendor.read(None)] == ["Q Pro"]


@needs_boto3
def test_each_request_is_signed_and_the_secret_stays_here(vendor: Vendor, server: Served) -> None:
    list(vendor.read(None))
    signed = {one.headers["authorization"].partition("Signature=")[0] for one in server.requests}
    assert all("/eu-west-1/identitystore/aws4_request" in one and "x-amz-target" in one for one in signed)


@needs_boto3
def test_ten_thousand_memberships_are_read_a_hundred_at_a_time_and_a_change_is_one_call(
    vendor: Vendor, played: AWS, server: Served
) -> None:
    server.checks = unchecked
    group = next(iter(played.groups))
    played.users = {played.new(): f"u{at}" for at in range(10_000)}
    played.members = {played.new(): (group, user) for user in played.users}
    (holding,) = vendor.read(["Q Pro"])
    assert len(holding.seats) == 10_000
    assert len(server.requests) == 1 + 100 + 100
    start = played.clock.monotonic()
    changes = [change(f"u{at}", before="Q Pro") for at in range(100)]
    assert {one.result for one in applied(vendor, *changes)} == {Result.DONE}
    assert len(writes(server)) == 100
    assert played.clock.monotonic() - start == pytest.approx(100 / 20, rel=0.1)


def test_without_the_library_it_says_how_to_install_it(
    server: Served, played: AWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("boto3", "botocore.auth"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Stop) as raised:
        list(opened(server.url, played.clock).read(None))
    assert raised.value.fix == "pip install 'seatwise[aws]'"


def test_what_the_configuration_lacks_is_said() -> None:
    for name in ("region", "store"):
        with pytest.raises(Stop, match="needs a region and a store"):
            opened("http://127.0.0.1:1", SetClock(NOW), **{name: ""})


def test_the_page_has_an_account_that_opens() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (config,) = yaml.safe_load(text)["accounts"].values()
    open_vendor(Account("aws", config.pop("vendor"), config, Place("seatwise.yaml", 1)), site(Path(), SetClock(NOW)))


class ThirdParty:
    """Passes on to moto's server, and names the answer's type as AWS does: moto calls it text/html."""

    def __init__(self, url: str) -> None:
        self.url = url

    def answer(self, request: Request) -> Reply:
        said = urllib3.request(request.method, self.url + request.path, body=request.data, headers=_passed(request))
        return Reply(said.status, said.data, kind="application/x-amz-json-1.1")


def _passed(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}


@needs_boto3
@needs_moto
def test_a_third_partys_server_gives_and_takes_the_same_way() -> None:
    moto = import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        with served(ThirdParty("http://{}:{}".format(*moto.get_host_and_port()))) as server:
            api: Any = opened(server.url, SetClock(NOW))
            api._call(
                "CreateUser", {"UserName": "ann", "Name": {"GivenName": "A", "FamilyName": "N"}, "DisplayName": "Ann"}
            )
            api._call("CreateGroup", {"DisplayName": "Q Pro", "Description": "seats"})
            for wanted, left in ((change("ann", after="Q Pro"), ["ann"]), (change("ann", before="Q Pro"), [])):
                assert applied(opened(server.url, SetClock(NOW)), wanted)[0].result is Result.DONE
                (holding,) = opened(server.url, SetClock(NOW)).read(["Q Pro"])
                assert [seat.login for seat in holding.seats] == left
    finally:
        moto.stop()
