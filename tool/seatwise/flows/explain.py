"""A workspace and a person, a license or a seat → what is held, what should be, why, since when, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seatwise.core.course import course
from seatwise.core.decide import AccountDecision
from seatwise.core.diff import Difference
from seatwise.core.model import (
    Change,
    Exit,
    Explained,
    Fact,
    License,
    Origin,
    Pending,
    People,
    Person,
    Seat,
    Stop,
    Tree,
    Verb,
)
from seatwise.core.near import near
from seatwise.core.resolve import NOBODY
from seatwise.flows import survey as surveys
from seatwise.flows.status import in_force
from seatwise.flows.survey import Survey
from seatwise.flows.workspace import Workspace

SAYS = {
    Verb.ASSIGN: "is given",
    Verb.REVOKE: "is taken",
    Verb.SWAP: "is swapped",
    Verb.CHANGE: "has its options changed",
}


@dataclass(frozen=True, slots=True)
class _Next:
    """What is about to happen, by (license, who)."""

    changes: Mapping[tuple[str, str], Change]
    notes: Mapping[tuple[str, str], str]
    """Why something is kept back, kept, or not as asked."""


def explain(workspace: Workspace, subject: str) -> Explained:
    """The answer about a person, a license, or PERSON/LICENSE. Raises Stop with near misses where there is neither."""
    seen = surveys.survey(workspace, in_force(workspace))
    surveys.require_people(seen.findings)
    decided = course(seen.situation, seen.links, seen.frame, surveys.judge(seen.frame, seen.tree))
    who, license = _subject(subject, seen.tree, seen.situation.people)
    coming = _next(decided.decisions.values())
    facts = [
        fact
        for decision in decided.decisions.values()
        for id, difference in decision.differences.items()
        if license in ("", id)
        for fact in _facts(difference, who, coming)
    ]
    return Explained(subject, _title(seen, who, license), tuple(facts))


def _subject(subject: str, tree: Tree, people: People) -> tuple[str, str]:
    """(person id, license id); one of them may be empty."""
    name, _, license = subject.partition("/")
    if not license and name in tree.licenses:
        return "", name
    person = people.find(name) or _short(name, people)
    if person is None:
        for key, (what, fix) in people.unread.items():
            if name.casefold() in (key, key.partition("@")[0]):
                raise Stop(Exit.ERROR, what, fix)
    if person is None or (license and license not in tree.licenses):
        missing = license if person is not None else name
        guess = near(missing, (*tree.licenses, *people.persons))
        raise Stop(
            Exit.USAGE, f"there is no person and no license {missing!r}", f"did you mean {guess}?" if guess else ""
        )
    return person.id, license


def _short(name: str, people: People) -> Person | None:
    """The one person whose id begins with this name and an @, as plans name people."""
    begins = f"{name.casefold()}@"
    found = [person for id, person in people.persons.items() if id.startswith(begins)]
    return found[0] if len(found) == 1 else None


def _title(seen: Survey, who: str, license: str) -> str:
    person = seen.situation.people.persons.get(who)
    parts = [_person(person) if person else "", _license(seen.tree.licenses[license]) if license else ""]
    return " · ".join(part for part in parts if part)


def _person(person: Person) -> str:
    about = (person.worker, person.department, person.country, f"status {person.status}")
    last = f"last day {person.last_day}" if person.last_day else ""
    return f"{person.name or person.id} ({', '.join(part for part in (*about, last) if part)})"


def _license(license: License) -> str:
    return f"{license.product}: {license.mode}, {license.sku} at {license.account}, owner {license.owner}"


def _next(decisions: Iterable[AccountDecision]) -> _Next:
    changes: dict[tuple[str, str], Change] = {}
    notes: dict[tuple[str, str], str] = {}
    for decision in decisions:
        changes.update(((license, c.who), c) for c in decision.changes for license in c.licenses)
        notes.update(((d.license, d.who), f"drift, {d.kind}: {d.what}; {d.fix}") for d in decision.drift)
        notes.update(((k.license, k.who), f"kept: {k.what}; {k.fix}") for k in decision.kept)
        notes.update(((h.license, h.who), f"held: {h.what}; {h.fix}") for h in decision.held)
    return _Next(changes, notes)


def _facts(difference: Difference, who: str, coming: _Next) -> Iterator[Fact]:
    everybody = difference.asked.keys() | difference.seats.keys() | difference.claims.keys()
    for one in sorted(everybody & {who} if who else everybody):
        yield _fact(difference, one, coming)


def _fact(difference: Difference, who: str, coming: _Next) -> Fact:
    license = difference.license.id
    ask, claim, seat = difference.asked.get(who), difference.claims.get(who, NOBODY), difference.seats.get(who)
    return Fact(
        license,
        who,
        ask is not None,
        why=ask.why if ask else claim.pending.why if claim.pending else "",
        place=ask.place if ask else None,
        since=claim.asked_at.date() if claim.asked_at else None,
        claim=claim.state,
        actual=_actual(seat),
        last_used=seat.last_used if seat else None,
        next=_coming(coming.changes.get((license, who))),
        note=coming.notes.get((license, who), ""),
    )


def _actual(seat: Seat | None) -> str:
    if seat is None:
        return ""
    if seat.pending is not Pending.NO:
        return str(seat.pending)
    return f"group {seat.group}" if seat.origin is Origin.GROUP and seat.group else str(seat.origin)


def _coming(change: Change | None) -> str:
    if change is None:
        return ""
    cause = change.cause
    by = f"commit {cause.commit[:9]}" if cause.commit else cause.why or str(cause.kind)
    return f"{SAYS[change.verb]}: {cause.kind}, {by}"
