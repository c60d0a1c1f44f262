"""One account in one run: read, settle, open rollouts, send what is due, read back; until nothing is due any more.

The journal is written before each call and after it; a run that dies anywhere leaves a journal that the next one goes on
from. The account's lease is held for this, and never while waiting for a gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from seatwise.core import back, canon, claims, control, decide, lifecycle, limits, queue, records, rollout
from seatwise.core import due as dues
from seatwise.core.claims import Record, State
from seatwise.core.course import draft
from seatwise.core.decide import AccountDecision, Situation, TreeLink
from seatwise.core.diff import Difference
from seatwise.core.due import Due, Load
from seatwise.core.lifecycle import Event
from seatwise.core.model import (
    Change,
    Finding,
    Hold,
    Outcome,
    Reading,
    Restoration,
    Result,
    Review,
    Rollout,
    RolloutState,
    Sample,
    Settled,
    Stage,
    StageWait,
    Stop,
    Vendor,
    VendorError,
    VendorInfo,
    Verb,
    Written,
)
from seatwise.core.rollout import Gate
from seatwise.core.stage import StageRules
from seatwise.core.stage import rollout as drawn
from seatwise.core.windows import Calendar
from seatwise.edges.clock import Clock
from seatwise.edges.journal import Journal
from seatwise.flows.workspace import Watch

LEASE_SECONDS = 900
PATIENCE = timedelta(seconds=30)
"""A vendor that settles within so long is waited for; for a slower one the next run reads back."""
BATCH_SECONDS = 30
FEWEST, MOST = 20, 500
"""Changes in a batch."""
ROUNDS = 20
FINAL = (Result.DONE, Result.ALREADY, Result.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Tools:
    """The doors that one account's run goes through."""

    vendor: Vendor
    journal: Journal
    clock: Clock
    read: Callable[[], Reading]
    """A fresh Reading of the account."""
    watch: Watch
    control: Callable[[], Sequence[Record]]
    """What people said, as it stands now."""
    probe: Callable[[Rollout, Stage], Sample] | None = None
    """Whether people can work, asked at a gate of this stage."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the course said for this account: the changesets that it has to open, what is held, how stages are drawn."""

    run: str
    commit: str
    links: tuple[TreeLink, ...]
    holds: tuple[Finding, ...]
    rules: StageRules
    calendar: Calendar
    review: Review | None = None


@dataclass(slots=True)
class AccountRun:
    """What one account's run did. `halted`: rollouts that this run halted; `stopped`: whether it was told to stop everything."""

    account: str
    state: State
    written: list[Written] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    held: tuple[Hold, ...] = ()
    decision: AccountDecision | None = None
    halted: list[Rollout] = field(default_factory=list)
    stopped: bool = False
    restored: list[Restoration] = field(default_factory=list)
    failure: str = ""
    stop: Stop | None = None
    """Why it could not go on here: another run is at work, or a remote or this machine fails."""
    stages: tuple[StageWait, ...] = ()
    """Stages that have their turn and wait for a window."""


def run(id: str, situation: Situation, orders: Orders, tools: Tools) -> AccountRun:
    """Does what is due at one account, as far as it can."""
    running = _Running(id, situation, orders, tools)
    try:
        _run(running)
    except Stop as stop:
        running.done.stop = stop
    return running.done


def _run(running: _Running) -> None:
    try:
        running.go()
    except VendorError as error:
        running.done.failure = f"{error.what}. fix: {error.fix}" if error.fix else error.what
    finally:
        running.close()


