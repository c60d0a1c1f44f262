"""The embedded vendor's own side: one call in, an answer or a failure out, by the rules of the vendor that it plays.

Each write is one transaction. Faults that are switched on meet calls here, as they would on a wire.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

import msgspec

from seatwise.core.model.repo import Options
from seatwise.core.model.vendor import BadCredentials, Origin, Pending, Seat, Unreachable
from seatwise.edges.clock import Clock
from seatwise.edges.seatstore import SeatStore
from seatwise.vendors.sandbox.faults import Fault, Switched, kinds, met
from seatwise.vendors.sandbox.profile import Profile


class Throttled(Exception):
    """429: come back in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"429: retry after {seconds:g} seconds")
        self.seconds = seconds


class Broken(Exception):
    """5xx: nothing happened."""


class Lost(Exception):
    """No answer came; the call may have happened."""


class Refused(Exception):
    """The vendor says no, and why."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class Service:
    """Calls of one account. `give`, `take`, `swap` answer the holder's immutable id."""

    def __init__(self, account: str, store: SeatStore, profile: Profile, clock: Clock) -> None:
        self.account = account
        self.store = store
        self.profile = profile
        self.clock = clock
        self._on: frozenset[str] = frozenset()

    def count(self, sku: str, *, again: bool = False) -> int:
        """Seats of this sku that a reader is shown; `again`: behind the last page."""
        self._meets("read")
        shrunk = again and self._met(Fault.SHRINKS, "read")
        return self.store.count(sku, ago=self.profile.info.settle_seconds) - bool(shrunk)

    def page(self, sku: str, after: str, limit: int) -> list[Seat]:
        """Seats by holder, behind this one; fewer than `limit` only on the last page."""
        self._meets("read")
        seats = self.store.page(sku, after, limit, ago=self.profile.info.settle_seconds)
        if self._met(Fault.EMPTY_READ, "read"):
            return []
        if seats and self._met(Fault.SHORT_PAGE, "read"):
            return seats[:-1]
        return [*seats[:-1], seats[0]] if len(seats) > 1 and self._met(Fault.DUPLICATES, "read") else seats

    def give(self, name: str, sku: str, options: Options) -> str:
        """A seat for this holder or new login; another's options, where one is held."""
        return self._write(name, lambda: self._given(name, sku, options))

    def take(self, name: str, sku: str) -> str:
        return self._write(name, lambda: self._taken(name, sku))

    def swap(self, name: str, left: str, reached: str, options: Options) -> str:
        """Both in one call or neither; only where the vendor can."""

        def both() -> str:
            holder = self._given(name, reached, options)
            self._taken(name, left)
            return holder

        return self._write(name, both)

    def _given(self, name: str, sku: str, options: Options) -> str:
        known = self.store.find(name)
        held = self.store.held(known).get(sku) if known else None
        if held is None and self.store.room(sku) == 0:
            raise Refused(self.profile.full, "buy seats, or take one from somebody who doesn't use it")
        holder = known or self.store.enroll(name)
        if held is not None:
            self.store.put(sku, msgspec.structs.replace(held, options=options, pending=_standing(held), ends=None))
            return holder
        if self.profile.info.undo != "exact":
            self.store.use(sku, holder, None)
        pending = Pending.INVITED if self.profile.invites and not known else Pending.NO
        self.store.put(sku, Seat(holder, name, options=options, pending=pending))
        return holder

    def _taken(self, name: str, sku: str) -> str:
        holder = self.store.find(name)
        held = self.store.held(holder).get(sku)
        if held is None:
            return holder
        if held.origin is not Origin.DIRECT:
            raise Refused(self.profile.inherited or f"the seat comes from {held.group or held.origin}")
        if not self.profile.info.frees_at_once and held.pending is not Pending.INVITED:
            ends = _month_end(date.fromisoformat(self.store.today))
            self.store.put(sku, msgspec.structs.replace(held, pending=Pending.CANCELLED, ends=ends))
        else:
            self.store.drop(sku, holder)
        return holder

    def _write(self, name: str, do: Callable[[], str]) -> str:
        """A call meets what goes wrong before it, happens, and meets what goes wrong with its answer."""
        self.store.request()
        login = self._login(name)
        self._meets("write", login)
        self._meets_a_refusal(login)
        with self.store.writing():
            holder = do()
        if self._met(Fault.LOST_AFTER, "write", login):
            raise Lost
        return holder

    def _login(self, name: str) -> str:
        holder = self.store.find(name)
        return self.store.login(holder) if holder else name

    def _met(self, kind: Fault, call: str, login: str = "") -> Switched | None:
        return met(self.store, kind, call, login) if kind in self._on else None

    def _meets(self, call: str, login: str = "") -> None:
        """What goes wrong before a call; what is switched on from here on meets the next one."""
        self._on = kinds(self.store)
        if slow := self._met(Fault.SLOW, call, login):
            self.clock.sleep(slow.seconds)
        if self._met(Fault.DOWN, call, login):
            raise Unreachable(f"account {self.account} does not answer", "try again; nothing is lost")
        if throttled := self._met(Fault.THROTTLED, call, login):
            raise Throttled(throttled.seconds)
        if self._met(Fault.BROKEN, call, login):
            raise Broken("500: internal error")

    def _meets_a_refusal(self, login: str) -> None:
        if self._met(Fault.FORBIDDEN, "write", login):
            fix = f"grant {self.profile.may_write}; plan works already"
            raise BadCredentials(f"account {self.account} may only read (403)", fix)
        if self._met(Fault.LOST_BEFORE, "write", login):
            raise Lost
        if self._met(Fault.REFUSED, "write", login):
            raise Refused("a rule of the vendor's administrator forbids it", "ask the administrator there")


def _standing(seat: Seat) -> Pending:
    """A cancelled seat that is given again stands; an invitation stays one."""
    return Pending.NO if seat.pending is Pending.CANCELLED else seat.pending


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
