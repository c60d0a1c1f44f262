"""The embedded vendor's administrator: changes by hand, and faults, for tests, stories and the demo.

An administrator may do what the vendor allows and no more: a full pool is full here too. Readers see what was done
after the settle time, as with any write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

import msgspec

from seatwise.core.model.repo import Options
from seatwise.core.model.vendor import Origin, Pending, Seat
from seatwise.vendors.sandbox import faults
from seatwise.vendors.sandbox.service import Refused, Service


class Console:
    """Acts on the account's file; each call is one transaction. Raises Refused where the vendor would say no."""

    def __init__(self, service: Callable[[], AbstractContextManager[Service]]) -> None:
        self._service = service

    @contextmanager
    def _writing(self) -> Iterator[Service]:
        with self._service() as service, service.store.writing():
            yield service

    def hand_grant(
        self, sku: str, login: str, *, origin: Origin = Origin.DIRECT, group: str = "", options: Options = ()
    ) -> str:
        """Gives a seat by hand, through a group or by the vendor's own rule; the holder's id."""
        with self._writing() as service:
            store = service.store
            if sku not in store.pools():
                raise Refused(f"sells no {sku!r}")
            known = store.held(store.find(login)).get(sku)
            if known is None and store.room(sku) == 0:
                raise Refused(service.profile.full)
            holder = store.find(login) or store.enroll(login)
            store.put(sku, Seat(holder, login, origin, group, options))
            return holder

    def hand_revoke(self, sku: str, login: str) -> None:
        """Takes the seat at once, a group's or automatic one too; nothing, where there is none."""
        with self._writing() as service:
            service.store.drop(sku, service.store.find(login))

    def set_used(self, sku: str, login: str, day: date | None) -> None:
        """When the seat was last used; who uses it has accepted the invitation."""
        with self._writing() as service:
            holder = service.store.find(login)
            service.store.use(sku, holder, day)
            held = service.store.held(holder).get(sku)
            if held is not None and held.pending is Pending.INVITED:
                service.store.put(sku, msgspec.structs.replace(held, pending=Pending.NO))

    def rename(self, login: str, new: str) -> None:
        """The holder keeps the id."""
        with self._writing() as service:
            holder = service.store.find(login)
            if not holder or service.store.find(new) not in ("", holder):
                raise Refused(f"{new if holder else login} is {'somebody else' if holder else 'nobody'} there")
            service.store.rename(holder, new)

    def set_bought(self, sku: str, bought: int | None) -> None:
        """Buys or cuts seats, or sells a new sku; never below those in use. None: sold without a number."""
        with self._writing() as service:
            used = service.store.count(sku)
            if bought is not None and bought < used:
                raise Refused(f"{used} seats of {sku} are in use")
            service.store.buy(sku, bought)

    def fault(
        self, kind: str, *, times: int = 1, call: str = "", login: str = "", seconds: float = 0, skip: int = 0
    ) -> None:
        """Switches a fault on (see faults.Fault) for so many calls behind those it skips; of `read` or `write`, of one
        login."""
        with self._service() as service:
            faults.switch(service.store, faults.Switched(faults.Fault(kind), times, call, login, seconds, skip))

    def clear_faults(self) -> None:
        with self._service() as service:
            faults.clear(service.store)

    def seats(self, sku: str) -> tuple[Seat, ...]:
        """The truth, whatever readers are shown yet."""
        with self._service() as service:
            return tuple(service.store.page(sku, "", 2**31))

    def requests(self) -> int:
        """How many calls that may write have come in, refused and lost ones too."""
        with self._service() as service:
            return service.store.requests()
