"""Personio, as far as tokens and its list of employees (v1) go. Rules and their sources:

- POST /auth takes client_id and client_secret as JSON, and gives `data.token` (personio-auth-api.yaml of personio/api-docs). The
  token starts with papi-, and stays the same for 24 hours from when it was made (reference "Auth"; changelog "Authentication API
  - Improved bearer token").
- Without authorization 401, with one that is not valid 403, each with `success: false` and `error` (examples of
  personio-personnel-data-api-oa3.yaml). That wrong credentials are refused the same way is from memory.
- GET /company/employees: `limit` is 50 unless said and at most 100; `offset` is the first item, from 0; `metadata` has
  total_elements, current_page, total_pages ("Pagination Adoption Guide for V1 GET employees endpoint"). The words that refuse
  a larger limit: pull request 180 of personio/api-docs.
- An attribute is label, value, type, universal_id; a date's value is a moment with an offset; a department's value has a type and
  plain attributes, a supervisor's has attributes of its own, cost centers are a list (example of the same description). An
  attribute that the credential may not read is not there ("Get started": readable attributes; from memory).
- Limits: 300 a minute, 15 a second; 429 has no Retry-After and no body, wait a second (changelogs "Rate Limits on GET Employees
  endpoint", "New Limits on reading Compensations").
"""

from __future__ import annotations

from typing import Any

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Reply, Request

DAY = 24 * 3600
MOST = 100


def refused(status: int, words: str) -> Reply:
    return Reply(status, {"success": False, "error": {"code": status, "message": words}})


def limited() -> Reply:
    return Reply(429)


def attribute(label: str, value: Any, kind: str = "standard") -> dict[str, Any]:
    return {"label": label, "value": value, "type": kind, "universal_id": label.lower().replace(" ", "_")}


def named(kind: str, name: str) -> dict[str, Any]:
    """A department, an office or a team."""
    return {"type": kind, "attributes": {"id": 7, "name": name}}


class Personio:
    def __init__(self, clock: Clock, client: str, secret: str, page_most: int = MOST) -> None:
        self.clock = clock
        self.credential = {"client_id": client, "client_secret": secret}
        self.page_most = page_most
        """A page is no longer, whatever is asked for."""
        self.people: list[dict[str, Any]] = []
        self.tokens: list[float] = []
        """When each was made."""
        self.unreadable: set[str] = set()
        self.broken = ""
        """short-page, duplicate, loop, shrink."""

    def joins(self, mail: str, **more: dict[str, Any]) -> None:
        self.people.append({
            "id": attribute("ID", len(self.people) + 1, "integer"),
            "first_name": attribute("First name", "Ann"),
            "last_name": attribute("Last name", "Roth"),
            "email": attribute("Email", mail),
            "status": attribute("Status", "active"),
            "supervisor": attribute("Supervisor", None),
            "department": attribute("Department", named("Department", "Data")),
            "cost_centers": attribute("Cost center", []),
            "termination_date": attribute("Termination date", None, "date"),
            "fix_salary": attribute("Fix salary", 3000, "decimal"),
            **more,
        })  # fmt: skip

    def leads(self, mail: str) -> dict[str, Any]:
        """The supervisor attribute of those whom this one leads."""
        boss = next(one for one in self.people if one["email"]["value"] == mail)
        return attribute(
            "Supervisor", {"type": "Employee", "attributes": {name: boss[name] for name in ("id", "email")}}
        )

    def expires(self) -> None:
        """The token is made to be a day old."""
        self.tokens[-1] -= DAY

    def answer(self, request: Request) -> Reply:
        if request.path == "/auth":
            return self._token(request)
        told = request.headers.get("authorization", "")
        if not told:
            return refused(401, "Authorization is not provided")
        if told != f"Bearer {self._valid()}":
            return refused(403, "Provided authorization is not valid")
        limit, offset = int(request.query.get("limit", "50")), int(request.query.get("offset", "0"))
        if not 1 <= limit <= MOST:
            return refused(422, f"The limit must be between 1 and {MOST}.")
        return Reply(200, self._page(offset, min(limit, self.page_most)))

    def _valid(self) -> str:
        fresh = self.tokens and self.clock.monotonic() - self.tokens[-1] < DAY
        return f"papi-{len(self.tokens)}-t0ken" if fresh else ""

    def _token(self, request: Request) -> Reply:
        if request.method != "POST" or request.json != self.credential:
            return refused(403, "Wrong credentials")
        if not self._valid():
            self.tokens.append(self.clock.monotonic())
        return Reply(200, {"success": True, "data": {"token": self._valid()}})

    def _page(self, at: int, size: int) -> dict[str, Any]:
        if self.broken == "loop":
            at = 0
        shown, total = self.people[at : at + size], len(self.people)
        more = at + size < total
        if not more and self.broken == "short-page":
            shown = shown[:-1]
        if not more and self.broken == "duplicate":
            shown = [*shown[:-1], self.people[0]]
        if not more and self.broken == "shrink":
            shown, total = shown[:-1], total - 1
        data = [{"type": "Employee", "attributes": self._readable(one)} for one in shown]
        pages = {"total_elements": total, "current_page": at // size, "total_pages": -(-total // size)}
        return {"success": True, "metadata": pages, "offset": at, "limit": size, "data": data}

    def _readable(self, person: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in person.items() if name not in self.unreadable}
