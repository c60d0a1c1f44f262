"""What an account's adapter has read lately, with what it has done since: so that apply need not read all of it once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from seatwise.core.model.change import Change, Grant
from seatwise.core.model.vendor import Holding, Origin, Pending, Seat
from seatwise.edges.clock import Clock

FRESH_SECONDS = 600
"""So long what was read may say whether a call is right."""


@dataclass(slots=True)
class Shown:
    """Seats by sku and holder. A holder is found by the vendor's own id, or by the login."""

    clock: Clock
    frees_at_once: bool = True
    _seats: dict[str, dict[str, Seat]] = field(default_factory=dict)
    _read: dict[str, float] = field(default_factory=dict)
    _holders: dict[str, str] = field(default_factory=dict)
    _logins: dict[str, str] = field(default_factory=dict)
    """What each holder is called now."""

    def keep(self, holding: Holding) -> Holding:
        """Remembers a complete reading of one sku."""
        self._seats[holding.sku] = {seat.holder: seat for seat in holding.seats}
        for seat in holding.seats:
            self.knows(seat.login, seat.holder)
        self._read[holding.sku] = self.clock.monotonic()
        return holding

    def stale(self, skus: Iterable[str]) -> list[str]:
        """Which of them have to be read before anything is decided by them."""
        now = self.clock.monotonic()
        return [sku for sku in skus if now - self._read.get(sku, -FRESH_SECONDS) >= FRESH_SECONDS]

    def knows(self, login: str, holder: str) -> None:
        """Somebody, with a seat or without, as the vendor lists its users. Who has no login is found by the id alone."""
        if login:
            self._holders[login.casefold()] = holder
        self._logins[holder] = login

    def holder(self, change: Change) -> str:
        """The vendor's id of the holder; empty: it has shown none.

        The id of the plan stands: somebody else may have got the login since. Only who is given something, and is there no
        more by that id, is found by the login.
        """
        if change.holder and (change.before is not None or change.holder in self._logins):
            return change.holder
        return self._holders.get(change.login.casefold(), change.holder)

    def login(self, change: Change) -> str:
        """What the holder is called now, for a vendor that is told names."""
        return self._logins.get(self.holder(change), change.login)

    def held(self, change: Change) -> Mapping[str, Seat]:
        """What the holder of this change has, by sku."""
        key = self._key(change)
        return {sku: seats[key] for sku, seats in self._seats.items() if key in seats}

    def done(self, change: Change, holder: str = "") -> None:
        """A change was made; `holder`: the id that the vendor has answered with."""
        if holder:
            self.knows(change.login, holder)
        key = holder or self._key(change)
        if change.before is not None and (change.after is None or change.after.sku != change.before.sku):
            self._gone(change.before, key)
        if change.after is not None:
            seat = Seat(key, change.login, options=change.after.options)
            self._seats.setdefault(change.after.sku, {})[key] = seat

    def again(self, holder: str, seats: Mapping[str, Seat]) -> None:
        """All that one holder has by a new reading, by sku."""
        for shown in self._seats.values():
            shown.pop(holder, None)
        for sku, seat in seats.items():
            self._seats.setdefault(sku, {})[holder] = seat

    def _key(self, change: Change) -> str:
        """The holder's id, or the login of one whose id was not shown yet."""
        return self.holder(change) or change.login.casefold()

    def _gone(self, grant: Grant, holder: str) -> None:
        seats = self._seats.setdefault(grant.sku, {})
        seat = seats.pop(holder, None)
        if seat is None:
            return
        if not self.frees_at_once:
            seats[holder] = msgspec.structs.replace(seat, pending=Pending.CANCELLED)
        elif seat.group:
            seats[holder] = msgspec.structs.replace(seat, origin=Origin.GROUP)
