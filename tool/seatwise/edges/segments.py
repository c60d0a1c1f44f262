"""A journal's branch at one commit → its segments; new ones verified against the chain before them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from seatwise.core import checkpoint
from seatwise.core.chain import START, Broken, Link, Record, end, verify
from seatwise.core.lease import Lease, lease
from seatwise.core.model import Exit, Stop
from seatwise.edges.git import Git

LAST = "Seatwise-Last"
"""The trailer of each commit with the digest of the last record: the one line that no later line vouches for."""

PLAIN = ".jsonl"
CHECKPOINT = ".checkpoint.jsonl"
"""How the path of a segment ends whose first record stands for all before it."""
SIGNATURE = ".sig"
"""What the path of a segment's signature has more."""

_PATH = re.compile(r"\d{4}-\d{2}/(\d{6,})(?:\.checkpoint)?\.jsonl")


@dataclass(frozen=True, slots=True)
class Seen:
    """A journal as far as it was read and verified: the commit, blob ids by path, and what the records say."""

    head: str | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    """From the first on, or from a checkpoint on."""
    last: Link = START
    lease: Lease | None = None

    @property
    def whole(self) -> bool:
        return not self.records or self.records[0]["n"] == 1


@dataclass(frozen=True, slots=True)
class Page:
    """The journal and the commit that is being read, for messages."""

    name: str
    commit: str

    def wrong(self, what: str, path: str = "") -> Stop:
        """A journal that can't be believed: exit 9, nothing is written."""
        look = f"git log -p {self.commit[:9]}{path and f' -- {path}'}"
        return Stop(Exit.EVIDENCE, f"journal {self.name}: {what}", f"nothing was written; look at it: {look}")

    def broken(self, path: str, error: Broken) -> Stop:
        return self.wrong(f"{path}: the chain breaks at record {error.n}: {error.why}", path)


def segments(git: Git, at: Page) -> dict[str, str]:
    """Path → blob id, in order. Raises Stop where one is missing or something else lies there."""
    there = {entry.path: entry.sha for entry in git.entries(at.commit)}
    found = {path: sha for path, sha in there.items() if path.removesuffix(SIGNATURE) not in there.keys() - {path}}
    numbered = {path: int(match.group(1)) for path in found if (match := _PATH.fullmatch(path))}
    for path in found:
        if path not in numbered:
            raise at.wrong(f"{path} is no segment", path)
    ordered = sorted(found, key=lambda path: numbered[path])
    for due, path in enumerate(ordered, start=1):
        if numbered[path] != due:
            raise at.wrong(f"segment {due:06} is missing before {path}")
    return {path: found[path] for path in ordered}


def since_checkpoint(git: Git, at: Page) -> Seen:
    """All that need not be read to know the journal at that commit: what lies before its newest checkpoint."""
    there = segments(git, at)
    paths = list(there)
    newest = next((i for i in reversed(range(len(paths))) if paths[i].endswith(CHECKPOINT)), 0)
    if newest == 0:
        return Seen()
    before = paths[newest - 1]
    return Seen(None, {path: there[path] for path in paths[:newest]}, (), _end(git, there[before], before, at))


def _end(git: Git, sha: str, path: str, at: Page) -> Link:
    """Where the chain stands after a segment: its last line, whose digest the next record must name."""
    data = git.blobs([sha])[sha]
    try:
        return end(data)
    except Broken as error:
        raise at.broken(path, error) from error


def advanced(git: Git, seen: Seen, at: Page, before: Mapping[str, str]) -> Seen:
    """What is known at that commit; only segments that were not seen are read. `before` are those verified at any time.

    Raises Stop at the first broken link, and where one of `before` is another now, even if the chain holds.
    """
    there = segments(git, at)
    changed = next((path for path, sha in before.items() if there.get(path) != sha), "")
    start = Seen() if changed else seen
    now = _read_on(git, start, {path: sha for path, sha in there.items() if path not in start.segments}, at)
    if git.told(at.commit).trailers.get(LAST, "") != now.last.digest:
        error = Broken(now.last.n, f"commit {at.commit[:9]} states another digest for it")
        raise at.broken(next(reversed(there), "the branch"), error)
    if changed:
        raise at.wrong(f"{changed} is not what it was when it was read before", changed)
    return Seen(at.commit, there, now.records, now.last, now.lease)


def _read_on(git: Git, seen: Seen, new: Mapping[str, str], at: Page) -> Seen:
    blobs = git.blobs(list(dict.fromkeys(new.values())))
    records, last = list(seen.records), seen.last
    for path, sha in new.items():
        try:
            segment = verify(blobs[sha], last)
        except Broken as error:
            raise at.broken(path, error) from error
        if path.endswith(CHECKPOINT) != (segment.records[0]["type"] == checkpoint.TYPE):
            raise at.wrong(f"{path}: its name and its first record differ on whether it is a checkpoint", path)
        records += segment.records
        last = segment.last
    return Seen(None, {}, tuple(records), last, _held(records[len(seen.records) :], seen.lease, at))


def _held(new: Sequence[Record], before: Lease | None, at: Page) -> Lease | None:
    try:
        return lease(new, before)
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise at.wrong(f"among records {new[0]['n']} to {new[-1]['n']} a lease lacks its run or its time") from error
