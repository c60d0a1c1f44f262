"""`forge: {kind: gitlab}`: merge requests and their approvals, at gitlab.com or a server of one's own.

- GitLab shows who approves now; when, and who did before, is in its system notes, which nobody can write or change. Whoever a
  note says approved, and who is not shown any more, has taken it back, or a push did. The head that was approved is that of the
  newest version at that moment.
- Makers are the author, who pushed after it was opened (by system notes), and authors and committers of its commits, by mail:
  GitLab names no login there, but in its own private addresses.
- A commit came by a merge request whose merge commit it is, else whose squash commit, else (fast-forward) one of whose commits.
- Who is a program is asked of each approver's account.
Verified against: documents, and GitLab's published source of the notes; never against GitLab itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from seatwise.core.approval import MAIL
from seatwise.core.model import Protection, Request, Says, Vote
from seatwise.core.model.vendor import VendorError
from seatwise.edges.forge import gitlab_notes, gitlab_rules
from seatwise.edges.forge.api import Api, Row, login, marked, numbered, opened, repository, unless_hidden
from seatwise.edges.http import Refused
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

URL = "https://gitlab.com/api/v4"
PER_MINUTE = 600
"""A third of what gitlab.com lets one user do (docs.gitlab.com, "Rate limits on GitLab.com"); a server may be set to less."""
NEEDS = "scope api, as a Developer of the project (docs/forges.md)"
DEEPEST = 20
"""Groups below each other, and the project."""
LONGEST = 1_000_000
"""Characters of a note."""
LONGEST_TITLE = 255
STATUS = {True: "success", False: "failed", None: "pending"}
SAME = "Cannot transition status"
"""What the 400 says where the status is that already."""
ROBOT = re.compile(r"(project|group)_\d+_bot")
PRIVATE = re.compile(r"\d+-([^@]+)@users\.noreply\.", re.IGNORECASE)
"""GitLab's private address of a user, which names the login."""
OLDEST_FIRST = {"sort": "asc", "order_by": "created_at"}


