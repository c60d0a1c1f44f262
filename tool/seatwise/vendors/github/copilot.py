"""Copilot seats of an organisation, given to single users: sku `copilot`.

Seats that come through a team, or that everybody in the organisation has, are shown, and never called. Taking a seat cancels
it to the end of the paid month; a seat whose cancellation is pending is given again by asking for it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from seatwise.core.model.change import Change
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
from seatwise.edges.clock import Clock
from seatwise.edges.github import AGAIN, PAGE, VERSION
from seatwise.edges.http import Answer, Call, Client, by_link
from seatwise.edges.sending import Way, sent
from seatwise.edges.shown import Shown
from seatwise.vendors.github.objection import objection

SKU = "copilot"
MOST = 500
"""Users in one call; the documents name no limit."""

INFO = VendorInfo(
    "github",
    takes="ends with the paid month",
    undo="new",
    exact_for="paid month",
    frees_at_once=False,
    atomic_swap=True,
    writes_per_minute=180,
    per_call=MOST,
    signals=("feature", "login"),
    secrets=("token", "key"),
    verified="contract",
    docs="https://docs.github.com/en/rest/copilot/copilot-user-management",
)


class Copilot:
    info = INFO
    needs = "manage_billing:copilot, or to the App GitHub Copilot Business: write"
    permission = "organization_copilot_seat_management"

    def __init__(self, org: str, api: Callable[[], Client], clock: Clock) -> None:
        self._org, self._api, self._clock = org, api, clock
        self._shown = Shown(clock, frees_at_once=False)

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = (SKU,) if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku != SKU]:
            raise UnknownSku(strange[0], (SKU,))
        if wanted:
            yield self._shown.keep(self._seats())

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if self._shown.stale([SKU]):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, _way, MOST, partial(objection, SKU)))

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
            raise IncompleteRead(what, AGAIN)
        everybody = billing.get("seat_management_setting") == "assign_all"
        seats = tuple(_seat(row, Origin.AUTO if everybody else Origin.DIRECT) for row in rows)
        proof = Proof(len(rows), len(pages) + 1, self._clock.now(), len(rows))
        return Holding(SKU, Pool(None, len(rows)), seats, proof)

    def _send(self, changes: Sequence[Change]) -> Answer:
        method = "POST" if changes[0].after is not None else "DELETE"
        body = {"selected_usernames": [self._shown.login(change) for change in changes]}
        path = f"orgs/{self._org}/copilot/billing/selected_users"
        return self._api().send(Call(method, path, body=body, headers=VERSION, cost=5))


def _way(change: Change) -> bool:
    return change.after is not None


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
