"""What a journal claims and no commit bears out: whoever may push there and nowhere else takes no seat away."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.builders import CAUSE, COMMIT, claim, license, people, person, rule, tree, where

from seatwise.core import founded
from seatwise.core.claims import State
from seatwise.core.model import Claim, ClaimState, Level, People, Tree

OLD = "0123456789abcdef"
ANN = people(person("ann", aliases=("ann.lee",)))
NOBODY_ASKED = tree(license())


def doubted(one: Claim, *then: Tree, now: Tree = NOBODY_ASKED, who: str = "ann", known: People = ANN) -> list[Any]:
    journal = {"figma": State({"figma": {who: one}})}
    return list(founded.doubted(journal, now, known, lambda commit: then if commit == OLD else ()))


def ours(**fields: Any) -> Claim:
    return claim(commit=OLD, **fields)


def test_a_claim_that_no_commit_bears_out_is_held_and_says_where_to_look() -> None:
    (hold,) = doubted(ours(), tree(license(people=["bo"])), tree())
    assert (hold.rule, hold.level, hold.key, hold.license, hold.person) == (
        "claim-unfounded", Level.HOLD, "figma/ann", "figma", "ann",
    )  # fmt: skip
    assert "012345678 asked figma for ann" in hold.what and "seatwise/journal/figma" in hold.fix


def test_a_claim_that_names_a_commit_which_is_not_there_is_held() -> None:
    assert len(doubted(claim(commit="gone"), tree(license(people=["ann"])))) == 1


@pytest.mark.parametrize(
    "bears_out",
    [
        tree(license(people=["ann"])),
        tree(license(people=["ANN.Lee"])),
        tree(license("figma", rule(where(team="design")))),
    ],
)
def test_a_tree_that_names_the_person_or_has_a_rule_bears_it_out(bears_out: Tree) -> None:
    assert doubted(ours(), bears_out, NOBODY_ASKED) == []
    assert doubted(ours(), NOBODY_ASKED, bears_out) == []
    assert doubted(ours(), now=bears_out) == []


def test_who_is_not_in_hr_is_compared_by_name() -> None:
    named = tree(license(people=["Ann"]))
    assert doubted(ours(), named, known=people()) == []
    assert len(doubted(ours(), named, who="bo", known=people())) == 1


def test_only_what_would_move_a_seat_is_looked_at() -> None:
    assert doubted(claim(commit="")) == []
    assert doubted(ours(state=ClaimState.NONE)) == []
    assert len(doubted(ours(state=ClaimState.NONE, pending=CAUSE))) == 1


def test_each_commit_is_read_once() -> None:
    asked: list[str] = []
    journal = {"figma": State({"figma": {"ann": ours(), "bo": ours(), "cy": claim()}})}

    def trees(commit: str) -> tuple[Tree, ...]:
        asked.append(commit)
        return ()

    assert len(list(founded.doubted(journal, NOBODY_ASKED, ANN, trees))) == 3
    assert asked == [OLD, COMMIT]
