"""Seats that a user carries: a role, an entitlement, the user type, or being active. One call a user, or one Bulk for many.

Users who are not active hold no seat. Where a service knows entity tags, a user is changed only as shown (If-Match).
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Holding, Pool, Proof, Seat, VendorError
from seatwise.edges.clock import Clock
from seatwise.edges.http import Answer, Call, GaveUp, Lost, Refused
from seatwise.edges.scim import BULK, PATCH, USER, WRITES, Resource, Server, active, many, version
from seatwise.edges.sending import Moved, Way, alone
from seatwise.edges.shown import Shown
from seatwise.vendors.scim.dialect import Dialect

ATTRIBUTES = {"role": "roles", "entitlement": "entitlements", "user-type": "userType", "active": "active"}
MOVES = 3
"""So often a user may move on under one call; then the next run tries again."""
NONE = Answer(0, {}, b"")


class Users:
    """`known`: the skus that were there at the last look."""

    def __init__(self, server: Server, way: Dialect, shown: Shown, clock: Clock) -> None:
        self._server, self._dialect, self._shown, self._clock = server, way, shown, clock
        self._attribute = ATTRIBUTES[way.seat]
        self._users: dict[str, Resource] = {}
        self._by_sku: dict[str, list[Seat]] = {}
        self._versions: dict[str, str] = {}
        self._pages = self._moves = 0
        self.known: tuple[str, ...] = ()

    def look(self) -> None:
        """Reads everybody. Raises IncompleteRead."""
        listed = self._server.listed("Users")
        self._users, self._pages = dict(listed.rows), listed.pages
        self._versions = {id: tag for id, user in self._users.items() if (tag := version(user))}
        self._by_sku = {}
        for id, user in self._users.items():
            if user.get("userName"):
                self._shown.knows(str(user["userName"]), id)
            for sku, seat in self._seats(user).items():
                self._by_sku.setdefault(sku, []).append(seat)
        told = (self._dialect.sku,) if self._dialect.seat == "active" else self._dialect.skus
        self.known = told or tuple(sorted(self._by_sku))

    def holding(self, sku: str) -> Holding:
        """Those who carry it, of the list of users that was held against the service's count."""
        seats = tuple(self._by_sku.get(sku, ()))
        return Holding(
            sku, Pool(None, len(seats)), seats, Proof(len(seats), self._pages, self._clock.now(), len(seats))
        )

    def objection(self, change: Change) -> Refused | None:
        """What the service would not do, or would do and break something."""
        user = self._users.get(self._shown.holder(change))
        if not self._server.offers().patch and not self._dialect.put:
            return Refused("says in its ServiceProviderConfig that it knows no PATCH", NONE, "it can only be read")
        if self._dialect.seat == "active":
            lacking = [name for name in ("mail", "name") if not change.profile.get(name)]
            asks = change.after is not None and user is None and lacking
            return (
                Refused(f"takes no new user without {' and '.join(lacking)}", NONE, "fill them in HR") if asks else None
            )
        if change.after is not None and user is None:
            return Refused(f"has no user {change.login}", NONE, "let the directory provision the user first")
        if change.after is not None and user is not None and not active(user):
            return Refused(f"{change.login} is not active there", NONE, "reactivate the user first")
        others = {*self._shown.held(change)} - {change.before.sku if change.before else "", *self._after(change)}
        if self._dialect.exclusive and change.after is not None and others:
            return Refused(
                f"{change.login} has {', '.join(sorted(others))}, which it would replace", NONE, "ask for a swap"
            )
        return None

    def way(self) -> Way:
        most = self._server.offers().bulk
        if most > 1:
            return Way(self._sent, self._together, most, holder=_created, part=_part)
        return Way(self._sent, alone, holder=_created)

    def _together(self, change: Change) -> Hashable:
        """A new user goes alone: sent twice it is a conflict."""
        return alone(change) if self._request(change)[0] == "POST" else ""

    def _after(self, change: Change) -> tuple[str, ...]:
        return (change.after.sku,) if change.after else ()

    def _seats(self, user: Resource) -> Mapping[str, Seat]:
        if not active(user):
            return {}
        seat = Seat(str(user["id"]), str(user.get("userName", "")))
        if self._dialect.seat == "active":
            return {self._dialect.sku: seat}
        told = [
            one
            for one in many(user, self._attribute)
            if str(one.get("type", "")) == self._dialect.kind or not self._dialect.kind
        ]
        values = {str(one["value"]) for one in told if one.get("value")} - {self._dialect.free}
        return dict.fromkeys(sorted(values), seat)

    def _sent(self, changes: Sequence[Change]) -> Answer:
        if len(changes) > 1:
            return self._bulk(changes)
        (change,) = changes
        method, path, body = self._request(change)
        tag = self._tag(change)
        headers = {**WRITES, "If-Match": tag} if tag else WRITES
        cost = self._dialect.cost("write:Users")
        try:
            answer = self._server.client.send(Call(method, path, body=body, headers=headers, cost=cost))
        except Refused as no:
            return self._after_a_no(change, method, no)
        self._versions.pop(self._shown.holder(change), None)
        self._moves = 0
        if id := _created(change, answer):
            self._users[id] = answer.json()
        return answer

    def _bulk(self, changes: Sequence[Change]) -> Answer:
        operations = []
        for change in changes:
            method, path, body = self._request(change)
            tag = self._tag(change)
            operations.append(
                {"method": method, "path": f"/{path}", "bulkId": _bulk_id(change), "data": body}
                | ({"version": tag} if tag else {})
            )
        cost = self._dialect.cost("write:Users")
        body = {"schemas": [BULK], "Operations": operations}
        answer = self._server.client.send(Call("POST", "Bulk", body=body, headers=WRITES, cost=cost))
        for change in changes:
            self._versions.pop(self._shown.holder(change), None)
        return answer

    def _tag(self, change: Change) -> str:
        return self._versions.get(self._shown.holder(change), "") if self._server.offers().etag else ""

    def _after_a_no(self, change: Change, method: str, no: Refused) -> Answer:
        """Somebody has this name already though the list does not show it: an old user, who comes back; or it has moved on."""
        holder = self._shown.holder(change)
        moved = no.answer.status == 412
        if not moved and (method != "POST" or no.answer.status != 409):
            raise no
        self._moves += 1
        if self._moves > MOVES:
            self._moves = 0
            raise GaveUp(f"{change.login} changes all the time", "the next run tries again")
        if moved:
            self._again(self._server.one("Users", holder))
            raise Moved
        name = change.login.replace("\\", "\\\\").replace('"', '\\"')
        found = self._server.listed("Users", f'userName eq "{name}"').rows
        if len(found) != 1:
            raise no
        (user,) = found.values()
        self._shown.knows(change.login, str(user["id"]))
        self._again(user)
        raise Moved

    def _again(self, user: Resource) -> None:
        id = str(user["id"])
        self._users[id] = user
        self._versions[id] = version(user)
        self._shown.again(id, self._seats(user))

    def _request(self, change: Change) -> tuple[str, str, Mapping[str, Any]]:
        holder = self._shown.holder(change)
        if self._dialect.seat == "active" and holder not in self._users and change.after is not None:
            return "POST", "Users", _new(change)
        if self._dialect.put:
            value = change.after.sku if change.after else self._dialect.free
            name = self._users[holder].get("userName", "")
            return "PUT", f"Users/{holder}", {"schemas": [USER], "userName": name, self._attribute: value}
        return "PATCH", f"Users/{holder}", {"schemas": [PATCH], "Operations": [*self._operations(change)]}

    def _operations(self, change: Change) -> Iterator[dict[str, Any]]:
        if self._dialect.seat == "active":
            yield self._set("replace", change.after is not None)
        elif self._dialect.exclusive:
            value = change.after.sku if change.after else self._dialect.free
            if value:
                yield self._set("replace", value if self._dialect.seat == "user-type" else [self._entry(value)])
            else:
                yield {"op": "remove", "path": self._attribute}
        else:
            if change.after is not None:
                yield self._set("add", [self._entry(change.after.sku)])
            if change.before is not None:
                yield self._removes(change.before.sku)

    def _set(self, op: str, value: Any) -> dict[str, Any]:
        if self._dialect.paths == "none":
            return {"op": op, "value": {self._attribute: value}}
        return {"op": op, "path": self._attribute, "value": value}

    def _removes(self, value: str) -> dict[str, Any]:
        if self._dialect.paths != "filtered":
            return {"op": "remove", "path": self._attribute, "value": [self._entry(value)]}
        also = f" and type eq {json.dumps(self._dialect.kind)}" if self._dialect.kind else ""
        return {"op": "remove", "path": f"{self._attribute}[value eq {json.dumps(value)}{also}]"}

    def _entry(self, value: str) -> dict[str, str]:
        return {"type": self._dialect.kind, "value": value} if self._dialect.kind else {"value": value}


