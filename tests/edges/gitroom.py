"""Real repositories for tests: made in a temporary folder, with a fixed author and the real git program."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WHO = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example", "GIT_COMMITTER_NAME": "Web",
    "GIT_COMMITTER_EMAIL": "web@acme.example", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *args: str, at: str = "2026-11-24T12:00:00+01:00", put: str = "") -> str:
    """What the git program prints."""
    env = {**os.environ, **WHO, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    done = subprocess.run(["git", *args], cwd=folder, env=env, input=put, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def repository(folder: Path, **files: str) -> Git:
    """A repository with one commit on main; `a__b="x"` is a file a/b."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return Git.open(folder) if not files else committed(folder, "first", **files)


def committed(folder: Path, message: str, **files: str) -> Git:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return Git.open(folder)


def bare(folder: Path) -> str:
    """An empty remote; its address."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", "-b", "main")
    return f"file://{folder}"


def clone(address: str, folder: Path, *options: str, clock: SetClock | None = None) -> Git:
    git(folder.parent, "clone", "-q", *options, address, str(folder))
    return Git.open(folder, clock)
