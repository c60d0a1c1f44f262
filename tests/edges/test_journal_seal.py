"""Signed segments: made with a private key, checked against the signers that the repository names."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.edges.gitroom import NOON, bare, clone, git
from tests.edges.test_journal import BRANCH, REF, rewrite, types

from seatwise.core.model import Exit, Settings, Stop
from seatwise.edges import journals
from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal
from seatwise.edges.seal import Seal

PAGE = Path(__file__).parents[2] / "docs" / "journal.md"


@pytest.fixture
def remote(tmp_path: Path) -> str:
    return bare(tmp_path / "remote")


def key(folder: Path, name: str) -> tuple[Path, str]:
    """A private key's path, and the public one."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path, path.with_suffix(".pub").read_text().strip()


def opened(folder: Path, remote: str, seal: Seal, ref: str = REF) -> Journal:
    repo = Git.open(folder) if folder.exists() else clone(remote, folder)
    return Journal(repo, ref, "origin", SetClock(NOON), Habits(seal=seal))


def test_what_a_signer_wrote_is_read_by_who_knows_the_signer(tmp_path: Path, remote: str) -> None:
    path, public = key(tmp_path, "runner")
    seal = Seal(str(path), {"runner": public})
    written = opened(tmp_path / "one", remote, seal).append([{"type": "one"}])
    assert opened(tmp_path / "two", remote, Seal("", {"runner": public})).read() == written
    opened(tmp_path / "one", remote, seal).append([{"type": "two"}])
    assert types(opened(tmp_path / "three", remote, Seal()).read()) == ["one", "two"]
    names = git(tmp_path / "remote", "ls-tree", "-r", "--name-only", BRANCH).split()
    assert names == [f"2026-11/00000{n}.jsonl{end}" for n in (1, 2) for end in ("", ".sig")]


def test_the_key_may_stand_in_the_variable_itself(tmp_path: Path, remote: str) -> None:
    path, public = key(tmp_path, "runner")
    opened(tmp_path / "one", remote, Seal(path.read_text(), {"runner": public})).append([{"type": "one"}])
    assert types(opened(tmp_path / "two", remote, Seal("", {"runner": public})).read()) == ["one"]


def test_a_segment_that_nobody_or_a_stranger_signed_is_no_evidence(tmp_path: Path, remote: str) -> None:
    path, public = key(tmp_path, "runner")
    stranger, _ = key(tmp_path, "stranger")
    trusting = Seal("", {"runner": public})
    opened(tmp_path / "one", remote, Seal(str(path), trusting.signers)).append([{"type": "one"}])
    opened(tmp_path / "bad", remote, Seal()).append([{"type": "two"}])
    with pytest.raises(Stop, match=r"000002.jsonl is not signed") as stop:
        opened(tmp_path / "two", remote, trusting).read()
    assert stop.value.code is Exit.EVIDENCE
    opened(tmp_path / "worse", remote, Seal(str(stranger))).append([{"type": "three"}])
    with pytest.raises(Stop, match=r"000003.jsonl: its signature is not good: it is by none of the keys that count"):
        opened(tmp_path / "three", remote, trusting).recent()


def test_a_signature_is_good_for_its_segment_and_its_journal_only(tmp_path: Path, remote: str) -> None:
    path, public = key(tmp_path, "runner")
    seal = Seal(str(path), {"runner": public})
    opened(tmp_path / "one", remote, seal).append([{"type": "one"}])
    there = Git.open(tmp_path / "remote")
    message = git(tmp_path / "remote", "log", "-1", "--format=%B", BRANCH)
    there.append("refs/heads/seatwise/journal/octo", there.files(BRANCH), message, None)
    with pytest.raises(Stop, match=r"its signature is not good"):
        opened(tmp_path / "two", remote, seal, "refs/heads/seatwise/journal/octo").read()
    other = git(tmp_path / "remote", "show", f"{BRANCH}:2026-11/000001.jsonl.sig").encode()
    opened(tmp_path / "one", remote, seal).append([{"type": "two"}])
    message = git(tmp_path / "remote", "log", "-1", "--format=%B", BRANCH)
    rewrite(tmp_path / "remote", lambda files: {"2026-11/000002.jsonl.sig": other}, message=message)
    with pytest.raises(Stop, match=r"its signature is not good"):
        opened(tmp_path / "three", remote, seal).read()


def test_a_key_that_is_none_is_said_before_anything_is_written(tmp_path: Path, remote: str) -> None:
    with pytest.raises(Stop, match=r"can't be signed") as stop:
        opened(tmp_path / "one", remote, Seal(str(tmp_path / "none"))).append([{"type": "one"}])
    assert "journal.sign" in stop.value.fix and git(tmp_path / "remote", "branch") == ""
    with pytest.raises(Stop, match=r"journal.sign is env:KEY, and KEY is not set"):
        journals.seal(Settings(journal_sign="env:KEY"), {})


def test_the_page_says_how_to_check_one_without_seatwise(tmp_path: Path, remote: str) -> None:
    path, public = key(tmp_path, "runner")
    opened(tmp_path / "one", remote, Seal(str(path))).append([{"type": "one"}])
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    reader = clone(remote, tmp_path / "two")
    (tmp_path / "two/signers").write_text(f"runner {public}\n")
    said = subprocess.run(["sh", "-euc", script], cwd=reader.root, capture_output=True, text=True, check=True).stdout
    assert said.startswith('Good "seatwise:seatwise/journal/m365" signature for runner')
