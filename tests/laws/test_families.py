"""Seats of one family, what a leaver's seat becomes, and options (semantics §3, §10, §11), through whole runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import CauseKind, ClaimState, Run, Verb
from seatwise.flows.explain import explain
from seatwise.flows.status import status


@pytest.fixture(params=["plain", "microsoft365"], ids=["two calls", "one call"])
def suite(request: pytest.FixtureRequest, tmp_path: Path) -> Company:
    """Two ranks of a family, at a vendor that swaps in two calls or in one; ann and bob have the lower."""
    company = Company(tmp_path, acts_like=request.param)
    company.hires("ann", "bob", "cid")
    company.sells(LOW=10, HIGH=10)
    company.license("low", ["ann", "bob"], extra="one_of: suite\nrank: 1\n")
    company.license("high", extra="one_of: suite\nrank: 2\n")
    company.commit("a family")
    company.apply()
    return company


def sent(run: Run) -> list[tuple[Verb, str, CauseKind]]:
    changes = (outcome.change for written in run.written for outcome in written.outcomes)
    return [(change.verb, change.who.split("@")[0], change.cause.kind) for change in changes]


def who(company: Company) -> tuple[set[str], set[str]]:
    return company.has("LOW"), company.has("HIGH")


def test_who_is_asked_for_more_is_swapped_up_and_back_down(suite: Company) -> None:
    suite.asks(high="ann")
    assert sent(suite.apply(hours=1)) == [(Verb.SWAP, "ann", CauseKind.COMMIT)]
    assert who(suite) == ({"bob"}, {"ann"})

    suite.asks(high="")
    assert sent(suite.apply(hours=1)) == [(Verb.SWAP, "ann", CauseKind.REVERSE)]
    assert who(suite) == ({"ann", "bob"}, set())


def test_both_rows_that_ask_are_settled_by_the_higher_seat_and_are_no_drift(suite: Company) -> None:
    suite.asks(high="ann")
    suite.apply(hours=1)
    calls = suite.calls()

    for _ in range(2):
        suite.apply(hours=24)

    assert (suite.plan().drift, suite.plan().steps, suite.calls()) == ((), (), calls)


def test_a_swap_that_is_refused_leaves_the_old_seat(suite: Company) -> None:
    suite.console.fault("refuse", login="ann@x.example")
    suite.asks(low="bob", high="ann")
    suite.apply(hours=1)
    assert who(suite) == ({"ann", "bob"}, set())

    suite.apply(hours=1)
    assert who(suite) == ({"bob"}, {"ann"})


def test_a_swap_without_room_keeps_the_old_seat_wanted(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.hires("ann", "bob")
    company.sells(LOW=10, HIGH=1)
    company.license("low", ["ann"], extra="one_of: suite\nrank: 1\n")
    company.license("high", ["bob"], extra="one_of: suite\nrank: 2\n")
    company.commit("a family")
    company.apply()

    company.asks(low="", high="ann bob")
    run = company.apply(hours=1)
    assert [(hold.rule, hold.who) for hold in run.held] == [("pool-full", "ann@x.example")]
    assert who(company) == ({"ann"}, {"bob"})

    company.console.set_bought("HIGH", 2)
    company.apply(hours=1)
    assert who(company) == (set(), {"ann", "bob"})


# a leaver's seat


@pytest.fixture
def archive(tmp_path: Path) -> Company:
    """A leaver's seat of `full` becomes one of `kept`."""
    company = Company(tmp_path)
    company.hires("ann", "bob")
    company.sells(FULL=10, KEPT=10)
    company.license("full", ["ann", "bob"], extra="one_of: suite\nrank: 2\nwhen_left: swap to kept\n")
    company.license("kept", extra="one_of: suite\nrank: 1\n")
    company.commit("an archive")
    company.apply()
    return company


def test_the_seat_of_a_leaver_becomes_the_one_that_when_left_names_and_stays_it(archive: Company) -> None:
    archive.changes("ann", status="T")
    assert sent(archive.apply(hours=1)) == [(Verb.SWAP, "ann", CauseKind.LEAVER)]
    assert (archive.has("FULL"), archive.has("KEPT")) == ({"bob"}, {"ann"})

    for _ in range(3):
        assert sent(archive.apply(hours=24)) == []
    assert (archive.has("FULL"), archive.has("KEPT")) == ({"bob"}, {"ann"})


@pytest.mark.parametrize("acts_like", ["plain", "google"])
def test_a_leaver_who_has_the_archives_seat_too_keeps_it_and_loses_the_other_in_one_change(
    tmp_path: Path, acts_like: str
) -> None:
    company = Company(tmp_path, acts_like=acts_like)
    company.hires("ann", "bob")
    company.sells(FULL=10, KEPT=1)
    company.license("full", ["ann", "bob"], extra="when_left: swap to kept\n")
    company.license("kept", ["ann"])
    company.commit("both for ann")
    company.apply()
    assert (company.has("FULL"), company.has("KEPT")) == ({"ann", "bob"}, {"ann"})

    company.changes("ann", status="T")
    assert sent(company.apply(hours=1)) == [(Verb.SWAP, "ann", CauseKind.LEAVER)]
    for _ in range(2):
        assert sent(company.apply(hours=24)) == []
    assert (company.has("FULL"), company.has("KEPT")) == ({"bob"}, {"ann"})
    assert [(kept.license, kept.who) for kept in company.plan().kept] == [("kept", "ann@x.example")]


