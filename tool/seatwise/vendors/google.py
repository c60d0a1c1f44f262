"""`vendor: google`: Google Workspace licences, given to single users by the Enterprise License Manager.

Config: `customer` (C01abc234); `subject`, an administrator for whom a service account signs; `key`, its JSON, or keyless its
`service_account` and the workload identity `provider`; `skus`, each `PRODUCT/SKU` with the seats that were bought, which no API
says: {Google-Apps/1010020020: 500}, or unlimited. Another sku of the same product is one call; across products a seat is given
before the other is taken. `per_second` where Google has granted another quota than one call a second, or where others use it
up too.

Odd: no list states a total, so a list that Google itself cuts short can't be seen. Licences are kept under mails, which change;
holders are Directory ids, from one reading of all users. A 412 may name the wrong reason (it says "should be different" where no
seat is left), so what the user has is read before it is believed. Automatic licences can't be told from others until Google
refuses to take one. SKUs that Google gives by itself (archived users, frontline) are shown beside those that are configured.
Verified against: contract (discovery documents licensing.v1 and admin.directory_v1), never against Google itself. From memory:
a last login in 1970 is none, and lists hold suspended users.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Outcome,
    Pool,
    Proof,
    Result,
    Seat,
    UnknownSku,
    VendorError,
    VendorInfo,
)
from seatwise.edges import google, google_login
from seatwise.edges.http import Answer, Call, Client, Refused
from seatwise.edges.pace import Pace
from seatwise.edges.sending import Settled, Way, halves, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

LICENSING = "https://licensing.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/apps.licensing"
KIND = "licensing#licenseAssignmentList"
NUMBER = re.compile(r"\d*|unlimited")
PAGES = ("1000", "100")
"""Rows a page: what the discovery document allows, and what the page on limits does."""


class Google:
    DESCRIBED = VendorInfo(
        "google",
        takes="takes the licence",
        undo="new",
        atomic_swap=True,
        writes_per_minute=60,
        signals=("login",),
        secrets=("key",),
        verified="contract",
        docs="https://developers.google.com/workspace/admin/licensing/v1/how-tos/using",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._customer = google_login.told(account, "customer", "C01abc234, from Account settings of the console")
        self._bought = _bought(account)
        self._shown = Shown(site.clock)
        self._mails: dict[str, str] = {}
        self._sold: tuple[str, ...] = tuple(self._bought)
        self._clients: tuple[Client, Client] | None = None

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = None if skus is None else tuple(dict.fromkeys(skus))
        products = {_product(sku) for sku in self._bought}
        asked = products if wanted is None else products & {_product(sku) for sku in wanted}
        found = {product: self._licences(product) for product in sorted(asked)}
        rows = [(f"{product}/{row['skuId']}", row["userId"]) for product, (all_, _) in found.items() for row in all_]
        self._sold = tuple(dict.fromkeys([*self._bought, *(sku for sku, _ in rows)]))
        if strange := [sku for sku in wanted or () if sku not in self._sold]:
            raise UnknownSku(strange[0], self._sold)
        users = self._users(rows) if asked else {}
        for sku in self._sold if wanted is None else wanted:
            mails = [mail for of, mail in rows if of == sku]
            yield self._shown.keep(self._holding(sku, [users[mail.casefold()] for mail in mails], found))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if self._shown.stale(self._bought):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, objects=self._objection))

    def _api(self) -> tuple[Client, Client]:
        """The licences' and the Directory's."""
        if self._clients is None:
            account, site = self._account, self._site
            login = google_login.login(account, site, SCOPE, google.USERS)
            speed = _speed(account)
            licences = Client(
                google_login.address(account, LICENSING), login, site.clock, Pace(speed, max(1.0, speed)),
                name=f"google ({account.id})", judge=google.judge,
                needs="the scope apps.licensing in the delegation, and License Management to the administrator",
            )  # fmt: skip
            self._clients = licences, google.directory(account, site, login)
        return self._clients

    def _licences(self, product: str) -> tuple[list[Mapping[str, Any]], int]:
        """Every assignment of a product, and of how many pages. Raises IncompleteRead where one is there twice."""
        found = self._pages(product)
        rows = [row for page in found for row in page]
        seats = Counter((row["skuId"], row["userId"].casefold()) for row in rows)
        if len(seats) != len(rows) or any(row["productId"] != product for row in rows):
            what = f"{product}: {len(rows)} rows were read, of {len(seats)} licences or of another product"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        return rows, len(found)

    def _pages(self, product: str) -> list[Sequence[Mapping[str, Any]]]:
        """All pages, of a thousand rows, or of a hundred where Google wants no more."""
        path = f"apps/licensing/v1/product/{quote(product)}/users"
        for size in PAGES:
            first = Call("GET", path, {"customerId": self._customer, "maxResults": size})
            try:
                return list(google.rows(self._api()[0], first, KIND, "items"))
            except Refused as no:
                if no.answer.status != 400 or size == PAGES[-1]:
                    raise
        raise AssertionError("a page has a size")

    def _users(self, rows: Sequence[tuple[str, str]]) -> Mapping[str, Mapping[str, Any]]:
        """Who has a licence, by the mail in small letters. One whom the Directory doesn't list is looked up, by the mail."""
        known = {user["primaryEmail"].casefold(): user for user in google.users(self._api()[1], self._customer)}
        for mail, user in known.items():
            self._shown.knows(mail, user["id"])
        for mail in sorted({mail for _, mail in rows if mail.casefold() not in known}):
            known[mail.casefold()] = self._user(mail)
        self._mails = {user["id"]: user["primaryEmail"] for user in known.values()}
        return known

    def _user(self, mail: str) -> Mapping[str, Any]:
        """A user by one of its mails, such as one who was renamed just now; who is in no Directory is named by the mail."""
        try:
            user: Mapping[str, Any] = (
                self._api()[1].send(Call("GET", f"admin/directory/v1/users/{quote(mail, safe='@')}")).json()
            )
        except Refused as no:
            if no.answer.status != 404:
                raise
            return {"id": mail, "primaryEmail": mail}
        return user

    def _holding(self, sku: str, users: Sequence[Mapping[str, Any]], found: Mapping[str, tuple[Any, int]]) -> Holding:
        seats = tuple(_seat(user) for user in users)
        proof = Proof(len(seats), found[_product(sku)][1], self._site.clock.now())
        return Holding(sku, Pool(self._bought.get(sku), len(seats)), seats, proof)

    def _objection(self, change: Change) -> Refused | None:
        none = Answer(0, {}, b"")
        after = change.after
        if after is not None and after.sku not in self._sold:
            return Refused(f"sells no {after.sku!r}", none, f"it sells {', '.join(self._sold)}")
        if after is not None and after.options:
            return Refused(f"knows no option {after.options[0][0]!r}", none, "leave it out")
        return None if self._mail(change) else Refused(f"{change.who} has no login here", none, "fill the login")

    def _mail(self, change: Change) -> str:
        """The holder's mail as it is now."""
        return self._mails.get(self._shown.holder(change), change.login)

    def _send(self, changes: Sequence[Change]) -> Answer:
        (change,) = changes
        before, after, mail = change.before, change.after, self._mail(change)
        if before is not None and after is not None and _product(before.sku) != _product(after.sku):
            give = Call("POST", f"{_path(after.sku)}/user", body={"userId": mail})
            take = Call("DELETE", _path(before.sku, mail))
            given, taken = replace(change, before=None), replace(change, after=None)
            return halves(lambda: self._call(give, given, mail), lambda: self._call(take, taken, mail))
        if after is None:
            assert before is not None
            return self._call(Call("DELETE", _path(before.sku, mail)), change, mail)
        if before is None:
            return self._call(Call("POST", f"{_path(after.sku)}/user", body={"userId": mail}), change, mail)
        product, _, sku = after.sku.partition("/")
        body = {"productId": product, "skuId": sku, "userId": mail}
        return self._call(Call("PUT", _path(before.sku, mail), body=body), change, mail)

    def _call(self, call: Call, change: Change, mail: str) -> Answer:
        """The answer; where Google refuses, what the user has is read before the refusal is believed."""
        try:
            return self._api()[0].send(call)
        except Refused as no:
            if no.answer.status not in (404, 412):
                raise
            raise self._settled(no, change, mail) from None

    def _settled(self, no: Refused, change: Change, mail: str) -> Refused:
        try:
            has = [
                grant is not None and self._has(grant.sku, mail)
                for grant in (change.before, change.after)
            ]  # fmt: skip
        except VendorError:
            return no
        left, reached = has
        if not left and reached is (change.after is not None):
            return Settled(Result.ALREADY, "", no.answer)
        if change.before is not None and not left:
            what = f"the seat of {change.before.sku} is gone: somebody else took it"
            return Settled(Result.CONFLICT, what, no.answer, "plan again")
        return Refused(no.what, no.answer, _advice(change, no.what))

    def _has(self, sku: str, mail: str) -> bool:
        """Whether the user has this very licence now."""
        try:
            self._api()[0].send(Call("GET", _path(sku, mail)))
        except Refused as no:
            if no.answer.status != 404:
                raise
            return False
        return True


