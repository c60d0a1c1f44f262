"""What `git log` prints → commits: who, when, what they say, and which changeset they take back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

FORMAT = "%H%n%P%n%an%n%ae%n%cn%n%ce%n%cI%n%(trailers:only,unfold,separator=%x1f)%n%B"
"""One line each, then the whole message; commits are told apart by NUL (`-z`)."""

REVERTS = "Seatwise-Reverts"

_SHA = re.compile(r"[0-9a-f]{7,64}")
_GIT_REVERT = re.compile(r"^This reverts commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `parent` is its first one, empty for a root. `at` is when it was committed, aware, in UTC."""

    sha: str
    parent: str
    subject: str
    body: str
    author: str
    author_mail: str
    committer: str
    committer_mail: str
    at: datetime
    trailers: Mapping[str, str] = field(default_factory=dict)
    """By name as written; a name that stands there twice has its values on a line each."""
    merged: tuple[str, ...] = ()
    """Its other parents."""

    @property
    def reverts(self) -> str:
        """The commit that it says it takes back, by our trailer or in git's words; empty: none. A claim, no proof."""
        named = next((v.strip() for k, v in self.trailers.items() if k.casefold() == REVERTS.casefold()), "")
        if _SHA.fullmatch(named):
            return named
        said = _GIT_REVERT.search(self.body)
        return said.group(1) if said else ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One path that a commit changes: `how`: git's letter (A added, M modified, D deleted, T another kind); `sha`: the blob."""

    how: str
    sha: str
    path: str


def changes(out: bytes) -> dict[str, tuple[Changed, ...]]:
    """Commit → what it changes, of `git log -z --raw --no-abbrev --no-renames --format=%x02%H`."""
    found: dict[str, tuple[Changed, ...]] = {}
    for said in out.split(b"\x02")[1:]:
        sha, *fields = said.split(b"\0")
        fields = [field for field in fields if field]
        pairs = zip(fields[::2], fields[1::2], strict=True)
        found[sha.strip().decode("ascii")] = tuple(_changed(told.decode("ascii"), path) for told, path in pairs)
    return found


def _changed(told: str, path: bytes) -> Changed:
    *_, sha, how = told.split()
    return Changed(how[0], sha, os.fsdecode(path))


def commits(out: bytes) -> Iterator[Commit]:
    """The commits of `git log -z --format=FORMAT`, in its order."""
    for record in out.split(b"\0"):
        if record:
            yield _commit(record.decode("utf-8", "replace"))


def _commit(text: str) -> Commit:
    sha, parents, author, author_mail, committer, committer_mail, at, trailers, message = text.split("\n", 8)
    parent, *merged = parents.split() or [""]
    subject, _, body = message.strip("\n").partition("\n")
    return Commit(
        sha, parent, subject, body.strip("\n"), author, author_mail, committer, committer_mail,
        datetime.fromisoformat(at).astimezone(UTC), _trailers(trailers), tuple(merged),
    )  # fmt: skip


def _trailers(line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for trailer in filter(None, line.split("\x1f")):
        name, _, value = trailer.partition(":")
        found[name.strip()] = "\n".join(filter(None, (found.get(name.strip(), ""), value.strip())))
    return found
