"""Trees → typed rows: what the repository asks, from git alone. Two trees → what a changeset changes, and its bounds.

Rules (semantics §4):
- A row is what is approved: kind, key, value. Order, comments, reasons, tickets, paths and the names of assignments are
  not in it, so moving a person from one list of a license to another changes nothing.
- A bundle gives one `user` or `rule` row for each license that it gives; they keep the bundle in their key, because its
  owner answers for them.
- Whom a declared holder is, and by which logins, decides whose seats are moved: it is a row of `govern`.
- `group` asks nothing: the directory fills it, and it has no row.
- The bound of a row is the most seats that it can move, as if no other row existed: one for a person, the `max` of a
  rule (the old one, when it is narrowed or removed), the rights of the license for `enforce` and a new target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import asdict
from datetime import date
from types import MappingProxyType
from typing import Any

from seatwise.core import canon
from seatwise.core.model import (
    Assignment,
    Bundle,
    Contract,
    Holder,
    License,
    Lot,
    Mode,
    Options,
    Owner,
    Place,
    Row,
    RowChange,
    Tree,
)

UNBOUNDED = 1_000_000
"""The bound of a rule without `max`; policy rule-max refuses such rules."""
Shape = tuple[str, str, str, date | None, Options]
"""What the row of a plain name says beside the name: the seat's key, bundle, last day, options."""
Asks = Mapping[Shape, Set[str]]


def assignments(tree: Tree, license: License) -> tuple[Assignment, ...]:
    """Every assignment that bears on the license: its own, then those of the bundles that give it, by bundle id."""
    bundled = (a for _, b in sorted(tree.bundles.items()) if license.id in b.gives for a in b.who)
    return (*(license.assignments or ()), *bundled)


def rows(tree: Tree) -> Iterator[Row]:
    """Every row of the tree."""
    for license in tree.licenses.values():
        yield from license_rows(tree, license)
    yield from _frame_rows(tree)


def named(tree: Tree) -> Iterator[str]:
    """Everybody whom the licenses and bundles of the tree name."""
    for license in tree.licenses.values():
        yield from (never.person for never in license.never)
        yield from (one.person for one in license.reassert)
        for assignment in license.assignments or ():
            yield from assignment.people
    for bundle in tree.bundles.values():
        for assignment in bundle.who:
            yield from assignment.people


def changed(before: Tree, after: Tree, was: Iterable[Row] = (), now: Iterable[Row] = ()) -> tuple[RowChange, ...]:
    """The rows that differ between two trees, sorted by kind and key. Licenses that are the same object are not opened.

    `was` and `now` are rows of what lies beside the trees: people files.
    """
    old, new = _differing(before, after), _differing(after, before)
    old.update(((row.kind, *row.key), row) for row in was)
    new.update(((row.kind, *row.key), row) for row in now)
    keys = sorted(old.keys() | new.keys())
    pairs = (RowChange(old.get(key), new.get(key)) for key in keys)
    return tuple(pair for pair in pairs if pair.before != pair.after)


def brought(
    parent: Tree,
    base: Tree,
    head: Tree,
    was: Iterable[Row] = (),
    now: Iterable[Row] = (),
    there: Iterable[Row] = (),
) -> tuple[RowChange, ...]:
    """What a head changed since `base`, where it left the parent's history, less what is true at the parent already.

    That is what merging it into the parent changes, by whatever way. `was`, `now` and `there` are rows of what lies beside
    base, head and parent.
    """
    now = tuple(now)
    open_still = {(one.row.kind, *one.row.key) for one in changed(parent, head, there, now)}
    return tuple(one for one in changed(base, head, was, now) if (one.row.kind, *one.row.key) in open_still)


def joined(changes: Iterable[RowChange]) -> tuple[RowChange, ...]:
    """What changesets in a row change together: of each row the first before and the last after, where they differ."""
    together: dict[tuple[str, ...], RowChange] = {}
    for change in changes:
        key = (change.row.kind, *change.row.key)
        together[key] = RowChange(together.get(key, change).before, change.after)
    return tuple(change for _, change in sorted(together.items()) if change.before != change.after)


