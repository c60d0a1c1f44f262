"""A journal's branch at one commit → its segments; new ones verified against the chain before them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from seatwise.core.chain import START, Broken, Link, Record, verify
from seatwise.core.lease import Lease, lease
from seatwise.core.model import Exit, Stop
from seatwise.edges.git import Git

LAST = "Seatwise-Last"
"""The trailer of each commit with the digest of the last record: the one line that no later line vouches for."""

_PATH = re.compile(r"\d{4}-\d{2}/(\d{6,})\.jsonl")


@dataclass(frozen=True, slots=True)
class Seen:
    """A journal as far as it was read and verified: the commit, blob ids by path, and what the records say."""

    head: str | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    last: Link = START
    lease: Lease | None = None


def segments(git: Git, commit: str, name: str) -> dict[str, str]:
    """Path → blob id, in order. Raises Stop where one is missing or something else lies there."""
    found = {entry.path: entry.sha for entry in git.entries(commit)}
    numbered = {path: int(match.group(1)) for path in found if (match := _PATH.fullmatch(path))}
    for path in found:
        if path not in numbered:
            raise evidence(name, f"{path} at {commit[:9]} is no segment", f"git log {commit[:9]} -- {path}")
    ordered = sorted(found, key=lambda path: numbered[path])
    for due, path in enumerate(ordered, start=1):
        if numbered[path] != due:
            raise evidence(name, f"segment {due:06} is missing before {path}", f"git log --diff-filter=D {commit[:9]}")
    return {path: found[path] for path in ordered}


def advanced(git: Git, seen: Seen, head: str, before: Mapping[str, str], name: str) -> Seen:
    """What is known at `head`; only segments that were not seen are read. `before` are those verified at any time.

    Raises Stop at the first broken link, and where one of `before` is another now, even if the chain holds.
    """
    there = segments(git, head, name)
    changed = next((path for path, sha in before.items() if there.get(path) != sha), "")
    start = Seen() if changed else seen
    now = _read_on(git, start, {path: sha for path, sha in there.items() if path not in start.segments}, name)
    if git.told(head).trailers.get(LAST, "") != now.last.digest:
        error = Broken(now.last.n, f"commit {head[:9]} states another digest for it")
        raise broken(name, next(reversed(there), "the branch"), error)
    if changed:
        raise evidence(name, f"{changed} is not what it was when it was read before", f"git log -p {name} -- {changed}")
    return Seen(head, there, now.records, now.last, now.lease)


def _read_on(git: Git, seen: Seen, new: Mapping[str, str], name: str) -> Seen:
    blobs = git.blobs(list(dict.fromkeys(new.values())))
    records, last = list(seen.records), seen.last
    for path, sha in new.items():
        try:
            segment = verify(blobs[sha], last)
        except Broken as error:
            raise broken(name, path, error) from error
        records += segment.records
        last = segment.last
    held = lease(records[len(seen.records) :], seen.lease)
    return Seen(None, {}, tuple(records), last, held)


def broken(name: str, path: str, error: Broken) -> Stop:
    return evidence(name, f"{path}: the chain breaks at record {error.n}: {error.why}", f"git log -p {name} -- {path}")


def evidence(name: str, what: str, fix: str) -> Stop:
    """A journal that can't be believed: exit 9, nothing is written."""
    return Stop(Exit.EVIDENCE, f"journal {name}: {what}", f"nothing was written; look at it: {fix}")
