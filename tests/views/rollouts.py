"""Rollouts and runs to look at, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.views import plans
from tests.views.plans import give, mail, swap, take

from seatwise.core.model import (
    Exit,
    Finding,
    Hold,
    Item,
    Kind,
    Lane,
    Level,
    Outcome,
    Place,
    Result,
    Rollout,
    RolloutState,
    Run,
    Settled,
    Stage,
    StageState,
    Step,
    Written,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stage(kind: Kind, name: str, people: int, state: StageState, written: datetime | None = None) -> Stage:
    return Stage(kind, name, tuple(f"{name}{at}" for at in range(people)), state, written)


def under_way() -> Rollout:
    return Rollout(
        "octo-9ab31f2",
        "octo",
        "9ab31f2",
        "pull request 418 (December joiners)",
        tuple(Item(f"p{at}", "slack", True, Kind.GIVES, "pilot") for at in range(54)),
        (
            stage(Kind.GIVES, "pilot", 8, StageState.PASSED, NOW - 3 * HOUR),
            stage(Kind.GIVES, "rest", 15, StageState.SOAKING, NOW),
            stage(Kind.TAKES, "pilot", 8, StageState.READY),
            stage(Kind.TAKES, "rest", 4, StageState.READY),
        ),
        NOW - 4 * HOUR,
        bulk=True,
        soak_seconds={"gives": 3600, "takes": 72_000},
    )


def halted(why: str = "pilot: 2 of 8 seats are not as wanted") -> Rollout:
    stages = (
        stage(Kind.TAKES, "pilot", 8, StageState.VERIFYING, NOW - HOUR),
        stage(Kind.TAKES, "rest", 4, StageState.READY),
    )
    items = (Item(mail("ann"), "figma-full", False, Kind.TAKES, "pilot"),)
    return Rollout("m365-77aa", "m365", "77aa", "", items, stages, NOW - 25 * HOUR, state=RolloutState.HALTED, why=why)


def queued() -> Rollout:
    stages = (stage(Kind.GIVES, "all", 2, StageState.READY),)
    return Rollout("octo-5", "octo", "5", "pull request 419", (), stages, NOW, state=RolloutState.QUEUED)


def closed() -> Rollout:
    return Rollout("octo-4", "octo", "4", "pull request 400", (), (), NOW, state=RolloutState.CLOSED, why="partial")


def outcome(step: Step, result: Result, reason: str = "", fix: str = "") -> Outcome:
    return Outcome(step.change, result, reason=reason, fix=fix)


def partly() -> Run:
    full, limit = "the pool is full (40 of 40)", "the vendor answers nothing (503)"
    outcomes = (
        *(outcome(give(f"ok{at}", "slack"), Result.DONE) for at in range(8)),
        outcome(give("same", "slack"), Result.ALREADY),
        outcome(give("gil", "figma-full"), Result.REFUSED, full, "license buy figma-full 5"),
        outcome(give("hana", "figma-full"), Result.REFUSED, full, "license buy figma-full 5"),
        outcome(take("tom"), Result.FAILED, limit),
        outcome(swap("iris"), Result.REFUSED, "iris has no country"),
        outcome(swap("nils"), Result.DOUBT, "the answer was lost"),
        outcome(take("zoe"), Result.CONFLICT, "the seat now comes from a group"),
        outcome(plans.options().steps[0], Result.FAILED, limit),
        outcome(take("mia"), Result.HANDED_OVER),
    )
    return Run(
        Exit.PARTLY,
        NOW,
        "Europe/Berlin",
        written=(
            Written("octo", "pull request 418", Lane.COMMIT, "pilot", outcomes),
            Written("slack", "", Lane.LEAVERS),
        ),
        settled=(Settled("m365-e3", "ann", "adopt"), Settled("m365-e3", "bo", "adopt"), Settled("slack", "ed", "miss")),
        rollouts=(under_way(), halted(), closed()),
        held=(Hold("needs-field", "m365-e3", mail("noor"), "no country"),),
        findings=(
            Finding("admission", Level.BLOCK, "pull request 421 is not approved", "ada", Place("seatwise.yaml", 3)),
        ),
        next="seatwise run show octo-9ab31f2",
    )


def quiet() -> Run:
    return Run(Exit.OK, NOW)


def waiting() -> Run:
    written = (Written("octo", "pull request 418", Lane.COMMIT, "rest", (outcome(give("a", "slack"), Result.DONE),)),)
    return Run(Exit.WAITING, NOW, "Europe/Berlin", written, rollouts=(under_way(),), next="seatwise apply, after 14:00")
