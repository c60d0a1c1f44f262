"""Rollouts: listed, shown, and told what to do. What people say is a record in the branch of control, which needs no lease: it
may be written from another machine while a run is writing, and every run reads it before its next batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from seatwise.core import control, lifecycle, records, tally
from seatwise.core.claims import State
from seatwise.core.lease import Lease
from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Rollout, RolloutState, Settings, StageWait, Stop, Tally
from seatwise.core.records import Said
from seatwise.flows import accounts
from seatwise.flows.plan import tip_of
from seatwise.flows.status import in_force, named, status
from seatwise.flows.survey import Grounds
from seatwise.flows.workspace import Workspace

MEANS = {
    Event.HALT: "nothing more is sent after the batch in flight",
    Event.RESUME: "goes on: the next apply checks everything anew, and writes what still differs",
    Event.ABORT: "the next apply takes back what was done; every seat of it is held",
    Event.RETRY: "the next apply sends again what did not come out, and checks it",
    Event.RELEASE: "its seats are let go as they are; what differs is drift until main says what is there",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Rollouts as they stand, words that no run has obeyed yet taken in. `heard` are those words."""

    now: datetime
    timezone: str
    tallies: tuple[Tally, ...]
    heard: tuple[Said, ...] = ()
    stopped: Mapping[str, str] = field(default_factory=dict)
    """Account → why every lane of it stands still."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to say. No `id`: to everything at the account."""

    verb: Event
    id: str = ""
    account: str = ""
    reason: str = ""
    without: bool = False


@dataclass(frozen=True, slots=True)
class _Here:
    """What the journals say, and what was said and is not obeyed yet."""

    found: Grounds
    settings: Settings
    states: Mapping[str, State]
    heard: tuple[Said, ...]


def show(workspace: Workspace, id: str) -> tuple[str, tuple[Rollout, ...]]:
    """The organisation's time zone, and the rollouts of this id or commit, one for each account."""
    here = _here(workspace)
    return here.settings.timezone, named(here.states.values(), id)


def shown(workspace: Workspace, id: str = "") -> Shown:
    """The rollouts of this id or commit; of none: all that are open."""
    here = _here(workspace)
    found = named(here.states.values(), id) if id else ()
    ids = {(one.account, one.id) for one in found}
    tallies = [
        tally.tally(one, state)
        for state in here.states.values()
        for one in (state.rollouts.values() if id else state.open_rollouts())
        if not id or (one.account, one.id) in ids
    ]
    stopped = {account: state.stopped for account, state in here.states.items() if state.stopped}
    return Shown(workspace.clock.now(), here.settings.timezone, tuple(tallies), here.heard, stopped)


def waits(workspace: Workspace, rollouts: Iterable[Rollout]) -> tuple[StageWait, ...]:
    """The windows, freezes and people that stages of these wait for. None where nothing can be read to tell: what the
    journal says of a rollout is shown in any case."""
    if not any(one.state is RolloutState.OPEN for one in rollouts):
        return ()
    try:
        return status(workspace).stages
    except Stop:
        return ()


def say(workspace: Workspace, order: Order) -> tuple[Said, ...]:
    """Writes it, one record for each account that it concerns. Raises Stop where nothing can be done so as it stands."""
    written: tuple[Said, ...] = ()

    def made(known: Sequence[Mapping[str, object]]) -> Sequence[records.Record]:
        return [records.say(one) for one in _said(workspace, _here(workspace), order)]

    journal = workspace.control(_here(workspace).settings)
    for record in journal.append_again(made):
        written = (*written, records.said(record))
    journal.anchor()
    return written


def resume(workspace: Workspace, id: str, reason: str = "") -> tuple[Said, ...]:
    """Lets the halted rollouts of this id go on: the next apply writes what still differs and checks it anew."""
    return say(workspace, Order(Event.RESUME, id, reason=reason))


def unlock(workspace: Workspace, account: str, reason: str) -> Lease:
    """The lease of a dead run, which is ended by this. Should it live after all, its next append is refused."""
    settings = in_force(workspace).tree.settings
    accounts.known(settings, account)
    return workspace.journal(settings, account).unlock(workspace.git.who(), reason)


def _here(workspace: Workspace) -> _Here:
    found = in_force(workspace)
    settings = found.trusted
    journal = workspace.control(settings).read()
    states: dict[str, State] = {}
    heard: list[Said] = []
    for account in settings.accounts:
        state = workspace.state(settings, account)
        new = control.heard(journal, account, state)
        heard += new
        states[account] = control.expected(_drawn(found, account, state), new, workspace.clock.now())
    return _Here(found, settings, states, tuple(heard))


