"""What a vendor showed once → the rows that bring it back, and what no row can."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from tests.core.builders import (
    MOMENT,
    NOW,
    bundle,
    claims,
    holding,
    license,
    people,
    person,
    reading,
    rule,
    seat,
    situation,
    state,
    team,
    tree,
    where,
)

from seatwise.core import canon, decide, snapshots
from seatwise.core.model import ClaimState, License, Mode, Never, Origin, Pending, Seat, Status
from seatwise.core.snapshots import Edit, Restore, Snapshot

TAKEN = Snapshot("c0ffee", "figma", NOW, "Atlas", "sha256:c0ffee", 7)
HR = (person("ann", department="design"), person("bo"), person("eve", status=Status.LEFT))


def back(
    asks: License, *had: str | Seat, ours: Iterable[str] = ("ann", "bo"), bought: int | None = 100, **fields: Any
) -> Restore:
    """What brings back that these had a seat, where nobody has one now."""
    known = state(figma=claims(*ours, **fields.pop("claim", {})))
    there = fields.pop("tree", tree(asks))
    decision = decide.account("figma", situation(there, people=people(*HR), reading=reading(holding(bought=bought))))
    seats = {"FIGMA": tuple(one if isinstance(one, Seat) else seat(one) for one in had)}
    return snapshots.restore(TAKEN, seats, known, decision, people(*HR), MOMENT, there)


def test_the_body_of_a_snapshot_is_read_as_it_was_written() -> None:
    shown = holding("ann", seat("bo", options=(("plan", "pro"),), origin=Origin.GROUP, group="all"))
    body = json.loads(canon.canonical(canon.plain({"FIGMA": shown})))
    assert snapshots.holdings(body) == {"FIGMA": shown.seats}


def test_who_had_one_of_ours_and_is_not_asked_gets_a_row() -> None:
    assert back(license(people=["bo"]), "ann", "bo").edits == (Edit("give", "figma", "ann", "restored"),)


def test_who_had_none_and_is_asked_by_name_loses_that_row() -> None:
    assert back(license("figma", team("ann", name="core"))).edits == (Edit("drop", "figma", "ann", "core"),)
    cancelled = seat("ann", pending=Pending.CANCELLED)
    assert back(license("figma", team("ann", name="core")), cancelled).edits == (Edit("drop", "figma", "ann", "core"),)


def dropped(*names: str) -> Restore:
    """What takes these rows back, of which a seat of cy's is known, who is not in HR; `ann.old` is ann."""
    hr = people(person("ann", aliases=("ann.old",)))
    there, known = tree(license(people=names)), state(figma=claims("cy"))
    decision = decide.account("figma", situation(there, people=hr, state=known))
    return snapshots.restore(TAKEN, {"FIGMA": ()}, known, decision, hr, MOMENT, there)


def test_a_row_with_a_former_name_goes_under_that_name() -> None:
    assert dropped("ann.old").edits == (Edit("drop", "figma", "ann.old", "team"),)


def test_who_keeps_a_seat_by_a_name_that_no_row_has_is_listed() -> None:
    assert dropped("cy.old", "ann") == Restore(
        TAKEN,
        (Edit("drop", "figma", "ann", "team"), Edit("drop", "figma", "cy.old", "team")),
        ("figma: no row of 'team' names cy, who is asked by a former one",),
    )


def test_whom_a_rule_or_a_bundle_asks_gets_a_never_row() -> None:
    asked = license("figma", rule(where(department="design")))
    assert back(asked).edits == (Edit("never", "figma", "ann"),)
    bundled = tree(license(), bundles=[bundle("starter", [team("bo")], ["figma"])])
    assert back(license(), tree=bundled).edits == (Edit("never", "figma", "bo"),)


def test_whom_a_row_and_a_rule_or_a_bundle_ask_loses_the_row_and_gets_a_never_row() -> None:
    rows = (Edit("drop", "figma", "ann", "core"), Edit("never", "figma", "ann"))
    assert back(license("figma", team("ann", name="core"), rule(where(department="design")))).edits == rows
    asked = license("figma", team("ann", name="core"))
    assert back(asked, tree=tree(asked, bundles=[bundle("starter", [team("ann")], ["figma"])])).edits == rows


def test_whom_two_rows_ask_loses_both() -> None:
    asked = license("figma", team("ann", name="core"), team("ann", name="more"))
    assert back(asked).edits == (Edit("drop", "figma", "ann", "core"), Edit("drop", "figma", "ann", "more"))


def test_what_is_as_it_was_needs_no_row() -> None:
    assert back(license(people=["ann"]), "ann") == Restore(TAKEN, (), ())
    assert back(license(), seat("ann", pending=Pending.CANCELLED)) == Restore(TAKEN, (), ())


@pytest.mark.parametrize(
    ("asks", "had", "ours", "why"),
    [
        (license(), seat("ann", origin=Origin.GROUP, group="all staff"), ["ann"], "ann had it through all staff"),
        (license(), seat("ann", origin=Origin.AUTO), ["ann"], "ann had it through auto"),
        (license(), "ann", [], "ann had one that was not ours"),
        (license(never=(Never("ann"),)), "ann", ["ann"], "ann stands under never now"),
        (license(), "eve", ["eve"], "eve has left"),
    ],
)
def test_what_no_row_brings_back_is_listed(asks: License, had: str | Seat, ours: list[str], why: str) -> None:
    assert back(asks, had, ours=ours) == Restore(TAKEN, (), (f"figma: {why}",))


def test_a_seat_that_was_missing_then_is_not_brought_back() -> None:
    found = back(license(), "ann", claim={"state": ClaimState.MISSING})
    assert found.left == ("figma: ann had one that was not ours",)


def test_who_is_in_no_source_is_listed() -> None:
    found = back(license(), "zoe", ours=["zoe", "?zoe", "?h-zoe"])
    assert found.edits == () and len(found.left) == 1 and "nobody in HR is" in found.left[0]


@pytest.mark.parametrize("asks", [license(mode=Mode.OBSERVE), license(sku="OTHER")])
def test_what_is_only_observed_or_not_in_the_snapshot_is_left_alone(asks: License) -> None:
    assert back(asks, "ann") == Restore(TAKEN, (), ())


@pytest.mark.parametrize(
    ("bought", "left"),
    [
        (None, ()),
        (2, ()),
        (1, ("figma: 1 of 2 wait for a free seat",)),
        (0, ("figma: 2 of 2 wait for a free seat",)),
    ],
)
def test_who_waits_for_a_seat_is_said_and_gets_the_row_all_the_same(bought: int | None, left: tuple[str, ...]) -> None:
    found = back(license(), "ann", "bo", bought=bought)
    assert (found.left, len(found.edits)) == (left, 2)
