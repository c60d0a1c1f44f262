"""Why somebody holds a seat, or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views.plans import HOSTILE, TODAY, mail

from seatwise.core.model import ClaimState, Explained, Fact, Place
from seatwise.views import explain_text, words

WHERE = Place("licenses/github/copilot-business.yaml", 23)
TOM = mail("tom.becker")


def tom() -> Explained:
    return Explained(
        TOM,
        "Tom Becker (tom.becker@acme.example), Data, active",
        (
            Fact("m365-e3", TOM, True, "bundle engineer", WHERE, date(2025, 9, 3), ClaimState.OURS, "direct", TODAY),
            Fact(
                "copilot-business",
                TOM,
                False,
                "out of assignment data-team",
                WHERE,
                claim=ClaimState.OURS,
                actual="direct",
                last_used=TODAY - timedelta(days=3),
                next="revoked on Sat 28 Nov (pilot); ends with the paid month",
            ),
            Fact("figma-full", TOM, True, "assignment design", note="3 wanted, 1 free of 40: waits for a seat"),
            Fact("slack", TOM, True, claim=ClaimState.MISSING, next="drift: drift correct, or ask anew"),
            Fact("m365-e5", TOM, False, actual="group", last_used=TODAY - timedelta(days=1)),
            Fact("miro", TOM, False),
        ),
    )


@pytest.mark.parametrize("width", [60, 100])
def test_one_person_is_explained_like_this(width: int, as_text: SnapshotAssertion) -> None:
    assert explain_text.explain(tom(), today=TODAY, width=width) == as_text


def test_who_holds_nothing_is_told_so() -> None:
    shown = explain_text.explain(Explained(TOM, "Tom"), today=TODAY)
    assert shown == "Tom\nHolds nothing, is asked nothing, and nothing will happen.\n"


def test_a_license_that_many_hold_shows_what_happens_first_and_counts_the_rest() -> None:
    facts = tuple(
        Fact("slack", f"p{at:03}", True, actual="direct", next="revoked" if at == 99 else "") for at in range(100)
    )
    shown = explain_text.explain(Explained("slack", "Slack", facts), today=TODAY)
    assert shown.splitlines()[2] == "p099: held, as asked"
    assert shown.endswith("… 80 seats more: explain --all\n")
    assert shown.count("held, as asked") == 20
    assert (
        explain_text.explain(Explained("slack", "", facts), today=TODAY, everything=True).count("held, as asked") == 100
    )


def test_one_seat_is_named_by_what_was_asked() -> None:
    shown = explain_text.explain(Explained("slack", "Slack", (Fact("slack", "slack", True),)), today=TODAY)
    assert "slack: asked, not held" in shown


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_wider_than_asked_and_no_name_is_obeyed(width: int) -> None:
    fact = Fact(
        HOSTILE, HOSTILE, True, HOSTILE, Place(HOSTILE), TODAY, ClaimState.OURS, HOSTILE, TODAY, HOSTILE, HOSTILE
    )
    lines = explain_text.explain(Explained("x", HOSTILE, (fact,)), today=TODAY, width=width).splitlines()
    assert [line for line in lines if words.columns(line) > width or not line.isprintable()] == []
