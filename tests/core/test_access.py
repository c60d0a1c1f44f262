"""What a credential may do, against what plan and apply need."""

from __future__ import annotations

import pytest

from seatwise.core.access import Weighed, advice, weighed
from seatwise.core.model import Access

NEEDS = Access("ci", None, ("Read | Manage", "List"), ("Manage",), ("Extra",))


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        (None, Weighed()),
        ({"Manage", "List"}, Weighed()),
        ({"Read", "List", "Extra"}, Weighed(to_write=("Manage",))),
        ({"Manage", "Root", "Admin"}, Weighed(("List",), (), ("Admin", "Root"))),
        (set(), Weighed(("Read", "List"), ("Manage",))),
    ],
)
def test_one_of_those_that_do_is_enough_and_what_nothing_needs_is_too_much(
    granted: set[str] | None, expected: Weighed
) -> None:
    given = None if granted is None else frozenset(granted)
    assert weighed(Access(NEEDS.who, given, NEEDS.reads, NEEDS.writes, NEEDS.also)) == expected


def test_each_is_told_with_what_to_do() -> None:
    assert list(advice(Weighed())) == []
    assert list(advice(Weighed(("A", "B"), ("C",), ("D",)))) == [
        ("was not given A, B, which plan needs", "grant it"),
        ("may plan, but was not given C", "grant it only to the credential of apply"),
        ("may do more than seatwise needs: D", "take it away"),
    ]
