"""A number of accounts and changes → what it costs to write the changes down: journals in one bare remote, each account a process
and a clone of its own.

A change is written twice, as a run does it: in the intents of its batch before the call, and in the outcomes after it, which
travel with the next batch's intents. The calls themselves are left out.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seatwise.core import claims, records
from seatwise.core.model import Change, Grant, Lane, Outcome, Result
from seatwise.edges.clock import SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal, Moved
from seatwise.flows.account_run import LEASE_SECONDS, batch_size
from seatwise.vendors.sandbox.profile import PROFILES

RUN = "bench"
ACCOUNTS = (1, 8)
CHANGES = 100_000
FEW = 1_000
"""Changes that are enough to see that it works."""
BATCH = batch_size(PROFILES["plain"].info)
HEAD = f"""\
## Journal

Every change is written down before its call and after it, in batches of {BATCH} as at the sandbox, by one process per account,
each with a clone of its own, into one bare remote on the same disk. An append is a commit and a push; it is lost where
somebody else was first, and made again. The time is that of all accounts together, without the vendor's calls; the size is that
of the remote after `git gc`.

| accounts | changes | appends | pushes lost | time | size |
|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Written:
    """What all accounts together took. `lost`: pushes that found their branch moved and had to be made again."""

    accounts: int
    changes: int
    appends: int
    lost: int
    seconds: float
    mib: float
    """Of the remote, packed."""


def section(rows: Sequence[Written]) -> str:
    """What the page says of them."""
    return "\n".join([HEAD, *map(_row, rows)]) + "\n"


def _row(row: Written) -> str:
    counts = f"| {row.accounts} | {row.changes:,} | {row.appends:,} | {row.lost:,} |"
    return f"{counts} {row.seconds:.1f} s | {row.mib:.1f} MiB |"


def written(accounts: int, changes: int) -> Written:
    """Writes so many changes, in equal parts at so many accounts at the same time."""
    with tempfile.TemporaryDirectory(prefix="seatwise-bench-") as folder:
        root = Path(folder)
        remote = root / "remote.git"
        _git(root, "init", "-q", "--bare", str(remote))
        for account in range(accounts):
            _git(root, "clone", "-q", str(remote), f"clone{account}")
        with ProcessPoolExecutor(accounts) as jobs:
            began = time.monotonic()
            counts = list(jobs.map(partial(_account, root, changes // accounts), range(accounts)))
            seconds = time.monotonic() - began
        appends, lost = (sum(count) for count in zip(*counts, strict=True))
        return Written(accounts, changes, appends, lost, seconds, _packed(remote))


def _account(root: Path, changes: int, number: int) -> tuple[int, int]:
    """One account's run: how often it appended, and how often somebody was first."""
    git = Git.open(root / f"clone{number}")
    ref = f"refs/heads/seatwise/journal/account{number}"
    journal = Journal(git, ref, "origin", SystemClock(), Habits(claims.checkpointed))
    journal.begin(RUN, LEASE_SECONDS)
    appends = lost = 0
    for segment in _segments(f"account{number}", changes):
        while True:
            appends += 1
            try:
                journal.append(segment)
                break
            except Moved:
                lost += 1
    journal.end(RUN)
    return appends + 2, lost


def _segments(account: str, changes: int) -> Iterator[Sequence[records.Record]]:
    """What a run appends: intents, then outcomes with the next intents, and the last outcomes."""
    told: list[records.Record] = []
    for start in range(0, changes, BATCH):
        batch = [_change(account, number) for number in range(start, min(start + BATCH, changes))]
        named = [(records.change_id(change, str(Lane.JOINERS)), change) for change in batch]
        yield [*told, records.intent([(id, change, False) for id, change in named], Lane.JOINERS, "", "all")]
        told = [records.outcome([(id, Outcome(change, Result.DONE, f"u-{change.who}")) for id, change in named])]
    yield told


def _change(account: str, number: int) -> Change:
    """Every person gets one seat."""
    return Change(account, f"person{number}@acme.example", None, Grant("suite", "SUITE"))


def _packed(remote: Path) -> float:
    _git(remote, "gc", "-q")
    kib = re.search(r"size-pack: (\d+)", _git(remote, "count-objects", "-v"))
    assert kib
    return int(kib.group(1)) / 1024


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout
