"""The vendor under the contract of all vendors: `seatwise vendor test newvendor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from seatwise.core.model import Origin, Seat
from seatwise.edges.clock import SetClock
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Reply
from seatwise.vendor_contract.subject import BOUGHT, HOLDERS, NOW, site
from seatwise.vendor_contract.template.emulator import Service

STRANGERS = ("eve@acme.example", "fay@acme.example")
"""Users without a seat, whom the suite gives some."""


@dataclass
class NewVendorSubject(Emulated):
    vendor_name = "newvendor"
    skus: ClassVar[Mapping[str, str]] = {"basic": "basic", "pro": "pro"}
    refusal = Reply(422, {"message": "not this one"})
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(default_factory=lambda: {"origin": "nothing gives seats there but people"})
    """Lines of the contract that this vendor cannot show, each with why."""

    def emulator(self) -> Service:
        made = Service(self.site.env["CONTRACT_TOKEN"])
        for login in (*HOLDERS["basic"], *HOLDERS["pro"], *STRANGERS):
            made.joins(login)
        for name, logins in HOLDERS.items():
            made.sells(self.skus[name], BOUGHT[name])
            for login in logins:
                made.gives(self.skus[name], login)
        return made

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(Seat(user, self.played.login(user)) for user in self.played.seats[sku])
            for name, sku in self.skus.items()
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(self.skus[sku], login)

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind


def start(root: Path) -> NewVendorSubject:
    """A fresh one for each test; the entry point `seatwise.subjects` names it."""
    return NewVendorSubject(root, site(root, SetClock(NOW)))
