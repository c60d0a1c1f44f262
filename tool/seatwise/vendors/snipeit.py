"""`vendor: snipeit`: seats of Snipe-IT's licenses that are checked out to people.

Config: `url` of the installation; `token` (an API token); `login`, what the people source's logins are there: username (as is)
or email; `calls_per_minute`, where the installation allows others than 120. A sku is a license's name, or its number where two
have the same name. Seats of devices are shown as those of a group, and never called.
Odd: it answers 200 to what it refuses; whoever checks out last gets the seat, also one that is taken (issue 3765), so a seat is
looked at before it is written, and read again afterwards; a check-in needs two nulls; the holder is written as `assigned_to`
and read as `assigned_user`; names come with HTML entities.
Verified against: contract (snipe-it-rest-api 8.2.0), never against an installation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Origin,
    Outcome,
    Pool,
    Proof,
    Result,
    Seat,
    UnknownSku,
    VendorError,
    VendorInfo,
)
from seatwise.edges.http import READ_FIRST, Answer, Call, Client, GaveUp, Lost, Refused, Says, judged, paged
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import counted
from seatwise.edges.sending import Settled, Way, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

PAGE = 500
"""Rows that are asked for; an installation may give fewer (its MAX_RESULTS)."""
CALLS = 120
"""A minute, as installations come."""
NONE = Answer(0, {}, b"")
AGAIN = "read again; nothing is concluded from this reading"


@dataclass(slots=True)
class _License:
    """One license as it was last read: which seats are free, and which each holder has."""

    id: int
    seats: int
    name: str
    free: list[int] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)


class SnipeIT:
    DESCRIBED = VendorInfo(
        "snipeit",
        takes="checks the seat in",
        undo="new",
        writes_per_minute=CALLS // 3,
        secrets=("token",),
        verified="contract",
        docs="https://snipe-it.readme.io/reference/licensesidseats",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._by = str(account.config.get("login", "username"))
        if not account.config.get("url") or self._by not in ("username", "email"):
            what = f"{account.place}: account {account.id} needs a url, and login: username or email"
            raise Stop(Exit.ERROR, what, "url: https://assets.acme.example")
        self._shown = Shown(site.clock)
        self._licenses: dict[str, _License] = {}
        self._names: tuple[str, ...] = ()
        self._client: Client | None = None

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        return self._read(skus, self._sold())

    def _read(self, skus: Iterable[str] | None, sold: Mapping[str, _License]) -> Iterator[Holding]:
        wanted = self._names if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku not in sold]:
            raise UnknownSku(strange[0], self._names)
        logins = self._logins() if wanted else {}
        for sku in wanted:
            self._licenses[sku] = sold[sku]
            yield self._shown.keep(self._holding(sku, sold[sku], logins))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        asked = dict.fromkeys(end.sku for one in changes for end in (one.before, one.after) if end is not None)
        if stale := self._shown.stale(asked):
            sold = self._sold()
            list(self._read([sku for sku in stale if sku in sold], sold))
        return sent(changes, self._shown, Way(lambda some: self._made(some[0]), objects=self._objection))

    def _api(self) -> Client:
        if self._client is None:
            url = str(self._account.config["url"]).rstrip("/") + "/api/v1"
            calls = int(str(self._account.config.get("calls_per_minute", CALLS)))
            self._client = Client(
                url, Bearer(secret(self._account, "token", self._site)), self._site.clock, counted(calls),
                name=f"snipeit ({self._account.id})", judge=_judge, says=_says,
                needs="Licenses: view, checkout and checkin, and Users: view",
            )  # fmt: skip
        return self._client

    def _rows(self, path: str, query: Mapping[str, str]) -> tuple[list[Any], int]:
        """All rows and the number of pages. Raises IncompleteRead where the rows aren't those that it counts."""
        rows: list[Any] = []
        totals: set[Any] = set()

        def following(answer: Answer) -> Call | None:
            said = answer.json()
            new = said.get("rows") or [] if isinstance(said, dict) else []
            total = said.get("total") if isinstance(said, dict) else None
            totals.add(total)
            rows.extend(new)
            more = new and isinstance(total, int) and len(rows) < total
            return Call("GET", path, {**query, "offset": str(len(rows))}) if more else None

        query = {**query, "limit": str(PAGE)}
        pages = len(list(paged(self._api(), Call("GET", path, {**query, "offset": "0"}), following)))
        ids = {row.get("id") for row in rows}
        if totals != {len(rows)} or len(ids) != len(rows):
            total = ", then ".join(sorted(map(str, totals)))
            raise IncompleteRead(
                f"{path}: {len(rows)} rows, {len(ids)} of them once, were read; it counts {total}", AGAIN
            )
        return rows, pages

    def _sold(self) -> dict[str, _License]:
        """Licenses by number, and by name where only one has it."""
        rows, _ = self._rows("licenses", {"sort": "id", "order": "asc"})
        found = [_License(int(row["id"]), int(row.get("seats") or 0), unescape(str(row["name"]))) for row in rows]
        often = Counter(one.name for one in found)
        self._names = tuple(one.name if often[one.name] == 1 else str(one.id) for one in found)
        return {str(one.id): one for one in found} | {one.name: one for one in found if often[one.name] == 1}

    def _logins(self) -> dict[str, str]:
        """The logins of all users, by number; also of those that are deleted: they may hold a seat."""
        rows, _ = self._rows("users", {"sort": "id", "order": "asc", "all": "true"})
        logins = {str(row["id"]): unescape(str(row.get(self._by) or "")) for row in rows}
        for holder, login in logins.items():
            if login:
                self._shown.knows(login, holder)
        return logins

    def _holding(self, sku: str, license: _License, logins: Mapping[str, str]) -> Holding:
        rows, pages = self._rows(f"licenses/{license.id}/seats", {"order": "asc"})
        seats: dict[str, Seat] = {}
        license.free, license.places = [], {}
        for row in rows:
            seat = _seat(row, logins)
            if seat is None:
                license.free.extend([int(row["id"])] if _usable(row) else [])
                continue
            license.places.setdefault(seat.holder, []).append(int(row["id"]))
            seats.setdefault(seat.holder, seat)
        used = len(rows) - len(license.free)
        held = sum(map(len, license.places.values()))
        proof = Proof(held, pages, self._site.clock.now(), held)
        return Holding(sku, Pool(len(rows), used), tuple(seats.values()), proof)

    def _objection(self, change: Change) -> Refused | None:
        for end in (change.before, change.after):
            if end is not None and end.sku not in self._licenses:
                return Refused(f"has no license {end.sku!r}", NONE, f"it has {', '.join(sorted(self._names))}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", NONE, "leave it out")
        if not self._shown.holder(change):
            return Refused(f"knows no user whose {self._by} is {change.login!r}", NONE, "add the user there first")
        return None

    def _made(self, change: Change) -> Answer:
        """A swap gives before it takes: whoever has read the first half only has two seats, and not none."""
        answer = NONE
        if change.after is not None and change.after.sku not in self._shown.held(change):
            answer = self._given(change.after.sku, self._shown.holder(change))
        if change.before is None or (change.after is not None and change.after.sku == change.before.sku):
            return answer
        try:
            return self._taken(change.before.sku, self._shown.holder(change))
        except (Refused, GaveUp) as error:
            if change.after is None:
                raise
            raise Lost(
                f"{change.after.sku} was given, and {change.before.sku} not taken: {error.what}", READ_FIRST
            ) from None

    def _given(self, sku: str, holder: str) -> Answer:
        """A free seat, looked at before it is written."""
        license = self._licenses[sku]
        while license.free:
            place = license.free.pop(0)
            if _free(self._seat_now(license, place)):
                answer = self._written(license, place, {"assigned_to": int(holder)}, holder)
                license.places.setdefault(holder, []).append(place)
                return answer
        raise Refused(f"no seat of {sku} is free", NONE, "buy more, or take one from somebody")

    def _taken(self, sku: str, holder: str) -> Answer:
        """Every seat of this license that the holder has: nothing there keeps anybody from having two."""
        license, answer = self._licenses[sku], NONE
        for place in tuple(license.places.get(holder, ())):
            try:
                answer = self._checked_in(license, place, holder)
            except (Refused, GaveUp) as error:
                if answer is NONE:
                    raise
                raise Lost(f"one seat of {sku} was taken, and another one not: {error.what}", READ_FIRST) from None
        return answer

    def _checked_in(self, license: _License, place: int, holder: str) -> Answer:
        row = self._seat_now(license, place)
        if _holder(row) != holder:
            raise Settled(Result.CONFLICT, f"seat {place} is somebody else's by now", NONE, "plan again")
        answer = self._written(license, place, {"assigned_to": None, "asset_id": None}, "")
        license.places[holder].remove(place)
        if row.get("reassignable") is not False:
            license.free.append(place)
        return answer

    def _seat_now(self, license: _License, place: int) -> Any:
        return self._api().send(Call("GET", f"licenses/{license.id}/seats/{place}")).json()

    def _written(self, license: _License, place: int, body: Mapping[str, Any], holder: str) -> Answer:
        """Written, and read again: it has said success without having saved (issue 18024)."""
        answer = self._api().send(Call("PATCH", f"licenses/{license.id}/seats/{place}", body=body))
        try:
            shown = _holder(self._seat_now(license, place))
        except VendorError as error:
            raise Lost(f"seat {place} was written, and can't be read: {error.what}", READ_FIRST) from None
        if shown != holder:
            raise Lost(f"seat {place} was written, and shows somebody else", READ_FIRST)
        return answer


