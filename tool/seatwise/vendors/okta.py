"""`vendor: okta`: what Okta gives single users: a membership of a group, or an assignment of an app.

Config: `url` (https://acme.okta.com); `token`, or `client`, `key` and `key_id` of a service app; `skus`, each `group:NAME` or
`app:LABEL` with the seats that were bought, which Okta does not know: {"app:Miro": 120}, or unlimited. `per_minute`, 500.

Odd: a 429 has no Retry-After, its window's end counts. A group states how many are in it, an app's list states no total. Who has
an app through a group, and everybody in a group that Okta or a directory keeps, is shown and never called. Members whom a group
rule has put in can't be told from others. Taking an app loses its profile there, and may close the account at the app.
Verified against: contract (okta-management 2026.06.3) and recorded answers of real orgs, never against Okta itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    Access,
    Holding,
    IncompleteRead,
    Origin,
    Outcome,
    Pool,
    Proof,
    Result,
    Seat,
    UnknownSku,
    VendorInfo,
)
from seatwise.edges import okta
from seatwise.edges.http import Answer, Call, Client, Login, Refused
from seatwise.edges.logins import Exchanged
from seatwise.edges.sending import Settled, Way, halves, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

SCOPES = "okta.groups.manage okta.apps.manage okta.users.read"
TO_READ = "okta.groups.read okta.apps.read okta.users.read"
NEEDS = "okta.groups.manage and okta.apps.manage, or the roles Group and Application Administrator,"
FEW = 25
"""So many people without a seat are looked up alone; for more of them all users are listed, 200 a call."""
NUMBER = re.compile(r"\d*|unlimited")


@dataclass(frozen=True, slots=True)
class Thing:
    """A group or an app. `kept`: how it comes that nobody may be put in or out here."""

    kind: str
    id: str
    name: str
    kept: Origin = Origin.DIRECT
    total: int | None = None

    def member(self, user: str) -> str:
        return f"api/v1/{self.kind}s/{self.id}/users/{quote(user)}"


class Okta:
    DESCRIBED = VendorInfo(
        "okta",
        takes="takes the membership or the assignment",
        undo="lossy",
        writes_per_minute=500,
        signals=("login",),
        secrets=("token", "key"),
        verified="contract",
        docs="https://developer.okta.com/docs/api/openapi/okta-management/guides/overview",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._bought = _bought(account)
        self._shown = Shown(site.clock)
        self._things: dict[str, Thing] = {}
        self._groups: dict[str, str] = {}
        self._strangers: set[str] = set()
        self._login: Login | None = None
        self._client: Client | None = None

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = tuple(self._bought) if skus is None else tuple(dict.fromkeys(skus))
        if strange := [sku for sku in wanted if sku not in self._bought]:
            raise UnknownSku(strange[0], tuple(self._bought))
        for sku in wanted:
            self._things[sku] = thing = self._group(sku) if sku.startswith("group:") else self._app(sku)
            yield self._shown.keep(self._holding(sku, thing))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        stale = self._shown.stale(self._bought)
        list(self.read(stale))
        self._meet(changes)
        return sent(changes, self._shown, Way(self._send, objects=self._objection))

    def _api(self) -> Client:
        if self._client is None:
            self._login = okta.log_in(self._account, self._site, SCOPES, TO_READ)
            self._client = okta.opened(self._account, self._site, self._login, NEEDS)
        return self._client

    def access(self) -> Access:
        """A service app's scopes are what its token was given for; an API token may do what its administrator may."""
        api = self._api()
        if not isinstance(self._login, Exchanged):
            me = api.send(Call("GET", "api/v1/users/me")).json()
            return Access(f"{me['profile']['login']}, whose API token it is")
        reads = ("okta.users.read", *(f"okta.{kind}s.read | okta.{kind}s.manage" for kind in ("group", "app")))
        return Access(
            f"the service app {self._account.config['client']}",
            self._login.granted(),
            reads,
            ("okta.groups.manage", "okta.apps.manage"),
        )

    def _group(self, sku: str) -> Thing:
        """The group of this name, with how many are in it. Raises IncompleteRead where there is none, or more than one."""
        name = sku.partition(":")[2]
        search = 'profile.name eq "{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
        pages = okta.rows(self._api(), "api/v1/groups", search=search, expand="stats", limit="200")
        row = _only(sku, [row for page in pages for row in page if row["profile"]["name"] == name])
        kept = {"BUILT_IN": Origin.AUTO, "APP_GROUP": Origin.GROUP}.get(row["type"], Origin.DIRECT)
        total = row.get("_embedded", {}).get("stats", {}).get("usersCount")
        return Thing("group", row["id"], name, kept, total)

    def _app(self, sku: str) -> Thing:
        name = sku.partition(":")[2]
        pages = okta.rows(self._api(), "api/v1/apps", q=name, limit="200")
        row = _only(sku, [row for page in pages for row in page if row["label"] == name])
        return Thing("app", row["id"], name)

    def _holding(self, sku: str, thing: Thing) -> Holding:
        """Raises IncompleteRead where a group's members are not as many as it says."""
        query = {"limit": "1000"} if thing.kind == "group" else {"limit": "500", "expand": "user"}
        pages = list(okta.rows(self._api(), f"api/v1/{thing.kind}s/{thing.id}/users", **query))
        rows = [row for page in pages for row in page]
        if thing.total is not None and thing.total != len(rows):
            raise IncompleteRead(f"{sku}: {len(rows)} rows were read, Okta counts {thing.total}", okta.AGAIN)
        seats = tuple(self._seat(thing, row) for row in rows)
        proof = Proof(len(rows), len(pages), self._site.clock.now(), thing.total)
        return Holding(sku, Pool(self._bought[sku], len(rows)), seats, proof)

    def _seat(self, thing: Thing, row: Mapping[str, Any]) -> Seat:
        user = row if thing.kind == "group" else row.get("_embedded", {}).get("user", {})
        login = user.get("profile", {}).get("login") or row.get("credentials", {}).get("userName", "")
        origin, group = thing.kept, thing.name if thing.kept is Origin.GROUP else ""
        if thing.kind == "app" and row.get("scope") == "GROUP":
            origin, group = Origin.GROUP, self._named(row.get("_links", {}).get("group", {}).get("href", ""))
        used = str(user.get("lastLogin") or "")[:10]
        return Seat(row["id"], login, origin, group, last_used=date.fromisoformat(used) if used else None)

    def _named(self, address: str) -> str:
        """The name of the group at this address; its id where it can't be read any more."""
        id = address.rpartition("/")[2]
        if id and id not in self._groups:
            try:
                self._groups[id] = self._api().send(Call("GET", f"api/v1/groups/{id}")).json()["profile"]["name"]
            except Refused:
                self._groups[id] = id
        return self._groups.get(id, "")

    def _meet(self, changes: Sequence[Change]) -> None:
        """Finds the ids of those who are given something and hold nothing yet."""
        new = {one.login for one in changes if one.after is not None and one.login and not self._shown.holder(one)}
        if len(new) > FEW:
            for page in okta.rows(self._api(), "api/v1/users", limit="200"):
                for user in page:
                    self._shown.knows(user["profile"]["login"], user["id"])
            return
        for login in sorted(new):
            try:
                user = self._api().send(Call("GET", f"api/v1/users/{quote(login, safe='@')}")).json()
                self._shown.knows(login, user["id"])
            except Refused as no:
                if no.answer.status != 404:
                    raise

    def _objection(self, change: Change) -> Refused | None:
        none = Answer(0, {}, b"")
        after = change.after
        if after is not None and after.sku not in self._bought:
            return Refused(f"sells no {after.sku!r}", none, f"it sells {', '.join(self._bought)}")
        if after is not None and after.options:
            return Refused(f"knows no option {after.options[0][0]!r}", none, "leave it out")
        if after is not None and self._things[after.sku].kept is not Origin.DIRECT:
            return Refused(f"{after.sku} is kept elsewhere: Okta lets nobody in", none, "give it where it is kept")
        if not self._shown.holder(change):
            return Refused(f"{change.who} is no user here", none, "fill the login in the people source")
        return None

    def _send(self, changes: Sequence[Change]) -> Answer:
        (change,) = changes
        user, before, after = self._shown.holder(change), change.before, change.after
        if before is not None and after is not None:
            return halves(lambda: self._give(after.sku, user), lambda: self._take(before.sku, user))
        if after is not None:
            return self._give(after.sku, user)
        assert before is not None
        return self._take(before.sku, user)

    def _give(self, sku: str, user: str) -> Answer:
        thing = self._things[sku]
        if thing.kind == "group":
            return self._api().send(Call("PUT", thing.member(user)))
        body = {"id": user, "scope": "USER"}
        return self._api().send(Call("POST", f"api/v1/apps/{thing.id}/users", body=body))

    def _take(self, sku: str, user: str) -> Answer:
        """Who is not there any more has nothing to be taken."""
        try:
            return self._api().send(Call("DELETE", self._things[sku].member(user)))
        except Refused as no:
            if no.answer.status != 404:
                raise
            raise Settled(Result.ALREADY, "", no.answer) from None


def _only(sku: str, found: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    if len(found) == 1:
        return found[0]
    what = f"{sku}: {len(found) or 'no'} such {sku.partition(':')[0]}{'s' if len(found) > 1 else ''} at Okta"
    raise IncompleteRead(what, "look at its name there; nothing is concluded from this reading")


def _bought(account: Account) -> dict[str, int | None]:
    """The skus that are sold, with what was bought of each."""
    told = account.config.get("skus")
    skus = dict(told) if isinstance(told, Mapping) else dict.fromkeys(told) if isinstance(told, list | tuple) else {}
    many = {str(sku): "" if count is None else str(count) for sku, count in skus.items()}
    bad = [sku for sku, count in many.items() if not re.match("(group|app):.", sku) or not NUMBER.fullmatch(count)]
    if not many or bad:
        what = f"{account.place}: account {account.id} sells {bad[0] if bad else 'no sku'}"
        raise Stop(Exit.ERROR, what, 'skus: {"group:design": 40, "app:Miro": unlimited}')
    return {sku: int(count) if count.isdigit() else None for sku, count in many.items()}
