"""Nouns ↔ the JSON objects that the journal holds: what the fold reads is what was written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.core.builders import COMMIT, NOW, give, swap, take

from seatwise.core import canon, records
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Grant,
    Item,
    Kind,
    Lane,
    Outcome,
    Result,
    Rollout,
    RolloutState,
    Stage,
    StageState,
)
from seatwise.core.records import Flip

ROLLOUT = Rollout(
    "c0ffee", "figma", COMMIT, "December joiners", (Item("ann", "figma", True, Kind.GIVES, "all", "user:"),),
    (Stage(Kind.GIVES, "all", ("ann",), StageState.VERIFYING, NOW),), NOW, soak_seconds={"gives": 60}, ended=NOW,
)  # fmt: skip

OPTIONS = st.dictionaries(
    st.sampled_from(["plan", "seats", "beta", "off"]),
    st.one_of(st.text(max_size=3), st.integers(0, 9), st.booleans(), st.lists(st.text(max_size=2), max_size=2)),
    max_size=2,
).map(canon.options)
CAUSES = st.builds(
    Cause, st.sampled_from(CauseKind), st.sampled_from(["", COMMIT]), st.text(max_size=3), ticket=st.text(max_size=3)
)
SINCE = st.sampled_from([None, NOW, datetime(2026, 1, 1, 12, 30, 0, 1, tzinfo=UTC)])
FLIPS = st.builds(
    Flip, st.booleans(), st.text(max_size=3), OPTIONS, st.none() | CAUSES, st.text(max_size=3), SINCE,
    st.sampled_from(["", COMMIT]), st.booleans(),
)  # fmt: skip
GRANTS = st.builds(Grant, st.sampled_from(["figma", "slack"]), st.sampled_from(["F", "S"]), OPTIONS)


def through_json(record: Any) -> Any:
    return json.loads(json.dumps(record))


@given(st.dictionaries(st.sampled_from(["ann", "bo", "cy"]), FLIPS))
def test_flips_come_back_as_they_were_written(flips: dict[str, Flip]) -> None:
    assert dict(records.flips(through_json(records.asked("figma", flips)))) == flips


def test_people_whose_flips_are_alike_share_a_group() -> None:
    one = Flip(True, "user:", fingerprint="1|")
    record = records.asked("figma", {"bo": structs.replace(one, fingerprint="2|"), "ann": one, "cy": Flip(False)})
    assert [list(group["who"].items()) for group in record["groups"]] == [[("ann", "1|"), ("bo", "2|")], [("cy", "")]]


@given(st.tuples(st.none() | GRANTS, st.none() | GRANTS).filter(any), CAUSES)
def test_a_change_comes_back_from_an_intent(grants: tuple[Grant | None, Grant | None], cause: Cause) -> None:
    change = Change("figma", "ann", *grants, holder="h-1", login="ann", cause=cause)
    (entry,) = through_json(records.intent([("id-1", change, True)], Lane.COMMIT, "c0ffee", "pilot"))["changes"]
    back = records.change_from(entry)
    assert back == change
    assert (back.holder, back.login, back.cause) == ("h-1", "ann", cause)
    assert (back.cause.why, back.cause.ticket) == (cause.why, cause.ticket)
    assert (entry["id"], entry["downgrade"]) == ("id-1", True)


def test_what_a_reading_settles_is_sorted() -> None:
    record = records.settled("figma", {"adopt": {"bo": "h-2", "ann": "h-1"}})
    assert list(record["seats"]["adopt"]) == ["ann", "bo"]


def test_an_outcome_says_what_the_vendor_said() -> None:
    outcome = Outcome(give("ann"), Result.REFUSED, "h-1", "no country", "fill it", "req-9")
    assert records.outcome([("id-1", outcome)], settled=True)["outcomes"] == [
        {
            "id": "id-1",
            "result": "refused",
            "holder": "h-1",
            "reason": "no country",
            "request": "req-9",
            "settled": True,
        }
    ]


def test_a_rollout_comes_back_as_it_was_written() -> None:
    assert records.rollout_from(through_json(records.rollout(ROLLOUT))["rollout"]) == ROLLOUT


def test_stage_and_state_say_where_a_rollout_has_come_to() -> None:
    written = records.stage("c0ffee", ROLLOUT.stages[0])
    assert (written["kind"], written["stage"], written["state"], written["written"]) == (
        "gives", "all", "verifying", "2026-11-24T09:00:00Z",
    )  # fmt: skip
    assert records.stage("c0ffee", Stage(Kind.TAKES, "pilot"))["written"] is None
    halted = replace(ROLLOUT, state=RolloutState.HALTED, why="2 seats")
    assert records.state(halted) == {"type": "state", "rollout": "c0ffee", "to": "halted", "why": "2 seats"}


def test_a_call_is_named_by_what_it_does_and_where_and_not_by_its_notes() -> None:
    one = records.change_id(give("ann"), "c0ffee")
    assert one == records.change_id(give("ann", login="ann-f", last_used=date(2026, 1, 1)), "c0ffee")
    others = [give("bo"), take("ann"), swap("ann", "slack", "figma"), give("ann", "slack")]
    assert len({one, records.change_id(give("ann"), "joiners"), *(records.change_id(c, "c0ffee") for c in others)}) == 6
