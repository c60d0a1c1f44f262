"""Orders + a tree + people → the edits of its files that do all of them, or every reason why they can't be done.

Rules:
- A seat that is given becomes one `user` row of its license: in the assignment that is named, else in the one that has the
  order's ticket (made where there is none, and called after it), else in `named`. Bundles and rules are never edited.
- A take removes the row. What a rule, a bundle or a group gives as well would stay, so that such a take is refused; `never`
  is what takes it.
- Nobody is given a seat twice, who is unknown, has left, is excluded, or is outside the account: the plan would hold it.
- Nothing is decided by the state of a vendor: that is the plan's business.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from seatwise.core import rows as rows_of
from seatwise.core.directory import leaver, today_for
from seatwise.core.guess import slug
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Assignment, Finding, Level, License, Metric, Mode, Never, People, Person, Terms, Tree
from seatwise.core.near import near
from seatwise.core.orders import Act, Order, Orders
from seatwise.core.parse.hints import identifier
from seatwise.core.parse.values import folded
from seatwise.core.resolve import Moment, matches

NAMED = "named"
"""The assignment of those who are named without a ticket."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MOST_GUESSES = 40
"""So many unknown names are compared with everybody's; where there are more, the column is wrong and not the names."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What becomes of one license: people (or devices), sorted, by what is done."""

    license: str
    gives: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    nevers: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    """Those that rows are put into."""
    options: tuple[str, ...] = ()
    """Whose options are others."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """All orders as edits. `rows` are the kinds and keys of the rows that differ once they are made, and no others may."""

    edits: Mapping[str, tuple[ListEdit, ...]] = field(default_factory=dict)
    rows: frozenset[tuple[str, ...]] = frozenset()
    tallies: tuple[Tally, ...] = ()
    holders: int = 0
    """How many people and devices gain, keep or lose a seat."""
    tickets: tuple[str, ...] = ()


def bulk(orders: Orders, tree: Tree, people: People, moment: Moment) -> tuple[Bulk, tuple[Finding, ...]]:
    """The edits, and what is wrong or worth knowing. Where one of the findings is an ERROR, nothing must be edited."""
    found = _Bulk(orders, tree, people, moment)
    for order in orders.orders:
        found.add(order)
    return found.made(), tuple(found.findings)


@dataclass(slots=True)
class _List:
    """One list that grows while orders are read."""

    license: License
    new: bool
    devices: bool = False
    ticket: str = ""
    add: dict[str, tuple[date | None, str, str]] = field(default_factory=dict)
    """Name → last day, reason, a ticket that the list does not name."""
    remove: set[str] = field(default_factory=set)
    through: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Here:
    """Who an order is about at its license: the key of rows, and the person where there is one in the directory."""

    order: Order
    license: License
    who: str
    person: Person | None
    device: bool

    @property
    def shown(self) -> str:
        """The name for people: a device's as it was written."""
        return self.order.who if self.device else self.who


@dataclass(frozen=True, slots=True)
class _Named:
    """One `user` row of a license: the assignment, and the name as the row has it."""

    assignment: Assignment
    name: str

    def through(self) -> date | None:
        terms = self.assignment.terms.get(self.name)
        return (terms.through if terms else None) or self.assignment.through

    def place(self) -> str:
        lines = self.assignment.people if self.name in self.assignment.people else self.assignment.devices
        return f"{self.assignment.place.path}:{lines[self.name]}"


