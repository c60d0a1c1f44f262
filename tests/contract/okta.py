"""Okta under the contract of all vendors: basic is an app, pro a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.emulators.okta import Okta, checked, refused

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request

SKUS = {"basic": "app:Miro", "pro": "group:design"}
HOLDERS = {"basic": ("ann@acme.example", "bo@acme.example", "cy@acme.example"), "pro": ("dee@acme.example",)}


@dataclass
class OktaSubject(Emulated):
    vendor_name = "okta"
    skus: ClassVar[Mapping[str, str]] = SKUS
    refusal: ClassVar[Reply] = refused(400, "E0000001", "Api validation failed: id", "The user is not active.")
    config: Mapping[str, Any] = field(default_factory=lambda: {"skus": {"app:Miro": 5, "group:design": 2}})
    incomplete: tuple[str, ...] = ("empty", "duplicate-rows", "loop", "short-page", "no-name")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "renew": "its token stays the same",
            "rows": "the list of an app's users states no total, so that a row that is missing is nobody",
            "inside": "what it refuses has a status of its own",
            "pool": "Okta knows no number of seats: nothing is ever full",
            "auto": "an app that everybody has comes through a group",
            "total": "the list of an app's users states no total",
        }
    )

    def emulator(self) -> Okta:
        made = Okta(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        names = [name for names in HOLDERS.values() for name in names]
        for day, name in enumerate([*names, "eve@acme.example", "fay@acme.example"], 1):
            made.joins(name, used=f"2026-11-0{day}T10:00:00.000Z")
        for name in HOLDERS["basic"]:
            made.assigns(name, "Miro")
        for name in HOLDERS["pro"]:
            made.puts(name, "design")
        return made

    def checks(self) -> Checker:
        return checked()

    def is_about(self, request: Request, login: str) -> bool:
        id = self.played.logins[login]
        return id in request.data.decode() or id in request.path

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        app, group = self.played.apps["Miro"], self.played.groups["design"]
        return {
            "basic": tuple(self._seat(id, through) for id, through in sorted(app.users.items())),
            "pro": tuple(self._seat(id) for id in sorted(group.members)),
        }

    def _seat(self, id: str, through: str = "") -> Seat:
        origin = Origin.GROUP if through else Origin.DIRECT
        return Seat(id, self.played.users[id]["profile"]["login"], origin, through)

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        if sku == "basic":
            self.played.assigns(login, "Miro", group)
        else:
            self.played.puts(login, "design")

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind
