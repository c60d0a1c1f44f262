"""What the sandbox plays beyond the contract: each vendor's own ways, its administrator, its clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seatwise.core.model import (
    Account,
    Change,
    Exit,
    Grant,
    IncompleteRead,
    Options,
    Origin,
    Outcome,
    Pending,
    Place,
    Result,
    Seat,
    Stop,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors.sandbox import Sandbox
from seatwise.vendors.sandbox.service import Refused

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADMIN: Options = (("role", "admin"),)
SEED = "sku,bought,login,last_used\npro,2,,\nbasic,9,,\npro,,ann,2026-11-20\n"


class Run:
    """One account at one site."""

    def __init__(self, root: Path, seed: str = SEED, **config: Any) -> None:
        (root / "acme.csv").write_text(seed)
        self.clock = SetClock(NOW)
        site = Site(root, self.clock, lambda path: ((root / path).read_bytes(), NOW))
        account = Account("acme", "sandbox", {"seed": "acme.csv", **config}, Place("seatwise.yaml", 7))
        self.vendor = Sandbox(account, site)
        self.console = self.vendor.console

    def seats(self, sku: str = "pro") -> dict[str, Seat]:
        (holding,) = self.vendor.read([sku])
        return {seat.login: seat for seat in holding.seats}

    def apply(self, *changes: Change) -> list[Outcome]:
        return list(self.vendor.apply(changes))


def change(login: str, before: str = "", after: str = "", holder: str = "") -> Change:
    grants = [Grant(sku, sku) if sku else None for sku in (before, after)]
    return Change("acme", login, grants[0], grants[1], holder, login, profile={"country": "DE"})


def test_a_paid_month_is_held_to_its_end_and_counts(tmp_path: Path) -> None:
    run = Run(tmp_path, acts_like="github")
    run.console.hand_grant("pro", "bo")
    assert [one.result for one in run.apply(change("ann", before="pro"), change("cy", after="pro"))] == [
        Result.DONE,
        Result.REFUSED,
    ]
    cancelled = run.seats()["ann"]
    assert (cancelled.pending, cancelled.ends) == (Pending.CANCELLED, date(2026, 11, 30))
    run.clock.move_to(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert set(run.seats()) == {"ann", "bo"}
    run.clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    assert set(run.seats()) == {"bo"}
    assert run.apply(change("cy", after="pro"))[0].result is Result.DONE


def test_a_cancellation_is_taken_back_though_the_pool_is_full(tmp_path: Path) -> None:
    run = Run(tmp_path, acts_like="github")
    run.console.hand_grant("pro", "bo")
    start = run.seats()["ann"]
    run.apply(change("ann", before="pro"))
    assert run.apply(change("ann", after="pro"))[0].result is Result.DONE
    assert run.seats()["ann"] == start


def test_who_is_new_at_github_is_invited_until_they_use_the_seat(tmp_path: Path) -> None:
    run = Run(tmp_path, acts_like="github")
    run.apply(change("bo", after="pro"))
    assert run.seats()["bo"].pending is Pending.INVITED
    run.console.set_used("pro", "bo", date(2026, 11, 24))
    run.apply(change("ann", after="basic"))
    assert run.seats("basic")["ann"].pending is Pending.NO, "she was there already"
    assert (run.seats()["bo"].pending, run.seats()["bo"].last_used) == (Pending.NO, date(2026, 11, 24))


def test_an_invitation_is_withdrawn_at_once(tmp_path: Path) -> None:
    run = Run(tmp_path, acts_like="github")
    run.apply(change("bo", after="pro"), change("bo", before="pro"))
    assert set(run.seats()) == {"ann"}


def test_a_seat_is_found_by_its_holder_though_the_login_changed(tmp_path: Path) -> None:
    run = Run(tmp_path)
    holder = run.seats()["ann"].holder
    run.console.rename("ann", "ann.b")
    (outcome,) = run.apply(change("ann", before="pro", holder=holder))
    assert (outcome.result, outcome.holder) == (Result.DONE, holder)
    assert run.seats() == {}


def test_options_are_changed_in_place(tmp_path: Path) -> None:
    run = Run(tmp_path)
    (outcome,) = run.apply(Change("acme", "ann", Grant("pro", "pro"), Grant("pro", "pro", ADMIN), login="ann"))
    assert outcome.result is Result.DONE
    assert (run.seats()["ann"].options, run.seats()["ann"].last_used) == (ADMIN, date(2026, 11, 20))


@pytest.mark.parametrize(("acts_like", "kept"), [("plain", date(2026, 11, 20)), ("scim", None)])
def test_only_an_exact_undo_remembers_the_last_use(tmp_path: Path, acts_like: str, kept: date | None) -> None:
    run = Run(tmp_path, acts_like=acts_like)
    run.apply(change("ann", before="pro"), change("ann", after="pro"))
    assert run.seats()["ann"].last_used == kept


def test_readers_are_shown_the_state_before_a_write_until_it_settles(tmp_path: Path) -> None:
    run = Run(tmp_path, settle="2 minutes")
    run.apply(change("ann", before="pro"), change("bo", after="pro"))
    assert run.vendor.info.settle_seconds == 120
    assert set(run.seats()) == {"ann"}
    run.clock.sleep(119)
    assert set(run.seats()) == {"ann"}
    run.clock.sleep(1)
    assert set(run.seats()) == {"bo"}
    assert [seat.login for seat in run.console.seats("pro")] == ["bo"]


def test_a_swap_whose_second_half_fails_leaves_nobody_without_and_is_finished_by_the_next_run(tmp_path: Path) -> None:
    run = Run(tmp_path)
    swap = change("ann", "pro", "basic")
    run.console.fault("refuse", call="write", skip=1)
    assert run.apply(swap)[0].result is Result.DOUBT
    assert (set(run.seats("pro")), set(run.seats("basic"))) == ({"ann"}, {"ann"})
    assert run.apply(swap)[0].result is Result.DONE
    assert (set(run.seats("pro")), set(run.seats("basic"))) == (set(), {"ann"})


def test_a_slow_vendor_takes_its_time_and_nothing_else(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.console.fault("slow", times=2, seconds=90, call="write")
    assert [one.result for one in run.apply(change("bo", after="pro"), change("cy", after="basic"))] == [
        Result.DONE,
        Result.DONE,
    ]
    assert run.clock.now() - NOW == timedelta(minutes=3)


def test_a_fault_meets_as_many_calls_as_told_of_the_login_told_and_can_be_switched_off(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.console.fault("refuse", times=2, login="BO")
    assert [one.result for one in run.apply(change("cy", after="basic"), *[change("bo", after="basic")] * 3)] == [
        Result.DONE,
        Result.REFUSED,
        Result.REFUSED,
        Result.DONE,
    ]
    run.console.fault("down", times=99)
    run.console.clear_faults()
    assert set(run.seats("basic")) == {"bo", "cy"}
    with pytest.raises(ValueError, match="tired"):
        run.console.fault("tired")


def test_the_administrator_cannot_do_what_the_vendor_forbids(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.console.hand_grant("pro", "bo")
    for forbidden in (
        lambda: run.console.hand_grant("pro", "cy"),
        lambda: run.console.hand_grant("max", "cy"),
        lambda: run.console.set_bought("pro", 1),
        lambda: run.console.rename("nobody", "cy"),
        lambda: run.console.rename("ann", "BO"),
    ):
        with pytest.raises(Refused):
            forbidden()
    run.console.set_bought("pro", 3)
    run.console.set_bought("max", None)
    run.console.hand_grant("pro", "cy")
    run.console.hand_grant("max", "cy")
    run.console.hand_revoke("pro", "ann")
    run.console.hand_revoke("pro", "nobody")
    assert (set(run.seats("pro")), set(run.seats("max"))) == ({"bo", "cy"}, {"cy"})


def test_a_reading_that_names_somebody_twice_is_no_proof_though_its_rows_are_as_many(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.console.hand_grant("pro", "bo")
    run.console.fault("duplicate-rows")
    with pytest.raises(IncompleteRead) as raised:
        run.seats()
    assert raised.value.what == "pro: 2 rows of 1 holders were read, the vendor counts 2"


def test_what_changes_between_look_and_call_is_judged_by_the_vendor(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.console.hand_grant("pro", "bo", origin=Origin.GROUP, group="sg-pro")
    with run.vendor._service() as service:
        with pytest.raises(Refused, match="the seat comes from sg-pro"):
            service.take("bo", "pro")
        service.take("bo", "basic")
    assert set(run.seats()) == {"ann", "bo"}


def test_two_openings_see_one_vendor_and_the_seed_is_read_once(tmp_path: Path) -> None:
    Run(tmp_path).apply(change("bo", after="pro"))
    assert set(Run(tmp_path, "sku,bought,login\nother,1,\n").seats()) == {"ann", "bo"}
    assert (tmp_path / ".seatwise" / "sandbox" / "acme.sqlite").is_file()


def test_a_person_without_a_login_is_refused(tmp_path: Path) -> None:
    (outcome,) = Run(tmp_path).apply(Change("acme", "eve@acme.example", None, Grant("pro", "pro")))
    assert outcome.result is Result.REFUSED
    assert outcome.reason == "eve@acme.example has no login here"


@pytest.mark.parametrize(
    ("config", "what", "fix"),
    [
        ({"acts_like": "gitub"}, "seatwise.yaml:7: account acme acts like 'gitub', which is unknown", "github"),
        ({"settle": "soon"}, "seatwise.yaml:7: 'soon' is no settle time of account acme", "30 seconds"),
        ({"page_size": "0"}, "seatwise.yaml:7: page_size '0' of account acme is no number", "100"),
        ({"batch": ["a"]}, "seatwise.yaml:7: batch \"['a']\" of account acme is no number", "50"),
    ],
)
def test_a_wrong_configuration_stops_with_its_place(tmp_path: Path, config: Any, what: str, fix: str) -> None:
    with pytest.raises(Stop) as raised:
        Run(tmp_path, **config)
    assert (raised.value.code, raised.value.what, raised.value.fix) == (Exit.ERROR, what, fix)


@pytest.mark.parametrize(
    ("seed", "what"),
    [
        ("", "seatwise.yaml:7: account acme has nothing to start from"),
        ("gone.csv", "gone.csv can't be read: No such file or directory"),
    ],
)
def test_an_account_without_a_seed_cannot_be_read(tmp_path: Path, seed: str, what: str) -> None:
    run = Run(tmp_path)
    run.vendor = Sandbox(Account("acme", "sandbox", {"seed": seed}, Place("seatwise.yaml", 7)), run.vendor._site)
    with pytest.raises(IncompleteRead) as raised:
        run.seats()
    assert raised.value.what == what
    assert raised.value.fix