def _new(change: Change) -> Mapping[str, Any]:
    given, _, family = change.profile["name"].rpartition(" ")
    name = {"formatted": change.profile["name"], "givenName": given or family, "familyName": family}
    mails = [{"value": change.profile["mail"], "type": "work", "primary": True}]
    return {"schemas": [USER], "userName": change.login, "name": name, "displayName": change.profile["name"],
            "emails": mails, "active": True}  # fmt: skip


def _created(change: Change, answer: Answer) -> str:
    """The id of a user who was created."""
    said = answer.json() if answer.status == 201 else None
    return str(said.get("id", "")) if isinstance(said, dict) else ""


def _bulk_id(change: Change) -> str:
    return change.login or change.holder


def _part(change: Change, answer: Answer) -> VendorError | None:
    """What a Bulk says of one of its operations, where it is no yes."""
    said = answer.json()
    parts = said.get("Operations") if isinstance(said, dict) else None
    if not isinstance(parts, list):
        return None
    part: Resource = next((one for one in parts if one.get("bulkId") == _bulk_id(change)), {})
    status = part.get("status")
    number = str(status.get("code") if isinstance(status, dict) else status)
    if number.startswith("2"):
        return None
    response = part.get("response")
    words = " ".join(str(response.get("detail") or "").split())[:200] if isinstance(response, dict) else ""
    told = f"says {number}" + (f": {words}" if words else "")
    if number in ("429", "503", "412"):
        return GaveUp(told, "the next run tries again")
    if number.startswith("4"):
        return Refused(told, answer)
    return Lost(told if part else "the answer to the batch says nothing of this one", "read, before anything else")