class GitLab:
    def __init__(self, settings: Mapping[str, str], site: Site) -> None:
        """Nothing is called yet. Raises Stop, BadCredentials or VendorError at settings that can't be meant."""
        self._repository = repository(settings, 2, DEEPEST)
        self._at = f"projects/{quote(self._repository, safe='')}"
        self._api = Api(opened(settings, site, URL, Pace(PER_MINUTE / 60, PER_MINUTE), NEEDS))

    def by(self, commit: str) -> Request | None:
        with self._api.understood():
            shown = self._api.all(f"{self._at}/repository/commits/{commit}/merge_requests")
            merged = [(one, self._merge(str(one["iid"]))) for one in shown if one["state"] == "merged"]
            brought = [full for one, full in merged if full["id"] == one["id"] and self._brought(full, commit)]
            return self._request(self._first(brought, commit)) if brought else None

    def request(self, number: str) -> Request:
        with self._api.understood():
            return self._request(self._merge(number))

    def protection(self, branch: str) -> Protection | None:
        name = quote(branch, safe="")
        with self._api.understood():
            told = unless_hidden(lambda: self._api.one(f"{self._at}/protected_branches/{name}"))
            if told is None:
                return None
            rules = unless_hidden(lambda: self._api.all(f"{self._at}/approval_rules"))
            return gitlab_rules.protection(branch, told, rules or (), self._api.one(self._at))

    def comment(self, number: str, mark: str, text: str) -> str:
        body = marked(mark, text, LONGEST)
        with self._api.understood():
            url, path = self._merge(number)["web_url"], f"{self._at}/merge_requests/{number}/notes"
            notes = [one for one in self._api.all(path, **OLDEST_FIRST) if not one["system"]]
            found = [one for one in notes if one["body"].startswith(mark)]
            me = self._api.one("user")["id"] if found else None
            mine = next((one for one in found if one["author"]["id"] == me), None)
            if mine is None:
                mine = self._api.write("POST", path, {"body": body}, repeatable=False)
            elif mine["body"] != body:
                self._api.write("PUT", f"{path}/{mine['id']}", {"body": body})
            return f"{url}#note_{mine['id']}"

    def check(self, commit: str, name: str, passed: bool | None, title: str, text: str) -> None:
        """As a commit status, which has no room for the text: the comment has it."""
        told = {"state": STATUS[passed], "name": name, "description": title[:LONGEST_TITLE]}
        with self._api.understood():
            try:
                self._api.write("POST", f"{self._at}/statuses/{commit}", told)
            except Refused as no:
                if SAME not in no.what:
                    raise

    def _merge(self, number: str) -> Row:
        try:
            return self._api.one(f"{self._at}/merge_requests/{numbered(number)}")
        except Refused as no:
            if no.answer.status != 404:
                raise
            what = f"{self._api.name}: {self._repository} shows no merge request {number}"
            raise VendorError(what, "look at the number, and whether the token reaches the project") from None

    def _request(self, merge: Row) -> Request:
        number = str(int(merge["iid"]))
        at = f"{self._at}/merge_requests/{number}"
        notes = [one for one in self._api.all(f"{at}/notes", **OLDEST_FIRST) if one["system"]]
        author = _login(merge["author"])
        makers = {author, *gitlab_notes.pushers(notes), *_wrote(self._api.all(f"{at}/commits"))}
        return Request(
            number=number,
            url=str(merge["web_url"]),
            title=str(merge["title"]),
            author=author,
            base=str(merge["target_branch"]),
            head=str(merge["sha"]),
            votes=tuple(self._votes(at, number, notes)),
            makers=frozenset(makers - {""}),
            based=gitlab_notes.based(notes),
            merged=_merged(merge) if merge["state"] == "merged" else "",
            merger=_login(merge.get("merge_user") or merge.get("merged_by")),
        )

    def _votes(self, at: str, number: str, notes: list[Row]) -> Iterator[Vote]:
        """In order of time; what GitLab shows to be so now wins over its notes."""
        versions = self._api.all(f"{at}/versions")
        approving = self._api.one(f"{at}/approvals")["approved_by"]
        asking = [one for one in self._api.all(f"{at}/reviewers") if one["state"] == "requested_changes"]
        told = gitlab_notes.votes(notes, versions)
        settled = gitlab_notes.settled(told, approving, asking, versions, number)
        ids = {_login(one["author"]): one["author"]["id"] for one in notes if one["author"]}
        ids |= {_login(one["user"]): one["user"]["id"] for one in approving}
        bots = {vote.login for vote in settled if vote.says is Says.APPROVED and self._bot(vote.login, ids)}
        yield from gitlab_notes.of_bots(settled, bots)

    def _bot(self, login: str, ids: Mapping[str, int]) -> bool:
        return bool(login) and (bool(ROBOT.match(login)) or bool(self._api.one(f"users/{ids[login]}").get("bot")))

    def _brought(self, merge: Row, commit: str) -> bool:
        made = merge["merge_commit_sha"] or merge.get("squash_commit_sha")
        if made:
            return bool(made == commit)
        commits = self._api.all(f"{self._at}/merge_requests/{merge['iid']}/commits")
        return commit in {one["id"] for one in commits}

    def _first(self, merges: list[Row], commit: str) -> Row:
        """Of several that brought one commit: that to the default branch, whose head it is, the oldest."""
        if len(merges) == 1:
            return merges[0]
        default = self._api.one(self._at)["default_branch"]
        return min(merges, key=lambda one: (one["target_branch"] != default, one["sha"] != commit, one["iid"]))


def _login(user: Row | None) -> str:
    return login(user, "username")


def _merged(merge: Row) -> str:
    return str(merge["merge_commit_sha"] or merge.get("squash_commit_sha") or merge["sha"])


def _wrote(commits: Iterable[Row]) -> Iterator[str]:
    """Mails, and the logins that GitLab's private addresses name."""
    for one in commits:
        for mail in filter(None, (one["author_email"], one["committer_email"])):
            private = PRIVATE.match(mail)
            yield from (private[1],) if private else ()
            yield f"{MAIL}{mail.casefold()}"
