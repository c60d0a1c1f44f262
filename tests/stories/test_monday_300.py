"""A pull request that was approved takes 300 of 320 seats, and lands on a Monday at nine: each guard alone stops it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, RolloutState, Run
from seatwise.flows import runs
from seatwise.flows.runs import Order

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""09:00 in Berlin."""
NAMES = tuple(f"p{n:03}" for n in range(320))
CALM = {
    "per_license": "per_license: {seats: 9999, share: 100%}",
    "per_day": "per_day: {seats: 9999, share: 100%}",
    "never_over": "never_over: {share: 100%}",
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("crowd"))
    company.clock.move_to(MONDAY)
    company.sells(FIGMA=400)
    company.hires(*NAMES)
    company.holds("FIGMA", *NAMES)
    company.license("figma", NAMES, quantity=400)
    company.commit("320 hold it")
    company.apply()
    return company


@pytest.fixture
def crowd(begun: Company, tmp_path: Path) -> Company:
    """320 people at work."""
    return begun.copy(tmp_path)


def lands(crowd: Company, **policies: str) -> Run:
    """What apply does with the pull request; removals are without limit, but for these policies."""
    merged(crowd, **policies)
    return crowd.apply()


def merged(crowd: Company, **policies: str) -> None:
    calm = "level: warn\n" + "\n".join(CALM.values()) + "\n"
    for id, text in {"max_removals": calm, **policies}.items():
        name = id.replace("_", "-")
        crowd.write(f"policies/{name}.yaml", f"policy: {name}\n{text}")
    crowd.commit("the policies")
    crowd.apply()
    crowd.license("figma", NAMES[:20], quantity=400)
    crowd.commit("300 leave figma")


@pytest.mark.parametrize("limit", CALM)
def test_each_limit_of_removals(crowd: Company, limit: str) -> None:
    off = "".join(f"{line}\n" for name, line in CALM.items() if name != limit)
    run = lands(crowd, max_removals=f"level: block\n{off}")
    assert run.exit is Exit.DENIED
    assert any(f.rule == f"max-removals/{limit}" for f in run.findings)
    assert len(crowd.has("FIGMA")) == 320


def test_windows(crowd: Company) -> None:
    run = lands(crowd, change_window="level: hold\n")
    assert (run.exit, run.written, len(crowd.has("FIGMA"))) == (Exit.WAITING, (), 320)
    assert {(one.rule, one.until) for one in run.stages} == {
        ("change-window", datetime(2026, 12, 5, 3, tzinfo=UTC)),
    }, "04:00 on Saturday, in Berlin"


def test_a_freeze(crowd: Company) -> None:
    frozen = "level: hold\nperiods: [{name: the move, from: 2026-11-30, through: 2026-12-04}]\n"
    run = lands(crowd, freeze=frozen)
    assert (run.exit, run.written, len(crowd.has("FIGMA"))) == (Exit.WAITING, (), 320)


def test_nobody_who_answers(crowd: Company) -> None:
    run = lands(crowd, responder="level: block\n")
    assert (run.exit, len(crowd.has("FIGMA"))) == (Exit.DENIED, 320)


def test_a_halt_of_the_account(crowd: Company) -> None:
    runs.say(crowd.workspace, Order(Event.HALT, account="v", reason="wait"))
    run = lands(crowd)
    assert (run.written, len(crowd.has("FIGMA"))) == ((), 320)


def test_an_approval_after_the_pilot(crowd: Company) -> None:
    lands(crowd, stages="level: block\napprove: [pilot]\n")
    for _ in range(5):
        crowd.apply(hours=20)
    assert len(crowd.has("FIGMA")) == 312


def test_the_pilot_that_fails_and_after_the_fix_it_goes_on_in_stages(crowd: Company) -> None:
    merged(crowd)
    pilot = next(stage for stage in crowd.plan().stages if stage.name == "pilot")
    crowd.console.fault("refuse", times=99, call="write", login=pilot.people[0])
    run = crowd.apply()
    assert run.exit is Exit.PARTLY
    assert [one.state for one in run.rollouts] == [RolloutState.HALTED]
    assert len(crowd.has("FIGMA")) == 313
    assert run.rollouts[0].snapshot.startswith("sha256:"), "what the vendor showed before the first write"
    crowd.apply(hours=30)
    assert len(crowd.has("FIGMA")) == 313

    crowd.console.clear_faults()
    rollout = crowd.git("rev-parse", "HEAD")
    runs.resume(crowd.workspace, rollout)
    left = []
    for _ in range(5):
        crowd.apply()
        left.append(len(crowd.has("FIGMA")))
        crowd.apply(hours=20)
    assert left[0] == 312
    assert sorted(set(left), reverse=True) == [312, 290, 170, 20]
    assert {one.state for one in runs.show(crowd.workspace, rollout)[1]} == {RolloutState.CLOSED}
