"""`vendor: scim`: any SCIM 2.0 service; a seat is a group's membership, a role, an entitlement, a user type or an active user.

Config: `url`; `token: env:NAME`; `preset` (slack, figma, github-emu, atlassian, miro, 1password, zoom) or `seat: group | role |
entitlement | user-type | active`, and what differs from it (docs/vendors/scim.md). The sku is the group's displayName, the value
of the role, entitlement or user type, or `user`. Members who come through another group are shown, and never called.
SCIM tells no pools and no last use. Verified against: third-party server (scim2-server 0.8.3, for groups and roles), the
schemas of RFC 7643; no preset against its vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Holding, Outcome, UnknownSku, VendorInfo
from seatwise.edges.http import Answer, Client, Refused
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.scim import Server
from seatwise.edges.sending import sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site
from seatwise.vendors.scim.dialect import Dialect, dialect
from seatwise.vendors.scim.groups import Groups
from seatwise.vendors.scim.users import Users


class Scim:
    DESCRIBED = VendorInfo(
        "scim",
        takes="takes the holder out of the group",
        writes_per_minute=300,
        per_call=1000,
        secrets=("token",),
        verified="third-party server",
        docs="https://www.rfc-editor.org/rfc/rfc7644",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        if not account.config.get("url"):
            what = f"{account.place}: account {account.id} names no address"
            raise Stop(Exit.ERROR, what, "url: https://scim.example/scim/v2")
        self._dialect = dialect(account)
        self._shown = Shown(site.clock)
        self._seats: Groups | Users | None = None

    @property
    def info(self) -> VendorInfo:
        return _info(self._dialect)

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        seats = self._opened()
        seats.look()
        wanted = seats.known if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku not in seats.known]:
            raise UnknownSku(strange[0], seats.known)
        yield from (self._shown.keep(seats.holding(sku)) for sku in wanted)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        seats = self._opened()
        if not seats.known or self._shown.stale(seats.known):
            list(self.read(None))
        way = replace(seats.way(), objects=self._objection)
        return sent(changes, self._shown, way)

    def _opened(self) -> Groups | Users:
        if self._seats is None:
            login = Bearer(secret(self._account, "token", self._site))
            pace = Pace(self._dialect.per_minute / 60, self._dialect.burst)
            name = f"scim ({self._account.id})"
            needs = "the token that may provision users and groups"
            url = str(self._account.config["url"])
            client = Client(url, login, self._site.clock, pace, name=name, needs=needs)
            server = Server(client, self._dialect.page, self._dialect.costs)
            kind = Groups if self._dialect.seat == "group" else Users
            self._seats = kind(server, self._dialect, self._shown, self._site.clock)
        return self._seats

    def _objection(self, change: Change) -> Refused | None:
        none, seats = Answer(0, {}, b""), self._opened()
        if change.after is not None and change.after.sku not in seats.known:
            return Refused(f"sells no {change.after.sku!r}", none, f"it sells {', '.join(seats.known)}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", none, "leave it out")
        if change.after is not None and not change.login:
            return Refused(f"{change.who} has no login here", none, "fill the login in the people source")
        return seats.objection(change)


def _info(way: Dialect) -> VendorInfo:
    """What is so with this account's seats."""
    takes = {
        "group": "takes the holder out of the group",
        "user-type": f"makes the user {way.free}" if way.free else "takes the user type away",
        "active": "deactivates the user",
    }
    return replace(
        Scim.DESCRIBED,
        takes=way.takes or takes.get(way.seat, f"takes the {way.seat} away"),
        undo=way.undo,
        atomic_swap=way.seat != "group",
        writes_per_minute=max(
            1, int(way.per_minute / way.cost(f"write:{'Groups' if way.seat == 'group' else 'Users'}"))
        ),
        per_call=way.most if way.seat == "group" else 1,
        needs=("mail", "name") if way.seat == "active" else (),
        docs=way.docs,
    )
