"""What was read lately: a holder is found by the id, or by the login, where there is one."""

from __future__ import annotations

from datetime import UTC, datetime

from seatwise.core.model import Change, Grant, Holding, Pool, Proof, Seat
from seatwise.edges.clock import SetClock
from seatwise.edges.shown import Shown

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PRO = Grant("license-pro", "pro")


def shown(*seats: Seat) -> Shown:
    made = Shown(SetClock(NOW))
    made.keep(Holding("pro", Pool(None, len(seats)), seats, Proof(len(seats), 1, NOW)))
    return made


def test_somebody_without_a_login_is_nobody_elses_holder() -> None:
    """A person whom the people source gives no login is not the one whom the vendor shows without one."""
    made = shown(Seat("u-1", ""), Seat("u-2", "ann"))
    nameless = Change("acme", "bo@acme.example", None, PRO, "", "")
    assert made.holder(nameless) == ""
    assert made.held(nameless) == {}


def test_somebody_without_a_login_is_found_by_the_id() -> None:
    made = shown(Seat("u-1", ""))
    taken = Change("acme", "bo@acme.example", PRO, None, "u-1", "")
    assert (made.holder(taken), made.login(taken), list(made.held(taken))) == ("u-1", "", ["pro"])


def test_what_is_given_to_somebody_without_a_login_is_given_to_no_other_one() -> None:
    made = shown()
    made.done(Change("acme", "bo@acme.example", None, PRO, "", ""), "u-3")
    assert made.held(Change("acme", "cy@acme.example", None, PRO, "", "")) == {}
