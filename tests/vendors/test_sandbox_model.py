"""Whatever runs and administrators do, the sandbox agrees with a model of a few lines: sets of logins per pool."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from seatwise.core.model import Account, Change, Grant, Pending, Place, Result
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors.sandbox import Sandbox
from seatwise.vendors.sandbox.profile import PROFILES
from seatwise.vendors.sandbox.service import Refused

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOGINS = st.sampled_from(["ann", "bo", "cy", "dee"])
SKUS = st.sampled_from(["a", "b"])


class Seats(RuleBasedStateMachine):
    """`held` are those who stand in a pool, `ending` those who are cancelled and still count."""

    @initialize(acts_like=st.sampled_from(sorted(PROFILES)), page=st.sampled_from(["1", "3"]))
    def start(self, acts_like: str, page: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        (root / "s.csv").write_text("sku,bought,login\na,2,\nb,3,\n")
        self.clock = SetClock(NOW)
        config = {"seed": "s.csv", "acts_like": acts_like, "page_size": page}
        site = Site(root, self.clock, lambda path: ((root / path).read_bytes(), NOW))
        self.vendor = Sandbox(Account("acme", "sandbox", config, Place("")), site)
        self.bought = {"a": 2, "b": 3}
        self.held: dict[str, set[str]] = {"a": set(), "b": set()}
        self.ending: dict[str, set[str]] = {"a": set(), "b": set()}
        self.ids: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def _full(self, sku: str, login: str) -> bool:
        taken = self.held[sku] | self.ending[sku]
        return login not in taken and len(taken) >= self.bought[sku]

    def _give(self, sku: str, login: str) -> None:
        self.held[sku].add(login)
        self.ending[sku].discard(login)

    @rule(sku=SKUS, login=LOGINS)
    def gives(self, sku: str, login: str) -> None:
        expected = Result.REFUSED if self._full(sku, login) else Result.DONE
        expected = Result.ALREADY if login in self.held[sku] else expected
        assert self._result(login, None, sku) is expected
        if expected is Result.DONE:
            self._give(sku, login)

    @rule(sku=SKUS, login=LOGINS)
    def takes(self, sku: str, login: str) -> None:
        invited = self._invited(sku, login)
        expected = Result.DONE if login in self.held[sku] else Result.ALREADY
        assert self._result(login, sku, None) is expected
        self._leaves(sku, login, at_once=invited)

    @rule(login=LOGINS)
    def swaps(self, login: str) -> None:
        invited = self._invited("a", login)
        had, has = login in self.held["a"], login in self.held["b"]
        expected = Result.REFUSED if self._full("b", login) else Result.DONE
        if not had:
            expected = Result.ALREADY if has else Result.CONFLICT
        assert self._result(login, "a", "b") is expected
        if expected is Result.DONE:
            self._give("b", login)
            self._leaves("a", login, at_once=invited)

    def _leaves(self, sku: str, login: str, *, at_once: bool) -> None:
        if login in self.held[sku] and not self.vendor.info.frees_at_once and not at_once:
            self.ending[sku].add(login)
        self.held[sku].discard(login)

    def _invited(self, sku: str, login: str) -> bool:
        return any(one.login == login and one.pending is Pending.INVITED for one in self.vendor.console.seats(sku))

    def _result(self, login: str, before: str | None, after: str | None) -> Result:
        grants = [Grant(sku, sku) if sku else None for sku in (before, after)]
        change = Change("acme", login, grants[0], grants[1], login=login, profile={"country": "DE"})
        (outcome,) = self.vendor.apply([change])
        return outcome.result

    @rule(sku=SKUS, login=LOGINS)
    def administrator_gives(self, sku: str, login: str) -> None:
        full = self._full(sku, login)
        try:
            self.vendor.console.hand_grant(sku, login)
        except Refused:
            assert full
        else:
            assert not full
            self._give(sku, login)

    @rule(sku=SKUS, login=LOGINS)
    def administrator_takes(self, sku: str, login: str) -> None:
        self.vendor.console.hand_revoke(sku, login)
        self.held[sku].discard(login)
        self.ending[sku].discard(login)

    @rule(sku=SKUS, bought=st.integers(0, 4))
    def administrator_buys(self, sku: str, bought: int) -> None:
        used = len(self.held[sku] | self.ending[sku])
        try:
            self.vendor.console.set_bought(sku, bought)
        except Refused:
            assert bought < used
        else:
            self.bought[sku] = bought

    @rule(login=LOGINS)
    def is_renamed_there_and_back(self, login: str) -> None:
        try:
            self.vendor.console.rename(login, f"{login}.new")
        except Refused:
            return
        self.vendor.console.rename(f"{login}.new", login)

    @rule()
    def month_ends(self) -> None:
        now = self.clock.now()
        year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
        self.clock.move_to(datetime(year, month, 1, tzinfo=UTC))
        self.ending = {"a": set(), "b": set()}

    @invariant()
    def agrees_with_the_model(self) -> None:
        if not hasattr(self, "vendor"):
            return
        for holding in self.vendor.read(None):
            standing = {seat.login for seat in holding.seats if seat.pending is not Pending.CANCELLED}
            ending = {seat.login for seat in holding.seats if seat.pending is Pending.CANCELLED}
            assert (standing, ending) == (self.held[holding.sku], self.ending[holding.sku])
            assert holding.pool.used == len(holding.seats) <= self.bought[holding.sku]
            for seat in holding.seats:
                assert self.ids.setdefault(seat.login, seat.holder) == seat.holder


Seats.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestSeats = Seats.TestCase
