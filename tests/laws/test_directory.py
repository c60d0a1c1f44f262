"""What HR says of people, and what it does to their seats (semantics §3, §7, §10), through whole runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.company import Company

from seatwise.core.model import CauseKind, Run, Verb
from seatwise.flows.explain import explain
from seatwise.flows.status import status

ASSIGN, REVOKE = Verb.ASSIGN, Verb.REVOKE
COMMIT, RULE, LEAVER, EXPIRY = CauseKind.COMMIT, CauseKind.RULE, CauseKind.LEAVER, CauseKind.EXPIRY


def crew(company: Company, *names: str, most: int = 9, extra: str = "") -> Run:
    """A rule gives engineers a seat, and these people are engineers."""
    for name in names:
        company.changes(name, department="Engineering")
    company.license("a", rules=f"crew: {{where: {{department: [Engineering]}}, max: {most}}}", extra=extra)
    company.commit("engineers get a seat")
    return company.apply()


def sent(run: Run) -> list[tuple[Verb, str, CauseKind]]:
    """What went out: verb, the person's name, and why."""
    changes = (outcome.change for written in run.written for outcome in written.outcomes)
    return [(change.verb, change.who.split("@")[0], change.cause.kind) for change in changes]


def held(run: Run) -> list[tuple[str, str]]:
    return [(hold.rule, hold.who.split("@")[0]) for hold in run.held]


def dead(company: Company) -> list[str]:
    """Whose rows ask nothing any more."""
    return [finding.person for finding in company.plan().findings if finding.rule == "dead-row"]


# the last day is included, where the holder is

MIDNIGHTS = {
    "Asia/Tokyo": datetime(2026, 11, 24, 15, tzinfo=UTC),
    "": datetime(2026, 11, 24, 23, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 25, 5, tzinfo=UTC),
}
"""Zone → when 25 November begins there; without one it is the company's, Berlin."""


@pytest.mark.parametrize("by", ["row", "rule"])
@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_a_seat_ends_at_the_midnight_after_its_last_day_where_its_holder_is(
    company: Company, zone: str, by: str
) -> None:
    company.changes("ann", zone=zone, department="Engineering")
    rule = "crew: {where: {department: [Engineering]}, max: 9, through: 2026-11-24}"
    company.license("a", ["ann: {through: 2026-11-24}"] if by == "row" else (), rules=rule if by == "rule" else "")
    company.commit("ann, until tonight")
    company.apply()

    company.clock.move_to(MIDNIGHTS[zone] - timedelta(seconds=1))
    assert (sent(company.apply()), company.has("A")) == ([], {"ann"})

    company.clock.move_to(MIDNIGHTS[zone])
    assert (sent(company.apply()), company.has("A")) == ([(REVOKE, "ann", EXPIRY)], set())


# never wins, max waits


@pytest.mark.parametrize("row", ["a row of its own", "a rule"])
def test_never_wins_over_whatever_asks(company: Company, row: str) -> None:
    company.changes("ann", department="Engineering")
    rules = "crew: {where: {department: [Engineering]}, max: 9}" if row == "a rule" else ""
    names = ["bob"] if row == "a rule" else ["bob", "ann"]
    never = "never:\n  - ann@x.example: {reason: not her}\n"
    company.license("a", names, rules=rules, extra=never)
    company.commit("all but ann")
    company.apply()
    assert company.has("A") == {"bob"}

    company.license("a", names, extra="")
    company.commit("ann as well")
    company.apply(hours=1)
    assert company.has("A") == {"ann", "bob"}

    company.license("a", names, extra=never)
    company.commit("not ann after all")
    company.apply(hours=1)
    assert company.has("A") == {"bob"}


def test_above_its_max_a_rule_lets_new_people_wait_in_order_of_their_first_day(company: Company) -> None:
    company.changes("ann", start="2026-03-01")
    company.changes("bob", start="2025-03-01")
    company.changes("cid", start="2024-03-01")

    run = crew(company, "ann", "bob", "cid", most=2)
    assert (company.has("A"), held(run)) == ({"bob", "cid"}, [("rule-full", "ann")])

    crew(company, most=3)
    assert company.has("A") == {"ann", "bob", "cid"}


def test_nobody_is_taken_off_for_a_max_that_is_lowered(company: Company) -> None:
    crew(company, "ann", "bob", "cid")
    crew(company, most=1)

    company.apply(hours=24)

    assert company.has("A") == {"ann", "bob", "cid"}


