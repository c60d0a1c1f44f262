from datetime import date

import pytest
from tests.policies.reviews import PLACE, crowd, figures, found, people, review, swap, take

from seatwise import policies
from seatwise.core.model import Level, Person, Policy, Status, Tree

HELD = {"figma": figures("figma", 100)}
TAKES = tuple(take(who) for who in crowd(20))


def problems(id: str, **params: object) -> list[str]:
    file = Policy(id, Level.BLOCK, params, PLACE)
    return [f"{one.what} / {one.fix}" for one in policies.problems(Tree(policies={id: file}))]


def test_what_is_no_time_or_no_day_is_said_and_a_window_has_a_day() -> None:
    assert problems("change-window", days=["saturday"], opens="22:00", closes="04:00") == []
    assert problems("change-window", days=["caturday"], opens="25:00") == [
        "days[0] in policy 'change-window': 'caturday' is no choice / saturday",
        "opens in policy 'change-window': '25:00' is no clock / 04:00",
    ]
    assert problems("change-window", days=[]) == ["days in policy 'change-window': is empty / A day"]
    assert problems("freeze", periods=[{"name": "move", "from": "2026-13-01"}]) == [
        "periods[0].from in policy 'freeze': '2026-13-01' is no day / 2026-12-31",
        "periods[0].through in policy 'freeze': is missing / Its last day",
    ]


def test_windows_find_nothing_and_a_freeze_only_a_period_that_ends_before_it_begins() -> None:
    assert found("change-window", review(changes=TAKES)) == []
    good = {"name": "move", "from": date(2026, 5, 1), "through": date(2026, 5, 1)}
    bad = {"name": "back", "from": date(2026, 5, 2), "through": date(2026, 5, 1)}
    (finding,) = found("freeze", review(), periods=(good, bad))
    assert (finding.what, finding.fix) == ("back ends on 2026-05-01, before it begins", "through: 2026-05-02")


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        (TAKES, True),
        (TAKES[:5], False),
        (tuple(swap(who, "figma", "slack") for who in crowd(20)), True),
        ((), False),
    ],
)
def test_many_seats_are_taken_only_where_somebody_answers(changes: tuple[object, ...], stops: bool) -> None:
    findings = found("responder", review(changes=changes, figures=HELD))
    assert bool(findings) is stops
    assert all(one.level is Level.BLOCK and "nobody is named" in one.what for one in findings)


def test_somebody_who_is_there_answers_and_an_exact_reverse_waits_for_nobody() -> None:
    of = review(changes=TAKES, figures=HELD, people=people("ann", Person("off", status=Status.LEAVE)))
    assert found("responder", of, who=({"id": "ann"},)) == []
    assert found("responder", of, who=({"id": "off"},)) != []
    assert found("responder", of, who=({"id": "ann", "through": date(2026, 11, 23)},)) != []
    assert found("responder", review(changes=TAKES, figures=HELD, exact_reverse=True)) == []
