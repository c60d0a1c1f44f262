"""GitHub, as far as pull requests and their reviews go. Rules and their sources:

- A review keeps the head it was given on; who changes their mind writes another; dismissing changes the state of the old one and
  nothing else (docs.github.com, "Dismissing a pull request review"; REST "Pull request reviews", in chronological order).
- A deleted user is null (the description: nullable-simple-user), or shown as `ghost` (docs.github.com, "Deleting your account").
- Commits of a pull request: at most 250 are listed (REST "List commits on a pull request").
- A merge commit has both parents; a squash is one new commit; a rebase writes each commit anew, with its author and message;
  `merge_commit_sha` is the last of them (REST "Get a pull request").
- Pull requests of a commit: the merged one that brought it, and open ones that have it; a commit that is unknown: 422 (REST "List
  pull requests associated with a commit").
- Activity is listed by cursor, newest first (REST "List repository activities").
- A branch without protection: 404 "Branch not protected" to whom may see that, 404 "Not Found" else. A right that lacks: 403.
- Issue events: `base_ref_changed` is among the event types of pull requests (docs.github.com, "Issue event types"), and none of
  the variants of the description: it is told in the form of a locked event.
- Comments of more than 65536 characters, statuses' descriptions of more than 140: 422 (both: from what clients report).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha1
from typing import Any
from urllib.parse import unquote

from tests.emulators.contract import HERE, openapi
from tests.emulators.filled import filled

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

DOCUMENT = HERE / "github-forge.openapi.json"
REPOSITORY = "acme/licences"
AT = f"/repos/{REPOSITORY}"


def checked() -> Checker:
    check = openapi(DOCUMENT.name, overlay=_overlay)

    def unless_refused(request: Request, reply: Reply) -> None:
        """The description leaves most refusals out: 401, 403 for lack of a right, 422 of an unknown commit."""
        if reply.status < 400:
            check(request, reply)

    return unless_refused


def _overlay(document: Any) -> None:
    """A fork that was deleted is null at the head of its pull requests, in what clients report; the description says: never."""
    for name in ("pull-request", "pull-request-simple"):
        fields = document["components"]["schemas"][name]["properties"]["head"]["properties"]
        fields["repo"] = {"anyOf": [fields["repo"], {"type": "string", "nullable": True, "enum": [None]}]}


@dataclass(frozen=True)
class Commit:
    sha: str
    parents: tuple[str, ...]
    message: str
    author: str
    committer: str
    mail: str
    at: str


@dataclass
class Review:
    id: int
    by: str
    state: str
    commit: str | None
    at: str


@dataclass
class Pull:
    number: int
    by: str
    branch: str
    base: str
    commits: list[str]
    reviews: list[Review] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    merged: str = ""
    merger: str = ""
    landed: list[str] = field(default_factory=list)
    fork: str = REPOSITORY


@dataclass
class Activity:
    branch: str
    after: str
    by: str
    at: str


class GitHub:
    """One repository, `acme/licences`, with `main`."""

    def __init__(self, clock: Clock, token: str, me: str = "seatwise-bot", page_most: int = 100) -> None:
        self.clock, self.token, self.me, self.page_most = clock, token, me, page_most
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.pulls: dict[int, Pull] = {}
        self.activity: list[Activity] = []
        self.comments: list[dict[str, Any]] = []
        self.statuses: list[dict[str, str]] = []
        self.protection: dict[str, Any] | None = None
        self.rules: list[dict[str, Any]] = []
        self.apps: set[str] = set()
        self.deleted: dict[str, str] = {}
        """Login → null or ghost."""
        self.lacks: set[str] = set()
        """pulls, protection, activity, user, statuses."""
        self.pushes("ann", "main", "begin")

    # what people do there

    def now(self) -> str:
        return f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"

    def commit(self, by: str, parents: Sequence[str], message: str, mail: str = "", committer: str = "") -> str:
        sha = sha1(f"{len(self.commits)} {message}".encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = Commit(
            sha, tuple(parents), message, by, committer or by, mail or f"{by}@acme.example", self.now()
        )
        return sha

    def pushes(self, by: str, branch: str, message: str, author: str | None = None, **how: str) -> str:
        """One commit; `author` "" is somebody without an account here."""
        parents = (
            [self.branches[branch]] if branch in self.branches else [self.branches["main"]] if self.branches else []
        )
        sha = self.commit(by if author is None else author, parents, message, **how)
        self.branches[branch] = sha
        self.activity.append(Activity(branch, sha, by, self.now()))
        for pull in self.pulls.values():
            if pull.branch == branch and not pull.merged:
                pull.commits.append(sha)
        return sha

    def opens(self, by: str, branch: str, base: str = "main", fork: str = REPOSITORY) -> str:
        number, found, at = len(self.pulls) + 1, [], self.branches[branch]
        while at not in self._history(self.branches[base]):
            found.append(at)
            at = self.commits[at].parents[0]
        self.pulls[number] = Pull(number, by, branch, base, found[::-1], fork=fork)
        return str(number)

    def reviews(self, number: str, by: str, state: str = "APPROVED") -> Review:
        pull = self.pulls[int(number)]
        made = Review(
            1000 + sum(len(one.reviews) for one in self.pulls.values()), by, state, pull.commits[-1], self.now()
        )
        pull.reviews.append(made)
        return made

    def retargets(self, number: str, base: str, event: str = "base_ref_changed") -> None:
        self.pulls[int(number)].base = base
        self.pulls[int(number)].events.append((event, self.now()))

    def merges(self, number: str, by: str, how: str = "merge") -> str:
        pull = self.pulls[int(number)]
        base, title = self.branches[pull.base], f"pull request {number}"
        if how == "merge":
            pull.landed = [self.commit(by, [base, pull.commits[-1]], f"Merge {title}", committer="web-flow")]
        elif how == "squash":
            pull.landed = [self.commit(pull.by, [base], title, committer="web-flow")]
        else:
            pull.landed = []
            for one in (self.commits[sha] for sha in pull.commits):
                base = self._rewritten(one, base)
                pull.landed.append(base)
        self.branches[pull.base] = pull.merged = pull.landed[-1]
        pull.merger = by
        return pull.merged

    def _rewritten(self, one: Commit, parent: str) -> str:
        sha = sha1(f"{one.sha} on {parent}".encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = Commit(sha, (parent,), one.message, one.author, "web-flow", one.mail, one.at)
        return sha

    def _history(self, sha: str) -> list[str]:
        found, todo = [], [sha]
        while todo:
            found.append(todo.pop(0))
            todo += [one for one in self.commits[found[-1]].parents if one not in found]
        return found

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"message": "Bad credentials"})
        if request.path == "/user":
            return self._refused("user") or Reply(
                200, _shown("private-user", {"login": self.me, "user_view_type": "private"})
            )
        at, _, rest = request.path.partition(AT + "/")
        if at or not rest:
            return Reply(404, {"message": "Not Found"})
        parts = [unquote(part) for part in rest.split("/")]
        routes: dict[str, Callable[[Request, list[str]], Reply]] = {
            "commits": self._commits,
            "pulls": self._pulls,
            "issues": self._issues,
            "activity": self._activities,
            "branches": self._protection,
            "rules": lambda request, parts: self._paged(request, self.rules),
            "statuses": self._status,
        }
        return routes[parts[0]](request, parts[1:])

    def _refused(self, right: str) -> Reply | None:
        return Reply(403, {"message": "Resource not accessible by integration"}) if right in self.lacks else None

    def _commits(self, request: Request, parts: list[str]) -> Reply:
        if not parts:
            listed = self._history(request.query["sha"])
            return self._paged(request, [self._commit(sha) for sha in listed])
        if parts[0] not in self.commits:
            return Reply(422, {"message": f"No commit found for SHA: {parts[0]}"})
        if len(parts) == 1:
            return Reply(200, self._commit(parts[0]))
        found = [one for one in self.pulls.values() if parts[0] in (*one.commits, *one.landed)]
        return self._refused("pulls") or self._paged(request, [self._pull(one, simple=True) for one in found])

    def _pulls(self, request: Request, parts: list[str]) -> Reply:
        pull = self.pulls.get(int(parts[0]))
        if pull is None:
            return Reply(404, {"message": "Not Found"})
        if refused := self._refused("pulls"):
            return refused
        if len(parts) == 1:
            return Reply(200, self._pull(pull))
        rows = [self._review(one) for one in pull.reviews]
        if parts[1] == "commits":
            rows = [self._commit(sha) for sha in pull.commits[:250]]
        return self._paged(request, rows)

    def _issues(self, request: Request, parts: list[str]) -> Reply:
        if parts[0] == "comments":
            (comment,) = [one for one in self.comments if one["id"] == int(parts[1])]
            if comment["user"]["login"] != self.me:
                return Reply(403, {"message": "Must have admin rights to Repository."})
            return self._said(comment, request)
        if parts[1] == "events":
            return self._paged(request, [_event(*one) for one in self.pulls[int(parts[0])].events])
        mine = [one for one in self.comments if one["issue_url"].endswith(f"/{parts[0]}")]
        if request.method == "GET":
            return self._paged(request, mine)
        self.comments.append(self.comment(parts[0], self.me, ""))
        return self._said(self.comments[-1], request, 201)

    def _said(self, comment: dict[str, Any], request: Request, status: int = 200) -> Reply:
        if len(request.json["body"]) > 65_536:
            return Reply(422, {"message": "Validation Failed"})
        comment["body"] = request.json["body"]
        return Reply(status, comment)

    def comment(self, number: str, by: str, body: str) -> dict[str, Any]:
        id = 50 + len(self.comments)
        url = f"https://github.example/{REPOSITORY}/pull/{number}#issuecomment-{id}"
        at = f"https://api.github.example{AT}/issues/{number}"
        return _shown(
            "issue-comment", {"id": id, "body": body, "html_url": url, "issue_url": at, "user": self._user(by)}
        )

    def _activities(self, request: Request, parts: list[str]) -> Reply:
        if refused := self._refused("activity"):
            return refused
        rows = [one for one in self.activity if f"refs/heads/{one.branch}" == request.query["ref"]][::-1]
        size, after = min(int(request.query["per_page"]), self.page_most), int(request.query.get("after", "0"))
        shown = [self._activity(one) for one in rows[after : after + size]]
        link = f'<{request.path}?ref={request.query["ref"]}&per_page={size}&after={after + size}>; rel="next"'
        return Reply(200, shown, {"Link": link} if after + size < len(rows) else {})

    def _protection(self, request: Request, parts: list[str]) -> Reply:
        if refused := self._refused("protection"):
            return refused
        if self.protection is None:
            return Reply(404, {"message": "Branch not protected"})
        return Reply(200, _shown("branch-protection", self.protection))

    def _status(self, request: Request, parts: list[str]) -> Reply:
        if refused := self._refused("statuses"):
            return refused
        if len(request.json["description"]) > 140:
            return Reply(422, {"message": "Validation Failed"})
        self.statuses.append({"sha": parts[0], **request.json})
        return Reply(201, _shown("status", request.json))

    def _paged(self, request: Request, rows: Sequence[Any]) -> Reply:
        size, page = min(int(request.query["per_page"]), self.page_most), int(request.query.get("page", "1"))
        query = "&".join(f"{name}={value}" for name, value in request.query.items() if name not in ("page", "per_page"))
        link = f'<{request.path}?{query}&per_page={size}&page={page + 1}>; rel="next"'
        return Reply(
            200, list(rows[(page - 1) * size : page * size]), {"Link": link} if page * size < len(rows) else {}
        )

    # how it shows things

    def _user(self, login: str) -> dict[str, Any] | None:
        shown = self.deleted.get(login, login)
        if not shown or shown == "null":
            return None
        kind = "Bot" if login in self.apps else "User"
        return _shown("simple-user", {"login": shown, "id": sum(map(ord, login)), "type": kind})

    def _commit(self, sha: str) -> dict[str, Any]:
        one = self.commits[sha]
        committer = {"name": "GitHub", "email": "noreply@github.com", "date": self.now()}
        author = {"name": one.author or "somebody", "email": one.mail, "date": one.at}
        git = {
            "message": one.message,
            "author": author,
            "committer": committer if one.committer == "web-flow" else author,
        }
        parents = [{"sha": parent} for parent in one.parents]
        made = _shown("commit", {"sha": sha, "commit": git, "parents": parents})
        return made | {"author": self._user(one.author), "committer": self._user(one.committer)}

    def _pull(self, pull: Pull, *, simple: bool = False) -> dict[str, Any]:
        base = {
            "ref": pull.base,
            "sha": self.branches[pull.base],
            "repo": {"full_name": REPOSITORY, "default_branch": "main"},
        }
        head = {"ref": pull.branch, "sha": pull.commits[-1], "repo": {"full_name": pull.fork} if pull.fork else None}
        when = self.now() if pull.merged else None
        told = {
            "id": 9000 + pull.number, "number": pull.number, "title": f"Seats for {pull.branch}",
            "html_url": f"https://github.example/{REPOSITORY}/pull/{pull.number}", "user": self._user(pull.by),
            "merge_commit_sha": pull.merged or "f" * 40, "merged_at": when, "state": "closed" if pull.merged else "open",
        }  # fmt: skip
        more = {"merged": bool(pull.merged), "merged_by": self._user(pull.merger), "commits": len(pull.commits)}
        made = _shown("pull-request-simple", told) if simple else _shown("pull-request", told | more)
        return _with_ends(made, head, base)

    def _review(self, one: Review) -> dict[str, Any]:
        told = {"id": one.id, "user": self._user(one.by), "state": one.state, "commit_id": one.commit}
        return _shown("pull-request-review", told | ({"submitted_at": one.at} if one.state != "PENDING" else {}))

    def _activity(self, one: Activity) -> dict[str, Any]:
        told = {"after": one.after, "ref": f"refs/heads/{one.branch}", "activity_type": "push", "timestamp": one.at}
        return _shown("activity", {**told, "id": self.activity.index(one) + 1, "actor": self._user(one.by)})


def later(clock: Any, minutes: int = 1) -> None:
    clock.move_to(clock.now() + timedelta(minutes=minutes))


def _event(name: str, at: str) -> dict[str, Any]:
    number = sum(map(ord, at))
    return _shown("locked-issue-event", {"id": number, "event": name, "created_at": at})


def _shown(name: str, given: dict[str, Any]) -> dict[str, Any]:
    return filled(DOCUMENT, name, given)


def _with_ends(made: dict[str, Any], head: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Both ends of a pull request, whose repositories are too long to be made up twice by hand."""
    for name, told in (("head", head), ("base", base)):
        repo = told["repo"] and _shown("repository", told["repo"])
        made[name] = {**made[name], **told, "repo": repo}
    return made
