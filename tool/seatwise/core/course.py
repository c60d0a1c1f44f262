"""A situation + the changesets that are new + a judge → everything decided: changes, holds, findings, rollouts.

The one place where plan and apply get their answer from, so that what was shown is what is done. `judge` is what the
policies say of a review; it comes in as a function, because core knows no policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from seatwise.core import check, decide, outlook, queue, rows, stage, terms
from seatwise.core.decide import AccountDecision, Situation, TreeLink
from seatwise.core.model import (
    CauseKind,
    Change,
    Done,
    Figures,
    Finding,
    Lane,
    License,
    Need,
    Policy,
    Review,
    Rollout,
    Size,
    Step,
    Tree,
    Verb,
)
from seatwise.core.outlook import Books
from seatwise.core.stage import Draft, StageRules, lane
from seatwise.core.windows import Calendar


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policies say of one review: findings, and what each owner must approve."""

    findings: tuple[Finding, ...] = ()
    needs: tuple[Need, ...] = ()


Judge = Callable[[Review], Judgement]


@dataclass(frozen=True, slots=True)
class Judged:
    """One new changeset and what is said of it."""

    link: TreeLink
    findings: tuple[Finding, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def blocks(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.level in ("error", "block") and not f.passed_by)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything decided. `opening` are the rollouts that the new changesets will have, by account; `review` is what the run
    was judged by, less the changesets."""

    decisions: Mapping[str, AccountDecision]
    judged: tuple[Judged, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Of no changeset: what people, rules and vendors show."""
    opening: Mapping[str, tuple[Rollout, ...]] = field(default_factory=dict)
    review: Review | None = None
    calendar: Calendar = Calendar()
    """When what takes seats may go."""

    def changes(self) -> Iterator[Change]:
        for decision in self.decisions.values():
            yield from decision.changes


@dataclass(frozen=True, slots=True)
class Frame:
    """What a course is judged by: the tree in force before it, the policies, and the tree that they are read from."""

    before: Tree
    tree: Tree
    policies: Mapping[str, Policy]
    rules: StageRules
    asks_of: Mapping[str, str] = field(default_factory=dict)
    """Commit → ask digest of what is admitted, and of what is new."""


def course(situation: Situation, links: Sequence[TreeLink], frame: Frame, judge: Judge) -> Course:
    """The course of one run, or of a plan. `links` are the changesets that are not admitted yet, oldest first."""
    decisions = {id: decide.account(id, situation) for id in sorted(situation.readings)}
    judged: list[Judged] = []
    before = frame.before
    for index, link in enumerate(links):
        later = frozenset(other.changeset.commit for other in links[index + 1 :])
        said = judge(_review(situation, _without(decisions, later), frame, link, before))
        decisions = _kept_back(decisions, said.findings)
        judged.append(Judged(link, said.findings, said.needs))
        before = link.tree
    review = _review(situation, decisions, frame, None, frame.tree)
    run = judge(review)
    decisions = _kept_back(decisions, run.findings)
    opening, drawn = _opening(situation, decisions, links, frame.rules)
    findings = (*run.findings, *drawn)
    return Course(decisions, tuple(judged), findings, opening, review, _calendar(situation, frame))


def _calendar(situation: Situation, frame: Frame) -> Calendar:
    moment = situation.moment
    lets = check.lets(frame.tree, frame.policies, frame.asks_of, moment.today())
    return Calendar(frame.rules.windows, situation.people, moment.zone, lets, moment.now)


def draft(situation: Situation, decision: AccountDecision, link: TreeLink) -> Draft:
    """What the changeset's rollout at one account is made of."""
    commit = link.changeset.commit
    differences = decision.differences
    volunteers = {who for d in differences.values() for who in d.license.volunteers}
    return Draft(
        link.changeset,
        decision.account,
        tuple(c for c in decision.changes if c.cause.commit == commit),
        decision.pending(commit),
        {id: len(d.seats) for id, d in differences.items()},
        frozenset(volunteers),
        link.reverse_of if link.fast else "",
    )


def _opening(
    situation: Situation, decisions: Mapping[str, AccountDecision], links: Sequence[TreeLink], rules: StageRules
) -> tuple[dict[str, tuple[Rollout, ...]], list[Finding]]:
    opening: dict[str, tuple[Rollout, ...]] = {}
    findings: list[Finding] = []
    for id, decision in decisions.items():
        made: list[Rollout] = []
        for link in links:
            plan = draft(situation, decision, link)
            if plan.items or plan.changes:
                rollout, found = stage.rollout(plan, situation.people, rules, situation.moment.now)
                made.append(rollout)
                findings.extend(found)
        opening[id] = tuple(queue.drawn(made, situation.states[id].open_rollouts()))
    return opening, findings


def _without(decisions: Mapping[str, AccountDecision], commits: frozenset[str]) -> dict[str, AccountDecision]:
    """The decisions less the changes of these changesets: one that comes later says nothing of those before it."""
    return {
        id: replace(decision, changes=tuple(c for c in decision.changes if c.cause.commit not in commits))
        for id, decision in decisions.items()
    }


def _kept_back(decisions: Mapping[str, AccountDecision], findings: Sequence[Finding]) -> dict[str, AccountDecision]:
    return {id: decide.kept_back(decision, findings) for id, decision in decisions.items()}


def _review(
    situation: Situation,
    decisions: Mapping[str, AccountDecision],
    frame: Frame,
    link: TreeLink | None,
    before: Tree,
) -> Review:
    commit = link.changeset.commit if link else ""
    changes = [c for d in decisions.values() for c in d.changes]
    own = tuple(c for c in changes if link and c.cause.commit == commit)
    lanes = _by_lane(c for c in changes if link is None or lane(c) not in (Lane.COMMIT, Lane.REVERSE))
    tree = link.tree if link else frame.tree
    now, today = situation.moment.now, situation.moment.today()
    return Review(
        tree=tree,
        before=before,
        people=situation.people,
        rules=frame.policies,
        now=now,
        today=today,
        rows=link.rows if link else (),
        changes=own,
        lanes=lanes,
        figures=_figures(situation, decisions, tree),
        sizes=_sizes(link, own, before, situation) if link else {},
        matches=tuple(m for d in decisions.values() for m in d.matches),
        past=tuple(_past(now, decisions.values(), [c for c in changes if c.cause.commit and c.cause.commit != commit])),
        readings=situation.readings,
        feeds=situation.people.feeds,
        asks=link.ask if link else "",
        asks_of=frame.asks_of,
        exact_reverse=bool(link and link.reverse_of and link.fast)
        and all(c.cause.kind is CauseKind.REVERSE for c in own),
        tickets=_tickets(link, own) if link else (),
        title=link.changeset.title if link else "",
    )


def _by_lane(changes: Iterable[Change]) -> dict[Lane, tuple[Change, ...]]:
    lanes: dict[Lane, list[Change]] = {}
    for change in changes:
        lanes.setdefault(lane(change), []).append(change)
    return {one: tuple(these) for one, these in lanes.items()}


def _figures(situation: Situation, decisions: Mapping[str, AccountDecision], tree: Tree) -> dict[str, Figures]:
    books = Books(tree, situation.people, situation.moment.today())
    return {
        figures.license: figures
        for decision in decisions.values()
        for figures in outlook.figures(decision, [Step(c, lane(c), "") for c in decision.changes], books)
    }


def _sizes(link: TreeLink, changes: Sequence[Change], before: Tree, situation: Situation) -> dict[str, Size]:
    day = situation.moment.today()
    bounds: Counter[str] = Counter()
    gives = Counter(c.after.license for c in changes if c.after and c.verb is not Verb.CHANGE)
    takes = Counter(c.before.license for c in changes if c.before and c.verb is not Verb.CHANGE)
    for change in link.rows:
        license, most = change.row.license, rows.bound(change, before, link.tree, day)
        bounds[license] += most
        if license and _unread(license, link.tree, situation):
            (takes if change.after is None or change.row.kind == "never" else gives)[license] += most
    return {
        id: _size(link.tree.licenses.get(id) or before.licenses[id], bounds[id], gives[id], takes[id], day)
        for id in sorted(bounds)
        if id
    }


def _unread(license: str, tree: Tree, situation: Situation) -> bool:
    """Whether nobody knows what its account shows: then it moves as many seats as it can."""
    known = tree.licenses.get(license)
    return known is not None and bool(known.account) and known.account not in situation.readings


def _size(license: License, bound: int, gives: int, takes: int, day: date) -> Size:
    """With what the seats cost a month, where each is billed."""
    price = terms.price(license, day)
    if price is None or license.billed != "assigned":
        return Size(license.id, bound, gives, takes)
    return Size(license.id, bound, gives, takes, price.monthly() * (gives - takes), price.currency)


def _past(now: datetime, decisions: Iterable[AccountDecision], admitted: Iterable[Change]) -> Iterator[Done]:
    for decision in decisions:
        yield from decision.state.lately(now)
    for change in admitted:
        for verb, grant in ((change.verb, change.before), (Verb.ASSIGN, change.after)):
            if grant is not None and change.verb is not Verb.CHANGE:
                way, cause = lane(change), change.cause.kind
                yield Done(now, verb, grant.license, change.account, change.who, way, cause, pending=True)


def _tickets(link: TreeLink, changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(sorted({c.cause.ticket for c in changes if c.cause.ticket}))
