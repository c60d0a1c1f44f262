"""Adobe's User Management API, as far as product profiles go. Rules and their sources (adobe-apiplatform/umapi-documentation):

- A call acts on at most 10 users; its answer is 200 with result success, partial or error, and an error names the index of its
  command (ActionsRef). Who is no user is error.user.nonexistent; an unknown profile is error.group.not_found (ErrorRef).
- Adding somebody who is in already, and removing who is not, are done (from memory).
- Pages start at 0, have at most 200 users, and end with lastPage; one beyond the last is the last one again, where the list of
  groups says "Not found" (getUsersByGroup, group). X-Total-Count and others are strings (pagedResponseHeaders).
- directOnly leaves out of `groups` what comes through a user group (directOnlyDescription); in a profile's list all are named.
- A minute allows a client 25 lists of users, 5 of groups, 10 actions; then 429 (throttling).
- A token is got by client credentials and holds 24 hours; each call names the client in X-Api-Key (UM_Authentication).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.emulators.contract import CONTRACTS
from tests.emulators.limits import Limit

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request, unchecked

ORG, CLIENT = "1234@AdobeOrg", "client-7"


def checked() -> Checker:
    """Answers have no name, and no type, that the documentation's examples have not."""
    path = CONTRACTS / "vendor-doc-examples.json"
    if not path.exists():
        return unchecked
    examples = json.loads(path.read_text(encoding="utf-8"))
    users, acted = examples["adobe_umapi_users_page"]["body"], examples["adobe_umapi_action_partial"]["body"]
    users["users"][0]["id"] = "a string by the table of fields, though no example shows it"
    users["groupName"] = "of a profile's list"

    def check(request: Request, reply: Reply) -> None:
        if reply.status == 200 and request.path.startswith("/v2/usermanagement/users"):
            _like(reply.body, users, "")
        if reply.status == 200 and "/action/" in request.path:
            assert len(request.json) <= 10, "more than 10 users in a call"
            assert all({"user", "do"} <= one.keys() for one in request.json)
            _like(reply.body, acted, "")

    return check


def _like(shown: Any, example: Any, at: str) -> None:
    assert isinstance(shown, type(example)), f"{at}: {type(shown)} is not {type(example)}"
    if isinstance(shown, dict):
        assert shown.keys() <= example.keys(), f"{at}: {sorted(shown.keys() - example.keys())} in no example"
        for name in shown:
            _like(shown[name], example[name], f"{at}/{name}")
    elif isinstance(shown, list) and example:
        for one in shown:
            _like(one, example[0], f"{at}/0")


