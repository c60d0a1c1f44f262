"""People, what moved among them, and what fits nobody → lines for a terminal; every value is written out safely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seatwise.core.census import Moved, Stray
from seatwise.core.model.people import Person
from seatwise.views.words.escape import text
from seatwise.views.words.figures import count


def people(persons: Sequence[Person]) -> str:
    """One person a line: id, name, status, kind, department, country, last day; then how many."""
    lines = ["  ".join(cell for cell in _cells(person) if cell) for person in persons]
    return "\n".join([*lines, count(len(persons), "person", "people")])


def _cells(person: Person) -> Iterator[str]:
    until = f"through {person.last_day}" if person.last_day else ""
    cells = (person.id, person.name, person.status, person.worker, person.department, person.country, until)
    return map(text, cells)


def moves(moved: Sequence[Moved]) -> str:
    """One move a line; whoever is gone is unknown from now on, and loses nothing for it."""
    return "\n".join(map(_move, moved)) or "nobody moved"


def _move(move: Moved) -> str:
    if move.what == "joined":
        return f"+ {text(move.person)}"
    if move.what == "gone":
        return f"? {text(move.person)}: not there any more, so unknown: no seat is taken"
    return f"~ {text(move.person)}: {text(move.what)} {text(move.before) or '-'} > {text(move.after) or '-'}"


def strays(found: Sequence[Stray], failures: Sequence[str]) -> str:
    """Two lines for each seat or row that fits nobody, then the accounts that could not be read."""
    lines = [f"{text(one.where)}: nobody is '{text(one.name)}'\n  fix: {text(one.fix)}" for one in found]
    unread = [f"not read: {text(failure)}" for failure in failures]
    return "\n".join([*lines, *unread]) or "every seat and every row fits somebody"
