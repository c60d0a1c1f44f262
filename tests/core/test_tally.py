"""One rollout + what the journal says → who of it has what now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs
from tests.core.builders import COMMIT, NOW, claim, give, state

from seatwise.core import lifecycle, tally
from seatwise.core.claims import Sent, State
from seatwise.core.model import ClaimState, Item, Kind, Lane, Rollout, RolloutState, Stage, StageState, Tally

GIVES = tuple(Item(who, "figma", True, Kind.GIVES, "all") for who in ("ann", "bo", "cy", "dee"))
TAKES = tuple(Item(who, "slack", False, Kind.TAKES, "all") for who in ("ann", "bo", "cy"))
BEGUN = tuple(Stage(kind, "all", state=StageState.SOAKING) for kind in Kind)
ROLLOUT = Rollout("c0ffee", "figma", COMMIT, "Atlas", (*GIVES, *TAKES), BEGUN, NOW, state=RolloutState.HALTED)


def journal(*rollouts: Rollout) -> State:
    known = state(
        figma={"ann": claim(), "bo": claim(ClaimState.MISSING)},
        slack={"ann": claim(), "bo": claim(ClaimState.NONE)},
    )
    return replace(known, rollouts={one.id: one for one in rollouts})


def test_every_seat_of_the_frozen_list_is_under_one_head() -> None:
    known = replace(journal(), sent={"id": Sent("id", give("dee"), Lane.COMMIT, "c0ffee", "all", NOW)})
    assert tally.tally(ROLLOUT, known) == Tally(
        ROLLOUT,
        gained=(("ann", "figma"),),
        lacking=(("bo", "figma"), ("cy", "figma")),
        lost=(("bo", "slack"), ("cy", "slack")),
        keeping=(("ann", "slack"),),
        doubtful=(("dee", "figma"),),
    )


def test_whose_stage_has_not_begun_neither_lacks_nor_keeps_a_seat() -> None:
    later = tuple(replace(item, stage="rest") for item in ROLLOUT.items)
    stages = (Stage(Kind.GIVES, "all", state=StageState.WRITING), Stage(Kind.GIVES, "rest"), Stage(Kind.TAKES, "rest"))
    assert tally.tally(replace(ROLLOUT, items=(*later, *GIVES), stages=stages), journal()) == Tally(
        replace(ROLLOUT, items=(*later, *GIVES), stages=stages),
        gained=(("ann", "figma"), ("ann", "figma")),
        coming=(("bo", "figma"), ("cy", "figma"), ("dee", "figma")),
        lost=(("bo", "slack"), ("cy", "slack")),
        going=(("ann", "slack"),),
        lacking=(("bo", "figma"), ("cy", "figma"), ("dee", "figma")),
    )


def test_what_a_release_left_unlike_main_is_unmet_unless_something_later_says_it() -> None:
    known = state(
        figma={"ann": claim(), "bo": claim(ClaimState.NONE), "cy": claim(ClaimState.NONE), "dee": claim(asked=False)},
        slack={"ann": claim(asked=False), "bo": claim(ClaimState.NONE, asked=False), "cy": claim()},
    )
    for of in known.claims.values():
        of.update({who: structs.replace(one, commit="later" if who == "cy" else COMMIT) for who, one in of.items()})
    released = replace(ROLLOUT, state=RolloutState.CLOSED, why=lifecycle.RELEASED)
    known = replace(known, rollouts={"c0ffee": released})
    assert tally.unmet(released, known) == (("bo", "figma"), ("ann", "slack"))
    assert [one.unmet for one in tally.left(known)] == [tally.unmet(released, known)]
    assert tally.unmet(replace(released, why="done"), known) == ()


@pytest.mark.parametrize("to", RolloutState)
def test_a_person_decides_about_what_is_halted_or_taken_back_and_about_nothing_else(to: RolloutState) -> None:
    decides = to in (RolloutState.HALTED, RolloutState.HALTED_ABORT, RolloutState.ABORTING, RolloutState.ABORTED)
    found = [one.rollout.id for one in tally.undecided(journal(replace(ROLLOUT, state=to)))]
    assert found == (["c0ffee"] if decides else [])