def _judge(answer: Answer) -> Says:
    """What it refuses it answers with 200 and an error inside."""
    says = judged(answer)
    if says is not Says.DONE:
        return says
    try:
        said = answer.json()
    except ValueError:
        return says
    return Says.NO if isinstance(said, dict) and said.get("status") == "error" else says


def _says(answer: Answer) -> str:
    """`messages` is a text, or lists of them by field."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    told = said.get("messages") or said.get("message") or "" if isinstance(said, dict) else ""
    return "; ".join(_texts(told))


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, (list, dict)):
        yield from (text for one in (told.values() if isinstance(told, dict) else told) for text in _texts(one))


def _holder(row: Any) -> str:
    """Who holds this seat: a user's number; empty: nobody."""
    user, device = row.get("assigned_user"), row.get("assigned_asset")
    if device:
        return f"asset-{device['id']}"
    return str(user["id"]) if user else ""


def _free(row: Any) -> bool:
    return not _holder(row) and _usable(row)


def _usable(row: Any) -> bool:
    """A seat that may not be given again stays used up after its check-in."""
    return row.get("user_can_checkout") is not False and not row.get("disabled")


def _seat(row: Any, logins: Mapping[str, str]) -> Seat | None:
    holder, user, device = _holder(row), row.get("assigned_user"), row.get("assigned_asset")
    if not holder:
        return None
    if device:
        name = unescape(str(device.get("name") or holder))
        return Seat(holder, name, Origin.GROUP, f"asset {name}")
    return Seat(holder, logins.get(holder) or unescape(str(user.get("name") or holder)))
