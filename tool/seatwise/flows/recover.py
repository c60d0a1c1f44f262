"""Journals that are lost → new ones, from what people and vendors show now: by hand, for a reason, without any call."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seatwise.core import decide, recovery
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.model import Exit, Settings, Stop
from seatwise.core.recovery import Recovery
from seatwise.core.veil import KEY
from seatwise.flows import survey as surveys
from seatwise.flows.plan import tip_of
from seatwise.flows.survey import Grounds
from seatwise.flows.workspace import WORKTREE, Workspace

LEASE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class _Lost:
    found: Grounds
    settings: Settings
    admissions: bool
    accounts: tuple[str, ...]


def recover(workspace: Workspace, reason: str, *, write: bool) -> Recovery:
    """What is lost and what would become of it; written only where it is wanted. Raises Stop where nothing is lost."""
    lost = _lost(workspace)
    if not lost.admissions and not lost.accounts:
        raise Stop(Exit.USAGE, "no journal is lost", "seatwise log")
    decisions = _decisions(workspace, lost)
    told = tuple(recovery.told(decision) for decision in decisions)
    if write:
        _write(workspace, lost, decisions, reason)
    return Recovery(lost.found.base, lost.admissions, told, write)


def _lost(workspace: Workspace) -> _Lost:
    """Which journals are missing, shorter than they were, or written under a secret that nobody has."""
    if workspace.git.is_shallow():
        raise Stop(Exit.EVIDENCE, "this clone is shallow: nobody can say what is lost", "git fetch --unshallow")
    settings = workspace.sound_tree(WORKTREE).settings
    if not settings.journal_since:
        fix = "where no journal ever began: seatwise apply"
        raise Stop(Exit.USAGE, f"{settings.place}: no journal.since says that there was a journal", fix)
    written = workspace.admissions(settings).recent()
    states = {id: workspace.state(settings, id, any_key=True) for id in settings.accounts}
    admitted = tuple(r for r in written if r["type"] == "admitted")
    base = admitted[-1]["commit"] if admitted else _newest(workspace, settings, states)
    due = surveys.lengths(written)
    gone = (
        id for id, state in states.items() if (not state.n and (not admitted or id in due)) or state.n < due.get(id, 0)
    )
    accounts = sorted({*gone, *(id for id in states if _other_key(workspace, settings, id))})
    found = Grounds(base, base, workspace.sound_tree(base), (), admitted)
    return _Lost(found, settings, not admitted, tuple(accounts))


def _newest(workspace: Workspace, settings: Settings, states: Mapping[str, State]) -> str:
    """The commit that accounts were last resolved at, where one of them still says so; else the tip."""
    tip = tip_of(workspace, settings.branch, settings.journal_remote)
    known = {state.commit for state in states.values() if state.commit}
    on_main = [one for one in known if workspace.git.resolve(one) and workspace.git.is_ancestor(one, tip)]
    return next((one for one in on_main if all(workspace.git.is_ancestor(other, one) for other in on_main)), tip)


def _other_key(workspace: Workspace, settings: Settings, account: str) -> bool:
    try:
        workspace.journal(settings, account).recent()
    except Stop as stop:
        if stop.code is Exit.EVIDENCE and KEY in stop.what:
            return True
        raise
    return False


def _decisions(workspace: Workspace, lost: _Lost) -> tuple[AccountDecision, ...]:
    """What each lost account asks and shows, as if nothing had ever been done there."""
    if not lost.accounts:
        return ()
    nothing = {id: State() for id in lost.accounts}
    seen = surveys.survey(workspace, lost.found, lost.accounts, nothing)
    surveys.require_people(seen.findings)
    for id, reading in seen.situation.readings.items():
        if reading.failure:
            raise Stop(Exit.ERROR, f"account {id}: {reading.failure}", reading.fix)
    histories = {id: decide.History(lost.found.before) for id in lost.accounts}
    situation = replace(seen.situation, histories=histories)
    return tuple(decide.account(id, situation) for id in lost.accounts)


def _write(workspace: Workspace, lost: _Lost, decisions: Sequence[AccountDecision], reason: str) -> None:
    run, by = secrets.token_hex(4), workspace.git.who()
    said = {"run": run, "by": by, "reason": reason}
    numbers = {d.account: _begun(workspace, lost, d, said) for d in decisions}
    journal = workspace.admissions(lost.settings)
    known = {"type": "recovered", **said, "journals": numbers}
    new = [known, _admitted(workspace, lost, said)] if lost.admissions else [known]
    journal.append_again(lambda records: new)
    journal.anchor()


def _begun(workspace: Workspace, lost: _Lost, decision: AccountDecision, said: Mapping[str, str]) -> int:
    """How many records the account's journal has now."""
    journal = workspace.journal(lost.settings, decision.account, any_key=True)
    journal.begin(said["run"], LEASE_SECONDS)
    journal.append(list(recovery.written(decision, lost.found.base, said)))
    return int(journal.end(said["run"])[-1]["n"])


def _admitted(workspace: Workspace, lost: _Lost, said: Mapping[str, str]) -> dict[str, Any]:
    """The admission of what is in force, which nobody can show any more to have been approved."""
    commit = workspace.git.told(lost.found.base)
    approval = {"approved": True, "how": "recovered", "why": said["reason"], "evidence": {"by": said["by"]}}
    none = {"ask": "", "inverse": "", "rows": 0, "reverse_of": "", "fast": False, "over": [], "people": {}, "feeds": {}}
    return {
        "type": "admitted", "run": said["run"], "commit": commit.sha, "parent": commit.parent, "title": commit.subject,
        "author": commit.author, **none, "journals": {}, "approval": approval, "policies": "",
    }  # fmt: skip
