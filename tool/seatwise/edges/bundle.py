"""Branches and their commits → one file of git's own (`git bundle`), from which anybody can fetch them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from seatwise.edges.git import Git
from seatwise.edges.gitrun import run

SAME_EACH_TIME = ("-c", "pack.threads=1", "-c", "pack.window=0", "-c", "pack.compression=6")
"""The same objects of the same clone are packed into the same bytes."""


def made(git: Git, branches: Mapping[str, str]) -> bytes:
    """The bundle of these branches (name → commit), whatever refs this clone keeps them under."""
    objects = run(git.root, ["rev-parse", "--path-format=absolute", "--git-path", "objects"]).text
    like = "sha1" if all(len(sha) == 40 for sha in branches.values()) else "sha256"
    with tempfile.TemporaryDirectory(prefix="seatwise-") as room:
        there, out = Path(room, "there.git"), Path(room, "bundle")
        run(Path(room), ["init", "-q", "--bare", f"--object-format={like}", "-b", "main", str(there)])
        (there / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        lines = "".join(f"create refs/heads/{name} {sha}\n" for name, sha in sorted(branches.items()))
        run(there, ["update-ref", "--stdin"], put=lines.encode())
        refs = [f"refs/heads/{name}" for name in sorted(branches)]
        run(there, [*SAME_EACH_TIME, "bundle", "create", "-q", str(out), *refs])
        return out.read_bytes()
