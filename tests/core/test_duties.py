"""Who made, approved, gained by and applied a changeset, and where one person did two of these."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.test_trail import admission

from seatwise.core import duties, trail
from seatwise.core.model import Row, RowChange

AT = {"at": "2026-11-24T12:00:00Z"}


def user(who: str) -> RowChange:
    return RowChange(None, Row("user", ("v", "A", who, "", ""), {}))


def rules(record: dict[str, Any], *rows: RowChange, appliers: tuple[str, ...] = ()) -> list[str]:
    return [rule for rule, _ in duties.duty({**record, **AT}, rows, appliers).violations]


def test_duties_that_are_apart_are_told_and_nothing_else() -> None:
    gone = RowChange(Row("user", ("v", "A", "cy", "", ""), {}), None)
    one = duties.duty({**admission(), **AT}, (user("bo"), gone), ("job <job@x>", "job <job@x>"))
    assert (one.makers, one.checkers, one.beneficiaries) == (("ann", "ann-l", "ann@x"), ("boss",), ("bo",))
    assert (one.appliers, one.violations, one.how) == (("job <job@x>",), (), "approved")


def test_where_no_forge_tells_the_makers_it_is_the_author_of_the_commit() -> None:
    silent = {**admission(evidence={"request": None}), **AT}
    assert duties.duty(silent, (), (), "ann@x").makers == ("ann@x",)
    assert duties.duty(silent, (), ()).makers == ("ann",)


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (admission(approval={"how": trail.SINGLE, "evidence": {}}), "single"),
        (admission(approval={"how": "not asked", "evidence": {}}), "practice"),
        (admission(approval={"how": trail.RECOVERED, "evidence": {}}), "recovered"),
        (admission(evidence={"votes": []}), "nobody"),
        (admission(evidence={"request": {"author": "boss-l"}}), "made-and-approved"),
    ],
)
def test_duties_that_are_not_apart_are_violations(record: dict[str, Any], rule: str) -> None:
    assert rules(record) == [rule]


def test_who_approves_and_gains_or_approves_and_applies_is_named() -> None:
    assert rules(admission(), user("boss")) == ["approved-for-self"]
    assert rules(admission(), appliers=("Boss <boss>",)) == ["approved-and-applied"]