def test_a_place_under_max_that_a_leaver_frees_goes_to_who_waits(company: Company) -> None:
    crew(company, "ann", "bob", most=1)
    assert company.has("A") == {"ann"}

    company.changes("ann", status="T")
    run = company.apply(hours=1)

    assert sorted(sent(run)) == [(ASSIGN, "bob", RULE), (REVOKE, "ann", LEAVER)]


# movers


def test_a_mover_keeps_the_seat_for_keep_for_from_the_run_that_saw_the_move(company: Company) -> None:
    crew(company, "ann", extra="movers: {keep_for: 3 days}\n")
    company.changes("ann", department="Sales")
    company.apply(hours=1)

    company.apply(hours=48)
    assert company.has("A") == {"ann"}

    run = company.apply(hours=24)
    assert (sent(run), company.has("A")) == ([(REVOKE, "ann", RULE)], set())


def test_a_seat_that_a_rule_has_lost_is_shown_with_the_day_on_which_it_goes(company: Company) -> None:
    crew(company, "ann", "bob", extra="movers: {keep_for: 3 days}\n")
    company.changes("ann", department="Sales")
    company.apply(hours=1)

    (kept,) = company.plan().kept
    assert (kept.license, kept.who, kept.until) == ("a", "ann@x.example", date(2026, 11, 27))
    assert kept.what == "rule 'crew' lost ann@x.example on 2026-11-24; the seat goes on 2026-11-27"
    assert kept.fix == "unless HR puts them back by then, or ann@x.example has a row of their own"
    assert status(company.workspace).kept == (kept,)
    assert explain(company.workspace, "ann").facts[0].note == f"kept: {kept.what}; {kept.fix}"
    assert company.plan().drift == company.plan().others == ()

    assert sent(company.apply(days=3)) == [(REVOKE, "ann", RULE)]
    assert company.plan().kept == ()


def asks_by_name(company: Company) -> None:
    company.asks(a="ann")


def asks_by_another_rule(company: Company) -> None:
    both = "crew: {where: {department: [Engineering]}, max: 9}\nhere: {where: {department: [Sales]}, max: 9}"
    company.license("a", rules=both)
    company.commit("sales too")


@pytest.mark.parametrize("asks", [asks_by_name, asks_by_another_rule])
def test_a_seat_that_something_else_asks_too_is_not_said_to_go_with_the_rule(
    company: Company, asks: Callable[[Company], None]
) -> None:
    crew(company, "ann", extra="movers: {keep_for: 3 days}\n")
    company.changes("ann", department="Sales")
    asks(company)
    company.apply(hours=1)

    assert company.plan().kept == ()


def test_seats_that_the_policy_keeps_are_not_said_to_go(company: Company) -> None:
    crew(company, "ann", "bob", "cid", "dan", extra="movers: {keep_for: 3 days}\n")
    for name in ("ann", "bob", "cid"):
        company.changes(name, department="Sales")
    company.apply(hours=1)

    kept = company.plan().kept
    read = hashlib.sha256((company.root / "hr.csv").read_bytes()).hexdigest()
    assert [(one.who.split("@")[0], one.until) for one in kept] == [("ann", None), ("bob", None), ("cid", None)]
    assert kept[0].what == "rule crew gave 4 yesterday, 1 today: the 3 lost are kept, none is revoked"
    assert kept[0].fix == "3 of them are now in 'Sales'; meant? seatwise ack new rule-lost --source " + read[:12]


def test_a_seat_that_a_long_leave_takes_is_shown_with_the_day_on_which_it_goes(company: Company) -> None:
    crew(company, "ann", extra="when_leave: revoke after 60 days\n")
    company.changes("ann", status="L")
    company.apply(hours=1)

    (kept,) = company.plan().kept
    assert (kept.who, kept.until) == ("ann@x.example", date(2027, 1, 23))
    assert kept.what == "ann@x.example is on leave since 2026-11-24; the seat goes on 2027-01-23"
    assert kept.fix == "unless they are back by then (when_leave)"


def test_who_moves_back_in_time_keeps_the_seat_and_the_next_move_counts_anew(company: Company) -> None:
    crew(company, "ann", extra="movers: {keep_for: 3 days}\n")
    company.changes("ann", department="Sales")
    company.apply(hours=48)
    company.changes("ann", department="Engineering")
    company.apply(hours=12)
    company.changes("ann", department="Sales")
    company.apply(hours=12)

    company.apply(hours=48)
    assert company.has("A") == {"ann"}

    company.apply(hours=24)
    assert company.has("A") == set()


# leavers, and who comes back


