"""The changes of one changeset at one account → its rollout: cohorts drawn once, and the frozen list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.builders import CAUSE, COMMIT, NOW, PLACE, because, changeset, give, people, person, swap, take

from seatwise.core import stage
from seatwise.core.limits import Limit
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Duration,
    Finding,
    Item,
    Kind,
    Lane,
    Level,
    People,
    Person,
    Policy,
    Rollout,
)
from seatwise.core.stage import Draft, StageRules
from seatwise.core.windows import Duty, Freeze, Window, Windows

RULES = StageRules()
DEPARTMENTS = ["Sales", "Data", "Legal", "Design"]


def names(count: int, prefix: str = "p") -> list[str]:
    return [f"{prefix}{number:03}" for number in range(count)]


def drawn(
    *changes: Change, who: People | None = None, rules: StageRules = RULES, **fields: Any
) -> tuple[Rollout, tuple[Finding, ...]]:
    draft = Draft(changeset(title="Atlas"), "figma", changes, fields.pop("items", ()), fields.pop("held", {}), **fields)
    return stage.rollout(draft, who or people(), rules, NOW)


def cohorts(*changes: Change, **fields: Any) -> list[tuple[Kind, str, int]]:
    return [(s.kind, s.name, len(s.people)) for s in drawn(*changes, **fields)[0].stages]


def pilot(*changes: Change, **fields: Any) -> tuple[str, ...]:
    return drawn(*changes, **fields)[0].stages[0].people


def gives(who: Iterable[str], to: str = "figma") -> list[Change]:
    return [give(one, to) for one in who]


def takes(who: Iterable[str], of: str = "figma") -> list[Change]:
    return [take(one, of) for one in who]


# small, bulk, reverse


def test_a_small_changeset_has_one_stage_each_and_no_soak() -> None:
    made, findings = drawn(give("ann"), take("bo"), held={"figma": 100})
    assert [(s.kind, s.name, s.people) for s in made.stages] == [
        (Kind.GIVES, "all", ("ann",)),
        (Kind.TAKES, "all", ("bo",)),
    ]
    assert (made.bulk, set(made.soak_seconds.values()), findings) == (False, {0}, ())
    assert (made.id, made.commit, made.title, made.opened) == (COMMIT[:12], COMMIT, "Atlas", NOW)


@pytest.mark.parametrize(("moved", "held", "bulk"), [(5, 100, False), (6, 100, True), (2, 20, True), (2, 21, False)])
def test_more_seats_or_a_larger_share_of_a_license_is_bulk(moved: int, held: int, bulk: bool) -> None:
    assert drawn(*gives(names(moved)), held={"figma": held})[0].bulk is bulk


@pytest.mark.parametrize(("e3", "e5", "bulk"), [(1000, 1000, False), (20, 1000, True), (1000, 20, True)])
def test_a_swap_is_one_seat_and_a_share_of_both_licenses(e3: int, e5: int, bulk: bool) -> None:
    swaps = [swap(who, "e3", "e5") for who in names(3)]
    assert drawn(*swaps, held={"e3": e3, "e5": e5})[0].bulk is bulk
    assert not drawn(*(swap(who, "e3", "e5") for who in names(5)), held={"e3": 1000, "e5": 1000})[0].bulk


def test_a_bulk_changeset_soaks_as_the_rules_say() -> None:
    assert drawn(*gives(names(12)))[0].soak_seconds == {"gives": 3600, "takes": 72000}


def back(changes: Iterable[Change]) -> list[Change]:
    return [replace(change, cause=because(CauseKind.REVERSE, commit=COMMIT)) for change in changes]


def test_what_a_reverse_asks_plainly_goes_fast_with_it_only_where_that_is_little() -> None:
    little, _ = drawn(*back(gives(names(60))), *gives(names(3, "t")), held={"figma": 100}, reverse_of="c1")
    much, _ = drawn(*back(gives(names(60))), *gives(names(30, "t")), held={"figma": 100}, reverse_of="c1")
    assert (little.reverse_of, little.bulk, much.reverse_of, much.bulk) == ("c1", False, "", True)


def test_an_exact_reverse_goes_fast() -> None:
    made, _ = drawn(*back(gives(names(60))), *back(takes(names(60, "t"))), reverse_of="c1")
    assert [(s.kind, s.name, len(s.people)) for s in made.stages] == [(Kind.GIVES, "all", 60), (Kind.TAKES, "all", 60)]
    assert (made.reverse_of, made.bulk, set(made.soak_seconds.values())) == ("c1", False, {0})


# cohorts


def test_gives_go_to_a_pilot_and_then_the_rest() -> None:
    assert cohorts(*gives(names(100))) == [(Kind.GIVES, "pilot", 8), (Kind.GIVES, "rest", 92)]


def test_takes_swaps_and_changes_go_in_four_stages_with_cumulative_shares() -> None:
    mixed = [*takes(names(50)), *(swap(who, "e3", "e5") for who in names(50, "s"))]
    assert cohorts(*mixed) == [
        (Kind.TAKES, "pilot", 8),
        (Kind.TAKES, "early", 2),
        (Kind.TAKES, "half", 40),
        (Kind.TAKES, "rest", 50),
    ]


def test_a_stage_that_adds_nobody_is_dropped() -> None:
    assert cohorts(*takes(names(14))) == [(Kind.TAKES, "pilot", 8), (Kind.TAKES, "rest", 6)]
    assert cohorts(*gives(names(10)), rules=replace(RULES, pilot=10)) == [(Kind.GIVES, "pilot", 10)]


def test_fewer_than_ten_people_are_one_stage() -> None:
    assert cohorts(*gives(names(9))) == [(Kind.GIVES, "all", 9)]
    assert cohorts(*gives(names(10))) == [(Kind.GIVES, "pilot", 8), (Kind.GIVES, "rest", 2)]


def test_volunteers_come_first() -> None:
    volunteers = names(100)[90:]
    assert set(pilot(*gives(names(100)), volunteers=frozenset(volunteers[:3]))) > set(volunteers[:3])
    assert set(pilot(*gives(names(100)), volunteers=frozenset(volunteers))) < set(volunteers)
    assert "nobody" not in pilot(*gives(names(100)), volunteers=frozenset({"nobody"}))


def test_a_pilot_is_spread_over_departments() -> None:
    who = [person(name, department=DEPARTMENTS[0 if n < 80 else 1 + n % 3]) for n, name in enumerate(names(100))]
    chosen = pilot(*gives(names(100)), who=people(*who))
    assert Counter(one.department for one in who if one.id in chosen) == dict.fromkeys(DEPARTMENTS, 2)


def test_no_vip_is_in_a_pilot_while_there_is_anybody_else() -> None:
    vips = [person(name, vip=True) for name in names(92)]
    made, findings = drawn(*gives(names(100)), who=people(*vips, *names(100)[92:]), volunteers=frozenset(names(2)))
    assert made.stages[0].people == tuple(names(100)[92:])
    assert not findings


def test_where_there_is_nobody_else_vips_fill_the_pilot_and_a_finding_says_so() -> None:
    vips = [person(name, vip=True) for name in names(95)]
    made, (finding,) = drawn(*gives(names(100)), who=people(*vips, *names(100)[95:]))
    assert set(names(100)[95:]) < set(made.stages[0].people)
    assert len(made.stages[0].people) == 8
    assert (finding.rule, finding.level, finding.what) == (
        "pilot",
        Level.WARN,
        "the pilot has 3 VIPs: there is nobody else",
    )


def test_a_license_with_ten_or_more_changes_has_somebody_in_the_pilot() -> None:
    many, few, fewer = gives(names(300)), gives(names(10, "e"), "e5"), gives(names(9, "f"), "f3")
    chosen = pilot(*many, *few, *fewer)
    assert any(who.startswith("e") for who in chosen)
    assert not any(who.startswith("f") for who in chosen)


def test_each_license_that_is_looked_after_takes_one_place_of_the_pilot() -> None:
    every = [change for to in ("a1", "b1", "c1") for change in gives(names(10, to), to)]
    chosen = pilot(*every, rules=replace(RULES, pilot=3))
    assert sorted(who[:2] for who in chosen) == ["a1", "b1", "c1"]


def test_where_it_does_not_fit_or_all_are_vips_a_license_has_nobody_in_the_pilot() -> None:
    few = gives(names(10, "e"), "e5")
    volunteers = frozenset(names(8))
    assert set(pilot(*gives(names(300)), *few, volunteers=volunteers)) == volunteers
    vips = people(*(person(who, vip=True) for who in names(10, "e")))
    assert not any(who.startswith("e") for who in pilot(*gives(names(300)), *few, who=vips))


def test_the_author_cannot_choose_who_is_in_the_pilot() -> None:
    one = pilot(*gives(names(100)))
    draft = Draft(changeset("another"), "figma", tuple(gives(names(100))), (), {})
    assert stage.rollout(draft, people(), RULES, NOW)[0].stages[0].people != one
    assert pilot(*takes(names(100))) != one


# the frozen list


def test_the_frozen_list_names_every_seat_held_and_waiting_ones_too() -> None:
    items = (("ann", "figma", True, "user:"), ("bo", "slack", False, "rule::x"), ("cy", "figma", True, "user:"))
    made, _ = drawn(give("ann"), items=items)
    assert made.items == (
        Item("ann", "figma", True, Kind.GIVES, "all", "user:"),
        Item("bo", "slack", False, Kind.TAKES, "all", "rule::x"),
        Item("cy", "figma", True, Kind.GIVES, "all", "user:"),
    )


def test_a_swap_is_on_the_list_with_both_its_licenses_in_one_stage() -> None:
    items = (("ann", "e5", True, "user:"), ("ann", "e3", False, "user:"))
    made, _ = drawn(swap("ann", "e3", "e5"), items=items)
    assert made.items == (
        Item("ann", "e3", False, Kind.TAKES, "all", "user:"),
        Item("ann", "e5", True, Kind.TAKES, "all", "user:"),
    )


def test_a_license_that_only_a_swap_touches_is_on_the_list_without_a_row() -> None:
    made, _ = drawn(swap("ann", "e3", "e5"), items=(("ann", "e5", True, "user:"),))
    assert made.items[0] == Item("ann", "e3", False, Kind.TAKES, "all", "")


# ways


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        (CauseKind.COMMIT, Lane.COMMIT),
        (CauseKind.REASSERT, Lane.COMMIT),
        (CauseKind.REVERSE, Lane.REVERSE),
        (CauseKind.LEAVER, Lane.LEAVERS),
        (CauseKind.EXPIRY, Lane.EXPIRY),
        (CauseKind.UNLISTED, Lane.UNLISTED),
        (CauseKind.RULE, Lane.MOVERS),
    ],
)
def test_a_change_travels_by_its_cause(kind: CauseKind, way: Lane) -> None:
    assert stage.lane(take("ann", cause=Cause(kind))) is way


def test_what_a_rule_gives_travels_with_the_joiners() -> None:
    assert stage.lane(give("ann", cause=Cause(CauseKind.RULE))) is Lane.JOINERS
    assert stage.lane(swap("ann", "e3", "e5", cause=Cause(CauseKind.RULE))) is Lane.MOVERS


def policies(**levels: Level) -> dict[str, Policy]:
    """The policies that say how a changeset goes."""
    params = {
        "bulk-threshold": {"seats": 9, "share": Decimal("0.2")},
        "pilot": {"size": 6},
        "stages": {
            "soak": {"gives": Duration(1, "hours"), "takes": Duration(2, "days")}, "early": Decimal("0.2"),
            "half": Decimal("0.6"), "error_budget": Decimal("0.05"), "approve": ("pilot",), "probe": "command",
            "patience": {"queued": Duration(1, "weeks"), "paused": Duration(1, "hours")},
        },
        "change-window": {"days": ("monday", "sunday"), "opens": time(20), "closes": time(4)},
        "freeze": {"quarter_close": 2, "periods": ({"name": "move", "from": date(2026, 5, 1), "through": date(2026, 5, 9)},)},
        "responder": {"who": ({"id": "ann"}, {"id": "bo", "from": date(2026, 5, 1), "through": date(2026, 5, 9)})},
    }  # fmt: skip
    return {
        id: Policy(id, levels.get(id.replace("-", "_"), Level.BLOCK), values, PLACE) for id, values in params.items()
    }


def test_the_policies_give_the_rules() -> None:
    days = date(2026, 5, 1), date(2026, 5, 9)
    assert stage.stage_rules(policies()) == StageRules(
        Limit(9, Decimal("0.2")), 6, Decimal("0.2"), Decimal("0.6"),
        {Kind.GIVES: 3600, Kind.TAKES: int(timedelta(days=2).total_seconds())}, Decimal("0.05"),
        7 * 86400, 3600, frozenset({"pilot"}), "command",
        Windows(
            Window(frozenset({0, 6}), time(20), time(4)), (Freeze("move", *days),), 2, (Duty("ann"), Duty("bo", *days)),
        ),
    )  # fmt: skip


def test_a_policy_that_only_warns_guards_nothing() -> None:
    loose = stage.windows(policies(change_window=Level.WARN, freeze=Level.CONFIRM, responder=Level.WARN))
    assert loose == Windows()
    assert stage.windows(policies(change_window=Level.WARN, freeze=Level.HOLD)).window is None


# laws

CROWD = st.lists(
    st.builds(
        Person, st.sampled_from(names(60)), department=st.sampled_from(["", *DEPARTMENTS]), vip=st.booleans(),
    ),
    min_size=10, max_size=60, unique_by=lambda one: one.id,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(CROWD, st.sets(st.sampled_from(names(60)), max_size=12), st.booleans(), st.integers(5, 10), st.randoms())
def test_cohorts_keep_all_their_rules(
    crowd: list[Person], volunteers: set[str], taking: bool, size: int, random: Any
) -> None:
    changes = (takes if taking else gives)(one.id for one in crowd)
    fields: dict[str, Any] = {"volunteers": frozenset(volunteers), "rules": replace(RULES, pilot=size)}
    made, findings = drawn(*changes, who=people(*crowd), **fields)
    drawn_people = [who for s in made.stages for who in s.people]
    assert sorted(drawn_people) == sorted(one.id for one in crowd), "everybody is in one stage of a walk, once"
    first, total = made.stages[0].people, len(crowd)
    assert (made.stages[0].name, len(first)) == ("pilot", min(size, total))
    vips = {one.id for one in crowd if one.vip}
    assert bool(vips & set(first)) == (total - len(vips) < len(first)) == bool(findings), "VIPs last"
    willing = (volunteers & {one.id for one in crowd}) - vips
    assert willing <= set(first) or set(first) <= willing, "volunteers first"
    _cumulative(made, total, size)
    random.shuffle(crowd)
    random.shuffle(changes)
    assert drawn(*changes, who=people(*crowd), **fields)[0] == made, "independent of the order of what comes in"


def _cumulative(made: Rollout, total: int, size: int) -> None:
    shares = {"early": RULES.early, "half": RULES.half, "rest": Decimal(1)}
    so_far = 0
    for one in made.stages:
        so_far += len(one.people)
        assert so_far == (size if one.name == "pilot" else max(size, ceil(shares[one.name] * total)))


@settings(deadline=None)
@given(st.lists(st.sampled_from(DEPARTMENTS), min_size=40, max_size=60))
def test_no_department_has_two_more_in_the_pilot_than_another_that_has_people_left(departments: list[str]) -> None:
    crowd = [person(who, department=name) for who, name in zip(names(60), departments, strict=False)]
    chosen = pilot(*gives(one.id for one in crowd), who=people(*crowd))
    inside = Counter(dict.fromkeys(departments, 0) | Counter(one.department for one in crowd if one.id in chosen))
    left = Counter(one.department for one in crowd if one.id not in chosen)
    assert all(inside[a] <= inside[b] + 1 for a in inside for b in inside if left[b])


def test_causes_of_the_changeset_are_not_part_of_the_draw() -> None:
    again = [replace(change, cause=replace(CAUSE, why="other")) for change in gives(names(30))]
    assert pilot(*gives(names(30))) == pilot(*again)
