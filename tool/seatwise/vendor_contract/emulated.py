"""A vendor under contract that is played by an emulator on loopback; what passes is held against the official contract."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from seatwise.core.model import Account, Place, Vendor
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Checker, Emulator, Reply, Request, Served, unchecked
from seatwise.vendors import open_vendor

HTTP = {"timeout-after": "lost", "timeout-before": "drop", "down": "drop"}
"""Faults of the contract → of the server."""
PLACES = ("page", "startIndex", "offset", "pageToken", "after", "$skiptoken")
"""How requests name a page."""


@dataclass
class Emulated:
    """Subclasses say how their vendor is emulated, and what a person does by hand there."""

    root: Path
    site: Site
    vendor_name: ClassVar[str]
    skus: ClassVar[Mapping[str, str]]
    """The suite's names → the vendor's skus."""
    refusal: ClassVar[Reply]
    """How this vendor says no for one person."""
    config: Mapping[str, Any] = field(default_factory=dict)
    cannot: Mapping[str, str] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()

    def emulator(self) -> Emulator:
        raise NotImplementedError

    def checks(self) -> Checker:
        return unchecked

    def __post_init__(self) -> None:
        self.played: Any = self.emulator()
        self.server = Served(self.played, self.checks())
        self._finalizer = weakref.finalize(self, self.server.close)

    @property
    def clock(self) -> SetClock:
        assert isinstance(self.site.clock, SetClock)
        return self.site.clock

    @property
    def told(self) -> Mapping[str, Any]:
        """What seatwise.yaml says of the account."""
        return {"url": self.server.url, "token": "env:CONTRACT_TOKEN", **self.config}

    @property
    def vendor(self) -> Vendor:
        return open_vendor(Account("acme", self.vendor_name, self.told, Place("seatwise.yaml", 9)), self.site)

    def sku(self, name: str) -> str:
        return self.skus.get(name, name)

    def name(self, sku: str) -> str:
        return {sku: name for name, sku in self.skus.items()}.get(sku, sku)

    def settle(self) -> None:
        self.clock.sleep(self.vendor.info.settle_seconds)

    def requests(self) -> int:
        return len([one for one in self.server.requests if self.writes(one)])

    def writes(self, request: Request) -> bool:
        """Whether this request changes seats."""
        return request.writes

    def reads(self, request: Request) -> bool:
        """Whether this request reads seats, users or what is sold; a login does neither."""
        return not self.writes(request) and "token" not in request.path

    def later_page(self, request: Request) -> bool:
        """Whether this request is for another page than the first one of a list."""
        return any(request.query.get(name, "") not in ("", "0", "1") for name in PLACES)

    def fault(self, kind: str, *, times: int = 1, login: str = "", seconds: float = 0, call: str = "") -> None:
        def matches(request: Request) -> bool:
            kinds = {"": True, "read": not self.writes(request), "write": self.writes(request)}
            return kinds[call] and (not login or self.is_about(request, login))

        if kind == "429":
            self.server.breaks(kind, times=times, matches=matches, reply=Reply(429, {}, {"Retry-After": f"{seconds}"}))
        elif kind == "refuse":
            self.server.breaks(kind, times=99, matches=matches, reply=self.refusal)
        else:
            many = 99 if kind == "down" else times
            self.server.breaks(HTTP.get(kind, kind), times=many, matches=matches)

    def is_about(self, request: Request, login: str) -> bool:
        return login in request.data.decode() or login in request.path

    def finished(self) -> None:
        """Raises where anything that passed was against the contract."""
        self.server.close()
        assert not self.server.violations, "\n".join(self.server.violations[:5])
