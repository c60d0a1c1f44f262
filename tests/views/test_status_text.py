"""Where every rollout stands, and the one command to type."""

from __future__ import annotations

from dataclasses import replace

from syrupy.assertion import SnapshotAssertion
from tests.views import plans, rollouts

from seatwise.core.model import Exit, Finding, Kept, Kind, Level, Place, Rollout, StageState, Standing, Stop
from seatwise.views import status_text


def status(*some: Rollout, drift: int = 0, holds: int = 0, kept: tuple[Kept, ...] = ()) -> str:
    held = plans.full_pool().held[:1] * holds
    return status_text.status(Standing(rollouts.NOW, "Europe/Berlin", some, held, drift, kept))


def test_status_reads_like_this(as_text: SnapshotAssertion) -> None:
    shown = status(rollouts.under_way(), rollouts.queued(), rollouts.halted(), rollouts.closed(), drift=3, holds=7)
    assert shown == as_text


def test_nothing_open_is_one_quiet_line() -> None:
    assert status(rollouts.closed()) == "No rollout is open.\n"


def test_seats_that_are_kept_for_now_are_named_with_the_reason() -> None:
    kept = Kept("archive", plans.mail("ed"), "ed left, and the seat of slack became this one", "nothing")
    assert status(kept=(kept,)).splitlines() == [
        "No rollout is open, 1 seat kept for now.",
        "",
        "Kept for now:",
        "  archive ed@acme.example: ed left, and the seat of slack became this one",
        "    fix: nothing",
    ]


def test_a_soaking_stage_says_until_when() -> None:
    assert "gives, rest: its soak, until 14:00, and its gate" in status(rollouts.under_way())


def test_a_halted_rollout_comes_first_and_names_its_command() -> None:
    shown = status(rollouts.under_way(), rollouts.halted())
    assert shown.index("m365: 77aa") < shown.index("octo: pull request 418")
    assert "next: seatwise run resume m365-77aa" in shown


def test_a_rollout_whose_stages_all_passed_waits_for_what_is_held() -> None:
    stages = (rollouts.stage(Kind.GIVES, "all", 2, StageState.PASSED),)
    shown = status(replace(rollouts.under_way(), stages=stages))
    assert "waits for what is held." in shown
    assert "[====================] 2 of 2 people" in shown


def test_a_stage_without_people_breaks_no_bar() -> None:
    stages = (rollouts.stage(Kind.GIVES, "all", 0, StageState.READY),)
    assert "[" + " " * 20 + "] 0 of 0 people" in status(replace(rollouts.under_way(), stages=stages))


def test_no_name_is_obeyed() -> None:
    evil = plans.HOSTILE
    rollout = replace(rollouts.halted(evil), id=evil, account=evil, title=evil)
    kept = (Kept(evil, evil, evil, evil),)
    shown = status_text.status(Standing(rollouts.NOW, evil, (rollout,), plans.hostile().held, 1, kept))
    assert shown.replace("\n", "").isprintable()


def test_what_stops_admission_is_said_with_its_places_and_no_name_is_obeyed() -> None:
    finding = Finding("yaml", Level.ERROR, f"is no YAML {plans.HOSTILE}", place=Place("licenses/x/b.yaml", 3))
    stop = Stop(Exit.ERROR, "1 error in the files of commit c87a081b7", "mend the files", findings=[finding])

    lines = status_text.status(Standing(rollouts.NOW, "Europe/Berlin", unread=stop)).splitlines()

    assert lines[0] == "STOPPED  1 error in the files of commit c87a081b7."
    assert lines[1].startswith("  licenses/x/b.yaml:3: is no YAML")
    assert lines[-3:] == ["  fix: mend the files", "", "No rollout is open."]
    assert all(line.isprintable() for line in lines)