@dataclass
class Adobe:
    clock: Clock
    secret: str
    page_most: int = 200
    limits: dict[str, Limit] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    """Addresses by id."""
    inactive: set[str] = field(default_factory=set)
    direct: dict[str, set[str]] = field(default_factory=dict)
    """Ids by profile."""
    teams: dict[str, set[str]] = field(default_factory=dict)
    through: dict[str, set[str]] = field(default_factory=dict)
    """User groups by profile."""
    refused: set[str] = field(default_factory=set)
    """Whom it says no to."""
    broken: str = ""
    tokens: int = 0

    # what people do there

    def joins(self, address: str) -> str:
        self.users[f"{len(self.users):03}@AdobeID"] = address
        return f"{len(self.users) - 1:03}@AdobeID"

    def sells(self, profile: str) -> None:
        self.direct[profile], self.through[profile] = set(), set()

    def gives(self, profile: str, address: str, group: str = "") -> None:
        if group:
            self.teams.setdefault(group, set()).add(self.by(address))
            self.through[profile].add(group)
        else:
            self.direct[profile].add(self.by(address))

    def by(self, address: str) -> str:
        return next((id for id, one in self.users.items() if one == address), "")

    def members(self, profile: str) -> set[str]:
        return self.direct[profile].union(*(self.teams[group] for group in self.through[profile]))

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.path == "/ims/token/v2":
            return self._token(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token != f"t-{self.tokens}" or request.headers.get("x-api-key") != CLIENT:
            return Reply(401, {"result": "error.apikey.invalid", "message": "Oauth token is not valid"})
        what, org, *rest = unquote(request.path.removeprefix("/v2/usermanagement/")).split("/", 3)
        if org != ORG:
            return Reply(400, {"result": "error.organization.invalid_id", "message": "Bad organization Id"})
        if what in self.limits and (wait := self.limits[what].takes(self.clock)):
            return Reply(429, {"result": "error", "message": "Too Many Requests"}, {"Retry-After": str(wait)})
        if what == "action":
            return self._acted(request)
        return self._groups(int(rest[0])) if what == "groups" else self._listed(request, *rest)

    def _token(self, request: Request) -> Reply:
        asked = request.form
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, self.secret):
            return Reply(400, {"error": "invalid_client", "error_description": "invalid client_secret parameter"})
        self.tokens += 1
        return Reply(200, {"access_token": f"t-{self.tokens}", "token_type": "bearer", "expires_in": 86399})

    def _groups(self, page: int) -> Reply:
        rows: list[dict[str, Any]] = [
            {"type": "PRODUCT_PROFILE", "groupName": name, "memberCount": len(self.members(name)), "licenseQuota": "9"}
            for name in self.direct
        ]
        rows += [{"type": "USER_GROUP", "groupName": name, "memberCount": len(ids)} for name, ids in self.teams.items()]
        if page and page * self.page_most >= len(rows):
            return Reply(200, {"lastPage": True, "result": "Not found"})
        return self._page("groups", rows, page, {}, dict)

    def _listed(self, request: Request, page: str, profile: str = "") -> Reply:
        direct_only = request.query.get("directOnly") == "true"
        ids = sorted(self.members(profile) if profile else self.users.keys() - self.inactive)
        more = {"groupName": profile} if profile else {}
        return self._page("users", ids, int(page), more, lambda id: self._row(id, direct_only))

    def _page(
        self, name: str, rows: list[Any], page: int, more: dict[str, Any], made: Callable[[Any], dict[str, Any]]
    ) -> Reply:
        pages = max(1, -(-len(rows) // self.page_most))
        page = min(page, pages - 1)
        shown, last, total = rows[page * self.page_most : (page + 1) * self.page_most], page == pages - 1, len(rows)
        if name == "users" and last and self.broken:
            shown = {"short-page": shown[:-1], "duplicate-rows": [*shown[:-1], rows[0]]}.get(self.broken, shown)
            total -= self.broken == "shrink"
        headers = {"X-Total-Count": str(total), "X-Page-Count": str(pages), "X-Current-Page": str(page)}
        return Reply(200, {"lastPage": last, "result": "success", name: [made(one) for one in shown], **more}, headers)

    def _row(self, id: str, direct_only: bool) -> dict[str, Any]:
        groups = [name for name, ids in self.teams.items() if id in ids]
        groups += [
            name for name in self.direct if id in self.direct[name] or (not direct_only and id in self.members(name))
        ]
        status = "disabled" if id in self.inactive else "active"
        return {"id": id, "email": self.users[id], "status": status, "groups": groups, "type": "federatedID"}

    def _acted(self, request: Request) -> Reply:
        errors = [
            {"index": at, "step": 0, "requestID": one["requestID"], "user": one["user"], **no}
            for at, one in enumerate(request.json)
            if (no := self._did(one["user"], one["do"][0]))
        ]
        result = "success" if not errors else "error" if len(errors) == len(request.json) else "partial"
        said = {"completed": len(request.json) - len(errors), "notCompleted": len(errors), "completedInTestMode": 0}
        return Reply(200, {**said, "result": result, **({"errors": errors} if errors else {})})

    def _did(self, address: str, step: Any) -> dict[str, str] | None:
        ((verb, what),) = step.items()
        profile, id = what["group"][0], self.by(address)
        if not id or address in self.refused:
            return {"message": f"User Id does not exist: {address}", "errorCode": "error.user.nonexistent"}
        if profile not in self.direct:
            return {"message": f"Group {profile} was not found", "errorCode": "error.group.not_found"}
        self.direct[profile] = self.direct[profile] | {id} if verb == "add" else self.direct[profile] - {id}
        return None
