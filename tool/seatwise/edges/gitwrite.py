"""Commits made without a work tree, and refs that move only from where they were expected to be.

A ref, here or at a remote, is moved by compare-and-swap: the answer says whether it stood where it was expected.
"""

from __future__ import annotations

import os
import re
import shlex
import time
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.edges.gitread import safe
from seatwise.edges.gitrun import Answer, run
from seatwise.edges.remote import unreachable, why

NAME, MAIL = "seatwise", "seatwise@localhost"
CRUD = " .,:;<>\"'\\\t\r\n"
"""What git cuts off a name's ends."""
DRAFT = "refs/seatwise/draft"
"""What a commit is called while it is made. Nothing is ever written there."""
TRIES = 5
"""How often a ref that somebody else is just locking is tried again."""

_LOCKED = re.compile(r"Unable to create '(.+?\.lock)': File exists")


def commit(folder: Path, parent: str | None, files: Mapping[str, bytes | None], message: str, by: str) -> str:
    """A new commit: its parent's files with these ones written, or removed where the content is None. No ref moves.

    One process, however many files there are: a commit is made for each append to a journal. `by`: a `signature`.
    """
    outside = next((path for path in files if _leads_out(path)), None)
    if outside is not None:
        raise Stop(Exit.ERROR, f"no file can be written there: {outside!r}", "name a path inside the repository")
    start = f"commit {DRAFT}\nmark :1\nauthor {by}\ncommitter {by}\n".encode()
    said = _data(message.rstrip("\n").encode() + b"\n")
    begun = f"from {safe(parent)}\n".encode() if parent else b""
    changes = b"".join(_change(path, data) for path, data in files.items())
    end = f"reset {DRAFT}\n\nget-mark :1\ndone\n".encode()
    call = ["fast-import", "--quiet", "--done", "--date-format=raw"]
    return run(folder, call, put=start + said + begun + changes + end).text


def _leads_out(path: str) -> bool:
    """Whether a part of the path is git's own folder on some file system, or leads out; git's stream takes all names."""
    return any(part in ("", ".", "..") or _is_gits_own(part) for part in path.split("/"))


def _is_gits_own(name: str) -> bool:
    seen = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return seen.partition(":")[0].rstrip(" .").casefold() in (".git", "git~1")


def _change(path: str, data: bytes | None) -> bytes:
    name = re.sub(rb'[\\"]', rb"\\\g<0>", os.fsencode(path)).replace(b"\n", b"\\n")
    return b'D "%b"\n' % name if data is None else b'M 100644 inline "%b"\n%b' % (name, _data(data))


def _data(data: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(data), data)


def signature(who: tuple[str, str], at: datetime) -> str:
    """Who and when, as git writes it into a commit."""
    name, mail = (re.sub(r"[<>\n]", "", word).strip(CRUD) for word in who)
    return f"{name} <{mail}> {int(at.timestamp())} {at:%z}"


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
    raise _stuck(ref, answer)


def _stuck(ref: str, answer: Answer) -> Stop:
    return _left_locked(answer) or Stop(
        Exit.ERROR, f"{ref} can't be moved: {answer.err}", "see that this clone can be written to"
    )


def note(folder: Path, refs: Mapping[str, str]) -> None:
    """Lets these refs of ours stand at these commits, wherever they stood: notes of what was seen, which nobody contends for."""
    lines = "".join(f"update {ref} {sha}\n" for ref, sha in refs.items()).encode()
    for wait in _waits():
        answer = run(folder, ["update-ref", "--stdin"], put=lines, expect=(0, 1, 128))
        if answer.code == 0:
            return
        time.sleep(wait)
    raise _stuck(next(iter(refs)), answer)


def standing(folder: Path, refs: Sequence[str]) -> dict[str, str]:
    """Ref → commit, of those that exist here; a pattern as git's for-each-ref takes it."""
    out = run(folder, ["for-each-ref", "--format=%(objectname) %(refname)", "--", *refs]).text
    return _refs(out)


def at_remote(folder: Path, remote: str, refs: Sequence[str]) -> dict[str, str]:
    """Ref → commit, of those that exist at the remote now; `*` is any name. Raises Stop where it can't be reached."""
    answer = run(folder, ["ls-remote", "--", safe(remote), *refs], expect=(0, 128))
    if answer.code:
        raise unreachable(folder, remote, answer)
    return {ref: sha for ref, sha in _refs(answer.text).items() if any(fnmatchcase(ref, wanted) for wanted in refs)}


def _refs(out: str) -> dict[str, str]:
    pairs = (line.split(None, 1) for line in out.splitlines())
    return {ref: sha for sha, ref in pairs}


def tracking(remote: str, ref: str) -> str:
    """Where a clone keeps what it saw of a remote's branch."""
    return f"refs/remotes/{remote}/{ref.removeprefix('refs/heads/')}"


def fetch(folder: Path, remote: str, refs: Sequence[str], have: Collection[str] = ()) -> dict[str, str]:
    """Ref → commit, as the remote has them now; their objects are here, and the remote-tracking refs stand there, or at one
    that the caller knows to `have`."""
    for wait in _waits():
        there = at_remote(folder, remote, refs)
        if set(there.values()) <= {*have}:
            return there
        seen = _seen(folder, remote, there)
        behind = [ref for ref, sha in there.items() if seen.get(ref) != sha]
        if not behind:
            return there
        answer = _fetch(folder, remote, behind)
        if answer.code == 0:
            return _seen(folder, remote, there)
        time.sleep(wait)
    raise _left_locked(answer) or unreachable(folder, remote, answer)


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
    return "; ".join(lines) or why(answer)


def _left_locked(answer: Answer) -> Stop | None:
    """What to say where git stumbles over the lock of another in this clone, which most likely died; else None."""
    found = _LOCKED.search(answer.err)
    if not found:
        return None
    fix = f"if no git is at work in this clone any more: rm {shlex.quote(found[1])}"
    return Stop(Exit.ERROR, f"a git process that died left {found[1]}", fix)


def _waits() -> tuple[float, ...]:
    return tuple(0.03 * 2**attempt for attempt in range(TRIES))
