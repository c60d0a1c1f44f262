"""GitHub, as far as Copilot seats and members of an organisation go, and the login of an App. Rules and their sources:

- Taking a seat sets it to pending cancellation, to the first day of the next cycle; giving it again clears that; POST counts
  created and refreshed seats (docs.github.com, "Copilot user management"; api.github.com description 2022-11-28).
- 422 where one of the seats to be cancelled comes from a team; nothing of that call is done (same description).
- Who is no member is 404 or 422: the description names both for the call, so nothing of it is done (not verified live).
- A member who is added is invited: `pending` until they accept; to set the membership of an owner to member makes them one. What
  is removed is a member or an invitation, 404 where there is neither. A member of no standing in the organisation has no
  membership to be read: 404. Lists have a role to choose by, and no total. An invitation by mail has no login (api.github.com
  description 2022-11-28). That billing managers stand in no list of members is from memory.
- An enterprise's consumed licences: both totals are on each page (same description).
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
from urllib.parse import unquote

from tests.emulators.contract import openapi
from tests.emulators.keys import opened

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

APP, INSTALLATION = "Iv23liAcme", "4711"
MAY = {"organization_copilot_seat_management": "write", "members": "write"}


def checked() -> Checker:
    seats, logins = openapi("github-copilot-licences.openapi.json"), openapi("github-app-login.openapi.json")
    return lambda asked, told: (logins if asked.path.startswith("/app/") else seats)(asked, told)


@dataclass
class Held:
    team: str = ""
    used: str = ""
    ends: str = ""


@dataclass
class Invitation:
    id: int
    login: str = ""
    mail: str = ""
    role: str = "direct_member"


class GitHub:
    """An organisation `acme` with members and their Copilot seats, of an enterprise `acme-inc`."""

    def __init__(self, clock: Clock, token: str, page_most: int = 100) -> None:
        self.clock, self.token, self.page_most = clock, token, page_most
        self.members: dict[str, int] = {}
        self.seats: dict[str, Held] = {}
        self.outside: dict[str, int] = {}
        """Users who are no members."""
        self.owners: set[str] = set()
        self.invitations: list[Invitation] = []
        self.bought, self.elsewhere = 50, 20
        """Seats of the enterprise: bought, and used in its other organisations."""
        self.setting = "assign_selected"
        self.app = APP
        self.claims: list[dict[str, Any]] = []
        self.given: dict[str, datetime] = {}
        """Tokens of the installation, and when they run out."""
        self.broken = ""
        """short-page, duplicate-rows, shrink."""

    # what people do there

    def joins(self, login: str, owner: bool = False) -> None:
        self.members[login] = self._number(login)
        self.invitations = [one for one in self.invitations if one.login != login]
        self.owners |= {login} if owner else set()

    def signs_up(self, login: str) -> None:
        """At GitHub, and in no organisation."""
        self.outside[login] = self._number(login)

    def invites(self, login: str = "", mail: str = "", role: str = "direct_member") -> None:
        self.invitations.append(Invitation(500 + len(self.invitations), login, mail, role))

    def _number(self, login: str) -> int:
        known = self.outside.pop(login, None) or self.members.get(login)
        return known or 1000 + len(self.members) + len(self.outside)

    def gives(self, login: str, team: str = "", used: str = "") -> None:
        self.seats[login] = Held(team, used)

    def renames(self, login: str, new: str) -> None:
        held = self.members if login in self.members else self.outside
        held[new] = held.pop(login)
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
        if does := routes.get((request.method, request.path)):
            return does(request)
        match [unquote(part) for part in request.path.strip("/").split("/")]:
            case ["orgs", "acme", "members" | "invitations" as name] if request.method == "GET":
                return self._people(request, name)
            case ["orgs", "acme", "memberships", login]:
                return self._membership(request, login)
            case ["orgs", "acme", "invitations", id] if request.method == "DELETE":
                return self._uninvited(lambda one: str(one.id) == id)
            case ["enterprises", "acme-inc", "consumed-licenses"]:
                return self._consumed(request)
        return refused(404, "Not Found")

    def _people(self, request: Request, name: str) -> Reply:
        """Members, or invitations, of one role or all."""
        role = request.query.get("role", "all")
        if name == "members":
            owns = {"admin": self.owners, "member": self.members.keys() - self.owners}.get(role, self.members.keys())
            rows = [_user(login, id) for login, id in sorted(self.members.items()) if login in owns]
        else:
            rows = [self._invitation(one) for one in self.invitations if role in ("all", one.role)]
        size, page = min(int(request.query.get("per_page", "30")), self.page_most), int(request.query.get("page", "1"))
        shown, more = rows[(page - 1) * size : page * size], page * size < len(rows)
        if name == "members" and role == "all" and not more:
            shown = {"short-page": shown[:-1], "duplicate-rows": [*shown, rows[0]]}.get(self.broken, shown)
        link = f'<{request.path}?role={role}&per_page={size}&page={page + 1}>; rel="next"'
        return Reply(200, shown, {"Link": link} if more else {})

    def _invitation(self, one: Invitation) -> dict[str, object]:
        at = f"https://api.github.com/organizations/1/invitations/{one.id}"
        return {"id": one.id, "login": one.login or None, "email": one.mail or None, "role": one.role, "node_id": "I_1",
                "created_at": "2026-01-02T03:04:05Z", "inviter": _user("octo-admin", 1), "team_count": 0,
                "invitation_teams_url": f"{at}/teams", "failed_at": None, "failed_reason": None}  # fmt: skip

    def _membership(self, request: Request, login: str) -> Reply:
        invited = any(one.login == login for one in self.invitations)
        there = login in self.members or invited
        if request.method == "DELETE":
            return self._removed(login) if there else refused(404, "Not Found")
        if request.method == "PUT":
            if login not in self.members and login not in self.outside:
                return refused(422, "Validation Failed")
            if not there:
                self.invites(login)
            self.owners -= {login}
        elif not there:
            return refused(404, "Not Found")
        return Reply(200, self._stands(login))

    def _stands(self, login: str) -> dict[str, object]:
        at, id = "https://api.github.com/orgs/acme", self.members.get(login) or self.outside[login]
        urls = ("repos_url", "events_url", "hooks_url", "issues_url", "members_url", "public_members_url", "avatar_url")
        org = {"login": "acme", "id": 1, "node_id": "O_1", "url": at, "description": None, **dict.fromkeys(urls, at)}
        return {"state": "active" if login in self.members else "pending", "organization": org, "organization_url": at,
                "role": "admin" if login in self.owners else "member", "url": f"{at}/memberships/{id}",
                "user": _user(login, id)}  # fmt: skip

    def _removed(self, login: str) -> Reply:
        if login in self.members:
            self.outside[login] = self.members.pop(login)
            return Reply(204)
        return self._uninvited(lambda one: one.login == login)

    def _uninvited(self, is_it: Callable[[Invitation], bool]) -> Reply:
        left = [one for one in self.invitations if not is_it(one)]
        gone, self.invitations = len(left) < len(self.invitations), left
        return Reply(204) if gone else refused(404, "Not Found")

    def _consumed(self, request: Request) -> Reply:
        used = len(self.members) + len(self.invitations) + self.elsewhere
        users = [{"github_com_login": login, "license_type": "enterprise"} for login in sorted(self.members)]
        body = {"total_seats_purchased": self.bought, "total_seats_consumed": used}
        return Reply(200, {**body, "users": users[: int(request.query["per_page"])]})

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
