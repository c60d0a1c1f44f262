"""Changes of one account → those that may go and those that are kept back, row by row, with what would let them go.

Nobody else is kept back for it: one bad row never stops the good ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from seatwise.core import match
from seatwise.core.diff import Difference
from seatwise.core.model import Change, Claim, ClaimState, Hold, Lane, People, Person, Reading, Verb
from seatwise.core.resolve import NOBODY
from seatwise.core.stage import lane

NOTED = ("attribute-empty", "absent-person", "rule-full", "unknown-person")
"""Holds of rows that are left as they are: shown, though no change waits behind them."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What one account's changes are held against. `resolved` are the holds of single rows; `early` the rules, as
    (license, row), whose rollouts have not come to their last stage."""

    account: str
    people: People
    differences: Mapping[str, Difference]
    reading: Reading
    resolved: tuple[Hold, ...]
    early: frozenset[tuple[str, str]] = frozenset()

    def split(self, changes: Iterable[Change]) -> tuple[tuple[Change, ...], tuple[Hold, ...]]:
        """Those that go, with what the vendor needs to know of the person; and every hold."""
        going: list[Change] = []
        by_row = {(h.license, h.who): h for h in self.resolved}
        held: list[Hold] = []
        for change in changes:
            hold = self._hold(change, by_row)
            if hold is None:
                going.append(addressed(change, self.people, self.reading))
            else:
                held.append(replace(hold, verb=change.verb, cause=change.cause, place=hold.place or change.cause.place))
        waiting = {(h.license, h.who) for h in held}
        noted = (h for h in self.resolved if h.rule in NOTED and (h.license, h.who) not in waiting)
        return tuple(going), tuple(dict.fromkeys((*noted, *held)))

    def _hold(self, change: Change, by_row: Mapping[tuple[str, str], Hold]) -> Hold | None:
        row = next(
            (by_row[license, change.who] for license in change.licenses if (license, change.who) in by_row), None
        )
        person = self.people.persons.get(change.who)
        other = self._reused(change, person) or self._handed(change) or self._lacks(change, person)
        return row or other or self._requires(change) or self._joins(change)

    def _made(self, rule: str, change: Change, what: str, fix: str) -> Hold:
        return Hold(rule, change.license, change.who, what, fix, account=self.account)

    def _claim(self, license: str, who: str) -> Claim:
        return self.differences[license].claims.get(who, NOBODY)

    def _reused(self, change: Change, person: Person | None) -> Hold | None:
        """The same key, but another HR number or first day: perhaps another person."""
        if person is None:
            return None
        for license in change.licenses:
            known = self._claim(license, change.who).fingerprint
            if known and person.fingerprint and _contradict(known, person.fingerprint):
                what = f"{change.who} was {_said(known)} in HR and is {_said(person.fingerprint)} now: perhaps somebody else"
                fix = "the same person: an exception for policy key-reuse; another: take the old rows out first"
                return self._made("key-reuse", change, what, fix)
        return None

    def _handed(self, change: Change) -> Hold | None:
        """A task for it lies with a person; only an export that is dated later tells what became of it."""
        for license in change.licenses:
            handed, as_of = self._claim(license, change.who).handed, self.reading.as_of
            if handed is not None and (as_of is None or as_of <= handed):
                what = f"a task for {change.license} was handed over on {handed:%Y-%m-%d}"
                return self._made("handed-over", change, what, "do the task there, then save a newer export")
        return None

    def _lacks(self, change: Change, person: Person | None) -> Hold | None:
        if change.after is None or person is None or change.verb is Verb.CHANGE:
            return None
        lacking = [name for name in self.reading.info.needs if not person.attribute(name)]
        if not lacking:
            return None
        what = f"{self.reading.info.name} gives no license without {', '.join(lacking)}; HR has none for {change.who}"
        return self._made("needs-attribute", change, what, f"fill {', '.join(lacking)} in HR")

    def _requires(self, change: Change) -> Hold | None:
        """An add-on waits until its holder has what it needs."""
        if change.after is None:
            return None
        needed = self.differences[change.after.license].license.requires
        if not needed or any(self._has(license, change.who) for license in needed):
            return None
        what = f"{change.after.license} needs {' or '.join(needed)}, and {change.who} has none"
        return self._made("requires", change, what, f"give {needed[0]} as well; it goes first")

    def _joins(self, change: Change) -> Hold | None:
        """A joiner under a rule whose rollout is open goes with its last stage: nobody overtakes the pilot."""
        row = self._claim(change.license, change.who).row
        if lane(change) is not Lane.JOINERS or (change.license, row) not in self.early:
            return None
        what = f"{change.who} joins a rule whose rollout has not come to its last stage, or was aborted"
        return self._made(
            "joins-rollout", change, what, "nothing: it goes with the last stage; seatwise status says how far it is"
        )

    def _has(self, license: str, who: str) -> bool:
        difference = self.differences.get(license)
        return (
            difference is not None
            and who in difference.seats
            and self._claim(license, who).state is not ClaimState.MISSING
        )


def addressed(change: Change, people: People, reading: Reading) -> Change:
    """The change with what the vendor needs to know of the person, and what would not come back."""
    person = people.persons.get(change.who)
    if person is None:
        return replace(change, login=change.login or change.who)
    profile = {name: person.attribute(name) for name in reading.info.needs}
    lossy = reading.info.undo if change.after is None and reading.info.undo != "exact" else ""
    name = match.login(person, reading.account)
    return replace(change, login=change.login or name, profile=profile, lossy=lossy)


def _contradict(known: str, now: str) -> bool:
    """Whether two fingerprints name different people: a part that both have differs."""
    return any(a and b and a != b for a, b in zip(known.split("|"), now.split("|"), strict=True))


def _said(fingerprint: str) -> str:
    number, start = fingerprint.split("|")
    return ", ".join(part for part in (number and f"number {number}", start and f"since {start}") if part)
