"""One rollout + a fresh reading → how far it has come, and what it may write now. Which moves there are: core/lifecycle.py.

Each stage: ready → writing → verifying → soaking → passed. After its last write a stage is read back once the vendor has
settled, and again when it has soaked. Seats of the stage that are not as wanted count as errors: none in a pilot, a small
share later. More than that halts the rollout: later stages are not written until somebody resumes it or takes it back.
Seats that are held, wait for room, were set aside, or were taken over by a later changeset are not counted. A rollout of one
stage does not halt: what was refused stays pending, and it closes as `partial`. A gate that cannot tell (a seat of the stage
has just been called, or its call is in doubt) pauses until a reading can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from seatwise.core import lifecycle
from seatwise.core.lifecycle import Event
from seatwise.core.model import Change, Item, Kind, Probe, Rollout, RolloutState, Sample, Stage, StageState

REVERSE_DAYS = 14
"""A closed rollout's outcomes are taken back fast for so long."""
WRITABLE = (StageState.READY, StageState.WRITING)
GATED = (StageState.SOAKING, StageState.PAUSED)
Gate = tuple[str, Kind, str]
"""A rollout, a walk and a stage: what a probe is asked about."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a fresh reading says of one rollout: seats that still differ (a call would change them), and seats kept back."""

    now: datetime
    settle: timedelta
    differing: frozenset[tuple[str, str]] = frozenset()
    """(who, license) not as wanted, and nothing keeps them back."""
    kept: frozenset[tuple[str, str]] = frozenset()
    error_budget: Decimal = Decimal("0.01")
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(who, license) that differs → the changeset whose it is now; empty: a lane's."""
    askers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(who, license) on a frozen list → the changeset that last asked or un-asked it; empty: nothing is known any more."""
    unsure: frozenset[tuple[str, str]] = frozenset()
    """(who, license) of which the reading can't tell: just called, or in doubt."""
    lost: frozenset[tuple[str, str, str]] = frozenset()
    """(rollout, walk, stage) with a call whose answer is lost."""
    undoing: frozenset[str] = frozenset()
    """Rollouts that are being aborted and have something left to take back."""
    missed: frozenset[tuple[str, str]] = frozenset()
    """(who, license) whose holders' windows have opened and closed too often since the stage had its turn."""
    samples: Mapping[Gate, Sample] = field(default_factory=dict)
    """What the probe said at each gate."""
    approve: frozenset[str] = frozenset()
    """Stages after which somebody has to say that it goes on."""
    patience: timedelta = timedelta(days=2)
    """How long a gate may be unable to tell."""
    queued: timedelta = timedelta(days=30)
    """How long a rollout may wait for another one."""

    def differs(self, rollout: Rollout, item: Item) -> bool:
        """Whether a seat is not as this rollout wants it; one that a later changeset or a lane took over is theirs."""
        seat = item.who, item.license
        mine = seat not in rollout.aside and self.owners.get(seat, rollout.commit) == rollout.commit
        return mine and seat in self.differing

    def taken_over(self, rollout: Rollout) -> bool:
        """Whether nothing is left of an aborted rollout: later changesets say what becomes of each seat, or nobody does."""
        old = (rollout.commit, *rollout.on_main)
        return all(self.askers.get((i.who, i.license), rollout.commit) not in old for i in rollout.items)

    def superseded(self, rollout: Rollout) -> bool:
        """Whether later changesets asked, or un-asked, every seat of it."""
        askers = {self.askers.get((i.who, i.license), "") for i in rollout.items}
        return bool(askers) and not askers & {"", rollout.commit}


def turn(rollout: Rollout) -> tuple[Stage, ...]:
    """The stages that may be written now, one for each walk; taking back waits until all is given back."""
    if rollout.state is not RolloutState.OPEN:
        return ()
    gives, takes = rollout.open_stage(Kind.GIVES), rollout.open_stage(Kind.TAKES)
    turns = (gives, None if rollout.reverse_of and gives is not None else takes)
    return tuple(stage for stage in turns if stage is not None and stage.state in WRITABLE)


