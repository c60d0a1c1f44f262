"""What differs at the vendors, and what shall become of it → a branch whose rows say so. Nothing is called; the merge decides.

Accepted: after the merge nothing differs, and nobody is called. Corrected: after the merge these seats are put right, and only
these. Adopted: a license that was observed is managed from then on, and what people hold of it is asked for, without a call.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from seatwise.core import corrections as core
from seatwise.core import decide, plain, rows
from seatwise.core import drift as drifts
from seatwise.core.corrections import Books, Rows, Why
from seatwise.core.decide import AccountDecision, TreeLink
from seatwise.core.drift import Drifted
from seatwise.core.model import Changeset, Exit, Level, License, Mode, Stop, Tree
from seatwise.core.near import among
from seatwise.edges import edit
from seatwise.edges import tree as trees
from seatwise.flows import drift, seats
from seatwise.flows.drift import Look, Wanted
from seatwise.flows.seats import Ground, How, Ready, Written
from seatwise.flows.workspace import PREFIXES, Workspace

ADOPTED = "adopted"
"""The assignment of those who held a seat when its license was adopted."""
SHOWN = 5
"""Names shown of those that something is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """Why, and where it was asked for."""

    reason: str
    ticket: str = ""


def accept(workspace: Workspace, wanted: Wanted, said: Said, how: How) -> Written:
    """Writes the rows by which what differs stays as it is there. Raises Stop where a vendor would be called after all."""
    now, found, ground = _begun(workspace, wanted, said, how)
    why = Why(core.found_there(said.reason, ground.moment.today()), said.ticket)
    made = core.accepted(found, why, _books(ground))
    ready = _ready(workspace, ground, _titled("Accept drift", made, said), made)
    _calls_nobody(now, ground, ready, made.of)
    return _branched(workspace, ground, ready, how, core.named_at(now.found.now, "accept", wanted.license))


def correct(workspace: Workspace, wanted: Wanted, said: Said, how: How, *, added: bool = False) -> Written:
    """Writes the rows by which what differs is put right. What was added there is left where nobody says that it is meant."""
    now, found, ground = _begun(workspace, wanted, said, how)
    why = Why(said.reason, said.ticket)
    made = core.corrected(found, why, _books(ground), added=added or bool(wanted.holders))
    ready = _ready(workspace, ground, _titled("Put drift right", made, said), made)
    return _branched(workspace, ground, ready, how, core.named_at(now.found.now, "correct", wanted.license))


def adopt(workspace: Workspace, licenses: Sequence[str], how: How) -> Written:
    """Writes `mode: manage` for licenses that are observed, and a row for each seat that people hold and nothing asks. Raises
    Stop where that would call a vendor."""
    ground = _managed(workspace, seats.ground_of(workspace, how), licenses)
    now = drift.look(workspace, Wanted())
    _readable(now, {ground.tree.licenses[id].account for id in licenses})
    decisions = _foreseen(now, ground.tree)
    _gives_nobody(decisions, licenses)
    found = drifts.found(decisions, now.seen.situation, licenses)
    there, _ = drifts.named(found.scopes, ())
    reason = f"held there on {ground.moment.today()}, when it was adopted"
    made = core.accepted(there, Why(reason, assignment=ADOPTED), _books(ground))
    names = ", ".join(licenses)
    ready = _ready(workspace, ground, Written(f"Adopt {names}", made.bulk, (), stays=made.stays), made, bare=True)
    _calls_nobody(now, ground, ready, made.of)
    return _branched(workspace, ground, ready, how, f"license-adopt-{licenses[0]}")


# what it begins with


def _begun(workspace: Workspace, wanted: Wanted, said: Said, how: How) -> tuple[Look, tuple[Drifted, ...], Ground]:
    plain.reason(said.reason)
    plain.seen("--ticket", said.ticket)
    now = drift.look(workspace, wanted)
    _readable(now, {one.account for one in now.found.unread})
    found, strange = drifts.named(now.found.scopes, wanted.holders)
    if strange:
        known = sorted({seat.who for scope in now.found.scopes for seat in scope.seats if seat.known})
        raise Stop(
            Exit.USAGE, f"there is no drift of {strange[0]!r}", among(strange[0], known, see="seatwise drift list")
        )
    if not found:
        raise Stop(Exit.USAGE, "there is no drift", "nothing to do; seatwise drift list")
    return now, found, seats.ground_of(workspace, how)


