"""A workspace → what people changed at the vendors by hand, one finding for each license at an account. No vendor is written to.

What is compared is the newest of the default branch, as plan compares it. A run keeps a snapshot of each account that it read,
where its journal has begun: earlier ones tell since when a seat is so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seatwise.core import decide, snapshots
from seatwise.core import drift as core
from seatwise.core.decide import AccountDecision
from seatwise.core.drift import Found, Past, Scope
from seatwise.core.model import Exit, Stop, Tree
from seatwise.core.near import among
from seatwise.flows import accounts, status
from seatwise.flows import snapshots as kept
from seatwise.flows import survey as surveys
from seatwise.flows.survey import Survey
from seatwise.flows.workspace import Workspace

MOST_PAST = 30
"""So many snapshots of an account are looked at for since when a seat is so: each is a whole reading."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked at: all, or one account, one license, some holders."""

    account: str = ""
    license: str = ""
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What is compared, and how each account stands."""

    seen: Survey
    decisions: tuple[AccountDecision, ...]
    found: Found


def listed(workspace: Workspace, wanted: Wanted, *, record: bool = True) -> Found:
    """What differs, and since when; kept as a snapshot (`record`) where it can be, and said where it can't."""
    now = look(workspace, wanted)
    dated = tuple(_dated(workspace, now.seen, scope) for scope in now.found.scopes)
    unrecorded = tuple(_recorded(workspace, now)) if record else ()
    return replace(now.found, scopes=dated, unrecorded=unrecorded)


def look(workspace: Workspace, wanted: Wanted) -> Look:
    """What differs now. Raises Stop where people or the files can't be read; an account that can't be is named."""
    grounds = status.in_force(workspace)
    if grounds.stopped is not None:
        raise grounds.stopped
    names = _accounts(grounds.tree, wanted)
    seen = surveys.survey(workspace, grounds, names)
    surveys.require_people(seen.findings)
    decisions = tuple(decide.account(id, seen.situation) for id in sorted(seen.situation.readings))
    licenses = (wanted.license,) if wanted.license else ()
    return Look(seen, decisions, core.found(decisions, seen.situation, licenses))


def known(tree: Tree, license: str) -> None:
    """Raises Stop where there is no such license."""
    if license not in tree.licenses:
        fix = among(license, sorted(tree.licenses), see="the files in licenses/")
        raise Stop(Exit.USAGE, f"there is no license {license!r}", fix)


def _accounts(tree: Tree, wanted: Wanted) -> list[str] | None:
    """The accounts that are read; None: all."""
    if wanted.account:
        accounts.known(tree.settings, wanted.account)
    if not wanted.license:
        return [wanted.account] if wanted.account else None
    known(tree, wanted.license)
    here = tree.licenses[wanted.license].account
    if wanted.account not in ("", here):
        what = f"license {wanted.license} is not at account {wanted.account}"
        raise Stop(Exit.USAGE, what, f"--account {here}" if here else "leave --account out")
    return [here]


# since when


def _dated(workspace: Workspace, seen: Survey, scope: Scope) -> Scope:
    return core.dated(scope, seen.tree.licenses[scope.license].sku, _past(workspace, seen, scope.account))


def _past(workspace: Workspace, seen: Survey, account: str) -> Iterator[Past]:
    """The snapshots of an account, newest first, each read when it is needed; those that were erased are passed over."""
    settings = seen.tree.settings
    named = [*kept.of(account, workspace.journal(settings, account).recent())]
    for one in named[: -MOST_PAST - 1 : -1]:
        data = kept.body(workspace, settings, one)
        if data is not None:
            yield Past(one.at, snapshots.holdings(json.loads(data)))


# kept


def _recorded(workspace: Workspace, now: Look) -> Iterator[str]:
    """Keeps what was read; yields what could not be kept, and why. That stops nothing: what was found is told all the same."""
    for decision in now.decisions:
        if decision.reading.failure:
            continue
        journal = workspace.journal(now.seen.tree.settings, decision.account)
        if not journal.recent():
            yield f"{decision.account}: no journal yet: the first apply begins it"
            continue
        try:
            kept.keep(workspace, journal, decision.reading)
        except Stop as stop:
            yield f"{decision.account}: {stop.what}"
