"""What the contract suite asks of each vendor under test: how to start, act by hand, break it, and let it settle.

A subject declares what its vendor cannot show in `cannot`: line of the contract → why. Those are skipped, and say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from seatwise.core.model import Seat, Vendor
from seatwise.core.model.vendor import Origin
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t-0f-the-c0ntract"
BOUGHT = {"basic": 5, "pro": 2}
HOLDERS = {"basic": ("ann@acme.example", "bo@acme.example", "cy@acme.example"), "pro": ("dee@acme.example",)}


class Subject(Protocol):
    clock: SetClock
    cannot: Mapping[str, str]
    incomplete: tuple[str, ...]
    """Ways in which a reading of this vendor can be broken, for `break_read`."""

    @property
    def vendor(self) -> Vendor:
        """Opened anew, as each run does."""

    def sku(self, name: str) -> str:
        """The vendor's own sku of `basic` and `pro`; any other stays."""

    def name(self, sku: str) -> str:
        """The way back."""

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        """Who holds what at the vendor, without the adapter."""

    def settle(self) -> None:
        """Time passes until readers are shown what was done; people carry out what was handed to them."""

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None: ...

    def rename(self, login: str, new: str) -> None: ...

    def requests(self) -> int:
        """Calls that may write, which the vendor has seen."""

    def fault(self, kind: str, *, times: int = 1, login: str = "", seconds: float = 0, call: str = "") -> None:
        """Makes the next calls, those that read or write or all, go wrong (kinds: seatwise.vendors.sandbox.faults)."""

    def break_read(self, kind: str) -> None: ...

    def finished(self) -> None:
        """The test has ended: whatever was opened is closed. Raises where anything that passed was against a document."""


Start = Callable[[Path], Subject]


@dataclass
class Skus:
    """A vendor that sells basic and pro by these names."""

    def sku(self, name: str) -> str:
        return name

    def name(self, sku: str) -> str:
        return sku

    def finished(self) -> None:
        """Nothing is open."""


def site(root: Path, clock: SetClock, written: datetime = NOW) -> Site:
    return Site(root, clock, lambda path: ((root / path).read_bytes(), written), {"CONTRACT_TOKEN": SECRET})
