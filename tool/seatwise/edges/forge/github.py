"""`forge: {kind: github}`: pull requests and their reviews at GitHub, or at a GitHub Enterprise Server.

- A review that was dismissed keeps the time of its submission; comments, and reviews that are not submitted, are no votes.
- Makers are the author, the authors and committers of every commit, and who pushed one of these commits, where GitHub shows
  the activity of that branch (it may not for forks and old servers: then pushers are left out). `web-flow` is GitHub itself.
- A commit came by a pull request where that was merged as this commit, or where its commits were rebased and this is one of them.
- Checks are told as commit statuses: check runs take a GitHub App's token only, and both can be required by their name.
Verified against: contract (api.github.com 2022-11-28), and a third-party server; never against GitHub itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import quote

from seatwise.core.approval import MAIL
from seatwise.core.model import Protection, Request, Says, Vote
from seatwise.core.model.vendor import IncompleteRead, VendorError
from seatwise.edges import http
from seatwise.edges.forge import github_rules
from seatwise.edges.forge.api import (
    NOBODY,
    Api,
    Row,
    login,
    marked,
    moment,
    numbered,
    opened,
    repository,
    unless_hidden,
)
from seatwise.edges.http import Answer, Forbidden, Refused, judged
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

URL = "https://api.github.com"
HEADERS = {"X-GitHub-Api-Version": "2022-11-28"}
POINTS = 900
"""A minute; a read costs 1, a write 5 (docs.github.com, "Rate limits for the REST API")."""
NEEDS = "contents: read, pull requests: write, commit statuses: write (docs/forges.md)"
STATES = {"APPROVED": Says.APPROVED, "CHANGES_REQUESTED": Says.CHANGES, "DISMISSED": Says.DISMISSED}
NO_VOTES = ("COMMENTED", "PENDING")
ITSELF = ("web-flow", f"{MAIL}noreply@github.com")
"""GitHub's own committer of what is merged or edited on its pages."""
RETARGETED = ("base_ref_changed", "automatic_base_change_succeeded")
PUSHES = 1000
"""So many of the newest events of a branch are looked at."""
LONGEST = 65_536
"""Characters of a comment."""
LONGEST_TITLE = 140
"""Characters of a status."""
STATUS = {True: "success", False: "failure", None: "pending"}


