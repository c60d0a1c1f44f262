"""The seats of an admin console's export and the people → what each license asks, so that nothing changes.

Everybody who holds a seat is named. A rule takes the place of the names that it explains only if it asks for nobody
else, or if somebody said that it may. Holders who are unknown or have left are not asked: their seats stay, unlisted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from seatwise.core.guess import slug
from seatwise.core.model.people import People, Person, Status
from seatwise.core.propose import Rule, proposal


class Take(StrEnum):
    """Which rules are taken up: none are looked for, those that give nobody a seat, all."""

    NONE = "none"
    EXACT = "exact"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Draft:
    """One license to be. `people` are named one by one; `waiting` are rules that would give seats to more people."""

    id: str
    sku: str
    held: int
    people: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    waiting: tuple[Rule, ...] = ()
    strangers: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def drafts(seats: Mapping[str, Collection[str]], people: People, take: Take) -> tuple[Draft, ...]:
    """A draft for each sku, in order of names. `seats` are the logins that hold it."""
    made: list[Draft] = []
    for sku in sorted(seats):
        made.append(_draft(slug(sku, [draft.id for draft in made]), sku, seats[sku], people, take))
    return tuple(made)


def _draft(name: str, sku: str, logins: Collection[str], people: People, take: Take) -> Draft:
    known = {person.id: person for login in logins if (person := people.find(login)) is not None}
    strangers = tuple(sorted(login for login in logins if people.find(login) is None))
    left = tuple(sorted(person.id for person in known.values() if person.status is Status.LEFT))
    active, waiting = _rules(set(known) - set(left), people.persons.values(), take)
    explained = {holder for rule in active for holder in rule.explains}
    named = tuple(sorted(set(known) - set(left) - explained))
    return Draft(name, sku, len(logins), named, active, waiting, strangers, left)


def _rules(holders: Collection[str], staff: Iterable[Person], take: Take) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules that are taken up, and those that wait."""
    found = proposal(holders, staff).rules if take is not Take.NONE else ()
    active = tuple(rule for rule in found if take is Take.ALL or not rule.newcomers)
    return active, tuple(rule for rule in found if rule not in active)
