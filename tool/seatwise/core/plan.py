"""A course → the Plan that people and machines read: what this change does, and what goes on without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from seatwise.core import canon, decide, due, lifecycle, outlook
from seatwise.core.course import Course
from seatwise.core.decide import Situation, TreeLink
from seatwise.core.model import (
    Change,
    Figures,
    Finding,
    Hold,
    Level,
    Need,
    Plan,
    Rollout,
    Source,
    StagePlan,
    Step,
    Tree,
)
from seatwise.core.outlook import Books, Outlook


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan is of: the changesets that it calls `this change`, and the commits that it stands between."""

    title: str
    base: str
    head: str
    links: tuple[TreeLink, ...]
    tree: Tree
    tool: str
    verdict: str = ""
    age: timedelta = timedelta(days=14)
    """How long an approval counts."""


def plan(planned: Planned, situation: Situation, course: Course) -> Plan:
    """The plan of a course, sorted so that the same input gives the same bytes."""
    mine = {link.changeset.commit for link in planned.links}
    now, today = situation.moment.now, situation.moment.today()
    books = Books(planned.tree, situation.people, today)
    outlooks = {id: _outlook(course, situation, id) for id in course.decisions}
    steps = sorted((s for o in outlooks.values() for s in o.steps), key=_order)
    own = tuple(s for s in steps if s.change.cause.commit in mine)
    held = _held(course, outlooks)
    rows = tuple(change for link in planned.links for change in link.rows)
    return Plan(
        title=planned.title,
        base=planned.base,
        head=planned.head,
        now=now,
        tool=planned.tool,
        timezone=situation.moment.zone,
        feeds=situation.people.feeds,
        sources=tuple(_sources(situation, planned.tree)),
        changesets=tuple(link.changeset for link in planned.links),
        rows=rows,
        steps=own,
        others=tuple(s for s in steps if s.change.cause.commit not in mine),
        held=tuple(h for h in held if _mine(h, mine)),
        others_held=tuple(h for h in held if not _mine(h, mine)),
        drift=tuple(sorted((d for x in course.decisions.values() for d in x.drift), key=lambda d: (d.license, d.who))),
        kept=tuple(sorted((k for x in course.decisions.values() for k in x.kept), key=lambda k: (k.license, k.who))),
        unlisted=tuple(
            sorted((u for x in course.decisions.values() for u in x.unlisted), key=lambda u: (u.license, u.who))
        ),
        settled=tuple(
            sorted((s for x in course.decisions.values() for s in x.settled), key=lambda s: (s.license, s.who))
        ),
        figures=tuple(_figures(course, outlooks, books)),
        charges=outlook.charges(own, books),
        calls=tuple(outlook.calls(d, outlooks[id].steps) for id, d in course.decisions.items()),
        stages=tuple(_stages(course, outlooks, mine)),
        needs=_needs(course),
        findings=_findings(course),
        names={license.id: license.product for license in planned.tree.licenses.values()},
        words=_words(situation, planned.tree),
        verdict=planned.verdict,
        approve_through=today + planned.age if planned.links else None,
        ask_digest=canon.ask_digest(rows) if rows else "",
        plan_digest=canon.plan_digest(s.change for s in own),
    )


def _words(situation: Situation, tree: Tree) -> dict[str, str]:
    """What revoking means, by license, at the accounts that were read."""
    here = (license for license in tree.licenses.values() if license.account in situation.readings)
    return {license.id: situation.readings[license.account].info.takes for license in here}


def _outlook(course: Course, situation: Situation, id: str) -> Outlook:
    """What goes, and what waits for somebody's decision: everything of an account that is stopped, all of a halted rollout."""
    state, decision = situation.states[id], course.decisions[id]
    open_ones: Sequence[Rollout] = (*state.open_rollouts(), *course.opening.get(id, ()))
    still = {one.commit: one for one in open_ones if one.state in lifecycle.STOPPED}
    waits = [c for c in decision.changes if state.stopped or c.cause.commit in still]
    going = replace(decision, changes=tuple(c for c in decision.changes if c not in waits)) if waits else decision
    undone = () if state.stopped else due.undone(decision, state, situation.people)
    found = outlook.outlook(going, open_ones, situation.people, course.calendar, undone)
    holds = [_waits(change, still.get(change.cause.commit), state.stopped) for change in waits]
    return replace(found, waits=(*found.waits, *holds))


def _waits(change: Change, rollout: Rollout | None, stopped: str) -> Hold:
    if rollout is None or stopped:
        what = f"account {change.account} is stopped: {stopped}"
        fix = f'seatwise run resume --account {change.account} --reason "go on"'
        return decide.hold(change, "account-stopped", what, fix)
    what = f"rollout {rollout.id} is {rollout.state}: {rollout.why}"
    return decide.hold(change, "rollout-halted", what, f"seatwise run show {rollout.id}")


def _order(step: Step) -> tuple[str, ...]:
    opens = canon.plain(step.opens) if step.opens else ""
    return opens, step.change.account, step.change.license, str(step.change.verb), step.change.who


def _held(course: Course, outlooks: Mapping[str, Outlook]) -> list[Hold]:
    held = {h for d in course.decisions.values() for h in d.held} | {h for o in outlooks.values() for h in o.waits}
    return sorted(held, key=lambda h: (h.license, h.who, h.rule, h.what, h.account, h.verb or ""))


def _mine(hold: Hold, commits: set[str]) -> bool:
    return hold.cause is not None and hold.cause.commit in commits


def _sources(situation: Situation, tree: Tree) -> Iterator[Source]:
    for id, reading in sorted(situation.readings.items()):
        account = tree.settings.accounts.get(id)
        yield Source(id, account.vendor if account else "", reading.as_of, reading.failure, reading.fix)


def _figures(course: Course, outlooks: Mapping[str, Outlook], books: Books) -> Iterator[Figures]:
    for id, decision in course.decisions.items():
        waiting = replace(decision, held=(*decision.held, *outlooks[id].waits))
        yield from outlook.figures(waiting, outlooks[id].steps, books)


def _stages(course: Course, outlooks: Mapping[str, Outlook], commits: set[str]) -> Iterator[StagePlan]:
    ids = {commit[:12] for commit in commits}
    for one in outlooks.values():
        yield from (stage for stage in one.stages if stage.rollout in ids)


def _needs(course: Course) -> tuple[Need, ...]:
    """Each owner once, with the most that any of the changesets asks of them."""
    needs: dict[str, Need] = {}
    for judged in course.judged:
        for need in judged.needs:
            if need.owner not in needs or needs[need.owner].count < need.count:
                needs[need.owner] = need
    return tuple(need for _, need in sorted(needs.items()))


def _findings(course: Course) -> tuple[Finding, ...]:
    """Every finding once, the worst first; those that keep back one change are shown as held, not here."""
    found = {*course.findings, *(f for j in course.judged for f in j.findings)}
    found |= {f for d in course.decisions.values() for f in d.findings}
    shown = (f for f in found if f.level is not Level.HOLD)
    ranks = {level: rank for rank, level in enumerate(Level)}
    return tuple(
        sorted(shown, key=lambda f: (bool(f.passed_by), ranks[f.level], f.rule, f.key, f.what, f.license, f.fix))
    )