def _bought(account: Account) -> dict[str, int | None]:
    """The skus that are sold, with what was bought of each."""
    told = account.config.get("skus")
    skus = dict(told) if isinstance(told, Mapping) else dict.fromkeys(told) if isinstance(told, list | tuple) else {}
    bad = [str(sku) for sku, many in skus.items() if not _product(str(sku)) or not NUMBER.fullmatch(_words(many))]
    if not skus or bad:
        what = f"{account.place}: account {account.id} sells {bad[0] if bad else 'no sku'}"
        raise Stop(Exit.ERROR, what, "skus: {Google-Apps/1010020020: 500}, or unlimited for the number")
    return {str(sku): int(_words(many)) if _words(many).isdigit() else None for sku, many in skus.items()}


def _words(value: object) -> str:
    return "" if value is None else str(value)


def _speed(account: Account) -> float:
    told = str(account.config.get("per_second", "1"))
    try:
        speed = float(told)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1000:
        raise Stop(Exit.ERROR, f"{account.place}: account {account.id} has per_second: {told}", "per_second: 1")
    return speed


def _product(sku: str) -> str:
    product, _, rest = sku.partition("/")
    return product if rest else ""


def _path(sku: str, mail: str = "") -> str:
    product, _, rest = sku.partition("/")
    path = f"apps/licensing/v1/product/{quote(product)}/sku/{quote(rest)}"
    return f"{path}/user/{quote(mail, safe='@')}" if mail else path


def _advice(change: Change, words: str) -> str:
    """How to mend a refusal, by what Google has said and what the user really has."""
    said = words.casefold()
    if "auto license" in said:
        return "switch automatic licensing off there"
    if "different sku" in said:
        return "the user has another sku of this product: ask for a swap"
    if change.after is not None and ("enough" in said or "should be different" in said):
        return f"no seat of {change.after.sku} is left, as it seems: take one from somebody, or buy one"
    return "look at the user in the Admin console"


def _seat(user: Mapping[str, Any]) -> Seat:
    used = str(user.get("lastLoginTime") or "")
    day = date.fromisoformat(used[:10]) if used and not used.startswith(google.NEVER) else None
    return Seat(str(user["id"]), str(user["primaryEmail"]), last_used=day)