def test_the_seat_that_a_leaver_keeps_is_explained_and_is_no_drift(archive: Company) -> None:
    archive.changes("ann", status="T")
    archive.apply(hours=1)
    archive.apply(hours=24)

    (kept,) = archive.plan().kept
    assert (kept.license, kept.who, kept.until) == ("kept", "ann@x.example", None)
    assert (
        kept.what == "ann@x.example left, and the seat of full became this one on 2026-11-24 (when_left: swap to kept)"
    )
    seen = status(archive.workspace)
    assert (archive.plan().drift, seen.drift, seen.kept) == ((), 0, (kept,))
    (fact,) = (fact for fact in explain(archive.workspace, "ann").facts if fact.license == "kept")
    assert (fact.claim, fact.note) == (ClaimState.OURS, f"kept: {kept.what}; {kept.fix}")


def test_the_seat_that_a_leaver_keeps_is_forgotten_when_a_hand_takes_it(archive: Company) -> None:
    archive.changes("ann", status="T")
    archive.apply(hours=1)
    archive.revokes_by_hand("KEPT", "ann")

    archive.apply(hours=1)

    assert (archive.claim("kept", "ann"), archive.plan().kept, archive.plan().drift) == (None, (), ())


def test_who_comes_back_and_is_asked_anew_swaps_the_kept_seat_for_the_old_one(archive: Company) -> None:
    archive.changes("ann", status="T")
    archive.apply(hours=1)
    archive.changes("ann", status="A")
    archive.asks(full="bob")
    archive.apply(hours=1)
    archive.asks(full="ann bob")

    assert sent(archive.apply(hours=1)) == [(Verb.SWAP, "ann", CauseKind.COMMIT)]
    assert (archive.has("FULL"), archive.has("KEPT"), archive.plan().kept) == ({"ann", "bob"}, set(), ())


# options


def test_options_that_a_commit_changes_are_changed_and_by_hand_they_are_drift(company: Company) -> None:
    company.license("a", ["ann: {options: {role: member}}", "bob"])
    company.commit("ann is a member")
    company.apply()
    assert company.seats("A")["ann"].options == (("role", "member"),)

    company.license("a", ["ann: {options: {role: admin}}", "bob"])
    company.commit("ann is an admin")
    assert sent(company.apply(hours=1)) == [(Verb.CHANGE, "ann", CauseKind.COMMIT)]
    assert company.seats("A")["ann"].options == (("role", "admin"),)

    company.console.hand_grant("A", "ann@x.example", options=(("role", "guest"),))
    assert sent(company.apply(hours=1)) == []
    assert [(drift.kind, drift.who) for drift in company.plan().drift] == [("changed there", "ann@x.example")]


def test_a_change_of_options_that_is_reverted_brings_the_old_ones_back(company: Company) -> None:
    company.license("a", ["ann: {options: {role: member}}"])
    company.commit("ann is a member")
    company.apply()
    company.license("a", ["ann: {options: {role: admin}}"])
    commit = company.commit("ann is an admin")
    company.apply(hours=1)

    company.revert(commit)
    company.apply(hours=1)

    assert company.seats("A")["ann"].options == (("role", "member"),)
    claim = company.claim("a", "ann")
    assert claim is not None and claim.state is ClaimState.OURS


@pytest.fixture(params=["plain", "microsoft365"], ids=["two calls", "one call"])
def circle(request: pytest.FixtureRequest, tmp_path: Path) -> Company:
    """Both pools are full, and ann and bob are to have each other's edition."""
    company = Company(tmp_path, acts_like=request.param)
    company.hires("ann", "bob")
    company.sells(LOW=1, HIGH=1)
    company.license("low", ["ann"], extra="one_of: suite\nrank: 1\n", quantity=1)
    company.license("high", ["bob"], extra="one_of: suite\nrank: 2\n", quantity=1)
    company.commit("a family")
    company.apply()
    company.asks(low="bob", high="ann")
    company.apply(hours=1)
    return company


def test_swaps_in_a_circle_wait_and_nobody_is_without_a_seat(circle: Company) -> None:
    assert who(circle) == ({"ann"}, {"bob"})
    (hold,) = [hold for hold in status(circle.workspace).held if hold.who == "ann@x.example"]
    assert hold.rule == "swap-cycle"
    assert hold.fix == (
        "one spare seat breaks the circle: seatwise license buy high 1; or take one of them out in a change of its own, "
        "and give the seat in the next"
    )


def test_two_changesets_break_a_circle_without_a_spare_seat(circle: Company) -> None:
    circle.asks(low="bob", high="")
    circle.apply(hours=1)
    circle.apply(hours=1)
    assert who(circle) == ({"bob"}, set())

    circle.asks(high="ann")
    circle.apply(hours=1)
    assert who(circle) == ({"bob"}, {"ann"})
