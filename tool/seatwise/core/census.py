"""People → who is asked about, what moved between two readings of them, and which seats and rows fit nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core.match import roster
from seatwise.core.model import Assignment, Metric, Place, Reading, Tree
from seatwise.core.model.people import People, Person
from seatwise.core.near import near


@dataclass(frozen=True, slots=True)
class Moved:
    """One person in two readings: new, gone (unknown from now on, not a leaver), or with a field that changed."""

    person: str
    what: str
    """joined, gone, or the field's name."""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A seat or a row that nobody in the directory fits. `where` is account and sku, or file and line."""

    where: str
    name: str
    fix: str


def listed(people: People, filters: Mapping[str, Sequence[str]]) -> tuple[Person, ...]:
    """The people whose attributes have one of the values of each filter, as a `where` compares them; sorted by id."""
    wanted = {key: {value.strip().casefold() for value in values} for key, values in filters.items()}
    chosen = (
        one
        for one in people.persons.values()
        if all(one.attribute(key).strip().casefold() in values for key, values in wanted.items())
    )
    return tuple(sorted(chosen, key=lambda one: one.id))


def moves(before: People, after: People) -> tuple[Moved, ...]:
    """What the second reading says otherwise, by person. Whoever has a new key and the old one as alias is the same."""
    old = {(after.find(key) or one).id: one for key, one in before.persons.items()}
    joined = [Moved(key, "joined") for key in after.persons if key not in old]
    gone = [Moved(key, "gone") for key in old if key not in after.persons]
    changed = [move for key, one in old.items() if key in after.persons for move in _changes(one, after.persons[key])]
    return tuple(sorted([*joined, *gone, *changed], key=lambda move: (move.person, move.what)))


def _changes(before: Person, after: Person) -> Iterator[Moved]:
    for name in Person.__struct_fields__:
        there, here = getattr(before, name), getattr(after, name)
        if there != here:
            yield Moved(after.id, name, _plain(there), _plain(here))


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {text}" for name, text in sorted(value.items()))
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def strays(tree: Tree, people: People, readings: Iterable[Reading]) -> tuple[Stray, ...]:
    """Seats at the vendors that fit nobody, then rows, exclusions and approvers that name nobody."""
    seats = [stray for reading in readings for stray in _seats(tree, people, reading)]
    return (*seats, *_rows(tree, people))


def _seats(tree: Tree, people: People, reading: Reading) -> Iterator[Stray]:
    names = roster(reading.account, people, {})
    for sku in sorted(set(reading.holdings) - _devices(tree, reading.account)):
        found, _ = names.seats(reading.holdings[sku].seats)
        for login in sorted(seat.login for who, seat in found.items() if who.startswith("?")):
            fix = f"map the login in the people source, or owners/holders: logins: {{{reading.account}: {login}}}"
            yield Stray(f"{reading.account} {sku}", login, fix)


def _devices(tree: Tree, account: str) -> set[str]:
    """The skus of the account that devices hold, and not people."""
    here = (license for license in tree.licenses.values() if license.account == account)
    return {license.sku for license in here if license.metric is Metric.DEVICE}


def _rows(tree: Tree, people: People) -> Iterator[Stray]:
    for name, place in sorted(_named(tree), key=lambda one: (one[1].path, one[1].line, one[0])):
        if people.find(name) is None:
            guess = near(name, people.persons)
            hint = f"did you mean {guess}? " if guess else ""
            yield Stray(str(place), name, f"{hint}Not in HR on purpose: owners/holders")


def _named(tree: Tree) -> Iterator[tuple[str, Place]]:
    """Everybody whom a file names, and where."""
    for license in tree.licenses.values():
        yield from _asked(license.assignments or ())
        yield from ((never.person, never.place) for never in license.never)
        yield from ((one.person, one.place) for one in license.reassert)
    for bundle in tree.bundles.values():
        yield from _asked(bundle.who)
    for owner in tree.owners.values():
        yield from ((approver.person, owner.place) for approver in owner.approvers)


def _asked(assignments: Sequence[Assignment]) -> Iterator[tuple[str, Place]]:
    for assignment in assignments:
        yield from ((person, assignment.line(person)) for person in assignment.people)
