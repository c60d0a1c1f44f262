"""BambooHR, as far as its list of employees goes. Rules and their sources:

- GET /employees gives `data`, `meta.total`, `meta.page` with limit, nextCursor and prevCursor, and `_links`; nextCursor is null
  on the last page (models of the official Python SDK, 2026-06; reference "List Employees").
- `page[limit]` is 50 unless said, at most 100 (the same SDK; a later client of others says 2,500); more is 400 here.
- employeeId, firstName, lastName, preferredName, photoUrl, jobTitleName and status always come; `fields` adds others; a name
  that is unknown is ignored; a value that the caller may not read is null, and named in `_restrictedFields` (the same SDK).
- The key is the user of Basic, the password is x (AUTHENTICATION of the same SDK). That this call takes a key, other than OAuth
  alone, is as clients of others do it (Pipedream's list-employees); the reference names OAuth only.
- Rate limited is 429 with Retry-After since 2026-09-16, before it was 503 ("Planned Changes to the API").
- The words of a refusal stand in X-BambooHR-Error-Message (pages of others).
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from seatwise.vendor_contract.server import Reply, Request

ALWAYS = ("employeeId", "firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status")
FURTHER = ("workEmail", "homeEmail", "bestEmail", "middleName", "workPhone", "departmentName")


def limited(seconds: int, status: int = 429) -> Reply:
    return Reply(status, None, {"Retry-After": str(seconds)})


class BambooHR:
    def __init__(self, key: str, page_most: int = 100) -> None:
        self.authorization = "Basic " + b64encode(f"{key}:x".encode()).decode()
        self.page_most = page_most
        """A page is no longer, whatever is asked for."""
        self.people: list[dict[str, Any]] = []
        self.restricted: dict[str, list[str]] = {}
        """Of whom the caller may not read what, by workEmail."""
        self.broken = ""
        """short-page, duplicate, loop, shrink."""

    def joins(self, mail: str, **more: Any) -> None:
        names = {"firstName": "Ann", "lastName": "Roth", "preferredName": None, "jobTitleName": "Writer"}
        fixed = {"employeeId": str(100 + len(self.people)), "photoUrl": "https://images.example/1", "status": "Active"}
        self.people.append({**dict.fromkeys(FURTHER), **fixed, **names, "workEmail": mail, **more})

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != self.authorization:
            return Reply(401, None, {"X-BambooHR-Error-Message": "Invalid API key"})
        limit = int(request.query.get("page[limit]", "50"))
        if request.path != "/employees" or not 1 <= limit <= 100:
            return Reply(404 if request.path != "/employees" else 400)
        at = int(request.query.get("page[after]", "cursor-0").removeprefix("cursor-"))
        return Reply(200, self._page(request, at, min(limit, self.page_most)))

    def _page(self, request: Request, at: int, size: int) -> dict[str, Any]:
        asked = request.query.get("fields", "").split(",")
        shown = [self._shown(one, asked) for one in self.people[at : at + size]]
        more, total = at + size < len(self.people), len(self.people)
        if not more and self.broken == "short-page":
            shown = shown[:-1]
        if not more and self.broken == "duplicate":
            shown = [*shown[:-1], self._shown(self.people[0], asked)]
        if not more and self.broken == "shrink":
            shown, total = shown[:-1], total - 1
        after = 0 if self.broken == "loop" and at else at + size
        page = {"limit": size, "nextCursor": f"cursor-{after}" if more or self.broken == "loop" else None,
                "prevCursor": f"cursor-{at - size}" if at else None}  # fmt: skip
        return {"data": shown, "meta": {"total": total, "page": page}, "_links": {"self": {"href": request.path}}}

    def _shown(self, person: dict[str, Any], asked: list[str]) -> dict[str, Any]:
        shown = {name: person[name] for name in (*ALWAYS, *(one for one in FURTHER if one in asked))}
        hidden = [name for name in self.restricted.get(person["workEmail"], ()) if name in shown]
        return {**shown, **dict.fromkeys(hidden), **({"_restrictedFields": hidden} if hidden else {})}
