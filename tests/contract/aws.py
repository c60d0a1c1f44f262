"""AWS IAM Identity Center under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from tests.emulators.aws import AWS, STORE, checked

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Reply, Request

NAMES = ("ann", "bo", "cy", "dee", "eve", "fay")
HELD = {"basic": ("ann", "bo", "cy"), "pro": ("dee",)}


@dataclass
class AWSSubject(Emulated):
    vendor_name = "aws"
    skus: ClassVar[Mapping[str, str]] = {"basic": "Q Basic", "pro": "Q Pro"}
    refusal = Reply(400, {"__type": "ValidationException", "Message": "not this one"})
    config: Mapping[str, Any] = field(
        default_factory=lambda: {
            "region": "eu-west-1",
            "store": STORE,
            "access_key": "env:CONTRACT_TOKEN",
            "secret_key": "env:CONTRACT_TOKEN",
        }
    )
    incomplete: tuple[str, ...] = ("duplicate-rows", "circle", "empty")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "renew": "its token stays the same",
            "rows": "its lists state no total, so that a row that is missing is nobody",
            "inside": "what it refuses has a status of its own",
            "pool": "a group has no size",
            "origin": "a membership does not say who made it",
            "total": "its lists state none",
        }
    )

    def emulator(self) -> AWS:
        pytest.importorskip("boto3", reason="AWS's library is not installed: the extra aws")
        made = AWS(self.site.clock, page_most=2)
        for name in NAMES:
            made.joins(f"{name}@acme.example")
        for name, holders in HELD.items():
            made.groups_as(self.skus[name])
            for one in holders:
                made.gives(self.skus[name], f"{one}@acme.example")
        return made

    def checks(self) -> Checker:
        return checked()

    def writes(self, request: Request) -> bool:
        return "List" not in request.headers["x-amz-target"]

    def later_page(self, request: Request) -> bool:
        return self.reads(request) and "NextToken" in request.json

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(
                Seat(user, self.played.users[user])
                for group, user in self.played.members.values()
                if self.played.groups[group] == self.skus[name]
            )
            for name in HELD
        }

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(self.skus[sku], login)

    def rename(self, login: str, new: str) -> None:
        self.played.users = {id: new if one == login else one for id, one in self.played.users.items()}

    def is_about(self, request: Request, login: str) -> bool:
        user = next(id for id, one in self.played.users.items() if one == login)
        return bool(request.json.get("MemberId", {}).get("UserId") == user)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9)
        else:
            self.played.broken = kind