class _Bulk:
    """One set of orders being turned into edits: the accumulators of one call."""

    def __init__(self, orders: Orders, tree: Tree, people: People, moment: Moment) -> None:
        self.orders, self.tree, self.people, self.moment = orders, tree, people, moment
        self.findings: list[Finding] = []
        self.lists: dict[tuple[str, str, bool], _List] = {}
        self.done: dict[str, dict[Act, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.into: dict[str, set[str]] = defaultdict(set)
        self.rows: set[tuple[str, ...]] = set()
        self.seen: dict[tuple[str, str], Order] = {}
        self.named: dict[str, dict[str, _Named]] = {}
        self.names = _Names(people)
        self.licenses = _Licenses(tree)
        self.observed: set[str] = set()

    # one order

    def add(self, order: Order) -> None:
        license = self._license(order)
        here = self._here(order, license) if license else None
        if here is None or not self._first(here):
            return
        act: Callable[[_Here], bool] = {
            Act.GIVE: self._give, Act.TAKE: self._take, Act.EXTEND: self._extend, Act.NEVER: self._never,
        }[order.act]  # fmt: skip
        if act(here):
            self.done[here.license.id][order.act].append(here.who)

    def tell(self, order: Order, what: str, fix: str, at: str = "", level: Level = Level.ERROR) -> bool:
        """Adds a finding; False, for whoever gives up with it."""
        self.findings.append(self.orders.told(order.line, what, fix, at, level))
        return False

    def _license(self, order: Order) -> License | None:
        name, at = order.license, order.column
        license = self.licenses.find(name)
        if license is None:
            self.tell(order, *self.licenses.unknown(name), at)
        elif license.retired:
            self.tell(order, f"{license.id} is retired: nobody is asked for it any more", "name another license", at)
            return None
        elif license.mode is Mode.OBSERVE and license.id not in self.observed:
            self.observed.add(license.id)
            what = f"{license.id} is only observed: its file changes, and no seat does"
            self.tell(order, what, "mode: manage in its file, by its owners", at, Level.WARN)
        return license

    def _here(self, order: Order, license: License) -> _Here | None:
        """Whom the order means; None where nobody can tell, which is said."""
        at = "device" if order.device else "person"
        if license.metric is Metric.DEVICE:
            if "@" in order.who:
                what = f"{license.id} is counted by device, and {order.who!r} is no device"
                self.tell(order, what, "name the device", at)
                return None
            return _Here(order, license, folded(order.who), None, device=True)
        if order.device:
            self.tell(order, f"{license.id} is held by people, not by devices", "name the person", at)
            return None
        person = self.names.find(order.who)
        who = person.id if person else folded(order.who)
        if person is None and (order.act in (Act.GIVE, Act.NEVER) or who not in self._rows(license)):
            self._unknown(order, license)
            return None
        return _Here(order, license, who, person, device=False)

    def _unknown(self, order: Order, license: License) -> None:
        guess = self.names.guess(order.who)
        if order.act in (Act.TAKE, Act.EXTEND):
            guess = near(order.who, self._rows(license)) or guess
        named = self.people.persons.get(guess)
        about = f" ({named.department})" if named and named.department else ""
        hint = f"did you mean {guess}{about}? " if guess else ""
        self.tell(order, f"nobody in HR is {order.who!r}", f"{hint}Not in HR on purpose: owners/holders", "person")

    def _first(self, here: _Here) -> bool:
        """Whether nothing else is ordered for this seat."""
        key = (here.license.id, here.who)
        first = self.seen.setdefault(key, here.order)
        if first is here.order:
            return True
        where = f"row {first.line}" if first.line != here.order.line else "the same row"
        what = f"{here.shown} and {here.license.id} stand in {where} already"
        if first.act is not here.order.act:
            what += f", to {first.act}; here to {here.order.act}"
        return self.tell(here.order, what, "keep one")

    # actions

    def _give(self, here: _Here) -> bool:
        order, license = here.order, here.license
        there = self._rows(license).get(here.who)
        if there is not None:
            later = f"seatwise seat extend {there.name} {license.id} --through {order.through}"
            day = f"; another last day: {'extend' if self.orders.path else later}" if order.through else ""
            fix = f"{self.orders.drop('nothing to do')}{day}"
            what = f"{here.shown} is already in {there.assignment.name!r} of {license.id}, {there.place()}"
            return self.tell(order, what, fix, _who(order))
        if never := self._excluded(here):
            what = f"{here.who} is under never of {license.id}, {never.place}: the seat would not be given"
            return self.tell(order, what, "take that row out first", _who(order))
        if not (self._may_hold(here) and self._in_time(here)):
            return False
        target = self._target(here)
        if target is None:
            return False
        if giver := self._giver(here):
            what = f"{here.who} is given {license.id} by {giver} as well: the row changes nothing while that holds"
            self.tell(order, what, "is the row needed?", _who(order), Level.WARN)
        self.into[license.id].add(target[0])
        ticket = order.ticket if order.ticket != target[1].ticket else ""
        written = order.who if here.device else here.who
        target[1].add[written] = (order.through, order.reason, ticket)
        self._row_of(here)
        return True

    def _take(self, here: _Here) -> bool:
        order, license = here.order, here.license
        there = self._rows(license).get(here.who)
        if giver := self._giver(here):
            also = f"would still be given {license.id} by" if there else f"is given {license.id} by"
            way = f"seatwise seat take {here.who} {license.id} --never" if not self.orders.path else "the action never"
            fix = f"{way}, with a reason: it wins over whatever gives the seat"
            return self.tell(order, f"{here.who} {also} {giver}", fix, _who(order))
        if there is None:
            return self.tell(order, *self._nothing_to_take(here), _who(order))
        self._list(there.assignment.place.path, there.assignment.name, here).remove.add(there.name)
        self._row_of(here)
        return True

    def _extend(self, here: _Here) -> bool:
        order, license = here.order, here.license
        assert order.through is not None
        there = self._rows(license).get(here.who)
        if there is None:
            giver = self._giver(here)
            what, fix = self._nothing_to_take(here) if not giver else (
                f"{here.who} is given {license.id} by {giver}", "its last day stands there")  # fmt: skip
            return self.tell(order, what, fix, _who(order))
        if there.through() == order.through:
            what = f"{here.shown} has {license.id} through {order.through} already, {there.place()}"
            return self.tell(order, what, self.orders.drop("nothing to do"), "through")
        if not self._in_time(here):
            return False
        before = there.through()
        if before is None or before > order.through:
            until = f"through {before}" if before else "without an end"
            what = f"{here.shown} had {license.id} {until}: this ends it earlier"
            self.tell(order, what, "meant so? then nothing is to do", "through", Level.WARN)
        self._list(there.assignment.place.path, there.assignment.name, here).through[there.name] = order.through
        self._row_of(here)
        return True

    def _never(self, here: _Here) -> bool:
        order, license = here.order, here.license
        if here.device:
            return self.tell(
                order, "a device can't be under never", "take it from the list that names it", order.column
            )
        if never := self._excluded(here):
            what = f"{here.who} is under never already, {never.place}"
            return self.tell(order, what, self.orders.drop("nothing to do"), _who(order))
        if not self._in_time(here):
            return False
        there = self._rows(license).get(here.who)
        if there is not None:
            self._list(there.assignment.place.path, there.assignment.name, here).remove.add(there.name)
            self._row_of(here)
        reason = "; ".join(filter(None, (order.reason, order.ticket)))
        self._list(license.place.path, "", here).add[here.who] = (order.through, reason, "")
        if old := next((n for n in license.never if n.person == here.who), None):
            self._list(license.place.path, "", here).remove.add(old.person)
        self.rows.add(("never", *rows_of.seat_key(license), here.who))
        return True

    # what speaks against it

    def _may_hold(self, here: _Here) -> bool:
        order, person = here.order, here.person
        if person is None:
            return True
        today = today_for(person, self.moment.now, self.moment.zone)
        if leaver(person, today):
            until = f", last day {person.last_day}" if person.last_day else ""
            return self.tell(
                order, f"{person.id} has left{until}", self.orders.drop("is it the right person?"), "person"
            )
        account = self.tree.settings.accounts.get(here.license.account)
        if account is not None and account.where is not None and not matches(account.where, person):
            what = f"{person.id} is outside account {account.id} ({account.where})"
            return self.tell(
                order, what, self.orders.or_drop(f"widen where: of account {account.id}", "drop the row"), "person"
            )
        return True

    def _in_time(self, here: _Here) -> bool:
        order, today = here.order, self.moment.today(here.person.zone if here.person else "")
        if order.through is None or order.through >= today:
            return True
        return self.tell(order, f"{order.through} is past", "write a last day that is still to come", "through")

    def _excluded(self, here: _Here) -> Never | None:
        today = self.moment.today(here.person.zone if here.person else "")
        rows = (never for never in here.license.never if self._id(never.person) == here.who)
        return next((never for never in rows if never.through is None or never.through >= today), None)

    def _giver(self, here: _Here) -> str:
        """The rule or bundle that gives the seat beside a row of the license itself; empty: none does."""
        person = here.person
        if person is None or self._excluded(here):
            return ""
        for one in rows_of.assignments(self.tree, here.license):
            bundle = f" of bundle {one.bundle}" if one.bundle else ""
            if one.where is not None and matches(one.where, person):
                return f"rule {one.name!r}{bundle}, {one.place}"
            if one.bundle and (name := self._name_in(one, person)):
                return f"{one.name!r}{bundle}, {one.line(name)}"
        return ""

    def _name_in(self, assignment: Assignment, person: Person) -> str:
        names = (person.id, *person.aliases)
        return next((name for name in names if name in assignment.people and self._id(name) == person.id), "")

    def _nothing_to_take(self, here: _Here) -> tuple[str, str]:
        groups = [one.group for one in here.license.assignments or () if one.group]
        what = f"no row of {here.license.id} names {here.shown}"
        if groups:
            return what, f"take them out of group {groups[0]}, if that gives the seat"
        if guess := near(here.who, self._rows(here.license)):
            return what, f"did you mean {guess}?"
        if self.orders.path:
            return what, "drop the row; a seat that no row asks for is left alone"
        seat = f"{here.shown} {here.license.id}"
        if here.order.act is Act.EXTEND:
            return f"{what}, nor does a rule or a bundle", f"seatwise seat give {seat} --through {here.order.through}"
        fix = f"a seat held all the same is unlisted, and left alone: seatwise explain {here.shown}"
        return f"{what}, nor does a rule or a bundle", fix

    # where it goes

    def _target(self, here: _Here) -> tuple[str, _List] | None:
        """The assignment that the row goes into, and its list; None where it can't be, which is said."""
        order, license = here.order, here.license
        own = {one.name: one for one in license.assignments or ()}
        name = order.assignment or self._by_ticket(here, own) or NAMED
        if not NAME.fullmatch(name):
            self.tell(order, f"{name!r} is no name for an assignment", identifier(name) or NAMED, "assignment")
            return None
        there = own.get(name)
        if there is None:
            return name, self._list(license.place.path, name, here, new=True)
        kind = _kind(there)
        if kind not in ("", "devices" if here.device else "people"):
            what = f"assignment {name!r} of {license.id} is {kind}, {there.place}"
            self.tell(order, what, "name another assignment, or a ticket", "assignment")
            return None
        if there.through is not None and there.through < self.moment.today() and order.through is None:
            self.tell(
                order, f"assignment {name!r} ended on {there.through}, {there.place}", "name another", "assignment"
            )
            return None
        return name, self._list(there.place.path, name, here)

    def _by_ticket(self, here: _Here, own: Mapping[str, Assignment]) -> str:
        ticket = here.order.ticket
        if not ticket:
            return ""
        kind = "devices" if here.device else "people"
        for name, one in own.items():
            if one.ticket == ticket and _kind(one) in ("", kind):
                return name
        new = {name: made for (_, name, _), made in self.lists.items() if made.new and made.license is here.license}
        known = next((name for name, made in new.items() if made.ticket == ticket), "")
        return known or slug(ticket, [*own, *new])

    def _list(self, path: str, assignment: str, here: _Here, *, new: bool = False) -> _List:
        devices = here.device and bool(assignment)
        if (path, assignment, devices) not in self.lists:
            own = (one.ticket for one in here.license.assignments or () if one.name == assignment)
            ticket = here.order.ticket if new else next(own, "")
            self.lists[path, assignment, devices] = _List(here.license, new, devices, ticket)
        return self.lists[path, assignment, devices]

    def _row_of(self, here: _Here) -> None:
        there = self._rows(here.license).get(here.who)
        name = there.name if there else here.who
        who = f"device {name}" if here.device else name
        self.rows.add(("user", *rows_of.seat_key(here.license), who, ""))

    def _rows(self, license: License) -> Mapping[str, _Named]:
        """Who is named by the license's own assignments: by the person's id, where the row has a former name."""
        if license.id not in self.named:
            found = {}
            for one in license.assignments or ():
                found.update({name: _Named(one, name) for name in one.devices})
                found.update({self._id(name): _Named(one, name) for name in one.people})
            self.named[license.id] = found
        return self.named[license.id]

    def _id(self, name: str) -> str:
        person = self.people.find(name)
        return person.id if person else name

    # all of it

    def made(self) -> Bulk:
        """The edits of all orders that nothing speaks against."""
        edits: dict[str, list[ListEdit]] = defaultdict(list)
        for (path, assignment, _), one in sorted(self.lists.items()):
            edits[path].append(_edit(assignment, one))
        holders = {who for acts in self.done.values() for names in acts.values() for who in names}
        tickets = sorted({order.ticket for order in self.orders.orders if order.ticket})
        return Bulk(
            {path: tuple(of_file) for path, of_file in edits.items()},
            frozenset(self.rows),
            tuple(self._tally(license) for license in sorted(self.done)),
            len(holders),
            tuple(tickets),
        )

    def _tally(self, license: str) -> Tally:
        gives, takes, extends, nevers = (tuple(sorted(self.done[license][act])) for act in Act)
        return Tally(license, gives, takes, extends, nevers, tuple(sorted(self.into[license])))


def _edit(assignment: str, one: _List) -> ListEdit:
    """The edit; the reason stands once, before the list, where a new assignment has one for all its rows."""
    reasons = {reason for _, reason, _ in one.add.values()}
    shared = next(iter(reasons)) if one.new and len(reasons) == 1 else ""
    rows = {name: _terms(row, shared) for name, row in one.add.items()}
    about = {key: text for key, text in (("ticket", one.ticket), ("reason", shared)) if text} if one.new else {}
    return ListEdit(assignment, one.devices, rows, frozenset(one.remove), one.through, about)


def _terms(row: tuple[date | None, str, str], shared: str) -> Terms:
    through, reason, ticket = row
    return Terms(through, note="; ".join(filter(None, (reason if reason != shared else "", ticket))))


def _kind(assignment: Assignment) -> str:
    """What an assignment holds; empty where it holds nobody yet."""
    if assignment.where is not None:
        return "a rule"
    if assignment.group:
        return "a group"
    return "devices" if assignment.devices else "people" if assignment.people else ""


def _who(order: Order) -> str:
    return "device" if order.device else "person"


class _Names:
    """Who is meant by a name as people write it."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._numbers: dict[str, list[Person]] | None = None
        self._left = MOST_GUESSES

    def find(self, name: str) -> Person | None:
        """The person of this key, mail, former name or HR number."""
        return self._people.find(name) or self._numbered(name)

    def _numbered(self, name: str) -> Person | None:
        if self._numbers is None:
            self._numbers = defaultdict(list)
            for person in self._people.persons.values():
                self._numbers[person.employee_id.casefold()].append(person)
        having = self._numbers.get(folded(name), []) if name else []
        return having[0] if len(having) == 1 else None

    def guess(self, name: str) -> str:
        """The key of the one who was probably meant; empty: no idea, or too many were asked for."""
        if self._left <= 0:
            return ""
        self._left -= 1
        said = folded(name)
        called = [id for id, one in self._people.persons.items() if said in (folded(one.name), id.partition("@")[0])]
        numbers = (number for number in self._numbers or () if number.lstrip("0") == said.lstrip("0") != "")
        return called[0] if len(called) == 1 else next(numbers, "") or near(name, self._people.persons)


class _Licenses:
    """Which license is meant by a name: its id, or a sku or a product that only one has."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._called: dict[str, list[str]] = defaultdict(list)
        for license in tree.licenses.values():
            for name in {folded(license.sku), folded(license.product)} - {""}:
                self._called[name].append(license.id)

    def find(self, name: str) -> License | None:
        """The license; None where there is none, or more than one."""
        ids = self._called.get(folded(name), [])
        own = self._tree.licenses.get(folded(name))
        return own or (self._tree.licenses[ids[0]] if len(ids) == 1 else None)

    def unknown(self, name: str) -> tuple[str, str]:
        """What is wrong with the name, and how to mend it."""
        ids = self._called.get(folded(name), [])
        if ids:
            return f"{name!r} may be any of {', '.join(sorted(ids))}", "write the license's id"
        bundle = self._tree.bundles.get(folded(name))
        if bundle is not None:
            return f"{name!r} is a bundle, not a license", f"name the licenses, or edit who: of {bundle.place.path}"
        guess = near(name, self._known())
        return f"there is no license {name!r}", f"{guess}?" if guess else "seatwise validate says which files there are"

    def _known(self) -> Iterator[str]:
        yield from self._tree.licenses
        yield from (one.sku for one in self._tree.licenses.values() if one.sku)
        yield from (one.product for one in self._tree.licenses.values())
