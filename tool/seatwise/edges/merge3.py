"""One file in three versions → merged, as git merges text; where both sides changed the same lines, with its marks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from seatwise.edges.gitrun import run

MOST_CONFLICTS = 127
"""What git merge-file ends with at most where it merged; beyond that it could not."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge gave. Not clean: somebody has to decide, and marks say where."""

    data: bytes
    clean: bool


def merged(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """`ours` with what leads from `base` to `theirs`; None on conflict."""
    found = marked(ours, base, theirs)
    return found.data if found.clean else None


def marked(ours: bytes, base: bytes, theirs: bytes, repository: Path | None = None) -> Merged:
    """The same, with marks where the sides are in conflict, as the repository wants them. What is no text stays `ours`."""
    versions = {"ours": ours, "base": base, "theirs": theirs}
    with TemporaryDirectory(prefix="seatwise-") as folder:
        paths = [Path(folder) / name for name in versions]
        for path, data in zip(paths, versions.values(), strict=True):
            path.write_bytes(data)
        labels = [part for name in versions for part in ("-L", name)]
        call = ["merge-file", "-p", "-q", *labels, *map(str, paths)]
        answer = run(repository or Path(folder), call, expect=range(256))
    if answer.code > MOST_CONFLICTS:
        return Merged(ours, clean=False)
    return Merged(answer.out, clean=answer.code == 0)
