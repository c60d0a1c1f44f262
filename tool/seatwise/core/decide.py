"""Trees, people, readings and journal states → what is to be done at each account, and why; nothing is sent from here.

The road of one account: who holds what (match) → what each tree asks (resolve) → why that flipped (causes) → the table
(diff) → families (family) → what is kept back, row by row. What policies say comes on top (`kept_back`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from msgspec import structs

from seatwise.core import aborts, causes, claims, diff, doubts, family, match, resolve, rollout, rows
from seatwise.core.causes import Link
from seatwise.core.claims import Sent, State
from seatwise.core.diff import Difference, Enforcement
from seatwise.core.holding import Keeping
from seatwise.core.model import (
    CauseKind,
    Change,
    Changeset,
    Claim,
    ClaimState,
    Drift,
    Finding,
    Hold,
    Kept,
    License,
    Mode,
    Outcome,
    People,
    Reading,
    RowChange,
    RuleMatch,
    Seat,
    Settled,
    Tree,
    Unlisted,
)
from seatwise.core.records import Flip
from seatwise.core.resolve import Moment, Resolved
from seatwise.core.rows import rule_key


@dataclass(frozen=True, slots=True)
class TreeLink:
    """One changeset with its tree, the rows that it changes, and what it reverses (by meaning), if anything."""

    changeset: Changeset
    tree: Tree
    rows: tuple[RowChange, ...] = ()
    ask: str = ""
    reverse_of: str = ""
    fast: bool = False
    """Whether what it reverses is open, or closed so lately that it goes without window and soak."""

    def touches(self, license: str) -> frozenset[str]:
        """The people whose named row for the license this changeset writes."""
        return frozenset(
            c.after.key[2] for c in self.rows if c.after and c.after.kind == "user" and c.after.license == license
        )


@dataclass(frozen=True, slots=True)
class History:
    """What one account was last resolved at, and every changeset since."""

    base: Tree
    links: tuple[TreeLink, ...] = ()

    @property
    def tree(self) -> Tree:
        return self.links[-1].tree if self.links else self.base


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a decision stands on: frozen, complete, with one `now`."""

    histories: Mapping[str, History]
    people: People
    readings: Mapping[str, Reading]
    states: Mapping[str, State]
    moment: Moment
    grace: timedelta = timedelta(days=7)
    """How long an unlisted seat of an enforced license is left, from the first run that saw it."""


