"""One rollout + a fresh reading → how far it has come, and what it may write now.

Each stage: ready → writing → verifying → soaking → passed. After its last write a stage is read back once the vendor has
settled, and again when it has soaked. Seats of the stage that are not as wanted count as errors: none in a pilot, a small
share later. More than that halts the rollout: later stages are not written until somebody resumes it or takes it back.
Seats that are held, wait for room, or were taken over by a later changeset are not counted. A rollout of one stage
does not halt: what was refused stays pending, and it closes as `partial`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from seatwise.core.model import Change, Item, Kind, Rollout, RolloutState, Stage, StageState

REVERSE_DAYS = 14
"""A closed rollout's outcomes are taken back fast for so long."""
WRITABLE = (StageState.READY, StageState.WRITING)


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

    def differs(self, rollout: Rollout, item: Item) -> bool:
        """Whether a seat is not as this rollout wants it; one that a later changeset or a lane took over is theirs."""
        seat = item.who, item.license
        return seat in self.differing and self.owners.get(seat, rollout.commit) == rollout.commit


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
    allowed = {(i.who, i.license) for i in rollout.items if i.kind is stage.kind and i.stage in reached}
    return tuple(c for c in changes if all((c.who, license) in allowed for license in c.licenses))


def early_rules(rollouts: Iterable[Rollout]) -> frozenset[tuple[str, str]]:
    """(license, row) of the rules that bulk rollouts give to, and that have not come to their last stage yet."""
    early = (one for one in rollouts if one.bulk and _gives_early(one))
    items = (item for one in early for item in one.items if item.kind is Kind.GIVES)
    return frozenset((item.license, item.row) for item in items if item.row.startswith("rule:"))


def _gives_early(rollout: Rollout) -> bool:
    stage = rollout.open_stage(Kind.GIVES)
    return stage is not None and stage.name not in ("rest", "all")


def advanced(rollout: Rollout, facts: Facts) -> Rollout:
    """The rollout after every step that needs no write: read back, soaked, passed, halted, closed."""
    if rollout.state is not RolloutState.OPEN:
        return rollout
    for walk in Kind:
        stage = rollout.open_stage(walk)
        if stage is not None:
            rollout = _step(rollout, stage, facts)
        if rollout.state is not RolloutState.OPEN:
            return rollout
    if all(stage.state is StageState.PASSED for stage in rollout.stages):
        return _closed(rollout, facts)
    return rollout


def with_stage(rollout: Rollout, stage: Stage) -> Rollout:
    """The rollout with this stage in place of the one of the same walk and name."""
    same = (stage.kind, stage.name)
    return replace(rollout, stages=tuple(stage if (s.kind, s.name) == same else s for s in rollout.stages))


def opens_at(rollout: Rollout, stage: Stage, settle: timedelta) -> datetime | None:
    """When the gate of a stage that was written may be passed; None where it still has to be written."""
    if stage.written is None or stage.state not in (StageState.VERIFYING, StageState.SOAKING):
        return None
    return stage.written + max(_soak(rollout, stage), settle)


def resumed(rollout: Rollout) -> Rollout:
    """A halted rollout set going again: what was written last is written (if it still differs) and checked anew; a stage
    that was written and is as wanted keeps its time, so that nothing skips its soak."""
    stages = tuple(replace(s, state=StageState.READY) if s == rollout.open_stage(s.kind) else s for s in rollout.stages)
    return replace(rollout, state=RolloutState.OPEN, why="", stages=stages)


def _step(rollout: Rollout, stage: Stage, facts: Facts) -> Rollout:
    written = stage.written or facts.now
    if stage.state is StageState.VERIFYING and facts.now >= written + facts.settle:
        return _checked(rollout, stage, StageState.SOAKING, facts)
    if stage.state is StageState.SOAKING and facts.now >= written + max(_soak(rollout, stage), facts.settle):
        return _checked(rollout, stage, StageState.PASSED, facts)
    if stage.state in WRITABLE and not _left(rollout, stage, facts):
        to = StageState.VERIFYING if stage.written else StageState.PASSED
        return with_stage(rollout, replace(stage, state=to))
    return rollout


def _checked(rollout: Rollout, stage: Stage, to: StageState, facts: Facts) -> Rollout:
    wrong = sorted(_wrong(rollout, stage, facts))
    counted = sum(1 for item in _of(rollout, stage) if (item.who, item.license) not in facts.kept)
    budget = 0 if stage.name == "pilot" else int(facts.error_budget * counted)
    if len(wrong) > budget and stage.name != "all":
        names = ", ".join(f"{who} ({license})" for who, license in wrong[:5])
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        seats = "1 seat is" if len(wrong) == 1 else f"{len(wrong)} seats are"
        why = f"{stage.kind} {stage.name}: {seats} not as wanted: {names}{more}"
        return replace(rollout, state=RolloutState.HALTED, why=why)
    return with_stage(rollout, replace(stage, state=to))


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


def _closed(rollout: Rollout, facts: Facts) -> Rollout:
    open_ends = any(facts.differs(rollout, i) or (i.who, i.license) in facts.kept for i in rollout.items)
    return replace(rollout, state=RolloutState.CLOSED, why="partial" if open_ends else "done")
