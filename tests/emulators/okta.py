"""Okta, as far as groups, apps and users of one org go. Rules and their sources:

- PUT and DELETE of a membership are 204, done already or not; only groups of the type OKTA_GROUP can be changed (contract
  okta-management 2026.06.3; recorded exchanges of the SDK).
- A token's answer names the scopes that it was given for (RFC 6749 5.1); who asks for one that is not granted gets invalid_scope
  (RFC 6749 5.2) and no token. `users/me` is whoever asks (contract).
- An app's users have a scope, USER or GROUP, and a link to the group; `expand=user` embeds the user; pages of at most 500
  (contract). `expand=stats` of groups embeds how many are in each (contract). Pages by Link (recorded).
- 404 is E0000007, 429 is E0000047 without Retry-After and with x-rate-limit-reset, 401 is E0000011 (recorded; the last from
  memory). That one with an app already is given it again with 200, and that a group's assignment can't be taken alone, is
  from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.emulators.contract import openapi
from tests.emulators.server import Checker, Reply, Request

from seatwise.edges.clock import Clock

AT = "2026-01-02T03:04:05.000Z"


def checked() -> Checker:
    """Against the contract, less tokens, which are not in it, and 401, which it never names."""
    check = openapi("okta-assignments.openapi.json")
    outside = "/oauth2/"
    return lambda asked, told: None if asked.path.startswith(outside) or told.status == 401 else check(asked, told)


def refused(status: int, code: str, words: str, cause: str = "") -> Reply:
    causes = [{"errorSummary": cause}] if cause else []
    return Reply(status, {"errorCode": code, "errorSummary": words, "errorLink": code, "errorId": "oae1",
                          "errorCauses": causes}, {"x-okta-request-id": "r-1"})  # fmt: skip


def limited(until: int) -> Reply:
    """As recorded: a moment, and no Retry-After."""
    words = "API call exceeded rate limit due to too many requests."
    headers = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(until)}
    return Reply(429, refused(429, "E0000047", words).body, headers)


@dataclass
class Group:
    id: str
    kind: str = "OKTA_GROUP"
    members: set[str] = field(default_factory=set)


@dataclass
class App:
    id: str
    users: dict[str, str] = field(default_factory=dict)
    """User → the group that it is through, or nothing."""


class Okta:
    def __init__(self, clock: Clock, token: str, page_most: int = 1000) -> None:
        self.clock, self.page_most = clock, page_most
        self.authorization = f"SSWS {token}"
        self.users: dict[str, dict[str, Any]] = {}
        self.logins: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.apps: dict[str, App] = {}
        self.broken = ""
        """short-page, duplicate-rows, loop, no-name."""
        self.assertions: list[dict[str, str]] = []
        self.scopes: set[str] = set()
        """What the service app was granted; empty: everything."""

    # what people do there

    def joins(self, login: str, used: str | None = None, status: str = "ACTIVE") -> None:
        id = self.logins[login] = f"00u{len(self.users):017d}"
        profile = {"login": login, "email": login, "firstName": "A", "lastName": "B", "department": "data"}
        self.users[id] = {"id": id, "status": status, "created": AT, "lastLogin": used, "profile": profile}

    def renames(self, login: str, new: str) -> None:
        id = self.logins[new] = self.logins.pop(login)
        self.users[id] = {**self.users[id], "profile": {**self.users[id]["profile"], "login": new, "email": new}}

    def group(self, name: str, kind: str = "OKTA_GROUP") -> Group:
        return self.groups.setdefault(name, Group(f"00g{len(self.groups):017d}", kind))

    def app(self, label: str) -> App:
        return self.apps.setdefault(label, App(f"0oa{len(self.apps):017d}"))

    def puts(self, login: str, group: str) -> None:
        self.group(group).members.add(self.logins[login])

    def assigns(self, login: str, app: str, group: str = "") -> None:
        self.app(app).users[self.logins[login]] = group
        if group:
            self.group(group)

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.path == "/oauth2/v1/token":
            self.assertions.append(request.form)
            scope = request.form.get("scope", "")
            if strange := [name for name in scope.split() if self.scopes and name not in self.scopes]:
                told = f"One or more scopes are not granted to this client: {strange[0]}"
                return Reply(400, {"error": "invalid_scope", "error_description": told})
            return Reply(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": "by-key", "scope": scope})
        if request.headers.get("authorization") not in (self.authorization, "Bearer by-key"):
            return refused(401, "E0000011", "Invalid token provided")
        return self._answer(request, [unquote(part) for part in request.path.removeprefix("/api/v1/").split("/")])

    def _answer(self, request: Request, parts: list[str]) -> Reply:
        match parts:
            case ["users", "me"]:
                return Reply(200, next(iter(self.users.values())))
            case ["groups"]:
                return self._groups(request)
            case ["groups", id]:
                return self._shown([self._group(n, g) for n, g in self.groups.items() if g.id == id])
            case ["groups", id, "users", *user]:
                return self._members(request, next(one for one in self.groups.values() if one.id == id), user)
            case ["apps"]:
                rows = [self._app(label, app) for label, app in self.apps.items() if self._named(request, label)]
                return self._page(request, rows, 200)
            case ["apps", id, "users", *rest]:
                return self._assigned(request, next(one for one in self.apps.values() if one.id == id), rest)
            case ["users"]:
                return self._page(request, list(self.users.values()), 200)
            case ["users", user]:
                id = self.logins.get(user, user)
                return self._shown([self.users[id]] if id in self.users else [])
        return refused(404, "E0000022", "The endpoint does not support the provided HTTP method")

    def _named(self, request: Request, label: str) -> bool:
        return self.broken != "no-name" and label.startswith(request.query.get("q", ""))

    def _shown(self, found: list[dict[str, Any]]) -> Reply:
        return Reply(200, found[0]) if found else refused(404, "E0000007", "Not found: Resource not found (User)")

    def _groups(self, request: Request) -> Reply:
        asked = re.fullmatch(r'profile\.name eq "(.*)"', request.query.get("search", ""))
        name = asked[1].replace('\\"', '"') if asked else ""
        return self._page(request, [self._group(n, g) for n, g in self.groups.items() if n == name], 10000)

    def _group(self, name: str, group: Group) -> dict[str, Any]:
        stats = {"usersCount": len(group.members), "appsCount": 0, "groupPushMappingsCount": 0}
        return {"id": group.id, "type": group.kind, "created": AT, "objectClass": ["okta:user_group"],
                "profile": {"name": name, "description": "as it says"}, "_embedded": {"stats": stats}}  # fmt: skip

    def _app(self, label: str, app: App) -> dict[str, Any]:
        return {"id": app.id, "label": label, "name": "bookmark", "status": "ACTIVE", "signOnMode": "BOOKMARK",
                "settings": {"app": {"requestIntegration": False, "url": "https://x.example"}}}  # fmt: skip

    def _page(self, request: Request, rows: list[dict[str, Any]], most: int) -> Reply:
        size = min(int(request.query.get("limit", most)), self.page_most, most)
        at = int(request.query.get("after", "0"))
        more = at + size < len(rows)
        shown = rows[at : at + size]
        if "/users" in request.path and not more:
            if self.broken == "short-page":
                shown = shown[:-1]
            elif self.broken == "duplicate-rows":
                shown = [*shown, rows[0]]
        if self.broken == "loop" and not more:
            more, at = True, -size
        query = "&".join(f"{name}={value}" for name, value in request.query.items() if name not in ("after", "search"))
        link = f'<{request.path}?{query}>; rel="self", <{request.path}?after={at + size}&{query}>; rel="next"'
        return Reply(200, shown, {"Link": link} if more else {})

    def _members(self, request: Request, group: Group, rest: list[str]) -> Reply:
        if not rest:
            return self._page(request, [self.users[user] for user in sorted(group.members)], 1000)
        (user,) = rest
        if user not in self.users:
            return refused(404, "E0000007", "Not found: Resource not found (User)")
        if group.kind != "OKTA_GROUP":
            return refused(403, "E0000006", "You do not have permission to perform the requested action")
        (group.members.add if request.method == "PUT" else group.members.discard)(user)
        return Reply(204)

    def _assigned(self, request: Request, app: App, rest: list[str]) -> Reply:
        if request.method == "GET":
            rows = [self._app_user(request, user, group) for user, group in sorted(app.users.items())]
            return self._page(request, rows, 500)
        user = rest[0] if rest else request.json["id"]
        if user not in self.users or (rest and user not in app.users):
            return refused(404, "E0000007", "Not found: Resource not found (AppUser)")
        if request.method == "POST":
            app.users[user] = ""
            return Reply(200, self._app_user(request, user, ""))
        if app.users[user]:
            return refused(400, "E0000001", "Api validation failed: id", "The user is assigned by a group.")
        del app.users[user]
        return Reply(204)

    def _app_user(self, request: Request, user: str, group: str) -> dict[str, Any]:
        known = self.users[user]
        row: dict[str, Any] = {
            "id": user, "created": AT, "lastUpdated": AT, "status": "ACTIVE", "statusChanged": AT, "profile": {},
            "scope": "GROUP" if group else "USER", "credentials": {"userName": known["profile"]["login"]},
            "_links": {"user": {"href": f"https://acme.okta.com/api/v1/users/{user}"}},
        }  # fmt: skip
        if group:
            row["_links"]["group"] = {"href": f"https://acme.okta.com/api/v1/groups/{self.groups[group].id}"}
        return {**row, "_embedded": {"user": known}} if request.query.get("expand") == "user" else row
