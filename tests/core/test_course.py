"""A situation + new changesets + a judge → everything decided: changes, holds, findings, rollouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.builders import (
    COMMIT,
    NOW,
    bundle,
    claim,
    claims,
    give,
    holding,
    license,
    link,
    people,
    person,
    reading,
    rule,
    situation,
    state,
    take,
    team,
    tree,
    where,
)

from seatwise.core import course as courses
from seatwise.core import queue
from seatwise.core.claims import State
from seatwise.core.course import Course, Frame, Judgement, draft
from seatwise.core.decide import TreeLink
from seatwise.core.model import (
    Cause,
    CauseKind,
    ClaimState,
    Done,
    Finding,
    Item,
    Kind,
    Lane,
    Level,
    Lot,
    Need,
    People,
    Price,
    Reading,
    Review,
    Rollout,
    RolloutState,
    Size,
    Stage,
    Status,
    Tree,
    VendorInfo,
    Verb,
)
from seatwise.core.stage import StageRules

SECOND = "dada000000000000000000000000000000000002"
SALES = where(department="Sales")
SALES_KEY = "rule::department sales"
EMPTY = tree(license())
RULES = StageRules()


class Judge:
    """Says the same of every review, or what it is told to; remembers what it was asked."""

    def __init__(self, say: Callable[[Review], Judgement] | None = None) -> None:
        self.reviews: list[Review] = []
        self.say = say or (lambda review: Judgement())

    def __call__(self, review: Review) -> Judgement:
        self.reviews.append(review)
        return self.say(review)


def run(base: Tree, *links: TreeLink, judge: Judge | None = None, **fields: Any) -> Course:
    tip = links[-1].tree if links else base
    frame = Frame(base, tip, {}, RULES)
    return courses.course(situation(base, *links, **fields), links, frame, judge or Judge())


def asking(*names: str, **fields: Any) -> Tree:
    return tree(license("figma", people=names, **fields))


def whos(one: Course) -> list[str]:
    return [c.who for c in one.decisions["figma"].changes]


# judged


def test_each_changeset_is_judged_and_then_the_run() -> None:
    one, two = asking("ann"), asking("ann", "bo")
    judge = Judge()
    need = Need("design", 1)
    judge.say = lambda review: Judgement((Finding("x", Level.WARN, review.title),), (need,))
    found = run(EMPTY, link(EMPTY, one), link(one, two, SECOND), judge=judge, people=people("ann", "bo"))
    assert [[c.who for c in r.changes] for r in judge.reviews] == [["ann"], ["bo"], []]
    assert [(r.before, r.tree) for r in judge.reviews] == [(EMPTY, one), (one, two), (two, two)]
    assert [(j.link.changeset.commit, j.findings[0].what, j.needs) for j in found.judged] == [
        (COMMIT, "pull request c0ffee", (need,)),
        (SECOND, "pull request dada00", (need,)),
    ]
    assert [f.what for f in found.findings] == [""]
    assert whos(found) == ["ann", "bo"]


def test_a_changeset_is_judged_with_what_was_admitted_before_it_and_without_what_comes_after() -> None:
    one, two = asking("ann"), asking("ann", "bo")
    judge = Judge()
    recent = Done(NOW - timedelta(hours=1), Verb.REVOKE, "figma", "figma", "zoe", Lane.COMMIT)
    known = replace(State(), done=[recent, replace(recent, at=NOW - timedelta(hours=25))])
    run(EMPTY, link(EMPTY, one), link(one, two, SECOND), judge=judge, people=people("ann", "bo"), state=known)
    first, second, last = ([(d.who, d.pending) for d in review.past] for review in judge.reviews)
    assert first == [("zoe", False)]
    assert second == [("zoe", False), ("ann", True)]
    assert last == [("zoe", False), ("ann", True), ("bo", True)]
    assert [review.figures["figma"].after for review in judge.reviews] == [1, 2, 2]


def test_a_swap_that_is_still_to_be_sent_counts_as_a_take_and_a_give_and_options_as_nothing() -> None:
    before = tree(license("e3", people=["ann"], one_of="s", rank=1), license("e5", one_of="s", rank=2))
    after = tree(license("e3", one_of="s", rank=1), license("e5", people=["ann"], one_of="s", rank=2))
    options = tree(*(replace(one, options=(("plan", "pro"),)) for one in after.licenses.values()))
    shown = reading(holding("ann", sku="E3"), holding(sku="E5"))
    judge = Judge()
    run(before, link(before, after), judge=judge, people=people("ann"), state=state(e3=claims("ann")), reading=shown)
    assert [(d.verb, d.license) for d in judge.reviews[-1].past] == [(Verb.SWAP, "e3"), (Verb.ASSIGN, "e5")]
    assert (judge.reviews[0].sizes["e3"].takes, judge.reviews[0].sizes["e5"].gives) == (1, 1)
    judge = Judge()
    held = reading(holding(sku="E3"), holding("ann", sku="E5"))
    pending = state(e5={"ann": claim(pending=Cause(CauseKind.COMMIT, COMMIT))})
    run(options, link(options, options), judge=judge, people=people("ann"), state=pending, reading=held)
    assert [c.verb for c in judge.reviews[0].changes] == [Verb.CHANGE]
    assert judge.reviews[-1].past == ()


def test_a_finding_that_holds_keeps_that_change_back_from_all_that_follows() -> None:
    hold = Finding("protected", Level.HOLD, "w", license="figma", person="ann")
    judge = Judge(lambda review: Judgement((hold,) if review.rows else ()))
    found = run(EMPTY, link(EMPTY, asking("ann", "bo")), judge=judge, people=people("ann", "bo"))
    assert whos(found) == ["bo"]
    assert [(h.rule, h.who) for h in found.decisions["figma"].held] == [("protected", "ann")]
    by_run = Judge(lambda review: Judgement(() if review.rows else (hold,)))
    assert whos(run(EMPTY, link(EMPTY, asking("ann", "bo")), judge=by_run, people=people("ann", "bo"))) == ["bo"]


@pytest.mark.parametrize(
    ("level", "passed_by", "blocks"),
    [
        (Level.ERROR, "", True),
        (Level.BLOCK, "", True),
        (Level.BLOCK, "ack", False),
        (Level.CONFIRM, "", False),
        (Level.WARN, "", False),
    ],
)
def test_errors_and_blocks_that_nothing_passes_stop_a_changeset(level: Level, passed_by: str, blocks: bool) -> None:
    finding = Finding("max-removals", level, "w", passed_by=passed_by)
    found = run(
        EMPTY, link(EMPTY, asking("ann")), judge=Judge(lambda review: Judgement((finding,))), people=people("ann")
    )
    assert found.judged[0].blocks == ((finding,) if blocks else ())


def test_a_review_says_what_a_policy_may_need_to_know() -> None:
    after = tree(license("figma", team("ann", ticket="ITSM-1")), license("slack", lots=(Lot("first", "initial", 5),)))
    judge = Judge()
    one = replace(link(EMPTY, after, reverse_of="c1"), ask="sha256:1", fast=True)
    known = state()
    known.changed["c1"] = {"id": take("ann")}
    shown = reading(holding("zoe"), holding(sku="SLACK"))
    run(EMPTY, one, judge=judge, people=people("ann", "bo"), reading=shown, state=known)
    review, last = judge.reviews
    assert (review.title, review.asks, review.exact_reverse) == ("pull request c0ffee", "sha256:1", True)
    assert review.tickets == ("ITSM-1",)
    assert (review.now, review.readings["figma"].account, review.figures["figma"].held) == (NOW, "figma", 1)
    assert review.rows == one.rows
    assert (last.rows, last.changes, last.asks, last.title, last.exact_reverse) == ((), (), "", "", False)
    assert (last.tickets, last.sizes) == ((), {})
    slow = Judge()
    run(EMPTY, replace(one, fast=False), judge=slow, people=people("ann"))
    assert not slow.reviews[0].exact_reverse


def test_sizes_tell_the_bound_from_git_and_what_moves_now() -> None:
    priced = {"lots": (Lot("first", "initial", 40, Price(Decimal("10.00"), "EUR")),), "billed": "assigned"}
    before = tree(license("figma", people=["cy"], **priced), license("slack", people=["dee"]))
    after = tree(license("figma", rule(SALES, max=30), **priced), bundles=[bundle("b", [], [])])
    judge = Judge()
    who = people(person("ann", department="Sales"), person("bo", department="Sales"), "cy", "dee")
    known = state(figma=claims("cy"))
    run(before, link(before, after), judge=judge, people=who, state=known, reading=reading(holding("cy")))
    assert judge.reviews[0].sizes == {
        "figma": Size("figma", 31, 2, 1, Decimal("10.00"), "EUR"),
        "slack": Size("slack", 1, 0, 0),
    }


def test_a_change_of_options_moves_no_seat_and_costs_nothing_more() -> None:
    priced = {"lots": (Lot("first", "initial", 40, Price(Decimal("10.00"), "EUR")),), "billed": "assigned"}
    before = tree(license("figma", team("cy"), **priced))
    after = tree(license("figma", team("cy", options=(("plan", "pro"),)), **priced))
    judge = Judge()
    run(before, link(before, after), judge=judge, people=people("cy"), state=state(figma=claims("cy")),
        reading=reading(holding("cy")))  # fmt: skip
    assert [change.verb for change in judge.reviews[0].changes] == [Verb.CHANGE]
    assert judge.reviews[0].sizes["figma"] == Size("figma", 1, 0, 0, Decimal("0.00"), "EUR")


def test_what_a_seat_costs_counts_only_where_each_is_billed() -> None:
    priced = {"lots": (Lot("first", "initial", 40, Price(Decimal("10.00"), "EUR")),)}
    before, after = tree(license("figma", **priced)), tree(license("figma", people=["cy"], **priced))
    judge = Judge()
    run(before, link(before, after), judge=judge, people=people("cy"))
    assert judge.reviews[0].sizes["figma"] == Size("figma", 1, 1, 0)


def test_the_other_lanes_of_the_run_are_told_apart() -> None:
    left, joins = person("cy", status=Status.LEFT), person("dee", department="Sales")
    base = tree(license("figma", team("cy"), rule(SALES)))
    judge = Judge()
    who, shown = people(left, joins), reading(holding("cy"))
    run(base, judge=judge, people=who, state=state(figma=claims("cy")), reading=shown)
    (review,) = judge.reviews
    assert {lane: [c.who for c in changes] for lane, changes in review.lanes.items()} == {
        Lane.JOINERS: ["dee"],
        Lane.LEAVERS: ["cy"],
    }
    assert [m.assignment for m in review.matches] == ["rule"]


# rollouts


def test_a_changeset_opens_a_rollout_where_it_asks_something() -> None:
    found = run(EMPTY, link(EMPTY, asking("ann")), link(asking("ann"), asking("ann"), SECOND), people=people("ann"))
    (made,) = found.opening["figma"]
    assert (made.commit, made.items, made.state) == (
        COMMIT, (Item("ann", "figma", True, Kind.GIVES, "all", "user:"),), RolloutState.OPEN,
    )  # fmt: skip
    assert run(EMPTY, people=people("ann")).opening == {"figma": ()}


def test_seats_that_are_held_are_on_the_frozen_list_too() -> None:
    (made,) = run(EMPTY, link(EMPTY, asking("zoe"))).opening["figma"]
    assert [i.who for i in made.items] == ["zoe"]


def test_an_account_that_could_not_be_read_opens_nothing() -> None:
    broken = Reading("figma", VendorInfo("Sandbox"), failure="HTTP 500")
    assert run(EMPTY, link(EMPTY, asking("ann")), reading=broken).opening == {"figma": ()}


def crowd(count: int, **fields: Any) -> People:
    return people(*(person(f"p{n:02}", **fields) for n in range(count)))


def test_what_drawing_the_cohorts_finds_is_a_finding_of_the_run() -> None:
    names = list(crowd(20).persons)
    found = run(EMPTY, link(EMPTY, asking(*names)), people=crowd(20, vip=True))
    assert [f.rule for f in found.findings] == ["pilot"]


def test_volunteers_and_fast_reverses_reach_the_draft() -> None:
    after = asking("ann", volunteers=("ann",))
    fast = replace(link(EMPTY, after, reverse_of="c1"), fast=True)
    shown = reading(holding("zoe"))
    seen = situation(EMPTY, fast, people=people("ann"), reading=shown)
    decision = courses.course(seen, (fast,), Frame(EMPTY, after, {}, RULES), Judge()).decisions["figma"]
    one = draft(seen, decision, fast)
    assert (one.volunteers, one.reverse_of, one.held, one.changes) == (
        frozenset({"ann"}),
        "c1",
        {"figma": 1},
        (give("ann"),),
    )
    assert draft(seen, decision, replace(fast, fast=False)).reverse_of == ""


def bulk(license: str, commit: str, **fields: Any) -> Rollout:
    items = (Item("ann", license, True, Kind.GIVES, "pilot", SALES_KEY),)
    stages = Stage(Kind.GIVES, "pilot", ("ann",)), Stage(Kind.GIVES, "rest", ("bo",))
    given = {"items": items, "stages": stages, "opened": NOW, "bulk": True, **fields}
    return Rollout(commit[:12], "figma", commit, "Atlas", **given)


def queued(made: Sequence[Rollout], *open_ones: Rollout) -> list[RolloutState]:
    return [one.state for one in queue.drawn([replace(r, state=RolloutState.ADMITTED) for r in made], open_ones)]


QUEUED, OPEN = RolloutState.QUEUED, RolloutState.OPEN


def test_one_bulk_rollout_per_license_is_open_the_next_is_queued() -> None:
    assert queued([bulk("figma", "b")], bulk("figma", "a")) == [QUEUED]
    assert queued([bulk("figma", "a"), bulk("figma", "b"), bulk("slack", "c")]) == [OPEN, QUEUED, OPEN]


def test_small_rollouts_pass_and_queue_nobody() -> None:
    assert queued([bulk("figma", "b", bulk=False)], bulk("figma", "a")) == [OPEN]
    assert queued([bulk("figma", "b", bulk=False), bulk("figma", "c")], bulk("figma", "a", bulk=False)) == [OPEN, OPEN]


def test_every_account_is_decided() -> None:
    both = situation(EMPTY, people=people("ann"))
    slack = tree(license("slack", people=["ann"], account="slack"))
    two = replace(
        both,
        histories={**both.histories, "slack": replace(both.histories["figma"], base=slack)},
        readings={"slack": reading(holding(sku="SLACK"), account="slack"), **both.readings},
        states={**both.states, "slack": state(slack={"ann": claim(ClaimState.NONE, pending=Cause(CauseKind.RULE))})},
    )
    found = courses.course(two, (), Frame(EMPTY, EMPTY, {}, RULES), Judge())
    assert list(found.decisions) == ["figma", "slack"]
    assert [(c.account, c.who) for c in found.changes()] == [("slack", "ann")]
