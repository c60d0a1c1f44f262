"""What docs/journal.md shows works as it is written there, in a plain clone and without seatwise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.edges.gitroom import NOON, bare, clone, git

from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal

PAGE = Path(__file__).parents[2] / "docs" / "journal.md"
BRANCH = "seatwise/journal/m365"


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    remote = bare(tmp_path / "remote")
    journal = Journal(clone(remote, tmp_path / "job"), f"refs/heads/{BRANCH}", "origin", SetClock(NOON))
    for kinds in (("intent", "stage"), ("outcome",)):
        journal.append([{"type": kind} for kind in kinds])
    clone(remote, tmp_path / "reader")
    return tmp_path / "reader"


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    call = [sys.executable, "-I", "-c", script, f"origin/{BRANCH}"]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)


def test_the_commands_print_what_they_say(reader: Path) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    commands = [line.removeprefix("$ ") for line in block.splitlines()]
    printed = [subprocess.check_output(command, shell=True, cwd=reader, text=True) for command in commands]
    assert printed[0].splitlines()[-1] == "2026-11-24 12:00:00 +0000 m365: intent, stage"
    assert '+{"at":' in printed[1] and '"type":"stage"' in printed[2]
    assert printed[3].split() == ["2026-11/000001.jsonl", "2026-11/000002.jsonl"]


def test_the_script_verifies_a_journal_and_finds_a_changed_byte(tmp_path: Path, reader: Path) -> None:
    assert verified(reader).stdout.startswith("3 records, internally consistent")
    there = Git.open(tmp_path / "remote")
    head = there.resolve(BRANCH) or ""
    first = "2026-11/000001.jsonl"
    changed = there.files(head)[first].replace(b"intent", b"indent")
    message = git(tmp_path / "remote", "log", "-1", "--format=%B", head)
    there.append(f"refs/heads/{BRANCH}", {first: changed}, message, head)
    git(reader, "fetch", "-q")
    assert verified(reader).stderr == "2026-11/000001.jsonl: the chain breaks at record 2\n"