def bound(change: RowChange, before: Tree, after: Tree, day: date) -> int:
    """The most seats that this row can move, from git alone."""
    row = change.row
    if row.kind in ("user", "never", "reassert"):
        return 1
    if row.kind == "rule":
        return max(_max(change.before), _max(change.after))
    if row.kind == "target" or (row.kind == "mode" and row.value["mode"] == Mode.ENFORCE):
        return max(_rights(before, row.license, day), _rights(after, row.license, day))
    return 0


def inverse(changes: Iterable[RowChange]) -> tuple[RowChange, ...]:
    """The changes that take these back."""
    return tuple(change.reverse() for change in changes)


def license_rows(tree: Tree, license: License, known: Asks = MappingProxyType({})) -> Iterator[Row]:
    """The rows of one license, those that bundles give it included; less the plain asks that are `known` already."""
    seat = seat_key(license)
    yield _row("terms", seat, _terms(license), license)
    yield _row("mode", seat, {"mode": str(license.mode)}, license)
    yield _row("target", (license.id,), _target(tree, license), license)
    yield _row(
        "govern", ("license", license.id), {"owner": license.owner, "pilot": sorted(license.volunteers)}, license
    )
    for lot in license.lots:
        yield _row("rights", ("lot", license.id, lot.name), _lot(lot), license, place=lot.place)
    for never in license.never:
        value = {"through": _day(never.through)}
        yield _row("never", (*seat, never.person), value, license, place=never.place)
    for one in license.reassert:
        yield _row("reassert", (*seat, one.person), {"at": one.at}, license, place=one.place)
    for assignment in assignments(tree, license):
        yield from _ask_rows(license, assignment, known.get(_shape(license, assignment), frozenset()))


def rule_key(assignment: Assignment) -> str:
    """How claims name the row of an assignment: `user:<bundle>` or `rule:<bundle>:<selector>`."""
    return f"rule:{assignment.bundle}:{assignment.where}" if assignment.where else f"user:{assignment.bundle}"


def _shape(license: License, assignment: Assignment) -> Shape:
    return (*seat_key(license), assignment.bundle, assignment.through, assignment.options)


def _plain_asks(tree: Tree, id: str) -> Asks:
    """Whom the tree asks for a license by a name alone, by what else their row says. Nobody stands there twice."""
    found: dict[Shape, set[str]] = {}
    license = tree.licenses.get(id)
    if license is None:
        return found
    for assignment in assignments(tree, license):
        found.setdefault(_shape(license, assignment), set()).update(assignment.people.keys() - assignment.terms.keys())
    return found


def _ask_rows(license: License, assignment: Assignment, known: Set[str]) -> Iterator[Row]:
    seat = seat_key(license)
    if assignment.where is not None:
        key = (*seat, str(assignment.where), assignment.bundle)
        yield _row("rule", key, _rule(assignment), license, assignment.bundle, assignment.place)
    plain = {"through": _day(assignment.through), "options": canon.options_map(assignment.options)}
    for who in assignment.people:
        if who in known and who not in assignment.terms:
            continue
        value = _user(assignment, who) if who in assignment.terms else plain
        yield Row("user", (*seat, who, assignment.bundle), value, license.id, assignment.bundle, assignment.line(who))
    for device, line in assignment.devices.items():
        value, place = (
            _user(assignment, device) if device in assignment.terms else plain,
            Place(assignment.place.path, line),
        )
        yield Row("user", (*seat, f"device {device}", assignment.bundle), value, license.id, assignment.bundle, place)


def _differing(tree: Tree, other: Tree) -> dict[tuple[str, ...], Row]:
    """Rows of what is not the same object in the other tree, by kind and key; without names that it asks just so."""
    found: dict[tuple[str, ...], Row] = {}
    for license in tree.licenses.values():
        if not _same(tree, other, license):
            known = _plain_asks(other, license.id)
            found.update(((row.kind, *row.key), row) for row in license_rows(tree, license, known))
    found.update(((row.kind, *row.key), row) for row in _frame_rows(tree))
    return found


def same_asks(one: Tree, other: Tree, license: str) -> bool:
    """Whether two trees certainly ask the same for a license: nothing that bears on it was read anew."""
    mine = one.licenses.get(license)
    return mine is not None and _same(one, other, mine)


