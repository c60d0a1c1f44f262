import pytest
from tests.policies.reviews import found, held, policy, review, takes

from seatwise.core import limits


@pytest.mark.parametrize(
    ("sizes", "held_now", "bulk"),
    [
        ({}, {}, False),
        ({"figma": 5}, {"figma": 1000}, False),
        ({"figma": 6}, {"figma": 1000}, True),
        ({"figma": 3, "slack": 3}, {"figma": 1000, "slack": 1000}, True),
        ({"figma": 4}, {"figma": 41}, False),
        ({"figma": 4}, {"figma": 40}, True),  # exactly ten per cent is not under it
        ({"figma": 2}, {"figma": 9}, False),  # a small pool
        ({"figma": 3}, {"figma": 9}, True),
        ({"figma": 3}, {}, True),
        ({"figma": 0}, {"figma": 40}, False),
    ],
)
def test_bulk_is_more_than_five_seats_or_a_tenth_of_a_license(
    sizes: dict[str, int], held_now: dict[str, int], bulk: bool
) -> None:
    assert limits.bulk(sizes, held_now, limits.Limit(**policy("bulk-threshold").params)) is bulk


def test_the_threshold_itself_finds_nothing() -> None:
    assert found("bulk-threshold", review(changes=takes(300), figures=held(figma=300))) == []
