"""`vendor: sandbox`: an embedded vendor in an SQLite file under the local state, made from a seed on first use.

It plays a real vendor (`acts_like`): capacity, seats from groups, invitations, cancellations, options, swaps, needs.
Config: `seed`, `acts_like`, `page_size` (100), `batch` (50), `settle` (`30 seconds`: then readers see a write).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from seatwise.core.model.change import Change, Verb
from seatwise.core.model.repo import Account, Place
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Outcome,
    Pool,
    Proof,
    Reading,
    Result,
    Seat,
    UnknownSku,
    Unreachable,
    VendorInfo,
)
from seatwise.core.near import near
from seatwise.core.precondition import verdict
from seatwise.edges.clock import Clock
from seatwise.edges.seatstore import Seed, opened
from seatwise.edges.sheet import fetch
from seatwise.edges.site import Site
from seatwise.vendors.sandbox.console import Console
from seatwise.vendors.sandbox.profile import PROFILES, Profile
from seatwise.vendors.sandbox.seed import seed
from seatwise.vendors.sandbox.service import Broken, Lost, Refused, Service, Throttled

BACKOFF = (1, 2, 4, 8)
"""Seconds before each further try at a call that failed; a 429 says its own."""
UNITS = {"second": 1, "minute": 60, "hour": 3600}
T = TypeVar("T")


def console(account: Account, site: Site) -> Console:
    """The account's administrator."""
    return Sandbox(account, site).console


def replica(reading: Reading, folder: Path, clock: Clock) -> Sandbox:
    """A copy of what an account showed, in an empty folder: it does what the account's adapter says of itself, at once."""
    pools = {sku: holding.pool.bought for sku, holding in reading.holdings.items()}
    profile = Profile(replace(reading.info, settle_seconds=0))
    account = Account(reading.account, reading.info.name, {"page_size": 10_000}, Place("seatwise.yaml"))
    return Sandbox(account, Site(folder, clock, _nothing), profile, Seed(pools, tuple(_copied(reading))))


def _copied(reading: Reading) -> Iterator[tuple[str, Seat]]:
    """Every seat, its holder under one name: a login that is missing, or that two holders have, is the holder's id."""
    names: dict[str, str] = {}
    for sku, holding in reading.holdings.items():
        for seat in holding.seats:
            known = names.setdefault(seat.login.casefold(), seat.holder) == seat.holder
            yield sku, seat if seat.login and known else msgspec.structs.replace(seat, login=seat.holder)


def _nothing(path: str) -> tuple[bytes, datetime]:
    raise FileNotFoundError(path)


