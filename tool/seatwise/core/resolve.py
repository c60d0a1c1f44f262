"""The assignments of one license + people + a moment → who is asked, by which row, and what is held.

Rules (semantics §3, §7, §10):
- Nobody who has left is asked, and nobody under `never`: it wins over users, rules and bundles.
- A `user` row names one person. One that the directory does not know stays asked and is held, he alone. It may be a
  former name of somebody absent, whom only the claim knows: whoever has a seat of ours by such a row keeps it.
- A rule asks everybody whom its `where` matches: active, on leave, or starting within `joiners.ready`. An attribute
  that is empty is unknown: it never matches, and whoever was asked by that rule keeps the seat, with a finding.
- A mover keeps what the same rule gave for `movers.keep_for`, counted from HR's date, else from the first run that saw it.
- Above `max` new people of a rule wait; nobody is taken off for it.
- Where several rows ask, options come from the narrowest: a `user` row before a rule. Rules that differ: a finding.
- `through` is the last day included, in the holder's own zone.
- A dead row (the leaver's removal was carried out) asks nothing until a changeset touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from seatwise.core.directory import leaver
from seatwise.core.model import (
    Assignment,
    Claim,
    ClaimState,
    Finding,
    Hold,
    Kept,
    Level,
    License,
    Options,
    People,
    Person,
    Place,
    Reassert,
    Selector,
    Status,
)
from seatwise.core.near import near
from seatwise.core.rows import rule_key

NOBODY = Claim()


@dataclass(frozen=True, slots=True)
class Ask:
    """Why somebody is asked: one row, as resolved. People of the same plain list share one."""

    row: str
    rule: bool
    assignment: str
    place: Place
    bundle: str = ""
    through: date | None = None
    options: Options = ()
    ticket: str = ""

    @property
    def why(self) -> str:
        return f"bundle {self.bundle}" if self.bundle else self.assignment


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who is asked for one license, and what is kept back. `gone` says why those who are named are not asked: leaver, expiry."""

    asked: Mapping[str, Ask] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    matches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Row of each rule → everybody whom it matches today, those who wait for room included."""
    waiting: Mapping[str, date] = field(default_factory=dict)
    """Movers, and people on leave, who keep the seat for now → the first day without it."""
    kept: tuple[Kept, ...] = ()
    """The same in words, of those whose seat nothing else asks."""
    holds: tuple[Hold, ...] = ()
    findings: tuple[Finding, ...] = ()
    reassert: Mapping[str, Reassert] | None = None
    """Whose seat is to be put right, by the row that says so; None where the license is not managed here."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The one `now` of a run, with the organisation's zone."""

    now: datetime
    zone: str = "UTC"

    def today(self, zone: str = "") -> date:
        """The calendar day now, where somebody is."""
        return _day_in(self.now, zone or self.zone)


@lru_cache(maxsize=512)
def _day_in(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone) if zone != "UTC" else UTC).date()


def resolved(
    license: License,
    assignments: Iterable[Assignment],
    people: People,
    moment: Moment,
    claims: Mapping[str, Claim],
    at: Selector | None = None,
) -> Resolved:
    """Who is asked for the license now. `claims` are what was asked before; `at` narrows to people who may hold seats there."""
    return _Resolving(license, people, moment, claims, at).run(tuple(assignments))