def _drawn(found: Grounds, account: str, state: State) -> State:
    """With the changesets that are admitted and that this account has not looked at yet."""
    commits = [record["commit"] for record in found.admitted]
    new = commits[commits.index(state.commit) + 1 :] if state.commit in commits else []
    titles = {record["commit"]: record for record in found.admitted}
    late = {
        commit[:12]: Rollout(
            commit[:12], account, commit, titles[commit]["title"], (), (), datetime.fromisoformat(titles[commit]["at"]),
            state=RolloutState.ADMITTED,
        )
        for commit in new
        if commit[:12] not in state.rollouts
    }  # fmt: skip
    return replace(state, rollouts={**state.rollouts, **late})


def _said(workspace: Workspace, here: _Here, order: Order) -> Iterator[Said]:
    now, by = workspace.clock.now(), workspace.git.name()
    if order.account:
        accounts.known(here.settings, order.account)
    if not order.id:
        yield _to_account(here, order, now, by)
        return
    found = _named(here, order)
    allowed = [one for one in found if lifecycle.allows(one.state, order.verb) and not _idle(one, order.verb)]
    if not allowed:
        raise Stop(Exit.USAGE, _not_so(found, order), f"seatwise run show {found[0].id}")
    going = [one for one in allowed if not _in_vain(here, one, order.verb)]
    if not going:
        one = allowed[0]
        release = f'seatwise run release {one.id} --account {one.account} --reason "leave it as it is"'
        what = f"rollout {order.id} is aborted, and all that could be taken back is: nothing to retry"
        raise Stop(Exit.USAGE, what, f"{release}; or seatwise rollback {one.commit[:12]}")
    for one in going:
        on_main = _behind(workspace, here, one) if order.verb is Event.ABORT else ()
        yield Said(0, now, order.verb, one.account, one.id, order.reason, by, order.without, on_main)


def _idle(one: Rollout, verb: Event) -> bool:
    """Whether there is nothing to let go on: an open rollout goes on by itself, but where a gate waits to be approved."""
    return verb is Event.RESUME and one.state is RolloutState.OPEN and control.approved(one) == one


def _to_account(here: _Here, order: Order, now: datetime, by: str) -> Said:
    if not order.account or order.verb not in (Event.HALT, Event.RESUME):
        raise Stop(
            Exit.USAGE, f"{order.verb} what?", f"seatwise run {order.verb} ROLLOUT; open ones: seatwise run list"
        )
    stopped = bool(here.states[order.account].stopped)
    if stopped is (order.verb is Event.HALT):
        raise Stop(
            Exit.USAGE, f"account {order.account} is {'stopped' if stopped else 'not stopped'}", "seatwise run list"
        )
    return Said(0, now, order.verb, order.account, reason=order.reason, by=by)


def _named(here: _Here, order: Order) -> tuple[Rollout, ...]:
    new = [link.changeset for link in here.found.links if link.changeset.commit.startswith(order.id)]
    if new and len(order.id) >= 4:
        what = f"{new[0].commit[:9]} is refused: it is on {here.settings.branch} and not admitted, so nothing runs"
        raise Stop(Exit.USAGE, what, "approve it, or take it back by a revert; seatwise apply says what it lacks")
    found = named(here.states.values(), order.id)
    mine = tuple(one for one in found if order.account in ("", one.account))
    if not mine:
        raise Stop(Exit.USAGE, f"rollout {order.id} has nothing at {order.account}", f"seatwise run show {order.id}")
    return mine


def _in_vain(here: _Here, one: Rollout, verb: Event) -> bool:
    """Whether the word would change nothing but the reason that stands there."""
    over = verb is Event.RETRY and one.state is RolloutState.ABORTED
    return over and not tally.refused(one, here.states[one.account])


def _not_so(found: Iterable[Rollout], order: Order) -> str:
    states = ", ".join(f"{lifecycle.phase(one)} at {one.account}" for one in found)
    return f"rollout {order.id} is {states}: nothing to {order.verb}"


def _behind(workspace: Workspace, here: _Here, one: Rollout) -> tuple[str, ...]:
    """The changesets that are on the default branch by now, behind this one."""
    remote = workspace.remote(here.settings)
    if remote is not None:
        workspace.git.fetch(remote, [f"refs/heads/{here.settings.branch}"])
    tip = tip_of(workspace, here.settings.branch, here.settings.journal_remote)
    return tuple(commit.sha for commit in workspace.git.first_parents(one.commit, tip))
