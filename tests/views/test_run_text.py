"""What a run says when it ends: who has what now, what waits, how it ended, what to type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views import plans, rollouts

from seatwise.core.model import Exit, Finding, Lane, Level, Result, RolloutState, Run, Written
from seatwise.views import run_text, words


@pytest.mark.parametrize("run", [rollouts.partly(), rollouts.waiting()], ids=["partly", "waiting"])
def test_a_run_reads_like_this(run: Run, as_text: SnapshotAssertion) -> None:
    assert "\n".join(run_text.outcome_lines(run)) + "\n" == as_text


def test_a_run_that_has_nothing_to_do_says_so_in_one_line() -> None:
    assert run_text.outcome_lines(rollouts.quiet()) == ("Nothing to do.",)


@pytest.mark.parametrize("code", [code for code in Exit if code in run_text.ENDS])
def test_every_end_of_a_run_has_a_sentence(code: Exit) -> None:
    written = (Written("octo", "", Lane.COMMIT),)
    assert run_text.outcome_lines(Run(code, rollouts.NOW, written=written))[-1] == run_text.ENDS[code]


def test_an_end_without_a_sentence_says_its_code() -> None:
    assert run_text.outcome_lines(Run(Exit.BUG, rollouts.NOW)) == ("Ended with 70.",)


def test_a_rollout_with_nothing_left_but_holds_says_so() -> None:
    run = Run(Exit.OK, rollouts.NOW, rollouts=(replace(rollouts.under_way(), stages=()),))
    assert "only what is held is left" in run_text.outcome_lines(run)[0]


def test_many_reasons_and_findings_are_counted() -> None:
    outcomes = tuple(rollouts.outcome(plans.give(f"p{at}", "x"), Result.REFUSED, f"reason {at}") for at in range(9))
    findings = tuple(Finding("r", Level.WARN, f"what {at}") for at in range(9))
    run = Run(Exit.PARTLY, rollouts.NOW, written=(Written("octo", "", Lane.COMMIT, "", outcomes),), findings=findings)
    lines = run_text.outcome_lines(run)
    assert "  … 4 reasons more: log" in lines
    assert "… 4 findings more" in lines


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_wider_than_asked_and_no_name_is_obeyed(width: int) -> None:
    evil = plans.HOSTILE
    outcomes = tuple(rollouts.outcome(step, result, evil, evil) for step in plans.hostile().steps for result in Result)
    rollout = replace(rollouts.halted(evil), account=evil, title=evil)
    run = replace(
        rollouts.partly(),
        written=(Written(evil, evil, Lane.COMMIT, evil, outcomes),),
        rollouts=(rollout, replace(rollout, state=RolloutState.CLOSED)),
        held=plans.hostile().held,
        findings=plans.hostile().findings,
        next=evil,
    )
    lines = run_text.outcome_lines(run, width=width)
    assert [line for line in lines if words.columns(line) > width] == []
    assert all(line.isprintable() for line in lines)
