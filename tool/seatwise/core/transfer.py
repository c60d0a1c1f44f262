"""A tree + people → the orders that move everybody whom a license names to another license, and who is left where they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from seatwise.core import census
from seatwise.core.directory import leaver, today_for
from seatwise.core.model import Assignment, License, People, Tree
from seatwise.core.orders import Act, Order, Orders
from seatwise.core.resolve import Moment, matches
from seatwise.core.rows import assignments


@dataclass(frozen=True, slots=True)
class Move:
    """Which named people of `source` go to `target`: those whom all of `where` matches. With words for their new rows."""

    source: License
    target: License
    where: Mapping[str, Sequence[str]]
    ticket: str = ""
    reason: str = ""


def transfer(move: Move, tree: Tree, people: People, moment: Moment) -> tuple[Orders, tuple[str, ...]]:
    """The orders, and a sentence on each who is named and not moved. Each keeps their last day."""
    wanted = {person.id for person in census.listed(people, move.where)} if move.where else None
    orders: list[Order] = []
    stays: list[str] = []
    there = _named(move.target, people)
    for who, (assignment, name) in sorted(_named(move.source, people).items()):
        if wanted is not None and who not in wanted:
            continue
        if why := _stays(move, tree, people, moment, (who, _through(assignment, name))):
            stays.append(f"{who} {why}")
            continue
        orders += _orders(move, who, assignment, name, there)
    return Orders(tuple(orders)), tuple(stays)


def _orders(move: Move, who: str, assignment: Assignment, name: str, there: Collection[str]) -> list[Order]:
    """One take, and one give where the person is not named there already."""
    taken = Order(Act.TAKE, who, move.source.id)
    if who in there:
        return [taken]
    into = "" if move.ticket else f"from-{move.source.id}"
    given = Order(
        Act.GIVE, _written(assignment, name, who), move.target.id, through=_through(assignment, name),
        reason=move.reason, ticket=move.ticket, assignment=into,
    )  # fmt: skip
    return [taken, given]


def _written(assignment: Assignment, name: str, who: str) -> str:
    return name if name in assignment.devices else who


def _named(license: License, people: People) -> dict[str, tuple[Assignment, str]]:
    """Who is named by the license's own assignments: the person's id, or the device → assignment and name there."""
    found: dict[str, tuple[Assignment, str]] = {}
    for one in license.assignments or ():
        found.update({name: (one, name) for name in one.devices})
        for name in one.people:
            person = people.find(name)
            found[person.id if person else name] = (one, name)
    return found


def _through(assignment: Assignment, name: str) -> date | None:
    terms = assignment.terms.get(name)
    return (terms.through if terms else None) or assignment.through


def _stays(move: Move, tree: Tree, people: People, moment: Moment, row: tuple[str, date | None]) -> str:
    """Why somebody who is named stays where they are; empty: nothing speaks against the move."""
    who, through = row
    person = people.persons.get(who)
    if through is not None and through < moment.today(person.zone if person else ""):
        return f"had it through {through}: the row is over"
    if person is None:
        return "" if who in _devices(move.source) else "is not in HR"
    if leaver(person, today_for(person, moment.now, moment.zone)):
        return "has left"
    if any(people.find(never.person) is person for never in move.target.never):
        return f"is under never of {move.target.id}"
    rules = (one for one in assignments(tree, move.source) if one.where is not None and matches(one.where, person))
    bundles = (one for one in assignments(tree, move.source) if one.bundle and person.id in one.people)
    giver = next(iter([*rules, *bundles]), None)
    return f"is given {move.source.id} by {giver.name!r} as well, {giver.place}" if giver else ""


def _devices(license: License) -> set[str]:
    return {name for one in license.assignments or () for name in one.devices}
