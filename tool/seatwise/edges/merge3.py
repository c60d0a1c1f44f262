"""One file in three versions → merged, as git merges text; None where both sides changed the same lines."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from seatwise.edges.gitrun import run


def merged(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """`ours` with what leads from `base` to `theirs`; None on conflict."""
    with TemporaryDirectory(prefix="seatwise-") as folder:
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(folder) / name).write_bytes(data)
        answer = run(Path(folder), ["merge-file", "-p", "-q", "ours", "base", "theirs"], expect=range(256))
    return answer.out if answer.code == 0 else None
