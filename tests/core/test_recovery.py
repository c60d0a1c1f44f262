"""A decision as if nothing had ever been done → the records that a lost journal begins anew with."""

from __future__ import annotations

from tests.core.builders import COMMIT, NOW, holding, license, people, reading, seat, situation, tree

from seatwise.core import canon, claims, decide, records, recovery
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.model import Claim, ClaimState, Made, Origin
from seatwise.core.recovery import Recovered

SAID = {"run": "r1", "by": "ann", "reason": "the forge lost it"}


def lost() -> AccountDecision:
    """ann has what she is asked for, bo does not, cy has it by a group, eve is asked for nothing; nobody has slack."""
    by_group = seat("cy", origin=Origin.GROUP, group="all")
    shown = reading(holding("ann", by_group, "eve"), holding(sku="SLACK"))
    asks = tree(license(people=["ann", "bo", "cy"]), license("slack", people=["bo"]))
    return decide.account("figma", situation(asks, people=people("ann", "bo", "cy", "eve"), reading=shown))


def folded(*written: records.Record) -> State:
    return claims.fold({**record, "at": canon.plain(NOW)} for record in written)


def test_what_becomes_of_the_seats_is_counted() -> None:
    assert recovery.told(lost()) == Recovered("figma", ours=2, drift=2, unlisted=1)


def test_what_is_asked_and_there_is_ours_and_nothing_is_pending() -> None:
    known = folded(*recovery.written(lost(), COMMIT, SAID))
    figma, slack = known.of("figma"), known.of("slack")
    assert (sorted(figma), list(slack), known.commit) == (["ann", "bo", "cy"], ["bo"], COMMIT)
    assert (figma["ann"].state, figma["ann"].made, figma["ann"].holder) == (ClaimState.OURS, Made.FOUND, "h-ann")
    assert {one.state for one in (figma["bo"], figma["cy"], slack["bo"])} == {ClaimState.NONE}
    every: list[Claim] = [*figma.values(), *slack.values()]
    assert {(one.pending, one.commit, one.asked) for one in every} == {(None, COMMIT, True)}


def test_it_begins_with_who_recovered_it_and_why() -> None:
    first = next(iter(recovery.written(lost(), COMMIT, SAID)))
    assert first == {"type": "recovered", **SAID, "commit": COMMIT}


def test_the_next_decision_gives_and_takes_nothing() -> None:
    known = folded(*recovery.written(lost(), COMMIT, SAID))
    asks, shown = tree(license(people=["ann", "bo"])), reading(holding("ann", "eve"), holding(sku="SLACK"))
    found = decide.account("figma", situation(asks, people=people("ann", "bo", "eve"), reading=shown, state=known))
    assert found.changes == () and [one.who for one in found.drift] == ["bo"]
