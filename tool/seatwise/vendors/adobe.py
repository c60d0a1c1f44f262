"""`vendor: adobe`: product profiles of Adobe's Admin Console, given to single users by the User Management API.

Config: `org` (`1234@AdobeOrg`); `client_id` and `client_secret` of an OAuth server-to-server credential; `url` and `login_url` of
other hosts. A sku is a product profile's name. Users are never made: who is not in the organisation is refused.
Odd: a page beyond the last one is the last one again; what is refused stands in a 200, for each user; a profile that comes
through a user group is listed like any other, so those who have it directly are read apart; the list of users names active
ones only.
Verified against: documents (examples of Adobe's own documentation), never against Adobe itself. From memory:
that it says 429 with Retry-After, and that giving what somebody has already is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

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
    Seat,
    UnknownSku,
    VendorError,
    VendorInfo,
)
from seatwise.edges.http import LATER, READ_FIRST, Answer, Call, Client, GaveUp, Lost, Refused
from seatwise.edges.logins import by_form, secret
from seatwise.edges.pace import counted
from seatwise.edges.sending import Way, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

MOST = 10
"""Users in one call."""
PER_MINUTE = {"users": 25, "groups": 5, "action": 10}
"""Calls of one client; all clients together have more, so it may still say 429."""
SCOPE = "openid,AdobeID,user_management_sdk"
THROTTLED = "error.throttled_by_external_service"
NONE = Answer(0, {}, b"")
AGAIN = "read again; nothing is concluded from this reading"


class Adobe:
    DESCRIBED = VendorInfo(
        "adobe",
        takes="removes the user from the product profile",
        undo="new",
        writes_per_minute=PER_MINUTE["action"],
        per_call=MOST,
        secrets=("client_secret",),
        verified="documents",
        docs="https://adobe-apiplatform.github.io/umapi-documentation/en/",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._org, self._id = str(account.config.get("org", "")), str(account.config.get("client_id", ""))
        if not self._org or not self._id:
            what = f"{account.place}: account {account.id} needs an org and a client_id"
            raise Stop(Exit.ERROR, what, "org: 1234@AdobeOrg")
        self._shown = Shown(site.clock)
        self._clients: dict[str, Client] = {}
        self._sold: tuple[str, ...] = ()
        self._no: dict[int, VendorError] = {}
        """What the last call said no to, by change."""

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        groups, _ = self._pages("groups", "groups", {}, "", lambda row: row["groupName"])
        profiles = {name: row for name, row in groups.items() if row.get("type") == "PRODUCT_PROFILE"}
        self._sold = tuple(profiles)
        wanted = self._sold if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku not in profiles]:
            raise UnknownSku(strange[0], self._sold)
        if not wanted:
            return
        users, pages = self._pages("users", "users", {"directOnly": "true"}, "", _id)
        for holder, row in users.items():
            self._shown.knows(row["email"], holder)
        teams = {name for name, row in groups.items() if row.get("type") == "USER_GROUP"}
        for sku in wanted:
            yield self._shown.keep(self._holding(profiles[sku], users, pages, teams))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        asked = dict.fromkeys(end.sku for one in changes for end in (one.before, one.after) if end is not None)
        if self._shown.stale(asked):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, _kind, MOST, self._objection, part=self._part))

    def _api(self, what: str) -> Client:
        """Each kind of call has a limit of its own."""
        if not self._clients:
            hidden = secret(self._account, "client_secret", self._site)
            form = {"grant_type": "client_credentials", "client_id": self._id, "client_secret": hidden, "scope": SCOPE}
            at = str(self._account.config.get("login_url", "https://ims-na1.adobelogin.com/ims/token/v2"))
            name = f"adobe ({self._account.id})"
            login = by_form(at, lambda: form, self._site.clock, name, (hidden,))
            url = str(self._account.config.get("url", "https://usermanagement.adobe.io"))
            self._clients = {
                kind: Client(
                    f"{url.rstrip('/')}/v2/usermanagement", login, self._site.clock, counted(calls), name=name,
                    needs="the User Management API to this credential's project",
                )
                for kind, calls in PER_MINUTE.items()
            }  # fmt: skip
        return self._clients[what]

    def _call(self, method: str, what: str, rest: str, query: Mapping[str, str], body: Any = None) -> Answer:
        path = f"{what}/{quote(self._org)}{rest}"
        return self._api(what).send(Call(method, path, query, body, headers={"X-Api-Key": self._id}))

    def _pages(
        self, what: str, name: str, query: Mapping[str, str], below: str, key: Callable[[Any], str]
    ) -> tuple[dict[str, Any], int]:
        """All rows by their key, and the number of pages. Raises IncompleteRead where they aren't as many as it counts."""
        found: dict[str, Any] = {}
        totals: set[str] = set()
        for page in range(1_000_000):
            answer = self._call("GET", what, f"/{page}{below}", query)
            said = answer.json()
            rows = said.get(name) if isinstance(said, dict) and said.get("result") == "success" else None
            new = {key(row): row for row in rows or ()}
            if rows is None or len(new) != len(rows) or new.keys() & found.keys():
                raise IncompleteRead(f"page {page} of {what}{below} is none, or repeats what was read", AGAIN)
            found |= new
            totals |= {answer.headers["x-total-count"]} if "x-total-count" in answer.headers else set()
            if said.get("lastPage") is True:
                break
            if not new:
                raise IncompleteRead(f"page {page} of {what}{below} is empty, and not the last one", AGAIN)
        if totals - {str(len(found))}:
            told = ", then ".join(sorted(totals))
            raise IncompleteRead(f"{len(found)} rows of {what}{below} were read, it counts {told}", AGAIN)
        return found, page + 1

    def _holding(self, profile: Any, users: Mapping[str, Any], pages: int, teams: set[str]) -> Holding:
        """Those who have it directly; where it has more members than that, all of them are read."""
        sku, count = profile["groupName"], profile.get("memberCount")
        seats = {holder: _seat(row) for holder, row in users.items() if sku in row.get("groups", ())}
        if len(seats) != count:
            members, more = self._pages("users", "users", {"directOnly": "false"}, f"/{quote(sku, safe='')}", _id)
            if missing := seats.keys() - members.keys():
                raise IncompleteRead(f"{sku}: {len(missing)} who have it are not among its members", AGAIN)
            if count is not None and len(members) != count:
                raise IncompleteRead(f"{sku}: {len(members)} members were read, it counts {count}", AGAIN)
            for holder in members.keys() - seats.keys():
                through = sorted(teams & set(members[holder].get("groups", ()))) if holder in users else []
                seats[holder] = _seat(members[holder], holder in users, ", ".join(through) or "a user group")
            pages += more
        proof = Proof(len(seats), pages, self._site.clock.now(), len(seats) if count is None else count)
        quota = str(profile.get("licenseQuota", ""))
        return Holding(sku, Pool(int(quota) if quota.isdecimal() else None, len(seats)), tuple(seats.values()), proof)

    def _objection(self, change: Change) -> Refused | None:
        for end in (change.before, change.after):
            if end is not None and end.sku not in self._sold:
                return Refused(f"has no product profile {end.sku!r}", NONE, f"it has {', '.join(sorted(self._sold))}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", NONE, "leave it out")
        if not change.login:
            return Refused(f"{change.who} has no login here", NONE, "fill the login in the people source")
        return None

    def _send(self, changes: Sequence[Change]) -> Answer:
        """A swap is two calls: it gives before it takes, and takes only where it gave."""
        self._no = {}
        gives, takes = _kind(changes[0])
        answer = self._acted("add", changes) if gives else NONE
        given = [change for change in changes if id(change) not in self._no]
        if not takes or not given:
            return answer
        if not gives:
            return self._acted("remove", given)
        why: Mapping[int, VendorError]
        try:
            self._acted("remove", given)
            why = {id(change): self._no[id(change)] for change in given if id(change) in self._no}
        except (Refused, GaveUp, Lost) as error:
            why = {id(change): error for change in given}
        self._no |= {
            one: Lost(f"the new seat was given, the old one not taken: {no.what}", READ_FIRST)
            for one, no in why.items()
        }
        return answer

    def _part(self, change: Change, answer: Answer) -> VendorError | None:
        return self._no.get(id(change))

    def _acted(self, step: str, changes: Sequence[Change]) -> Answer:
        """One call for all; whom it says no to stands in `_no` then."""
        body = [
            {"user": self._shown.login(change), "requestID": str(at), "do": [{step: {"group": [_group(change, step)]}}]}
            for at, change in enumerate(changes)
        ]
        answer = self._call("POST", "action", "", {}, body)
        said = answer.json()
        errors = {error.get("index"): error for error in said.get("errors") or ()}
        if said.get("result") not in ("success", "partial", "error"):
            words = str(said.get("message") or said.get("result") or "an answer without a result")
            raise Lost(self._api("action").said(words), READ_FIRST)
        untold = int(said.get("notCompleted") or 0) > len(errors)
        for at, change in enumerate(changes):
            if at in errors:
                self._no[id(change)] = _refusal(errors[at], answer, self._api("action").said)
            elif untold:
                self._no[id(change)] = Lost("it says that some of a call failed, and not which", READ_FIRST)
        return answer


def _kind(change: Change) -> tuple[bool, bool]:
    """Whether it gives, and whether it takes."""
    gives = change.after is not None
    return gives, change.before is not None and (change.after is None or change.before.sku != change.after.sku)


def _group(change: Change, step: str) -> str:
    end = change.after if step == "add" else change.before
    assert end is not None
    return end.sku


def _refusal(error: Any, answer: Answer, said: Callable[[str], str]) -> VendorError:
    words = said(str(error.get("message") or error.get("errorCode") or "it says no, and not why"))
    return GaveUp(words, LATER) if error.get("errorCode") == THROTTLED else Refused(words, answer)


def _id(row: Any) -> str:
    """The id that never changes; older organisations show none, and the address is all there is."""
    return str(row.get("id") or row["email"])


def _seat(row: Any, through_group: bool = False, group: str = "") -> Seat:
    origin = Origin.GROUP if through_group else Origin.DIRECT
    return Seat(_id(row), row["email"], origin, group if through_group else "")