class GitHub:
    def __init__(self, settings: Mapping[str, str], site: Site) -> None:
        """Nothing is called yet. Raises Stop, BadCredentials or VendorError at settings that can't be meant."""
        self._repository = repository(settings, 2, 2)
        self._at = f"repos/{self._repository}"
        client = opened(settings, site, URL, Pace(POINTS / 60, POINTS), NEEDS, judge)
        self._api = Api(client, HEADERS)

    def by(self, commit: str) -> Request | None:
        with self._api.understood():
            shown = self._api.all(f"{self._at}/commits/{commit}/pulls")
            merged = [(one, self._pull(str(one["number"]))) for one in shown if one["merged_at"]]
            brought = [full for one, full in merged if full["id"] == one["id"] and self._brought(full, commit)]
            return self._request(self._first(brought, commit)) if brought else None

    def request(self, number: str) -> Request:
        with self._api.understood():
            return self._request(self._pull(number))

    def protection(self, branch: str) -> Protection | None:
        name = quote(branch, safe="")
        with self._api.understood():
            classic = github_rules.classic(lambda: self._api.one(f"{self._at}/branches/{name}/protection"))
            rules = unless_hidden(lambda: self._api.all(f"{self._at}/rules/branches/{name}"))
            return github_rules.protection(branch, classic, rules)

    def comment(self, number: str, mark: str, text: str) -> str:
        body = marked(mark, text, LONGEST)
        with self._api.understood():
            comments = self._api.all(f"{self._at}/issues/{numbered(number)}/comments")
            mine = next(self._mine([one for one in comments if (one["body"] or "").startswith(mark)]), None)
            if mine is None:
                made = self._api.write("POST", f"{self._at}/issues/{number}/comments", {"body": body}, repeatable=False)
                return str(made["html_url"])
            if mine["body"] != body:
                self._api.write("PATCH", f"{self._at}/issues/comments/{mine['id']}", {"body": body})
            return str(mine["html_url"])

    def check(self, commit: str, name: str, passed: bool | None, title: str, text: str) -> None:
        """As a commit status, which has no room for the text: the comment has it."""
        told = {"state": STATUS[passed], "context": name, "description": title[:LONGEST_TITLE]}
        with self._api.understood():
            self._api.write("POST", f"{self._at}/statuses/{commit}", told)

    def _pull(self, number: str) -> Row:
        try:
            return self._api.one(f"{self._at}/pulls/{numbered(number)}")
        except Refused as no:
            if no.answer.status != 404:
                raise
            what = f"{self._api.name}: {self._repository} shows no pull request {number}"
            raise VendorError(what, "look at the number, and whether the token reaches the repository") from None

    def _request(self, pull: Row) -> Request:
        number, commits = str(int(pull["number"])), self._commits(pull)
        reviews = self._api.all(f"{self._at}/pulls/{number}/reviews")
        events = self._api.all(f"{self._at}/issues/{number}/events")
        makers = {*_wrote(commits), *self._pushed(pull, {one["sha"] for one in commits}), _login(pull["user"])}
        return Request(
            number=number,
            url=str(pull["html_url"]),
            title=str(pull["title"]),
            author=_login(pull["user"]),
            base=str(pull["base"]["ref"]),
            head=str(pull["head"]["sha"]),
            votes=tuple(sorted(_votes(reviews), key=lambda vote: vote.at)),
            makers=frozenset(makers - {"", *ITSELF}),
            based=_based(events),
            merged=str(pull["merge_commit_sha"]) if pull["merged"] else "",
            merger=_login(pull["merged_by"]),
        )

    def _commits(self, pull: Row) -> list[Row]:
        """All of them, oldest first. GitHub lists 250 at most, and counts them all."""
        found = self._api.all(f"{self._at}/pulls/{int(pull['number'])}/commits")
        if len(found) != pull["commits"]:
            what = f"pull request {pull['number']} has {pull['commits']} commits, of which {len(found)} are shown"
            raise IncompleteRead(f"{self._api.name}: {what}", "split it, or squash its commits; at most 250 are shown")
        return found

    def _pushed(self, pull: Row, commits: set[str]) -> Iterator[str]:
        """Who brought one of these commits to the branch; nobody where that is not shown."""
        head = pull["head"]
        if not head["repo"]:
            return
        path, ref = f"repos/{head['repo']['full_name']}/activity", f"refs/heads/{head['ref']}"
        activity = unless_hidden(lambda: self._api.some(path, PUSHES, ref=ref), (404, 422)) or ()
        yield from (_login(one["actor"]) for one in activity if one["after"] in commits)

    def _brought(self, pull: Row, commit: str) -> bool:
        return pull["merge_commit_sha"] == commit or commit in self._rebased(pull)

    def _rebased(self, pull: Row) -> list[str]:
        """What its commits became on the base, if it was rebased: as many in a row, with the same authors and words."""
        commits = [one for one in self._commits(pull) if len(one["parents"]) == 1]
        last = str(pull["merge_commit_sha"])
        row = self._api.some(f"{self._at}/commits", len(commits), sha=last) if commits else []
        linked = [last, *(one["parents"][0]["sha"] for one in row if len(one["parents"]) == 1)]
        same = [_words(one) for one in row] == [_words(one) for one in reversed(commits)]
        found = [str(one["sha"]) for one in row]
        return found if same and found == linked[:-1] else []

    def _first(self, pulls: list[Row], commit: str) -> Row:
        """Of several that are merged by one commit: that for the default branch, whose very head it merged, the oldest."""
        if len(pulls) == 1:
            return pulls[0]
        heads = {commit, *(one["sha"] for one in self._api.one(f"{self._at}/commits/{commit}")["parents"])}

        def order(pull: Row) -> tuple[bool, bool, int]:
            base = pull["base"]
            return base["ref"] != base["repo"]["default_branch"], pull["head"]["sha"] not in heads, pull["number"]

        return min(pulls, key=order)

    def _mine(self, comments: Iterable[Row]) -> Iterator[Row]:
        """Of these those that we wrote. Who we are is not told to an App's token: then, those that an App wrote."""
        found = list(comments)
        try:
            me = self._api.one("user")["login"] if found else ""
        except Forbidden:
            return (one for one in found if _bot(one["user"]))
        return (one for one in found if _login(one["user"]) == me)


def judge(answer: Answer) -> http.Says:
    """A 403 that says when to come back is a limit (GitHub's secondary ones), not a missing permission."""
    limited = answer.status == 403 and (
        "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    )
    return http.Says.WAIT if limited else judged(answer)


def _login(user: Row | None) -> str:
    return login(user, "login")


def _bot(user: Row | None) -> bool:
    return user is not None and (user["type"] == "Bot" or user["login"].endswith("[bot]"))


def _votes(reviews: Iterable[Row]) -> Iterator[Vote]:
    for one in reviews:
        if one["state"] not in NO_VOTES:
            user, at = one["user"], moment(one["submitted_at"])
            commit = one["commit_id"] or NOBODY
            yield Vote(str(one["id"]), _login(user), STATES[one["state"]], commit, at, bot=_bot(user))


def _wrote(commits: Iterable[Row]) -> Iterator[str]:
    """Logins; of whom GitHub knows no account, the mail."""
    for one in commits:
        for part in ("author", "committer"):
            mail = one["commit"][part]["email"] if one["commit"][part] else ""
            yield _login(one[part]) or (f"{MAIL}{mail.casefold()}" if mail else "")


def _words(commit: Row) -> tuple[str, str, str]:
    """What a rebase keeps of a commit."""
    author = commit["commit"]["author"] or {}
    return commit["commit"]["message"], author.get("email", ""), author.get("date", "")


def _based(events: Iterable[Row]) -> datetime | None:
    return max((moment(one["created_at"]) for one in events if one["event"] in RETARGETED), default=None)
