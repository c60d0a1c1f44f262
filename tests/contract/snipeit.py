"""Snipe-IT under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from tests.emulators.snipeit import SnipeIT, checked

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request

NAMES = ("ann", "bo", "cy", "dee", "eve", "fay")
HELD = {"basic": ("ann", "bo", "cy"), "pro": ("dee",)}


@dataclass
class SnipeITSubject(Emulated):
    vendor_name = "snipeit"
    skus: ClassVar[Mapping[str, str]] = {"basic": 'Studio 13" & more', "pro": "Studio Pro"}
    refusal = Reply(200, {"status": "error", "messages": {"assigned_to": ["is not allowed"]}, "payload": None})
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "renew": "its token stays the same",
            "origin": "its seats are a person's or a device's: tests/vendors/test_snipeit.py",
        }
    )

    def emulator(self) -> SnipeIT:
        made = SnipeIT(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        for name in NAMES:
            made.joins(f"{name}@acme.example")
        for name, bought in (("basic", 5), ("pro", 2)):
            made.buys(self.skus[name], bought)
            for one in HELD[name]:
                made.gives(self.skus[name], f"{one}@acme.example")
        return made

    def checks(self) -> Checker:
        return checked()

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        held = [seat for seat in self.played.seats.values() if seat.user]
        return {
            name: tuple(
                Seat(str(seat.user), self.played.users[seat.user])
                for seat in held
                if self.played.licenses[seat.license].name == self.skus[name]
            )
            for name in HELD
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(self.skus[sku], login)

    def rename(self, login: str, new: str) -> None:
        self.played.users = {number: new if one == login else one for number, one in self.played.users.items()}

    def is_about(self, request: Request, login: str) -> bool:
        number = next(number for number, one in self.played.users.items() if one == login)
        return request.writes and request.json.get("assigned_to") == number

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind
