"""Who held what at a time, from the records of one journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.core.test_trail import admission

from seatwise.core import canon, checkpoint, claims, records, tenure, trail
from seatwise.core.chain import START, link
from seatwise.core.model import Cause, CauseKind, Change, Claim, ClaimState, Grant, Lane, Made, Outcome, Result
from seatwise.core.records import Flip

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CAUSE = Cause(CauseKind.COMMIT, "c1", ticket="T-1")


def journal(*written: Any) -> tuple[Any, ...]:
    """One record an hour, from noon on."""
    timed = [{"at": canon.plain(NOON + timedelta(hours=n)), **record} for n, record in enumerate(written)]
    return link(timed, START).records


def asks(who: str = "ann", row: str = "user:", *, asked: bool = True) -> Any:
    return records.asked("a", {who: Flip(asked, row, (), CAUSE, commit="c1")})


def shows(how: str, who: str = "ann") -> Any:
    return records.settled("a", {how: {who: "h1"}})


def gives(who: str = "ann", result: Result = Result.DONE) -> tuple[Any, Any]:
    change = Change("v", who, None, Grant("a", "A"), cause=CAUSE)
    intent = records.intent([("i", change, False)], Lane.COMMIT, "", "")
    return intent, records.outcome([("i", Outcome(change, result))])


def held(*written: Any, hours: float = 99) -> list[tuple[str, int, str, str]]:
    found = tenure.holders("v", journal(*written), NOON + timedelta(hours=hours))
    return [(one.who, one.since.hour, one.how, one.why) for one in found]


def test_a_seat_is_held_from_the_answer_on_until_a_reading_shows_it_gone() -> None:
    story = (asks(), *gives(), shows("verify"), shows("miss"))
    assert held(*story, hours=1) == []
    assert held(*story, hours=2) == held(*story, hours=3) == [("ann", 14, "given by us", "named")]
    assert held(*story) == []


def test_why_comes_with_the_commit_and_its_ticket() -> None:
    (one,) = tenure.holders("v", journal(asks(row="user:engineer"), shows("adopt")), NOON + timedelta(hours=9))
    assert (one.commit, one.ticket, one.why, one.record) == ("c1", "T-1", "named of bundle engineer", 2)
    assert one.how == "found there and taken up" and one.unasked == ""


def test_an_answer_that_was_lost_or_refused_shows_nothing() -> None:
    assert held(asks(), *gives(result=Result.DOUBT)) == []
    assert held(asks(), *gives(result=Result.REFUSED)) == []
    assert held(records.outcome([("i", Outcome(Change("v", "ann", None, Grant("a", "A")), Result.DONE))])) == []


def test_a_seat_that_nothing_asks_for_any_more_says_since_when() -> None:
    story = journal(asks(), shows("adopt"), asks(asked=False))
    (one,) = tenure.holders("v", story, NOON + timedelta(hours=9))
    assert one.unasked == "2026-11-24"


def test_rules_and_archives_are_named_and_checkpoints_and_notes_passed_over() -> None:
    rule = "rule:engineer:department=Data"
    checked = checkpoint.record(claims.fold(journal(asks(row=rule))), NOON)
    note = records.asked("a", {"ann": Flip(True, rule)})
    assert held(asks(row=rule), checked, shows("adopt"), note)[0][3] == "rule department=Data of bundle engineer"
    assert held(asks(row="left:b"), shows("adopt"))[0][3] == "what became of b, whose holder left"
    assert held(asks(row=""), shows("adopt"))[0][3] == "no row"


def test_a_seat_follows_its_person_to_a_new_name_and_is_forgotten_with_the_journal() -> None:
    renamed = {"type": "renamed", "who": {"ann": "anna"}}
    assert held(asks(), shows("adopt"), renamed) == [("anna", 13, "found there and taken up", "named")]
    assert held(asks(), shows("adopt"), {"type": "recovered"}) == []


def test_a_claim_that_never_was_asked_says_from_the_beginning() -> None:
    state = claims.State(claims={"a": {"ann": Claim(state=ClaimState.OURS, made=Made.UNKNOWN)}})
    fold = tenure._Fold("v", state, {("a", "ann"): tenure.Held("v", "a", "ann", NOON, 1)})
    assert tenure._told(fold, ("a", "ann"), fold.held["a", "ann"]).unasked == "the beginning"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "no admission of it is known"),
        (admission(), "approved by boss, pull request 7"),
        (admission(evidence={"request": {"number": "7", "url": ""}}), "approved by boss"),
        (admission(approval={"how": trail.SINGLE}), "approved by nobody else: single administrator, pull request 7"),
        (admission(approval={"how": "not asked", "evidence": {}}), "approval: not asked"),
        (admission(evidence={"votes": [{"id": "1", "login": "b", "counts": True}], "request": None}), "approved by b"),
    ],
)
def test_by_whom_it_was_approved_is_said_in_words(record: Any, said: str) -> None:
    assert tenure.approved(record) == said
