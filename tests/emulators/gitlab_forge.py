"""GitLab, as far as merge requests and their approvals go. Rules and their sources:

- Approvals show who approves now, and nothing of who did before (docs.gitlab.com, "Merge request approvals API"); `approved_at`
  is newer than many servers (work item 335669).
- System notes say the rest, in these words: app/services/system_notes/merge_requests_service.rb, commit_service.rb and
  ee/app/services/ee/system_notes/merge_requests_service.rb. "requested changes": from memory.
- A push makes a version of the diff, newest first (docs.gitlab.com, "Merge requests API"); where the project says so it takes
  approvals back, with a note.
- Merge requests of a commit: those whose newest diff has it, or whose merge, squash or fast-forwarded commit it is
  (app/models/merge_request.rb, by_related_commit_sha).
- A merge: `merge_commit_sha`; a squash: `squash_commit_sha`, and with the merge method a merge commit as well; a fast-forward
  has neither (same documents).
- A deleted user's things belong to `ghost` (docs.gitlab.com, "Delete users"). `bot` is told of an account (Users API).
- Notes that refer to what we may not see are taken out of their page, and counted (lib/api/notes.rb).
- Lists tell X-Total, up to 10000 rows, and Link (docs.gitlab.com, "Pagination"). 404 to whom may not see a project.
- The same status twice: 400 "Cannot transition status" (from what clients report).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any
from urllib.parse import unquote

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Reply, Request

PROJECT = "acme/it/licences"
MOST_COUNTED = 10_000


@dataclass
class Merge:
    number: int
    by: str
    branch: str
    target: str
    commits: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    approving: dict[str, str] = field(default_factory=dict)
    asking: set[str] = field(default_factory=set)
    notes: list[dict[str, Any]] = field(default_factory=list)
    merged: bool = False
    merger: str = ""
    merge_commit: str | None = None
    squash_commit: str | None = None


class GitLab:
    """One project, `acme/it/licences`."""

    def __init__(self, clock: Clock, token: str, page_most: int = 100) -> None:
        self.clock, self.token, self.page_most = clock, token, page_most
        self.merges: dict[int, Merge] = {}
        self.resets = False
        self.tells_when = True
        """Whether approvals have `approved_at`."""
        self.counts = True
        self.bots: set[str] = set()
        self.deleted: set[str] = set()
        self.protected: dict[str, dict[str, Any]] = {}
        self.rules: list[dict[str, Any]] | None = None
        self.pipelines = False
        self.statuses: list[dict[str, Any]] = []
        self.lacks: set[str] = set()
        self.users: list[str] = ["seatwise"]
        self._number = 0

    # what people do there

    def now(self) -> str:
        return f"{self.clock.now():%Y-%m-%dT%H:%M:%S.123Z}"

    def opens(self, by: str, branch: str, target: str = "main", mail: str = "") -> str:
        number = len(self.merges) + 1
        self.merges[number] = Merge(number, by, branch, target)
        self._version(self.merges[number], mail or f"{by}@acme.example")
        return str(number)

    def pushes(self, by: str, number: str, mail: str = "") -> str:
        merge = self.merges[int(number)]
        sha = self._version(merge, mail or f"{by}@acme.example")
        self._note(
            merge, by, "added 1 commit\n\n<ul><li>1234abcd - more</li></ul>\n\n[Compare with previous version](/diff)"
        )
        if self.resets and merge.approving:
            names = [f"@{name}" for name in merge.approving]
            told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            merge.approving.clear()
            self._note(merge, by, f"reset approvals from {told} by pushing to the branch")
        return sha

    def approves(self, by: str, number: str, *, noted: bool = True) -> None:
        merge = self.merges[int(number)]
        merge.approving[by] = self.now()
        merge.asking.discard(by)
        if noted:
            self._note(merge, by, "approved this merge request")

    def unapproves(self, by: str, number: str, *, noted: bool = True) -> None:
        merge = self.merges[int(number)]
        del merge.approving[by]
        if noted:
            self._note(merge, by, "unapproved this merge request")

    def asks(self, by: str, number: str, *, noted: bool = True) -> None:
        """For changes."""
        merge = self.merges[int(number)]
        merge.asking.add(by)
        merge.approving.pop(by, None)
        if noted:
            self._note(merge, by, "requested changes")

    def says(self, by: str, number: str, text: str) -> None:
        self._note(self.merges[int(number)], by, text, system=False)

    def retargets(self, by: str, number: str, target: str, *, deleted: bool = False) -> None:
        merge = self.merges[int(number)]
        old, merge.target = merge.target, target
        moved = f"deleted the `{old}` branch. This merge request now targets the `{target}` branch"
        self._note(merge, by, moved if deleted else f"changed target branch from `{old}` to `{target}`")

    def lands(self, by: str, number: str, *, squash: bool = False, forward: bool = False) -> str:
        """The commit that is on the target then."""
        merge = self.merges[int(number)]
        merge.merged, merge.merger = True, by
        merge.squash_commit = self._sha() if squash else None
        merge.merge_commit = None if forward else self._sha()
        return merge.merge_commit or merge.squash_commit or str(merge.commits[-1]["id"])

    def _sha(self) -> str:
        self._number += 1
        return sha1(str(self._number).encode(), usedforsecurity=False).hexdigest()

    def _version(self, merge: Merge, mail: str) -> str:
        sha = self._sha()
        merge.commits.append({"id": sha, "author_email": mail, "committer_email": mail, "title": "seats"})
        made = {"id": self._number, "head_commit_sha": sha, "created_at": self.now(), "state": "collected"}
        merge.versions.insert(0, made)
        return sha

    def mentions(self, by: str, number: str) -> None:
        """From a project that we may not see."""
        self._note(self.merges[int(number)], by, "mentioned in commit 1234abcd", hidden=True)

    def _note(self, merge: Merge, by: str, body: str, *, system: bool = True, hidden: bool = False) -> dict[str, Any]:
        self._number += 1
        made = {
            "id": self._number,
            "body": body,
            "by": by,
            "created_at": self.now(),
            "system": system,
            "hidden": hidden,
        }
        merge.notes.append(made)
        return made

    # what it answers

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"message": "401 Unauthorized"})
        parts = [unquote(part) for part in request.path.split("/")[1:]]
        if parts == ["user"]:
            return Reply(200, self._user("seatwise"))
        if parts[0] == "users":
            login = self.users[int(parts[1]) - 1]
            return Reply(200, {**self._user(login), "bot": login in self.bots})
        if parts[:2] != ["projects", PROJECT]:
            return Reply(404, {"message": "404 Project Not Found"})
        if len(parts) == 2:
            told = {"id": 7, "default_branch": "main", "only_allow_merge_if_pipeline_succeeds": self.pipelines}
            return Reply(200, told)
        routes: dict[str, Callable[[Request, list[str]], Reply]] = {
            "merge_requests": self._merges,
            "repository": self._of_commit,
            "protected_branches": self._protected,
            "approval_rules": self._rules,
            "statuses": self._status,
        }
        if parts[2] in self.lacks:
            return Reply(403, {"message": "403 Forbidden"})
        return routes[parts[2]](request, parts[3:])

    def _merges(self, request: Request, parts: list[str]) -> Reply:
        merge = self.merges.get(int(parts[0]))
        if merge is None:
            return Reply(404, {"message": "404 Not found"})
        if len(parts) == 1:
            return Reply(200, self._merge(merge))
        if parts[1] == "notes" and request.writes:
            return self._written(request, merge, parts[2:])
        if parts[1] == "approvals":
            return Reply(
                200, {"iid": merge.number, "approved_by": [self._approval(*one) for one in merge.approving.items()]}
            )
        rows: Mapping[str, Sequence[Any]] = {
            "notes": [self._noted(one) for one in merge.notes],
            "commits": merge.commits[::-1],
            "versions": merge.versions,
            "reviewers": [
                {"user": self._user(one), "state": "requested_changes", "created_at": "2026-11-01T08:00:00.000Z"}
                for one in sorted(merge.asking)
            ],
        }
        return self._paged(request, rows[parts[1]])

    def _written(self, request: Request, merge: Merge, parts: list[str]) -> Reply:
        if request.method == "POST":
            return Reply(201, self._noted(self._note(merge, "seatwise", request.json["body"], system=False)))
        (note,) = [one for one in merge.notes if one["id"] == int(parts[0])]
        if note["by"] != "seatwise":
            return Reply(403, {"message": "403 Forbidden"})
        note["body"] = request.json["body"]
        return Reply(200, self._noted(note))

    def _of_commit(self, request: Request, parts: list[str]) -> Reply:
        sha = parts[1]
        rows = [self._merge(one) for one in self.merges.values() if sha in self._related(one)]
        return self._paged(request, rows)

    def _related(self, merge: Merge) -> list[str | None]:
        return [merge.merge_commit, merge.squash_commit, *(one["id"] for one in merge.commits)]

    def _protected(self, request: Request, parts: list[str]) -> Reply:
        found = self.protected.get(parts[0])
        return Reply(200, {"id": 1, "name": parts[0], **found}) if found else Reply(404, {"message": "404 Not found"})

    def _rules(self, request: Request, parts: list[str]) -> Reply:
        return Reply(404, {"message": "404 Not Found"}) if self.rules is None else self._paged(request, self.rules)

    def _status(self, request: Request, parts: list[str]) -> Reply:
        told = {"sha": parts[0], **request.json}
        if told in self.statuses:
            return Reply(400, {"message": "Cannot transition status via :enqueue from :pending"})
        self.statuses.append(told)
        return Reply(201, {"id": len(self.statuses), "status": told["state"], "name": told["name"], "sha": parts[0]})

    def _paged(self, request: Request, rows: Sequence[Any]) -> Reply:
        size, page = min(int(request.query.get("per_page", "20")), self.page_most), int(request.query.get("page", "1"))
        raw = request.path
        link = f'<{raw}?per_page={size}&page={page + 1}>; rel="next", <{raw}?per_page={size}&page=1>; rel="first"'
        headers = {"Link": link} if page * size < len(rows) else {}
        if self.counts and len(rows) <= MOST_COUNTED:
            headers["X-Total"] = str(len(rows))
        shown = [one for one in rows[(page - 1) * size : page * size] if not one.get("hidden")]
        return Reply(200, shown, headers)

    # how it shows things

    def _user(self, login: str) -> dict[str, Any]:
        shown = "ghost" if login in self.deleted else login
        if shown not in self.users:
            self.users.append(shown)
        return {"id": self.users.index(shown) + 1, "username": shown, "name": shown.title(), "state": "active"}

    def _approval(self, by: str, at: str) -> dict[str, Any]:
        return {"user": self._user(by)} | ({"approved_at": at} if self.tells_when else {})

    def _noted(self, note: Mapping[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in note.items() if name != "by"} | {"author": self._user(note["by"])}

    def _merge(self, merge: Merge) -> dict[str, Any]:
        return {
            "id": 500 + merge.number, "iid": merge.number, "title": f"Seats for {merge.branch}", "author": self._user(merge.by),
            "state": "merged" if merge.merged else "opened", "target_branch": merge.target, "source_branch": merge.branch,
            "sha": merge.commits[-1]["id"], "merge_commit_sha": merge.merge_commit, "squash_commit_sha": merge.squash_commit,
            "web_url": f"https://gitlab.example/{PROJECT}/-/merge_requests/{merge.number}",
            "merge_user": self._user(merge.merger) if merge.merger else None,
        }  # fmt: skip
