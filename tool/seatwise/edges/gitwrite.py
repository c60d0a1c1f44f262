"""Commits made without a work tree, and refs that move only from where they were expected to be.

A ref, here or at a remote, is moved by compare-and-swap: the answer says whether it stood where it was expected.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.edges.gitread import safe
from seatwise.edges.gitrun import Answer, run

NAME, MAIL = "seatwise", "seatwise@localhost"
TRIES = 5
"""How often a ref that somebody else is just locking is tried again."""

_LOCKED = re.compile(r"Unable to create '(.+?\.lock)': File exists")


def commit(folder: Path, parent: str | None, files: Mapping[str, bytes | None], message: str, at: datetime) -> str:
    """A new commit: its parent's files with these ones written, or removed where the content is None. No ref moves."""
    with tempfile.TemporaryDirectory(prefix="seatwise-") as room:
        index = {"GIT_INDEX_FILE": os.path.join(room, "index")}
        if parent:
            run(folder, ["read-tree", safe(parent)], env=index)
        gone = "0" * len(parent or "")
        lines = b"".join(_index_line(_blob(folder, data) or gone, path) for path, data in files.items())
        left_out = run(folder, ["update-index", "-z", "--index-info"], put=lines, env=index).err
        if left_out:  # git skips a path that leads out of the repository, and ends well
            raise Stop(Exit.ERROR, f"no file can be written there: {left_out}", "name a path inside the repository")
        tree = run(folder, ["write-tree"], env=index).text
    parents = ["-p", parent] if parent else []
    return run(folder, ["commit-tree", tree, *parents, "-F", "-"], put=message.encode(), env=_signed(folder, at)).text


def _blob(folder: Path, data: bytes | None) -> str:
    return "" if data is None else run(folder, ["hash-object", "-w", "--stdin"], put=data).text


def _index_line(sha: str, path: str) -> bytes:
    mode = "100644" if sha.strip("0") else "0"
    return f"{mode} {sha}\t".encode() + os.fsencode(path) + b"\0"


def _signed(folder: Path, at: datetime) -> dict[str, str]:
    """Who and when: git's own configuration, else a fixed name; the time is the caller's."""
    name, mail = who(folder)
    when = at.isoformat()
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", mail), ("DATE", when))
    }


def who(folder: Path) -> tuple[str, str]:
    """Name and mail as git has them configured, else those of the program."""
    found = run(folder, ["config", "-z", "--get-regexp", r"^user\.(name|email)$"], expect=(0, 1)).text
    configured = dict(line.split("\n", 1) for line in found.split("\0") if "\n" in line)
    return configured.get("user.name") or NAME, configured.get("user.email") or MAIL


def move(folder: Path, ref: str, new: str, expect: str | None) -> bool:
    """Whether the ref stood at `expect` (None: nowhere) and now stands at `new`."""
    for wait in _waits():
        answer = run(folder, ["update-ref", "--", ref, new, expect or "0" * len(new)], expect=(0, 1, 128))
        if answer.code == 0:
            return True
        if standing(folder, [ref]).get(ref) != expect:
            return False
        time.sleep(wait)
    raise _left_locked(answer) or Stop(
        Exit.ERROR, f"{ref} can't be moved: {answer.err}", "see that this clone can be written to"
    )


def standing(folder: Path, refs: Sequence[str]) -> dict[str, str]:
    """Ref → commit, of those that exist here; a pattern as git's for-each-ref takes it."""
    out = run(folder, ["for-each-ref", "--format=%(objectname) %(refname)", "--", *refs]).text
    return _refs(out)


def at_remote(folder: Path, remote: str, refs: Sequence[str]) -> dict[str, str]:
    """Ref → commit, of those that exist at the remote now; `*` is any name. Raises Stop where it can't be read."""
    answer = run(folder, ["ls-remote", "--", safe(remote), *refs], expect=(0, 128))
    if answer.code:
        raise unreachable(remote, answer)
    return {ref: sha for ref, sha in _refs(answer.text).items() if any(fnmatchcase(ref, wanted) for wanted in refs)}


def _refs(out: str) -> dict[str, str]:
    pairs = (line.split(None, 1) for line in out.splitlines())
    return {ref: sha for sha, ref in pairs}


def tracking(remote: str, ref: str) -> str:
    """Where a clone keeps what it saw of a remote's branch."""
    return f"refs/remotes/{remote}/{ref.removeprefix('refs/heads/')}"


def fetch(folder: Path, remote: str, refs: Sequence[str]) -> dict[str, str]:
    """Ref → commit, as the remote has them now; their objects are here, and the remote-tracking refs stand there."""
    for wait in _waits():
        there = at_remote(folder, remote, refs)
        seen = _seen(folder, remote, there)
        behind = [ref for ref, sha in there.items() if seen.get(ref) != sha]
        if not behind:
            return there
        answer = _fetch(folder, remote, behind)
        if answer.code == 0:
            return _seen(folder, remote, there)
        time.sleep(wait)
    raise _left_locked(answer) or unreachable(remote, answer)


def _seen(folder: Path, remote: str, refs: Collection[str]) -> dict[str, str]:
    here = standing(folder, [tracking(remote, ref) for ref in refs]) if refs else {}
    return {ref: here[tracking(remote, ref)] for ref in refs if tracking(remote, ref) in here}


def _fetch(folder: Path, remote: str, refs: Sequence[str]) -> Answer:
    options = ["-q", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head", "--refmap="]
    specs = [f"+{ref}:{tracking(remote, ref)}" for ref in refs]
    return run(folder, ["fetch", *options, "--", remote, *specs], expect=(0, 1, 128))


def push(folder: Path, remote: str, refspec: str, expect: str | None) -> bool:
    """Whether the remote's ref stood at `expect` (None: nowhere) and now stands at the commit of `COMMIT:REF`.

    Raises Stop where the remote can't be reached, or refuses for another reason than that somebody was first.
    An answer that got lost is settled by asking where the ref stands, never by pushing again blindly.
    """
    new, _, ref = safe(refspec).partition(":")
    options = ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]
    said = ""
    for wait in _waits():
        call = ["push", *options, f"--force-with-lease={ref}:{expect or ''}", "--", safe(remote), refspec]
        answer = run(folder, call, expect=(0, 1, 128))
        there = new if answer.code == 0 else at_remote(folder, remote, [ref]).get(ref)
        if there == new:
            return True
        if there != expect:
            return False
        said = _refusal(answer)
        time.sleep(wait)
    raise Stop(Exit.ERROR, f"{remote} refuses {ref}: {said}", f"allow pushes to {ref}: no branch protection, no hook")


def _refusal(answer: Answer) -> str:
    lines = [line.split("\t")[-1] for line in answer.text.splitlines() if line.startswith("!")]
    return "; ".join(lines) or answer.err


def unreachable(remote: str, answer: Answer) -> Stop:
    said = answer.err.partition("; ")[0]
    return Stop(Exit.ERROR, f"remote {remote} can't be read: {said}", f"try: git ls-remote {remote}")


def _left_locked(answer: Answer) -> Stop | None:
    """What to say where git stumbles over the lock of another in this clone, which most likely died; else None."""
    found = _LOCKED.search(answer.err)
    if not found:
        return None
    fix = f"if no git is at work in this clone any more: rm {shlex.quote(found[1])}"
    return Stop(Exit.ERROR, f"a git process that died left {found[1]}", fix)


def _waits() -> tuple[float, ...]:
    return tuple(0.03 * 2**attempt for attempt in range(TRIES))
