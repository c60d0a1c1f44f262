"""The files of a repository as they lie on the disk → their bytes by path, and which paths are symbolic links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.core.parse.places import FOLDERS, SETTINGS, WORKFLOWS, ours
from seatwise.edges.yamlfile import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Worktree:
    """`files` by path from the top. Links, devices and pipes are in `links`, without content."""

    files: dict[str, bytes]
    links: frozenset[str]


def worktree(root: Path) -> Worktree:
    """What edges/tree needs of a folder. Raises Stop where it is no repository of ours."""
    if not os.path.lexists(root / SETTINGS):
        fix = "seatwise init writes one; -C names another folder"
        raise Stop(Exit.ERROR, f"{root} has no seatwise.yaml", fix)
    files: dict[str, bytes] = {}
    links: set[str] = set()
    for path in _paths(root):
        if stat.S_ISREG((root / path).lstat().st_mode):
            files[path] = _bytes(root / path)
        else:
            links.add(path)
    return Worktree(files, frozenset(links))


def _paths(root: Path) -> Iterator[str]:
    yield SETTINGS
    for folder in (*FOLDERS, WORKFLOWS.rstrip("/")):
        if (root / folder).is_symlink():
            yield folder
            continue
        for here, folders, names in os.walk(root / folder):
            linked = [name for name in folders if os.path.islink(os.path.join(here, name))]
            paths = (Path(here, name).relative_to(root).as_posix() for name in (*linked, *names))
            yield from (path for path in paths if ours(path))


def _bytes(path: Path) -> bytes:
    """The file's content; of one that is too large only so much as shows it."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Stop(Exit.ERROR, f"{path} can't be read: {error.strerror}", "look at its permissions") from error
