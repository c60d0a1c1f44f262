"""How much the rows of a change can move at most, by license."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.core.builders import TODAY, license, rule, team, tree, where

from seatwise.core import effects, rows
from seatwise.core.model import Assignment, License, Lot, Mode, Never, Size

SALES = where(department="Sales")
LOT = (Lot("first", "initial", 40),)


def moved(before: License, after: License) -> Size | None:
    old, new = tree(before), tree(after)
    return effects.sizes(rows.changed(old, new), old, new, TODAY).get("figma")


def figma(*assignments: Assignment) -> License:
    return license("figma", *assignments)


@pytest.mark.parametrize(
    ("before", "after", "gives", "takes"),
    [
        (figma(team("ann")), figma(team("ann", "bo")), 1, 0),
        (figma(team("ann", "bo")), figma(team("ann")), 0, 1),
        (figma(), figma(rule(SALES, max=60)), 60, 0),
        (figma(rule(SALES, max=60)), figma(), 0, 60),
        (figma(rule(SALES, max=10)), figma(rule(SALES, max=60)), 60, 0),
        (figma(), replace(figma(), never=(Never("ann"),)), 0, 1),
        (replace(figma(), never=(Never("ann"),)), figma(), 1, 0),
        (replace(figma(), lots=LOT), replace(figma(), lots=LOT, mode=Mode.ENFORCE), 0, 40),
        (replace(figma(), lots=LOT), replace(figma(), lots=LOT, sku="OTHER"), 0, 40),
    ],
)
def test_what_comes_gives_and_what_goes_takes(before: License, after: License, gives: int, takes: int) -> None:
    assert moved(before, after) == Size("figma", gives + takes, gives, takes)


def test_what_belongs_to_no_license_has_no_size() -> None:
    old, new = tree(), replace(tree(), digests={"policies/x.yaml": "sha256:1"})
    assert effects.sizes(rows.changed(old, new), old, new, TODAY) == {}
