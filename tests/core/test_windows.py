"""When what takes seats may go: windows on the holder's clock, daylight saving, freezes, people on duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatwise.core import windows
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Grant,
    Kind,
    Lane,
    People,
    Person,
    Rollout,
    Stage,
    Status,
)
from seatwise.core.windows import Calendar, Duty, Freeze, Window, Windows

WEEKEND = Window(frozenset({5, 6}), time(4), time(20))
NIGHTS = Window(frozenset({0, 1, 2, 3}), time(22), time(4))
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")
BULK = Rollout("c0ffee", "v", "c0ffee", "Take", (), (Stage(Kind.TAKES, "pilot"),), TUESDAY, bulk=True)


def person(id: str, zone: str = "", status: Status = Status.ACTIVE) -> Person:
    return Person(id, zone=zone, status=status)


def take(who: str = "ann") -> Change:
    return Change("v", who, Grant("a", "A"), None, cause=Cause(CauseKind.COMMIT, "c0ffee"))


def give(who: str = "ann") -> Change:
    return Change("v", who, None, Grant("a", "A"), cause=Cause(CauseKind.COMMIT, "c0ffee"))


def calendar(window: Window | None = WEEKEND, now: datetime = TUESDAY, zone: str = "UTC", **rules: object) -> Calendar:
    people = People(
        {p.id: p for p in (person("ann"), person("ny", "America/New_York"), person("off", status=Status.LEAVE))}
    )
    return Calendar(Windows(window, **rules), people, zone, now=now)  # type: ignore[arg-type]


def opens(of: Calendar, at: datetime, who: str = "ann") -> datetime:
    return of.opens(take(who), Lane.COMMIT, BULK, at)


def test_a_bulk_take_waits_for_the_window_of_its_holder() -> None:
    of = calendar()
    assert opens(of, TUESDAY) == datetime(2026, 11, 28, 4, tzinfo=UTC)
    assert opens(of, TUESDAY, "ny") == datetime(2026, 11, 28, 9, tzinfo=UTC)
    shut = of.shut(take(), Lane.COMMIT, BULK)
    assert shut is not None
    assert (shut.rule, shut.what) == ("change-window", "its window opens 2026-11-28 04:00 in UTC")
    assert replace(of, now=datetime(2026, 11, 28, 4, tzinfo=UTC)).shut(take(), Lane.COMMIT, BULK) is None
    assert replace(of, now=datetime(2026, 11, 28, 20, tzinfo=UTC)).shut(take(), Lane.COMMIT, BULK) is not None


@pytest.mark.parametrize(
    ("change", "way", "rollout"),
    [
        (give(), Lane.COMMIT, BULK), (take(), Lane.COMMIT, None), (take(), Lane.COMMIT, replace(BULK, bulk=False)),
        (take(), Lane.REVERSE, BULK), (take(), Lane.LEAVERS, None), (take(), Lane.EXPIRY, None), (give(), Lane.JOINERS, None),
    ],
)  # fmt: skip
def test_what_else_there_is_never_waits(change: Change, way: Lane, rollout: Rollout | None) -> None:
    of = calendar(freezes=(Freeze("always", date.min, date.max),), duties=())
    assert of.shut(change, way, rollout) is None
    assert of.opens(change, way, rollout, TUESDAY) == TUESDAY


def test_what_is_unlisted_waits_for_windows_and_what_movers_lose_only_for_a_freeze() -> None:
    of = calendar(freezes=(), duties=())
    assert of.shut(take(), Lane.UNLISTED, None) is not None
    assert of.shut(take(), Lane.MOVERS, None) is None
    frozen = calendar(freezes=(Freeze("move", date(2026, 11, 24), date(2026, 11, 26)),))
    shut = frozen.shut(take(), Lane.MOVERS, None)
    assert shut is not None
    assert (shut.rule, shut.what) == ("freeze", "frozen for move: goes from 2026-11-27 00:00 in UTC")


def test_a_window_goes_by_the_clocks_of_summer_and_winter() -> None:
    of = calendar(zone="Europe/Berlin")
    assert opens(of, datetime(2026, 3, 27, tzinfo=UTC)) == datetime(2026, 3, 28, 3, tzinfo=UTC)
    assert opens(of, datetime(2026, 3, 28, 20, tzinfo=UTC)) == datetime(2026, 3, 29, 2, tzinfo=UTC)
    early = calendar(Window(frozenset({6}), time(2, 30), time(3, 30)), zone="Europe/Berlin")
    assert opens(early, datetime(2026, 3, 28, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert opens(early, datetime(2026, 10, 24, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    of = calendar(NIGHTS)
    late = datetime(2026, 11, 25, 3, 59, tzinfo=UTC)
    assert opens(of, late) == late
    assert opens(of, datetime(2026, 11, 25, 4, tzinfo=UTC)) == datetime(2026, 11, 25, 22, tzinfo=UTC)
    assert opens(of, datetime(2026, 11, 27, 4, tzinfo=UTC)) == datetime(2026, 11, 30, 22, tzinfo=UTC)


def test_a_window_does_not_open_on_a_frozen_day_and_ends_where_one_begins() -> None:
    of = calendar(NIGHTS, freezes=(Freeze("move", date(2026, 11, 25), date(2026, 11, 25)),))
    assert opens(of, datetime(2026, 11, 24, 23, tzinfo=UTC)) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert opens(of, datetime(2026, 11, 25, 1, tzinfo=UTC)) == datetime(2026, 11, 26, 22, tzinfo=UTC)


@pytest.mark.parametrize(("day", "frozen"), [(27, False), (28, True), (31, True)])
def test_the_close_of_a_quarter_is_frozen_on_both_sides(day: int, frozen: bool) -> None:
    of = calendar(None, freezes=(), quarter=3)
    at = datetime(2026, 12, day, 12, tzinfo=UTC)
    assert (opens(of, at) > at) is frozen
    assert opens(of, datetime(2026, 12, 28, tzinfo=UTC)) == datetime(2027, 1, 4, tzinfo=UTC)
    shut = replace(of, now=datetime(2026, 12, 31, tzinfo=UTC)).shut(take(), Lane.COMMIT, BULK)
    assert shut is not None
    assert "the quarter's close" in shut.what


def test_where_no_window_ever_opens_what_waits_is_far_off() -> None:
    of = calendar(freezes=(Freeze("for good", date.min, date.max),))
    assert opens(of, TUESDAY) == TUESDAY + timedelta(days=windows.HORIZON)


@pytest.mark.parametrize(
    ("duties", "why"),
    [
        ((Duty("ann"),), None),
        ((), "nobody is named to answer when something goes wrong"),
        ((Duty("ann", date(2026, 12, 1)),), "nobody is named to answer when something goes wrong today"),
        ((Duty("off"), Duty("who")), "nobody who answers is there: off is leave, who is not in the directory"),
    ],
)
def test_nothing_goes_while_nobody_answers(duties: tuple[Duty, ...], why: str | None) -> None:
    shut = calendar(None, duties=duties).shut(take(), Lane.COMMIT, BULK)
    assert (shut and (shut.rule, shut.what)) == (why and ("responder", why))


def test_what_lets_a_policy_pass_lets_its_change_go() -> None:
    frozen = (Freeze("move", date(2026, 11, 24), date(2026, 11, 26)),)
    for rules in ("change-window", "change-window freeze", "change-window freeze responder"):
        of = replace(
            calendar(freezes=frozen, duties=()), lets=lambda rule, change, passed=rules: rule in passed.split()
        )
        shut = of.shut(take(), Lane.COMMIT, BULK)
        assert (shut and shut.rule) == {1: "freeze", 2: "responder", 3: None}[len(rules.split())]


def test_windows_that_have_passed_are_counted_from_the_turn_of_the_stage() -> None:
    of = calendar(now=datetime(2026, 11, 29, 20, tzinfo=UTC))
    assert of.missed(take(), TUESDAY) == 2
    assert replace(of, now=datetime(2026, 11, 29, 19, tzinfo=UTC)).missed(take(), TUESDAY) == 1
    assert of.missed(take(), datetime(2026, 11, 28, 5, tzinfo=UTC)) == 1
    assert calendar(None, freezes=()).missed(take(), TUESDAY - timedelta(days=9)) == 0


@settings(deadline=None, max_examples=80)
@given(
    st.integers(0, 24 * 700), st.sampled_from(ZONES), st.sampled_from([WEEKEND, NIGHTS]),
    st.integers(0, 3),
)  # fmt: skip
def test_a_window_that_opens_is_open_on_the_clock_on_the_wall(
    hours: int, zone: str, window: Window, quarter: int
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    found = opens(calendar(window, zone=zone, freezes=(), quarter=quarter), moment)
    wall = found.astimezone(ZoneInfo(zone))
    day = wall.date() if wall.time() >= window.opens or window is WEEKEND else wall.date() - timedelta(days=1)
    assert found >= moment
    assert day.weekday() in window.days
    inside = window.opens <= wall.time() < window.closes
    assert inside if window is WEEKEND else wall.time() >= window.opens or wall.time() < window.closes
    assert opens(calendar(window, zone=zone, freezes=(), quarter=quarter), found) == found
