"""Claims + what was, and is, asked → the flips of one license, each with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.core.builders import CAUSE, MOMENT, NOW, PLACE, changeset, claim, people, person

from seatwise.core import causes
from seatwise.core.causes import Link
from seatwise.core.model import Cause, CauseKind, Claim, ClaimState, Options
from seatwise.core.records import Flip
from seatwise.core.resolve import Ask, Resolved

PRO: Options = (("plan", "pro"),)


EVERYBODY = ("ann", "bo")


def ask(**fields: Any) -> Ask:
    return Ask(
        **{"row": "user:", "rule": False, "assignment": "designers", "place": PLACE, "ticket": "ITSM-1", **fields}
    )


def asks(*names: str, gone: Mapping[str, str] | None = None, options: Options = ()) -> Resolved:
    return Resolved({who: ask(options=options) for who in names}, gone or {})


def link(resolved: Resolved, commit: str = "c1", kind: CauseKind = CauseKind.COMMIT) -> Link:
    return Link(changeset(commit), resolved, frozenset(EVERYBODY if kind is CauseKind.REVERSE else ()))


def flips(known: Mapping[str, Claim], old: Resolved, *chain: Link) -> dict[str, Flip]:
    everybody = people(person("ann", employee_id="7", start=date(2020, 1, 1)), "bo")
    return causes.flips(known, old, chain, everybody, MOMENT)


def ann(known: Claim | None, old: Resolved, *chain: Link) -> Flip | None:
    return flips({"ann": known} if known else {}, old, *chain).get("ann")


def cause(flip: Flip | None) -> tuple[CauseKind, str] | None:
    return (flip.cause.kind, flip.cause.commit) if flip and flip.cause else None


# the directory


def test_what_the_old_tree_asks_for_by_itself_is_caused_by_the_rule() -> None:
    flip = ann(None, asks("ann"))
    assert flip == Flip(True, "user:", (), Cause(CauseKind.RULE), "7|2020-01-01")
    assert flip.cause is not None
    assert (flip.cause.why, flip.cause.place, flip.cause.ticket) == ("designers", PLACE, "ITSM-1")


def test_since_when_somebody_is_on_leave_is_known_on_when_the_seat_is_asked_no_more() -> None:
    on_leave = Resolved({}, {"ann": "leave"}, waiting={"ann": date(2026, 11, 1)})
    for resolved, since in ((on_leave, NOW), (asks(gone={"ann": "leaver"}), None)):
        flip = ann(claim(since=NOW), resolved)
        assert flip is not None and (flip.asked, flip.since) == (False, since)


def test_what_the_old_tree_asks_again_is_caused_by_the_rule_though_its_seat_is_there_still() -> None:
    known = claim(asked=False, pending=CAUSE)
    assert ann(known, asks("ann")) == Flip(True, "user:", (), None, "7|2020-01-01", calls_off=True)
    changed = ann(known, asks("ann", options=PRO))
    assert cause(changed) == (CauseKind.RULE, "")


def test_options_that_change_by_the_directory_before_the_seat_is_given_have_the_rule_as_cause() -> None:
    waits = claim(ClaimState.NONE, pending=Cause(CauseKind.COMMIT, "c0"))
    flip = ann(waits, asks("ann", options=PRO))
    assert flip is not None and flip.options == PRO
    assert cause(flip) == (CauseKind.RULE, "")


@pytest.mark.parametrize(
    ("gone", "kind", "why"),
    [
        ({"ann": "leaver"}, CauseKind.LEAVER, "leaver"),
        ({"ann": "expiry"}, CauseKind.EXPIRY, "expiry"),
        ({"ann": "leave"}, CauseKind.RULE, "leave"),
        ({}, CauseKind.RULE, "no rule gives it any more"),
    ],
)
def test_what_the_old_tree_asks_no_more_is_caused_by_the_directory(
    gone: Mapping[str, str], kind: CauseKind, why: str
) -> None:
    flip = ann(claim(), asks(gone=gone))
    assert flip is not None and flip.cause is not None
    assert (flip.asked, flip.cause.kind, flip.cause.why, flip.calls_off) == (False, kind, why, False)


def test_the_directory_goes_first_so_that_a_later_changeset_is_not_blamed_for_a_leaver() -> None:
    known, left = claim(), asks(gone={"ann": "leaver"})
    assert cause(ann(known, left, link(asks(gone={"ann": "leaver"})))) == (CauseKind.LEAVER, "")


def test_a_rule_that_the_directory_follows_is_no_cause_of_the_changeset_that_leaves_it_as_it_was() -> None:
    assert cause(ann(None, asks("ann"), link(asks("ann")))) == (CauseKind.RULE, "")


# changesets


def test_a_changeset_that_asks_is_the_cause() -> None:
    flip = ann(None, asks(), link(asks("ann")))
    assert cause(flip) == (CauseKind.COMMIT, "c1")
    assert flip is not None and flip.commit == "c1"


def test_a_changeset_that_asks_no_more_is_the_cause() -> None:
    flip = ann(claim(), asks("ann"), link(asks()))
    assert cause(flip) == (CauseKind.COMMIT, "c1")
    assert flip is not None and not flip.asked


def test_a_changeset_that_reverses_another_is_a_cause_of_its_own_kind() -> None:
    assert cause(ann(claim(), asks("ann"), link(asks(), kind=CauseKind.REVERSE))) == (CauseKind.REVERSE, "c1")


def test_the_last_of_several_changesets_is_the_cause() -> None:
    chain = link(asks("ann"), "c1"), link(asks(), "c2"), link(asks("ann"), "c3")
    assert cause(ann(None, asks(), *chain)) == (CauseKind.COMMIT, "c3")


def test_asking_and_asking_no_more_before_anything_is_known_changes_nothing() -> None:
    assert ann(None, asks(), link(asks("ann"), "c1"), link(asks(), "c2")) is None


def test_a_changeset_that_leaves_a_license_alone_flips_nothing() -> None:
    same = asks("ann")
    assert flips({"ann": claim()}, same, link(same)) == {}


def test_a_seat_of_somebody_hr_does_not_know_has_no_fingerprint() -> None:
    assert flips({}, asks(), link(asks("zoe")))["zoe"].fingerprint == ""


# flips back, and later ones


def test_a_flip_back_calls_off_what_was_pending() -> None:
    unasked = ann(claim(ClaimState.NONE, pending=CAUSE), asks("ann"), link(asks()))
    assert unasked == Flip(False, commit="c1", calls_off=True)
    asked = ann(claim(asked=False, pending=CAUSE), asks(), link(asks("ann")))
    assert asked == Flip(True, "user:", (), None, "7|2020-01-01", commit="c1", calls_off=True)


def test_a_seat_asked_again_with_other_options_is_changed_by_that_changeset() -> None:
    flip = ann(claim(asked=False, pending=CAUSE), asks(), link(asks("ann", options=PRO)))
    assert cause(flip) == (CauseKind.COMMIT, "c1")
    assert flip is not None and not flip.calls_off


def test_a_later_flip_replaces_the_cause_of_what_is_pending() -> None:
    pending = claim(ClaimState.NONE, pending=CAUSE)
    assert cause(ann(pending, asks("ann"), link(asks(), "c1"), link(asks("ann"), "c2"))) == (CauseKind.COMMIT, "c2")


def test_a_seat_of_ours_that_is_asked_again_is_left_as_it_is() -> None:
    assert ann(claim(), asks("ann"), link(asks(), "c1"), link(asks("ann"), "c2")) is None


@pytest.mark.parametrize("state", [ClaimState.MISSING, ClaimState.NONE])
def test_asking_anew_in_a_later_changeset_makes_what_is_not_there_a_plain_ask_again(state: ClaimState) -> None:
    again = link(asks(), "c1"), link(asks("ann"), "c2")
    assert cause(ann(claim(state), asks("ann"), *again)) == (CauseKind.COMMIT, "c2")
    assert ann(claim(state), asks("ann")) is None


# options


def test_options_that_a_changeset_sets_are_its_flip() -> None:
    flip = ann(claim(), asks("ann"), link(asks("ann", options=PRO)))
    assert cause(flip) == (CauseKind.COMMIT, "c1")
    assert flip is not None and flip.options == PRO


def test_options_that_another_row_gives_by_the_directory_are_a_flip_of_the_rule() -> None:
    assert cause(ann(claim(), asks("ann", options=PRO))) == (CauseKind.RULE, "")


def test_the_directory_never_asks_anew_what_is_missing_and_only_its_options_are_noted() -> None:
    flip = ann(claim(ClaimState.MISSING), asks("ann", options=PRO))
    assert flip is not None
    assert (flip.cause, flip.options) == (None, PRO)
    undone = ann(claim(ClaimState.MISSING, options=PRO), asks("ann"), link(asks("ann", options=PRO)))
    assert cause(undone) == (CauseKind.COMMIT, "c1")


# notes


def test_another_row_for_the_same_ask_is_noted_without_a_cause() -> None:
    other = Resolved({"ann": ask(row="rule::x")})
    assert ann(claim(), other) == Flip(True, "rule::x")


def test_what_began_to_be_waited_for_is_noted_once_and_what_ceased_is_dropped() -> None:
    waiting = Resolved({"ann": ask()}, waiting={"ann": date(2026, 12, 1)})
    assert ann(claim(), waiting) == Flip(True, "user:", since=NOW)
    before = NOW - timedelta(days=3)
    assert ann(claim(since=before), waiting) is None
    assert ann(claim(since=before), asks("ann")) == Flip(True, "user:")


def test_notes_are_kept_of_nobody_who_is_not_asked_and_never_instead_of_a_flip() -> None:
    unasked = claim(asked=False, row="old")
    assert ann(unasked, asks()) is None
    moved = claim(row="old")
    flip = ann(moved, replace(asks("ann"), waiting={"ann": date(2026, 12, 1)}), link(asks()))
    assert cause(flip) == (CauseKind.COMMIT, "c1")
    changed = ann(moved, asks("ann"), link(asks("ann", options=PRO)))
    assert cause(changed) == (CauseKind.COMMIT, "c1")