def test_the_row_of_a_leaver_is_dead_until_a_changeset_takes_it_out_and_another_asks_anew(company: Company) -> None:
    company.asks(a="ann bob")
    company.apply()
    company.changes("ann", status="T")
    assert sent(company.apply(hours=1)) == [(REVOKE, "ann", LEAVER)]

    company.changes("ann", status="A")
    company.apply(hours=1)
    assert (company.has("A"), dead(company)) == ({"bob"}, ["ann@x.example"])

    company.asks(a="bob")
    company.apply(hours=1)
    company.asks(a="ann bob cid")
    run = company.apply(hours=1)
    assert (sorted(sent(run)), dead(company)) == ([(ASSIGN, "ann", COMMIT), (ASSIGN, "cid", COMMIT)], [])


def test_who_comes_back_under_a_rule_gets_the_seat_again(company: Company) -> None:
    crew(company, "ann")
    company.changes("ann", status="T")
    company.apply(hours=1)
    assert company.has("A") == set()

    company.changes("ann", status="A")

    assert sent(company.apply(hours=1)) == [(ASSIGN, "ann", RULE)]


def test_who_is_on_leave_keeps_the_seat(company: Company) -> None:
    crew(company, "ann")
    company.changes("ann", status="L")

    company.apply(hours=24 * 30)

    assert company.has("A") == {"ann"}


def test_a_last_day_in_the_past_makes_a_leaver_too(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.changes("ann", last_day="2026-11-24")

    assert sent(company.apply(hours=1)) == []
    assert sent(company.apply(hours=24)) == [(REVOKE, "ann", LEAVER)]


# who somebody is


@pytest.mark.parametrize("by", ["row", "rule"])
def test_a_rename_that_hr_tells_as_a_former_mail_is_no_leaver_and_no_joiner(company: Company, by: str) -> None:
    if by == "row":
        company.asks(a="ann bob")
        company.apply()
    else:
        crew(company, "ann", "bob")
    calls = company.calls()
    company.changes("ann", mail="anna@x.example", former="ann@x.example")

    runs = [company.apply(hours=1), company.apply(hours=24)]

    assert [(run.written, held(run), run.settled) for run in runs] == [((), [], ())] * 2
    assert (company.has("A"), company.calls()) == ({"ann", "bob"}, calls)
    plan = company.plan()
    assert (plan.steps, plan.drift, plan.unlisted) == ((), (), ())


@pytest.mark.parametrize("other", [{"number": "n-other"}, {"start": "2026-11-01"}], ids=["number", "first day"])
def test_a_mail_that_somebody_else_has_now_is_held_and_the_others_go(company: Company, other: dict[str, str]) -> None:
    company.asks(a="ann bob")
    company.apply()
    company.changes("ann", **other)
    company.asks(a="cid")

    run = company.apply(hours=1)

    assert held(run) == [("key-reuse", "ann")]
    assert company.has("A") == {"ann", "cid"}


@pytest.mark.parametrize("by", ["row", "rule"])
def test_who_is_absent_from_hr_is_no_leaver(company: Company, by: str) -> None:
    if by == "row":
        company.asks(a="ann bob")
        company.apply()
    else:
        crew(company, "ann", "bob")
    company.forgets("ann")

    run = company.apply(hours=1)
    company.apply(hours=24 * 30)

    assert (run.written, held(run)) == ((), [({"row": "unknown-person", "rule": "absent-person"}[by], "ann")])
    assert company.has("A") == {"ann", "bob"}


def test_an_attribute_that_hr_does_not_say_keeps_the_seat_and_matches_nobody_new(company: Company) -> None:
    crew(company, "ann", "bob")
    company.changes("ann", department="")
    company.changes("cid", department="")

    run = company.apply(hours=1)
    company.apply(hours=24 * 30)

    assert (run.written, held(run)) == ((), [("attribute-empty", "ann")])
    assert company.has("A") == {"ann", "bob"}


def test_a_person_unknown_to_hr_is_held_alone_and_gets_the_seat_once_hr_knows_them(company: Company) -> None:
    commit = company.asks(a="ann new bob")
    run = company.apply()
    assert (company.has("A"), held(run)) == ({"ann", "bob"}, [("unknown-person", "new")])

    company.apply(hours=24)
    assert company.has("A") == {"ann", "bob"}

    company.hires("new")
    run = company.apply(hours=24)
    (change,) = [outcome.change for written in run.written for outcome in written.outcomes]
    assert (change.verb, change.who, change.cause.commit) == (ASSIGN, "new@x.example", commit)
    assert held(company.apply(hours=1)) == []
