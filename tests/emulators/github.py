"""GitHub, as far as Copilot seats of an organisation go, and the login of an App. Rules and their sources:

- Taking a seat sets it to pending cancellation, to the first day of the next cycle; giving it again clears that; POST counts
  created and refreshed seats (docs.github.com, "Copilot user management"; api.github.com description 2022-11-28).
- 422 where one of the seats to be cancelled comes from a team; nothing of that call is done (same description).
- Who is no member is 404 or 422: the description names both for the call, so nothing of it is done (not verified live).
- An App's JWT is RS256 with iss, iat in the past and exp within ten minutes; its installation is given a token that serves for an
  hour and is 401 after it; another installation is 404 (docs.github.com, "Generating a JSON Web Token", "Generating an
  installation access token"; the words of the 401 are from memory).
- Pages of at most 100, the next one named in Link; `total_seats` is on every page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.emulators.contract import openapi
from tests.emulators.keys import opened

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

APP, INSTALLATION = "Iv23liAcme", "4711"
MAY = {"organization_copilot_seat_management": "write"}


def checked() -> Checker:
    seats, logins = openapi("github-copilot-licences.openapi.json"), openapi("github-app-login.openapi.json")
    return lambda asked, told: (logins if asked.path.startswith("/app/") else seats)(asked, told)


@dataclass
class Held:
    team: str = ""
    used: str = ""
    ends: str = ""


class GitHub:
    """An organisation `acme` with members and their Copilot seats."""

    def __init__(self, clock: Clock, token: str, page_most: int = 100) -> None:
        self.clock, self.token, self.page_most = clock, token, page_most
        self.members: dict[str, int] = {}
        self.seats: dict[str, Held] = {}
        self.setting = "assign_selected"
        self.app = APP
        self.claims: list[dict[str, Any]] = []
        self.given: dict[str, datetime] = {}
        """Tokens of the installation, and when they run out."""
        self.broken = ""
        """short-page, duplicate-rows, shrink."""

    # what people do there

    def joins(self, login: str) -> None:
        self.members[login] = 1000 + len(self.members)

    def gives(self, login: str, team: str = "", used: str = "") -> None:
        self.seats[login] = Held(team, used)

    def renames(self, login: str, new: str) -> None:
        self.members[new] = self.members.pop(login)
        self.seats = {new if one == login else one: held for one, held in self.seats.items()}

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/app/"):
            return self._installed(request)
        if not self._knows(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return refused(401, "Bad credentials")
        routes: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("GET", "/user"): lambda request: Reply(200, _whole("octo-admin", 1)),
            ("GET", "/orgs/acme/copilot/billing"): self._billing,
            ("GET", "/orgs/acme/copilot/billing/seats"): self._listed,
            ("POST", "/orgs/acme/copilot/billing/selected_users"): self._given,
            ("DELETE", "/orgs/acme/copilot/billing/selected_users"): self._cancelled,
        }
        does = routes.get((request.method, request.path))
        return does(request) if does else Reply(404, {"message": "Not Found"})

    def _knows(self, token: str) -> bool:
        return token == self.token or self.clock.now() < self.given.get(token, self.clock.now())

    def _installed(self, request: Request) -> Reply:
        found = opened(request.headers.get("authorization", "").removeprefix("Bearer "))
        now = self.clock.now().timestamp()
        head, claims = found or ({}, {})
        if (
            head.get("alg") != "RS256"
            or claims["iss"] != self.app
            or not claims["iat"] <= now < claims["exp"] <= now + 600
        ):
            return refused(401, "A JSON web token could not be decoded")
        if request.path != f"/app/installations/{INSTALLATION}/access_tokens":
            return refused(404, "Not Found")
        self.claims.append(claims)
        token, until = f"{self.token}-{len(self.claims)}", self.clock.now() + timedelta(hours=1)
        self.given[token] = until
        return Reply(201, {"token": token, "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}", "permissions": MAY,
                           "repository_selection": "all"})  # fmt: skip

    def _billing(self, request: Request) -> Reply:
        breakdown = {
            "total": len(self.seats),
            "pending_cancellation": sum(bool(one.ends) for one in self.seats.values()),
        }
        return Reply(200, {"seat_breakdown": breakdown, "seat_management_setting": self.setting,
                           "public_code_suggestions": "block", "plan_type": "business"})  # fmt: skip

    def _listed(self, request: Request) -> Reply:
        size, page = min(int(request.query.get("per_page", "50")), self.page_most), int(request.query.get("page", "1"))
        logins = sorted(self.seats)
        shown = [self._row(login, self.seats[login]) for login in logins[(page - 1) * size : page * size]]
        total = len(logins)
        more = page * size < total
        if self.broken == "short-page" and not more:
            shown = shown[:-1]
        elif self.broken == "duplicate-rows" and not more:
            shown = [*shown[:-1], self._row(logins[0], self.seats[logins[0]])]
        elif self.broken == "shrink" and not more:
            total -= 1
        link = f'<{request.path}?per_page={size}&page={page + 1}>; rel="next"'
        return Reply(200, {"total_seats": total, "seats": shown}, {"Link": link} if more else {})

    def _given(self, request: Request) -> Reply:
        if self.setting != "assign_selected":
            return Reply(422, {"message": "Copilot is given to all users, or is not configured."})
        names = request.json["selected_usernames"]
        if any(name not in self.members for name in names):
            return Reply(422, {"message": "Some users are not members of this organization."})
        created = [name for name in names if name not in self.seats or self.seats[name].ends]
        for name in names:
            self.seats.setdefault(name, Held()).ends = ""
        return Reply(201, {"seats_created": len(created)})

    def _cancelled(self, request: Request) -> Reply:
        if self.setting != "assign_selected":
            return Reply(422, {"message": "Copilot is given to all users, or is not configured."})
        names = request.json["selected_usernames"]
        if any(name in self.seats and self.seats[name].team for name in names):
            return Reply(422, {"message": "A seat was assigned through a team and can't be cancelled for its user."})
        if any(name not in self.members for name in names):
            return Reply(422, {"message": "Some users are not members of this organization."})
        there = [name for name in names if name in self.seats]
        for name in there:
            self.seats[name].ends = self._next_cycle()
        return Reply(200, {"seats_cancelled": len(there)})

    def _next_cycle(self) -> str:
        today = self.clock.now().date()
        return str(date(today.year + today.month // 12, today.month % 12 + 1, 1))

    def _row(self, login: str, held: Held) -> dict[str, object]:
        return {
            "created_at": "2026-01-02T03:04:05Z",
            "assignee": _user(login, self.members[login]),
            "assigning_team": _team(held.team) if held.team else None,
            "pending_cancellation_date": held.ends or None,
            "last_activity_at": held.used or None,
            "last_activity_editor": None,
            "plan_type": "business",
        }


def refused(status: int, words: str) -> Reply:
    return Reply(status, {"message": words, "documentation_url": "https://docs.github.com/rest", "status": f"{status}"})


def _whole(login: str, id: int) -> dict[str, object]:
    """A user as GitHub tells of whoever asks."""
    return {**_user(login, id), "user_view_type": "public", "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            **dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"), None), "blog": "",
            "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"}  # fmt: skip


def _user(login: str, id: int) -> dict[str, object]:
    at = f"https://api.github.com/users/{id}"
    links = ("url", "html_url", "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url",
             "organizations_url", "repos_url", "events_url", "received_events_url", "avatar_url")  # fmt: skip
    return {"login": login, "id": id, "node_id": f"U_{id}", "gravatar_id": "", "type": "User", "site_admin": False,
            **dict.fromkeys(links, at)}  # fmt: skip


def _team(slug: str) -> dict[str, object]:
    at = f"https://api.github.com/organizations/1/team/{slug}"
    return {"id": 7, "node_id": "T_7", "name": slug, "slug": slug, "description": None, "privacy": "closed",
            "permission": "pull", "url": at, "html_url": at, "members_url": at, "repositories_url": at, "parent": None,
            "type": "organization", "notification_setting": "notifications_enabled"}  # fmt: skip
