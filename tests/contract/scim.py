"""SCIM under the contract of all vendors: by groups, by roles and by active users, and on a server that others wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from tests.emulators.rfc7643 import rfc7643
from tests.emulators.scim import Scim
from tests.emulators.scim2 import Scim2Server

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Emulator, Reply, Request

ANN, BO, CY, DEE, EVE, FAY = (f"{name}@acme.example" for name in ("ann", "bo", "cy", "dee", "eve", "fay"))
NO_POOL = {
    "pool": "SCIM tells no pool",
    "renew": "its token stays the same",
    "inside": "only a Bulk has errors in a 200, and this service has none: tests/vendors/test_scim.py",
}


@dataclass
class Pages:
    """A service whose last page may be wrong."""

    behind: Emulator
    broken: str = ""

    def answer(self, request: Request) -> Reply:
        reply = self.behind.answer(request)
        lists = request.method == "GET" and request.path.rpartition("/")[2] in ("Users", "Groups")
        if not (self.broken and lists and reply.status == 200):
            return reply
        said = json.loads(reply.data)
        rows = said["Resources"]
        if said["startIndex"] - 1 + len(rows) < said["totalResults"] or not rows:
            return reply
        if self.broken == "short-page":
            said["Resources"] = rows[:-1]
        elif self.broken == "duplicate-rows":
            first = self.behind.answer(replace(request, query={**request.query, "startIndex": "1"}))
            said["Resources"] = [*rows[:-1], json.loads(first.data)["Resources"][0]]
        else:
            said["totalResults"] -= 1
        return replace(reply, body=said)


@dataclass
class ScimSubject(Emulated):
    """Seats are memberships of groups."""

    vendor_name = "scim"
    skus: ClassVar[Mapping[str, str]] = {"basic": "app-basic", "pro": "app-pro"}
    refusal = Reply(
        400, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400", "detail": "not this one"}
    )
    config: Mapping[str, Any] = field(default_factory=lambda: {"page": "2", "skus": ["app-basic", "app-pro"]})
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(default_factory=lambda: NO_POOL)

    def emulator(self) -> Emulator:
        self.service = Scim(self.site.env["CONTRACT_TOKEN"])
        for name in (ANN, BO, CY, DEE, EVE, FAY):
            self.service.joins(name)
        self.service.founds("app-basic", ANN, BO, CY)
        self.service.founds("app-pro", DEE)
        self.service.founds("sg-basic")
        return Pages(self.service)

    def checks(self) -> Checker:
        return rfc7643()

    def is_about(self, request: Request, login: str) -> bool:
        id = self.service.id(login)
        return any(name in request.data.decode() or name in request.path for name in (login, id))

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(
                Seat(one["value"], self.service.users[one["value"]]["userName"])
                for one in self.service.groups[self.service.id(sku)]["members"]
            )
            for name, sku in self.skus.items()
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        if origin is Origin.AUTO:
            self.config = {**self.config, "automatic": [self.skus[sku]]}
        self.service.puts(group or self.skus[sku], login)
        if group:
            self.service.puts(self.skus[sku], group)

    def rename(self, login: str, new: str) -> None:
        self.service.users[self.service.id(login)]["userName"] = new

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind


@dataclass
class RolesSubject(ScimSubject):
    """Seats are roles; nobody has one through somebody else."""

    config: Mapping[str, Any] = field(
        default_factory=lambda: {"page": "2", "seat": "role", "skus": ["app-basic", "app-pro"]}
    )
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {**NO_POOL, "origin": "a role does not say where it comes from"}
    )

    def emulator(self) -> Emulator:
        self.service = Scim(self.site.env["CONTRACT_TOKEN"])
        for name in (ANN, BO, CY):
            self.service.joins(name, roles=[{"value": "app-basic"}, {"value": "reader"}])
        self.service.joins(DEE, roles=[{"value": "app-pro"}])
        self.service.joins(EVE)
        self.service.joins(FAY, roles=[{"value": "reader"}])
        return Pages(self.service)

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(
                Seat(id, user["userName"])
                for id, user in self.service.users.items()
                if {"value": sku} in user.get("roles", ())
            )
            for name, sku in self.skus.items()
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        user = self.service.users[self.service.id(login)]
        user["roles"] = [*user.get("roles", ()), {"value": self.skus[sku]}]


@dataclass
class ActiveSubject(RolesSubject):
    """A seat is an active user; who has none is created."""

    skus: ClassVar[Mapping[str, str]] = {"basic": "user"}
    config: Mapping[str, Any] = field(default_factory=lambda: {"page": "2", "seat": "active"})
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {**NO_POOL, "swap": "it sells one product", "origin": "a user is a user"}
    )

    def emulator(self) -> Emulator:
        self.service = Scim(self.site.env["CONTRACT_TOKEN"])
        for name in (ANN, BO, CY):
            self.service.joins(name)
        self.service.joins(DEE, active=False)
        return Pages(self.service)

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        seats = (Seat(id, one["userName"]) for id, one in self.service.users.items() if one["active"])
        return {"basic": tuple(seats)}

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.service.joins(login)

    def rename(self, login: str, new: str) -> None:
        """Whoever has no seat may be no user."""
        if self.service.id(login) in self.service.users:
            super().rename(login, new)


@dataclass
class Scim2Subject(ScimSubject):
    """The server that others wrote, with groups."""

    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            **NO_POOL,
            "pages": "its users do not say which groups they are in: there is no total to hold a group against",
        }
    )

    def emulator(self) -> Emulator:
        self.others = Scim2Server(self.site.env["CONTRACT_TOKEN"])
        for name in (ANN, BO, CY, DEE, EVE, FAY):
            self.others.joins(name)
        self.others.founds("app-basic", ANN, BO, CY)
        self.others.founds("app-pro", DEE)
        self.others.founds("sg-basic")
        return Pages(self.others)

    def is_about(self, request: Request, login: str) -> bool:
        return any(name in request.data.decode() or name in request.path for name in (login, self.others.id(login)))

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(Seat(id, self.others.told("Users", id)["userName"]) for id in self.others.members(sku))
            for name, sku in self.skus.items()
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        if origin is Origin.AUTO:
            self.config = {**self.config, "automatic": [self.skus[sku]]}
        self.others.puts(group or self.skus[sku], login)
        if group:
            self.others.puts(self.skus[sku], group)

    def rename(self, login: str, new: str) -> None:
        self.others.renames(login, new)
