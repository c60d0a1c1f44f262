"""The state of a journal ↔ one record of it: what it keeps, and what it is no checkpoint of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.builders import DAY, NOW, claim, claims, give, state

from seatwise.core import canon, checkpoint
from seatwise.core.claims import Did, State
from seatwise.core.model import CauseKind, Claim, ClaimState, Done, Exit, Lane, Rollout, Stop, Verb

SECOND = timedelta(seconds=1)
KNOWN = replace(state(figma=claims("ann")), commit="c0ffee", at=NOW, n=4)


def done(who: str, ago: timedelta) -> Done:
    return Done(NOW - ago, Verb.ASSIGN, "figma", "figma", who, Lane.COMMIT, CauseKind.COMMIT)


def record(of: State, **fields: Any) -> dict[str, Any]:
    return {**checkpoint.record(of, NOW), "at": canon.plain(NOW), "n": 5, **fields}


def written(of: State) -> dict[str, Any]:
    """The checkpoint as it lies in the journal."""
    found: dict[str, Any] = json.loads(canon.canonical(record(of)))
    return found


def rollout(id: str) -> Rollout:
    return Rollout(id, "figma", id, "some", (), (), NOW)


def test_a_state_comes_back_from_its_checkpoint_with_the_number_and_time_of_that() -> None:
    assert checkpoint.state(State, record(KNOWN), State()) == replace(KNOWN, n=5)
    assert checkpoint.state(State, record(KNOWN), KNOWN) == replace(KNOWN, n=5)


def did(who: str, *, earlier: Claim | None = None, left: str = "") -> Did:
    return Did(give(who), (("figma", earlier),), left)


def test_what_people_said_and_what_a_rollout_did_are_kept() -> None:
    known = replace(
        KNOWN,
        did={"r1": {"c2": did("zoe", earlier=claim(ClaimState.OURS)), "c1": did("ann", left="refused")}, "r0": {}},
        obeyed=7,
        stopped="ann: wait",
    )
    held = checkpoint.state(State, written(known), State())
    assert (held.did, held.obeyed, held.stopped) == (known.did, 7, "ann: wait")


def test_what_was_done_first_stays_first() -> None:
    """An abort and a reverse go backwards through it; numbers of calls and rollouts are in no order."""
    known = replace(
        KNOWN,
        did={"r1": {"c2": did("zoe"), "c1": did("ann")}, "r0": {"c3": did("bo")}},
        changed={"f00": {"c2": give("zoe"), "c1": give("ann")}},
        rollouts={"r1": rollout("r1"), "r0": rollout("r0")},
    )
    for folded in (State(), known):
        held = checkpoint.state(State, written(known), folded)
        assert (list(held.did), list(held.rollouts)) == (["r1", "r0"], ["r1", "r0"])
        assert (list(held.did["r1"]), list(held.changed["f00"])) == (["c2", "c1"], ["c2", "c1"])


def test_calls_of_more_than_a_day_ago_are_left_out() -> None:
    acted = replace(KNOWN, done=[done("ann", DAY), done("bo", DAY - SECOND)])
    assert [one.who for one in checkpoint.state(State, record(acted), acted).done] == ["bo"]


def test_a_checkpoint_that_says_something_else_than_the_records_before_it_is_no_journal() -> None:
    other = state(figma=claims("ann", "mallory"))
    with pytest.raises(Stop, match="checkpoint at record 5 is not what the records before it come to") as stop:
        checkpoint.state(State, record(other), KNOWN)
    assert stop.value.code is Exit.EVIDENCE


def test_a_checkpoint_of_another_version_is_named_with_what_can_read_it() -> None:
    with pytest.raises(Stop, match="checkpoint at record 5 can't be read") as stop:
        checkpoint.state(State, record(KNOWN, state={**record(KNOWN)["state"], "claims": 7}), State())
    assert (stop.value.code, "version" in stop.value.fix) == (Exit.EVIDENCE, True)
