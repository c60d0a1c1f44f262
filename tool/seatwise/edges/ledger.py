"""A journal's branch → its commits in order, each with the one segment that it added: read from the first, believing nothing.

What `edges/journal` reads quickly, from a checkpoint on, is gone through here as somebody does who audits: every commit adds one
segment and changes nothing, segments are numbered, and every record follows on the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core import checkpoint
from seatwise.core.audit import Fault
from seatwise.core.chain import START, Broken, Link, Record, Segment, verify
from seatwise.edges.git import Changed, Commit, Git
from seatwise.edges.segments import CHECKPOINT, LAST, SIGNATURE

_PATH = re.compile(r"\d{4}-\d{2}/(\d{6,})(?:\.checkpoint)?\.jsonl")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One commit of a journal."""

    commit: Commit
    path: str
    data: bytes
    records: tuple[Record, ...]
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A journal as far as it holds. `fault`: the first thing that does not; nothing behind it is read."""

    name: str
    """The branch."""
    head: str
    leaves: tuple[Leaf, ...] = ()
    fault: Fault | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(record for leaf in self.leaves for record in leaf.records)

    @property
    def last(self) -> int:
        return int(self.leaves[-1].records[-1]["n"]) if self.leaves else 0

    def upto(self, commit: str) -> int:
        """The number of the last record at a commit of the branch; 0: it is none of it."""
        return next((int(leaf.records[-1]["n"]) for leaf in self.leaves if leaf.commit.sha == commit), 0)

    def commit_of(self, n: int) -> str:
        """The commit that brought a record; empty: there is no such record."""
        return next((leaf.commit.sha for leaf in self.leaves if n <= leaf.records[-1]["n"]), "") if n else ""


class _Fault(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def ledger(git: Git, name: str, head: str) -> Ledger:
    """The journal that the branch of this name holds at a commit."""
    commits = git.first_parents(None, head)
    changes = git.changes(head)
    blobs = git.blobs(list(dict.fromkeys(one.sha for of in changes.values() for one in of if one.how == "A")))
    leaves: list[Leaf] = []
    try:
        for leaf in _leaves(commits, changes, blobs):
            leaves.append(leaf)
    except _Fault as error:
        return Ledger(name, head, tuple(leaves), error.fault)
    return Ledger(name, head, tuple(leaves))


def _leaves(
    commits: Sequence[Commit], changes: Mapping[str, Sequence[Changed]], blobs: Mapping[str, bytes]
) -> Iterator[Leaf]:
    last = START
    for number, commit in enumerate(commits, start=1):
        changed = changes.get(commit.sha, ())
        path = _segment(commit, changed, number, last.n)
        files = {one.path: blobs[one.sha] for one in changed}
        segment = _chained(commit, path, files[path], last)
        last = segment.last
        yield Leaf(commit, path, files[path], segment.records, files.get(path + SIGNATURE))


def _segment(commit: Commit, changed: Sequence[Changed], number: int, n: int) -> str:
    """The path of the one segment that a commit adds."""
    if commit.merged:
        raise _wrong("merge", n + 1, "a journal has no merges, and this commit is one", commit)
    for one in changed:
        if one.how != "A":
            how = "is gone" if one.how == "D" else "is not what it was"
            raise _wrong("segment-changed", n, f"{one.path} {how} from this commit on", commit)
    paths = [
        one.path for one in changed if one.path.removesuffix(SIGNATURE) not in {c.path for c in changed} - {one.path}
    ]
    if len(paths) != 1:
        raise _wrong(
            "one-segment", n + 1, f"this commit adds {', '.join(paths) or 'nothing'}, and not one segment", commit
        )
    match = _PATH.fullmatch(paths[0])
    if match is None:
        raise _wrong("no-segment", n + 1, f"{paths[0]} is no segment", commit)
    if int(match[1]) != number:
        raise _wrong("segment-missing", n + 1, f"segment {number:06} is missing before {paths[0]}", commit)
    return paths[0]


def _chained(commit: Commit, path: str, data: bytes, last: Link) -> Segment:
    try:
        segment = verify(data, last)
    except Broken as error:
        raise _wrong("chain", error.n, f"{path}: {error.why}", commit) from error
    if commit.trailers.get(LAST, "") != segment.last.digest:
        raise _wrong("last-digest", segment.last.n, f"{path}: the commit states another digest for it", commit)
    if path.endswith(CHECKPOINT) != (segment.records[0]["type"] == checkpoint.TYPE):
        what = f"{path}: its name and its first record differ on whether it is a checkpoint"
        raise _wrong("checkpoint", segment.records[0]["n"], what, commit)
    return segment


def _wrong(rule: str, n: int, what: str, commit: Commit) -> _Fault:
    return _Fault(Fault(rule, n, what, commit.sha))
