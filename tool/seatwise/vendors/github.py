"""`vendor: github`: GitHub Copilot seats of an organisation, given to single users.

Config: `org`; `token` (`manage_billing:copilot`, or a GitHub App's `GitHub Copilot Business` permission: write); `url` of a
GitHub Enterprise Server. The sku is `copilot`. Seats that come through a team, or that everybody in the organisation has,
are shown, and never called. Taking a seat
cancels it to the end of the paid month; a seat whose cancellation is pending is given again by asking for it again.
Verified against: contract (api.github.com 2022-11-28), never against GitHub itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Origin,
    Outcome,
    Pending,
    Pool,
    Proof,
    Seat,
    UnknownSku,
    VendorInfo,
)
from seatwise.edges.http import Answer, Call, Client, Judge, Refused, Says, by_link, judged
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.sending import Way, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

SKU = "copilot"
PAGE = "100"
MOST = 500
"""Users in one call; the documents name no limit."""
VERSION = {"X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    DESCRIBED = VendorInfo(
        "github",
        takes="ends with the paid month",
        undo="new",
        exact_for="paid month",
        frees_at_once=False,
        atomic_swap=True,
        writes_per_minute=180,
        per_call=MOST,
        signals=("feature", "login"),
        secrets=("token",),
        verified="contract",
        docs="https://docs.github.com/en/rest/copilot/copilot-user-management",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._org = str(account.config.get("org", ""))
        if not self._org:
            raise Stop(Exit.ERROR, f"{account.place}: account {account.id} names no organisation", "org: acme")
        self._shown = Shown(site.clock, frees_at_once=False)
        self._client: Client | None = None

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = (SKU,) if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku != SKU]:
            raise UnknownSku(strange[0], (SKU,))
        if wanted:
            yield self._shown.keep(self._seats())

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if self._shown.stale([SKU]):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, _way, MOST, self._objection))

    def _api(self) -> Client:
        """100 points a second at most: 900 a minute, of which a read costs 1 and a write 5."""
        if self._client is None:
            login = Bearer(secret(self._account, "token", self._site))
            url = str(self._account.config.get("url", "https://api.github.com"))
            pace = Pace(900 / 60, 900)
            name = f"github ({self._account.id})"
            self._client = Client(
                url, login, self._site.clock, pace, name=name, judge=_judge(judged), needs="manage_billing:copilot"
            )
        return self._client

    def _seats(self) -> Holding:
        """Every seat of the organisation. Raises IncompleteRead where rows, holders and GitHub's own counts differ."""
        api, at = self._api(), f"orgs/{self._org}/copilot/billing"
        billing = api.send(Call("GET", at, headers=VERSION)).json()
        first = Call("GET", f"{at}/seats", {"per_page": PAGE}, headers=VERSION)
        pages = [answer.json() for answer in by_link(api, first)]
        rows = [row for page in pages for row in page.get("seats", ())]
        totals = {billing.get("seat_breakdown", {}).get("total"), *(page.get("total_seats") for page in pages)}
        holders = {row["assignee"]["id"] for row in rows if row.get("assignee")}
        if totals != {len(rows)} or len(holders) != len(rows):
            counted = ", then ".join(sorted(map(str, totals)))
            what = f"{SKU}: {len(rows)} rows of {len(holders)} holders were read, GitHub counts {counted}"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        everybody = billing.get("seat_management_setting") == "assign_all"
        seats = tuple(_seat(row, Origin.AUTO if everybody else Origin.DIRECT) for row in rows)
        proof = Proof(len(rows), len(pages) + 1, self._site.clock.now(), len(rows))
        return Holding(SKU, Pool(None, len(rows)), seats, proof)

    def _objection(self, change: Change) -> Refused | None:
        none = Answer(0, {}, b"")
        if change.after is not None and change.after.sku != SKU:
            return Refused(f"sells no {change.after.sku!r}", none, f"it sells {SKU}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", none, "leave it out")
        if not change.login:
            return Refused(f"{change.who} has no login here", none, "fill the login in the people source")
        return None

    def _send(self, changes: Sequence[Change]) -> Answer:
        method = "POST" if changes[0].after is not None else "DELETE"
        body = {"selected_usernames": [self._shown.login(change) for change in changes]}
        path = f"orgs/{self._org}/copilot/billing/selected_users"
        return self._api().send(Call(method, path, body=body, headers=VERSION, cost=5))


def _way(change: Change) -> bool:
    return change.after is not None


def _judge(otherwise: Judge) -> Judge:
    """A 403 that says when to come back is a limit (GitHub's secondary ones), not a missing permission."""

    def judge(answer: Answer) -> Says:
        limited = answer.status == 403 and (
            "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
        )
        return Says.WAIT if limited else otherwise(answer)

    return judge


def _seat(row: Any, otherwise: Origin) -> Seat:
    team, ends = row.get("assigning_team"), row.get("pending_cancellation_date")
    used = max((row.get(name) or "" for name in ("last_activity_at", "last_authenticated_at")), default="")
    return Seat(
        str(row["assignee"]["id"]),
        row["assignee"]["login"],
        Origin.GROUP if team else otherwise,
        team["slug"] if team else "",
        last_used=date.fromisoformat(used[:10]) if used else None,
        pending=Pending.CANCELLED if ends else Pending.NO,
        ends=date.fromisoformat(ends) if ends else None,
    )
