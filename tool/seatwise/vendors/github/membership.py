"""Membership of an organisation: sku `membership`. Whoever is invited has a seat too, and holds it as invited.

GitHub states no total of its lists, so each is read as a whole and by role: a list that was cut short is not both. Who is invited
has the number of the user, as a member has; who is invited by mail alone, and so is nobody yet, that of the invitation. An owner
is shown, and never removed. Giving asks first whether there is a membership: to give one to an owner would make a member of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Outcome,
    Pending,
    Pool,
    Proof,
    Result,
    Seat,
    UnknownSku,
    VendorInfo,
)
from seatwise.edges.clock import Clock
from seatwise.edges.github import AGAIN, PAGE, VERSION
from seatwise.edges.http import Answer, Call, Client, GaveUp, Refused, by_link
from seatwise.edges.sending import Settled, Way, sent
from seatwise.edges.shown import Shown
from seatwise.vendors.github.objection import objection

SKU = "membership"
MEMBERS = ("admin", "member")
INVITED = ("admin", "direct_member", "billing_manager", "hiring_manager")
SEATED = ("admin", "direct_member")
"""Invitations that become members; the others take no seat."""
BY_MAIL = "invitation "

INFO = VendorInfo(
    "github",
    takes="removes from the organisation",
    undo="lossy",
    writes_per_minute=180,
    secrets=("token", "key", "enterprise_token"),
    verified="contract",
    docs="https://docs.github.com/en/rest/orgs/members",
)


class Membership:
    info = INFO
    needs = "admin:org (to read read:org), or to the App Members: write"
    permission = "members"

    def __init__(self, org: str, api: Callable[[], Client], clock: Clock, pool: Callable[[], Pool | None]) -> None:
        """`pool`: seats of the enterprise that the organisation belongs to, where they can be read."""
        self._at, self._api, self._clock, self._pool = f"orgs/{quote(org)}", api, clock, pool
        self._shown = Shown(clock)
        self._owners: frozenset[str] = frozenset()

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = (SKU,) if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku != SKU]:
            raise UnknownSku(strange[0], (SKU,))
        if wanted:
            yield self._shown.keep(self._holding())

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if self._shown.stale([SKU]):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, objects=self._objection, holder=_holder))

    # reading

    def _holding(self) -> Holding:
        members, pages = self._both_ways("members", MEMBERS)
        invited, more = self._both_ways("invitations", INVITED)
        if not members["admin"]:
            raise IncompleteRead(f"{SKU}: an organisation without an owner was read", AGAIN)
        self._owners = frozenset(str(row["id"]) for row in members["admin"])
        seats = [Seat(str(row["id"]), row["login"]) for role in MEMBERS for row in members[role]]
        seats += [self._invited(row) for role in SEATED for row in invited[role]]
        if len({seat.holder for seat in seats}) != len(seats):
            raise IncompleteRead(f"{SKU}: somebody is a member, and invited, or invited twice", AGAIN)
        proof = Proof(len(seats), pages + more, self._clock.now())
        return Holding(SKU, self._pool() or Pool(None, len(seats)), tuple(seats), proof)

    def _both_ways(self, name: str, roles: Sequence[str]) -> tuple[dict[str, list[Mapping[str, Any]]], int]:
        """The rows by role, and of how many pages. Raises IncompleteRead where the whole list has others."""
        lists = {role: self._rows(name, role) for role in ("all", *roles)}
        whole = sorted(row["id"] for row in lists["all"][0])
        parts = sorted(row["id"] for role in roles for row in lists[role][0])
        if whole != parts or len(set(whole)) != len(whole):
            what = f"{SKU}: {len(whole)} {name} were read, and by role {len(parts)}, or some are there twice"
            raise IncompleteRead(what, AGAIN)
        return {role: lists[role][0] for role in roles}, sum(pages for _, pages in lists.values())

    def _rows(self, name: str, role: str) -> tuple[list[Mapping[str, Any]], int]:
        first = Call("GET", f"{self._at}/{name}", {"role": role, "per_page": PAGE}, headers=VERSION)
        pages = [answer.json() for answer in by_link(self._api(), first)]
        if not all(isinstance(page, list) for page in pages):
            raise IncompleteRead(f"{SKU}: a page is no list of {name}", AGAIN)
        return [row for page in pages for row in page], len(pages)

    def _invited(self, row: Mapping[str, Any]) -> Seat:
        login = row["login"]
        if not login:
            name = f"{BY_MAIL}{row['id']}"
            return Seat(name, row["email"] or name, pending=Pending.INVITED)
        found = self._api().send(self._membership(login)).json()
        if found.get("state") != "pending" or not found.get("user"):
            raise IncompleteRead(f"{SKU}: the invitation of {login} was answered while it was read", AGAIN)
        return Seat(str(found["user"]["id"]), login, pending=Pending.INVITED)

    # writing

    def _objection(self, change: Change) -> Refused | None:
        if change.after is None and self._shown.holder(change) in self._owners:
            what = f"{self._shown.login(change)} is an owner of the organisation"
            return Refused(what, Answer(0, {}, b""), "make them a member there first")
        return objection(SKU, change)

    def _send(self, changes: Sequence[Change]) -> Answer:
        (change,) = changes
        login, holder = self._shown.login(change), self._shown.holder(change)
        if change.after is not None:
            return self._given(login)
        if holder.startswith(BY_MAIL):
            return self._taken(f"{self._at}/invitations/{holder.removeprefix(BY_MAIL)}", lambda: False)
        return self._taken(self._membership(login).path, lambda: self._is_there(login))

    def _given(self, login: str) -> Answer:
        if self._is_there(login):
            raise Settled(Result.ALREADY, "", Answer(0, {}, b""))
        return self._api().send(
            Call("PUT", self._membership(login).path, body={"role": "member"}, headers=VERSION, cost=5)
        )

    def _taken(self, path: str, still: Callable[[], bool]) -> Answer:
        """What isn't there any more is taken, unless GitHub only hides it."""
        try:
            return self._api().send(Call("DELETE", path, headers=VERSION, cost=5))
        except Refused as no:
            if no.answer.status != 404 or still():
                raise
            raise Settled(Result.ALREADY, "", no.answer) from None

    def _is_there(self, login: str) -> bool:
        """Whether there is a membership, or an invitation to one. Raises GaveUp where it can't be read: nothing was done."""
        try:
            self._api().send(self._membership(login))
        except Refused as no:
            if no.answer.status != 404:
                raise
            return False
        except IncompleteRead as error:
            raise GaveUp(error.what, error.fix) from None
        return True

    def _membership(self, login: str) -> Call:
        return Call("GET", f"{self._at}/memberships/{quote(login, safe='@')}", headers=VERSION)


def _holder(change: Change, answer: Answer) -> str:
    said = answer.json()
    user = said.get("user") if isinstance(said, dict) else None
    return str(user["id"]) if user else ""
