"""What takes many seats goes in the window of each holder, past no freeze, and while somebody answers; and what its gates ask."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.company import Company, person
from tests.stories.conftest import CALM, NAMES

from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Run, StageState, Standing, Stop
from seatwise.flows import runs
from seatwise.flows.apply import Options, apply
from seatwise.flows.runs import Order
from seatwise.flows.status import status
from seatwise.views import run_text, status_text

WINDOW = "policy: change-window\nlevel: hold\n"
ANSWERS = "policy: responder\nlevel: block\nwho: [{id: boss@x.example}]\n"
SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""04:00 in Berlin."""


@pytest.fixture
def guarded(twelve: Company) -> Company:
    """The company of twelve with windows and somebody who answers; eight of them live in Berlin, four in New York."""
    twelve.write("policies/change-window.yaml", WINDOW)
    twelve.write("policies/responder.yaml", ANSWERS)
    twelve.write("policies/max-removals.yaml", CALM)
    for name in NAMES[8:]:
        twelve.changes(name, zone="America/New_York")
    twelve.commit("guard")
    twelve.apply()
    return twelve


def at(company: Company, day: int, hour: int, *, scheduled: bool = False, probe: str = "") -> Run:
    """Applies on that day of November at that hour, UTC."""
    company.clock.move_to(datetime(2026, 11, day, hour, tzinfo=UTC))
    return apply(company.workspace, Options(scheduled=scheduled, probe=probe))


def told(run: Run) -> str:
    return "\n".join(run_text.outcome_lines(run))


def stages(company: Company, commit: str) -> dict[str, StageState]:
    (one,) = runs.show(company.workspace, commit)[1]
    return {stage.name: stage.state for stage in one.stages}


def test_bulk_takes_on_a_tuesday_wait_for_saturday_and_say_so(guarded: Company) -> None:
    guarded.asks("twelve lose a", a="")
    planned = guarded.plan()
    run = guarded.apply()

    assert min(step.opens for step in planned.steps if step.opens) == SATURDAY
    assert (run.exit, run.written, len(guarded.has("A"))) == (Exit.WAITING, (), 12)
    assert "8 seats wait: its window opens 2026-11-28 04:00 in Europe/Berlin" in " ".join(told(run).split())
    assert "its window opens 2026-11-28 04:00 in Europe/Berlin" in " ".join(
        status_text.status(status(guarded.workspace)).split()
    )
    assert guarded.apply(scheduled=True).exit == Exit.OK


def test_a_rollout_that_is_shown_names_the_window_that_its_stage_waits_for(guarded: Company) -> None:
    commit = guarded.asks("twelve lose a", a="")
    guarded.apply()
    zone, rollouts = runs.show(guarded.workspace, commit)
    waits = runs.waits(guarded.workspace, rollouts)
    shown = status_text.rollouts(Standing(guarded.clock.now(), zone, rollouts, stages=waits))
    assert "its window opens 2026-11-28 04:00 in Europe/Berlin" in " ".join(shown.split())

    (guarded.root / "hr.csv").unlink()
    assert runs.waits(guarded.workspace, rollouts) == (), "what the journal says is shown in any case"
    runs.say(guarded.workspace, Order(Event.HALT, commit, reason="so"))
    assert runs.waits(guarded.workspace, runs.show(guarded.workspace, commit)[1]) == ()


def test_each_zone_is_written_as_its_window_opens_and_sunday_follows_saturday(guarded: Company) -> None:
    commit = guarded.asks("twelve lose a", a="")
    guarded.apply()
    (pilot, *_) = (s for s in runs.show(guarded.workspace, commit)[1][0].stages)
    berlin = {who.split("@")[0] for who in pilot.people} & set(NAMES[:8])
    assert berlin < {who.split("@")[0] for who in pilot.people}, "somebody of each zone"

    at(guarded, 28, 3)
    assert guarded.has("A") == set(NAMES) - berlin
    assert stages(guarded, commit)["pilot"] is StageState.READY
    at(guarded, 28, 9)
    assert len(guarded.has("A")) == 4
    at(guarded, 29, 4)
    assert len(guarded.has("A")) == 4, "it soaks for 20 hours after its last write"
    at(guarded, 29, 10)
    assert guarded.has("A") == set()


def test_small_changes_gives_and_leavers_wait_for_no_window(guarded: Company) -> None:
    guarded.asks("one less, twelve more", a=" ".join(NAMES[1:]), b=" ".join(NAMES))
    guarded.apply()
    assert len(guarded.has("B")) == 8, "gives go at once"
    guarded.changes("p05", status="T", last_day="2026-11-20")
    guarded.apply(minutes=1)
    assert "p05" not in guarded.has("A")


def test_without_somebody_who_answers_the_pull_request_is_stopped(guarded: Company) -> None:
    guarded.write("policies/responder.yaml", "policy: responder\nlevel: block\n")
    guarded.commit("nobody")
    guarded.asks("twelve lose a", a="")
    run = guarded.apply()
    assert run.exit is Exit.DENIED
    assert "this takes seats in bulk, and nobody is named to answer" in told(run)
    assert "fix: name somebody who is there" in told(run)


