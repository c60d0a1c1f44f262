"""A rollout that waits for somebody's decision → what people have or lack now, why, and the ways on, each one command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seatwise.core.model import RolloutState, Tally
from seatwise.views.words.escape import text
from seatwise.views.words.figures import count, listed
from seatwise.views.words.lines import pad, wrap

FEW = 5
"""People named."""
GOES_ON, ONLY_THOSE, WAS_LEFT = "go on", "go on without", "what was left"
AGAIN = ("try again", "run retry", "try again")
BACK = ("take it back", "run abort", "take it back")
HALTED = (AGAIN, (GOES_ON, "run resume", GOES_ON), BACK)
WITHOUT = (AGAIN, (ONLY_THOSE, "run resume", "go on without them"), BACK)
WAYS = {
    RolloutState.ABORTING: (("stop that", "run halt", "stop taking it back"),),
    RolloutState.HALTED_ABORT: ((GOES_ON, "run resume", "take the rest back"),),
    RolloutState.ABORTED: (
        ("let it be", "run release", "leave it as it is"),
        (WAS_LEFT, "run retry", "try again"),
    ),
}
"""State → what it is for, the command, the reason that goes into the journal."""


def oncall(tally: Tally, width: int, name: str = "now") -> list[str]:
    """Lines of at most `width` columns, but for commands, which stand whole. `name` stands before what people have now."""
    rollout = tally.rollout
    lines = wrap(f"{name}: {' '.join(_now(tally))}", width, first="  " if name == "now" else "", rest="       ")
    why = f": {text(rollout.why)}" if rollout.why else ""
    lines += wrap(f"{rollout.state}{why}", width, first="  why: ", rest="       ")
    return lines + [f"  {pad(what, 14)} {command}" for what, command in ways(tally)]


def unmet(tally: Tally, width: int) -> list[str]:
    """What a release left unlike main, and the one command that has main say what is; nothing where all is alike."""
    if not tally.unmet:
        return []
    seats = f"main still says otherwise of {_names(tally.unmet)}; to have it say what is, and to ask anew after that:"
    return [*wrap(seats, width, first="  ", rest="  "), f"    seatwise rollback {text(tally.rollout.commit[:12])}"]


def ways(tally: Tally) -> Iterator[tuple[str, str]]:
    """What somebody may want, and the one command for it."""
    rollout = tally.rollout
    known = WAYS.get(rollout.state) or (WITHOUT if rollout.wrong else HALTED)
    for what, command, reason in known:
        if what == WAS_LEFT and not tally.refused:
            continue
        without = " --without" if what == ONLY_THOSE else ""
        yield (
            what,
            f'seatwise {command} {text(rollout.id)} --account {text(rollout.account)}{without} --reason "{reason}"',
        )
    yield "give it up", f"seatwise rollback {text(rollout.commit[:12])}"


def _now(tally: Tally) -> Iterator[str]:
    """Who is not as they should be, first; then how far it is; those whose turn has not come are only counted."""
    given, taken = (*tally.gained, *tally.lacking, *tally.coming), (*tally.lost, *tally.keeping, *tally.going)
    if tally.doubtful:
        yield f"Of {_names(tally.doubtful)} nobody knows yet: the next reading tells."
    if tally.lacking:
        yield f"{_names(tally.lacking)} {_verb(tally.lacking, 'lacks a seat', 'lack a seat')}."
    if tally.keeping:
        yield f"{_names(tally.keeping)} {_verb(tally.keeping, 'still has one', 'still have one')} that should be gone."
    if given:
        yield f"{len(tally.gained):,} of {count(len(given), 'new seat is', 'new seats are')} there{_later(tally.coming)}."
    if taken:
        yield f"{len(tally.lost):,} of {count(len(taken), 'seat is', 'seats are')} taken away{_later(tally.going)}."
    yield (
        f"{_names(tally.lost)} {_verb(tally.lost, 'has', 'have')} lost one."
        if tally.lost
        else "Nobody has lost a seat."
    )


def _later(seats: Sequence[object]) -> str:
    return f", {len(seats):,} not begun" if seats else ""


def _names(seats: Sequence[tuple[str, str]]) -> str:
    people = list(dict.fromkeys(f"{text(who)} ({text(license)})" for who, license in seats))
    return listed(people, FEW)


def _verb(seats: Sequence[object], one: str, many: str) -> str:
    return one if len(seats) == 1 else many