class _Running:
    def __init__(self, id: str, situation: Situation, orders: Orders, tools: Tools) -> None:
        self.id, self.situation, self.orders, self.tools = id, situation, orders, tools
        self.done = AccountRun(id, situation.states[id])
        self.tried: frozenset[Change] = frozenset()
        self.leased = False
        self.reversed: list[str] = []
        self.samples: dict[Gate, Sample] = {}
        """What the probe said: it is asked once a run at each gate."""
        self.told: list[records.Record] = []
        """What is known and folded, and the next push carries along."""

    @property
    def state(self) -> State:
        return self.done.state

    def go(self) -> None:
        """Rounds of read, settle, advance, send; the first reading is the survey's, unless there is something to do."""
        for _ in range(ROUNDS):
            decision = self._decide()
            self._tell(list(self._news(decision)))
            self._hear()
            due = self._advance(decision)
            if not due.loads:
                break
            for load in due.loads:
                if not self._send(load, last=not due.waiting(load)):
                    break
            self._reread()
        self.done.decision = self._decide()
        self.done.held = (*self.done.decision.held, *due.waits)
        self.done.stages = due.stages
        self._tell(list(self._restored(self.done.decision)))

    def _restored(self, decision: AccountDecision) -> Iterator[records.Record]:
        """For each reverse that this run ended: whether the start is back."""
        for one in self.reversed:
            found = back.restoration(one, self.state, decision)
            self.done.restored.append(found)
            yield {"type": "proof", "commit": one, "same": found.same, "others": list(found.others)}

    def close(self) -> None:
        """Pushes what is left to push, and gives the account back; a run that had nothing to send did not take it till now."""
        told, self.told = self.told, []
        if self.leased:
            self.tools.journal.end(self.orders.run, told)
        elif told:
            self.tools.journal.whole(self.orders.run, told, self.state.n)

    def _decide(self) -> AccountDecision:
        return decide.kept_back(decide.account(self.id, self.situation), self.orders.holds)

    def _reread(self) -> None:
        settle = timedelta(seconds=self.tools.vendor.info.settle_seconds)
        if timedelta(0) < settle <= PATIENCE:
            self.tools.clock.sleep(settle.total_seconds())
        reading = self.tools.read()
        if reading.failure:
            raise VendorError(reading.failure, reading.fix)
        moment = replace(self.situation.moment, now=self.tools.clock.now())
        self.situation = replace(self.situation, readings={**self.situation.readings, self.id: reading}, moment=moment)

    def _tell(self, new: Sequence[records.Record]) -> None:
        """Folds what became known. It is pushed before the next call, after the last one, or at the end: as long as nobody is
        called, a run that dies leaves nothing that the next one does not find out anew."""
        at = canon.plain(max(self.tools.clock.now(), self.state.at or self.tools.clock.now()))
        timed = [{**record, "at": at} for record in new]
        claims.fold(timed, self.state)
        self.told += timed

    def _push(self) -> None:
        """Appends what was told, under the account's lease. Raises Stop where another run wrote since this one looked: what it
        decided stands on the past."""
        told, self.told = self.told, []
        if not told:
            return
        if self.leased:
            pushed = self.tools.journal.append(told)
        else:
            pushed = self.tools.journal.begin(self.orders.run, LEASE_SECONDS, told, self.state.n)
            self.leased = True
        self.state.n = pushed[-1]["n"]

    def _hear(self) -> bool:
        """Obeys what people said since; whether they said anything."""
        said = control.heard(self.tools.control(), self.id, self.state)
        for one in said:
            before = self.state.rollouts.get(one.rollout)
            self._tell(list(control.obeyed(self.state, one)))
            after = self.state.rollouts.get(one.rollout)
            if after is not None and after.state in lifecycle.STOPPED and after != before:
                self.done.halted.append(after)
            self.done.stopped = self.done.stopped or (not one.rollout and bool(self.state.stopped))
        return bool(said)

    def _news(self, decision: AccountDecision) -> Iterator[records.Record]:
        """What a reading tells the journal: doubts settled, renames, flips, settlements, and the commit resolved at."""
        if decision.doubts:
            yield records.outcome(decision.doubts, settled=True)
            yield from self._contradicted(decision)
        if decision.renamed:
            yield {"type": "renamed", "who": dict(decision.renamed)}
        for license, flips in sorted(decision.flips.items()):
            yield records.asked(license, flips)
        yield from self._settlements(decision)
        yield from self._opening(decision)
        if self.state.commit != self.orders.commit:
            yield {"type": "resolved", "commit": self.orders.commit}
            self._resolved()

    def _contradicted(self, decision: AccountDecision) -> Iterator[records.Record]:
        """A reading that shows something else than either end of a lost call halts a rollout that has stages left to protect."""
        wrong: dict[str, list[tuple[str, str]]] = {}
        for id, outcome in decision.doubts:
            sent = self.state.sent[id]
            if outcome.result is Result.CONFLICT and sent.kind and sent.stage != "all":
                wrong.setdefault(sent.rollout, []).append((sent.change.who, sent.change.license))
        for id, seats in sorted(wrong.items()):
            before = self.state.rollouts[id]
            if before.state is RolloutState.OPEN:
                after = rollout.halted_by(before, seats, "after a lost answer", "neither as before nor as wanted")
                self.done.halted.append(after)
                yield from control.moves(before, after)

    def _settlements(self, decision: AccountDecision) -> Iterator[records.Record]:
        by_license: dict[str, dict[str, dict[str, str]]] = {}
        for one in decision.settled:
            difference = decision.differences.get(one.license)
            if difference is None or not _known(difference, one):
                seat = difference.seats.get(one.who) if difference else None
                by_license.setdefault(one.license, {}).setdefault(one.how, {})[one.who] = seat.holder if seat else ""
                if one.how != "verify":
                    self.done.settled.append(one)
        for license, seats in sorted(by_license.items()):
            yield records.settled(license, seats)

    def _opening(self, decision: AccountDecision) -> Iterator[records.Record]:
        """The rollouts of changesets that this account has not opened yet; one that takes another back closes that."""
        made: list[Rollout] = []
        for link in self.orders.links:
            plan = draft(self.situation, decision, link)
            if (plan.items or plan.changes) and link.changeset.commit[:12] not in self.state.rollouts:
                made.append(drawn(plan, self.situation.people, self.orders.rules, self.situation.moment.now)[0])
            yield from self._closing(link)
        self.orders = replace(self.orders, links=())
        yield from (records.rollout(one) for one in queue.drawn(made, self.state.open_rollouts()))

    def _closing(self, link: TreeLink) -> Iterator[records.Record]:
        for one in self.state.open_rollouts():
            if link.reverse_of and one.commit == link.reverse_of:
                yield records.state(lifecycle.moved(one, Event.REVERTED, "reverted"))

    def _resolved(self) -> None:
        """From the next round on the tree in force is the base, and nothing is new."""
        history = self.situation.histories[self.id]
        histories = {**self.situation.histories, self.id: decide.History(history.tree)}
        self.situation = replace(self.situation, histories=histories)

    def _advance(self, decision: AccountDecision) -> Due:
        """Moves rollouts as far as this reading lets them; then says what is due."""
        for _ in range(ROUNDS):
            decision = self._decide()
            calendar = self._calendar()
            due = dues.due(decision, self.state, self.situation.people, self.tried, calendar)
            self._sample(calendar.now)
            facts = dues.facts(decision, self.state, due.waits, self.orders.rules, calendar, due.undoing, self.samples)
            moved = list(dues.advanced(self.state, facts))
            if not moved:
                return due
            self._tell([record for one in moved for record in self._movement(one)])
        return due

    def _calendar(self) -> Calendar:
        return replace(self.orders.calendar, now=self.situation.moment.now)

    def _sample(self, now: datetime) -> None:
        """Asks the probe at every gate that is to be passed now, and was not asked about in this run."""
        if self.tools.probe is None:
            return
        settle = timedelta(seconds=self.tools.vendor.info.settle_seconds)
        for gate in rollout.gates(self.state.open_rollouts(), now, settle):
            one = self.state.rollouts[gate[0]]
            stage = one.open_stage(gate[1])
            if gate not in self.samples and stage is not None:
                self.samples[gate] = self.tools.probe(one, stage)

    def _movement(self, after: Rollout) -> Iterator[records.Record]:
        before = self.state.rollouts[after.id]
        yield from control.moves(before, after)
        if before.state is not after.state:
            if after.state is RolloutState.HALTED:
                self.done.halted.append(after)
            if after.state is RolloutState.CLOSED and after.reverse_of:
                self.reversed.append(after.reverse_of)

    def _send(self, load: Load, *, last: bool) -> bool:
        """One stage or lane: snapshot, then batches of intents, calls, outcomes; then the stage is written, if this was the
        `last` of it. False: somebody said something before it was through, or its window has shut; what is due has to be
        looked at anew."""
        outcomes: list[Outcome] = []
        try:
            sent = self._batches(load, outcomes)
        finally:
            if outcomes:
                self.done.written.append(Written(self.id, load.title, load.lane, load.name, tuple(outcomes)))
        if sent < len(load.changes):
            return False
        if load.rollout is not None and load.stage is not None:
            self._written(load.rollout, load.stage, outcomes, last=last)
        self._push()
        return True

    def _batches(self, load: Load, outcomes: list[Outcome]) -> int:
        """How many changes were sent, each batch behind its intents. What became of them is in `outcomes`, even of those
        before an error: whoever is told of the error is told of them."""
        size = batch_size(self.tools.vendor.info)
        for start in range(0, len(load.changes), size):
            batch = load.changes[start : start + size]
            if self._hear() or self._shut(load, batch):
                return start
            self._snapshot(load)
            self._batch(load, batch, outcomes)
            self.tools.watch(self.id, len(outcomes), len(load.changes))
        return len(load.changes)

    def _shut(self, load: Load, batch: Sequence[Change]) -> bool:
        """Whether somebody's window has shut while the stage was written."""
        calendar = replace(self.orders.calendar, now=self.tools.clock.now())
        rollout = load.rollout if load.stage else None
        return any(calendar.shut(change, load.lane, rollout) is not None for change in batch)

    def _snapshot(self, load: Load) -> None:
        """Before the first write of a bulk stage: what the vendor shows now, hashed, outside the chain."""
        if (
            load.stage is None
            or load.rollout is None
            or not load.rollout.bulk
            or self.state.rollouts[load.rollout.id].snapshot
        ):
            return
        self._push()  # who does not hold the account leaves nothing behind
        data = canon.canonical(canon.plain(self.situation.readings[self.id].holdings))
        digest = self.tools.journal.put_body(data, f"snapshot-{self.id}-{load.rollout.id}.json")
        self._tell([{"type": "snapshot", "rollout": load.rollout.id, "sha256": digest}])

    def _batch(self, load: Load, changes: Sequence[Change], outcomes: list[Outcome]) -> None:
        ids = {(c.who, c.before, c.after): dues.call_id(c, load) for c in changes}
        self.tried |= frozenset(changes)
        intents = [(dues.call_id(c, load), c, self._downgrade(c)) for c in changes]
        kind = str(load.stage.kind) if load.stage else ""
        id = load.rollout.id if load.rollout else ""
        self._tell([records.intent(intents, load.lane, id, load.name, kind)])
        self._push()
        got: list[Outcome] = []
        try:
            got.extend(self.tools.vendor.apply(changes))
            outcomes.extend(got)
        except VendorError as error:
            outcomes.extend(got)
            got.extend(self._not_made(changes[len(got) :], error))
            raise
        finally:
            told = [(ids[o.change.who, o.change.before, o.change.after], o) for o in got]
            self._tell([records.outcome(told)] if told else [])

    def _not_made(self, changes: Sequence[Change], error: VendorError) -> Iterator[Outcome]:
        """A vendor that raises has answered every call that may have happened; only a swap in two calls may be half done."""
        half = changes[:1] if changes[0].verb is Verb.SWAP and not self.tools.vendor.info.atomic_swap else ()
        for change in changes[len(half) :]:
            yield Outcome(change, Result.FAILED, reason=error.what, fix=error.fix)

    def _downgrade(self, change: Change) -> bool:
        return self.orders.review is not None and limits.loss(self.orders.review, change) == "downgrade"

    def _written(self, of: Rollout, stage: Stage, outcomes: Sequence[Outcome], *, last: bool) -> None:
        """A stage is written when nothing of it was left over for want of an answer, or for a window to open."""
        results = {outcome.result for outcome in outcomes}
        known = self.state.rollouts[of.id].stages
        now = next(s for s in known if (s.kind, s.name) == (stage.kind, stage.name))
        now = replace(now, written=self.tools.clock.now())
        if Result.DOUBT in results:
            now = lifecycle.stepped(now, Event.LOST)
        elif Result.FAILED not in results:
            now = lifecycle.stepped(now, Event.WRITTEN if last else Event.NEXT_ZONE)
        self._tell([records.stage(of.id, now)])


def batch_size(info: VendorInfo) -> int:
    """How many changes are written down at once: what the vendor does in half a minute."""
    return max(FEWEST, min(MOST, info.per_call * info.writes_per_minute * BATCH_SECONDS // 60))


def _known(difference: Difference, one: Settled) -> bool:
    """Whether it was settled so before: that a group holds a seat is seen anew at each reading."""
    claim = difference.claims.get(one.who)
    return claim is not None and claims.settled(claim, one.how) == claim


def unfinished(run: AccountRun) -> bool:
    """Whether something did not go as it should."""
    bad = (o.result not in FINAL for w in run.written for o in w.outcomes)
    return bool(run.failure) or bool(run.halted) or run.stopped or any(bad)
