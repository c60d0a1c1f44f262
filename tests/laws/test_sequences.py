"""Sequences of events that broke every simpler reading of what is ours (semantics §14), through whole runs.

In the titles: C+ a commit asks, C- un-asks, A apply, Ap one that stops before the seat, Ai after it, Ax refused,
G / R given / taken by hand at the vendor, RV a revert.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.company import Company

from seatwise.core.model import CauseKind, ClaimState, Exit, Made, Result, Run, Stop


def results(run: Run) -> list[Result]:
    return [outcome.result for written in run.written for outcome in written.outcomes]


def test_g_a_a_a_seat_that_nobody_asked_is_never_taken(company: Company) -> None:
    company.grants_by_hand("A", "ann")

    company.apply()
    company.apply(hours=24)

    assert company.has("A") == {"ann"}
    assert company.calls() == 0
    assert [unlisted.who for unlisted in company.plan().unlisted] == ["ann@x.example"]


def test_c_a_r_a_a_a_seat_that_was_taken_by_hand_does_not_come_back(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")

    runs = [company.apply(), company.apply(hours=24)]

    assert company.has("A") == set()
    assert [run.exit for run in runs] == [Exit.OK, Exit.OK]
    assert [(drift.kind, drift.who) for drift in company.plan().drift] == [("removed there", "ann@x.example")]


def test_c_ax_a_a_seat_that_was_refused_is_still_given(company: Company) -> None:
    company.asks(a="ann bob")
    company.console.fault("refuse", login="ann@x.example")

    first = company.apply()
    assert (first.exit, company.has("A")) == (Exit.PARTLY, {"bob"})

    company.apply(hours=1)
    assert company.has("A") == {"ann", "bob"}


STOPS: dict[str, dict[str, Any]] = {
    "the vendor is down": {"kind": "down", "call": "write"},
    "it answers 500 and 500": {"kind": "500", "times": 99, "call": "write"},
    "it refuses": {"kind": "refuse"},
    "the call is lost before it happens": {"kind": "timeout-before"},
}


@pytest.mark.parametrize("stop", STOPS)
def test_c_ap_c_g_a_the_seat_that_an_administrator_gave_after_we_gave_up_stays(company: Company, stop: str) -> None:
    company.asks(a="ann")
    company.console.fault(**STOPS[stop])
    company.apply()
    company.console.clear_faults()
    assert company.has("A") == set()

    company.asks(a="")
    company.grants_by_hand("A", "ann")
    company.apply(hours=1)
    company.apply(hours=24)

    assert company.has("A") == {"ann"}


def test_c_ap_c_g_a_holds_too_where_the_seat_waited_for_a_later_stage(company: Company) -> None:
    names = [f"p{i:02}" for i in range(12)]
    company.hires(*names)
    company.sells(A=10)
    company.console.set_bought("A", 20)
    company.asks(a=" ".join(names))
    company.apply()
    waits = sorted(set(names) - company.has("A"))
    assert len(waits) == 4

    company.asks(a="")
    company.grants_by_hand("A", waits[0])
    company.apply(hours=1)
    company.apply(hours=24)

    assert company.has("A") == {waits[0]}


def test_c_ai_c_a_takes_the_seats_that_the_pilot_gave(company: Company) -> None:
    names = [f"p{i:02}" for i in range(12)]
    company.hires(*names)
    company.console.set_bought("A", 20)
    company.asks(a=" ".join(names))
    company.apply()
    assert len(company.has("A")) == 8

    company.asks(a="")
    company.apply(hours=1)

    assert company.has("A") == set()


@pytest.mark.parametrize("how", ["git revert", "a commit with the same rows"])
def test_c_g_a_rv_a_forgets_an_adopted_seat_and_does_not_take_it(company: Company, how: str) -> None:
    commit = company.asks(a="ann")
    company.grants_by_hand("A", "ann")
    company.apply()
    claim = company.claim("a", "ann")
    assert claim and (claim.state, claim.made) == (ClaimState.OURS, Made.FOUND)

    if how == "git revert":
        company.revert(commit)
    else:
        company.asks(a="")
    run = company.apply(hours=1)

    assert [(settled.who, settled.how) for settled in run.settled] == [("ann@x.example", "forget")]
    assert company.has("A") == {"ann"}
    assert company.calls() == 0


def test_an_adopted_seat_that_a_later_and_other_commit_takes_out_is_taken(company: Company) -> None:
    company.grants_by_hand("A", "ann")
    company.asks(a="ann bob")
    company.apply()

    company.asks(a="bob")
    company.apply(hours=1)

    assert company.has("A") == {"bob"}


def test_c_c_ao_a_job_that_runs_again_on_an_old_commit_is_refused(company: Company) -> None:
    old = company.asks(a="ann")
    company.asks(a="")
    company.git("checkout", "-q", "--detach", old)

    with pytest.raises(Stop) as refused:
        company.apply()

    assert refused.value.code is Exit.STALE
    assert company.has("A") == set()


RULE = "crew: {where: {department: [Engineering]}, max: 5}"


def test_who_moves_in_before_a_rule_lands_and_is_out_of_it_before_anybody_applies_gets_nothing(
    company: Company,
) -> None:
    company.changes("bob", department="Engineering")
    company.license("a", rules=RULE)
    company.commit("Wednesday: a rule")
    company.license("a", rules="")
    company.commit("Thursday: it is removed")

    run = company.apply(hours=24)

    assert run.written == ()
    assert company.calls() == 0


def test_dropping_a_never_row_that_was_useless_shows_its_approver_who_gets_a_seat(company: Company) -> None:
    company.changes("cid", department="Engineering")
    never = "never:\n  - cid@x.example: {reason: not him}\n"
    company.license("a", rules=RULE, extra=never)
    company.commit("pull request 1: a rule, without cid")
    company.apply()
    assert company.has("A") == set()

    company.license("a", rules=RULE, extra="")
    company.git("switch", "-q", "-c", "pull-request-2")
    company.git("commit", "-qam", "pull request 2: cid may")
    plan = company.plan("pull-request-2")

    assert [(step.change.who, step.change.verb) for step in plan.steps] == [("cid@x.example", "assign")]
    assert [(change.row.kind, change.row.key[-1]) for change in plan.rows] == [("never", "cid@x.example")]
    assert [(need.owner, need.bound, need.size) for need in plan.needs] == [("it", 1, 1)]


def test_a_row_of_which_nothing_came_that_is_taken_out_and_put_back_is_a_plain_ask_and_goes_in_stages(
    company: Company,
) -> None:
    """Twelve left and are back; their rows are dead, so nothing is taken with them, and nothing is reversed after."""
    names = [f"p{i:02}" for i in range(12)]
    company.hires(*names)
    company.console.set_bought("A", 20)
    company.write("policies/lanes.yaml", "policy: lanes\nlevel: hold\nleavers: {least: 40}\n")
    company.asks(a=" ".join(names))
    for hours in (1, 2, 3):
        company.apply(hours=hours)
    for name in names:
        company.changes(name, status="T")
    company.apply(hours=1)
    assert company.has("A") == set()

    for name in names:
        company.changes(name, status="A")
    company.asks(a="")
    company.apply(hours=1)
    company.asks(a=" ".join(names))
    run = company.apply(hours=1)

    changes = [outcome.change for written in run.written for outcome in written.outcomes]
    assert {change.cause.kind for change in changes} == {CauseKind.COMMIT}
    assert len(changes) == 8, "the pilot first"