@dataclass(frozen=True, slots=True)
class AccountDecision:
    """What is to be done at one account. `changes` have a cause and nothing keeps them back, so far."""

    account: str
    reading: Reading
    differences: Mapping[str, Difference] = field(default_factory=dict)
    flips: Mapping[str, Mapping[str, Flip]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    settled: tuple[Settled, ...] = ()
    changes: tuple[Change, ...] = ()
    held: tuple[Hold, ...] = ()
    drift: tuple[Drift, ...] = ()
    kept: tuple[Kept, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    findings: tuple[Finding, ...] = ()
    matches: tuple[RuleMatch, ...] = ()
    doubts: tuple[tuple[str, Outcome], ...] = ()
    """Calls by id whose answer was lost, and what this reading says became of them."""
    state: State = field(default_factory=State)
    """What all this stands on: what the journal says, and those doubts settled."""

    def pending(self, commit: str) -> tuple[tuple[str, str, bool, str], ...]:
        """(who, license, asks, row) of every seat that this changeset flipped and that is not carried out or settled yet."""
        done = {(s.who, s.license) for s in self.settled if s.how in ("adopt", "forget", "cover")}
        return tuple(
            (who, license, claim.asked, claim.row)
            for license, difference in self.differences.items()
            for who, claim in difference.claims.items()
            if claim.pending is not None and claim.pending.commit == commit and (who, license) not in done
        )


def account(id: str, situation: Situation) -> AccountDecision:
    """The decision for one account that could be read; for one that could not: nothing."""
    reading = situation.readings[id]
    if reading.failure:
        return AccountDecision(id, reading, state=situation.states[id])
    return _Deciding(id, situation).run()


class _Deciding:
    """One account being decided: what every license shares."""

    def __init__(self, id: str, situation: Situation) -> None:
        self.id, self.situation = id, situation
        self.history, self.state = situation.histories[id], situation.states[id]
        self.people, self.moment = situation.people, situation.moment
        self.reading = situation.readings[id]
        self.roster = match.roster(id, self.people, self.state.claims)
        self.doubts = tuple(self._settled_doubts()) if self.state.sent else ()
        if self.doubts:
            self.state = doubts.known(self.state, self.doubts, self.moment.now)
            self.roster = match.roster(id, self.people, self.state.claims)
        self.doubtful = doubts.doubtful(self._sent())
        self.flips: dict[str, dict[str, Flip]] = {}
        self.holds: list[Hold] = []
        self.findings = list(doubts.findings(self._sent(), self.reading.info.settle_seconds))
        self.matches: list[RuleMatch] = []

    def run(self) -> AccountDecision:
        differences = {license.id: self._license(license) for license in self._licenses()}
        dropped = tuple(self._dropped(differences))
        merged = family.changes(differences)
        licenses = self.history.tree.licenses
        changes = family.fallen(merged.changes, licenses, differences)
        early = rollout.early_rules(self.state.open_rollouts())
        keeping = Keeping(self.id, self.people, differences, self.reading, tuple(self.holds), early)
        going, held = keeping.split(changes)
        drifted = tuple(x for d in differences.values() for x in d.drift)
        back = aborts.seats(self.state.open_rollouts())
        going, drift, aborted = aborts.split(going, drifted, back, differences)
        seen = (d for d in differences.values() if d.seen)
        for difference in seen:
            self.flips.setdefault(difference.license.id, {}).update(difference.seen)
        return AccountDecision(
            self.id,
            self.reading,
            differences,
            self.flips,
            self.roster.renamed,
            (*(s for d in differences.values() for s in d.settled), *dropped),
            going,
            (*held, *aborted),
            aborts.left(drift, self.state.rollouts.values(), differences),
            tuple(x for d in differences.values() for x in d.kept),
            tuple(x for d in differences.values() for x in d.unlisted),
            (*self.findings, *merged.findings),
            tuple(self.matches),
            self.doubts,
            self.state,
        )

    def _sent(self) -> Iterator[Sent]:
        """Calls in doubt, under the ids that people have now."""
        return (claims.readdressed(one, self.roster.renamed) for one in self.state.sent.values())

    def _settled_doubts(self) -> Iterator[tuple[str, Outcome]]:
        held = {license.id: self._seats(license)[0] for license in self._licenses()}
        return doubts.settled(self._sent(), held, self.reading.info, self.moment.now)

    def _seats(self, license: License) -> tuple[dict[str, Seat], tuple[Finding, ...]]:
        holding = self.reading.holdings.get(license.sku)
        return self.roster.seats(holding.seats if holding else ())

    def _licenses(self) -> Iterator[License]:
        return (license for _, license in sorted(self.history.tree.licenses.items()) if license.account == self.id)

    def _dropped(self, differences: Mapping[str, Difference]) -> Iterator[Settled]:
        """Claims of licenses that the repository has no more (retired before): forgotten without a call."""
        for license, of_license in self.state.claims.items():
            if license not in differences:
                yield from (Settled(license, who, "forget") for who, claim in of_license.items() if not claim.dead)

    def _claims(self, license: str) -> dict[str, Claim]:
        return claims.renamed(self.state.of(license), self.roster.renamed)

    def _license(self, license: License) -> Difference:
        known = self._claims(license.id)
        old, links = self._chain(license, known)
        final = links[-1].resolved if links else old
        flips = causes.flips(known, old, links, self.people, self.moment, self._in_doubt(license.id))
        if flips:
            self.flips[license.id] = flips
        now = {**known, **{who: claims.flipped(known.get(who, resolve.NOBODY), flip) for who, flip in flips.items()}}
        self.holds.extend(final.holds)
        self.findings.extend(final.findings)
        self.matches.extend(self._rule_matches(license, known, final))
        return self._compared(license, final, now)

    def _compared(self, license: License, final: Resolved, now: Mapping[str, Claim]) -> Difference:
        seats, findings = self._seats(license)
        self.findings.extend(findings)
        difference = diff.compared(license, final.asked, now, seats, self._unsettled(license.id))
        if license.mode is Mode.ENFORCE:
            before = self.history.base.licenses.get(license.id)
            allowed = before is not None and before.mode is Mode.ENFORCE
            diff.enforce(difference, Enforcement(allowed, self.situation.grace, self.people.persons), self.moment)
        difference.kept.extend(final.kept)
        diff.unseen(difference, final.waiting)
        return difference

    def _unsettled(self, license: str) -> frozenset[str]:
        """Those whose seat we called so lately that the vendor may still show what was before, or whose call is in doubt."""
        since = self.moment.now - timedelta(seconds=self.reading.info.settle_seconds)
        lately = (who for who, at in self.state.acted.get(license, {}).items() if at > since)
        return frozenset((*lately, *self._in_doubt(license)))

    def _in_doubt(self, license: str) -> frozenset[str]:
        return frozenset(who for who, id in self.doubtful if id == license)

    def _chain(self, license: License, known: Mapping[str, Claim]) -> tuple[Resolved, list[Link]]:
        """What the old tree asks with the people of now, and what each changeset's tree asks after it."""
        before = self.history.base
        old = here = self._resolved(before, license.id, known)
        links: list[Link] = []
        for link in self.history.links:
            alive = _revived(known, self._ids(link.touches(license.id)))
            if alive is not known or not rows.same_asks(before, link.tree, license.id):
                here = self._resolved(link.tree, license.id, alive)
            links.append(Link(link.changeset, here, self._outcomes(link.reverse_of, license.id, known)))
            before, known = link.tree, alive
        return old, links

    def _outcomes(self, commit: str, license: str, known: Mapping[str, Claim]) -> frozenset[str]:
        """Whose seat this changeset gave, took or adopted: what can be reversed. What is pending is called off without a call."""
        done = self.state.changed.get(commit, {}).values()
        moved = (self.roster.renamed.get(c.who, c.who) for c in done if license in c.licenses)
        return frozenset((*moved, *(who for who, claim in known.items() if commit and claims.adopted(claim, commit))))

    def _ids(self, names: Iterable[str]) -> frozenset[str]:
        found = ((name, self.people.find(name)) for name in names)
        return frozenset(person.id if person else name for name, person in found)

    def _resolved(self, tree: Tree, id: str, known: Mapping[str, Claim]) -> Resolved:
        license = tree.licenses.get(id)
        if license is None or license.mode is Mode.OBSERVE or license.retired or license.account != self.id:
            return Resolved()
        where = tree.settings.accounts[self.id].where if self.id in tree.settings.accounts else None
        return resolve.resolved(license, rows.assignments(tree, license), self.people, self.moment, known, where)

    def _rule_matches(self, license: License, known: Mapping[str, Claim], final: Resolved) -> Iterator[RuleMatch]:
        tree, base = self.history.tree, self.history.base
        before = base.licenses.get(license.id)
        was = {rule_key(a) for a in rows.assignments(base, before)} if before else set()
        for assignment in rows.assignments(tree, license):
            key = rule_key(assignment)
            if assignment.where is not None and key in final.matches:
                had = {who for who, claim in known.items() if claim.row == key and _given(claim)}
                now = final.matches[key]
                lost = tuple(sorted(who for who in had - now if who not in final.gone and who in self.people.persons))
                same = key in was
                yield RuleMatch(
                    license.id,
                    assignment.name,
                    assignment.bundle,
                    len(had),
                    len(now),
                    assignment.max,
                    same,
                    lost,
                    tuple(sorted(now - had)),
                )


def _given(claim: Claim) -> bool:
    """Whether a rule's seat counts as given: asked, or still there though the directory says no."""
    return claim.asked or (
        claim.state is ClaimState.OURS and claim.pending is not None and claim.pending.kind is CauseKind.RULE
    )


def _revived(known: Mapping[str, Claim], touched: frozenset[str]) -> Mapping[str, Claim]:
    """The claims with the dead rows alive again that a changeset writes anew; the same object where there are none."""
    dead = {who: structs.replace(known[who], dead=False) for who in touched if who in known and known[who].dead}
    return {**known, **dead} if dead else known


def kept_back(decision: AccountDecision, findings: Sequence[Finding]) -> AccountDecision:
    """The decision with every change held that a finding names, or all of a person's where it names no license. A seat
    that is kept for now, and then would be held, is said to be kept for that."""
    named = {(f.license, f.person): f for f in findings if f.level == "hold" and not f.passed_by and f.person}
    if not named:
        return decision
    going: list[Change] = []
    held: list[Hold] = []
    for change in decision.changes:
        finding = next((named[key] for key in _keys(change) if key in named), None)
        if finding is None:
            going.append(change)
        else:
            held.append(hold(change, finding.rule, finding.what, finding.fix))
    kept = tuple(_kept(one, named.get((one.license, one.who))) for one in decision.kept)
    return replace(decision, changes=tuple(going), held=(*decision.held, *held), kept=kept)


def _kept(kept: Kept, finding: Finding | None) -> Kept:
    return (
        kept if finding is None or kept.until is None else replace(kept, what=finding.what, fix=finding.fix, until=None)
    )


def hold(change: Change, rule: str, what: str, fix: str) -> Hold:
    """A change kept back."""
    cause = change.cause
    return Hold(rule, change.license, change.who, what, fix, cause.place, change.verb, cause, change.account)


def _keys(change: Change) -> Iterable[tuple[str, str]]:
    return (*((license, change.who) for license in change.licenses), ("", change.who))
