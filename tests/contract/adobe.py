"""Adobe under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.emulators.adobe import CLIENT, ORG, Adobe, checked

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request

NAMES = ("ann", "bo", "cy", "dee", "eve", "fay")
HELD = {"basic": ("ann", "bo", "cy"), "pro": ("dee",)}


@dataclass
class AdobeSubject(Emulated):
    vendor_name = "adobe"
    skus: ClassVar[Mapping[str, str]] = {"basic": "Photoshop / all", "pro": "All Apps plan - 100 GB"}
    refusal = Reply()
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "pool": "its documents name no refusal where a profile's quota is used up",
            "auto": "it does not say who has a seat by a rule",
        }
    )

    def emulator(self) -> Adobe:
        made = Adobe(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        for name in NAMES:
            made.joins(f"{name}@acme.example")
        for name, holders in HELD.items():
            made.sells(self.skus[name])
            for one in holders:
                made.gives(self.skus[name], f"{one}@acme.example")
        return made

    def checks(self) -> Checker:
        return checked()

    @property
    def told(self) -> Mapping[str, Any]:
        config: dict[str, Any] = {"org": ORG, "client_id": CLIENT, "client_secret": "env:CONTRACT_TOKEN"}
        urls = {"url": self.server.url, "login_url": f"{self.server.url}/ims/token/v2"}
        return {**config, **urls}

    def writes(self, request: Request) -> bool:
        return "/action/" in request.path

    def later_page(self, request: Request) -> bool:
        return self.reads(request) and request.path.split("/")[5] != "0"

    def fault(self, kind: str, *, times: int = 1, login: str = "", seconds: float = 0, call: str = "") -> None:
        if kind == "refuse" and login:
            self.played.refused.add(login)
        elif kind == "refuse":
            self.played.refused |= set(self.played.users.values())
        else:
            super().fault(kind, times=times, login=login, seconds=seconds, call=call)

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(Seat(id, self.played.users[id]) for id in sorted(self.played.members(self.skus[name])))
            for name in HELD
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(self.skus[sku], login, group)

    def rename(self, login: str, new: str) -> None:
        self.played.users = {id: new if one == login else one for id, one in self.played.users.items()}

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9, matches=lambda request: request.method == "GET")
        else:
            self.played.broken = kind
