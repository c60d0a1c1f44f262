"""Numbers of seats → the CPU and memory of `seatwise plan`, beside octoDNS planning as many records in the same run; and what
it costs to write many changes into journals.

Every measured command is a process of its own; its CPU is user and system time with that of its children (git).
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from bench import company, journal, vendors, zone  # noqa: E402

BIN = Path(sys.executable).parent
PAGE = TOP / "docs" / "benchmarks.md"
HELP_RUNS = 11
T = TypeVar("T")
WHO = {
    "PYTHONPATH": str(TOP),
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@acme.example",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@acme.example",
}
LARGE = 50_000
"""From here on one run is measured, not the median of three."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process with its children."""

    cpu: float
    mib: float


@dataclass(frozen=True, slots=True)
class Row:
    asked: int
    ours: Cost
    theirs: Cost

    @property
    def ratio(self) -> float:
        return self.theirs.cpu / self.ours.cpu


def main() -> None:
    options = _options()
    rows = [_compared(seats, options.command.split()) for seats in options.seats]
    start = _start()
    page = _page(rows, start, options.command) + "\n" + _journals(journal.FEW if options.dry else journal.CHANGES)
    page += "\n" + _vendors(*(vendors.FEW if options.dry else (vendors.SEATS, vendors.CHANGES)))
    print(page)
    if not options.dry:
        PAGE.write_text(page, encoding="utf-8")
        print(f"written to {PAGE.relative_to(TOP)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seats", type=int, nargs="+")
    parser.add_argument("--command", default="plan", help="what of seatwise is measured")
    parser.add_argument(
        "--dry", action="store_true", help="print, leave docs/benchmarks.md as it is, journal few changes"
    )
    return parser.parse_args()


def _compared(seats: int, command: Sequence[str]) -> Row:
    with tempfile.TemporaryDirectory(prefix="seatwise-bench-") as folder:
        root = Path(folder)
        asked = _apart(company.write, root / "company", seats)
        config = _apart(zone.write, root / "zone", asked)
        _once([str(BIN / "seatwise"), "-C", str(root / "company"), "apply"], (0, 7))
        _apart(company.change, root / "company", seats)
        ours = _measured([str(BIN / "seatwise"), "-C", str(root / "company"), *command], asked)
        theirs = _measured([str(BIN / "octodns-sync"), "--quiet", "--config-file", str(config)], asked)
    print(f"{asked:,} seats: {ours.cpu:.2f} s of CPU; octoDNS {theirs.cpu:.2f} s", flush=True)
    return Row(asked, ours, theirs)


def _journals(changes: int) -> str:
    rows = [journal.written(accounts, changes) for accounts in journal.ACCOUNTS]
    for row in rows:
        print(f"{row.changes:,} changes in journals of {row.accounts}: {row.seconds:.1f} s", flush=True)
    return journal.section(rows)


def _vendors(seats: int, changes: int) -> str:
    rows = [vendors.called(case, seats, changes) for case in vendors.CASES]
    return vendors.section(rows, seats, changes)


def _apart(write: Callable[[Path, int], T], root: Path, size: int) -> T:
    """In a process of its own: a child's peak memory counts what its parent held when it was started."""
    with ProcessPoolExecutor(1) as writer:
        return writer.submit(write, root, size).result()


def _measured(command: Sequence[str], size: int) -> Cost:
    """The median of some runs, after one that warms caches and fills the sandbox."""
    _once(command)
    costs = [_once(command) for _ in range(1 if size >= LARGE else 3)]
    return Cost(statistics.median(cost.cpu for cost in costs), max(cost.mib for cost in costs))


def _once(command: Sequence[str], fine: Sequence[int] = (0,)) -> Cost:
    with tempfile.TemporaryFile() as output:
        streams = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
        child = os.posix_spawn(command[0], command, {**os.environ, **WHO}, file_actions=streams)
        _, status, used = os.wait4(child, 0)
        if os.waitstatus_to_exitcode(status) not in fine:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read().decode(errors='replace')[-4000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _start() -> tuple[float, float]:
    """The median CPU of `seatwise --help` and of importing click, by turns."""
    ours, theirs = [], []
    for _ in range(HELP_RUNS):
        ours.append(_once([str(BIN / "seatwise"), "--help"]).cpu)
        theirs.append(_once([sys.executable, "-c", "import click"]).cpu)
    return statistics.median(ours), statistics.median(theirs)


def _page(rows: Sequence[Row], start: tuple[float, float], command: str) -> str:
    table = "\n".join(
        f"| {row.asked:,} | {row.ours.cpu:.2f} s | {row.ours.mib:.0f} MiB "
        f"| {row.theirs.cpu:.2f} s | {row.theirs.mib:.0f} MiB | {row.ratio:.1f} × |"
        for row in rows
    )
    return f"""\
# Benchmarks

Written by `make bench`: `seatwise {command}` on a made-up company, and octoDNS planning as many A records, one after
the other in the same run. A pull request drops one seat in a hundred and adds another; at octoDNS two records in a
hundred are to be added. CPU is user and system time of the process and its children; memory is the highest of one
process. octoDNS reads a YAML zone and compares it with a target in memory; seatwise reads YAML and its journal from git,
people from CSV and seats from its sandbox.

| seats or records | seatwise, CPU | memory | octoDNS, CPU | memory | octoDNS / seatwise |
|---|---|---|---|---|---|
{table}

Start: `seatwise --help` takes {start[0] * 1000:.0f} ms of CPU, `python -c "import click"` {start[1] * 1000:.0f} ms:
{start[0] / start[1]:.2f} ×.

Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}.
"""


if __name__ == "__main__":
    main()
