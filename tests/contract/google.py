"""Google under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from tests.emulators.google import CUSTOMER, Google, checked, refused, service_account

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request

SKUS = {"basic": "Google-Apps/1010020027", "pro": "Google-Apps/1010020025"}
BOUGHT = {SKUS["basic"]: 5, SKUS["pro"]: 2}
HOLDERS = {"basic": ("ann@acme.example", "bo@acme.example", "cy@acme.example"), "pro": ("dee@acme.example",)}


@dataclass
class GoogleSubject(Emulated):
    vendor_name = "google"
    skus: ClassVar[Mapping[str, str]] = SKUS
    refusal: ClassVar[Reply] = refused(412, "Auto License switching is not allowed.")
    config: Mapping[str, Any] = field(
        default_factory=lambda: {
            "customer": CUSTOMER, "subject": "admin@acme.example", "key": "env:GOOGLE_KEY", "skus": BOUGHT,
            "per_second": 100,
        }
    )  # fmt: skip
    incomplete: tuple[str, ...] = ("empty", "duplicate-rows", "duplicate-users", "loop")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "rows": "its lists state no total, so that a row that is missing is nobody",
            "inside": "what it refuses has a status of its own",
            "origin": "its lists do not say how a licence came",
            "total": "its lists state no total",
        }
    )

    def __post_init__(self) -> None:
        self.site = replace(self.site, env={**self.site.env, "GOOGLE_KEY": service_account()})
        super().__post_init__()

    def emulator(self) -> Google:
        made = Google(self.site.clock, self.site.env["CONTRACT_TOKEN"], BOUGHT, page_most=2)
        names = [name for names in HOLDERS.values() for name in names]
        for day, name in enumerate([*names, "eve@acme.example", "fay@acme.example"], 1):
            made.joins(name, used=f"2026-11-0{day}T10:00:00.000Z")
        for sku, holders in HOLDERS.items():
            for name in holders:
                made.gives(SKUS[sku], name)
        return made

    def checks(self) -> Checker:
        return checked()

    def writes(self, request: Request) -> bool:
        return request.writes and request.path != "/token"

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        held = {(f"{product}/{sku}", id) for (product, id), sku in self.played.seats.items()}
        users = self.played.users
        return {
            name: tuple(Seat(id, users[id]["primaryEmail"]) for of, id in sorted(held) if of == sku)
            for name, sku in SKUS.items()
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(SKUS[sku], login)

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9, matches=lambda request: not request.writes)
        else:
            self.played.broken = kind