def _readable(now: Look, accounts: Collection[str]) -> None:
    """Raises Stop where one of these accounts can't be read: nobody knows what is there."""
    for one in now.found.unread:
        if one.account in accounts:
            raise Stop(Exit.ERROR, f"account {one.account}: {one.what}", one.fix)


def _books(ground: Ground) -> Books:
    return Books(ground.tree, ground.people, ground.moment)


# what is written


def _titled(title: str, made: Rows, said: Said) -> Written:
    licenses = ", ".join(sorted({seat.license for seat in made.of}))
    title = f"{title}: {seats.seats(len(made.of))} of {licenses}"
    title = f"{said.ticket} {title}" if said.ticket else title
    return Written(title, made.bulk, (), stays=made.stays, findings=made.findings, why=said.reason)


def _ready(workspace: Workspace, ground: Ground, written: Written, made: Rows, *, bare: bool = False) -> Ready:
    """The files with the rows. Raises Stop where no row can do anything; `bare`: unless they change without any."""
    if not made.of and not bare:
        raise Stop(Exit.ERROR, "\n".join(["no row can do that; nothing was written", *made.stays[:SHOWN]]))
    return seats.edited(workspace, ground, written)


def _branched(workspace: Workspace, ground: Ground, ready: Ready, how: How, name: str) -> Written:
    """On a branch of its own: where there is one of that name already, on one with a number."""
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    free = next(one for one in names if workspace.git.at(f"refs/heads/{one}") is None)
    return seats.branched(workspace, ground, ready, how, free)


# what would come of it


def _foreseen(now: Look, tree: Tree) -> tuple[AccountDecision, ...]:
    """How accounts would stand after the merge."""
    changed = rows.changed(now.seen.tree, tree)
    link = TreeLink(Changeset("branch", now.seen.tip), tree, changed)
    situation = now.seen.situation
    histories = {id: replace(one, links=(*one.links, link)) for id, one in situation.histories.items()}
    after = replace(situation, histories=histories)
    return tuple(decide.account(one.account, after) for one in now.decisions)


def _calls_nobody(now: Look, ground: Ground, ready: Ready, of: Sequence[Drifted]) -> None:
    """Raises Stop where a row that only says what is there would change it."""
    mine = {(seat.license, seat.who) for seat in of}
    calls = [
        f"{change.verb} {license} of {change.who}"
        for decision in _foreseen(now, ready.tree)
        for change in decision.changes
        for license in change.licenses
        if (license, change.who) in mine
    ]
    if calls:
        what = f"that would call the vendor: {', '.join(calls[:SHOWN])}; nothing was written"
        raise Stop(Exit.ERROR, what, "seatwise plan says why; edit the files by hand, on a branch")


def _gives_nobody(decisions: Sequence[AccountDecision], licenses: Sequence[str]) -> None:
    """Raises Stop where somebody is asked who has no seat: that is no adoption."""
    gives = [who for one in decisions for id in licenses if id in one.differences for who in one.differences[id].gives]
    if gives:
        names = ", ".join(sorted(gives)[:SHOWN])
        what = f"that would give {seats.seats(len(gives))}, to {names}: an adoption calls nobody; nothing was written"
        raise Stop(Exit.ERROR, what, "take their rows out first, and ask for them in a later pull request")


# observed → managed


def _managed(workspace: Workspace, ground: Ground, licenses: Sequence[str]) -> Ground:
    """The ground as if these licenses were managed already."""
    files: dict[str, bytes] = {}
    for id in dict.fromkeys(licenses):
        drift.known(ground.tree, id)
        license = ground.tree.licenses[id]
        _adoptable(license)
        if license.mode is Mode.OBSERVE:
            files[license.place.path] = edit.with_mode(ground.files[license.place.path].decode(), "manage").encode()
    whole = {**ground.files, **files}
    tree, findings = trees.tree(whole, others=workspace.git.others(ground.commit, PREFIXES))
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise Stop(Exit.ERROR, "they can't be managed as they are; nothing was written", findings=errors)
    return replace(ground, files=whole, tree=tree, edited=files)


def _adoptable(license: License) -> None:
    if license.retired:
        raise Stop(Exit.USAGE, f"{license.place}: {license.id} is retired", "name another license")
    if not license.account or not license.sku:
        what = f"{license.place}: {license.id} names no account and sku: nobody knows where its seats are"
        raise Stop(Exit.USAGE, what, "write account: and sku:; seatwise account read ACCOUNT shows what is sold there")