class Sandbox:
    DESCRIBED = PROFILES["plain"].info

    def __init__(self, account: Account, site: Site, profile: Profile | None = None, start: Seed | None = None) -> None:
        """`profile` and `start` in place of what the account's `acts_like` and `seed` name."""
        self._account = account
        self._site = site
        self._path = site.state / "sandbox" / f"{account.id}.sqlite"
        self._page_size = _number(account, "page_size", 100)
        self._batch = _number(account, "batch", 50)
        self._profile = profile or _profile(account)
        self._start = start

    @property
    def info(self) -> VendorInfo:
        return self._profile.info

    @property
    def console(self) -> Console:
        return Console(self._service)

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        with self._service() as service:
            pools = service.store.pools()
            wanted = tuple(pools if skus is None else skus)
            for sku in wanted:
                if sku not in pools:
                    raise UnknownSku(sku, tuple(pools))
            for sku in wanted:
                yield self._holding(service, sku, pools[sku])

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        for start in range(0, len(changes), self._batch):
            with self._service() as service:
                for change in changes[start : start + self._batch]:
                    yield self._outcome(service, change)

    @contextmanager
    def _service(self) -> Iterator[Service]:
        with opened(self._path, self._site.clock, self._seed) as store:
            yield Service(self._account.id, store, self._profile, self._site.clock)

    def _seed(self) -> Seed:
        if self._start is not None:
            return self._start
        path = str(self._account.config.get("seed", ""))
        if not path:
            fix = f"add `seed: sandbox/{self._account.id}.csv` to it"
            raise IncompleteRead(f"{self._account.place}: account {self._account.id} has nothing to start from", fix)
        data, _ = fetch(self._site, path, f"see {self._account.place}")
        return seed(path, data)

    def _holding(self, service: Service, sku: str, bought: int | None) -> Holding:
        """Complete or not at all: as many rows as the vendor counts before and after, and nobody twice."""
        try:
            total = self._retried(lambda: service.count(sku))
            seats, pages = self._pages(service, sku)
            end = self._retried(lambda: service.count(sku, again=True))
        except (Throttled, Broken) as error:
            raise Unreachable(f"account {self._account.id}: {error}", "try again later") from error
        holders = len({seat.holder for seat in seats})
        if not len(seats) == holders == total == end:
            counted = f"{total}" if total == end else f"{total}, then {end}"
            what = f"{sku}: {len(seats)} rows of {holders} holders were read, the vendor counts {counted}"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        proof = Proof(len(seats), pages, self._site.clock.now(), total)
        return Holding(sku, Pool(bought, total), tuple(self._shown(seats)), proof)

    def _pages(self, service: Service, sku: str) -> tuple[list[Seat], int]:
        seats: list[Seat] = []
        pages = 0
        while True:
            after = seats[-1].holder if seats else ""
            page = self._retried(lambda after=after: service.page(sku, after, self._page_size))  # type: ignore[misc]
            seats += page
            pages += 1
            if len(page) < self._page_size:
                return seats, pages

    def _shown(self, seats: list[Seat]) -> list[Seat]:
        if self.info.key == "id":
            return seats
        return [msgspec.structs.replace(seat, holder=seat.login) for seat in seats]

    def _outcome(self, service: Service, change: Change) -> Outcome:
        try:
            return self._sent(service, change)
        except Refused as no:
            return Outcome(change, Result.REFUSED, self._holder(service, change), no.reason, no.fix)
        except (Throttled, Broken) as error:
            return Outcome(change, Result.FAILED, self._holder(service, change), str(error), "the next run tries again")
        except Lost:
            reason = "the answer was lost: it may have happened"
            return Outcome(change, Result.DOUBT, self._holder(service, change), reason, "read, before anything else")

    def _sent(self, service: Service, change: Change) -> Outcome:
        holder = _find(service, change)
        known = verdict(change, service.store.held(holder))
        if known is not None:
            reason = (known.result is Result.REFUSED and self._profile.inherited) or known.reason
            return Outcome(change, known.result, self._holder(service, change), reason, known.fix)
        self._check(service, change)
        self._call(service, change, holder or change.login)
        request = f"{self._account.id}-{service.store.requests()}"
        return Outcome(change, Result.DONE, self._holder(service, change), request=request)

    def _holder(self, service: Service, change: Change) -> str:
        found = _find(service, change)
        return service.store.login(found) if found and self.info.key == "login" else found

    def _check(self, service: Service, change: Change) -> None:
        """What the vendor would say no to whoever asks."""
        if change.after is None:
            return
        known = tuple(service.store.pools())
        if change.after.sku not in known:
            fix = near(change.after.sku, known) or f"it sells {', '.join(known)}"
            raise Refused(f"sells no {change.after.sku!r}", fix)
        if not change.login and not _find(service, change):
            raise Refused(f"{change.who} has no login here", "fill the login in the people source")
        missing = [name for name in self.info.needs if change.verb is Verb.ASSIGN and not change.profile.get(name)]
        if missing:
            raise Refused(self._profile.needed.format(field=missing[0]), f"fill {missing[0]} in the people source")
        strange = [name for name, _ in change.after.options if name not in self.info.options]
        if strange:
            fix = f"one of {', '.join(sorted(self.info.options))}" if self.info.options else "leave it out"
            raise Refused(f"knows no option {strange[0]!r}", fix)

    def _call(self, service: Service, change: Change, name: str) -> None:
        before, after = change.before, change.after
        if before is None or (after is not None and before.sku == after.sku):
            assert after is not None
            self._retried(lambda: service.give(name, after.sku, after.options))
        elif after is None:
            self._retried(lambda: service.take(name, before.sku))
        elif self.info.atomic_swap:
            self._retried(lambda: service.swap(name, before.sku, after.sku, after.options))
        else:
            self._retried(lambda: service.give(name, after.sku, after.options))
            self._take_left(service, name, before.sku)

    def _take_left(self, service: Service, name: str, sku: str) -> None:
        """The second half of a swap in two calls: give, then take, so that nobody is without. Half done is in doubt."""
        try:
            self._retried(lambda: service.take(name, sku))
        except (Refused, Throttled, Broken) as error:
            raise Lost from error

    def _retried(self, call: Callable[[], T]) -> T:
        """The call's answer, at most five tries. A loop of our own and no library: waiting must move the clock that we
        are given, by exactly what the vendor says."""
        for seconds in BACKOFF:
            try:
                return call()
            except Throttled as told:
                self._site.clock.sleep(told.seconds)
            except Broken:
                self._site.clock.sleep(seconds)
        return call()


def _find(service: Service, change: Change) -> str:
    return next(filter(None, (service.store.find(name) for name in (change.holder, change.login) if name)), "")


def _profile(account: Account) -> Profile:
    name = str(account.config.get("acts_like", "plain"))
    if name not in PROFILES:
        what = f"{account.place}: account {account.id} acts like {name!r}, which is unknown"
        raise Stop(Exit.ERROR, what, near(name, PROFILES) or f"one of {', '.join(PROFILES)}")
    profile = PROFILES[name]
    return replace(profile, info=replace(profile.info, settle_seconds=_seconds(account)))


def _seconds(account: Account) -> int:
    text = str(account.config.get("settle", "0 seconds"))
    count, _, unit = text.partition(" ")
    if not count.isdecimal() or unit.removesuffix("s") not in UNITS:
        raise Stop(Exit.ERROR, f"{account.place}: {text!r} is no settle time of account {account.id}", "30 seconds")
    return int(count) * UNITS[unit.removesuffix("s")]


def _number(account: Account, key: str, default: int) -> int:
    text = str(account.config.get(key, default))
    if not text.isdecimal() or int(text) < 1:
        raise Stop(Exit.ERROR, f"{account.place}: {key} {text!r} of account {account.id} is no number", str(default))
    return int(text)