def due(rollout: Rollout, stage: Stage, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those of the changes that this stage may write: on the frozen list, in a cohort that has had its turn."""
    so_far = rollout.stages[: rollout.stages.index(stage) + 1]
    reached = {other.name for other in so_far if other.kind is stage.kind}
    listed = {(i.who, i.license) for i in rollout.items if i.kind is stage.kind and i.stage in reached}
    allowed = listed.difference(rollout.aside)
    return tuple(c for c in changes if all((c.who, license) in allowed for license in c.licenses))


def early_rules(rollouts: Iterable[Rollout]) -> frozenset[tuple[str, str]]:
    """(license, row) of the rules that bulk rollouts give to, and that have not come to their last stage yet; and of those
    that are being taken back, or were."""
    early = (one for one in rollouts if one.state in lifecycle.ABORTS or (one.bulk and _gives_early(one)))
    items = (item for one in early for item in one.items if item.kind is Kind.GIVES)
    return frozenset((item.license, item.row) for item in items if item.row.startswith("rule:"))


def _gives_early(rollout: Rollout) -> bool:
    stage = rollout.open_stage(Kind.GIVES)
    return stage is not None and stage.name not in ("rest", "all")


def advanced(rollout: Rollout, facts: Facts) -> Rollout:
    """The rollout after every step that needs no write: read back, soaked, passed, halted, closed, compensated, taken over."""
    if rollout.state in lifecycle.ABORTS:
        return _aborted(rollout, facts)
    for walk in Kind:
        stage = rollout.open_stage(walk)
        if stage is not None and rollout.state is RolloutState.OPEN:
            rollout = _step(rollout, stage, facts)
    if rollout.state is RolloutState.OPEN and all(stage.state is StageState.PASSED for stage in rollout.stages):
        return lifecycle.moved(rollout, Event.ENDS, _how(rollout, facts))
    return rollout


def _aborted(rollout: Rollout, facts: Facts) -> Rollout:
    if rollout.state is RolloutState.ABORTING and rollout.id not in facts.undoing:
        return lifecycle.moved(rollout, Event.COMPENSATED, rollout.why)
    if rollout.state is RolloutState.ABORTED and facts.taken_over(rollout):
        return lifecycle.moved(rollout, Event.TAKEN_OVER, "superseded")
    return rollout


def with_stage(rollout: Rollout, stage: Stage) -> Rollout:
    """The rollout with this stage in place of the one of the same walk and name."""
    same = (stage.kind, stage.name)
    return replace(rollout, stages=tuple(stage if (s.kind, s.name) == same else s for s in rollout.stages))


def stepped(rollout: Rollout, stage: Stage, event: Event, written: datetime | None = None) -> Rollout:
    """The rollout with this stage of it after the event."""
    return with_stage(rollout, lifecycle.stepped(stage, event, written))


def timed(before: Rollout | None, after: Rollout, at: datetime) -> Rollout:
    """With the time since which it, and the stage of each walk that has its turn, stand as they do."""
    moved = before is None or before.state is not after.state
    stages = list(after.stages)
    for walk in Kind:
        was, now = before.open_stage(walk) if before and not moved else None, after.open_stage(walk)
        if now is not None and (was is None or (was.name, was.state) != (now.name, now.state)):
            stages[after.stages.index(now)] = replace(now, since=at)
    return replace(after, since=at if moved or before is None else before.since, stages=tuple(stages))


def gates(rollouts: Iterable[Rollout], now: datetime, settle: timedelta) -> Iterator[Gate]:
    """The gates of bulk rollouts that are to be passed now."""
    for one in rollouts:
        for stage in filter(None, map(one.open_stage, Kind)):
            at = (stage.written or now) + max(_soak(one, stage), settle)
            if one.bulk and one.state is RolloutState.OPEN and stage.state in GATED and now >= at:
                yield one.id, stage.kind, stage.name


def opens_at(rollout: Rollout, stage: Stage, settle: timedelta) -> datetime | None:
    """When the gate of a stage that was written may be passed; None where it still has to be written."""
    if stage.written is None or stage.state not in (StageState.VERIFYING, StageState.SOAKING):
        return None
    return stage.written + max(_soak(rollout, stage), settle)


def again(rollout: Rollout) -> Rollout:
    """The rollout with its open stages ready again: what was written last is written (if it still differs) and checked anew;
    a stage that was written and is as wanted keeps its time, so that nothing skips its soak."""
    for stage in filter(None, map(rollout.open_stage, Kind)):
        rollout = stepped(rollout, stage, Event.AGAIN)
    return rollout


def halted_by(rollout: Rollout, wrong: Sequence[tuple[str, str]], where: str, what: str) -> Rollout:
    """The rollout halted, because of these seats."""
    names = ", ".join(f"{who} ({license})" for who, license in wrong[:5])
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    seats = "1 seat is" if len(wrong) == 1 else f"{len(wrong)} seats are"
    halted = lifecycle.moved(rollout, Event.FAILS, f"{where}: {seats} {what}: {names}{more}")
    return replace(halted, wrong=tuple(wrong))


def _step(rollout: Rollout, stage: Stage, facts: Facts) -> Rollout:
    written, lost = stage.written or facts.now, (rollout.id, str(stage.kind), stage.name) in facts.lost
    if stage.state in (StageState.READY, StageState.WRITING):
        if lost:
            return stepped(rollout, stage, Event.LOST)
        if late := sorted(set(_wrong(rollout, stage, facts)) & facts.missed):
            return halted_by(rollout, late, f"{stage.kind} {stage.name}", "not written, and two windows have passed")
        return rollout if _left(rollout, stage, facts) else _nothing_left(rollout, stage, written)
    if stage.state is StageState.IN_DOUBT:
        return rollout if lost else stepped(rollout, stage, Event.SETTLED)
    if stage.state is StageState.VERIFYING and facts.now >= written + facts.settle:
        return _checked(rollout, stage, Event.READ_BACK, facts)
    if stage.state is StageState.SOAKING and facts.now >= written + max(_soak(rollout, stage), facts.settle):
        return _checked(rollout, stage, Event.PASSES, facts)
    if stage.state is StageState.PAUSED:
        return _paused(rollout, stage, facts)
    return rollout


def _paused(rollout: Rollout, stage: Stage, facts: Facts) -> Rollout:
    why = _waits(rollout, stage, facts)
    if not why:
        return stepped(rollout, stage, Event.SAMPLE)
    if facts.now - (stage.since or facts.now) < facts.patience:
        return rollout
    return lifecycle.moved(rollout, Event.FAILS, f"{stage.kind} {stage.name}: the gate can't tell for too long: {why}")


def _waits(rollout: Rollout, stage: Stage, facts: Facts) -> str:
    """Why the gate can't tell; empty: it can."""
    unsure, sample = _unsure(rollout, stage, facts), facts.samples.get((rollout.id, stage.kind, stage.name))
    if unsure:
        return f"{len(unsure)} seats have just been called, or are in doubt"
    if sample is not None and sample.verdict is Probe.INCONCLUSIVE:
        return f"the probe is inconclusive: {sample.what}"
    if rollout.bulk and stage.name in facts.approve and not stage.approved:
        return "nobody has approved it"
    return ""


def _nothing_left(rollout: Rollout, stage: Stage, written: datetime) -> Rollout:
    """A stage that was never written is passed over; one that was, perhaps by a run that died, goes through its gate."""
    if stage.written or stage.state is StageState.WRITING:
        return stepped(rollout, stage, Event.WRITTEN, written)
    return stepped(rollout, stage, Event.NOTHING)


def _checked(rollout: Rollout, stage: Stage, event: Event, facts: Facts) -> Rollout:
    unsure = _unsure(rollout, stage, facts)
    wrong = sorted(set(_wrong(rollout, stage, facts)) - unsure)
    counted = sum(1 for item in _of(rollout, stage) if (item.who, item.license) not in facts.kept)
    budget = 0 if stage.name == "pilot" else int(facts.error_budget * counted)
    if len(wrong) > budget and stage.name != "all":
        return halted_by(rollout, wrong, f"{stage.kind} {stage.name}", "not as wanted")
    if event is Event.READ_BACK:
        return rollout if unsure else stepped(rollout, stage, event)
    sample = facts.samples.get((rollout.id, stage.kind, stage.name))
    if sample is not None and sample.verdict is Probe.FAILURE:
        return lifecycle.moved(rollout, Event.FAILS, f"{stage.kind} {stage.name}: the probe failed: {sample.what}")
    return stepped(rollout, stage, Event.INCONCLUSIVE if _waits(rollout, stage, facts) else event)


def _unsure(rollout: Rollout, stage: Stage, facts: Facts) -> set[tuple[str, str]]:
    """Seats of the stage of which this reading can't tell."""
    return {(item.who, item.license) for item in _of(rollout, stage)} & facts.unsure if facts.unsure else set()


def _left(rollout: Rollout, stage: Stage, facts: Facts) -> bool:
    """Whether a stage that may be written has anything to write; takes of a reverse wait, they are not skipped."""
    if rollout.reverse_of and stage.kind is Kind.TAKES and rollout.open_stage(Kind.GIVES) is not None:
        return True
    return any(_wrong(rollout, stage, facts))


def _wrong(rollout: Rollout, stage: Stage, facts: Facts) -> Iterator[tuple[str, str]]:
    return ((item.who, item.license) for item in _of(rollout, stage) if facts.differs(rollout, item))


def _of(rollout: Rollout, stage: Stage) -> Sequence[Item]:
    return [i for i in rollout.items if i.kind is stage.kind and i.stage == stage.name]


def _soak(rollout: Rollout, stage: Stage) -> timedelta:
    return timedelta(seconds=rollout.soak_seconds.get(str(stage.kind), 0))


def _how(rollout: Rollout, facts: Facts) -> str:
    """How a rollout whose stages have all passed is closed."""
    if facts.superseded(rollout):
        return "superseded"
    seats = {(i.who, i.license) for i in rollout.items}
    open_ends = seats & (facts.kept | set(rollout.aside)) or any(facts.differs(rollout, i) for i in rollout.items)
    return "partial" if open_ends else "done"
