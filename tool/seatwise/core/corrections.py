"""Seats that differ at a vendor → the rows by which they stay so, or are put right; and those that no row does it for, and why.

Rules:
- What stays: who was added there gets a row of their own, with the options that they have there; who was removed there loses
  the row, or is excluded where a rule or a bundle gives the seat; whose options were changed there is asked for them.
- What is put right: one row of `reassert` for each seat. What was added there is taken only where the license is enforced, or
  where somebody says so: `mode: manage` leaves alone what nobody asks for.
- A seat of somebody whom HR does not know is never touched by a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from seatwise.core import bulk as bulks
from seatwise.core import rows
from seatwise.core.bulk import Bulk, Tally
from seatwise.core.drift import Drifted
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Assignment, DriftKind, Finding, Level, License, Mode, Options, People, Terms, Tree
from seatwise.core.orders import Act, Order, Orders
from seatwise.core.resolve import Moment


@dataclass(frozen=True, slots=True)
class Why:
    """What new rows say of themselves. `assignment`: where they stand who have no ticket."""

    reason: str
    ticket: str = ""
    assignment: str = "accepted"

    @property
    def both(self) -> str:
        return "; ".join(filter(None, (self.reason, self.ticket)))


@dataclass(frozen=True, slots=True)
class Books:
    """What rows are written by: what is asked, who works here, and when it is."""

    tree: Tree
    people: People
    moment: Moment


@dataclass(frozen=True, slots=True)
class Rows:
    """The edits, whom they leave as they are, and what is worth knowing."""

    bulk: Bulk
    stays: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    of: tuple[Drifted, ...] = field(default=(), compare=False)
    """The seats that rows were written for."""


# it stays


def accepted(seats: Iterable[Drifted], why: Why, books: Books) -> Rows:
    """The rows after which nothing is to be done about these seats."""
    orders: list[Order] = []
    own: list[tuple[Drifted, Assignment, str]] = []
    done: list[Drifted] = []
    stays: list[str] = []
    for seat in seats:
        if row := _own_row(seat, books):
            own.append((seat, *row))
            done.append(seat)
            continue
        order, fault = _order(seat, why, books)
        if order is None:
            stays.append(f"{seat.license}: {fault}")
        else:
            orders.append(order)
            done.append(seat)
    made, findings = bulks.bulk(Orders(tuple(orders)), books.tree, books.people, books.moment)
    return Rows(_changed(_kept(made, done, books.tree), own, books.tree), tuple(stays), findings, tuple(done))


def found_there(reason: str, day: date) -> str:
    """The reason of a row for what was found at the vendor."""
    return f"{reason} (found there on {day})"


def _order(seat: Drifted, why: Why, books: Books) -> tuple[Order | None, str]:
    """The order that does it; None, and why there is none."""
    license = books.tree.licenses[seat.license]
    if not seat.known:
        return None, f"nobody in HR is {seat.login}; a mailbox, bot or guest: owners/holders"
    asked = seat.kind is DriftKind.CHANGED or (seat.kind is DriftKind.ADDED and license.options)
    if asked and not seat.options:
        return None, f"{seat.who} has no options there, and no row can ask for none"
    fault = ""
    for act in (Act.TAKE, Act.NEVER) if seat.kind is DriftKind.REMOVED else (Act.GIVE,):
        order = Order(act, seat.who, seat.license, reason=why.reason, ticket=why.ticket)
        order = replace(order, assignment="" if why.ticket else why.assignment) if act is Act.GIVE else order
        _, findings = bulks.bulk(Orders((order,)), books.tree, books.people, books.moment)
        fault = next((f"{one.what} (fix: {one.fix})" for one in findings if one.level is Level.ERROR), "")
        if not fault:
            return order, ""
    return None, fault


def _own_row(seat: Drifted, books: Books) -> tuple[Assignment, str] | None:
    """The license's own row whose options are to be others, and the name in it; None where it is no such seat."""
    if seat.kind is not DriftKind.CHANGED or not seat.options:
        return None
    for assignment in books.tree.licenses[seat.license].assignments or ():
        for name in assignment.people:
            person = books.people.find(name)
            if (person.id if person else name) == seat.who:
                return assignment, name
    return None


def _kept(made: Bulk, seats: Sequence[Drifted], tree: Tree) -> Bulk:
    """The edits with the options that people have there, in the rows that would ask for others."""
    there = {(seat.license, seat.who): seat.options for seat in seats if seat.kind is not DriftKind.REMOVED}
    licenses = _by_path(tree)
    edits = {
        path: tuple(_with_options(one, licenses[path], there) for one in of_file)
        for path, of_file in made.edits.items()
    }
    return replace(made, edits=edits)


