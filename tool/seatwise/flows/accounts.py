"""Accounts at vendors: listed, checked, read, and imported, as text in this repository. Nothing is written at a vendor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from seatwise import vendors
from seatwise.core import match
from seatwise.core.access import Checked, weighed
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import (
    Access,
    Account,
    Exit,
    Holding,
    Reading,
    Seat,
    Settings,
    Stop,
    Terms,
    Tree,
    VendorError,
    VendorInfo,
)
from seatwise.core.near import among
from seatwise.edges import edit, inside
from seatwise.flows.workspace import WORKTREE, Workspace

IMPORTED = "imported"
"""The assignment that imported seats are written to."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One license that seats were written into. `unknown`: logins that fit nobody, left out."""

    license: str
    path: str
    added: tuple[str, ...]
    unknown: tuple[str, ...]


def check(workspace: Workspace, accounts: Sequence[str]) -> tuple[Checked, ...]:
    """Each account (none named: all), read as plan would read it."""
    tree = workspace.sound_tree(WORKTREE)
    wanted = [_account(tree, id) for id in accounts] or list(tree.settings.accounts.values())
    readings = workspace.readings(tree, WORKTREE, [a.id for a in wanted])
    return tuple(_checked(workspace, account, readings[account.id], tree) for account in wanted)


def _called(workspace: Workspace, account: Account, reading: Reading) -> Reading:
    """The reading; where no license names a sku nobody was called for it, so that everything is read."""
    if reading.failure or reading.holdings or reading.sold:
        return reading
    try:
        holdings = {one.sku: one for one in workspace.vendor(account, WORKTREE).read(None)}
    except VendorError as error:
        return replace(reading, failure=error.what, fix=error.fix)
    return replace(reading, holdings=holdings)


def _access(workspace: Workspace, account: Account) -> Access:
    """As far as the vendor can be asked: that it can't be is no failure, its reading says what is wrong."""
    try:
        ask = getattr(workspace.vendor(account, WORKTREE), "access", None)
        return cast(Access, ask()) if ask else Access()
    except VendorError:
        return Access()


def read(workspace: Workspace, id: str) -> tuple[Holding, ...]:
    """Everything that the account sells and who has it; raises Stop where it can't be read."""
    tree = workspace.sound_tree(WORKTREE)
    try:
        return tuple(workspace.vendor(_account(tree, id), WORKTREE).read(None))
    except VendorError as error:
        raise Stop(Exit.ERROR, f"account {id}: {error.what}", error.fix) from error


def import_(workspace: Workspace, id: str, licenses: Sequence[str]) -> tuple[Imported, ...]:
    """Writes the direct seats that nobody asks for yet into the license files, as people of assignment `imported`.

    The next plan adopts them, without a call. Raises Stop where a license is not at this account.
    """
    tree = workspace.sound_tree(WORKTREE)
    account = _account(tree, id)
    names = list(licenses) or [one.id for one in tree.licenses.values() if one.account == id and one.mode != "observe"]
    here = [one.id for one in tree.licenses.values() if one.account == id]
    others = [name for name in names if name not in here]
    if others:
        what = f"license {others[0]} is not at account {id}"
        raise Stop(Exit.USAGE, what, among(others[0], here, see="the files in licenses/"))
    reading = workspace.reading(account, tree, WORKTREE)
    if reading.failure:
        raise Stop(Exit.ERROR, f"account {id}: {reading.failure}", reading.fix)
    found = [_imported(workspace, tree, name, reading) for name in names]
    inside.write(workspace.root, {one.path: text.encode() for one, text in found if one.added})
    return tuple(one for one, _ in found)


def known(settings: Settings, id: str) -> None:
    """Raises Stop where there is no such account."""
    if id not in settings.accounts:
        raise Stop(Exit.USAGE, f"there is no account {id!r}", among(id, settings.accounts))


def vendor_infos() -> tuple[VendorInfo, ...]:
    """Every vendor that is installed, as it describes itself."""
    return tuple(vendors.described(name) for name in vendors.names())


def _account(tree: Tree, id: str) -> Account:
    known(tree.settings, id)
    return tree.settings.accounts[id]


def _checked(workspace: Workspace, account: Account, read: Reading, tree: Tree) -> Checked:
    reading, access = _called(workspace, account, read), _access(workspace, account)
    found = Checked(account.id, account.vendor, reading.info, failure=reading.failure, fix=reading.fix, who=access.who)
    found = found if access.granted is None else replace(found, lacks=weighed(access))
    if reading.failure:
        return found
    named = {license.sku for license in tree.licenses.values() if license.account == account.id}
    seats = sum(len(holding.seats) for holding in reading.holdings.values())
    missing = tuple(sorted(named - reading.holdings.keys()))
    return replace(found, skus=len(reading.holdings), seats=seats, missing=missing)


def _imported(workspace: Workspace, tree: Tree, name: str, reading: Reading) -> tuple[Imported, str]:
    """What is imported, and the license's file with it."""
    license = tree.licenses[name]
    people, _ = workspace.people(tree, WORKTREE, {})
    holding = reading.holdings.get(license.sku)
    held, _ = match.roster(reading.account, people, {}).seats(_direct(holding))
    there = {who for assignment in license.assignments or () for who in assignment.people}
    added = tuple(sorted(who for who in held if who not in there and not who.startswith("?")))
    unknown = tuple(sorted(seat.login for who, seat in held.items() if who[0] == "?"))
    text = (workspace.root / license.place.path).read_text(encoding="utf-8")
    edits = [ListEdit(IMPORTED, add=dict.fromkeys(added, Terms()))] if added else []
    return Imported(name, license.place.path, added, unknown), edit.changed(text, edits)


def _direct(holding: Holding | None) -> Iterator[Seat]:
    return (
        seat for seat in (holding.seats if holding else ()) if seat.origin == "direct" and seat.pending != "cancelled"
    )
