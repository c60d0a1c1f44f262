"""Records that can't be, however well their chain holds, and admissions whose approval is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from seatwise.core import checkpoint, claims, records, trail
from seatwise.core.audit import CONSISTENT, VERIFIED, Anchor, Audit, Checked, Fault
from seatwise.core.chain import START, link
from seatwise.core.model import Cause, CauseKind, Change, Grant, Lane, Outcome, Result
from seatwise.core.records import Flip

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW = "2026-11-24T12:00:00Z"
CAUSE = Cause(CauseKind.COMMIT, "c1")
GIVE = Change("v", "ann", None, Grant("a", "A"), cause=CAUSE)


def chained(*written: Any) -> tuple[Any, ...]:
    return link([{"at": NOW, **record} for record in written], START).records


def asks(commit: str = "c1") -> Any:
    return records.asked("a", {"ann": Flip(True, "user:", (), Cause(CauseKind.COMMIT, commit), commit=commit)})


def intends(id: str = "i1") -> Any:
    return records.intent([(id, GIVE, False)], Lane.COMMIT, "", "")


def answers(result: Result = Result.DONE, id: str = "i1") -> Any:
    return records.outcome([(id, Outcome(GIVE, result))])


def admission(**fields: Any) -> dict[str, Any]:
    vote = {"id": "v1", "login": "boss-l", "person": "boss", "rule": ""}
    evidence = {
        "ask": "sha256:1", "request": {"number": "7", "url": "u", "author": "ann-l", "makers": ["mail:ann@x"]},
        "votes": [vote, {**vote, "login": "ann-l", "person": "ann", "rule": "maker"}],
        "needs": [{"owner": "it", "count": 1, "by": ["boss"]}],
    }  # fmt: skip
    approval = {"approved": True, "how": "approved", "why": "", "evidence": {**evidence, **fields.pop("evidence", {})}}
    approval |= fields.pop("approval", {})
    return {
        "type": "admitted", "commit": "c2", "parent": "c1", "ask": "sha256:1", "rows": 1, "n": 2, "title": "t", "author": "ann",
        "journals": {"v": 3}, "run": "r", "approval": approval, **fields,
    }  # fmt: skip


def first(**fields: Any) -> dict[str, Any]:
    return admission(**{"commit": "c1", "parent": "", "n": 1, **fields})


def whys(*journal: Any) -> list[tuple[str, str]]:
    return [(fault.rule, fault.what) for fault in trail.admissions(journal)]


def test_calls_with_their_intents_and_causes_that_were_admitted_are_sound() -> None:
    journal = chained(asks(), intends(), answers(Result.DOUBT), answers())
    assert [*trail.account(journal, frozenset({"c1"}))] == []
    assert [*trail.account(journal, frozenset())] == []
    assert [(commit, license, who) for r in journal for commit, license, who in trail.asks(r)] == [("c1", "a", "ann")]


def test_an_outcome_that_nothing_intended_is_named_with_its_record() -> None:
    (fault,) = trail.account(chained(asks(), answers()), frozenset())
    assert (fault.rule, fault.n) == ("no-intent", 2)


@pytest.mark.parametrize("journal", [chained(asks()), chained(intends())])
def test_a_cause_that_nobody_admitted_is_named_with_its_commit(journal: tuple[Any, ...]) -> None:
    (fault,) = trail.account(journal, frozenset({"c9"}))
    assert (fault.rule, fault.n, fault.commit) == ("not-admitted", 1, "c1")


def test_a_cause_that_is_no_commit_needs_none() -> None:
    flip = Flip(False, "user:", (), Cause(CauseKind.LEAVER, "", "left"))
    journal = chained(records.asked("a", {"ann": flip, "bo": Flip(True, "user:")}))
    assert [*trail.account(journal, frozenset({"c9"}))] == []
    assert [*trail.asks(journal[0])] == []


def test_a_record_that_only_calls_itself_one_is_named() -> None:
    (fault,) = trail.account(chained({"type": "asked"}), frozenset())
    assert (fault.rule, fault.n) == ("malformed", 1)


def test_a_checkpoint_that_says_something_else_is_named_unless_names_are_pseudonyms() -> None:
    state = claims.State()
    state.commit = "forged"
    forged = checkpoint.record(state, AT)
    (fault,) = trail.account(chained(asks(), forged), frozenset())
    assert (fault.rule, fault.n) == ("checkpoint", 2)
    assert [*trail.account(chained({**asks(), "key": "mark"}, forged), frozenset())] == []
    sound = checkpoint.record(claims.fold(chained(asks())), AT)
    assert [*trail.account(chained(asks(), sound), frozenset())] == []


def test_calls_whose_outcome_nobody_knows_are_counted() -> None:
    assert trail.unanswered(chained(intends("i1"), intends("i2"), answers(), answers(Result.DOUBT, "i2"))) == 1
    assert trail.unanswered(chained(intends(), {"type": "recovered"}, {"type": "end"})) == 0


def test_the_newest_admission_says_how_long_journals_are() -> None:
    journal = [first(), admission(journals={"v": 9, "w": 1}), {"type": "begin"}, {"type": "recovered", "n": 5}]
    assert trail.lengths(journal) == {"v": (9, 2), "w": (1, 2)}


def test_admissions_are_read_up_to_the_first_that_is_none() -> None:
    bad: list[dict[str, Any]] = [{"type": "admitted", "n": 2}, {**admission(), "approval": None}]
    for one in bad:
        assert trail.admitted([first(), {"type": "begin"}, one, admission()]) == (first(),)
        assert [rule for rule, _ in whys(first(), one)] == ["malformed"]


def test_admissions_that_follow_on_each_other_and_were_approved_are_sound() -> None:
    assert whys(first(), {"type": "recovered"}, admission()) == []
    assert whys(first(evidence={"ask": "sha256:whole"})) == []
    lost = admission(parent="c0", approval={"how": trail.RECOVERED, "evidence": {"by": "ann"}})
    assert whys(lost) == []
    alone = {"evidence": {"votes": [], "needs": [{"owner": "it", "count": 1, "by": ["ann"]}]}}
    assert whys(first(approval={"how": trail.SINGLE, **alone})) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (first(commit="c9"), "it follows on c1, and c9 was in force"),
        (admission(n=1), "it follows on c1, and nothing was in force"),
        (first(approval={"approved": False}), "says that it was not approved"),
        (first(approval={"how": "no rows"}), "has 1 rows, and is admitted as having none"),
        (first(approval={"how": "not asked", "evidence": {}}), "does not say that every account is for practice"),
        (first(evidence={"needs": [{"owner": "", "count": 2, "by": ["boss", "boss"]}]}), "any owner needs 2, and 1 approved"),
        (first(evidence={"needs": [{"owner": "it", "count": 1, "by": ["eve"]}]}), "eve stands as approver for it, and no vote"),
        (first(evidence={"request": {"author": "boss-l"}}), "boss approved for it what they made"),
    ],
)  # fmt: skip
def test_an_admission_that_is_none_is_named(wrong: dict[str, Any], why: str) -> None:
    found = whys(wrong, admission()) if wrong["parent"] == "" else whys(wrong)
    assert why in found[0][1] and len(found) == 1


def test_what_was_approved_is_what_was_admitted() -> None:
    assert [why for _, why in whys(first(), admission(evidence={"ask": "sha256:2"}))] == [
        "what was approved is not what was admitted"
    ]


def test_votes_count_by_either_word_and_makers_are_told_by_login_mail_and_person() -> None:
    assert [vote["login"] for vote in trail.counted(admission())] == ["boss-l"]
    told = admission(
        evidence={"votes": [{"id": "1", "login": "a", "counts": True}, {"id": "2", "login": "b", "counts": False}]}
    )
    assert [vote["login"] for vote in trail.counted(told)] == ["a"]
    assert trail.makers(admission()) == {"ann-l", "ann@x", "ann"}
    assert trail.makers(admission(evidence={"request": None})) == frozenset()


def test_a_journal_is_verified_only_as_far_as_something_vouches_for_it() -> None:
    chain = Checked("j", "h", 9, 3, 0)
    assert chain.standing == CONSISTENT and chain.upto == 0
    assert Checked("j", "h", 9, 3, 0, (Anchor("mirror", 8),)).standing == CONSISTENT
    assert Checked("j", "h", 9, 3, 0, (Anchor("mirror", 8), Anchor("key", 9))).standing == VERIFIED
    broken = Checked("j", "h", 9, 3, 0, (Anchor("key", 9),), (Fault("chain", 4, "why"),))
    assert broken.standing == "broken"
    assert Audit(AT, True, "t", 0, (chain,)).first is None
    assert Audit(AT, True, "t", 0, (chain, broken)).first == Fault("chain", 4, "why")
