"""GitHub under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.emulators.github import GitHub, checked

from seatwise.core.model import Origin, Pending, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply

HOLDERS = ("ann@acme.example", "bo@acme.example", "cy@acme.example")


@dataclass
class GitHubSubject(Emulated):
    vendor_name = "github"
    skus: ClassVar[Mapping[str, str]] = {"basic": "copilot"}
    refusal = Reply(422, {"message": "Validation Failed"})
    config: Mapping[str, Any] = field(default_factory=lambda: {"org": "acme"})
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "renew": "its token stays the same",
            "inside": "what it refuses has a status of its own",
            "swap": "it sells one product",
            "holder": "its answer names nobody",
            "pool": "seats are paid by use: no pool is ever full",
        }
    )

    def emulator(self) -> GitHub:
        made = GitHub(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        for name in (*HOLDERS, "dee@acme.example", "eve@acme.example", "fay@acme.example"):
            made.joins(name)
        for number, name in enumerate(HOLDERS, 1):
            made.gives(name, used=f"2026-11-0{number}T10:00:00Z")
        return made

    def checks(self) -> Checker:
        return checked()

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        seats = (
            Seat(str(self.played.members[login]), login, Origin.GROUP if one.team else Origin.DIRECT, one.team,
                 pending=Pending.CANCELLED if one.ends else Pending.NO)
            for login, one in self.played.seats.items()
        )  # fmt: skip
        return {"basic": tuple(seats)}

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(login, team=group)
        if origin is Origin.AUTO:
            self.played.setting = "assign_all"

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind
