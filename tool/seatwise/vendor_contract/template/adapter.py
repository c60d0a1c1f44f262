"""`vendor: newvendor`: TODO what a seat is there, in one sentence.

Config: `url`; `token: env:NAME`. The sku is the product's name. TODO what is read and written, and what is not there.
Verified against: TODO. This is the adapter of an invented service; change what differs, and what its emulator says with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from seatwise.core.model import Account, Change, Exit, Holding, IncompleteRead, Outcome, Pool, Proof, Seat, Stop
from seatwise.core.model.vendor import UnknownSku, VendorInfo
from seatwise.edges.http import Answer, Call, Client, Refused, paged
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.sending import Way, halves, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

CALLS_PER_MINUTE = 600


class NewVendor:
    DESCRIBED = VendorInfo(
        "newvendor",
        takes="takes the seat",
        undo="new",
        writes_per_minute=CALLS_PER_MINUTE,
        secrets=("token",),
        verified="documents",
        docs="https://newvendor.example/api",
    )
    """Each line of it is held against what the adapter does."""

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        if not account.config.get("url"):
            what = f"{account.place}: account {account.id} names no address"
            raise Stop(Exit.ERROR, what, "url: https://newvendor.example/api")
        self._shown = Shown(site.clock)
        self._client: Client | None = None
        self._bought: dict[str, int | None] = {}

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        self._bought = self._sold()
        wanted = tuple(self._bought if skus is None else skus)
        if strange := [sku for sku in wanted if sku not in self._bought]:
            raise UnknownSku(strange[0], tuple(self._bought))
        yield from (self._shown.keep(self._holding(sku)) for sku in wanted)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if not self._bought or self._shown.stale(self._bought):
            list(self.read(None))
        return sent(
            changes, self._shown, Way(lambda some: self._made(some[0]), objects=self._objection, holder=_holder)
        )

    def _api(self) -> Client:
        """Not made before it is needed: that a secret is missing is this account's trouble alone."""
        if self._client is None:
            login = Bearer(secret(self._account, "token", self._site))
            name, pace = f"newvendor ({self._account.id})", Pace(CALLS_PER_MINUTE / 60, CALLS_PER_MINUTE)
            needs = "the right to manage seats"
            self._client = Client(
                str(self._account.config["url"]), login, self._site.clock, pace, name=name, needs=needs
            )
        return self._client

    def _sold(self) -> dict[str, int | None]:
        """Each product and how many seats of it were bought."""
        said = self._api().send(Call("GET", "products")).json()
        if not isinstance(said, dict) or not said.get("products"):
            raise IncompleteRead("newvendor lists no product", "read again; nothing is concluded from this reading")
        return {row["name"]: row["bought"] for row in said["products"]}

    def _holding(self, sku: str) -> Holding:
        """Everybody who has it. Raises IncompleteRead where rows, holders and the service's own count differ."""
        rows: list[Any] = []
        totals: set[int] = set()

        def following(answer: Answer) -> Call | None:
            said = answer.json()
            rows.extend(said.get("seats", ()))
            totals.add(said.get("total", -1))
            return Call("GET", "seats", {"product": sku, "page": str(said["next"])}) if said.get("next") else None

        pages = len(list(paged(self._api(), Call("GET", "seats", {"product": sku, "page": "1"}), following)))
        if totals != {len(rows)} or len({row["user"] for row in rows}) != len(rows):
            counted = ", then ".join(map(str, sorted(totals)))
            what = f"{sku}: {len(rows)} rows were read, newvendor counts {counted}"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        seats = tuple(Seat(row["user"], row["login"]) for row in rows)
        return Holding(
            sku, Pool(self._bought[sku], len(rows)), seats, Proof(len(rows), pages, self._site.clock.now(), len(rows))
        )

    def _objection(self, change: Change) -> Refused | None:
        """What the service would say no to, without asking it."""
        none = Answer(0, {}, b"")
        if change.after is not None and change.after.sku not in self._bought:
            return Refused(f"sells no {change.after.sku!r}", none, f"it sells {', '.join(self._bought)}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", none, "leave it out")
        if not change.login:
            return Refused(f"{change.who} has no login here", none, "fill the login in the people source")
        return None

    def _made(self, change: Change) -> Answer:
        if change.before is None:
            return self._given(change)
        if change.after is None:
            return self._taken(change)
        return halves(lambda: self._given(change), lambda: self._taken(change))

    def _given(self, change: Change) -> Answer:
        assert change.after is not None
        body = {"product": change.after.sku, "login": self._shown.login(change)}
        return self._api().send(Call("POST", "seats", body=body))

    def _taken(self, change: Change) -> Answer:
        assert change.before is not None
        return self._api().send(Call("DELETE", f"seats/{change.before.sku}/{self._shown.holder(change)}"))


def _holder(change: Change, answer: Answer) -> str:
    """The id that the service knows the holder by, where its answer says so."""
    said = answer.json() if answer.data else None
    return str(said.get("user", "")) if isinstance(said, dict) else ""
