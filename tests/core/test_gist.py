"""The gist of a plan: every person once, every seat counted, the riskiest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.views import plans
from tests.views.plans import TODAY, give, leaver, mail, stage, swap, take

from seatwise.core import gist
from seatwise.core.model import Finding, Hold, Kind, Lane, Level, Plan, Step, Verb

people = st.sampled_from(["ann", "bo", "carl"])
licenses = st.sampled_from(["slack", "copilot-business", "m365-e3"])
steps = st.one_of(st.builds(give, people, licenses), st.builds(take, people, licenses), st.builds(swap, people))


def planned(*steps: Step, held: tuple[Hold, ...] = ()) -> Plan:
    return replace(plans.empty(), steps=steps, held=held)


def held(who: str, verb: Verb | None = Verb.ASSIGN, what: str = "no country") -> Hold:
    return Hold("needs-field", "slack", mail(who), what, verb=verb)


@given(st.lists(steps, max_size=8))
def test_every_person_is_counted_once(some: list[Step]) -> None:
    moves = gist.moves(planned(*some))
    parts = (moves.gain, moves.swap, moves.lose, moves.change)
    assert sum(map(len, parts)) == len(moves.everybody)
    assert moves.everybody == {step.change.who for step in some}


@given(st.lists(steps, max_size=8))
def test_assigned_and_revoked_are_all_that_can_go(some: list[Step]) -> None:
    counts = gist.counts(planned(*some))
    assert counts.assign + counts.revoke + counts.change == counts.go


def test_a_swap_is_one_assigned_and_one_revoked_also_where_it_is_held() -> None:
    counts = gist.counts(planned(swap("ann"), held=(held("bo", Verb.SWAP),)))
    assert (counts.assign, counts.revoke, counts.go, counts.held) == (2, 2, 2, 2)


def test_who_swaps_is_not_counted_as_losing_and_who_loses_not_as_gaining() -> None:
    moves = gist.moves(planned(swap("ann"), take("ann"), take("bo"), give("bo", "slack"), give("carl", "slack")))
    assert (moves.swap, moves.lose, moves.gain) == ({mail("ann")}, {mail("bo")}, {mail("carl")})


def test_a_held_gain_is_a_gain_and_a_held_row_is_nobodys() -> None:
    plan = planned(held=(held("ann"), held("bo", None)))
    assert gist.moves(plan).everybody == {mail("ann")}
    assert gist.counts(plan).held == 2


def test_an_options_change_is_no_gain() -> None:
    assert len(gist.moves(plans.options()).change) == 1


def test_bills_are_summed_per_currency_and_name_the_dearest_first() -> None:
    story = plans.story()
    slack = replace(story.figures[3], bill=Decimal("300.00"), currency="USD")
    euro = replace(story.figures[4], bill=Decimal("-5.00"), currency="EUR")
    plan = replace(story, figures=(*story.figures[:3], slack, euro))
    assert [(bill.currency, bill.amount, bill.licenses) for bill in gist.bills(plan)] == [
        ("EUR", Decimal("-5.00"), ("miro",)),
        ("USD", Decimal("547.00"), ("slack", "copilot-business")),
    ]


def test_freed_seats_stand_by_the_day_from_which_the_quantity_may_be_cut() -> None:
    story = plans.story()
    undated = replace(story.figures[0], freed=2)
    freed = gist.freed(replace(story, figures=(undated, *story.figures[1:])))
    assert [(one.seats, one.saves_from) for one in freed] == [(3, date(2027, 4, 1)), (2, None)]


def test_takes_that_do_not_come_back_are_first() -> None:
    plan = planned(take("ann", "slack"), take("bo", "slack"), take("carl", "figma", lossy="data is lost"))
    assert [group.key for group in gist.takes(plan)] == [("figma",), ("slack",)]


def test_people_in_a_group_come_by_name_and_not_by_use() -> None:
    plan = planned(take("carl", days=1), take("ann", days=90), take("bo"))
    assert gist.takes(plan)[0].people == (mail("ann"), mail("bo"), mail("carl"))


def test_gives_are_grouped_by_why_and_ticket() -> None:
    plan = planned(give("ann", "slack"), give("ann", "miro"), give("bo", "slack"), give("bo", "miro", ticket="ITSM-1"))
    assert [(group.key, group.people) for group in gist.gives(plan)] == [
        (("assignment data-team", ""), (mail("ann"), mail("bo"))),
        (("assignment data-team", "ITSM-1"), (mail("bo"),)),
    ]


def test_the_commonest_cause_of_a_group_comes_first() -> None:
    causes = gist.swaps(planned(swap("ann", "ITSM-1"), swap("bo", "ITSM-2"), swap("carl", "ITSM-2")))[0].causes
    assert [cause.ticket for cause in causes] == ["ITSM-2", "ITSM-1"]


def test_losses_name_the_license_that_is_left() -> None:
    plan = planned(take("ann", "figma", lossy="lossy"), take("bo", "figma", lossy="lossy"), take("carl"))
    assert gist.losses(plan) == (gist.Loss("figma", "lossy", 2),)


def test_what_is_exact_for_a_while_is_so_until_the_first_of_its_days_and_apart_from_what_is_lost_at_once() -> None:
    days = [date(2026, 12, 31), date(2026, 11, 30), None]
    plan = planned(*(take(f"p{at}", "figma", lossy="new", exact=day) for at, day in enumerate(days)))
    assert gist.losses(plan) == (gist.Loss("figma", "new", 2, date(2026, 11, 30)), gist.Loss("figma", "new", 1))


def test_a_bill_starts_when_the_last_of_its_licenses_does() -> None:
    story = plans.story()
    slack = replace(story.figures[3], bill=Decimal(3), currency="USD", bill_from=date(2027, 1, 1))
    undated = replace(story.figures[4], bill=Decimal(3), currency="EUR")
    plan = replace(story, figures=(*story.figures[:3], slack, undated))
    assert [bill.starts for bill in gist.bills(plan)] == [None, date(2027, 1, 1)]


@pytest.mark.parametrize(("days", "used"), [(None, False), (0, True), (14, True), (15, False)])
def test_a_seat_is_in_use_for_14_days(days: int | None, used: bool) -> None:
    assert gist.in_use(take("ann", days=days).change, TODAY) is used


def test_holds_for_the_same_reason_stand_together_the_most_first() -> None:
    plan = planned(held=(held("abe", what="no login"), held("bo"), held("ann")))
    assert [[hold.who for hold in group] for group in gist.holds(plan)] == [[mail("ann"), mail("bo")], [mail("abe")]]


def test_full_licenses_are_first_and_untouched_ones_left_out() -> None:
    assert [figures.license for figures in gist.touched(plans.story())] == [
        "figma-full",
        "slack",
        "m365-e5",
        "copilot-business",
    ]


def test_stages_of_the_same_name_are_one() -> None:
    start = plans.NOW
    two = (
        stage(Kind.GIVES, "pilot", 2, start, start + timedelta(hours=1)),
        stage(Kind.GIVES, "pilot", 3, start - timedelta(hours=1), start + timedelta(hours=2)),
        stage(Kind.TAKES, "pilot", 1, None),
    )
    (pilot,) = gist.stages(replace(plans.empty(), stages=two), Kind.GIVES)
    assert (len(pilot.people), pilot.changes) == (3, 5)
    assert (pilot.opens, pilot.ends) == (start - timedelta(hours=1), start + timedelta(hours=2))


def test_a_stage_counts_those_for_whom_something_is_left_to_do() -> None:
    cohort = (mail("ann"), mail("bo"), mail("cy"))
    both = tuple(replace(stage(kind, "all", 1, None), people=cohort) for kind in Kind)
    steps = tuple(replace(step, stage="all", rollout="9ab31f2") for step in (give("ann", "slack"), take("bo")))
    plan = replace(plans.empty(), stages=both, steps=steps)
    assert [one.people for kind in Kind for one in gist.stages(plan, kind)] == [(mail("ann"),), (mail("bo"),)]

    written = replace(plan, steps=())
    assert [one.people for kind in Kind for one in gist.stages(written, kind)] == [cohort, cohort]


def test_a_stage_whose_time_is_not_known_in_one_rollout_has_that_of_the_other() -> None:
    start, end = plans.NOW, plans.NOW + timedelta(hours=1)
    two = stage(Kind.GIVES, "pilot", 2, start, end), stage(Kind.GIVES, "pilot", 3, None)
    (pilot,) = gist.stages(replace(plans.empty(), stages=two), Kind.GIVES)
    assert (pilot.opens, pilot.ends) == (start, end)


def test_remarks_leave_out_what_blocks_and_what_is_shown_as_held() -> None:
    shown = Finding("needs-field", Level.HOLD, "no country", license="slack", person=mail("ann"))
    other = replace(shown, person=mail("bo"))
    warn, confirm = Finding("mode", Level.WARN, "w"), Finding("cost-ceiling", Level.CONFIRM, "c")
    block = Finding("rule-max", Level.BLOCK, "b")
    plan = replace(planned(held=(held("ann"),)), findings=(warn, shown, other, block, confirm))
    assert gist.remarks(plan) == (other, confirm, warn)


def test_other_lanes_are_told_apart() -> None:
    plan = replace(plans.empty(), others=(leaver("ann"), leaver("bo"), give("carl", "slack")))
    assert {lane: len(some) for lane, some in gist.other_lanes(plan).items()} == {Lane.COMMIT: 1, Lane.LEAVERS: 2}


@pytest.mark.parametrize("plan", [plans.small(), plans.first_run(), plans.full_pool(), plans.big(), plans.hostile()])
def test_a_plan_that_does_asks_or_hides_something_is_not_empty(plan: Plan) -> None:
    assert not gist.is_empty(plan)


def test_drift_and_other_lanes_alone_leave_a_plan_empty() -> None:
    assert gist.is_empty(plans.nothing())
