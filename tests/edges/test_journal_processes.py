"""Several real processes on one real remote, and one that dies in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.edges.gitroom import bare, clone, git

from seatwise.edges.clock import SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal

RUNNER = Path(__file__).with_name("journal_runner.py")


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    call = [sys.executable, str(RUNNER), str(folder), *args]
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(runners: Sequence[subprocess.Popen[str]]) -> list[str]:
    told = [runner.communicate(timeout=120) for runner in runners]
    assert [err for _, err in told if err] == []
    return [out.strip() for out, _ in told]


def journal(repo: Git, account: str) -> Journal:
    return Journal(repo, f"refs/heads/seatwise/journal/{account}", "origin", SystemClock())


def test_eight_accounts_in_eight_jobs_on_one_remote_and_nobody_loses(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    for job in range(8):
        clone(address, tmp_path / f"job{job}")
    ended([start(tmp_path / f"job{job}", f"refs/heads/seatwise/journal/acc{job}", "4", "append") for job in range(8)])
    reader = clone(address, tmp_path / "reader")
    for job in range(8):
        assert [record["number"] for record in journal(reader, f"acc{job}").read()] == [0, 1, 2, 3]


def test_eight_jobs_admit_on_one_branch_and_nobody_loses(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    for job in range(8):
        clone(address, tmp_path / f"job{job}")
    ended([start(tmp_path / f"job{job}", "refs/heads/seatwise/journal/_admit", "2", "again") for job in range(8)])
    records = journal(clone(address, tmp_path / "reader"), "_admit").read()
    assert len(records) == 16 and set(Counter(record["by"] for record in records).values()) == {2}


def test_two_processes_race_on_one_account_and_one_wins_each_slot(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    jobs = [tmp_path / "one", tmp_path / "two"]
    for job in jobs:
        clone(address, job)
    won = ended([start(job, "refs/heads/seatwise/journal/m365", "15", "race") for job in jobs])
    records = journal(clone(address, tmp_path / "reader"), "m365").read()
    assert [record["n"] for record in records] == list(range(1, len(records) + 1))
    assert sorted(Counter(record["by"] for record in records).values()) == sorted(map(int, won))


def test_two_processes_in_one_clone_do_not_disturb_each_other(tmp_path: Path) -> None:
    repo = clone(bare(tmp_path / "remote"), tmp_path / "one")
    ended([start(tmp_path / "one", "refs/heads/seatwise/journal/_admit", "5", "again") for _ in range(2)])
    assert len(journal(repo, "_admit").read()) == 10


def killed_while_pushing(tmp_path: Path, *, accept: bool) -> Git:
    """A runner that is killed when the remote has its commit and has not answered yet."""
    address = bare(tmp_path / "remote")
    repo = clone(address, tmp_path / "job")
    journal(repo, "m365").append([{"type": "begun"}])
    pid, hook = tmp_path / "pid", tmp_path / "remote/hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\nkill -9 $(cat {pid})\nexit {0 if accept else 1}\n")
    hook.chmod(0o755)
    runner = start(tmp_path / "job", "refs/heads/seatwise/journal/m365", "1", "append", str(pid))
    runner.communicate(timeout=60)
    assert runner.returncode == -signal.SIGKILL
    hook.unlink()
    return repo


def landed(remote: Path, commits: str) -> None:
    """Waits until the remote, which outlives the runner, has moved its branch."""
    for _ in range(200):
        if git(remote, "rev-list", "--count", "seatwise/journal/m365") == commits:
            return
        time.sleep(0.05)
    raise AssertionError("the push did not land")


def test_a_runner_killed_before_its_push_landed_leaves_a_journal_that_reads_well(tmp_path: Path) -> None:
    repo = killed_while_pushing(tmp_path, accept=False)
    after = journal(repo, "m365")
    assert [record["type"] for record in after.read()] == ["begun"]
    after.append([{"type": "intent"}])
    assert len(journal(clone(f"file://{tmp_path / 'remote'}", tmp_path / "reader"), "m365").read()) == 2


def test_a_runner_killed_after_its_push_landed_has_written(tmp_path: Path) -> None:
    repo = killed_while_pushing(tmp_path, accept=True)
    landed(tmp_path / "remote", "2")
    after = journal(repo, "m365")
    assert [record["type"] for record in after.read()] == ["begun", "intent"]
    after.append([{"type": "outcome"}])
    assert git(tmp_path / "remote", "rev-list", "--count", "seatwise/journal/m365") == "3"
