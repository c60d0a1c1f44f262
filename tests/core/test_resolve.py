"""Assignments + people + a moment → who is asked, by which row, and what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.core.builders import MOMENT, NOW, PLACE, TODAY, claim, license, people, person, rule, team, where

from seatwise.core import resolve
from seatwise.core.model import (
    Assignment,
    Claim,
    ClaimState,
    Duration,
    Fate,
    License,
    Never,
    People,
    Person,
    Selector,
    Status,
    Terms,
)
from seatwise.core.resolve import Moment, Resolved

SALES = where(department="Sales")
SALES_KEY = "rule::department sales"
DAYS = "days"


def resolved(
    one: License,
    who: People,
    known: Mapping[str, Claim] | None = None,
    at: Selector | None = None,
    moment: Moment = MOMENT,
) -> Resolved:
    return resolve.resolved(one, one.assignments or (), who, moment, known or {}, at)


def asked(one: License, *who: Person | str, **known: Claim) -> set[str]:
    return set(resolved(one, people(*who), known).asked)


def seller(id: str, **fields: Any) -> Person:
    return person(id, **{"department": "Sales", **fields})


def by_rule(**fields: Any) -> Claim:
    """A seat that the rule for Sales gave."""
    return claim(row=SALES_KEY, **fields)


def holds(found: Resolved) -> list[tuple[str, str]]:
    return [(hold.rule, hold.who) for hold in found.holds]


# named rows


def test_a_user_row_asks_for_its_person() -> None:
    found = resolved(license("figma", team("ann", name="designers", ticket="ITSM-1")), people("ann", "bo"))
    (ask,) = found.asked.values()
    assert (ask.row, ask.rule, ask.why, ask.ticket, ask.place) == ("user:", False, "designers", "ITSM-1", PLACE)
    assert not found.holds


def test_an_alias_asks_for_the_person_it_belongs_to() -> None:
    assert asked(license(people=["ann.old"]), person("ann.new", aliases=("ann.old",))) == {"ann.new"}


def test_a_person_whom_hr_does_not_know_stays_asked_and_is_held_alone() -> None:
    found = resolved(license(people=["bo.okafr", "ann"]), people(person("bo.okafor", department="Data"), "ann"))
    assert set(found.asked) == {"bo.okafr", "ann"}
    (hold,) = found.holds
    assert (hold.rule, hold.who, hold.what) == ("unknown-person", "bo.okafr", "nobody in HR is 'bo.okafr'")
    assert hold.fix == "did you mean bo.okafor (Data)? Not in HR on purpose: owners/holders"
    assert hold.place == replace(PLACE, line=10)


def test_where_no_name_is_near_none_is_suggested() -> None:
    (hold,) = resolved(license(people=["zzz"]), people("ann")).holds
    assert hold.fix == "Not in HR on purpose: owners/holders"


def test_somebody_absent_keeps_a_seat_that_a_row_by_a_former_name_gave() -> None:
    renamed = {"ann.new": claim()}
    found = resolved(license(people=["ann.old"]), people("bo"), renamed)
    assert found.asked.keys() == {"ann.old", "ann.new"}
    assert holds(found) == [("unknown-person", "ann.old"), ("absent-person", "ann.new")]

    assert asked(license(people=["bo"]), "bo", **renamed) == {"bo"}
    assert asked(license(people=["ann.old"]), "ann.new", **renamed) == {"ann.old"}
    assert asked(license(people=["ann.old"]), "bo", **{"ann.new": claim(ClaimState.NONE)}) == {"ann.old"}


def test_the_row_of_somebody_unknown_ends_on_its_last_day_too() -> None:
    one = license("figma", team("bo", terms={"bo": Terms(date(2026, 11, 23))}))
    found = resolved(one, people())
    assert not found.asked
    assert found.gone == {"bo": "expiry"}
    assert not found.holds


def test_somebody_unknown_under_never_is_neither_asked_nor_held() -> None:
    found = resolved(license("figma", team("bo"), never=(Never("bo"),)), people())
    assert (found.asked, found.holds) == ({}, ())


@pytest.mark.parametrize("fields", [{"status": Status.LEFT}, {"last_day": date(2026, 11, 23)}])
def test_nobody_who_has_left_is_asked(fields: dict[str, Any]) -> None:
    found = resolved(license(people=["ann", "bo"]), people(person("ann", **fields), "bo"))
    assert set(found.asked) == {"bo"}
    assert found.gone == {"ann": "leaver"}


def test_a_last_day_that_is_still_to_come_takes_nothing() -> None:
    assert asked(license(people=["ann"]), person("ann", last_day=TODAY)) == {"ann"}


def test_the_last_day_of_a_row_is_included() -> None:
    def row(through: date) -> License:
        return license("figma", team("ann", terms={"ann": Terms(through)}))

    assert asked(row(TODAY), "ann") == {"ann"}
    assert resolved(row(date(2026, 11, 23)), people("ann")).gone == {"ann": "expiry"}


def test_a_last_day_ends_at_midnight_where_the_person_is() -> None:
    evening = Moment(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Berlin")
    one = license("figma", team("ann", "bo", "cy", through=TODAY))
    who = people(person("ann", zone="America/New_York"), person("bo", zone="Asia/Tokyo"), "cy")
    assert set(resolved(one, who, moment=evening).asked) == {"ann"}


def test_a_dead_row_asks_nothing_and_proposes_its_removal() -> None:
    found = resolved(license(people=["ann"]), people("ann"), {"ann": Claim(dead=True, row="user:")})
    assert not found.asked
    (finding,) = found.findings
    assert (finding.rule, finding.person, finding.place) == ("dead-row", "ann", replace(PLACE, line=10))


def test_a_person_outside_the_account_is_held() -> None:
    found = resolved(license(people=["ann"]), people(person("ann", company="Beta")), at=where(company="Acme"))
    assert set(found.asked) == {"ann"}
    assert holds(found) == [("outside-account", "ann")]
    assert not resolved(license(people=["ann"]), people(person("ann", company="Acme")), at=where(company="Acme")).holds


def test_the_own_row_of_a_license_comes_before_that_of_a_bundle() -> None:
    own = team("ann", options=(("plan", "pro"),))
    bundled = replace(team("ann", name="all", options=(("plan", "basic"),)), bundle="designer")
    found = resolved(license("figma", own, bundled), people("ann"))
    assert found.asked["ann"].options == (("plan", "pro"),)
    assert resolved(license("figma", bundled), people("ann")).asked["ann"].why == "bundle designer"


# never


def test_never_wins_over_users_rules_and_bundles() -> None:
    bundled = replace(team("ann"), bundle="designer")
    one = license("figma", team("ann"), rule(SALES), bundled, never=(Never("ann"),))
    assert asked(one, seller("ann"), seller("bo")) == {"bo"}


def test_never_by_a_former_name_holds_too() -> None:
    one = license("figma", rule(SALES), never=(Never("ann.old"),))
    assert asked(one, seller("ann", aliases=("ann.old",))) == set()


def test_never_ends_after_its_last_day() -> None:
    one = license(people=["ann"])
    assert asked(replace(one, never=(Never("ann", through=TODAY),)), "ann") == set()
    assert asked(replace(one, never=(Never("ann", through=date(2026, 11, 23)),)), "ann") == {"ann"}


def test_nobody_under_never_keeps_the_seat_that_a_rule_gave() -> None:
    one = license("figma", rule(SALES), never=(Never("ann"),))
    assert asked(one, person("ann", department="Data"), ann=by_rule()) == set()


# rules


def test_a_rule_asks_everybody_whom_all_of_its_keys_match() -> None:
    one = license("figma", rule(where(department=("Sales", "Data"), worker="employee")))
    matching = [seller("ann"), person("bo", department=" DATA ")]
    assert asked(one, *matching, seller("cy", worker="external"), person("dee")) == {"ann", "bo"}


def test_a_rule_without_keys_asks_everybody() -> None:
    assert asked(license("figma", rule(Selector(()))), "ann", "bo") == {"ann", "bo"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": Status.LEAVE}, True),
        ({"status": Status.LEFT}, False),
        ({"status": Status.STARTS}, False),
        ({"status": Status.STARTS, "start": date(2026, 11, 26)}, True),
        ({"status": Status.STARTS, "start": date(2026, 11, 27)}, False),
        ({"start": date(2026, 11, 27)}, False),
        ({"start": date(2020, 1, 1)}, True),
    ],
)
def test_a_rule_asks_those_who_work_here_and_joiners_from_ready(fields: dict[str, Any], expected: bool) -> None:
    one = license("figma", rule(SALES, ready=Duration(2, DAYS)))
    assert (asked(one, seller("ann", **fields)) == {"ann"}) is expected


def test_a_rule_ends_after_its_last_day() -> None:
    one = license("figma", rule(SALES, through=date(2026, 11, 23)))
    found = resolved(one, people(seller("ann"), seller("bo")), {"ann": by_rule()})
    assert not found.asked
    assert found.gone == {"ann": "expiry"}
    assert asked(license("figma", rule(SALES, through=TODAY)), seller("ann")) == {"ann"}


def test_a_mover_keeps_nothing_after_the_last_day_of_the_rule() -> None:
    one = license("figma", rule(SALES, through=date(2026, 11, 23)))
    found = resolved(one, people(person("ann", department="Data")), {"ann": by_rule(), "bo": by_rule()})
    assert not found.asked
    assert found.gone == {"ann": "expiry", "bo": "expiry"}


def test_a_rule_asks_nobody_whom_the_account_does_not_admit() -> None:
    found = resolved(
        license("figma", rule(SALES)), people(seller("ann", company="Acme"), seller("bo")), at=where(company="Acme")
    )
    assert set(found.asked) == {"ann"}


def test_an_empty_attribute_never_matches_and_who_was_asked_keeps_the_seat_with_a_finding() -> None:
    who = people(person("ann"), person("bo"))
    found = resolved(license("figma", rule(SALES)), who, {"ann": by_rule()})
    assert set(found.asked) == {"ann"}
    assert holds(found) == [("attribute-empty", "ann")]
    assert found.holds[0].fix == "fill department in HR"


def test_an_empty_attribute_keeps_nobody_whom_another_key_rules_out() -> None:
    one = license("figma", rule(where(department="Sales", country="DE")))
    moved = person("ann", department="Data", since=date(2026, 1, 1))
    known = {"ann": claim(row="rule::country de, department sales")}
    found = resolved(one, people(moved), known)
    assert (found.asked, found.holds) == ({}, ())


def test_somebody_absent_from_hr_is_unknown_and_keeps_what_a_rule_gave() -> None:
    found = resolved(license("figma", rule(SALES)), people(), {"ann": by_rule()})
    assert set(found.asked) == {"ann"}
    assert holds(found) == [("absent-person", "ann")]


def test_claims_of_other_rows_keep_nothing() -> None:
    known = {"ann": claim(row="rule::department data"), "bo": by_rule(asked=False), "cy": claim(row="user:")}
    assert not resolved(license("figma", rule(SALES)), people("ann", "bo", "cy"), known).asked


# movers


@pytest.mark.parametrize(("since", "kept"), [(date(2026, 11, 11), True), (date(2026, 11, 10), False)])
def test_a_mover_keeps_the_seat_for_a_while_from_hrs_date(since: date, kept: bool) -> None:
    moved = person("ann", department="Data", since=since)
    found = resolved(license("figma", rule(SALES)), people(moved), {"ann": by_rule()})
    assert (set(found.asked) == {"ann"}) is kept
    assert found.waiting == ({"ann": date(2026, 11, 25)} if kept else {})


def test_where_hr_says_no_date_the_first_run_that_saw_it_counts() -> None:
    one, moved = license("figma", rule(SALES, keep_for=Duration(3, DAYS))), people(person("ann", department="Data"))
    assert resolved(one, moved, {"ann": by_rule()}).waiting == {"ann": date(2026, 11, 27)}
    seen = {"ann": by_rule(since=datetime(2026, 11, 22, tzinfo=UTC))}
    assert resolved(one, moved, seen).waiting == {"ann": date(2026, 11, 25)}
    assert not resolved(one, moved, {"ann": by_rule(since=datetime(2026, 11, 21, tzinfo=UTC))}).asked


def test_a_mover_who_leaves_keeps_nothing() -> None:
    left = person("ann", department="Data", status=Status.LEFT)
    found = resolved(license("figma", rule(SALES)), people(left), {"ann": by_rule()})
    assert (found.asked, found.gone) == ({}, {"ann": "leaver"})


# leave


def test_leave_is_not_leaving() -> None:
    away = seller("ann", status=Status.LEAVE)
    assert asked(license("figma", team("ann"), rule(SALES)), away) == {"ann"}


@pytest.mark.parametrize("assignment", [team("ann"), rule(SALES)])
def test_a_seat_goes_while_its_holder_is_on_leave_only_where_the_license_says_so(assignment: Assignment) -> None:
    away = seller("ann", status=Status.LEAVE)
    found = resolved(license("figma", assignment, when_leave=Fate("revoke")), people(away))
    assert (found.asked, found.gone) == ({}, {"ann": "leave"})


@pytest.mark.parametrize(("since", "kept"), [(date(2026, 9, 26), True), (date(2026, 9, 25), False), (None, True)])
@pytest.mark.parametrize("assignment", [team("ann"), rule(SALES)])
def test_it_goes_after_a_while_of_leave_counted_as_movers_are(
    assignment: Assignment, since: date | None, kept: bool
) -> None:
    away = seller("ann", status=Status.LEAVE, since=since)
    one = license("figma", assignment, when_leave=Fate("revoke", Duration(60, DAYS)))
    found = resolved(one, people(away))
    assert (set(found.asked) == {"ann"}) is kept


# max


def test_above_max_new_people_wait_in_order_of_their_first_day() -> None:
    late, early = seller("ann", start=date(2026, 11, 2)), seller("zoe", start=date(2026, 11, 1))
    found = resolved(license("figma", rule(SALES, max=1)), people(late, early))
    assert set(found.asked) == {"zoe"}
    assert holds(found) == [("rule-full", "ann")]
    assert found.matches == {SALES_KEY: frozenset({"ann", "zoe"})}


def test_nobody_is_taken_off_for_max() -> None:
    known = {"ann": by_rule(), "bo": by_rule()}
    found = resolved(license("figma", rule(SALES, max=1)), people(seller("ann"), seller("bo"), seller("cy")), known)
    assert set(found.asked) == {"ann", "bo"}
    assert holds(found) == [("rule-full", "cy")]


def test_those_who_keep_a_seat_count_in_max() -> None:
    known = {"mo": by_rule()}
    who = people(seller("ann"), person("mo", department="Data"))
    found = resolved(license("figma", rule(SALES, max=1)), who, known)
    assert set(found.asked) == {"mo"}
    assert holds(found) == [("rule-full", "ann")]


def test_up_to_max_nobody_waits() -> None:
    assert asked(license("figma", rule(SALES, max=2)), seller("ann"), seller("bo")) == {"ann", "bo"}


@pytest.mark.parametrize("other", [team("ann"), rule(where(worker="employee"), "everybody")])
def test_somebody_whom_another_row_asks_does_not_wait(other: Assignment) -> None:
    found = resolved(license("figma", rule(SALES, max=0), other), people(seller("ann")))
    assert set(found.asked) == {"ann"}
    assert not found.holds


# options


def test_options_come_from_the_narrowest_row() -> None:
    wide = rule(SALES, options=(("plan", "basic"),))
    found = resolved(license("figma", wide, team("ann", options=(("plan", "pro"),))), people(seller("ann")))
    assert found.asked["ann"].options == (("plan", "pro"),)
    assert not found.findings


def test_rules_that_differ_in_options_are_a_finding() -> None:
    one = rule(SALES, "sales", options=(("plan", "basic"),))
    other = rule(where(worker="employee"), "everybody", options=(("plan", "pro"),))
    found = resolved(license("figma", one, other), people(seller("ann")))
    assert found.asked["ann"].options == (("plan", "basic"),)
    assert [(f.rule, f.person) for f in found.findings] == [("options-differ", "ann")]
    alike = replace(other, options=one.options)
    assert not resolved(license("figma", one, alike), people(seller("ann"))).findings


def test_the_own_terms_of_a_person_win_over_those_of_the_list() -> None:
    terms = {"ann": Terms(date(2026, 12, 31), (("plan", "pro"),)), "bo": Terms()}
    one = team("ann", "bo", terms=terms, options=(("plan", "basic"),), through=date(2027, 1, 31))
    found = resolved(license("figma", one), people("ann", "bo")).asked
    assert (found["ann"].through, found["ann"].options) == (date(2026, 12, 31), (("plan", "pro"),))
    assert (found["bo"].through, found["bo"].options) == (date(2027, 1, 31), (("plan", "basic"),))


def test_people_wait_for_a_seat_by_first_day_and_then_by_id() -> None:
    new = person("ann", start=TODAY)
    assert sorted([("zoe", None), ("ann", new), ("bo", None)], key=lambda p: resolve.start_order(p[1], p[0])) == [
        ("bo", None),
        ("zoe", None),
        ("ann", new),
    ]


def test_what_is_kept_says_where_and_at_which_account() -> None:
    (hold,) = resolved(license("figma", rule(SALES)), people(), {"ann": by_rule(state=ClaimState.OURS)}).holds
    assert (hold.license, hold.account, hold.place) == ("figma", "figma", PLACE)
    assert MOMENT.now == NOW


def test_somebody_whose_row_cannot_be_read_is_held_with_what_is_wrong_in_it() -> None:
    known = people(unread={"ann": ("hr.csv:2: no date", "mend it")})
    found = resolved(license(people=["ann"]), known)
    assert [(hold.what, hold.fix) for hold in found.holds] == [("hr.csv:2: no date", "mend it")]