class _Resolving:
    """One license being resolved: the accumulators of one call, gone when it returns."""

    def __init__(
        self, license: License, people: People, moment: Moment, claims: Mapping[str, Claim], at: Selector | None
    ) -> None:
        self.license, self.people, self.moment, self.claims, self.at = license, people, moment, claims, at
        self.asked: dict[str, Ask] = {}
        self.gone: dict[str, str] = {}
        self.unknown: dict[str, Ask] = {}
        self.matches: dict[str, frozenset[str]] = {}
        self.waiting: dict[str, date] = {}
        self.kept: dict[str, tuple[str, Kept]] = {}
        """Who → the one row that this is about, where it is about one; and what is said."""
        self.holds: list[Hold] = []
        self.findings: list[Finding] = []
        self.never = self._never()
        self.dead = frozenset(who for who, claim in claims.items() if claim.dead)
        self.given = _given(claims)

    def run(self, assignments: tuple[Assignment, ...]) -> Resolved:
        for assignment in assignments:
            self._users(assignment)
        self._former_names()
        for assignment in assignments:
            if assignment.where is not None:
                self._rule(assignment, assignment.where)
        holds = tuple(h for h in self.holds if h.rule != "rule-full" or h.who not in self.asked)
        kept = tuple(kept for who, (row, kept) in self.kept.items() if who in self.asked and self._stands_on(who, row))
        reassert = {self._id(one.person): one for one in self.license.reassert}
        findings = tuple(self.findings)
        return Resolved(self.asked, self.gone, self.matches, self.waiting, kept, holds, findings, reassert)

    def _stands_on(self, who: str, row: str) -> bool:
        """Whether nothing but this row asks; no row named: it holds of all."""
        return not row or (self.asked[who].row == row and not any(who in matched for matched in self.matches.values()))

    def _never(self) -> frozenset[str]:
        names = (n.person for n in self.license.never if n.through is None or self._today(n.person) <= n.through)
        return frozenset(self._id(name) for name in names)

    def _id(self, name: str) -> str:
        person = self.people.find(name)
        return person.id if person else name

    def _today(self, name: str) -> date:
        person = self.people.find(name)
        return self.moment.today(person.zone if person else "")

    # users

    def _users(self, assignment: Assignment) -> None:
        ask = Ask(
            rule_key(assignment),
            False,
            assignment.name,
            assignment.place,
            assignment.bundle,
            assignment.through,
            assignment.options,
            assignment.ticket,
        )
        persons = self.people.persons
        for name in assignment.people:
            person = persons.get(name) or self.people.find(name)
            if person is None:
                self._unknown(name, assignment, ask)
            elif person.id not in self.never:
                self._user(person, name, assignment, ask)

    def _user(self, person: Person, name: str, assignment: Assignment, ask: Ask) -> None:
        if name in assignment.terms or ask.through:
            ask = self._own(ask, assignment, name)
        if away := self._away(person):
            self.gone[person.id] = away
            return
        if ask.through and self.moment.today(person.zone) > ask.through:
            self.gone.setdefault(person.id, "expiry")
            return
        if person.id in self.dead:
            self._dead(person, assignment, name)
            return
        if self.at is not None and not matches(self.at, person):
            self._outside(person, assignment, name)
        self.asked.setdefault(person.id, ask)

    def _former_names(self) -> None:
        """Keeps what people hold who are absent, and whose row may be one that names nobody now."""
        for who, claim in self.claims.items() if self.unknown else ():
            ask = self.unknown.get(claim.row) if claim.asked and claim.state is not ClaimState.NONE else None
            if ask is not None and who not in self.asked and self.people.find(who) is None:
                self.asked[who] = ask
                what = f"{who} is in HR no more, and a row of '{ask.assignment}' names nobody in HR: the seat is kept"
                self._hold("absent-person", who, what, "mark them as left in HR, or put them back", ask.place)

    def _own(self, ask: Ask, assignment: Assignment, name: str) -> Ask:
        terms = assignment.terms.get(name)
        through = (terms.through if terms else None) or assignment.through
        options = (terms.options if terms else ()) or assignment.options
        place = assignment.line(name)
        return Ask(ask.row, False, ask.assignment, place, ask.bundle, through, options, ask.ticket)

    def _unknown(self, name: str, assignment: Assignment, ask: Ask) -> None:
        if name in self.never:
            return
        ask = self._own(ask, assignment, name)
        if ask.through and self.moment.today() > ask.through:
            self.gone.setdefault(name, "expiry")
            return
        self.asked[name] = self.unknown[ask.row] = ask
        guess = near(name, self.people.persons)
        hint = f"did you mean {guess} ({self.people.persons[guess].department})? " if guess else ""
        unknown = f"nobody in HR is '{name}'", f"{hint}Not in HR on purpose: owners/holders"
        what, fix = self.people.unread.get(name.casefold(), unknown)
        self._hold("unknown-person", name, what, fix, ask.place)

    def _dead(self, person: Person, assignment: Assignment, name: str) -> None:
        what = f"{name} left and the seat was taken; this row asks nothing any more"
        fix = "remove the row; to give the seat again, remove it, then add it in a later pull request"
        place = assignment.line(name)
        self.findings.append(Finding("dead-row", Level.WARN, what, fix, place, person.id, self.license.id, person.id))

    def _outside(self, person: Person, assignment: Assignment, name: str) -> None:
        what = f"{person.id} is outside account {self.license.account} ({self.at})"
        fix = f"remove the row, or widen where: of account {self.license.account}"
        self._hold("outside-account", person.id, what, fix, assignment.line(name))

    # rules

    def _rule(self, assignment: Assignment, where: Selector) -> None:
        key = rule_key(assignment)
        ask = Ask(
            key,
            True,
            assignment.name,
            assignment.place,
            assignment.bundle,
            assignment.through,
            assignment.options,
            assignment.ticket,
        )
        never = self.never
        matched = [p for p in matching(self.people, where) if p.id not in never and self._gives(assignment, p)]
        self.matches[key] = frozenset(p.id for p in matched)
        keeping = list(self._keeping(assignment, where, key))
        for person in (*self._within_max(assignment, key, matched, len(keeping)), *keeping):
            self._ask_by_rule(person, ask)

    def _gives(self, assignment: Assignment, person: Person) -> bool:
        if self.at is not None and not matches(self.at, person):
            return False
        return not self._ended(assignment, person.id) and self._here(person, assignment)

    def _ended(self, assignment: Assignment, who: str) -> bool:
        """Whether the rule's last day is past where the person is."""
        if assignment.through is None or self._today(who) <= assignment.through:
            return False
        if self.claims.get(who, NOBODY).asked:
            self.gone.setdefault(who, "expiry")
        return True

    def _here(self, person: Person, assignment: Assignment) -> bool:
        """Whether the person works here, for a rule: active, on leave, or about to start."""
        if away := self._away(person):
            self.gone[person.id] = away if away == "leaver" else self.gone.get(person.id, away)
            return False
        if person.start is None:
            return person.status is not Status.STARTS
        return self.moment.today(person.zone) >= person.start - assignment.ready.delta()

    def _away(self, person: Person) -> str:
        """Why the person is asked nothing today: leaver, or on leave for so long that the seat is taken; empty: is not."""
        if person.status is Status.ACTIVE and person.last_day is None:
            return ""
        if leaver(person, self.moment.today(person.zone)):
            return "leaver"
        return "leave" if self._leave_is_over(person) else ""

    def _leave_is_over(self, person: Person) -> bool:
        """Whether `when_leave` takes the seat of somebody who is on leave by now."""
        fate = self.license.when_leave
        if fate.do != "revoke" or person.status is not Status.LEAVE:
            return False
        if fate.after is None:
            return True
        since = person.since or self._first_seen(person.id)
        self.waiting[person.id] = until = since + fate.after.delta()
        what = f"{person.id} is on leave since {since}; the seat goes on {until}"
        self._keep(person, "", what, "unless they are back by then (when_leave)")
        return self.moment.today(person.zone) >= until

    def _within_max(self, assignment: Assignment, key: str, matched: list[Person], kept: int) -> Iterator[Person]:
        """Those who fit under `max`: everybody asked before, then new ones in order of their first day."""
        room = None if assignment.max is None else assignment.max - kept
        if room is None or len(matched) <= room:
            yield from matched
            return
        given = frozenset(self.given.get(key, ()))
        had = [p for p in matched if p.id in given]
        new = sorted((p for p in matched if p.id not in given), key=lambda p: (p.start or date.min, p.id))
        yield from had
        for position, person in enumerate(new, len(had)):
            if position < room:
                yield person
            else:
                self._full(person, assignment)

    def _full(self, person: Person, assignment: Assignment) -> None:
        what = f"rule '{assignment.name}' is full: max {assignment.max}; {person.id} waits"
        self._hold(
            "rule-full", person.id, what, f"raise max of '{assignment.name}', or narrow its where", assignment.place
        )

    def _keeping(self, assignment: Assignment, where: Selector, key: str) -> Iterator[Person]:
        """Those whom the same rule gave the seat, whom it does not match today, and who keep it for now."""
        for who in self.given.get(key, ()):
            if who in self.matches[key] or who in self.never or self._ended(assignment, who):
                continue
            person = self.people.persons.get(who)
            if person is None:
                self._absent(who, assignment, key)
            elif self._keeps(person, assignment, where):
                yield person

    def _absent(self, who: str, assignment: Assignment, key: str) -> None:
        """Not in a complete reading of HR: unknown, not a leaver. Nothing changes."""
        ask = Ask(
            key, True, assignment.name, assignment.place, assignment.bundle, assignment.through, assignment.options
        )
        self.asked.setdefault(who, ask)
        what = f"{who} is in HR no more, with no word that they left: the seat of rule '{assignment.name}' is kept"
        fix = "mark them as left in HR, or put them back"
        self._hold("absent-person", who, what, fix, assignment.place)

    def _keeps(self, person: Person, assignment: Assignment, where: Selector) -> bool:
        if not self._here(person, assignment):
            return False
        if blank := self._unsaid(person, where):
            self._blank(person, assignment, blank)
            return True
        since = person.since or self._first_seen(person.id)
        until = since + assignment.keep_for.delta()
        if self.moment.today(person.zone) >= until:
            return False
        self.waiting[person.id] = until
        what = f"rule '{assignment.name}' lost {person.id} on {since}; the seat goes on {until}"
        fix = f"unless HR puts them back by then, or {person.id} has a row of their own"
        self._keep(person, rule_key(assignment), what, fix)
        return True

    def _keep(self, person: Person, row: str, what: str, fix: str) -> None:
        kept = Kept(self.license.id, person.id, what, fix, self.waiting[person.id])
        self.kept[person.id] = (row, kept)

    def _unsaid(self, person: Person, where: Selector) -> str:
        """The attribute that HR does not say and that alone keeps the rule from matching; else empty."""
        said = Selector(tuple((key, values) for key, values in where.keys if person.attribute(key)))
        if not matches(said, person):
            return ""
        return next((key for key, _ in where.keys if not person.attribute(key)), "")

    def _first_seen(self, who: str) -> date:
        seen = self.claims.get(who, NOBODY).since
        return (seen or self.moment.now).date()

    def _blank(self, person: Person, assignment: Assignment, blank: str) -> None:
        what = f"HR has no {blank} for {person.id}: the seat of rule '{assignment.name}' is kept"
        self._hold("attribute-empty", person.id, what, f"fill {blank} in HR", assignment.place)

    def _ask_by_rule(self, person: Person, ask: Ask) -> None:
        there = self.asked.get(person.id)
        if there is None:
            self.asked[person.id] = ask
        elif there.rule and there.options != ask.options:
            self._differ(person.id, there, ask)

    def _differ(self, who: str, one: Ask, other: Ask) -> None:
        what = f"rules '{one.assignment}' and '{other.assignment}' give {who} {self.license.id} with different options"
        fix = f"give {who} a row of their own with the options meant"
        self.findings.append(Finding("options-differ", Level.WARN, what, fix, other.place, who, self.license.id, who))

    def _hold(self, rule: str, who: str, what: str, fix: str, place: Place) -> None:
        self.holds.append(Hold(rule, self.license.id, who, what, fix, place, account=self.license.account))


def _given(claims: Mapping[str, Claim]) -> dict[str, list[str]]:
    """Row → who is asked by it, as far as the claims know."""
    given: dict[str, list[str]] = {}
    for who, claim in claims.items():
        if claim.asked:
            given.setdefault(claim.row, []).append(who)
    return given


def matches(where: Selector, person: Person) -> bool:
    """Whether every key has one of its values; exactly, after trimming and case folding. Empty never matches."""
    return all(person.attribute(key).strip().casefold() in values for key, values in where.keys)


def matching(people: People, where: Selector) -> list[Person]:
    """The people whom the selector matches: it costs those who have a value of its most telling key, not everybody."""
    found = [[p for value in values for p in people.having(key, value)] for key, values in where.keys]
    if len(found) == 1:
        return found[0]
    return [person for person in min(found, key=len, default=list(people.persons.values())) if matches(where, person)]


def start_order(person: Person | None, who: str) -> tuple[date, str]:
    """The order in which people wait for a seat: by first day, then by id."""
    return ((person.start if person else None) or date.min, who)
