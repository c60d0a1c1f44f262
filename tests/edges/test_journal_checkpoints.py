"""Checkpoints: the journal is read from the newest one on, and says the same as read from its beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.company import Company
from tests.edges.gitroom import NOON, bare, clone
from tests.edges.test_journal import BRANCH, REF, flipped, rewrite, types

from seatwise.core import claims
from seatwise.core.chain import Record
from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal

CHAINED = ("n", "prev", "at")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def remote(tmp_path: Path) -> str:
    return bare(tmp_path / "remote")


def opened(folder: Path, remote: str, clock: SetClock, every: int = 3) -> Journal:
    git = Git.open(folder) if folder.exists() else clone(remote, folder)
    return Journal(git, REF, "origin", clock, Habits(claims.checkpointed, every))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, ...]:
    """The records of a company in which much has happened: gives, takes, swaps, a bulk rollout, a leaver, a lost answer."""
    company = Company(tmp_path_factory.mktemp("lived"), remote=False)
    company.sells(A=30, B=30)
    names = tuple(f"p{n:02}" for n in range(12))
    company.hires(*names)
    company.holds("A", *names[:3])
    company.asks("manage both", a=" ".join(names[:3]), b="")
    company.apply()
    company.asks("bulk", a="p01 p02", b=" ".join(names))
    company.apply()
    company.apply(hours=2)
    company.changes("p05", status="T")
    company.revokes_by_hand("B", "p06")
    company.console.fault("timeout-after", times=9)
    company.asks("one more", a="p01 p02 p07")
    company.apply(hours=30)
    company.console.clear_faults()
    company.apply(hours=1)
    return company.records()


def told(journal: Journal, clock: SetClock, records: tuple[Record, ...], each: int = 2) -> None:
    """The same told to another journal, a few records in a segment."""
    for start in range(0, len(records), each):
        part = records[start : start + each]
        clock.move_to(claims.canon.instant(part[-1]["at"]))
        own = [{k: v for k, v in r.items() if k not in CHAINED} for r in part]
        journal.append([r for r in own if r["type"] not in ("begin", "end", "renew")] or [{"type": "nothing"}])


@pytest.mark.parametrize("every", [2, 3, 7])
def test_the_fold_of_a_checkpoint_and_the_rest_is_the_fold_of_the_whole(
    tmp_path: Path, remote: str, clock: SetClock, lived: tuple[Record, ...], every: int
) -> None:
    told(opened(tmp_path / "one", remote, clock, every), clock, lived)
    reader = opened(tmp_path / "two", remote, clock, every)
    recent, whole = reader.recent(), reader.read()
    assert recent[0]["type"] == "checkpoint" and len(recent) < len(whole) and whole[0]["n"] == 1
    assert claims.fold(recent) == claims.fold(whole)
    plain = claims.fold(r for r in whole if r["type"] != "checkpoint")
    assert (plain.claims, plain.rollouts, plain.sent, plain.changed, plain.refused) == (
        claims.fold(recent).claims, claims.fold(recent).rollouts, claims.fold(recent).sent, claims.fold(recent).changed,
        claims.fold(recent).refused,
    )  # fmt: skip
    now = whole[-1]["at"]
    assert plain.lately(claims.canon.instant(now)) == claims.fold(recent).lately(claims.canon.instant(now))


def test_git_shows_which_segments_have_one(tmp_path: Path, remote: str, clock: SetClock) -> None:
    journal = opened(tmp_path / "one", remote, clock)
    for _ in range(8):
        journal.append([{"type": "nothing"}])
    files = sorted(Git.open(tmp_path / "remote").files(BRANCH))
    assert [path[8:] for path in files] == [
        "000001.jsonl", "000002.jsonl", "000003.jsonl", "000004.checkpoint.jsonl", "000005.jsonl", "000006.jsonl",
        "000007.checkpoint.jsonl", "000008.jsonl",
    ]  # fmt: skip
    assert types(opened(tmp_path / "two", remote, clock).recent()) == ["checkpoint", "nothing", "nothing"]
    assert [record["n"] for record in journal.read()] == list(range(1, 11))


def test_what_lies_before_a_checkpoint_is_not_read_until_somebody_wants_the_whole(
    tmp_path: Path, remote: str, clock: SetClock
) -> None:
    journal = opened(tmp_path / "one", remote, clock)
    for number in range(5):
        journal.append([{"type": "nothing", "id": number}])
    rewrite(
        tmp_path / "remote",
        lambda files: flipped(files, "2026-11/000001.jsonl", b'"id":0', b'"id":9'),
        message=Git.open(tmp_path / "remote").told(BRANCH).subject + "\n\n" + _last(tmp_path / "remote"),
    )
    reader = opened(tmp_path / "two", remote, clock)
    assert types(reader.recent()) == ["checkpoint", "nothing", "nothing"]
    with pytest.raises(Stop, match=r"000002.jsonl: the chain breaks at record 2") as stop:
        reader.read()
    assert stop.value.code is Exit.EVIDENCE


def _last(folder: Path) -> str:
    return f"Seatwise-Last: {Git.open(folder).told(BRANCH).trailers['Seatwise-Last']}"


def test_a_checkpoint_follows_on_the_segment_before_it(tmp_path: Path, remote: str, clock: SetClock) -> None:
    journal = opened(tmp_path / "one", remote, clock)
    for number in range(4):
        journal.append([{"type": "nothing", "id": number}])
    path = "2026-11/000003.jsonl"
    rewrite(
        tmp_path / "remote",
        lambda files: flipped(files, path, b'"id":2', b'"id":9'),
        message=f"tidy\n\n{_last(tmp_path / 'remote')}",
    )
    with pytest.raises(Stop, match=r"000004.checkpoint.jsonl: the chain breaks at record 4"):
        opened(tmp_path / "two", remote, clock).recent()


def test_a_lease_outlives_a_checkpoint(tmp_path: Path, remote: str, clock: SetClock) -> None:
    journal = opened(tmp_path / "one", remote, clock)
    journal.begin("run-1", 600)
    for _ in range(4):
        journal.append([{"type": "nothing"}])
    other = opened(tmp_path / "two", remote, clock)
    with pytest.raises(Stop, match=r"run run-1 holds"):
        other.begin("run-2", 600)
    clock.sleep(601)
    other.begin("run-2", 600)
    with pytest.raises(Stop, match=r"run run-1 holds seatwise/journal/m365 no longer"):
        journal.append([{"type": "nothing"}])


def test_a_run_may_begin_with_a_checkpoint(tmp_path: Path, remote: str, clock: SetClock) -> None:
    journal = opened(tmp_path / "one", remote, clock)
    for _ in range(3):
        journal.append([{"type": "nothing"}])
    assert [r["n"] for r in journal.begin("run-1", 600)] == [4, 5]
    assert types(journal.read())[3:] == ["checkpoint", "begin"]
    journal.append([{"type": "nothing"}])
    journal.end("run-1")
    assert types(opened(tmp_path / "two", remote, clock).recent()) == ["checkpoint", "begin", "nothing", "end"]


def test_a_checkpoint_that_says_something_else_is_found_by_who_folds_the_whole(lived: tuple[Record, ...]) -> None:
    state = claims.fold(lived)
    at = claims.canon.instant(lived[-1]["at"])
    true: dict[str, Any] = {**claims.checkpointed(lived, at), "n": state.n + 1, "at": lived[-1]["at"]}
    assert claims.fold([true], claims.fold(lived)).claims == state.claims
    claim = {**true["state"]["claims"]["b"]["p01@x.example"], "asked": False}
    false = {**true["state"], "claims": {"b": {"p01@x.example": claim}}}
    with pytest.raises(Stop, match=r"is not what the records before it come to") as stop:
        claims.fold([{**true, "state": false}], claims.fold(lived))
    assert stop.value.code is Exit.EVIDENCE


def test_a_checkpoint_forgets_what_no_cap_counts_any_more(lived: tuple[Record, ...]) -> None:
    state = claims.fold(lived)
    assert state.done and state.at is not None
    late = claims.checkpointed(lived, state.at + timedelta(hours=25))
    assert late["state"]["done"] == []
    known = claims.fold([{**late, "n": 99, "at": claims.canon.plain(state.at + timedelta(hours=25))}])
    assert replace(known, at=state.at, n=state.n, done=state.done) == state
