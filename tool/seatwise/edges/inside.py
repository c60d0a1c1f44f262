"""A file of a repository written where it stands, and never through a symbolic link to somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seatwise.core.model import Exit, Stop


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Puts the files there, by path from the root, and the folders that they need. Raises Stop, and writes none of them,
    where a link is on the way."""
    for path in files:
        _refuse_link(root, Path(path))
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def _refuse_link(root: Path, path: Path) -> None:
    for part in (path, *path.parents):
        if part.parts and (root / part).is_symlink():
            what = f"{part.as_posix()} is a symbolic link; nothing was written"
            raise Stop(Exit.ERROR, what, "put the file or the folder itself there")
