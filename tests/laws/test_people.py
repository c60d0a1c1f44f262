"""People who start, go on leave, go and come back under the same name or another, and what becomes of their seats."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.company import Company
from tests.laws.test_claims import sent, settled

from seatwise.core.model import CauseKind, Run, Verb

CREW = "crew: {where: {department: [Engineering]}, max: 5}"


def held(run: Run) -> list[tuple[str, str]]:
    return [(one.rule, one.who.split("@")[0]) for one in run.held]


def causes(run: Run) -> set[CauseKind]:
    return {outcome.change.cause.kind for written in run.written for outcome in written.outcomes}


@pytest.fixture
def crew(company: Company) -> Company:
    """Ann and Bob are engineers, and a rule gives engineers a seat."""
    company.changes("ann", department="Engineering")
    company.changes("bob", department="Engineering")
    company.license("a", rules=CREW)
    company.commit("a rule")
    company.apply()
    assert company.has("A") == {"ann", "bob"}
    return company


# joiners, movers, leavers


def test_a_joiner_gets_what_the_rule_gives_and_the_cause_is_the_rule(crew: Company) -> None:
    crew.changes("cid", department="Engineering")

    run = crew.apply(hours=1)

    assert (sent(run), causes(run)) == ([(Verb.ASSIGN, "cid")], {CauseKind.RULE})


def test_a_joiner_waits_for_the_first_day_and_comes_so_much_earlier_as_the_license_says(crew: Company) -> None:
    crew.license("a", rules=CREW, extra="joiners: {ready: 2 days before start}\n")
    crew.commit("seats are there before people are")
    crew.hires("new", status="P", department="Engineering", start="2026-11-27")

    assert sent(crew.apply()) == []
    assert sent(crew.apply(hours=24)) == [(Verb.ASSIGN, "new")]


def test_a_leaver_is_gone_in_one_run_whatever_asked_for_the_seat(crew: Company) -> None:
    crew.asks(b="ann cid")
    crew.apply()
    crew.changes("ann", status="T")

    run = crew.apply(hours=1)

    assert (sent(run), causes(run)) == ([(Verb.REVOKE, "ann"), (Verb.REVOKE, "ann")], {CauseKind.LEAVER})
    assert (crew.has("A"), crew.has("B")) == ({"bob"}, {"cid"})


def test_a_last_day_makes_a_leaver_when_it_is_over_where_the_person_is(company: Company) -> None:
    company.changes("ann", last_day="2026-11-25", zone="America/New_York")
    company.asks(a="ann")
    company.apply()

    company.clock.move_to(datetime(2026, 11, 26, 4, 30, tzinfo=UTC))  # half past eleven in New York
    assert sent(company.apply()) == []
    company.clock.move_to(datetime(2026, 11, 26, 5, 0, tzinfo=UTC))
    assert sent(company.apply()) == [(Verb.REVOKE, "ann")]


def test_an_hr_slip_that_is_mended_before_a_run_costs_nothing(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.changes("ann", status="T")
    company.plan()
    company.changes("ann", status="A")

    run = company.apply(hours=1)

    assert (run.written, company.has("A")) == ((), {"ann"})


def test_the_row_of_a_leaver_is_dead_and_only_a_changeset_that_touches_it_revives_it(company: Company) -> None:
    company.asks(a="ann bob")
    company.apply()
    company.changes("ann", status="T")
    company.apply(hours=1)
    company.changes("ann", status="A")

    run = company.apply(hours=1)
    assert (sent(run), [f.rule for f in run.findings]) == ([], ["dead-row"])
    company.asks("somebody else's row", a="ann bob cid")
    assert sent(company.apply(hours=1)) == [(Verb.ASSIGN, "cid")]

    company.asks("out", a="bob cid")
    company.asks("and in: she is back", a="ann bob cid")
    assert sent(company.apply(hours=1)) == [(Verb.ASSIGN, "ann")]


# unknown is not empty


def test_who_was_absent_and_is_back_is_who_they_were(crew: Company) -> None:
    crew.forgets("ann")
    crew.apply(hours=1)
    crew.hires("ann", department="Engineering")

    run = crew.apply(hours=1)

    assert (run.written, run.settled, held(run)) == ((), (), [])


def test_a_name_change_and_a_new_row_for_the_new_name_do_nothing(crew: Company) -> None:
    crew.asks(b="ann")
    crew.apply()
    former = crew.people.pop("ann@x.example")
    crew.hr({**former, "mail": "anna@x.example", "former": "ann@x.example"})
    crew.asks(b="anna")

    run = crew.apply(hours=1)

    assert (sent(run), settled(run)) == ([], [])


def test_a_name_change_at_the_vendor_does_nothing_either(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.console.rename("ann@x.example", "annie@x.example")

    run = company.apply(hours=1)
    assert (sent(run), company.plan().unlisted, company.plan().drift) == ([], (), ())

    company.asks(a="")
    assert sent(company.apply(hours=1)) == [(Verb.REVOKE, "ann")]
    assert company.has("A") == set()


# on leave


def test_when_leave_says_so_the_seat_is_taken_after_a_while_and_comes_back_with_the_person(crew: Company) -> None:
    crew.license("a", rules=CREW, extra="when_leave: revoke after 60 days\n")
    crew.commit("sixty days")
    crew.apply()
    crew.changes("ann", status="L")

    assert sent(crew.apply(hours=1)) == []
    assert sent(crew.apply(days=59)) == []
    assert sent(crew.apply(days=2)) == [(Verb.REVOKE, "ann")]
    assert sent(crew.apply(days=30)) == []

    crew.changes("ann", status="A")
    assert sent(crew.apply(days=30)) == [(Verb.ASSIGN, "ann")]


def test_a_named_seat_is_taken_on_a_long_leave_too_and_a_hand_that_takes_it_first_is_not_undone(
    company: Company,
) -> None:
    company.license("a", ["ann", "bob"], extra="when_leave: revoke after 60 days\n")
    company.commit("sixty days")
    company.apply()
    company.changes("ann", status="L")
    company.changes("bob", status="L")
    company.apply(hours=1)
    company.revokes_by_hand("A", "bob")

    assert sent(company.apply(days=61)) == [(Verb.REVOKE, "ann")]
    assert sent(company.apply(days=30)) == []
    assert company.has("A") == set()


# never, and last days


def test_a_never_row_that_ends_gives_the_seat_back_with_its_last_day(crew: Company) -> None:
    crew.license("a", extra="never:\n  - ann@x.example: {reason: a project, through: 2026-11-26}\n")
    crew.commit("not ann for now")
    assert sent(crew.apply()) == [(Verb.REVOKE, "ann")]

    assert sent(crew.apply(days=2)) == []
    assert sent(crew.apply(days=1)) == [(Verb.ASSIGN, "ann")]


def test_a_last_day_that_is_moved_before_it_is_over_keeps_the_seat(company: Company) -> None:
    company.license("a", ["ann: {through: 2026-11-25}"])
    company.commit("until Wednesday")
    company.apply()
    company.license("a", ["ann: {through: 2026-12-25}"])
    company.commit("until Christmas")

    assert sent(company.apply(days=3)) == []
    assert sent(company.apply(days=30)) == [(Verb.REVOKE, "ann")]
