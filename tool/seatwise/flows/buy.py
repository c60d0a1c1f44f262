"""A license and a number of seats → its file with one lot more, ordered and not delivered yet; everything else as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from seatwise.core import plain, rows, terms
from seatwise.core.model import Exit, Level, License, LicenseType, Lot, Metric, Stop, Tree
from seatwise.core.near import near
from seatwise.core.resolve import Moment
from seatwise.edges import edit, inside
from seatwise.edges import tree as trees
from seatwise.flows.workspace import PREFIXES, WORKTREE, Workspace


@dataclass(frozen=True, slots=True)
class Order:
    """Seats of a license. `begins`: the first day of their rights, today where it isn't said."""

    license: str
    seats: int
    contract: str = ""
    begins: date | None = None
    po: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """The lot that was written, and the seats bought so far without it."""

    license: str
    lot: Lot
    rights: int


def buy(workspace: Workspace, order: Order) -> Bought:
    """Writes the lot. Raises Stop where anything else would change with it; then nothing is written."""
    plain.seen("--po", order.po)
    files, others = workspace.git.worktree(PREFIXES)
    tree = workspace.sound_tree(WORKTREE)
    license = _license(tree, order)
    today = Moment(workspace.clock.now(), tree.settings.timezone).today()
    lot = _lot(license, order, today)
    path = license.place.path
    text = edit.add_lot(files[path].decode(), lot)
    after, findings = trees.tree({**files, path: text.encode()}, others=others)
    errors = [f for f in findings if f.level is Level.ERROR]
    written = next((one for one in after.licenses[license.id].lots if one.name == lot.name), None)
    if errors or written != lot or len(rows.changed(tree, after)) != 1:
        raise Stop(
            Exit.ERROR, f"{path}: nothing was written: it can't be edited", "add the lot by hand", findings=errors
        )
    inside.write(workspace.root, {path: text.encode()})
    return Bought(license.id, written, license.rights(today) or 0)


def _license(tree: Tree, order: Order) -> License:
    license = tree.licenses.get(order.license)
    if license is None:
        guess = near(order.license, tree.licenses)
        fix = f"did you mean {guess}?" if guess else f"one of: {', '.join(sorted(tree.licenses))}"
        raise Stop(Exit.USAGE, f"there is no license {order.license!r}", fix)
    if license.retired or license.type is LicenseType.FREE or license.metric is Metric.SITE:
        why = "is retired" if license.retired else f"is not bought by the seat ({license.type}, {license.metric})"
        raise Stop(Exit.USAGE, f"{license.place}: {license.id} {why}", "name another license")
    if order.contract not in ("", license.contract):
        stands = f"stands under {license.contract}" if license.contract else "stands under no contract"
        what = f"{license.place}: {license.id} {stands}, not under {order.contract}"
        raise Stop(Exit.USAGE, what, f"--contract {license.contract}" if license.contract else "leave --contract out")
    return license


def _lot(license: License, order: Order, today: date) -> Lot:
    """The lot, at the price of the newest one."""
    begins = order.begins or today
    names = {lot.name for lot in license.lots}
    first = f"{begins:%Y-%m}-order"
    name = next(one for one in (first, *(f"{first}-{n}" for n in range(2, 1000))) if one not in names)
    kind = "true-up" if license.lots else "initial"
    return Lot(name, kind, order.seats, terms.price(license, today), order.po, begins, ordered=True)
