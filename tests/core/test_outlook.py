"""A decision → stages in time, who waits for a seat, the numbers of each license, the bill, the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.builders import (
    COMMIT,
    NOW,
    PLACE,
    TODAY,
    give,
    holding,
    license,
    people,
    person,
    reading,
    seat,
    swap,
    take,
    tree,
)

from seatwise.core import diff, outlook
from seatwise.core.decide import AccountDecision
from seatwise.core.diff import Difference
from seatwise.core.model import (
    Calls,
    Cause,
    CauseKind,
    Change,
    Charge,
    Claim,
    ClaimState,
    Contract,
    Duration,
    Figures,
    Grant,
    Hold,
    Item,
    Kind,
    Lane,
    License,
    Lot,
    Owner,
    Price,
    Proof,
    Reading,
    Rollout,
    RolloutState,
    Settled,
    Stage,
    StagePlan,
    StageState,
    Step,
    VendorInfo,
)
from seatwise.core.outlook import Books, Outlook
from seatwise.core.resolve import Ask
from seatwise.core.windows import Calendar

HOUR = timedelta(hours=1)
PASSED, SOAKING = StageState.PASSED, StageState.SOAKING
LEFT = Cause(CauseKind.LEAVER)


def decision(
    *changes: Change, of: Sequence[License] = (), shown: Reading | None = None, **fields: Any
) -> AccountDecision:
    differences: dict[str, Difference] = {one.id: diff.compared(one, {}, {}, {}) for one in of or (license(),)}
    return AccountDecision("figma", shown or reading(holding()), differences, changes=changes, **fields)


def stage(name: str, *who: str, kind: Kind = Kind.GIVES, **fields: Any) -> Stage:
    return Stage(kind, name, who, **fields)


def rollout(*stages: Stage, **fields: Any) -> Rollout:
    items = tuple(Item(who, "figma", s.kind is Kind.GIVES, s.kind, s.name) for s in stages for who in s.people)
    soak = {"gives": 3600, "takes": 7200}
    given = {"items": items, "soak_seconds": soak, "opened": NOW, **fields}
    return Rollout("c0ffee", "figma", COMMIT, "Atlas", stages=stages, **given)


def seen(one: AccountDecision, *rollouts: Rollout) -> Outlook:
    return outlook.outlook(one, rollouts, people("ann", "bo", "cy"), Calendar(now=NOW))


def steps(found: Outlook) -> list[tuple[str, str, str, timedelta]]:
    return [(s.change.who, s.stage, s.rollout, s.opens - NOW) for s in found.steps if s.opens]


ZERO = timedelta(0)


def test_what_takes_a_rollout_back_goes_now_and_what_it_frees_is_given() -> None:
    aborted, back = rollout(state=RolloutState.ABORTING), take("bo", cause=Cause(CauseKind.REVERSE, COMMIT))
    full = decision(give("ann"), shown=reading(holding("bo", bought=1)))
    found = outlook.outlook(full, (), people("ann", "bo"), Calendar(now=NOW), [(aborted, back)])
    assert steps(found) == [("bo", "abort", "c0ffee", ZERO), ("ann", "all", "", ZERO)]
    assert (found.steps[0].lane, found.waits) == (Lane.REVERSE, ())


LATER = Cause(CauseKind.COMMIT, "beef")


def queued(first: RolloutState, *changes: Change, bought: int = 100) -> list[tuple[str, str, str, timedelta]]:
    """The steps where ann's rollout is queued behind cy's, which stands so."""
    ahead = rollout(stage("all", "cy"), state=first, bulk=True)
    waits = replace(rollout(stage("all", "ann"), state=RolloutState.QUEUED, bulk=True), id="beef", commit="beef")
    return steps(seen(decision(*changes, shown=reading(holding(bought=bought))), ahead, waits))


def test_a_queued_rollout_begins_when_the_one_before_it_ends() -> None:
    assert queued(RolloutState.OPEN, give("cy"), give("ann", cause=LATER)) == [
        ("cy", "all", "c0ffee", ZERO),
        ("ann", "all", "beef", HOUR),
    ]


def test_who_is_queued_behind_what_stands_still_gets_no_seat_that_another_can_have() -> None:
    joins = give("bo", cause=Cause(CauseKind.RULE))
    assert queued(RolloutState.HALTED, give("ann", cause=LATER), joins, bought=1) == [("bo", "all", "", ZERO)]
    assert len(queued(RolloutState.HALTED, give("ann", cause=LATER), joins)) == 2


def test_who_is_queued_behind_what_was_aborted_goes_now() -> None:
    assert queued(RolloutState.ABORTED, give("ann", cause=LATER), bought=1) == [("ann", "all", LATER.commit, ZERO)]


# stages in time


def test_what_is_in_no_rollout_goes_at_once() -> None:
    found = seen(decision(take("ann", cause=LEFT)))
    assert steps(found) == [("ann", "all", "", ZERO)]
    assert (found.steps[0].lane, found.stages) == (Lane.LEAVERS, ())


def test_stages_open_one_after_the_other_when_those_before_have_soaked() -> None:
    one = rollout(stage("pilot", "ann"), stage("rest", "bo", "cy"))
    found = seen(decision(give("ann"), give("bo"), give("cy")), one)
    assert steps(found) == [
        ("ann", "pilot", "c0ffee", ZERO),
        ("bo", "rest", "c0ffee", HOUR),
        ("cy", "rest", "c0ffee", HOUR),
    ]
    assert found.stages == (
        StagePlan("c0ffee", Kind.GIVES, "pilot", ("ann",), 1, NOW, NOW + HOUR),
        StagePlan("c0ffee", Kind.GIVES, "rest", ("bo", "cy"), 2, NOW + HOUR, NOW + 2 * HOUR),
    )


def test_the_two_walks_go_side_by_side_but_a_reverse_takes_after_it_has_given() -> None:
    stages = stage("all", "ann"), stage("all", "bo", kind=Kind.TAKES)
    changes = decision(give("ann"), take("bo"))
    assert [opens for *_, opens in steps(seen(changes, rollout(*stages)))] == [ZERO, ZERO]
    assert [opens for *_, opens in steps(seen(changes, rollout(*stages, reverse_of="c1")))] == [ZERO, HOUR]


def test_a_stage_that_soaks_opens_the_next_at_its_gate_and_one_that_passed_is_over() -> None:
    soaking = stage("half", "bo", state=SOAKING, written=NOW - HOUR / 2)
    one = rollout(stage("pilot", "ann", state=PASSED), soaking, stage("rest", "cy"))
    found = seen(decision(give("cy")), one)
    assert steps(found) == [("cy", "rest", "c0ffee", HOUR / 2)]
    assert [s.name for s in found.stages] == ["half", "rest"]
    overdue = rollout(stage("pilot", "ann", state=SOAKING, written=NOW - 9 * HOUR), stage("rest", "cy"))
    assert steps(seen(decision(give("cy")), overdue)) == [("cy", "rest", "c0ffee", ZERO)]


def test_what_is_left_of_a_stage_that_passed_goes_with_the_open_one() -> None:
    one = rollout(stage("pilot", "ann", state=PASSED), stage("half", "bo"), stage("rest", "cy"))
    assert steps(seen(decision(give("ann"), give("bo"), give("cy")), one)) == [
        ("ann", "half", "c0ffee", ZERO),
        ("bo", "half", "c0ffee", ZERO),
        ("cy", "rest", "c0ffee", HOUR),
    ]


def test_what_a_stage_that_soaks_has_left_goes_with_the_next_or_when_the_rollout_closes() -> None:
    soaking = stage("pilot", "ann", state=SOAKING, written=NOW)
    changes = decision(give("ann"), give("bo"))
    assert steps(seen(changes, rollout(soaking, stage("rest", "bo")))) == [
        ("ann", "rest", "c0ffee", HOUR),
        ("bo", "rest", "c0ffee", HOUR),
    ]
    assert steps(seen(decision(give("ann")), rollout(soaking))) == [("ann", "all", "", HOUR)]


def test_what_no_stage_sends_any_more_goes_when_the_rollout_closes() -> None:
    walks = stage("all", "ann", state=PASSED), stage("all", "bo", kind=Kind.TAKES, state=SOAKING, written=NOW)
    assert steps(seen(decision(give("ann")), rollout(*walks))) == [("ann", "all", "", 2 * HOUR)]


def test_a_vendor_that_settles_late_delays_the_next_stage() -> None:
    slow = reading(holding(), info=VendorInfo("Sandbox", settle_seconds=7200))
    found = seen(decision(give("ann"), give("bo"), shown=slow), rollout(stage("pilot", "ann"), stage("rest", "bo")))
    assert steps(found)[1][3] == 2 * HOUR


# capacity


def full(*names: str, bought: int | None = 1) -> Reading:
    return reading(holding(*names, bought=bought))


def test_a_give_of_a_full_pool_waits_and_says_so() -> None:
    found = seen(decision(give("ann"), give("bo"), shown=full("zoe", bought=2)))
    assert [s.change.who for s in found.steps] == ["ann"]
    assert [(h.rule, h.who, h.what) for h in found.waits] == [
        ("pool-full", "bo", "figma: 2 wanted, 1 free of 2; bo waits")
    ]


def test_what_one_stage_frees_a_later_one_gives_with_the_day_on_which_that_opens() -> None:
    one = rollout(stage("pilot", "ann"), stage("pilot", "zoe", kind=Kind.TAKES), stage("rest", "mo", kind=Kind.TAKES))
    changes = give("ann"), take("mo")
    found = seen(decision(*changes, shown=full("mo")), one)
    assert steps(found) == [("mo", "rest", "c0ffee", 2 * HOUR), ("ann", "pilot", "c0ffee", 2 * HOUR)]
    assert not found.waits


def test_stages_of_both_walks_that_open_together_share_the_room_swaps_first_and_those_of_a_reverse_do_not() -> None:
    both = [license("e3"), license("e5")]
    shown = reading(holding("bo", sku="E3"), holding(sku="E5", bought=1))
    asked = tuple(Item(who, "e5", True, kind, "all") for who, kind in (("ann", Kind.GIVES), ("bo", Kind.TAKES)))
    items = (*asked, Item("bo", "e3", False, Kind.TAKES, "all"))
    one = rollout(stage("all", "ann"), stage("all", "bo", kind=Kind.TAKES), items=items)

    found = seen(decision(give("ann", "e5"), swap("bo", "e3", "e5"), of=both, shown=shown), one)

    assert steps(found) == [("bo", "all", "c0ffee", ZERO)]
    assert [(h.rule, h.who) for h in found.waits] == [("pool-full", "ann")]

    fast = replace(one, reverse_of="c1", soak_seconds={})
    found = seen(decision(give("ann", "e5"), swap("bo", "e3", "e5"), of=both, shown=shown), fast)
    assert steps(found) == [("ann", "all", "c0ffee", ZERO)]


def test_a_pool_that_is_overdrawn_has_none_free() -> None:
    (hold,) = seen(decision(give("ann"), shown=full("zoe", "mo"))).waits
    assert hold.what == "figma: 1 wanted, 0 free of 1; ann waits"


def test_a_seat_that_may_have_been_given_and_is_not_shown_yet_is_not_free() -> None:
    asked = {who: Ask("user:", False, "designers", PLACE) for who in ("ann", "bo", "mo")}
    unsettled = Difference(license(), asked, {}, {"mo": seat("mo")}, {"ann", "mo", "left"})
    assert outlook.room(full("mo", bought=3), [unsettled]).free == {"figma": 1}
    given_and_unasked = replace(unsettled, claims={"left": Claim(state=ClaimState.OURS)})
    assert outlook.room(full("mo", bought=3), [given_and_unasked]).free == {"figma": 0}


def test_swaps_in_a_circle_are_held_as_one() -> None:
    both = [license("e3"), license("e5")]
    shown = reading(holding("ann", sku="E3", bought=1), holding("bo", sku="E5", bought=1))
    found = seen(decision(swap("ann", "e3", "e5"), swap("bo", "e5", "e3"), of=both, shown=shown))
    assert [(h.rule, h.who) for h in found.waits] == [("swap-cycle", "bo"), ("swap-cycle", "ann")]


@pytest.mark.parametrize("shown", [full("zoe", bought=None), reading()])
def test_where_no_number_is_shown_there_is_room(shown: Reading) -> None:
    assert outlook.room(shown, [Difference(license(), {}, {}, {})]).free == {"figma": None}
    assert outlook.room(full("zoe", bought=3), [Difference(license(), {}, {}, {})]).free == {"figma": 2}


# figures


def lot(quantity: int, amount: str | None = "10.00", **fields: Any) -> Lot:
    price = Price(Decimal(amount), "EUR") if amount else None
    return Lot(fields.pop("name", "first"), "initial", quantity, price, **fields)


def books(*licenses: License, **fields: Any) -> Books:
    staff = people(person("ann", cost_center="CC-1"), person("bo"), person("cy", cost_center="CC-1"))
    return Books(tree(*licenses, **fields), staff, TODAY)


def as_steps(*changes: Change) -> list[Step]:
    return [Step(change, Lane.COMMIT, "all") for change in changes]


def figures(
    one: License, *changes: Change, shown: Reading | None = None, contracts: Any = None, **fields: Any
) -> Figures:
    made = decision(of=[one], shown=shown, **fields)
    (found,) = outlook.figures(made, as_steps(*changes), books(one, contracts=contracts or {}))
    return found


def test_figures_tell_seats_before_and_after() -> None:
    one = license(lots=(lot(40, None), lot(5, None, name="more", start=date(2026, 12, 1), ordered=True)))
    found = figures(one, give("dee"), give("eve"), take("ann"), shown=reading(holding("ann", "bo", bought=99)))
    assert (found.held, found.after, found.bought, found.on_order) == (2, 3, 40, ((date(2026, 12, 1), 5),))
    assert (found.bill, found.currency, found.full) == (Decimal(0), "", False)


def test_where_no_rights_are_declared_the_vendors_number_counts() -> None:
    assert figures(license(), shown=reading(holding("ann", bought=7))).bought == 7
    unknown = figures(license(), shown=reading())
    assert (unknown.bought, unknown.held) == (None, 0)


def test_a_change_of_options_moves_no_seat() -> None:
    changed = Change("figma", "ann", Grant("figma", "F"), Grant("figma", "F", (("plan", "pro"),)))
    found = figures(license(lots=(lot(40),), billed="assigned"), changed, shown=reading(holding("ann")))
    assert (found.after, found.bill) == (1, Decimal(0))


def test_figures_count_what_is_settled_waits_drifts_or_is_unlisted() -> None:
    difference = diff.compared(license(), {}, {}, {"zoe": holding("zoe").seats[0]})
    difference.settled.extend(
        Settled("figma", who, how) for who, how in (("ann", "adopt"), ("bo", "cover"), ("cy", "miss"))
    )
    holds = tuple(Hold(rule, "figma", "dee", "w") for rule in ("pool-full", "swap-cycle", "protected"))
    made = replace(decision(held=holds), differences={"figma": difference})
    (found,) = outlook.figures(made, (), books(license()))
    assert (found.adopts, found.covered, found.waiting, found.drift, found.unlisted) == (1, 1, 2, 0, 1)


# the bill


def test_seats_that_are_billed_by_what_is_assigned_change_the_bill() -> None:
    one = license(lots=(lot(10),), billed="assigned")
    found = figures(one, give("ann"), give("bo"), take("cy"), shown=reading(holding("cy")))
    assert (found.bill, found.currency, found.paid, found.freed) == (Decimal(10), "EUR", 0, 0)


def test_what_is_bought_is_paid_already_and_only_seats_beyond_it_cost() -> None:
    one = license(lots=(lot(3),))
    within = figures(one, give("ann"), give("bo"), shown=reading(holding("cy")))
    assert (within.bill, within.paid, within.freed) == (Decimal(0), 2, 0)
    beyond = figures(one, give("ann"), give("bo"), shown=reading(holding("cy", "dee")))
    assert (beyond.bill, beyond.paid) == (Decimal(10), 1)
    back = figures(one, take("cy"), take("dee"), shown=reading(holding("cy", "dee", "eve", "flo")))
    assert (back.bill, back.freed) == (Decimal(-10), 2)


@pytest.mark.parametrize(("changes", "saves"), [([take("cy")], date(2027, 4, 1)), ([take("cy"), give("ann")], None)])
def test_freed_seats_save_money_only_from_the_day_on_which_the_quantity_may_be_cut(
    changes: list[Change], saves: date | None
) -> None:
    ea = Contract(
        "ea", "Acme", "it", {}, date(2025, 4, 1), Duration(36, "months"), "express", decrease={"when": "each April"}
    )
    one = license(lots=(lot(3),), contract="ea")
    found = figures(one, *changes, shown=reading(holding("cy")), contracts={"ea": ea})
    assert found.saves_from == saves
    assert figures(license(lots=(lot(3),)), *changes, shown=reading(holding("cy"))).saves_from is None


def charged(*changes: Change, **fields: Any) -> tuple[Charge, ...]:
    one = license(**{"lots": (lot(10),), "billed": "assigned", **fields})
    owner = Owner("design", (), PLACE, cost_center="CC-9")
    return outlook.charges(as_steps(*changes), books(one, owners={"design": owner}))


def test_a_seat_is_charged_to_its_holders_cost_center_or_else_to_the_owners() -> None:
    assert charged(give("ann"), give("bo"), give("zoe")) == (
        Charge("CC-1", "figma", "EUR", Decimal(10)),
        Charge("CC-9", "figma", "EUR", Decimal(20)),
    )
    assert charged(give("ann"), charge="owner") == (Charge("CC-9", "figma", "EUR", Decimal(10)),)
    assert charged(give("ann"), charge="CC-5") == (Charge("CC-5", "figma", "EUR", Decimal(10)),)
    assert charged(give("ann"), charge="owner", owner="nobody") == (Charge("", "figma", "EUR", Decimal(10)),)


def test_gains_and_losses_of_a_cost_center_are_summed_and_nothing_is_no_charge() -> None:
    assert charged(give("ann"), take("cy")) == ()
    assert charged(take("cy")) == (Charge("CC-1", "figma", "EUR", Decimal(-10)),)


def test_only_what_is_billed_by_the_seat_is_charged() -> None:
    assert charged(give("ann"), billed="quantity") == ()
    assert charged(give("ann"), lots=(lot(10, None),)) == ()
    assert charged(give("ann", "unknown")) == ()
    options = Change("figma", "ann", Grant("figma", "F"), Grant("figma", "F", (("plan", "pro"),)))
    assert charged(options) == ()


# calls


def test_calls_count_pages_and_writes_and_a_swap_that_is_not_atomic_twice() -> None:
    info = VendorInfo("Sandbox", writes_per_minute=60)
    shown = reading(replace(holding(), proof=Proof(0, 3, NOW)), holding(sku="SLACK"), info=info)
    changes = as_steps(give("ann"), swap("bo", "slack", "figma"))
    assert outlook.calls(decision(shown=shown), changes) == Calls("figma", 4, 3, 3.0)
    atomic = replace(shown, info=replace(info, atomic_swap=True))
    assert outlook.calls(decision(shown=atomic), changes) == Calls("figma", 4, 2, 2.0)


def test_what_one_call_may_change_alike_is_one_call() -> None:
    many = [Step(give(f"p{n}"), Lane.COMMIT, "all") for n in range(25)]
    bulk = reading(holding(), info=VendorInfo("x", per_call=10, writes_per_minute=60))
    assert outlook.calls(decision(shown=bulk), many).writes == 3
    assert outlook.calls(decision(shown=bulk), [*many, Step(take("p1"), Lane.COMMIT, "all")]).writes == 4


# until when it is exact, and from when it is billed


MONTHLY = VendorInfo("GitHub", undo="new", exact_for="paid month", frees_at_once=False)


def ending(*days: int) -> tuple[Step, ...]:
    """Takes that open so many days after now, as the outlook dates them."""
    info = reading(holding(*(f"p{at}" for at in days)), info=MONTHLY)
    stages = [stage(f"s{at}", f"p{at}", kind=Kind.TAKES) for at in days]
    soak = {"takes": 86400 * (days[-1] - days[0])}
    takes = [replace(take(f"p{at}"), lossy="new") for at in days]
    return seen(decision(*takes, shown=info), rollout(*stages, soak_seconds=soak)).steps


def test_a_take_is_exact_until_the_end_of_the_month_in_which_it_goes() -> None:
    assert [step.exact_through for step in ending(0, 10)] == [date(2026, 11, 30), date(2026, 12, 31)]


def test_what_is_exact_for_ever_and_what_never_is_have_no_last_day() -> None:
    assert [step.exact_through for step in seen(decision(take("ann"))).steps] == [None]
    never = reading(holding("ann"), info=replace(MONTHLY, exact_for=""))
    assert seen(decision(replace(take("ann"), lossy="new"), shown=never)).steps[0].exact_through is None


def billed_from(info: VendorInfo, *steps: Step) -> date | None:
    made = decision(of=[license(lots=(lot(10),), billed="assigned")], shown=reading(holding("p0", "p10"), info=info))
    return next(outlook.figures(made, steps, books(license(lots=(lot(10),), billed="assigned")))).bill_from


def test_a_bill_shows_a_gift_from_its_day_and_what_is_taken_when_its_paid_term_has_ended() -> None:
    later = Step(give("zoe"), Lane.COMMIT, "rest", opens=NOW + timedelta(days=2))
    assert billed_from(MONTHLY, later) == date(2026, 11, 26)
    assert billed_from(MONTHLY, *ending(0, 10)) == date(2027, 1, 1)
    assert billed_from(replace(MONTHLY, frees_at_once=True), *ending(0, 10)) == date(2026, 12, 4)


def test_a_bill_that_stays_as_it_is_starts_on_no_day() -> None:
    even = [Step(give("zoe"), Lane.COMMIT, "", opens=NOW), *ending(0, 10)[:1]]
    assert billed_from(MONTHLY, *even) is None
