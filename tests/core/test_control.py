"""What people said + the state of one account → the records that obeying it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.core.builders import CAUSE, COMMIT, NOW, claim, state

from seatwise.core import canon, control, records
from seatwise.core.claims import State
from seatwise.core.lifecycle import Event
from seatwise.core.model import ClaimState, Item, Kind, Rollout, RolloutState, Stage, StageState
from seatwise.core.records import Said

HALTED = Rollout(
    "c0ffee", "figma", COMMIT, "Atlas", (Item("ann", "figma", True, Kind.GIVES, "pilot"),),
    (Stage(Kind.GIVES, "pilot", ("ann",), StageState.SOAKING, NOW),), NOW, state=RolloutState.HALTED,
    wrong=(("ann", "figma"),),
)  # fmt: skip


def said(verb: Event, rollout: str = "c0ffee", n: int = 1, **fields: Any) -> Said:
    return Said(n, NOW, verb, "figma", rollout, "so", "ada", **fields)


def knows(*rollouts: Rollout, **fields: Any) -> State:
    return replace(State(), rollouts={one.id: one for one in rollouts}, **fields)


def written(known: State, word: Said) -> list[Mapping[str, Any]]:
    return list(control.obeyed(known, word))


def after(known: State, *words: Said) -> State:
    return control.expected(known, words, NOW)


def test_words_for_another_account_or_obeyed_before_are_not_heard() -> None:
    words = [
        said(Event.HALT),
        said(Event.RESUME),
        replace(said(Event.ABORT), account="slack"),
        said(Event.ABORT, "beef"),
    ]
    journal = [{**records.say(one), "n": n, "at": canon.plain(NOW)} for n, one in enumerate(words, 1)]
    heard = control.heard(journal, "figma", knows(obeyed=1))
    assert [(one.n, one.verb, one.rollout) for one in heard] == [(2, Event.RESUME, "c0ffee"), (4, Event.ABORT, "beef")]


@pytest.mark.parametrize("verb", [Event.RESUME, Event.RELEASE, Event.HALT])
def test_a_word_that_comes_too_late_is_recorded_and_changes_nothing(verb: Event) -> None:
    closed = replace(HALTED, state=RolloutState.CLOSED, why="done")
    (record,) = written(knows(closed), said(verb))
    assert (record["type"], record["was"], record["to"]) == ("obeyed", "closed", "closed")
    assert after(knows(closed), said(verb)).rollouts == {"c0ffee": closed}


def test_a_word_for_a_rollout_that_is_not_here_is_recorded_and_changes_nothing() -> None:
    (record,) = written(knows(), said(Event.ABORT))
    assert (record["control"], record["was"], record["to"]) == (1, "", "")


def test_a_halt_of_everything_stops_the_account_until_everything_is_resumed() -> None:
    stopped = after(knows(HALTED), said(Event.HALT, ""))
    assert (stopped.stopped, stopped.rollouts) == ("so", {"c0ffee": HALTED})
    assert [(r["was"], r["to"]) for r in written(stopped, said(Event.RESUME, ""))] == [("stopped", "running")]
    assert after(stopped, said(Event.RESUME, "", 2)).stopped == ""


def test_resume_makes_the_open_stage_ready_and_keeps_when_it_was_written() -> None:
    found = after(knows(HALTED), said(Event.RESUME)).rollouts["c0ffee"]
    assert (found.state, found.wrong, found.aside) == (RolloutState.OPEN, (), ())
    assert found.stages == (replace(HALTED.stages[0], state=StageState.READY),)


def test_resume_without_sets_the_seats_aside_that_halted_it() -> None:
    found = after(knows(HALTED), said(Event.RESUME, without=True)).rollouts["c0ffee"]
    assert (found.state, found.aside) == (RolloutState.OPEN, (("ann", "figma"),))


def test_a_halt_of_what_is_halted_keeps_the_reason_and_writes_no_move() -> None:
    assert [record["type"] for record in written(knows(HALTED), said(Event.HALT))] == ["obeyed"]


def test_an_abort_keeps_who_said_it_and_the_changesets_that_were_on_main_first() -> None:
    once = after(knows(HALTED), said(Event.ABORT, on_main=("later",)))
    found = after(once, said(Event.ABORT, n=2)).rollouts["c0ffee"]
    assert (found.state, found.why, found.on_main) == (RolloutState.ABORTING, "ada: so", ("later",))


def test_a_release_calls_off_what_is_pending_for_the_rollout_and_nothing_else() -> None:
    """What differs then has no cause any more: it is drift."""
    aborted = replace(HALTED, state=RolloutState.ABORTED, items=(*HALTED.items, item("bo"), item("cy"), item("dee")))
    later = replace(CAUSE, commit="later")
    claims = {"ann": claim(pending=CAUSE), "bo": claim(pending=later), "cy": claim(), "eve": claim(pending=CAUSE)}
    found = after(replace(state(figma=claims), rollouts={"c0ffee": aborted}), said(Event.RELEASE))
    assert (found.rollouts["c0ffee"].state, found.rollouts["c0ffee"].why) == (RolloutState.CLOSED, "cancelled")
    assert {who: one.pending for who, one in found.claims["figma"].items()} == {
        "ann": None,
        "bo": later,
        "cy": None,
        "eve": CAUSE,
    }
    assert found.claims["figma"]["ann"].asked


def test_what_is_expected_leaves_the_state_that_came_in_as_it_is() -> None:
    known = knows(HALTED)
    after(known, said(Event.ABORT))
    assert (known.rollouts, known.obeyed) == ({"c0ffee": HALTED}, 0)


def item(who: str) -> Item:
    return Item(who, "figma", True, Kind.GIVES, "pilot")


def test_what_is_expected_leaves_the_state_of_now_as_it_is() -> None:
    pending = claim(ClaimState.NONE, pending=CAUSE)
    aborted = replace(HALTED, state=RolloutState.ABORTED)
    known = knows(aborted, claims={"figma": {"ann": pending}}, stuck={"figma": {"ann": "lost"}})
    assert after(known, said(Event.RELEASE)).stuck == {"figma": {}}
    assert known.stuck == {"figma": {"ann": "lost"}}
