"""Anchors: what is not in the hands of who may push to the journal says where it has stood."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.edges.gitroom import NOON, bare, clone, git, repository
from tests.edges.test_journal import BRANCH, REF, types

from seatwise.core.model import Exit, Settings, Stop
from seatwise.edges import journals
from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal

MIRRORED = Habits(mirror="mirror")


@pytest.fixture
def remote(tmp_path: Path) -> str:
    bare(tmp_path / "mirror")
    return bare(tmp_path / "remote")


def fresh(tmp_path: Path, name: str, habits: Habits = MIRRORED) -> Journal:
    """A new clone, which has seen nothing yet."""
    repo = clone(f"file://{tmp_path / 'remote'}", tmp_path / name)
    git(tmp_path / name, "remote", "add", "mirror", f"file://{tmp_path / 'mirror'}")
    return Journal(repo, REF, "origin", SetClock(NOON), habits)


def forge(tmp_path: Path) -> None:
    """Somebody with push rights puts a whole other journal there."""
    other = repository(tmp_path / "forged", a="a")
    Journal(other, REF, None, SetClock(NOON)).append([{"type": "forged"}])
    git(tmp_path / "forged", "push", "-q", "--force", str(tmp_path / "remote"), BRANCH)


def one_run(journal: Journal) -> None:
    journal.begin("run-1", 60)
    journal.append([{"type": "one"}])
    journal.end("run-1")


def test_a_run_takes_the_mirror_along(tmp_path: Path, remote: str) -> None:
    one_run(fresh(tmp_path, "one"))
    assert git(tmp_path / "mirror", "rev-parse", BRANCH) == git(tmp_path / "remote", "rev-parse", BRANCH)
    one_run(fresh(tmp_path, "two"))
    assert types(fresh(tmp_path, "three").read()) == ["begin", "one", "end"] * 2


def test_a_head_that_does_not_come_after_the_mirror_is_no_evidence_for_a_new_clone_either(
    tmp_path: Path, remote: str
) -> None:
    one_run(fresh(tmp_path, "one"))
    forge(tmp_path)
    with pytest.raises(Stop, match=r"does not come after .*, the anchor") as stop:
        fresh(tmp_path, "two").read()
    assert stop.value.code is Exit.EVIDENCE
    git(tmp_path / "remote", "update-ref", "-d", REF)
    with pytest.raises(Stop, match=r"the branch is gone"):
        fresh(tmp_path, "three").recent()
    assert types(fresh(tmp_path, "naive", Habits()).read()) == []


def test_a_mirror_that_is_ahead_means_that_somebody_took_records_away(tmp_path: Path, remote: str) -> None:
    one_run(fresh(tmp_path, "one"))
    git(tmp_path / "remote", "update-ref", REF, f"{BRANCH}~1")
    with pytest.raises(Stop, match=r"the anchor"):
        fresh(tmp_path, "two").read()


def test_a_mirror_is_never_rewritten(tmp_path: Path, remote: str) -> None:
    journal = fresh(tmp_path, "one")
    journal.begin("run-1", 60)
    other = repository(tmp_path / "other", a="a")
    Journal(other, REF, None, SetClock(NOON)).append([{"type": "other"}])
    git(tmp_path / "other", "push", "-q", str(tmp_path / "mirror"), BRANCH)
    before = git(tmp_path / "mirror", "rev-parse", BRANCH)
    with pytest.raises(Stop, match=r"the anchor"):
        journal.end("run-1")
    assert git(tmp_path / "mirror", "rev-parse", BRANCH) == before


def test_a_recorded_head_is_an_anchor_too(tmp_path: Path, remote: str) -> None:
    one_run(fresh(tmp_path, "one", Habits()))
    head = git(tmp_path / "remote", "rev-parse", BRANCH)
    settings = Settings(journal_heads={"m365": head})
    repo = clone(remote, tmp_path / "two")
    assert len(journals.account(repo, settings, "m365", SetClock(NOON)).read()) == 3
    forge(tmp_path)
    there = Git.open(tmp_path / "two")
    git(tmp_path / "two", "update-ref", "-d", f"refs/seatwise/seen/origin/{BRANCH}")
    with pytest.raises(Stop, match=r"the anchor"):
        journals.account(there, settings, "m365", SetClock(NOON)).read()
    with pytest.raises(Stop, match=r"the anchor"):
        journals.account(clone(remote, tmp_path / "new"), settings, "m365", SetClock(NOON)).read()
