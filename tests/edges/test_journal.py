"""The journal: what is written is read back, in any clone, and what was changed is named."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.edges.gitroom import NOON, bare, clone, git, repository

from seatwise.core.chain import START, link
from seatwise.core.model import Exit, Settings, Stop
from seatwise.edges import journals
from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal, Moved

REF = "refs/heads/seatwise/journal/m365"
BRANCH = "seatwise/journal/m365"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def remote(tmp_path: Path) -> str:
    return bare(tmp_path / "remote")


@pytest.fixture
def repo(tmp_path: Path, remote: str) -> Git:
    return clone(remote, tmp_path / "repo")


def types(records: Any) -> list[str]:
    return [record["type"] for record in records]


def opened(repo: Git, clock: SetClock) -> Journal:
    return Journal(repo, REF, "origin", clock)


def rewrite(folder: Path, change: Any, *, message: str = "tidy") -> None:
    """Commits changed segments onto the branch in the remote, as somebody with push rights could."""
    there = Git.open(folder)
    head = there.resolve(BRANCH)
    assert head
    there.append(REF, change(there.files(head)), message, head)


def flipped(files: dict[str, bytes], path: str, old: bytes, new: bytes) -> dict[str, bytes | None]:
    assert old in files[path]
    return {path: files[path].replace(old, new, 1)}


def test_where_there_is_no_journal_yet_there_are_no_records(repo: Git, clock: SetClock) -> None:
    assert opened(repo, clock).read() == ()


def test_what_one_clone_appends_another_reads(tmp_path: Path, remote: str, repo: Git, clock: SetClock) -> None:
    written = opened(repo, clock).append([{"type": "intent", "id": "a"}, {"type": "outcome", "id": "a"}])
    read = opened(clone(remote, tmp_path / "other"), clock).read()
    assert read == written
    assert (read[1]["n"], read[1]["at"], read[1]["id"]) == (2, "2026-11-24T12:00:00Z", "a")


def test_git_alone_shows_what_was_written_and_when(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    journal = opened(repo, clock)
    journal.append([{"type": "intent"}, {"type": "intent"}, {"type": "stage"}])
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    journal.append([{"type": "outcome"}])
    at = tmp_path / "remote"
    assert git(at, "ls-tree", "-r", "--name-only", BRANCH).split() == ["2026-11/000001.jsonl", "2026-12/000002.jsonl"]
    assert git(at, "log", "--format=%s|%cI", BRANCH).splitlines() == [
        "m365: outcome|2026-12-01T09:00:00+00:00",
        "m365: 2 intents, stage|2026-11-24T12:00:00+00:00",
    ]
    assert git(at, "show", f"{BRANCH}:2026-11/000001.jsonl").count("\n") == 2


def test_nothing_in_the_work_tree_moves(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    (tmp_path / "repo/licenses.yaml").write_text("half done")
    opened(repo, clock).append([{"type": "intent"}])
    assert git(tmp_path / "repo", "status", "--porcelain") == "?? licenses.yaml"


@pytest.mark.parametrize("options", [(), ("--bare",), ("--mirror",)])
def test_every_kind_of_clone_reads_it_also_without_the_remote(
    tmp_path: Path, remote: str, repo: Git, clock: SetClock, options: tuple[str, ...]
) -> None:
    opened(repo, clock).append([{"type": "intent"}])
    other = clone(remote, tmp_path / "other", *options)
    assert types(opened(other, clock).read(fetch=False)) == ["intent"]
    assert types(opened(other, clock).read()) == ["intent"]
    (tmp_path / "remote").rename(tmp_path / "gone")
    assert types(opened(other, clock).read(fetch=False)) == ["intent"]


def test_a_bare_clone_appends_too(tmp_path: Path, remote: str, clock: SetClock) -> None:
    journal = opened(clone(remote, tmp_path / "other", "--bare"), clock)
    journal.append([{"type": "intent"}])
    journal.append([{"type": "outcome"}])
    assert types(journal.read(fetch=False)) == ["intent", "outcome"]


def test_without_a_remote_the_branch_is_here(tmp_path: Path, clock: SetClock) -> None:
    repo = repository(tmp_path / "alone", a="a")
    one, two = (Journal(repo, REF, None, clock) for _ in range(2))
    assert one.read() == two.read() == ()
    one.append([{"type": "intent"}])
    with pytest.raises(Moved) as moved:
        two.append([{"type": "intent"}])
    assert types(moved.value.records) == ["intent"]
    two.append([{"type": "outcome"}])
    assert types(one.read()) == ["intent", "outcome"] and repo.dirty() == ()


def test_who_was_not_first_is_given_what_is_new(tmp_path: Path, remote: str, repo: Git, clock: SetClock) -> None:
    ours, theirs = opened(repo, clock), opened(clone(remote, tmp_path / "other"), clock)
    ours.append([{"type": "one"}])
    theirs.read()
    ours.append([{"type": "two"}])
    with pytest.raises(Moved) as moved:
        theirs.append([{"type": "three"}])
    assert types(moved.value.records) == ["two"]
    assert types(ours.read()) == ["one", "two"]


def test_what_contends_with_nothing_is_made_again(tmp_path: Path, remote: str, repo: Git, clock: SetClock) -> None:
    ours, theirs = opened(repo, clock), opened(clone(remote, tmp_path / "other"), clock)
    seen: list[int] = []

    def make(records: tuple[Any, ...]) -> list[dict[str, Any]]:
        if not seen:
            ours.append([{"type": "first"}])
        seen.append(len(records))
        return [{"type": "admit", "after": len(records)}]

    assert [record["after"] for record in theirs.append_again(make)] == [1] and seen == [0, 1]
    assert theirs.append_again(lambda records: None) == ()


def test_reading_again_parses_only_what_is_new(repo: Git, clock: SetClock) -> None:
    journal = opened(repo, clock)
    journal.append([{"type": "one"}])
    before = journal.read()
    opened(repo, clock).append([{"type": "two"}])
    after = journal.read()
    assert types(after) == ["one", "two"] and after[0] is before[0]


@pytest.mark.parametrize("known", [False, True], ids=["a new clone", "one that read it before"])
@pytest.mark.parametrize(
    ("segment", "old", "new", "where"),
    [
        ("000001", b'"id":1', b'"id":7', "000002.jsonl: the chain breaks at record 3: .* follow on record 2"),
        ("000002", b'"id":3', b'"id":4', "000003.jsonl: the chain breaks at record 4"),
        ("000003", b'"id":4', b'"id":5', "000003.jsonl: the chain breaks at record 4: commit"),
        ("000001", b'"n":2', b'"n":9', "000001.jsonl: the chain breaks at record 2: here stands"),
        ("000002", b'{"at"', b'{at"', "000002.jsonl: the chain breaks at record 3: it is no JSON"),
    ],
)  # fmt: skip
def test_one_changed_byte_is_named_by_segment_and_record(
    tmp_path: Path, repo: Git, clock: SetClock, known: bool, segment: str, old: bytes, new: bytes, where: str
) -> None:
    journal = opened(repo, clock)
    for ids in ((0, 1), (3,), (4,)):
        journal.append([{"type": "intent", "id": id} for id in ids])
    rewrite(tmp_path / "remote", lambda files: flipped(files, f"2026-11/{segment}.jsonl", old, new))
    reader = journal if known else opened(clone(f"file://{tmp_path / 'remote'}", tmp_path / "other"), clock)
    with pytest.raises(Stop, match=where) as stop:
        reader.read()
    assert stop.value.code is Exit.EVIDENCE and "nothing was written" in stop.value.fix


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"2026-11/000001.jsonl": None}, "segment 000001 is missing before 2026-11/000002.jsonl"),
        ({"README.md": b"hello"}, "README.md is no segment"),
        ({"2026-11/000003.jsonl": b""}, "000003.jsonl: the chain breaks at record 3: the segment is cut off"),
    ],
)
def test_a_missing_or_strange_file_is_named(
    tmp_path: Path, repo: Git, clock: SetClock, change: dict[str, bytes | None], what: str
) -> None:
    journal = opened(repo, clock)
    journal.append([{"type": "one"}])
    journal.append([{"type": "two"}])
    rewrite(tmp_path / "remote", lambda files: change)
    with pytest.raises(Stop, match=what) as stop:
        journal.read()
    assert stop.value.code is Exit.EVIDENCE


def test_a_lease_that_says_nothing_is_no_traceback(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    written = link([{"type": "begin", "at": "2026-11-24T12:00:00Z", "until": "soon"}], START)
    message = f"m365: begin\n\nSeatwise-Last: {written.last.digest}\n"
    Git.open(tmp_path / "remote").append(REF, {"2026-11/000001.jsonl": written.data}, message, None)
    with pytest.raises(Stop, match="among records 1 to 1 a lease lacks its run") as stop:
        opened(repo, clock).read()
    assert stop.value.code is Exit.EVIDENCE


def test_a_whole_new_chain_over_an_old_one_is_seen_by_who_read_the_old_one(
    tmp_path: Path, remote: str, repo: Git, clock: SetClock
) -> None:
    opened(repo, clock).append([{"type": "revoke", "who": "ann"}])
    forged = repository(tmp_path / "forged", a="a")
    Journal(forged, REF, None, clock).append([{"type": "revoke", "who": "bob"}])
    files, message = forged.files(BRANCH), git(tmp_path / "forged", "log", "-1", "--format=%B", BRANCH)
    rewrite(tmp_path / "remote", lambda old: files, message=message)
    with pytest.raises(Stop, match=r"000001\.jsonl is not what it was") as stop:
        opened(repo, clock).read()
    assert stop.value.code is Exit.EVIDENCE


def test_a_branch_that_was_rewritten_or_deleted_is_no_journal_also_for_a_later_process(
    tmp_path: Path, repo: Git, clock: SetClock
) -> None:
    opened(repo, clock).append([{"type": "one"}])
    opened(repo, clock).append([{"type": "two"}])
    git(tmp_path / "remote", "update-ref", REF, f"{BRANCH}~1")
    git(tmp_path / "repo", "fetch", "-q", "origin")
    with pytest.raises(Stop, match="it was rewritten") as stop:
        opened(repo, clock).read()
    assert stop.value.code is Exit.EVIDENCE
    git(tmp_path / "remote", "update-ref", "-d", REF)
    with pytest.raises(Stop, match="the branch is gone; it stood at"):
        opened(repo, clock).read()


def test_a_clock_far_behind_the_last_record_is_an_error_and_a_little_is_not(repo: Git, clock: SetClock) -> None:
    journal = opened(repo, clock)
    journal.append([{"type": "one"}])
    clock.move_to(NOON - timedelta(seconds=30))
    assert journal.append([{"type": "two"}])[0]["at"] == "2026-11-24T12:00:00Z"
    clock.move_to(NOON - timedelta(seconds=61))
    with pytest.raises(Stop, match="the clock says 2026-11-24 11:58:59 UTC") as stop:
        journal.append([{"type": "three"}])
    assert stop.value.code is Exit.ERROR


def test_bodies_lie_outside_the_chain_and_may_be_erased(
    tmp_path: Path, remote: str, repo: Git, clock: SetClock
) -> None:
    journal = opened(repo, clock)
    digest = journal.put_body(b"who holds what", "m365 snapshot/2026")
    assert journal.put_body(b"who holds what", "again") == digest
    journal.append([{"type": "snapshot", "body": digest}])
    other = opened(clone(remote, tmp_path / "other"), clock)
    assert other.get_body(digest) == opened(repo, clock).get_body(digest) == b"who holds what"
    month = "seatwise/bodies/2026-11"
    assert git(tmp_path / "remote", "ls-tree", "-r", "--name-only", month).endswith("/m365-snapshot-2026")
    git(tmp_path / "remote", "branch", "-D", month)
    late = opened(clone(remote, tmp_path / "late"), clock)
    assert late.get_body(digest) is None and types(late.read()) == ["snapshot"]


def test_bodies_are_found_across_months_and_by_who_has_not_fetched_them(
    tmp_path: Path, remote: str, repo: Git, clock: SetClock
) -> None:
    other = opened(clone(remote, tmp_path / "other"), clock)
    first = opened(repo, clock).put_body(b"november", "a")
    clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    second = opened(repo, clock).put_body(b"december", "a")
    assert (other.get_body(first), other.get_body(second)) == (b"november", b"december")
    alone = Journal(repository(tmp_path / "alone", a="a"), REF, None, clock)
    assert alone.get_body(alone.put_body(b"here", "a")) == b"here" and alone.get_body(first) is None
    with pytest.raises(Stop, match="is no digest"):
        alone.get_body("../../etc")


def test_a_body_that_was_changed_is_not_given_out(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    digest = opened(repo, clock).put_body(b"true", "a")
    there, sha = Git.open(tmp_path / "remote"), digest.removeprefix("sha256:")
    ref = "refs/heads/seatwise/bodies/2026-11"
    there.append(ref, {f"{sha[:2]}/{sha}/a": b"lie"}, "lie", there.at(ref))
    git(tmp_path / "repo", "fetch", "-q")
    with pytest.raises(Stop, match="is not what its name says") as stop:
        opened(repo, clock).get_body(digest)
    assert stop.value.code is Exit.EVIDENCE


def test_a_hundred_thousand_seats_in_one_record_are_written_and_read_quickly(
    tmp_path: Path, remote: str, repo: Git, clock: SetClock
) -> None:
    seats = {f"person{i}@acme.example": f"id-{i}" for i in range(100_000)}
    start = time.process_time()
    opened(repo, clock).append([{"type": "settled", "license": "m365-e5", "seats": {"adopt": seats}}])
    assert len(opened(repo, clock).read()[0]["seats"]["adopt"]) == 100_000
    assert time.process_time() - start < 3


def test_accounts_admissions_and_control_have_a_journal_each(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    settings = Settings(journal_prefix="acme/log")
    assert journals.account(repo, settings, "m365", clock).name == "acme/log/m365"
    assert journals.admissions(repo, settings, clock).name == "acme/log/_admit"
    journals.control(repo, settings, clock).append([{"type": "halt", "account": "m365", "rollout": "r1"}])
    assert types(journals.control(repo, settings, clock).read()) == ["halt"]
    assert git(tmp_path / "remote", "branch", "--list", "--format=%(refname)") == "refs/heads/seatwise/control"


def test_a_clone_without_the_named_remote_does_not_write_for_itself(tmp_path: Path, repo: Git, clock: SetClock) -> None:
    with pytest.raises(Stop, match="this clone has no remote upstream") as stop:
        journals.account(repo, Settings(journal_remote="upstream"), "m365", clock)
    assert "remote: origin" in stop.value.fix
    alone = repository(tmp_path / "alone", a="a")
    journals.account(alone, Settings(), "m365", clock).append([{"type": "one"}])
    assert alone.at("refs/heads/seatwise/journal/m365")


@pytest.mark.parametrize("name", ["../x", "a:refs/heads/main", "-x", "a b", "x.lock", "a*", "a..b", ""])
def test_a_name_that_git_reads_otherwise_is_refused(repo: Git, clock: SetClock, name: str) -> None:
    with pytest.raises(Stop, match="is no name for a branch"):
        journals.account(repo, Settings(), name, clock)


def test_a_missing_journal_is_an_error_only_where_one_began(repo: Git, clock: SetClock) -> None:
    began = Settings(journal_since="7be1c04")
    journals.must_exist(opened(repo, clock), repo, Settings())
    with pytest.raises(Stop, match=r"seatwise.yaml:1: the journal began at 7be1c04, but .*/m365 is missing") as stop:
        journals.must_exist(opened(repo, clock), repo, began)
    assert stop.value.code is Exit.EVIDENCE
    opened(repo, clock).append([{"type": "one"}])
    journals.must_exist(opened(repo, clock), repo, began)


def test_a_shallow_clone_is_refused(tmp_path: Path, clock: SetClock) -> None:
    repository(tmp_path / "a", a="a")
    git(tmp_path / "a", "commit", "-q", "--allow-empty", "-m", "second")
    shallow = clone(f"file://{tmp_path / 'a'}", tmp_path / "b", "--depth", "1")
    with pytest.raises(Stop, match="this clone is shallow") as stop:
        journals.must_exist(opened(shallow, clock), shallow, Settings())
    assert stop.value.code is Exit.EVIDENCE


def calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which every call of git is written down from now on, without its settings."""
    log, spy = folder / "calls", folder / "spy/git"
    spy.parent.mkdir()
    spy.write_text(
        f'#!/bin/sh\nfor word; do case "$word" in -c|*=*) ;; *) echo "$word" >>{log}; break ;; esac; done\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}{os.pathsep}{os.environ['PATH']}")
    return log


def test_an_append_starts_git_three_times(
    repo: Git, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run costs is mostly processes, and it appends before and after each batch."""
    journal = opened(repo, clock)
    journal.append([{"type": "first"}])
    log = calls(tmp_path, monkeypatch)
    journal.append([{"type": "second"}])
    assert log.read_text().split() == ["fast-import", "push", "update-ref"]


def test_what_was_verified_in_this_run_is_not_verified_again(
    repo: Git, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(repo, clock).append([{"type": "first"}])
    log = calls(tmp_path, monkeypatch)
    assert types(opened(repo, clock).recent()) == ["first"]
    assert set(log.read_text().split()) == {"ls-remote", "for-each-ref"}


def test_a_clone_that_lost_sight_of_the_branch_finds_it_again(
    repo: Git, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(repo, clock).append([{"type": "first"}])
    git(repo.root, "update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    again = Git.open(repo.root)
    assert types(opened(again, clock).read()) == ["first"]
    assert types(opened(again, clock).read(fetch=False)) == ["first"]


def test_where_the_branch_was_moved_since_it_is_verified_again(repo: Git, clock: SetClock, tmp_path: Path) -> None:
    opened(repo, clock).append([{"type": "first"}])
    rewrite(tmp_path / "remote", lambda files: {"2026-11/000002.jsonl": b'{"n":2}\n'})
    with pytest.raises(Stop) as stop:
        opened(repo, clock).recent()
    assert stop.value.code is Exit.EVIDENCE
