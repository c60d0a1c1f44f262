"""Commits without a work tree, and refs that move only from where they were expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.edges.gitroom import NOON, bare, clone, git, repository

from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.git import Git


def test_a_branch_is_written_while_the_work_tree_stays_as_it_is(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a", b="b", c__d="d")
    (tmp_path / "a").write_text("half done")
    new = repo.write_branch("back", repo.head() or "", {"b": None, "c/e": b"e", "a": b"A"}, "Back\n\nWhy: so")
    assert repo.files(new) == {"a": b"A", "c/d": b"d", "c/e": b"e"}
    assert git(tmp_path, "log", "-1", "--format=%s/%b", "back") == "Back/Why: so"
    assert (tmp_path / "a").read_text() == "half done" and repo.dirty() == ("a",)


def test_the_time_of_a_commit_is_the_clocks(tmp_path: Path) -> None:
    repository(tmp_path, a="a")
    repo = Git.open(tmp_path, SetClock(NOON))
    new = repo.write_branch("b", repo.head() or "", {"x": b"x"}, "x")
    assert repo.last_changed(new, "x") == NOON


def test_who_commits_is_gits_configuration_or_seatwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    repo = repository(tmp_path, a="a")
    nameless = repo.first_parents(repo.head(), repo.write_branch("b", repo.head() or "", {"x": b"x"}, "x"))[0]
    git(tmp_path, "config", "user.name", "Bot")
    git(tmp_path, "config", "user.email", "bot@acme.example")
    repo = Git.open(tmp_path)
    named = repo.first_parents(repo.head(), repo.write_branch("c", repo.head() or "", {"x": b"x"}, "x"))[0]
    assert (nameless.author, nameless.committer_mail) == ("seatwise", "seatwise@localhost")
    assert (named.author, named.committer_mail) == ("Bot", "bot@acme.example")


def test_a_branch_that_stands_elsewhere_or_is_checked_out_is_left_alone(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    first = repo.head() or ""
    repo.write_branch("taken", first, {"x": b"x"}, "x")
    with pytest.raises(Stop, match="branch taken exists already"):
        repo.write_branch("taken", first, {"y": b"y"}, "y")
    with pytest.raises(Stop, match="branch main is checked out"):
        repo.write_branch("main", first, {"y": b"y"}, "y")


@pytest.mark.parametrize(
    "path", ["../x", ".git/config", "/etc/x", "a/GIT~1/x", "a/.gi\u200ct/x", ".git . /x", ".Git:x", "a//b"]
)
def test_a_path_out_of_the_repository_is_refused(tmp_path: Path, path: str) -> None:
    repo = repository(tmp_path, a="a")
    with pytest.raises(Stop, match="no file can be written there"):
        repo.write_branch("b", repo.head() or "", {path: b"x"}, "x")


@pytest.mark.parametrize(
    "path", ['a "b".yaml', "a\\b.yaml", "a\nb.yaml", "ü/é.yaml", "\udcff.yaml", ".github/workflows/x.yml"]
)
def test_any_name_of_a_file_is_written_as_it_is(tmp_path: Path, path: str) -> None:
    repo = repository(tmp_path, a="a")
    new = repo.commit(repo.head(), {path: b"x\ny", "b": b""}, "x")
    assert repo.files(new) == {"a": b"a", "b": b"", path: b"x\ny"}
    assert repo.files(repo.commit(new, {path: None, "none": None}, "x")) == {"a": b"a", "b": b""}


def test_a_commit_that_is_made_leaves_no_ref(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    before = git(tmp_path, "for-each-ref")
    repo.commit(repo.head(), {"x": b"x"}, "x")
    assert git(tmp_path, "for-each-ref") == before


def test_a_name_that_git_cannot_write_is_written_without_what_it_cannot(tmp_path: Path) -> None:
    repository(tmp_path, a="a")
    git(tmp_path, "config", "user.name", " Ann <the> Bot.")
    repo = Git.open(tmp_path)
    new = repo.told(repo.commit(repo.head(), {"x": b"x"}, "Why\n\nSo: it is\n"))
    assert (new.author, new.committer, new.subject, new.trailers) == (
        "Ann the Bot",
        "Ann the Bot",
        "Why",
        {"So": "it is"},
    )
    git(tmp_path, "fsck", "--strict")


def test_a_ref_moves_only_from_where_it_was_expected(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    one = repo.append("refs/heads/j", {"1": b"1"}, "one", None)
    assert one and repo.append("refs/heads/j", {"2": b"2"}, "two", None) is None
    two = repo.append("refs/heads/j", {"2": b"2"}, "two", one)
    assert two and repo.files(two) == {"1": b"1", "2": b"2"}
    assert not repo.move("refs/heads/j", one, one) and repo.at("refs/heads/j") == two


def test_a_ref_that_another_process_died_on_is_said(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    (tmp_path / ".git/refs/heads/j.lock").write_text("")
    with pytest.raises(Stop, match="a git process that died left") as stop:
        repo.move("refs/heads/j", repo.head() or "", None)
    assert stop.value.fix.endswith(f"rm {tmp_path}/.git/refs/heads/j.lock")


def test_a_fetch_that_meets_the_lock_of_a_dead_git_names_the_lock_and_not_the_remote(tmp_path: Path) -> None:
    repository(tmp_path / "remote", a="a")
    repo = clone(f"file://{tmp_path / 'remote'}", tmp_path / "own")
    git(tmp_path / "remote", "commit", "-q", "--allow-empty", "-m", "more")
    lock = tmp_path / "own/.git/refs/remotes/origin/main.lock"
    lock.touch()
    with pytest.raises(Stop) as stop:
        repo.fetch("origin", ["refs/heads/main"])
    assert stop.value.code is Exit.ERROR and str(lock) in stop.value.what and "remote origin" not in stop.value.what
    assert stop.value.fix.endswith(f"rm {lock}")


def test_a_push_tells_whether_the_remote_was_where_it_was_expected(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    ours, theirs = clone(address, tmp_path / "a"), clone(address, tmp_path / "b")
    ref = "refs/heads/seatwise/journal/m365"
    one, other = ours.commit(None, {"1": b"1"}, "one"), theirs.commit(None, {"1": b"2"}, "other")
    assert ours.push("origin", f"{one}:{ref}", None)
    assert not theirs.push("origin", f"{other}:{ref}", None)
    assert theirs.fetch("origin", [ref]) == {ref: one}
    two = theirs.commit(one, {"2": b"2"}, "two")
    assert theirs.push("origin", f"{two}:{ref}", one) and not ours.push("origin", f"{one}:{ref}", one)
    assert git(tmp_path / "remote", "rev-parse", ref) == two


def test_pushing_what_is_there_already_counts_as_done(tmp_path: Path) -> None:
    """The answer to the first push may have got lost."""
    repo = clone(bare(tmp_path / "remote"), tmp_path / "a")
    one = repo.commit(None, {"1": b"1"}, "one")
    assert repo.push("origin", f"{one}:refs/heads/j", None) and repo.push("origin", f"{one}:refs/heads/j", None)


def test_a_remote_that_refuses_is_an_error_not_a_lost_race(tmp_path: Path) -> None:
    repo = clone(bare(tmp_path / "remote"), tmp_path / "a")
    hook = tmp_path / "remote/hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(Stop, match=r"origin refuses refs/heads/j: .*hook declined") as stop:
        repo.push("origin", f"{repo.commit(None, {'1': b'1'}, 'one')}:refs/heads/j", None)
    assert stop.value.code is Exit.ERROR


def test_a_remote_that_is_gone_is_said(tmp_path: Path) -> None:
    repo = clone(bare(tmp_path / "remote"), tmp_path / "a")
    one = repo.commit(None, {"1": b"1"}, "one")
    (tmp_path / "remote").rename(tmp_path / "elsewhere")
    with pytest.raises(
        Stop, match=f"remote origin can't be reached at file://{tmp_path}/remote: there is no repository there"
    ):
        repo.push("origin", f"{one}:refs/heads/j", None)
    with pytest.raises(
        Stop, match=f"remote origin can't be reached at file://{tmp_path}/remote: there is no repository there"
    ):
        repo.fetch("origin", ["refs/heads/j"])


def test_no_hook_of_the_clone_runs(tmp_path: Path) -> None:
    repo = clone(bare(tmp_path / "remote"), tmp_path / "a")
    for name in ("pre-push", "reference-transaction", "post-index-change"):
        hook = tmp_path / "a/.git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        hook.chmod(0o755)
    new = repo.append("refs/heads/j", {"1": b"1"}, "one", None)
    assert repo.push("origin", f"{new}:refs/heads/j", None)
    assert list(tmp_path.glob("ran-*")) == []


def test_fetching_follows_a_pattern_and_a_rewritten_branch(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    repository(tmp_path / "a", a="a")
    git(tmp_path / "a", "push", "-q", address, "main:b/1", "main:b/2", "main")
    repo = clone(address, tmp_path / "b")
    assert set(repo.fetch("origin", ["refs/heads/b/*"])) == {"refs/heads/b/1", "refs/heads/b/2"}
    first = Git.open(tmp_path / "a").head()
    git(tmp_path / "a", "commit", "-q", "--allow-empty", "--amend", "-m", "other")
    git(tmp_path / "a", "push", "-q", "-f", address, "main:b/1")
    rewritten = repo.fetch("origin", ["refs/heads/b/1"])["refs/heads/b/1"]
    assert rewritten == git(tmp_path / "a", "rev-parse", "HEAD") != first
