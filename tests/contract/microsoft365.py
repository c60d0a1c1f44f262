"""Microsoft 365 under the contract of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.emulators.graph import CLIENT, TENANT, WHOLE, Graph, ItemFault, No, checked

from seatwise.core.model import Origin, Seat
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Checker, Request

HOLDERS = {"ann": "SPE_E3", "bo": "SPE_E3", "cy": "SPE_E3", "dee": "SPE_E5"}
FORBIDDEN = No(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.").reply


@dataclass
class Microsoft365Subject(Emulated):
    vendor_name = "microsoft365"
    skus: ClassVar[Mapping[str, str]] = {"basic": "SPE_E3", "pro": "SPE_E5"}
    refusal = No(400, "Request_BadRequest", "License assignment failed because of a conflicting service plan.").reply
    values: ClassVar[Mapping[str, tuple[str, ...]]] = {"disabled_plans": ("TEAMS1", "YAMMER")}
    incomplete: tuple[str, ...] = ("short-page", "empty", "duplicate-rows", "shrink")
    cannot: Mapping[str, str] = field(default_factory=lambda: {"auto": "nothing gives licences but people and groups"})

    def emulator(self) -> Graph:
        made = Graph(self.site.clock, self.site.env["CONTRACT_TOKEN"], page_most=2)
        made.sells("SPE_E3", 5, "EXCHANGE", "TEAMS1", "YAMMER")
        made.sells("SPE_E5", 2, "EXCHANGE", "POWER_BI", warning=1)
        for name in ("ann", "bo", "cy", "dee", "eve", "fay"):
            made.joins(f"{name}@acme.example", "DE" if name in HOLDERS else None)
        for name, sku in HOLDERS.items():
            made.gives(f"{name}@acme.example", sku, before=True)
        return made

    def checks(self) -> Checker:
        return checked()

    @property
    def told(self) -> Mapping[str, Any]:
        at = {"url": f"{self.server.url}/v1.0", "login": self.server.url}
        return {"tenant": TENANT, "client": CLIENT, "secret": "env:CONTRACT_TOKEN", **at}

    def writes(self, request: Request) -> bool:
        return request.writes and (request.method, request.path) != WHOLE["token"]

    def is_about(self, request: Request, login: str) -> bool:
        return self.played.user(login).id in request.data.decode()

    def fault(self, kind: str, *, times: int = 1, login: str = "", seconds: float = 0, call: str = "") -> None:
        """Microsoft refuses the single calls of a batch; that a usageLocation may not be filled is no word on licences."""
        if kind in ("refuse", "403") and call != "read":
            about = self.played.user(login).id if login else ""
            reply = self.refusal if kind == "refuse" else FORBIDDEN
            self.played.faults.append(ItemFault(reply, 99, lambda one: about in one.path and "assign" in one.path))
        else:
            super().fault(kind, times=times, login=login, seconds=seconds, call=call)

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {
            name: tuple(
                Seat(user.id, user.fields["userPrincipalName"])
                for user in self.played.has(sku)
            )
            for name, sku in self.skus.items()
        }  # fmt: skip

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self.played.gives(login, self.skus[sku], group)

    def rename(self, login: str, new: str) -> None:
        self.played.renames(login, new)

    def break_read(self, kind: str) -> None:
        if kind == "empty":
            self.server.breaks("empty", times=9, matches=lambda request: not request.writes)
        else:
            self.played.broken = kind


def config(url: str, **more: Any) -> dict[str, Any]:
    """The account of a tenant that is served there."""
    return {"tenant": TENANT, "client": CLIENT, "secret": "env:M365_SECRET", "url": f"{url}/v1.0", "login": url, **more}
