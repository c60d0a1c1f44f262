"""The files of a repository as they lie on the disk → their bytes by path, and what else stands where files should."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.core.parse.places import (
    DEVICE,
    FOLDER,
    FOLDERS,
    JOBS,
    LINK,
    REPOSITORY,
    SETTINGS,
    WORKFLOWS,
    like_a_file,
    ours,
)
from seatwise.edges.yamlfile import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Worktree:
    """`files` by path from the top; `others` are the paths where something else stands, and what that is."""

    files: dict[str, bytes]
    others: dict[str, str]


def worktree(root: Path) -> Worktree:
    """What edges/tree needs of a folder. Raises Stop where it is no repository of ours."""
    if not os.path.lexists(root / SETTINGS):
        fix = "seatwise init writes one; -C names another folder"
        raise Stop(Exit.ERROR, f"{root} has no seatwise.yaml", fix)
    files: dict[str, bytes] = {}
    others: dict[str, str] = {}
    for path in _paths(root):
        if what := no_file(root / path):
            others[path] = what
        else:
            files[path] = _bytes(root / path)
    return Worktree(files, others)


def no_file(path: Path) -> str:
    """What stands there where it is no plain file; nothing of it is opened or followed."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_ISDIR(mode):
        return REPOSITORY if os.path.lexists(path / ".git") else FOLDER
    return "" if stat.S_ISREG(mode) else DEVICE


def _paths(root: Path) -> Iterator[str]:
    yield SETTINGS
    if os.path.lexists(root / JOBS):
        yield JOBS
    for folder in (*FOLDERS, WORKFLOWS.rstrip("/")):
        if os.path.lexists(root / folder) and no_file(root / folder) != FOLDER:
            yield folder
            continue
        for here, folders, names in os.walk(root / folder):
            odd = [name for name in folders if _is_odd(Path(here, name))]
            folders[:] = [name for name in folders if name not in odd]
            paths = (Path(here, name).relative_to(root).as_posix() for name in (*odd, *names))
            yield from (path for path in paths if ours(path))


def _is_odd(folder: Path) -> bool:
    """Whether this is no folder to look into: a link, a repository of its own, or one that is called like a file."""
    return no_file(folder) != FOLDER or like_a_file(folder.name)


def _bytes(path: Path) -> bytes:
    """The file's content; of one that is too large only so much as shows it."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Stop(Exit.ERROR, f"{path} can't be read: {error.strerror}", "look at its permissions") from error
