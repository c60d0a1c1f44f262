"""Data that the journal names only by digest: kept on a branch per month, which may be deleted after its retention.

A body lies at `ab/<sha256>/<name>`; the chain stays valid without it.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence

from seatwise.core.model import Exit, Stop
from seatwise.edges.branch import Branch
from seatwise.edges.git import Git
from seatwise.edges.gitwrite import tracking
from seatwise.edges.segments import Page

PREFIX = "refs/heads/seatwise/bodies/"
TRIES = 60

_SHA = re.compile(r"[0-9a-f]{64}")


def put(git: Git, remote: str | None, data: bytes, name: str) -> str:
    """The digest of the data, which now lies on this month's branch."""
    sha = hashlib.sha256(data).hexdigest()
    branch = Branch(git, f"{PREFIX}{git.clock.now():%Y-%m}", remote)
    path = f"{sha[:2]}/{sha}/{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-') or 'body'}"
    for attempt in range(TRIES):
        head = branch.stands()
        if head and git.entries(head, [f"{sha[:2]}/{sha}"]):
            return f"sha256:{sha}"
        if branch.swap(git.commit(head, {path: data}, f"body: {name}\n\nSeatwise-Body: sha256:{sha}\n"), head):
            return f"sha256:{sha}"
        git.clock.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))
    raise Stop(Exit.LOCKED, f"{branch.name}: others were first {TRIES} times", "run again")


def get(git: Git, remote: str | None, digest: str) -> bytes | None:
    """The data of this digest, looked for here first and then at the remote; None: it was erased."""
    here = tracking(remote, PREFIX) if remote else PREFIX
    data = found(git, list(git.standing([here.rstrip("/")]).values()), digest)
    if data is None and remote:
        return found(git, list(git.fetch(remote, [f"{PREFIX}*"]).values()), digest)
    return data


def found(git: Git, commits: Sequence[str], digest: str) -> bytes | None:
    """The data of this digest at these commits; None: it is at none. Raises Stop(EVIDENCE) where it is not what its name says."""
    sha = digest.removeprefix("sha256:")
    if not _SHA.fullmatch(sha):
        raise Stop(Exit.ERROR, f"{digest!r} is no digest of a body", "sha256: and 64 hex digits")
    for commit in commits:
        for path, data in git.files(commit, [f"{sha[:2]}/{sha}"]).items():
            if hashlib.sha256(data).hexdigest() == sha:
                return data
            raise Page("of bodies", commit).wrong(f"{path} is not what its name says", path)
    return None
