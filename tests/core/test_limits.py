"""What counts as much, and what as a loss."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from seatwise.core import limits
from seatwise.core.limits import Limit
from seatwise.core.model import Duration, Exit, Person, Stop


def test_a_license_that_moves_nobody_is_not_bulk_even_at_a_limit_of_nothing() -> None:
    nothing = Limit(5, Decimal(0))
    assert not limits.bulk({"figma": 0}, {"figma": 20}, nothing)
    assert limits.bulk({"figma": 1}, {"figma": 20}, nothing)


@pytest.mark.parametrize(
    ("written", "length"),
    [
        (Duration(2, "months"), timedelta(days=60)),
        (Duration(1, "years"), timedelta(days=365)),
        (Duration(3, "weeks"), timedelta(days=21)),
        (Duration(90, "minutes"), timedelta(minutes=90)),
    ],
    ids=str,
)
def test_a_limit_of_time_is_a_length_whatever_the_calendar_says(written: Duration, length: timedelta) -> None:
    assert written.delta() == length


@pytest.mark.parametrize("key", ["manager", "start", "last_day", "shoe_size"])
def test_what_is_not_known_of_a_person_is_empty_and_no_word(key: str) -> None:
    assert Person("ann").attribute(key) == ""


def test_a_stop_says_what_it_is_also_as_a_plain_exception() -> None:
    assert str(Stop(Exit.ERROR, "no journal")) == "no journal"
