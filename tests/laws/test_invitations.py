"""A vendor that invites who is new to it, and that ends a seat with the paid month: what is pending counts and is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.company import Company
from tests.laws.test_claims import drift, sent

from seatwise.core.model import Pending, Verb


@pytest.fixture
def paid(tmp_path: Path) -> Company:
    """Three seats by the month; Ann has had one for long, and another license asks for nobody."""
    company = Company(tmp_path, acts_like="github")
    company.hires("ann", "bob", "cid", "dan")
    company.sells(A=3)
    company.holds("A", "ann")
    company.write("policies/seat-ceiling.yaml", "policy: seat-ceiling\nlevel: warn\n")
    company.asks("start", a="ann")
    company.apply()
    return company


def test_who_is_invited_has_the_seat_and_is_not_invited_twice(paid: Company) -> None:
    paid.asks(a="ann bob")
    paid.apply()
    assert paid.seats("A")["bob"].pending is Pending.INVITED

    runs = [paid.apply(hours=1), paid.apply(days=2)]

    assert ([sent(run) for run in runs], drift(paid), paid.calls()) == ([[], []], [], 1)


def test_an_invitation_is_taken_back_when_nobody_asks_for_it(paid: Company) -> None:
    paid.asks(a="ann bob")
    paid.apply()
    paid.asks(a="ann")

    assert sent(paid.apply(hours=1)) == [(Verb.REVOKE, "bob")]
    assert paid.has("A") == {"ann"}


def test_an_invitation_that_was_declined_is_drift_and_is_not_sent_again(paid: Company) -> None:
    paid.asks(a="ann bob")
    paid.apply()
    paid.revokes_by_hand("A", "bob")

    runs = [paid.apply(hours=1), paid.apply(days=2)]

    assert [sent(run) for run in runs] == [[], []]
    assert drift(paid) == [("removed there", "bob")]


def test_a_seat_that_is_ending_is_taken_once_and_counts_until_it_ends(paid: Company) -> None:
    paid.asks(a="ann bob cid")
    paid.apply()
    paid.asks(a="bob cid")
    assert sent(paid.apply(hours=1)) == [(Verb.REVOKE, "ann")]

    paid.asks(a="bob cid dan")
    run = paid.apply(hours=1)
    assert (sent(run), [hold.rule for hold in run.held]) == ([], ["pool-full"])
    assert sent(paid.apply(days=1)) == []

    paid.clock.move_to(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    assert sent(paid.apply()) == [(Verb.ASSIGN, "dan")]
    assert paid.has("A") == {"bob", "cid", "dan"}


def test_a_seat_that_is_ending_and_asked_again_stands_as_it_was(paid: Company) -> None:
    taken = paid.asks("without ann", a="")
    paid.apply()
    assert paid.has("A") == set()
    paid.revert(taken)

    run = paid.apply(hours=1)

    assert sent(run) == [(Verb.ASSIGN, "ann")]
    assert paid.seats("A")["ann"].pending is Pending.NO
    assert [(proof.same, proof.others) for proof in run.restored] == [(1, ())]