def test_windows_that_pass_while_nobody_answers_halt_it(guarded: Company) -> None:
    commit = guarded.asks("twelve lose a", a="")
    guarded.apply()
    guarded.changes("boss", status="L")
    run = at(guarded, 28, 12)
    assert "nobody who answers is there: boss@x.example is leave" in " ".join(told(run).split())
    assert (run.exit, len(guarded.has("A"))) == (Exit.WAITING, 12)
    run = at(guarded, 30, 12)
    assert run.exit is Exit.PARTLY
    assert "not written, and two windows have passed" in " ".join(told(run).split())

    guarded.changes("boss", status="A")
    runs.resume(guarded.workspace, commit, "boss is back")
    assert guarded.apply(minutes=1).exit is Exit.WAITING, "it has its windows anew"
    guarded.clock.move_to(datetime(2026, 12, 5, 12, tzinfo=UTC))
    guarded.apply()
    assert len(guarded.has("A")) == 4


def test_an_acknowledgement_lets_these_asks_go_at_once(guarded: Company) -> None:
    guarded.asks("twelve lose a", a="")
    guarded.apply()
    journal = guarded.workspace.admissions(guarded.workspace.settings("HEAD"))
    asks = next(r["ask"] for r in journal.read() if r.get("title") == "twelve lose a")
    ack = f"ack: now\npasses: change-window\nasks: {asks}\nreason: a breach\nthrough: 2026-11-30\n"
    guarded.write("policies/acks/now.yaml", ack)
    guarded.commit("let it go")
    guarded.apply()
    assert len(guarded.has("A")) == 4


def test_a_freeze_keeps_back_what_movers_lose_too(twelve: Company) -> None:
    freeze = "policy: freeze\nlevel: hold\nperiods: [{name: the move, from: 2026-11-24, through: 2026-11-26}]\n"
    crew = "crew: {where: {department: [Crew]}, max: 9}\n"
    twelve.hr(person("mo", department="Crew"))
    twelve.license("b", [], rules=crew, extra="movers: {keep_for: 0 days}\n")
    twelve.commit("crew")
    twelve.apply()
    assert twelve.has("B") == {"mo"}
    twelve.write("policies/freeze.yaml", freeze)
    twelve.commit("freeze")
    twelve.changes("mo", department="Sales")
    run = twelve.apply()
    assert [(hold.rule, hold.who) for hold in run.held] == [("freeze", "mo@x.example")]
    assert run.held[0].what == "frozen for the move: goes from 2026-11-27 00:00 in Europe/Berlin"
    twelve.apply(days=3)
    assert twelve.has("B") == set()


STAGES = "policy: stages\nlevel: block\n"


def test_a_gate_asks_the_command_that_apply_was_given(twelve: Company) -> None:
    twelve.write("policies/stages.yaml", f"{STAGES}probe: command\n")
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    run = twelve.apply(hours=1)
    assert (run.exit, stages(twelve, commit)["pilot"]) == (Exit.WAITING, StageState.PAUSED)

    assert at(twelve, 24, 10, probe="sh -c 'echo nobody knows; exit 3'").exit is Exit.WAITING
    at(twelve, 24, 11, probe="sh -c 'test \"$SEATWISE_STAGE\" = gives/pilot'")
    assert len(twelve.has("B")) == 12

    run = at(twelve, 24, 13, probe="sh -c 'echo nobody can log in; exit 1'")
    assert run.exit is Exit.PARTLY
    assert "the probe failed: nobody can log in" in " ".join(told(run).split())


def test_a_gate_that_nobody_can_tell_of_for_two_days_halts(twelve: Company) -> None:
    twelve.write("policies/stages.yaml", f"{STAGES}probe: command\n")
    twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    assert twelve.apply(hours=1).exit is Exit.WAITING
    assert twelve.apply(hours=47).exit is Exit.WAITING
    run = twelve.apply(hours=1)
    assert run.exit is Exit.PARTLY
    assert "the gate can't tell for too long: the probe is inconclusive" in " ".join(told(run).split())


def test_a_stage_that_somebody_has_to_approve_waits_for_that(twelve: Company) -> None:
    twelve.write("policies/stages.yaml", f"{STAGES}approve: [pilot]\n")
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    with pytest.raises(Stop, match="nothing to resume"):
        runs.say(twelve.workspace, Order(Event.RESUME, commit, reason="early"))
    assert twelve.apply(hours=1).exit is Exit.WAITING
    assert stages(twelve, commit)["pilot"] is StageState.PAUSED
    assert "approve" in status_text.status(status(twelve.workspace))

    runs.say(twelve.workspace, Order(Event.RESUME, commit, reason="looks good"))
    twelve.apply()
    assert len(twelve.has("B")) == 12
    assert twelve.apply(hours=1).exit is Exit.OK, "only the pilot was to be approved"


def test_a_rollout_that_is_queued_for_too_long_halts(twelve: Company) -> None:
    twelve.write("policies/stages.yaml", f"{STAGES}patience: {{queued: 3 days, paused: 90 days}}\napprove: [pilot]\n")
    twelve.asks("seven get b", b=" ".join(NAMES[:11]))
    twelve.apply()
    commit = twelve.asks("eleven lose it", b="")
    twelve.apply(hours=1)
    twelve.asks("all get b", b=" ".join(NAMES))
    twelve.apply(hours=1)
    run = twelve.apply(days=3)
    assert run.exit is Exit.PARTLY, commit
    assert "it has waited too long behind" in " ".join(told(run).split())


def test_who_is_held_by_a_policy_is_held_at_every_run(twelve: Company) -> None:
    twelve.hr(person("ex", worker="external"))
    twelve.asks("one more", b="ex")
    for _ in range(3):
        run = twelve.apply(hours=1)
        assert ([(hold.rule, hold.who) for hold in run.held], run.written) == (
            [("external-last-day", "ex@x.example")],
            (),
        )
    twelve.changes("ex", last_day="2027-01-31")
    twelve.apply(hours=1)
    assert twelve.has("B") == {"ex"}
