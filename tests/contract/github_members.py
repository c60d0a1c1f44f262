"""GitHub's memberships under the contract of all vendors, with an App as the login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from tests.contract.github import HOLDERS
from tests.emulators.github import APP, INSTALLATION, GitHub, checked
from tests.emulators.keys import pem

from seatwise.core.model import Origin, Pending, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request


@dataclass
class MembersSubject(Emulated):
    vendor_name = "github"
    skus: ClassVar[Mapping[str, str]] = {"basic": "membership"}
    refusal = Reply(422, {"message": "Validation Failed"})
    config: Mapping[str, Any] = field(
        default_factory=lambda: {
            "org": "acme", "product": "membership", "token": "", "app": APP, "installation": INSTALLATION,
            "key": "env:GH_KEY",
        }
    )  # fmt: skip
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "inside": "what it refuses has a status of its own",
            "swap": "it sells one product",
            "origin": "its lists do not say how a membership came",
            "undo": "who is asked back is invited, and no member until they accept",
            "pool": "its seats are those of the whole enterprise",
            "total": "its lists state no total",
        }
    )

    def __post_init__(self) -> None:
        self.site = replace(self.site, env={**self.site.env, "GH_KEY": pem()})
        super().__post_init__()

    def emulator(self) -> GitHub:
        made = GitHub(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        for name in HOLDERS:
            made.joins(name, owner=name.startswith("cy"))
        for name in ("dee@acme.example", "eve@acme.example", "fay@acme.example"):
            made.signs_up(name)
        return made

    def checks(self) -> Checker:
        return checked()

    def writes(self, request: Request) -> bool:
        return request.writes and "access_tokens" not in request.path

    def is_about(self, request: Request, login: str) -> bool:
        return self.writes(request) and login in request.path

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        known = {**self.played.outside, **self.played.members}
        members = [Seat(str(id), login) for login, id in self.played.members.items()]
        invited = [Seat(str(known[one.login]), one.login, pending=Pending.INVITED) for one in self.played.invitations]
        return {"basic": (*members, *invited)}

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.joins(login)

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=99, matches=lambda request: not request.writes)
        else:
            self.played.broken = kind
