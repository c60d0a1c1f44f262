"""Seats that are memberships of groups: one PATCH gives or takes many.

- Users say too which groups they are in (RFC 7643, 4.1.2): where a service fills that, both sides must agree.
- A member who is a group holds the seat for its own members: they are shown with that group, and never called.
- A member who is not among the users is shown by the id: a service may hide users, or keep members whom it has deleted.
- With entity tags, a group is changed only as it was shown (If-Match). Where it has moved on it is read again, and each
  change is judged anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Holding, IncompleteRead, Origin, Pool, Proof, Seat
from seatwise.edges.clock import Clock
from seatwise.edges.http import Answer, Call, GaveUp, Refused
from seatwise.edges.scim import PATCH, WRITES, Resource, Server, many, version
from seatwise.edges.sending import Moved, Way
from seatwise.edges.shown import Shown
from seatwise.vendors.scim.dialect import Dialect

MOVES = 3
"""So often a group may move on under one call; then the next run tries again."""


class Groups:
    """`known`: the skus that were there at the last look."""

    def __init__(self, server: Server, way: Dialect, shown: Shown, clock: Clock) -> None:
        self._server, self._dialect, self._shown, self._clock = server, way, shown, clock
        self._users: Mapping[str, Resource] = {}
        self._groups: dict[str, Resource] = {}
        self._claims: dict[str, set[str]] | None = None
        self._versions: dict[str, str] = {}
        self._pages = self._moves = 0
        self.known: tuple[str, ...] = ()

    def look(self) -> None:
        """Reads everybody and every group. Raises IncompleteRead."""
        users, groups = self._server.listed("Users"), self._server.listed("Groups")
        self._users, self._groups, self._pages = users.rows, dict(groups.rows), users.pages + groups.pages
        self._claims = _claims(self._users)
        for id, user in self._users.items():
            if user.get("userName"):
                self._shown.knows(_login(user), id)
        names = [str(group.get("displayName", "")) for group in self._groups.values()]
        wanted = self._dialect.skus or tuple(sorted(set(names)))
        self.known = tuple(sku for sku in wanted if sku in names)
        if twice := [sku for sku in self.known if names.count(sku) > 1]:
            raise IncompleteRead(f"{len(twice)} groups share a name, such as {twice[0]!r}", "rename all but one there")

    def holding(self, sku: str) -> Holding:
        """What was shown of this group. Raises IncompleteRead where users and groups contradict each other."""
        id = self._id(sku)
        group = self._groups[id]
        if "members" not in group:
            group = self._groups[id] = self._server.one("Groups", id)
        self._versions[id] = version(group)
        direct, through = self._members(id, group)
        origin = Origin.AUTO if sku in self._dialect.automatic else Origin.DIRECT
        seats = [Seat(one, self._named(one, name), origin) for one, name in direct.items()]
        seats += [
            Seat(one, _login(self._users[one]), Origin.GROUP, name)
            for one, name in through.items()
            if one not in direct
        ]
        total = self._proven(sku, id, set(direct), set(through))
        proof = Proof(len(direct), self._pages, self._clock.now(), total)
        return Holding(sku, Pool(None, len(seats)), tuple(seats), proof)

    def objection(self, change: Change) -> Refused | None:
        """What the service would not do."""
        none = Answer(0, {}, b"")
        if not self._server.offers().patch:
            return Refused(
                "says in its ServiceProviderConfig that it knows no PATCH", none, "its groups can only be read"
            )
        if change.after is not None and change.after.sku in self._dialect.automatic:
            return Refused(f"fills the group {change.after.sku} by itself", none, "ask for another sku")
        if not self._shown.holder(change):
            return Refused(f"has no user {change.login}", none, "let the directory provision the user first")
        return None

    def way(self) -> Way:
        return Way(self._send, _together, self._dialect.most)

    def _send(self, changes: Sequence[Change]) -> Answer:
        """Gives before it takes: a swap that breaks in between leaves nobody without."""
        first, answer = changes[0], Answer(0, {}, b"")
        if first.after is not None:
            sku = first.after.sku
            fresh = [one for one in changes if sku not in self._shown.held(one)]
            if fresh:
                answer = self._patched(sku, fresh, _adds)
            if first.before is not None:
                for one in fresh:
                    self._shown.done(replace(one, before=None), self._shown.holder(one))
        if first.before is not None:
            remove = _removes if self._dialect.paths == "filtered" else _removes_listed
            answer = self._patched(first.before.sku, changes, remove)
        return answer

    def _patched(self, sku: str, changes: Sequence[Change], operations: Any) -> Answer:
        """The answer to one PATCH. Raises Moved where the group is not as it was shown."""
        id = self._id(sku)
        holders = [self._shown.holder(one) for one in changes]
        body = {"schemas": [PATCH], "Operations": [*operations(holders)]}
        tag = self._versions.get(id, "") if self._server.offers().etag else ""
        headers = {**WRITES, "If-Match": tag} if tag else WRITES
        cost = self._dialect.cost("write:Groups", 120 + 60 * len(holders))
        try:
            answer = self._server.client.send(Call("PATCH", f"Groups/{id}", body=body, headers=headers, cost=cost))
        except Refused as no:
            if no.answer.status == 412:
                raise self._moved(sku, id) from None
            if operations is _adds or len(changes) > 1 or "noTarget" not in no.answer.data.decode(errors="replace"):
                raise
            answer = no.answer
        self._moves = 0
        self._versions[id] = version(answer.json()) or answer.headers.get("etag", "")
        return answer

    def _moved(self, sku: str, id: str) -> Moved | GaveUp:
        """Reads the group again, once it has moved on."""
        self._moves += 1
        if self._moves > MOVES:
            self._moves = 0
            return GaveUp(f"the group {sku} changes all the time", "the next run tries again")
        self._groups[id], self._claims = self._server.one("Groups", id), None
        self._shown.keep(self.holding(sku))
        return Moved()

    def _id(self, sku: str) -> str:
        return next(id for id, group in self._groups.items() if group.get("displayName") == sku)

    def _members(self, id: str, group: Resource) -> tuple[dict[str, str], dict[str, str]]:
        """Id → what the member is called; and of those who come through a group, that group's name."""
        direct, through = {}, {}
        for one in many(group, "members"):
            member = str(one.get("value", ""))
            if member in self._groups:
                through.update(dict.fromkeys(self._below(member, {id}), str(self._groups[member]["displayName"])))
            else:
                direct[member] = str(one.get("display") or member)
        return direct, through

    def _below(self, id: str, above: set[str]) -> Iterator[str]:
        """Users in a group, and in the groups in it."""
        if id in above:
            return
        if "members" not in self._groups[id]:
            self._groups[id] = self._server.one("Groups", id)
        for one in many(self._groups[id], "members"):
            member = str(one.get("value", ""))
            if member in self._groups:
                yield from self._below(member, above | {id})
            elif member in self._users:
                yield member

    def _named(self, id: str, otherwise: str) -> str:
        return _login(self._users[id]) if id in self._users else otherwise

    def _proven(self, sku: str, id: str, direct: set[str], through: set[str]) -> int | None:
        """How many users say that they are in the group themselves; None: users say nothing of groups here."""
        if self._claims is None:
            return None
        claimed = self._claims.get(id, set())
        unknown = {one for one in direct if one not in self._users}
        if direct - unknown - claimed or claimed - direct - through:
            what = f"{sku}: the group shows {len(direct)} members, {len(claimed)} users say that they are in it"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        return len(direct)


def _claims(users: Mapping[str, Resource]) -> dict[str, set[str]] | None:
    """Group → users who say that they are in it themselves; None where nobody says anything."""
    claims: dict[str, set[str]] = {}
    for id, user in users.items():
        for one in many(user, "groups"):
            if str(one.get("type", "")).lower() != "indirect":
                claims.setdefault(str(one.get("value", "")), set()).add(id)
    return claims or None


def _login(user: Resource) -> str:
    return str(user.get("userName", ""))


def _together(change: Change) -> tuple[str, str]:
    return change.before.sku if change.before else "", change.after.sku if change.after else ""


def _adds(holders: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {"op": "add", "path": "members", "value": [{"value": id} for id in holders]}


def _removes(holders: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One operation a member: the only form that all who keep to the letter understand."""
    return ({"op": "remove", "path": f'members[value eq "{id}"]'} for id in holders)


def _removes_listed(holders: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {"op": "remove", "path": "members", "value": [{"value": id} for id in holders]}
