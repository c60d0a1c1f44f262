"""The surroundings that an adapter is given: where it may keep state, how it reads files, the clock, the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from seatwise.edges.clock import Clock


@dataclass(frozen=True, slots=True)
class Site:
    """`read_file` gives a file's bytes and their age's start: for a file that git tracks, as the commit in force has it
    and when it was last committed; for any other, from disk and its modification time. Paths are relative to `root`."""

    root: Path
    clock: Clock
    read_file: Callable[[str], tuple[bytes, datetime]]
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """A folder for local state, ignored by git."""
        return self.root / ".seatwise"
