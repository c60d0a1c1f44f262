"""A process of its own that appends to journals: FOLDER REF COUNT HOW [PIDFILE]. Prints what it wrote or met."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from seatwise.core.model import Stop
from seatwise.edges.clock import SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal, Moved


def appended(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append([{"type": "intent", "by": os.getpid(), "number": number}])


def raced(journal: Journal, count: int) -> None:
    """Each slot of the journal is meant for one: who finds it taken counts it as lost and goes on with the next."""
    won = 0
    for number in range(count):
        try:
            journal.append([{"type": "intent", "by": os.getpid(), "number": number}])
            won += 1
        except Moved as moved:
            assert moved.records
    sys.stdout.write(f"{won}\n")


def again(journal: Journal, count: int) -> None:
    for _ in range(count):
        journal.append_again(lambda records: [{"type": "admit", "by": os.getpid(), "after": len(records)}])


def main(folder: str, ref: str, count: str, how: str, pidfile: str = "") -> None:
    if pidfile:
        Path(pidfile).write_text(str(os.getpid()))
    journal = Journal(Git.open(folder), ref, "origin", SystemClock())
    {"append": appended, "race": raced, "again": again}[how](journal, int(count))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Stop as stop:
        sys.stderr.write(stop.what)
        sys.exit(int(stop.code))
