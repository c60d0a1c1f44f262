"""Trees, people, readings and journal states → what is to be done at each account, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.core.builders import (
    CAUSE,
    COMMIT,
    DAY,
    NOW,
    PLACE,
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
    seat,
    situation,
    state,
    swap,
    take,
    team,
    tree,
    where,
)

from seatwise.core import decide
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision, History
from seatwise.core.model import (
    Account,
    Cause,
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Fate,
    Finding,
    Item,
    Kind,
    Level,
    License,
    Mode,
    Reading,
    Rollout,
    RolloutState,
    RuleMatch,
    Settings,
    Settled,
    Stage,
    StageState,
    Status,
    Terms,
    Tree,
    VendorInfo,
    Verb,
)
from seatwise.core.records import Flip

SALES = where(department="Sales")
SALES_KEY = "rule::department sales"
EMPTY = tree(license())


def decided(base: Tree, *links: Any, **fields: Any) -> AccountDecision:
    return decide.account("figma", situation(base, *links, **fields))


def calls(decision: AccountDecision) -> list[tuple[Verb, str, CauseKind]]:
    return [(c.verb, c.who, c.cause.kind) for c in decision.changes]


def asking(*names: str, **fields: Any) -> Tree:
    return tree(license("figma", people=names, **fields))


def test_a_changeset_that_asks_gives_a_seat_and_is_its_cause() -> None:
    found = decided(EMPTY, link(EMPTY, asking("ann")), people=people("ann"))
    (change,) = found.changes
    assert (change, change.cause.commit, change.login) == (give("ann"), COMMIT, "ann")
    assert set(found.flips["figma"]) == {"ann"}
    assert found.pending(COMMIT) == (("ann", "figma", True, "user:"),)


def test_with_nothing_new_nothing_is_done() -> None:
    found = decided(
        asking("ann"), people=people("ann"), state=state(figma=claims("ann")), reading=reading(holding("ann"))
    )
    assert (found.flips, found.settled, found.changes, found.held) == ({}, (), (), ())


def test_an_account_that_could_not_be_read_decides_nothing() -> None:
    broken = Reading("figma", VendorInfo("Sandbox"), failure="HTTP 500", fix="try again")
    assert decided(EMPTY, link(EMPTY, asking("ann")), reading=broken) == AccountDecision("figma", broken)


def test_licenses_of_other_accounts_are_decided_elsewhere() -> None:
    slack = license("slack", people=["ann"], account="slack")
    found = decided(tree(license()), link(tree(license()), tree(license(), slack)), people=people("ann"))
    assert set(found.differences) == {"figma"}


def test_what_a_changeset_leaves_as_it_is_is_not_resolved_again() -> None:
    """The directory is the cause, with however many changesets on the way."""
    one = license("figma", rule(SALES))
    base, after = tree(one), tree(one, license("slack"))
    found = decided(base, link(base, after), people=people(person("ann", department="Sales")))
    assert calls(found) == [(Verb.ASSIGN, "ann", CauseKind.RULE)]


def test_a_reverse_is_a_cause_of_its_own_kind() -> None:
    base = asking("ann")
    back = link(base, EMPTY, reverse_of="c1")
    known = state(figma=claims("ann"))
    known.changed["c1"] = {"id": give("ann")}
    found = decided(base, back, people=people("ann"), state=known, reading=reading(holding("ann")))
    assert calls(found) == [(Verb.REVOKE, "ann", CauseKind.REVERSE)]


def test_what_a_reverse_asks_and_nothing_had_come_of_is_a_plain_ask() -> None:
    back = link(EMPTY, asking("ann", "bo"), reverse_of="c1")
    known = state(figma={})
    known.changed["c1"] = {"id": take("bo")}
    found = decided(EMPTY, back, people=people("ann", "bo"), state=known, reading=reading(holding()))
    assert calls(found) == [(Verb.ASSIGN, "ann", CauseKind.COMMIT), (Verb.ASSIGN, "bo", CauseKind.REVERSE)]


def test_the_tree_in_force_is_that_of_the_newest_changeset() -> None:
    after = asking("ann")
    assert History(EMPTY).tree is EMPTY
    assert History(EMPTY, (link(EMPTY, after),)).tree is after


@pytest.mark.parametrize(
    "base",
    [asking("ann", mode=Mode.OBSERVE, assignments=None), asking("ann", retired=True), asking("ann", account="slack")],
)
def test_nothing_is_asked_here_of_what_is_observed_retired_or_elsewhere(base: Tree) -> None:
    """The change that makes it managed here asks anew."""
    found = decided(base, link(base, asking("ann")), people=people("ann"))
    assert calls(found) == [(Verb.ASSIGN, "ann", CauseKind.COMMIT)]


def test_a_license_that_goes_back_to_observe_calls_off_and_forgets() -> None:
    base = asking("ann", "bo")
    after = tree(license(mode=Mode.OBSERVE, assignments=None))
    known = state(figma={"ann": claim(), "bo": claim(ClaimState.NONE, pending=CAUSE)})
    found = decided(base, link(base, after), people=people("ann", "bo"), state=known, reading=reading(holding("ann")))
    assert (found.changes, found.settled) == ((), (Settled("figma", "ann", "forget"),))
    assert found.flips["figma"]["bo"].calls_off


def test_claims_of_a_license_that_is_gone_are_forgotten_without_a_call_and_once() -> None:
    known = state(slack={"ann": claim(), "bo": Claim(dead=True, row="user:")})
    assert decided(EMPTY, state=known).settled == (Settled("slack", "ann", "forget"),)


def test_an_account_admits_only_those_whom_its_where_matches() -> None:
    accounts = {"figma": Account("figma", "sandbox", {}, PLACE, where(company="Acme"))}
    after = tree(license("figma", rule(SALES)), settings=Settings(accounts=accounts))
    who = people(person("ann", department="Sales", company="Acme"), person("bo", department="Sales"))
    assert [c.who for c in decided(EMPTY, link(EMPTY, after), people=who).changes] == ["ann"]


def test_an_account_without_settings_admits_everybody() -> None:
    after = tree(license("figma", people=["ann"]), settings=Settings())
    assert [c.who for c in decided(EMPTY, link(EMPTY, after), people=people("ann")).changes] == ["ann"]


def test_claims_follow_a_person_whose_id_changed() -> None:
    who = people(person("ann.new", aliases=("ann.old",)))
    shown = reading(holding(seat("ann.old", holder="h-1")))
    known = state(figma={"ann.old": claim(holder="h-1")})
    found = decided(asking("ann.old"), people=who, state=known, reading=shown)
    assert (found.renamed, found.settled, found.changes, found.drift) == ({"ann.old": "ann.new"}, (), (), ())


def test_a_seat_that_was_called_just_now_is_not_judged_before_the_vendor_has_settled() -> None:
    info = VendorInfo("Sandbox", settle_seconds=60)
    known = replace(state(figma=claims("ann")), acted={("figma", "ann"): NOW - timedelta(seconds=59)})
    fields: dict[str, Any] = {"people": people("ann"), "reading": reading(holding(), info=info)}
    assert decided(asking("ann"), state=known, **fields).settled == ()
    late = replace(known, acted={("figma", "ann"): NOW - timedelta(seconds=60), ("slack", "ann"): NOW})
    assert decided(asking("ann"), state=late, **fields).settled == (Settled("figma", "ann", "miss"),)


def test_a_license_that_the_vendor_does_not_show_has_no_seats() -> None:
    found = decided(EMPTY, link(EMPTY, asking("ann")), people=people("ann"), reading=reading())
    assert calls(found) == [(Verb.ASSIGN, "ann", CauseKind.COMMIT)]


# leavers, dead rows


def test_a_leavers_seat_is_taken_or_falls_to_what_when_left_names() -> None:
    left = people(person("ann", status=Status.LEFT))
    fields: dict[str, Any] = {"people": left, "state": state(figma=claims("ann")), "reading": reading(holding("ann"))}
    assert decided(asking("ann"), **fields).changes == (take("ann"),)
    base = tree(license("figma", people=["ann"], when_left=Fate("swap", to="archive")), license("archive"))
    assert decided(base, **fields).changes == (swap("ann", "figma", "archive"),)


@pytest.mark.parametrize("written", ["ann", "ann.old"])
def test_a_dead_row_is_revived_by_a_changeset_that_touches_it(written: str) -> None:
    base = tree(license("figma", team(written)))
    after = tree(license("figma", team(written, terms={written: Terms(date(2027, 1, 31))})))
    dead = state(figma={"ann": Claim(dead=True, row="user:")})
    who = people(person("ann", aliases=("ann.old",)), "bo")
    assert decided(base, people=who, state=dead).changes == ()
    found = decided(base, link(base, after), people=who, state=dead)
    assert calls(found) == [(Verb.ASSIGN, "ann", CauseKind.COMMIT)]
    other = tree(license("figma", team(written, "bo")))
    assert [c.who for c in decided(base, link(base, other), people=who, state=dead).changes] == ["bo"]


def test_a_new_row_of_somebody_unknown_is_held() -> None:
    found = decided(EMPTY, link(EMPTY, asking("zoe")))
    assert (found.changes, [h.rule for h in found.held]) == ((), ["unknown-person"])


# rules, enforce


def by_rule(**fields: Any) -> Claim:
    return claim(row=SALES_KEY, **fields)


def matches(base: Tree, *links: Any, known: Mapping[str, Claim], **fields: Any) -> tuple[RuleMatch, ...]:
    who = people(person("ann", department="Sales"), person("bo", department="Data"), person("cy", status=Status.LEFT))
    return decided(base, *links, people=who, state=state(figma=dict(known)), **fields).matches


def test_how_many_a_rule_gave_and_gives_and_whom_it_lost() -> None:
    known = {who: by_rule() for who in ("bo", "cy", "zoe")}
    base = tree(license("figma", rule(SALES, "sales", max=9)))
    assert matches(base, known=known) == (RuleMatch("figma", "sales", "", 3, 1, 9, True, ("bo",), ("ann",)),)


def test_what_a_rule_lost_and_has_not_been_taken_yet_counts_as_given() -> None:
    pending = Cause(CauseKind.RULE)
    known = {
        "ann": by_rule(asked=False, pending=pending),
        "bo": by_rule(asked=False),
        "cy": by_rule(asked=False, pending=CAUSE),
        "dee": claim(row="user:"),
    }
    assert [m.before for m in matches(tree(license("figma", rule(SALES))), known=known)] == [1]


def test_a_rule_that_is_written_anew_is_not_the_same() -> None:
    base, after = tree(license("figma", people=["ann"])), tree(license("figma", rule(SALES)))
    assert [m.same for m in matches(base, link(base, after), known={})] == [False]
    assert [m.same for m in matches(tree(), link(tree(), after), known={})] == [False]


def test_a_license_that_is_no_longer_managed_has_no_matches() -> None:
    base = tree(license("figma", rule(SALES)))
    after = tree(license("figma", rule(SALES), mode=Mode.OBSERVE))
    assert matches(base, link(base, after), known={}) == ()


def test_enforce_counts_from_the_first_run_and_takes_nothing_in_the_changeset_that_sets_it() -> None:
    managed, enforced = tree(license()), tree(license(mode=Mode.ENFORCE))
    fields: dict[str, Any] = {"people": people("ann"), "reading": reading(holding("ann"))}
    first = decided(enforced, **fields)
    assert (first.flips, first.changes) == ({"figma": {"ann": Flip(False, since=NOW)}}, ())
    seen = state(figma={"ann": Claim(since=NOW - 7 * DAY)})
    assert decided(managed, link(managed, enforced), state=seen, **fields).changes == ()
    assert calls(decided(enforced, state=seen, **fields)) == [(Verb.REVOKE, "ann", CauseKind.UNLISTED)]
    assert not decided(tree(), link(tree(), enforced), state=seen, **fields).changes
    shorter = decided(enforced, state=state(figma={"ann": Claim(since=NOW - DAY)}), grace=DAY, **fields)
    assert calls(shorter) == [(Verb.REVOKE, "ann", CauseKind.UNLISTED)]


def test_what_readings_and_people_show_is_handed_on() -> None:
    shown = reading(holding("stranger", seat("bo", holder="h-1")))
    known = state(figma={"ann": claim(holder="h-1"), "cy": claim()})
    found = decided(asking("ann", "cy"), people=people("ann", "bo", "cy"), state=known, reading=shown)
    assert [f.rule for f in found.findings] == ["holder-disagrees"]
    assert {u.who for u in found.unlisted} == {"?h-1", "?h-stranger"}
    assert {d.who for d in found.drift} == {"ann", "cy"}


# what is kept back on top


def finding(license: str = "figma", who: str = "ann", **fields: Any) -> Finding:
    return Finding(
        **{"rule": "protected", "level": Level.HOLD, "what": "w", "license": license, "person": who, **fields}
    )


def kept(changes: tuple[Change, ...], *findings: Finding) -> tuple[list[str], list[tuple[str, str]]]:
    decision = AccountDecision("figma", reading(), changes=changes)
    after = decide.kept_back(decision, findings)
    return [c.who for c in after.changes], [(h.rule, h.who) for h in after.held]


def test_a_finding_that_names_license_and_person_keeps_that_change_back() -> None:
    assert kept((take("ann"), take("bo"), take("ann", "slack")), finding()) == (["bo", "ann"], [("protected", "ann")])


def test_a_finding_without_a_license_keeps_back_all_of_the_persons_changes() -> None:
    assert kept((take("ann"), take("bo"), take("ann", "slack")), finding("")) == (["bo"], [("protected", "ann")] * 2)


def test_a_swap_is_kept_back_by_a_finding_about_either_license() -> None:
    assert kept((swap("ann", "figma", "slack"),), finding("slack")) == ([], [("protected", "ann")])
    assert kept((swap("ann", "slack", "figma"),), finding("slack")) == ([], [("protected", "ann")])


@pytest.mark.parametrize("fields", [{"level": Level.WARN}, {"passed_by": "ack"}, {"person": ""}])
def test_other_findings_keep_nothing_back(fields: dict[str, Any]) -> None:
    assert kept((take("ann"),), finding(**fields)) == (["ann"], [])


def test_a_change_that_is_kept_back_keeps_its_cause_and_place() -> None:
    cause = replace(CAUSE, place=PLACE)
    hold = decide.hold(take("ann", cause=cause), "protected", "what", "fix")
    assert (hold.license, hold.place, hold.verb, hold.cause, hold.account) == (
        "figma",
        PLACE,
        Verb.REVOKE,
        cause,
        "figma",
    )


def test_what_is_adopted_or_covered_is_pending_no_longer() -> None:
    found = decided(
        EMPTY, link(EMPTY, asking("ann", "bo")), people=people("ann", "bo"), reading=reading(holding("ann"))
    )
    assert found.settled == (Settled("figma", "ann", "adopt"),)
    assert found.pending(COMMIT) == (("bo", "figma", True, "user:"),)
    assert found.pending("other") == ()


def test_a_link_touches_the_named_rows_that_it_writes() -> None:
    one = link(asking("ann", "bo"), asking("bo", "cy"))
    assert (one.touches("figma"), one.touches("slack")) == (frozenset({"cy"}), frozenset())


def test_families_are_decided_together() -> None:
    def member(id: str, rank: int, *names: str) -> License:
        return license(id, people=names, one_of="suite", rank=rank)

    base = tree(member("e3", 30, "ann"), member("e5", 50))
    after = tree(member("e3", 30), member("e5", 50, "ann"))
    shown = reading(holding("ann", sku="E3"), holding(sku="E5"))
    found = decided(base, link(base, after), people=people("ann"), state=State({"e3": claims("ann")}), reading=shown)
    assert found.changes == (swap("ann", "e3", "e5"),)
    assert sorted(found.pending(COMMIT)) == [("ann", "e3", False, "user:"), ("ann", "e5", True, "user:")]


# joiners under a rule whose rollout is open


JOINER = people(person("ann", department="Sales"), "bo")
FOLLOWS = tree(license("figma", rule(SALES)))
OPEN = (
    Stage(Kind.GIVES, "pilot", ("cy",)),
    Stage(Kind.GIVES, "rest", ("dee",)),
)


def bulk(license: str = "figma", **fields: Any) -> Rollout:
    items = (Item("cy", license, True, Kind.GIVES, "pilot", SALES_KEY),)
    return Rollout(
        "a", "figma", "a", "Atlas", **{"items": items, "stages": OPEN, "opened": NOW, "bulk": True, **fields}
    )


def joining(open_one: Rollout) -> AccountDecision:
    return decided(FOLLOWS, people=JOINER, state=replace(State(), rollouts={"a": open_one}))


def test_a_joiner_never_overtakes_the_pilot_of_its_rules_rollout() -> None:
    found = joining(bulk())
    assert (calls(found), [(h.rule, h.who) for h in found.held]) == ([], [("joins-rollout", "ann")])


def test_a_joiner_goes_with_the_last_stage() -> None:
    last = replace(OPEN[0], state=StageState.PASSED), OPEN[1]
    assert calls(joining(bulk(stages=last))) == [(Verb.ASSIGN, "ann", CauseKind.RULE)]
    over = tuple(replace(one, state=StageState.PASSED) for one in OPEN)
    assert calls(joining(bulk(stages=over))) == [(Verb.ASSIGN, "ann", CauseKind.RULE)]


@pytest.mark.parametrize(
    "other",
    [
        bulk("slack"),
        bulk(bulk=False),
        bulk(items=(Item("cy", "figma", True, Kind.GIVES, "pilot", "user:"),)),
        bulk(items=(Item("cy", "figma", False, Kind.TAKES, "pilot", SALES_KEY),)),
        bulk(state=RolloutState.CLOSED),
    ],
)
def test_other_rollouts_keep_no_joiner_waiting(other: Rollout) -> None:
    assert calls(joining(other)) == [(Verb.ASSIGN, "ann", CauseKind.RULE)]


def test_what_is_no_join_goes_on_while_the_rollout_is_in_its_pilot() -> None:
    after = tree(license("figma", rule(SALES), team("bo")))
    journal = replace(State(), rollouts={"a": bulk()})
    assert [c.who for c in decided(FOLLOWS, link(FOLLOWS, after), people=JOINER, state=journal).changes] == ["bo"]
