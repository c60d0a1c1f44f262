"""A course → the Plan that people and machines read: what this change does, and what goes on without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.builders import (
    COMMIT,
    NOW,
    bundle,
    claim,
    claims,
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
    team,
    tree,
    where,
)

from seatwise.core import canon, plan
from seatwise.core.course import Course, Frame, Judged, Judgement, course
from seatwise.core.decide import Situation, TreeLink
from seatwise.core.model import (
    Cause,
    CauseKind,
    Feed,
    Finding,
    Item,
    Kind,
    Level,
    Need,
    Plan,
    Reading,
    Rollout,
    Source,
    Stage,
    Status,
    Tree,
    VendorInfo,
)
from seatwise.core.plan import Planned
from seatwise.core.stage import StageRules

SECOND = "dada000000000000000000000000000000000002"
EMPTY = tree(license())
NOTHING = Judgement()
ROOT = Path(__file__).parents[2]
SAMPLE = ("seatwise.yaml", "licenses", "owners", "policies", "hr", "sandbox", "exports", ".gitignore")


def planned(seen: Situation, *links: TreeLink, judged: Judgement = NOTHING, frame: Tree = EMPTY, **fields: Any) -> Plan:
    tip = links[-1].tree if links else frame
    decided = course(
        seen, links, Frame(frame, tip, {}, StageRules()), lambda review: judged if review.rows else NOTHING
    )
    return made(decided, seen, *links, tip=tip, **fields)


def made(decided: Course, seen: Situation, *links: TreeLink, tip: Tree = EMPTY, **fields: Any) -> Plan:
    return plan.plan(Planned("Atlas", "base", "head", links, tip, "1.0", **fields), seen, decided)


def asking(*names: str, **fields: Any) -> Tree:
    return tree(license("figma", people=names, **fields))


def asked(*names: str, **fields: Any) -> Plan:
    one = link(EMPTY, asking(*names))
    return planned(situation(EMPTY, one, **{"people": people(*names), **fields}), one)


def test_a_plan_says_what_it_is_of_and_when() -> None:
    one = link(EMPTY, asking("ann"))
    who = people("ann", feeds=(Feed("hr", 5004, NOW, "sha256:1"),))
    found = planned(situation(EMPTY, one, people=who), one, verdict="0 of 2")
    assert (found.title, found.base, found.head, found.tool, found.verdict) == (
        "Atlas",
        "base",
        "head",
        "1.0",
        "0 of 2",
    )
    assert (found.now, found.timezone, found.feeds) == (NOW, "UTC", who.feeds)
    assert (found.changesets, found.rows) == ((one.changeset,), one.rows)
    assert (found.ask_digest, found.approve_through) == (canon.ask_digest(one.rows), date(2026, 12, 8))
    assert found.plan_digest == canon.plan_digest(s.change for s in found.steps)
    assert (found.names, found.words) == ({"figma": "figma"}, {"figma": "takes the seat"})


def test_without_a_change_there_is_nothing_to_approve() -> None:
    found = planned(situation(EMPTY))
    assert (found.ask_digest, found.approve_through, found.steps) == ("", None, ())


def test_what_this_change_does_is_told_apart_from_what_goes_on_without_it() -> None:
    base, after = asking("cy"), asking("ann", "cy", "zoe")
    known = state(figma={"cy": claim(), "gone": claim(row="rule::x"), "old": claim(row="rule::x")})
    one = link(base, after)
    who = people("ann", person("cy", status=Status.LEFT))
    found = planned(situation(base, one, people=who, state=known, reading=reading(holding("cy"))), one, frame=base)
    assert [(s.change.who, s.change.cause.kind) for s in found.steps] == [("ann", CauseKind.COMMIT)]
    assert [(s.change.who, s.change.cause.kind) for s in found.others] == [("cy", CauseKind.LEAVER)]
    assert [h.who for h in found.held] == ["zoe"]
    assert found.plan_digest == canon.plan_digest(s.change for s in found.steps)


def test_what_another_change_has_held_is_not_part_of_this_one() -> None:
    pending = {"zoe": claim(state=claim().state.NONE, pending=Cause(CauseKind.COMMIT, "earlier"))}
    found = planned(situation(asking("zoe"), state=state(figma=pending)), frame=asking("zoe"))
    assert ([h.who for h in found.others_held], found.held) == (["zoe"], ())


def test_steps_stand_in_the_order_in_which_they_open() -> None:
    names = [f"p{n:02}" for n in range(20)]
    found = asked(*names)
    assert [s.opens for s in found.steps] == sorted(s.opens for s in found.steps if s.opens)
    pilot, rest = found.stages
    assert (pilot.name, rest.name, pilot.changes, rest.changes) == ("pilot", "rest", 8, 12)
    assert [s.change.who for s in found.steps] == [*pilot.people, *rest.people]


def test_what_opens_together_is_sorted_by_license_verb_and_name() -> None:
    early = person("zoe", start=date(2020, 1, 1))
    late = person("ann", start=date(2026, 1, 1))
    base = asking("mo")
    one = link(base, asking("zoe", "ann"))
    seen = situation(
        base, one, people=people(early, late, "mo"), state=state(figma=claims("mo")), reading=reading(holding("mo"))
    )
    assert [s.change.who for s in planned(seen, one, frame=base).steps] == ["ann", "zoe", "mo"]


def test_what_is_held_is_sorted() -> None:
    names = ["zoe", "yan", "abe", "uma", "bob", "eve"]
    one = link(EMPTY, asking(*names))
    assert [h.who for h in planned(situation(EMPTY, one), one).held] == sorted(names)


def test_open_rollouts_of_earlier_changes_are_no_stages_of_this_one() -> None:
    items = (Item("bo", "figma", True, Kind.GIVES, "all"),)
    open_one = Rollout("earlier", "figma", "earlier", "Earlier", items, (Stage(Kind.GIVES, "all", ("bo",)),), NOW)
    pending = {"bo": claim(state=claim().state.NONE, pending=Cause(CauseKind.COMMIT, "earlier"))}
    base = asking("bo")
    one = link(base, asking("ann", "bo"))
    known = replace(state(figma=pending), rollouts={"earlier": open_one})
    found = planned(situation(base, one, people=people("ann", "bo"), state=known), one, frame=base)
    assert [s.rollout for s in found.stages] == [COMMIT[:12]]
    assert [(s.change.who, s.rollout) for s in found.others] == [("bo", "earlier")]


def test_who_waits_for_a_seat_is_held_and_counted() -> None:
    found = asked("ann", "bo", reading=reading(holding(bought=1)))
    assert [(h.rule, h.who) for h in found.held] == [("pool-full", "bo")]
    assert (found.figures[0].waiting, found.figures[0].after) == (1, 1)
    assert found.calls[0].writes == 1


def test_drift_unlisted_and_settled_are_sorted() -> None:
    names = ["dee", "ann", "cy", "bo"]
    shown = reading(holding(*(seat(who) for who in ("zoe", "moe", "lea", "bo", "ann"))))
    found = planned(
        situation(asking(*names), people=people(*names), state=state(figma=claims("dee", "cy")), reading=shown)
    )
    assert [d.who for d in found.drift] == ["cy", "dee"]
    assert [u.who for u in found.unlisted] == ["?h-lea", "?h-moe", "?h-zoe"]
    assert [(s.who, s.how) for s in found.settled] == [
        ("ann", "adopt"),
        ("bo", "adopt"),
        ("cy", "miss"),
        ("dee", "miss"),
    ]


def test_each_source_says_its_age_or_why_it_could_not_be_read() -> None:
    seen = situation(EMPTY)
    broken = Reading("slack", VendorInfo("Slack"), failure="HTTP 500", fix="try again")
    two = replace(
        seen, readings={"slack": broken, **seen.readings}, states={**seen.states, "slack": state()},
        histories={**seen.histories, "slack": seen.histories["figma"]},
    )  # fmt: skip
    assert planned(two).sources == (
        Source("figma", "sandbox", NOW),
        Source("slack", "", None, "HTTP 500", "try again"),
    )


def test_a_license_of_an_account_that_was_not_asked_has_no_word() -> None:
    both = tree(license(), license("paper", account="", sku=""), license("slack", account="slack"))
    assert planned(situation(both), frame=both).words == {"figma": "takes the seat"}


def test_each_owner_is_needed_once_with_the_most_that_is_asked_of_them() -> None:
    first = Judged(link(EMPTY, EMPTY), needs=(Need("it", 1, bound=1), Need("design", 2, bound=2)))
    second = Judged(link(EMPTY, EMPTY, SECOND), needs=(Need("it", 2, bound=9), Need("design", 1)))
    found = made(Course({}, (first, second)), replace(situation(EMPTY), readings={}), tip=Tree())
    assert found.needs == (Need("design", 2, bound=2), Need("it", 2, bound=9))


def test_findings_are_shown_once_the_worst_first_and_holds_as_what_is_held() -> None:
    def of(level: Level, rule: str = "r", **fields: Any) -> Finding:
        return Finding(rule, level, "w", **fields)

    levels = [of(Level.WARN), of(Level.CONFIRM), of(Level.BLOCK), of(Level.ERROR), of(Level.HOLD)]
    passed = of(Level.ERROR, passed_by="ack")
    decided = Course({}, (Judged(link(EMPTY, EMPTY), (*levels, passed)),), (of(Level.BLOCK), of(Level.BLOCK, "a")))
    found = made(decided, replace(situation(EMPTY), readings={}), tip=Tree())
    assert found.findings == (
        of(Level.ERROR),
        of(Level.BLOCK, "a"),
        of(Level.BLOCK),
        of(Level.CONFIRM),
        of(Level.WARN),
        passed,
    )
    assert found.blocked == found.findings[:3]


def test_what_readings_show_is_among_the_findings() -> None:
    known = state(figma={"ann": claim(holder="h-1")})
    shown = reading(holding(seat("bo", holder="h-1")))
    found = planned(
        situation(asking("ann"), people=people("ann", "bo"), state=known, reading=shown), frame=asking("ann")
    )
    assert [f.rule for f in found.findings] == ["holder-disagrees"]


# law: the bytes depend on what is asked and shown, and on no order


def shuffled(random: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    keys = list(values)
    random.shuffle(keys)
    return {key: values[key] for key in keys}


def company(shuffle: Any) -> Plan:
    """A little of everything, with every mapping and listing in the order of `shuffle`."""
    names = [f"p{n:02}" for n in range(14)]
    staff = [
        person(who, department="Sales" if n % 2 else "Data", start=date(2026, 1, 1 + n % 3))
        for n, who in enumerate(names)
    ]
    staff += [person("gone", status=Status.LEFT), person("moved", department="Data")]
    everybody = people(*shuffle({one.id: one for one in staff}).values())
    sales = rule(where(department="Sales"), max=5)
    old, new = ["gone", *names[:4]], [*names[2:12], "zoe", "nobody"]
    suite: dict[str, Any] = {"one_of": "suite"}
    before = tree(
        license("figma", team(*old), sales),
        license("e3", people=names[:5], rank=1, **suite),
        license("e5", rank=2, **suite),
    )
    after = tree(
        *shuffle({
            "figma": license("figma", replace(team(*new), people=shuffle(team(*new).people)), sales),
            "e3": license("e3", people=names[3:5], rank=1, **suite),
            "e5": license("e5", people=names[:3], rank=2, **suite),
        }).values(),
        bundles=shuffle({id: bundle(id, [team(*names[:6])], ["figma"]) for id in ("a", "b")}).values(),
    )  # fmt: skip
    by_rule = claims("moved", "lost", row="rule::department sales")
    known = {"figma": shuffle({**claims(*old), **by_rule}), "e3": shuffle(claims(*names[:5]))}
    shown = [holding(*shuffle(dict.fromkeys([*old, "moved", "stranger", "other"])), bought=13)]
    shown += [holding(*shuffle(dict.fromkeys(names[:5])), sku="E3"), holding(sku="E5", bought=2)]
    one = link(before, after)
    seen = situation(before, one, people=everybody, state=state(**shuffle(known)), reading=reading(*shown))
    findings = [Finding("r", Level.WARN, "w", license=id) for id in shuffle(dict.fromkeys("abc"))]
    return planned(seen, one, judged=Judgement(tuple(findings)), frame=before)


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_plans_bytes_depend_on_no_order(random: Any) -> None:
    one, other = company(dict), company(lambda values: shuffled(random, values))
    assert len(one.steps) > 5 and one.held and one.others and one.stages and len(one.figures) == 3
    assert json.dumps(canon.plan_to_json(one)) == json.dumps(canon.plan_to_json(other))


PROGRAM = """
import json, sys
from datetime import UTC, datetime
from seatwise.core import canon
from seatwise.edges.clock import SetClock
from seatwise.flows.plan import plan
from seatwise.flows.workspace import Workspace
found = plan(Workspace.open(sys.argv[1], SetClock(datetime(2026, 11, 24, 9, tzinfo=UTC)), {}))
print(json.dumps(canon.plan_to_json(found)))
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample company, committed."""
    for name in SAMPLE:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "The sample"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_the_plans_bytes_do_not_depend_on_the_hash_seed(sample: Path) -> None:
    def bytes_with(seed: str) -> bytes:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(sample)], env=env, check=True, capture_output=True
        ).stdout

    one, other = bytes_with("1"), bytes_with("2")
    assert len(one) > 10_000
    assert one == other
