"""A call whose answer was lost, at a vendor that takes ten minutes to show what was written, and what people do meanwhile
(semantics §2, §3, §8): what is in doubt is settled before anything is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company, person

from seatwise.core.model import CauseKind, Run, Verb

LOST = ("timeout-before", "timeout-after")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(
        tmp_path_factory.mktemp("doubt"), acts_like="microsoft365", config="settle: 10 minutes", remote=False
    )
    company.hires("ann", "bob", "cid")
    company.sells(A=5, LOW=5, HIGH=5)
    company.license("low", ["cid"], extra="one_of: suite\nrank: 1\n")
    company.license("high", extra="one_of: suite\nrank: 2\n")
    company.asks("manage all", a="bob")
    company.apply()
    company.apply(hours=1)
    return company


@pytest.fixture
def slow(begun: Company, tmp_path: Path) -> Company:
    """bob has a seat of A, cid one of LOW."""
    return begun.copy(tmp_path)


def loses(company: Company, how: str) -> None:
    """The next run's answer is lost, after the call took effect or before."""
    company.console.fault(how, call="write")
    company.apply(minutes=1)


def sent(run: Run) -> list[tuple[Verb, str, CauseKind]]:
    changes = (outcome.change for written in run.written for outcome in written.outcomes)
    return [(change.verb, change.who.split("@")[0], change.cause.kind) for change in changes]


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("minutes", [20, 1], ids=["settled by then", "not settled yet"])
def test_c_ad_c_a_a_seat_that_a_lost_call_gave_is_taken_when_it_is_not_asked_any_more(
    slow: Company, how: str, minutes: int
) -> None:
    commit = slow.asks(a="ann bob")
    loses(slow, how)
    slow.revert(commit)
    slow.apply(minutes=minutes)
    slow.apply(minutes=20)

    assert (slow.has("A"), slow.plan().drift, slow.plan().unlisted) == ({"bob"}, (), ())
    slow.grants_by_hand("A", "ann")
    slow.apply(hours=1)
    assert slow.has("A") == {"ann", "bob"}, "an administrator's own grant is nobody's but hers"


def test_a_run_that_settles_a_lost_call_takes_the_seat_in_that_very_run_and_its_plan_says_so(slow: Company) -> None:
    slow.asks(a="ann bob")
    loses(slow, "timeout-after")
    slow.asks(a="bob")
    slow.clock.sleep(1200)

    assert [(step.change.verb, step.change.who) for step in slow.plan().steps] == [("revoke", "ann@x.example")]
    assert sent(slow.apply()) == [(Verb.REVOKE, "ann", CauseKind.REVERSE)]
    assert slow.has("A") == {"bob"}


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("minutes", [20, 1], ids=["settled by then", "not settled yet"])
def test_c_ad_c_a_a_seat_that_a_lost_call_took_comes_back_when_it_is_asked_anew(
    slow: Company, how: str, minutes: int
) -> None:
    slow.asks(a="")
    loses(slow, how)
    slow.asks(a="bob")
    slow.apply(minutes=minutes)
    slow.apply(minutes=20)
    slow.apply(minutes=20)

    assert (slow.has("A"), slow.plan().drift, slow.plan().steps) == ({"bob"}, (), ())


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("minutes", [20, 1], ids=["settled by then", "not settled yet"])
def test_a_swap_whose_answer_was_lost_goes_back_when_it_is_not_asked_any_more(
    slow: Company, how: str, minutes: int
) -> None:
    slow.asks(high="cid")
    loses(slow, how)
    slow.asks(high="")
    slow.apply(minutes=minutes)
    slow.apply(minutes=20)
    slow.apply(minutes=20)

    assert (slow.has("LOW"), slow.has("HIGH"), slow.plan().drift) == ({"cid"}, set(), ())


@pytest.mark.parametrize("minutes", [20, 1], ids=["settled by then", "not settled yet"])
def test_who_left_while_the_call_was_in_doubt_loses_the_seat_that_it_gave(slow: Company, minutes: int) -> None:
    slow.asks(a="ann bob")
    loses(slow, "timeout-after")
    slow.changes("ann", status="T")
    slow.apply(minutes=minutes)
    slow.apply(minutes=20)

    assert (slow.has("A"), slow.plan().drift) == ({"bob"}, ())


@pytest.mark.parametrize("minutes", [20, 1], ids=["settled by then", "not settled yet"])
def test_who_is_renamed_while_the_call_is_in_doubt_has_the_seat_that_it_gave(slow: Company, minutes: int) -> None:
    slow.asks(a="ann bob")
    loses(slow, "timeout-after")
    slow.forgets("ann")
    slow.hr(person("anna", number="n-ann", former="ann@x.example"))
    slow.apply(minutes=minutes)
    slow.apply(minutes=20)
    slow.apply(minutes=20)

    claim = slow.claim("a", "anna")
    assert claim is not None and (claim.state, claim.pending) == ("ours", None)
    assert (slow.has("A"), slow.plan().drift, slow.calls()) == ({"ann", "bob"}, (), 1 + 2)
