"""What a forge shows of a pull request, and what it can be told: the protocol, and its nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Says(StrEnum):
    APPROVED = "approved"
    CHANGES = "changes requested"
    DISMISSED = "dismissed"
    """An approval that somebody took back; whoever gave it may give it anew."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One word of one person on a pull request. A comment is none. `id` is the forge's, or what was signed; it counts once."""

    id: str
    login: str
    says: Says
    commit: str
    """The head that was looked at, in full."""
    at: datetime
    bot: bool = False
    ask: str = ""
    """The ask digest, where that itself was signed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A pull request (at GitLab, a merge request) as it is shown now.

    `author` opened it; `makers` are the logins of everybody who wrote, committed or pushed something of it. `head` is the newest
    commit of its branch, `base` the branch that it is meant for, since `based` where that was changed. `votes` are in order of
    time, every one that was ever given and is still shown.
    """

    number: str
    url: str
    title: str
    author: str
    base: str
    head: str
    votes: tuple[Vote, ...] = ()
    makers: frozenset[str] = frozenset()
    based: datetime | None = None
    merged: str = ""
    """The commit on the base by which it was merged; empty: it was not."""
    merger: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """What the forge itself sees to on a branch, as far as it shows it."""

    branch: str
    approvals: int = 0
    checks: tuple[str, ...] = ()
    """Checks that must pass."""
    owners: bool = False
    """Whether the owners in CODEOWNERS must approve."""
    forces: bool = True
    """Whether somebody may force push it."""
    bypasses: bool = True
    """Whether administrators may do without all this."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """As the forge told it, for evidence."""


class Forge(Protocol):
    """Where pull requests are approved. Every read is complete (all pages), or raises VendorError; nothing is guessed."""

    def by(self, commit: str) -> Request | None:
        """The pull request by which this commit came onto the branch that it was meant for; None: by none that was merged."""

    def request(self, number: str) -> Request:
        """One pull request, open or not. Raises VendorError where there is none."""

    def protection(self, branch: str) -> Protection | None:
        """None: the forge does not show it to us."""

    def comment(self, number: str, mark: str, text: str) -> str:
        """Writes the one comment that begins with the mark, or changes it; its address."""

    def check(self, commit: str, name: str, passed: bool | None, title: str, text: str) -> None:
        """Says of a commit that a check passed, failed, or (None) is waiting."""
