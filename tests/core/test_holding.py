"""Changes of one account → those that may go, and those that are kept back row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.core.builders import CAUSE, NOW, PLACE, claim, give, license, people, person, reading, seats, swap, take

from seatwise.core import diff
from seatwise.core.diff import Difference
from seatwise.core.holding import Keeping
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Grant,
    Hold,
    License,
    People,
    Place,
    Reading,
    Seat,
    VendorInfo,
    Verb,
)

MICROSOFT = VendorInfo("Microsoft", takes="falls to free", undo="new", needs=("country",))


def difference(
    one: License, known: Mapping[str, Claim] | None = None, held: Mapping[str, Seat] | None = None
) -> Difference:
    return diff.compared(one, {}, known or {}, held or {})


def split(
    *changes: Change,
    who: People | None = None,
    known: Mapping[str, Claim] | None = None,
    others: tuple[Difference, ...] = (),
    resolved: tuple[Hold, ...] = (),
    shown: Reading | None = None,
    one: License | None = None,
) -> tuple[tuple[Change, ...], tuple[Hold, ...]]:
    every = (difference(one or license(), known), *others)
    by_license = {d.license.id: d for d in every}
    return Keeping("figma", who or people("ann", "bo"), by_license, shown or reading(), resolved).split(changes)


def held(*changes: Change, **fields: Any) -> list[tuple[str, str]]:
    going, holds = split(*changes, **fields)
    assert len(going) + len([h for h in holds if h.verb]) == len(changes)
    return [(hold.rule, hold.who) for hold in holds]


def noted(rule: str, who: str = "ann", **fields: Any) -> Hold:
    return Hold(rule, "figma", who, "what", "fix", PLACE, account="figma", **fields)


def test_what_nothing_keeps_back_goes() -> None:
    assert held(give("ann"), take("bo")) == []


def test_a_row_that_is_held_keeps_back_its_change_and_nobody_elses() -> None:
    going, (hold,) = split(give("zoe"), give("ann"), resolved=(noted("unknown-person", "zoe"),))
    assert [c.who for c in going] == ["ann"]
    assert (hold.rule, hold.verb, hold.cause, hold.place) == ("unknown-person", Verb.ASSIGN, CAUSE, PLACE)


def test_a_row_of_either_license_holds_a_swap() -> None:
    others = (difference(license("slack")),)
    assert held(swap("ann", "figma", "slack"), others=others, resolved=(noted("x"),)) == [("x", "ann")]
    assert held(swap("ann", "slack", "figma"), others=others, resolved=(noted("x"),)) == [("x", "ann")]


@pytest.mark.parametrize("rule", ["attribute-empty", "absent-person", "rule-full", "unknown-person"])
def test_what_is_kept_as_it_is_is_shown_though_no_change_waits(rule: str) -> None:
    assert held(resolved=(noted(rule),)) == [(rule, "ann")]


def test_a_hold_is_shown_once() -> None:
    assert held(give("ann"), resolved=(noted("unknown-person"),)) == [("unknown-person", "ann")]
    assert held(resolved=(noted("rule-full"), noted("rule-full"))) == [("rule-full", "ann")]


def test_a_row_outside_the_account_is_shown_only_where_a_change_waits_behind_it() -> None:
    assert held(resolved=(noted("outside-account"),)) == []


def test_a_hold_without_a_place_of_its_own_shows_that_of_the_cause() -> None:
    cause = replace(CAUSE, place=Place("a.yaml", 7))
    _, (hold,) = split(give("ann", cause=cause), who=people("ann"), shown=reading(info=MICROSOFT))
    assert hold.place == cause.place


# key reuse


@pytest.mark.parametrize(
    ("known", "now", "reused"),
    [
        ("7|2020-01-01", person("ann", employee_id="7", start=date(2020, 1, 1)), False),
        ("7|2020-01-01", person("ann", employee_id="8", start=date(2020, 1, 1)), True),
        ("7|2020-01-01", person("ann", employee_id="7", start=date(2026, 1, 1)), True),
        ("7|", person("ann", start=date(2026, 1, 1)), False),
        ("|", person("ann", employee_id="7"), False),
        ("", person("ann", employee_id="7"), False),
    ],
)
def test_the_same_key_with_another_number_or_first_day_may_be_somebody_else(known: str, now: Any, reused: bool) -> None:
    found = held(give("ann"), who=people(now), known={"ann": claim(ClaimState.NONE, fingerprint=known)})
    assert found == ([("key-reuse", "ann")] if reused else [])


def test_key_reuse_says_who_it_was_and_who_it_is() -> None:
    _, (hold,) = split(
        give("ann"), who=people(person("ann", employee_id="8")), known={"ann": claim(fingerprint="7|2020-01-01")}
    )
    assert hold.what == "ann was number 7, since 2020-01-01 in HR and is number 8 now: perhaps somebody else"


# tasks, needs, add-ons


def test_a_task_that_was_handed_over_waits_for_an_export_that_is_dated_later() -> None:
    known = {"ann": claim(ClaimState.NONE, handed=NOW)}
    assert held(give("ann"), known=known) == [("handed-over", "ann")]
    assert held(give("ann"), known=known, shown=replace(reading(), as_of=None)) == [("handed-over", "ann")]
    assert held(give("ann"), known=known, shown=replace(reading(), as_of=NOW + timedelta(seconds=1))) == []


def test_a_person_who_lacks_what_the_vendor_needs_is_held() -> None:
    _, (hold,) = split(give("ann"), shown=reading(info=MICROSOFT))
    assert (hold.rule, hold.fix) == ("needs-attribute", "fill country in HR")
    assert hold.what == "Microsoft gives no license without country; HR has none for ann"


@pytest.mark.parametrize(
    "change",
    [
        take("ann"),
        give("zoe"),
        Change("figma", "ann", Grant("figma", "F"), Grant("figma", "F", (("plan", "pro"),)), cause=CAUSE),
    ],
)
def test_nothing_is_needed_to_take_to_change_or_of_those_whom_hr_does_not_know(change: Change) -> None:
    assert held(change, shown=reading(info=MICROSOFT)) == []


def test_an_add_on_waits_until_its_holder_has_one_of_what_it_needs() -> None:
    one, base = license(requires=("e3", "e5")), license("e3")
    without = difference(base)
    assert held(give("ann"), one=one, others=(without,)) == [("requires", "ann")]
    assert held(give("ann"), one=one, others=(difference(base, {"ann": claim()}, seats("ann")),)) == []
    missing = difference(base, {"ann": claim(ClaimState.MISSING)}, seats("ann"))
    assert held(give("ann"), one=one, others=(missing,)) == [("requires", "ann")]
    assert held(take("ann"), one=one, others=(without,)) == []


def test_a_joiner_under_a_rule_waits_while_its_pilot_goes_on_and_those_of_the_changeset_do_not() -> None:
    rule = claim(ClaimState.NONE, row="rule::x")
    known = {"figma": difference(license(), {"ann": rule, "bo": rule, "cy": claim(ClaimState.NONE)})}
    keeping = Keeping("figma", people("ann", "bo", "cy"), known, reading(), (), frozenset({("figma", "rule::x")}))
    joins = Cause(CauseKind.RULE)
    going, holds = keeping.split((give("ann", cause=joins), give("bo"), give("cy", cause=joins)))
    assert [change.who for change in going] == ["bo", "cy"]
    assert [(hold.rule, hold.who) for hold in holds] == [("joins-rollout", "ann")]


# addressed


def test_what_goes_says_how_the_vendor_knows_the_person_and_what_it_needs_of_them() -> None:
    ann = person("ann", mail="ann@acme.example", country="DE")
    (going,), _ = split(give("ann"), who=people(ann), shown=reading(info=MICROSOFT))
    assert (going.login, going.profile, going.lossy) == ("ann@acme.example", {"country": "DE"}, "")


def test_a_login_that_the_vendor_has_shown_stays() -> None:
    assert split(give("ann", login="ann-f"))[0][0].login == "ann-f"
    assert split(give("zoe", login="zoe-f"))[0][0].login == "zoe-f"
    assert split(give("zoe"))[0][0].login == "zoe"


def test_what_would_not_come_back_is_said_of_what_is_taken() -> None:
    assert split(take("ann"), shown=reading(info=MICROSOFT))[0][0].lossy == "new"
    assert split(take("ann"))[0][0].lossy == ""