def _by_path(tree: Tree) -> dict[str, License]:
    """The license that a file belongs to: its own, or one of its assignments'."""
    found = {a.place.path: license for license in tree.licenses.values() for a in license.assignments or ()}
    return found | {license.place.path: license for license in tree.licenses.values()}


def _with_options(one: ListEdit, license: License, there: Mapping[tuple[str, str], Options]) -> ListEdit:
    own = next((a.options for a in license.assignments or () if a.name == one.assignment), ())
    asked = own or license.options
    add = {
        who: replace(terms, options=there.get((license.id, who), ()))
        if there.get((license.id, who), ()) != asked and asked
        else terms
        for who, terms in one.add.items()
    }
    return replace(one, add=add)


def _changed(made: Bulk, own: Sequence[tuple[Drifted, Assignment, str]], tree: Tree) -> Bulk:
    """The edits with other options in rows that are there."""
    edits = {path: {(one.assignment, one.own): one for one in of_file} for path, of_file in made.edits.items()}
    keys: set[tuple[str, ...]] = set()
    options: dict[str, list[str]] = defaultdict(list)
    for seat, assignment, name in own:
        of_file = edits.setdefault(assignment.place.path, {})
        one = of_file.setdefault((assignment.name, "never"), ListEdit(assignment.name))
        of_file[assignment.name, "never"] = replace(one, options={**one.options, name: seat.options})
        keys.add(("user", *rows.seat_key(tree.licenses[seat.license]), name, ""))
        options[seat.license].append(seat.who)
    return replace(
        made,
        edits={path: tuple(of_file.values()) for path, of_file in edits.items()},
        rows=made.rows | keys,
        tallies=_tallied(made.tallies, options),
        holders=made.holders + len({seat.who for seat, _, _ in own}),
    )


def _tallied(tallies: Iterable[Tally], options: Mapping[str, Sequence[str]]) -> tuple[Tally, ...]:
    by_license = {one.license: one for one in tallies}
    for id, names in options.items():
        by_license[id] = replace(by_license.get(id, Tally(id)), options=tuple(sorted(names)))
    return tuple(by_license[id] for id in sorted(by_license))


# it is put right


def corrected(seats: Iterable[Drifted], why: Why, books: Books, *, added: bool) -> Rows:
    """The rows by which these seats are put right. `added`: whether what was added there is taken, whatever the mode."""
    now = f"{books.moment.now:%Y-%m-%dT%H:%M:%SZ}"
    mine: dict[str, list[Drifted]] = defaultdict(list)
    stays: list[str] = []
    for seat in seats:
        if fault := _not_put_right(seat, books, added=added):
            stays.append(f"{seat.license}: {fault}")
        else:
            mine[seat.license].append(seat)
    licenses = books.tree.licenses
    edits = {licenses[id].place.path: (_reassert(of, why, now),) for id, of in mine.items()}
    done = tuple(seat for of in mine.values() for seat in of)
    keys = frozenset(("reassert", *rows.seat_key(licenses[one.license]), one.who) for one in done)
    tickets = (why.ticket,) if why.ticket else ()
    tallies = tuple(_tally(id, of) for id, of in sorted(mine.items()))
    return Rows(Bulk(edits, keys, tallies, len({one.who for one in done}), tickets), tuple(stays), of=done)


def _not_put_right(seat: Drifted, books: Books, *, added: bool) -> str:
    license = books.tree.licenses[seat.license]
    if seat.who not in books.people.persons:
        return f"nobody in HR is {seat.login or seat.who}; put it right there by hand"
    if seat.kind is DriftKind.ADDED and not (added or license.mode is Mode.ENFORCE):
        return f"{seat.who} was added there, and mode: manage leaves what nobody asks for; --added takes it"
    return ""


def _reassert(seats: Iterable[Drifted], why: Why, at: str) -> ListEdit:
    return ListEdit("", add={seat.who: Terms(note=why.both) for seat in seats}, own="reassert", at=at)


def _tally(license: str, seats: Sequence[Drifted]) -> Tally:
    return Tally(
        license,
        gives=tuple(_whose(seats, DriftKind.REMOVED)),
        takes=tuple(_whose(seats, DriftKind.ADDED)),
        options=tuple(_whose(seats, DriftKind.CHANGED)),
    )


def _whose(seats: Sequence[Drifted], kind: DriftKind) -> Iterator[str]:
    return (seat.who for seat in sorted(seats, key=lambda one: one.who) if seat.kind is kind)


def named_at(now: datetime, verb: str, license: str) -> str:
    """What the branch is called."""
    return "-".join(filter(None, ("drift", verb, license, f"{now:%Y-%m-%d}")))
