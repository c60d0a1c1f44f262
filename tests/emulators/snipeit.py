"""Snipe-IT, as far as licenses and their seats go. Rules and their sources:

- A seat is written whole by PATCH: who is in it is overwritten (issue 3765, its controller of seats does not look); a check-in
  needs `assigned_to` and `asset_id` null (snipe-it.readme.io, "Update Seat"); a seat of another license, and an unknown user, are
  answered 200 with status error (its controller of seats).
- Rows come in pages of `limit` and `offset`, at most MAX_RESULTS of them; an offset at the end or beyond starts again at the
  first row (its controller). Names are escaped for HTML (the document's own example: `Macbook Pro 13&quot;`).
- 120 calls a minute as installed, then 429 with Retry-After (from memory of its framework; not found in its documents).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tests.emulators.contract import openapi
from tests.emulators.limits import Limit

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

MAY = {"checkout": True, "checkin": True, "clone": True, "update": True, "delete": True}


def checked() -> Checker:
    return openapi("snipe-it-licenses.openapi.json", overlay=_overlay)


def _overlay(document: Any) -> None:
    """What its examples show as null is typed as what it is when there is something; a check-in must send nulls."""
    seats = document["paths"]["/licenses/{id}/seats"]["get"]
    one = document["paths"]["/licenses/{id}/seats/{seat_id}"]
    listed = _body(seats)["properties"]["rows"]["items"]["properties"]
    for shown in (listed, _body(one["get"])["properties"]):
        for name in ("assigned_user", "location"):
            _may_be_null(shown[name])
        _may_be_null(shown["assigned_user"]["properties"]["department"])
    written = one["patch"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    _may_be_null(written["assigned_to"])
    _may_be_null(written["asset_id"])
    answered = _body(one["patch"])["properties"]
    _may_be_null(answered["payload"])
    answered["payload"]["properties"]["assigned_to"]["type"] = ["string", "integer", "null"]
    license = _body(document["paths"]["/licenses"]["get"])["properties"]["rows"]["items"]["properties"]
    for name in ("manufacturer", "purchase_date", "order_number", "purchase_order", "purchase_cost", "notes"):
        _may_be_null(license[name])


def _body(operation: Any) -> Any:
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def _may_be_null(schema: Any) -> None:
    schema["type"] = [schema["type"], "null"]


@dataclass
class Held:
    """One seat: `user` and `asset` hold it; neither: it is free."""

    license: int
    user: int | None = None
    asset: int | None = None
    spent: bool = False
    """Checked in, of a license whose seats are given only once."""


@dataclass
class License:
    name: str
    reassignable: bool = True


@dataclass
class SnipeIT:
    clock: Clock
    token: str
    page_most: int = 500
    limit: Limit | None = None
    licenses: dict[int, License] = field(default_factory=dict)
    seats: dict[int, Held] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)
    assets: dict[int, str] = field(default_factory=dict)
    broken: str = ""
    """short-page, duplicate-rows, shrink: of the lists of seats."""
    forgets: bool = False
    """Says success, and saves nothing (issue 18024)."""

    # what people do there

    def buys(self, name: str, seats: int, *, reassignable: bool = True) -> int:
        number = len(self.licenses) + 1
        self.licenses[number] = License(name, reassignable)
        first = len(self.seats) + 10
        self.seats |= {first + at: Held(number) for at in range(seats)}
        return number

    def joins(self, login: str) -> int:
        self.users[len(self.users) + 100] = login
        return len(self.users) + 99

    def gives(self, name: str, login: str = "", asset: str = "") -> int:
        place = next(
            at for at, seat in self.seats.items() if self._free(seat) and self.licenses[seat.license].name == name
        )
        if login:
            self.seats[place].user = next(number for number, one in self.users.items() if one == login)
        if asset:
            self.seats[place].asset = len(self.assets) + 1
            self.assets[len(self.assets) + 1] = asset
        return place

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"status": "error", "message": "Unauthorized."})
        if self.limit and (wait := self.limit.takes(self.clock)):
            return Reply(429, {"status": "error", "messages": "Too Many Requests"}, {"Retry-After": str(wait)})
        path = request.path.removeprefix("/api/v1")
        if (request.method, path) == ("GET", "/licenses"):
            return self._paged(request, [self._license(number) for number in self.licenses])
        if (request.method, path) == ("GET", "/users"):
            return self._paged(request, [_user(number, login) for number, login in self.users.items()])
        if found := re.fullmatch(r"/licenses/(\d+)/seats", path):
            rows = [self._row(at) for at, seat in self.seats.items() if seat.license == int(found[1])]
            return self._paged(request, rows, self.broken)
        if found := re.fullmatch(r"/licenses/(\d+)/seats/(\d+)", path):
            return self._seat(request, int(found[1]), int(found[2]))
        return Reply(404, {"status": "error", "messages": "Not found", "payload": None})

    def _paged(self, request: Request, rows: list[Any], broken: str = "") -> Reply:
        size = min(int(request.query.get("limit", "50")), self.page_most)
        offset = int(request.query.get("offset", "0"))
        offset = 0 if offset >= len(rows) else offset
        shown, total, last = rows[offset : offset + size], len(rows), offset + size >= len(rows)
        if broken == "short-page" and last:
            shown = shown[:-1]
        elif broken == "duplicate-rows" and last:
            shown = [*shown[:-1], rows[0]]
        elif broken == "shrink" and last:
            total -= 1
        return Reply(200, {"total": total, "rows": shown})

    def _seat(self, request: Request, license: int, place: int) -> Reply:
        seat = self.seats.get(place)
        if seat is None or seat.license != license:
            return _error("Seat not found" if seat is None else "Seat does not belong to the specified license")
        if request.method == "GET":
            return Reply(200, {name: value for name, value in self._row(place).items() if name != "name"})
        if not self.forgets and (error := self._written(seat, request.json)):
            return _error(error)
        payload = {"id": place, "license_id": license, "assigned_to": seat.user, "notes": None, "user_id": 1,
                   "created_at": "2026-01-02T03:04:05.000000Z", "updated_at": "2026-01-02T03:04:05.000000Z",
                   "deleted_at": None, "asset_id": seat.asset}  # fmt: skip
        return Reply(200, {"status": "success", "messages": "License updated successfully.", "payload": payload})

    def _written(self, seat: Held, body: Any) -> str:
        user, asset = body.get("assigned_to", seat.user), body.get("asset_id", seat.asset)
        if (user and user not in self.users) or (asset and asset not in self.assets):
            return "Target not found"
        checks_in = (seat.user or seat.asset) and not user and not asset
        seat.spent = seat.spent or bool(checks_in and not self.licenses[seat.license].reassignable)
        seat.user, seat.asset = user, asset
        return ""

    def _free(self, seat: Held) -> bool:
        return seat.user is None and seat.asset is None and not seat.spent

    def _license(self, number: int) -> dict[str, Any]:
        seats = [seat for seat in self.seats.values() if seat.license == number]
        stamp = {"datetime": "2026-01-02 03:04:05", "formatted": "Fri Jan 02, 2026 3:04AM"}
        return {"id": number, "name": escape(self.licenses[number].name), "company": None, "manufacturer": None,
                "product_key": "------------", "seats": len(seats), "free_seats_count": sum(map(self._free, seats)),
                "license_name": "", "license_email": "", "maintained": False, "supplier": None, "created_at": stamp,
                "updated_at": stamp, "user_can_checkout": any(map(self._free, seats)),
                "available_actions": MAY}  # fmt: skip

    def _row(self, place: int) -> dict[str, Any]:
        seat = self.seats[place]
        user = {"id": seat.user, "name": escape(self.users[seat.user]), "department": None} if seat.user else None
        asset = {"id": seat.asset, "name": escape(self.assets[seat.asset])} if seat.asset else None
        return {"id": place, "license_id": seat.license, "assigned_user": user, "assigned_asset": asset, "location": None,
                "reassignable": self.licenses[seat.license].reassignable, "user_can_checkout": self._free(seat),
                "name": f"Seat {place}", "available_actions": MAY}  # fmt: skip


def _user(number: int, login: str) -> dict[str, Any]:
    return {"id": number, "name": escape(login.partition("@")[0].title()), "username": login, "email": login}


def _error(words: str) -> Reply:
    return Reply(200, {"status": "error", "messages": words, "payload": None})
