"""Open rollouts → text: how far each has come, what it waits for and until when, and the one command to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from seatwise.core import lifecycle
from seatwise.core.model import (
    Hold,
    Kept,
    Kind,
    Rollout,
    RolloutState,
    Stage,
    StageState,
    StageWait,
    Standing,
    Stop,
    Tally,
)
from seatwise.views import words

WALKS = {Kind.GIVES: "gives", Kind.TAKES: "takes and swaps"}
CELLS = 20
"""Cells of a bar."""
FEW = 5
"""Held rows shown."""
NEXT = {RolloutState.HALTED: 'run resume {id} --reason "go on"', RolloutState.ABORTED: "run show {id}"}
"""Else: apply."""
WAITS = {
    StageState.READY: "the next run",
    StageState.WRITING: "the run that is writing it",
    StageState.IN_DOUBT: "a reading that says what became of a call whose answer was lost",
    StageState.VERIFYING: "what was written to be read back",
    StageState.SOAKING: "its soak, until {until}, and its gate",
    StageState.PAUSED: "its gate, which can't tell yet or waits for somebody to approve: run resume",
}
MARKS = {StageState.READY: ".", StageState.PASSED: "="}
"""Else: under way."""
WIDTH = 100


def status(standing: Standing) -> str:
    """One paragraph per open rollout, the halted first. No line is longer than 100 columns, but for ids and commands."""
    alive = [rollout for rollout in standing.rollouts if rollout.state is not RolloutState.CLOSED]
    alive.sort(key=lambda rollout: (rollout.state not in lifecycle.STOPPED, rollout.opened, rollout.id))
    lines = [*(_unread(standing.unread) if standing.unread else []), _answer(alive, standing)]
    for account, reason in sorted(standing.stopped.items()):
        lines += ["", *_still(account, reason)]
    for rollout in alive:
        lines += ["", *_rollout(rollout, standing)]
    for tally in standing.tallies:
        if tally.unmet:
            lines += ["", *_ended(tally.rollout, standing)]
    if standing.held:
        lines += ["", *_named("Held, tried again each run:", standing.held)]
    if standing.kept:
        lines += ["", *_named("Kept for now:", standing.kept)]
    return "\n".join(lines) + "\n"


def _unread(stop: Stop) -> list[str]:
    """Why nothing new is admitted, where, and what to do."""
    lines = words.wrap(f"{words.text(stop.what)}.", WIDTH, first="STOPPED  ", rest="  ")
    for finding in stop.findings[:FEW]:
        lines += words.wrap(f"{words.text(finding.place)}: {words.text(finding.what)}", WIDTH, first="  ", rest="    ")
    return [*lines, *words.wrap(words.text(stop.fix), WIDTH, first="  fix: ", rest="       "), ""]


def _still(account: str, reason: str) -> Iterator[str]:
    name = words.text(account)
    yield from words.wrap(f"{name}: every lane is stopped: {words.text(reason)}", WIDTH, rest="  ")
    yield f'  next: seatwise run resume --account {name} --reason "go on"'


def rollouts(standing: Standing) -> str:
    """One paragraph for each rollout, ended ones too."""
    shown = (
        _ended(one, standing) if one.state is RolloutState.CLOSED else _rollout(one, standing)
        for one in standing.rollouts
    )
    return "\n".join("\n".join(lines) + "\n" for lines in shown)


def _ended(rollout: Rollout, standing: Standing) -> list[str]:
    head = f"{words.text(rollout.account)}: {words.text(rollout.title or rollout.commit)}: ended, {words.text(rollout.why)}"
    return [head, *(line for one in _of(rollout, standing.tallies) for line in words.unmet(one, WIDTH))]


def _answer(alive: Sequence[Rollout], standing: Standing) -> str:
    halted = sum(rollout.state in lifecycle.STOPPED for rollout in alive)
    aborted = sum(rollout.state is RolloutState.ABORTED for rollout in alive)
    parts = [
        f"{words.count(len(alive), 'rollout')} open" if alive else "No rollout is open",
        f"{halted:,} halted" if halted else "",
        f"{aborted:,} aborted" if aborted else "",
        f"{words.count(len(standing.held), 'row')} held" if standing.held else "",
        f"{words.count(len(standing.kept), 'seat')} kept for now" if standing.kept else "",
        f"{words.count(standing.drift, 'seat differs', 'seats differ')} (drift, by name: plan --all)"
        if standing.drift
        else "",
    ]
    return ", ".join(part for part in parts if part) + "."


def _rollout(rollout: Rollout, standing: Standing) -> Iterator[str]:
    now, place, decide = standing.now, words.zone(standing.timezone), _undecided(rollout, standing.tallies)
    opened = words.day(rollout.opened.astimezone(place).date(), now.astimezone(place).date())
    seats = words.count(len(rollout.items), "seat")
    head = f"{words.text(rollout.account)}: {words.text(rollout.title or rollout.commit)}, {seats}, since {opened}"
    yield from words.wrap(head, WIDTH, rest="  ")
    if decide is not None:
        yield from words.oncall(decide, WIDTH)
    for kind in Kind:
        yield from _walk(kind, [stage for stage in rollout.stages if stage.kind is kind])
    if decide is None:
        mine = [one for one in standing.stages if (one.account, one.rollout) == (rollout.account, rollout.id)]
        yield from words.wrap(
            f"{'; '.join(_waits(rollout, mine, now, place))}.", WIDTH, first="  waits for ", rest="    "
        )
        yield f"  next: seatwise {NEXT.get(rollout.state, 'apply').format(id=words.text(rollout.id))}"


def _undecided(rollout: Rollout, tallies: Sequence[Tally]) -> Tally | None:
    """Who has what of a rollout that waits for a decision."""
    return next(_of(rollout, tallies), None) if rollout.state in lifecycle.STOPPED | lifecycle.ABORTS else None


def _of(rollout: Rollout, tallies: Sequence[Tally]) -> Iterator[Tally]:
    return (one for one in tallies if (one.rollout.account, one.rollout.id) == (rollout.account, rollout.id))


def _walk(kind: Kind, stages: Sequence[Stage]) -> Iterator[str]:
    """A bar of the people of all stages: passed, written, still to come; and the stages by name."""
    if not stages:
        return
    done = sum(len(stage.people) for stage in stages if stage.state is StageState.PASSED)
    people = sum(len(stage.people) for stage in stages)
    passed = f"{done:,} of {words.count(people, 'person', 'people')}"
    yield f"  {words.pad(WALKS[kind], 16)}[{_bar(stages, people)}] {passed}"
    named = [f"{words.text(stage.name)} {stage.state}" for stage in stages]
    yield from (f"{' ' * 18}{line}" for line in words.flow(named, WIDTH - 18, between=" · "))


def _bar(stages: Sequence[Stage], people: int) -> str:
    bar, reached = "", 0
    for stage in stages:
        reached += len(stage.people)
        bar += MARKS.get(stage.state, "-") * (reached * CELLS // max(people, 1) - len(bar))
    return words.pad(bar, CELLS)


def _waits(rollout: Rollout, shut: Sequence[StageWait], now: datetime, place: tzinfo) -> list[str]:
    if rollout.state is RolloutState.QUEUED:
        return [
            f"the end of another rollout of the same licenses{', ' + words.text(rollout.why) if rollout.why else ''}"
        ]
    if rollout.state is not RolloutState.OPEN:
        return [f"a decision: {rollout.state}{', ' + words.text(rollout.why) if rollout.why else ''}"]
    stages = [stage for kind in Kind if (stage := rollout.open_stage(kind))]
    return [_stage_waits(rollout, stage, shut, now, place) for stage in stages] or ["what is held"]


def _stage_waits(rollout: Rollout, stage: Stage, shut: Sequence[StageWait], now: datetime, place: tzinfo) -> str:
    wait = next((one for one in shut if (one.kind, one.stage) == (stage.kind, stage.name)), None)
    if wait is not None and stage.state is StageState.READY:
        seats = words.count(wait.seats, "seat")
        return f"{WALKS[stage.kind]}, {words.text(stage.name)}: {seats} wait, {words.text(wait.what)}"
    until = ""
    if stage.written:
        until = words.moment(stage.written + timedelta(seconds=rollout.soak_seconds.get(stage.kind, 0)), now, place)
    return f"{WALKS[stage.kind]}, {words.text(stage.name)}: {WAITS.get(stage.state, '').format(until=until)}"


def _named(head: str, rows: Sequence[Hold] | Sequence[Kept]) -> list[str]:
    lines = [head]
    for row in rows[:FEW]:
        what = f"{words.text(row.license)} {words.text(row.who)}: {words.text(row.what)}"
        lines += words.wrap(what, WIDTH, first="  ", rest="    ")
        lines += words.wrap(words.text(row.fix), WIDTH, first="    fix: ", rest="         ") if row.fix else []
    return lines + ([f"  … {len(rows) - FEW:,} more: plan --all"] if len(rows) > FEW else [])
