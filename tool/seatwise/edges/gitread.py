"""Trees and blobs of a repository, read in two calls however many there are; and the files on disk.

Paths are text as the file system has it (bytes that aren't UTF-8 survive), relative to the repository's top.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha1, sha256
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.core.parse.places import LINK, REPOSITORY
from seatwise.edges.gitrun import run
from seatwise.edges.worktree import no_file

REMEMBERED_BYTES = 1 << 22
"""Blobs up to this size are kept for the next tree of the same process: most files are the same in both."""
REMEMBERED_TREES = 32
"""So many listings are kept: what a full id names never changes, and a plan looks at each tree several times."""

_blobs: dict[str, bytes] = {}
_FULL = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree: a file (`blob`), a symlink or a submodule (`commit`)."""

    mode: str
    kind: str
    sha: str
    path: str

    @property
    def is_file(self) -> bool:
        return self.kind == "blob" and self.mode != "120000"


def entries(folder: Path, tree: str, prefixes: Sequence[str]) -> tuple[Entry, ...]:
    """Everything under these files and folders (none named: everything), in git's order."""
    paths = tuple(prefix.rstrip("/") for prefix in prefixes)
    return (_remembered if is_full(tree) else _entries)(folder, tree, paths)


def is_full(rev: str) -> bool:
    """Whether it is a whole id: what it names never changes."""
    return _FULL.fullmatch(rev) is not None


def _entries(folder: Path, tree: str, paths: tuple[str, ...]) -> tuple[Entry, ...]:
    out = run(folder, ["ls-tree", "-rz", "--full-tree", "--", safe(tree), *paths]).out
    return tuple(_entry(line) for line in out.split(b"\0") if line)


_remembered = lru_cache(maxsize=REMEMBERED_TREES)(_entries)


def _entry(line: bytes) -> Entry:
    told, _, path = line.partition(b"\t")
    mode, kind, sha = told.decode("ascii").split()
    return Entry(mode, kind, sha, os.fsdecode(path))


def files(folder: Path, tree: str, prefixes: Sequence[str]) -> dict[str, bytes]:
    """Path → content of the plain files there."""
    found = {entry.path: entry.sha for entry in entries(folder, tree, prefixes) if entry.is_file}
    new = blobs(folder, [sha for sha in dict.fromkeys(found.values()) if sha not in _blobs])
    _blobs.update((sha, data) for sha, data in new.items() if len(data) <= REMEMBERED_BYTES)
    return {path: new[sha] if sha in new else _blobs[sha] for path, sha in found.items()}


def blobs(folder: Path, shas: Sequence[str]) -> dict[str, bytes]:
    """Id → content. Raises Stop where one is missing: the repository is damaged or cut short."""
    if not shas:
        return {}
    out = run(folder, ["cat-file", "--batch"], put="".join(f"{sha}\n" for sha in shas).encode()).out
    found, start = {}, 0
    for sha in shas:
        end = out.index(b"\n", start)
        size = _size(out[start:end], sha, folder)
        found[sha] = out[end + 1 : end + 1 + size]
        start = end + 1 + size + 1
    return found


def blob_id(data: bytes, like: str) -> str:
    """The id that git gives this content, in a repository whose ids are like that one."""
    kind = sha1 if len(like) == 40 else sha256
    return kind(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _size(header: bytes, sha: str, folder: Path) -> int:
    told = header.split()
    if len(told) != 3:
        raise Stop(Exit.ERROR, f"object {sha} is missing in {folder}", "fetch again, or make a fresh clone")
    return int(told[2])


def on_disk(folder: Path, prefixes: Sequence[str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Path → content of the files on disk that git tracks or would track; path → what stands where no file does."""
    asked = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *prefixes]
    names = {os.fsdecode(name).rstrip("/") for name in run(folder, asked).out.split(b"\0") if name}
    top, found, others = Path(os.path.realpath(folder)), {}, {}
    for name in sorted(names):
        path = top / name
        if os.path.realpath(path) != str(path):
            others[name] = LINK
        elif path.exists():
            if what := no_file(path):
                others[name] = what
            else:
                found[name] = path.read_bytes()
    return found, others


def changed(folder: Path, prefixes: Sequence[str]) -> tuple[str, ...]:
    """Paths that differ from the commit that is checked out, untracked ones too."""
    asked = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all"]
    out = run(folder, [*asked, "--", *prefixes]).out
    return tuple(os.fsdecode(line[3:]) for line in out.split(b"\0") if line)


def safe(rev: str) -> str:
    """The revision, if git can't take it for an option."""
    if not rev or rev.startswith("-"):
        raise Stop(Exit.ERROR, f"{rev!r} is no revision", "name a commit, a branch or a tag")
    return rev


def others(found: Iterable[Entry]) -> dict[str, str]:
    """Symlinks and submodules: what a licence repository must not have; path → what it is."""
    return {one.path: LINK if one.kind == "blob" else REPOSITORY for one in found if not one.is_file}