def _same(tree: Tree, other: Tree, license: License) -> bool:
    """Whether nothing that the license's rows are made of can differ."""
    twin = other.licenses.get(license.id)
    if twin is not license or tree.settings.accounts.get(license.account) != other.settings.accounts.get(
        license.account
    ):
        return False
    mine, theirs = _giving(tree, license.id), _giving(other, license.id)
    return len(mine) == len(theirs) and all(a is b for a, b in zip(mine, theirs, strict=True))


def _giving(tree: Tree, license: str) -> list[Bundle]:
    return [b for _, b in sorted(tree.bundles.items()) if license in b.gives]


def _frame_rows(tree: Tree) -> Iterator[Row]:
    """Rows that belong to no license: owners, declared holders, bundles' owners, contracts, governed files."""
    for owner in tree.owners.values():
        yield Row("govern", ("owner", owner.id), _owner(owner), place=owner.place)
    for holder in tree.holders.values():
        yield Row("govern", ("holder", holder.id), _holder(holder), place=holder.place)
    for bundle in tree.bundles.values():
        yield Row("govern", ("bundle", bundle.id), {"owner": bundle.owner}, bundle=bundle.id, place=bundle.place)
    for contract in tree.contracts.values():
        yield Row("rights", ("contract", contract.id), _contract(contract), place=contract.place)
    for path, digest in tree.digests.items():
        yield Row("file", (path,), {"digest": digest})


def _row(
    kind: str,
    key: tuple[str, ...],
    value: Mapping[str, Any],
    license: License,
    bundle: str = "",
    place: Place | None = None,
) -> Row:
    return Row(kind, key, value, license.id, bundle, place or license.place)


def seat_key(license: License) -> tuple[str, str]:
    """What the keys of a license's seats begin with: account and sku; of one without an account its id."""
    return (license.account, license.sku) if license.account else ("", license.id)


def _terms(license: License) -> dict[str, Any]:
    return {
        "one_of": license.one_of,
        "rank": license.rank,
        "requires": sorted(license.requires),
        "includes": sorted(license.includes),
        "options": canon.options_map(license.options),
        "when_left": canon.plain(license.when_left),
        "when_leave": canon.plain(license.when_leave),
        "retired": license.retired,
        "charge": license.charge,
        "billed": license.billed,
    }


def _target(tree: Tree, license: License) -> dict[str, Any]:
    account = tree.settings.accounts.get(license.account)
    where = str(account.where) if account is not None and account.where else ""
    return {"account": license.account, "sku": license.sku, "where": where}


def _lot(lot: Lot) -> dict[str, Any]:
    value = asdict(lot)
    del value["place"], value["name"]
    plain = canon.plain(value)
    assert isinstance(plain, dict)
    return plain


def _rule(assignment: Assignment) -> dict[str, Any]:
    return {
        "max": assignment.max,
        "through": _day(assignment.through),
        "options": canon.options_map(assignment.options),
        "ready": str(assignment.ready),
        "keep_for": str(assignment.keep_for),
    }


def _user(assignment: Assignment, who: str) -> dict[str, Any]:
    terms = assignment.terms[who]
    options: Options = terms.options or assignment.options
    return {"through": _day(terms.through or assignment.through), "options": canon.options_map(options)}


def _owner(owner: Owner) -> dict[str, Any]:
    approvers = [
        {"person": a.person, "up_to": a.up_to, "key": a.key, "key_through": _day(a.key_through)}
        for a in sorted(owner.approvers, key=lambda a: a.person)
    ]
    return {"deputy": owner.deputy, "approvers": approvers, "department": owner.department}


def _holder(holder: Holder) -> dict[str, Any]:
    who = {"kind": holder.kind, "sponsor": holder.sponsor, "logins": dict(holder.logins)}
    return {**who, "review_through": _day(holder.review_through)}


def _contract(contract: Contract) -> dict[str, Any]:
    dates = {"start": _day(contract.start), "term": str(contract.term), "renewal": contract.renewal}
    notice = str(contract.notice.period) if contract.notice else ""
    return {**dates, "owner": contract.owner, "notice": notice, "decrease": dict(contract.decrease)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _max(row: Row | None) -> int:
    if row is None:
        return 0
    return UNBOUNDED if row.value["max"] is None else int(row.value["max"])


def _rights(tree: Tree, license_id: str, day: date) -> int:
    license = tree.licenses.get(license_id)
    return (license.rights(day) or 0) if license else 0
