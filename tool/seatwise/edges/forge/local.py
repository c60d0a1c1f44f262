"""No forge but git: a pull request is a branch, or the commit that brought it; approvals are signatures (edges/forge/signed)."""

from __future__ import annotations

from seatwise.core.approval import MAIL
from seatwise.core.model import Exit, Protection, Request, Settings, Stop
from seatwise.edges.git import Git
from seatwise.edges.gitlog import Commit
from seatwise.edges.site import Site


class Local:
    """Who made a change is who its commits name: nobody vouches for that, so what is signed is all that approves."""

    def __init__(self, settings: Settings, git: Git, site: Site) -> None:
        self._settings, self._git = settings, git

    def by(self, commit: str) -> Request | None:
        """Every commit of the default branch is one: what a merge brought, or the commit itself."""
        told = self._git.told(commit)
        head = told.merged[-1] if told.merged else commit
        made = [one for one in self._made(told.parent, commit) if one.sha != commit or not told.merged]
        return self._request(commit[:12], told, head, made, commit, _mail(told.committer_mail))

    def request(self, number: str) -> Request:
        """`number`: a branch, or a commit."""
        head = self._git.tip(number, self._settings.journal_remote) or self._git.resolve(number)
        if head is None:
            raise Stop(Exit.USAGE, f"there is no branch {number}", "git branch --all")
        base = self._git.tip(self._settings.branch, self._settings.journal_remote) or ""
        told = self._git.told(head)
        return self._request(number, told, head, self._made(base, head), "", "")

    def protection(self, branch: str) -> Protection | None:
        return None

    def comment(self, number: str, mark: str, text: str) -> str:
        return ""

    def check(self, commit: str, name: str, passed: bool | None, title: str, text: str) -> None:
        """Nobody looks."""

    def _made(self, base: str, head: str) -> list[Commit]:
        return list(self._git.between(base, head))

    def _request(self, number: str, told: Commit, head: str, made: list[Commit], merged: str, merger: str) -> Request:
        makers = frozenset(_mail(mail) for one in made for mail in (one.author_mail, one.committer_mail))
        author = _mail(made[-1].author_mail) if made else _mail(told.author_mail)
        branch = self._settings.branch
        return Request(number, "", told.subject, author, branch, head, makers=makers, merged=merged, merger=merger)


def _mail(address: str) -> str:
    return f"{MAIL}{address.casefold()}"
