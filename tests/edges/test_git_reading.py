"""What comes out of a repository: files, links, history, merges."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.edges.gitroom import bare, clone, committed, git, repository

from seatwise.core.model import Exit, Stop
from seatwise.core.parse.places import DEVICE, FOLDER, LINK, REPOSITORY
from seatwise.edges.git import Git
from seatwise.edges.gitrun import clean


def test_a_folder_in_no_repository_is_said_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stop:
        Git.open(tmp_path)
    assert stop.value.code is Exit.ERROR and "no git repository" in stop.value.what and "git init" in stop.value.fix


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="there is no folder"):
        Git.open(tmp_path / "nowhere")


def test_a_machine_without_git_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Stop, match="git isn't installed"):
        Git.open(tmp_path)


def test_gits_own_folder_is_said(tmp_path: Path) -> None:
    repository(tmp_path, a="a")
    with pytest.raises(Stop, match="git's own folder"):
        Git.open(tmp_path / ".git")


def test_the_top_is_found_from_a_folder_inside(tmp_path: Path) -> None:
    repository(tmp_path, licenses__a="x")
    assert Git.open(tmp_path / "licenses").root == tmp_path


def test_variables_of_a_hook_do_not_lead_to_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path / "other", a="x")
    here = repository(tmp_path / "here", b="y")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert set(Git.open(tmp_path / "here").files(here.head() or "")) == {"b"}


def test_files_are_those_under_the_prefixes_and_of_the_commit(tmp_path: Path) -> None:
    repo = repository(tmp_path, seatwise="1", licenses__a="a", licenses__deep__b="b", tool__x="x")
    old = repo.head() or ""
    committed(tmp_path, "second", licenses__a="changed")
    assert repo.files(old, ["licenses/", "seatwise", "owners"]) == {
        "seatwise": b"1", "licenses/a": b"a", "licenses/deep/b": b"b",
    }  # fmt: skip
    assert set(repo.files(old)) == {"seatwise", "licenses/a", "licenses/deep/b", "tool/x"}


def test_any_name_and_any_bytes_come_out_as_they_are(tmp_path: Path) -> None:
    odd = os.fsdecode(b'li\xff "x"\t\n\xc3\xa9')
    repository(tmp_path)
    (tmp_path / odd).write_bytes(b"\0\n\xff\n")
    (tmp_path / "empty").write_bytes(b"")
    repo = committed(tmp_path, "odd")
    assert repo.files(repo.head() or "") == {odd: b"\0\n\xff\n", "empty": b""}
    assert repo.worktree()[0] == {odd: b"\0\n\xff\n", "empty": b""}


def test_symlinks_and_submodules_are_no_files(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", a="a")
    repository(tmp_path / "outer", licenses__a="a")
    (tmp_path / "outer/licenses/l").symlink_to("/etc/passwd")
    git(tmp_path / "outer", "update-index", "--add", "--cacheinfo", f"160000,{inner.head()},licenses/sub")
    git(tmp_path / "outer", "add", "licenses/l")
    git(tmp_path / "outer", "commit", "-q", "-m", "links")
    repo = Git.open(tmp_path / "outer")
    assert repo.others(repo.head() or "", ["licenses"]) == {"licenses/l": LINK, "licenses/sub": REPOSITORY}
    assert set(repo.files(repo.head() or "", ["licenses"])) == {"licenses/a"}


def test_the_work_tree_has_new_files_but_no_ignored_ones_and_no_deleted_ones(tmp_path: Path) -> None:
    repo = repository(tmp_path, kept="k", gone="g")
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    (tmp_path / "new").write_text("n")
    (tmp_path / "x.tmp").write_text("t")
    (tmp_path / "gone").unlink()
    assert repo.worktree()[0] == {".gitignore": b"*.tmp\n", "kept": b"k", "new": b"n"}
    assert repo.dirty() == ("gone", ".gitignore", "new")
    assert repo.dirty(["kept"]) == ()


def test_the_work_tree_is_not_read_through_a_link(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", licenses__a="a")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a").write_text("secret")
    (tmp_path / "repo/licenses/a").unlink()
    (tmp_path / "repo/licenses").rmdir()
    (tmp_path / "repo/licenses").symlink_to(tmp_path / "secret")
    found, others = repo.worktree(["licenses"])
    assert found == {} and set(others) == {"licenses", "licenses/a"}


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    assert repo.worktree() == ({}, {"a": DEVICE})


def test_a_repository_inside_and_a_folder_where_a_file_was_are_named_as_such(tmp_path: Path) -> None:
    repo = repository(tmp_path, licenses__a="a")
    repository(tmp_path / "licenses/sub", b="b")
    (tmp_path / "licenses/a").unlink()
    (tmp_path / "licenses/a").mkdir()
    assert repo.worktree(["licenses"]) == ({}, {"licenses/a": FOLDER, "licenses/sub": REPOSITORY})


def test_a_name_resolves_to_a_commit_or_to_nothing(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    assert repo.resolve("main") == repo.head() == git(tmp_path, "rev-parse", "HEAD")
    assert repo.resolve("nothing") is None


@pytest.mark.parametrize("rev", ["--output=/tmp/x", "-h", ""])
def test_a_revision_is_never_an_option(tmp_path: Path, rev: str) -> None:
    repo = repository(tmp_path, a="a")
    for call in (repo.resolve, repo.files, lambda r: repo.first_parents(None, r), lambda r: repo.merged(r, "main")):
        with pytest.raises(Stop, match="is no revision"):
            call(rev)


def test_history_goes_along_first_parents_oldest_first(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    first = repo.head() or ""
    git(tmp_path, "switch", "-q", "-c", "topic")
    committed(tmp_path, "on the side", b="b")
    git(tmp_path, "switch", "-q", "main")
    committed(tmp_path, "second", c="c")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "Merge topic\n\nWith a body\nof two lines.\n", "topic")
    second, merge = repo.first_parents(first, "main")
    assert (second.subject, second.parent) == ("second", first)
    assert (merge.subject, merge.body, merge.parent) == ("Merge topic", "With a body\nof two lines.", second.sha)
    assert merge.merged == (git(tmp_path, "rev-parse", "topic"),)
    assert (second.author_mail, second.committer) == ("ada@acme.example", "Web")
    assert second.at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert [c.subject for c in repo.first_parents(None, "main")] == ["first", "second", "Merge topic"]


def test_trailers_and_what_a_commit_takes_back_are_read(tmp_path: Path) -> None:
    sha = repository(tmp_path, a="a").head() or ""
    committed(tmp_path, f"Take it back\n\nBecause.\n\nseatwise-reverts: {sha}\nTicket: A-1\nTicket: A-2")
    git(tmp_path, "revert", "--no-edit", sha)
    committed(tmp_path, "Seatwise-Reverts: $(rm -rf)\n\nSeatwise-Reverts: --help")
    ours, gits, neither = Git.open(tmp_path).first_parents(sha, "main")
    assert ours.reverts == sha and ours.trailers["Ticket"] == "A-1\nA-2"
    assert gits.reverts == sha and neither.reverts == ""


def test_a_clean_merge_is_a_tree_and_another_names_its_conflicts(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a", b="b")
    for branch, files in {"left": {"a": "left"}, "right": {"b": "right"}, "clash": {"a": "clash"}}.items():
        git(tmp_path, "switch", "-q", "-c", branch, "main")
        committed(tmp_path, branch, **files)
    merge = repo.merged("left", "right")
    assert merge.tree and repo.files(merge.tree) == {"a": b"left", "b": b"right"}
    assert (repo.merged("left", "clash").tree, repo.merged("left", "clash").conflicts) == (None, ("a",))


def test_ancestors_merge_bases_and_dates_of_files(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    first = repo.head() or ""
    git(tmp_path, "switch", "-q", "--orphan", "other")
    committed(tmp_path, "apart", z="z")
    git(tmp_path, "switch", "-q", "main")
    second = committed(tmp_path, "second", b="b").head() or ""
    assert repo.is_ancestor(first, second) and repo.is_ancestor(first, first) and not repo.is_ancestor(second, first)
    assert repo.merge_base(first, second) == first and repo.merge_base("main", "other") is None
    assert repo.last_changed("main", "a") == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert repo.last_changed("main", "nowhere") is None


def test_the_tip_is_the_remotes_where_there_is_one(tmp_path: Path) -> None:
    address = bare(tmp_path / "remote")
    first = repository(tmp_path / "a", a="a")
    assert first.tip("main") == first.head()
    git(tmp_path / "a", "remote", "add", "origin", address)
    first = Git.open(tmp_path / "a")
    assert first.tip("main") is None
    git(tmp_path / "a", "push", "-q", "origin", "main")
    other = clone(address, tmp_path / "b")
    committed(tmp_path / "a", "ahead", b="b")
    git(tmp_path / "a", "push", "-q", "origin", "main")
    assert other.fetch("origin", ["refs/heads/main", "refs/heads/none"]) == {"refs/heads/main": first.head()}
    assert other.tip("main") == first.head() != other.head()


def test_a_shallow_clone_is_known(tmp_path: Path) -> None:
    repository(tmp_path / "a", a="a")
    committed(tmp_path / "a", "second", b="b")
    shallow = clone(f"file://{tmp_path / 'a'}", tmp_path / "b", "--depth", "1")
    assert shallow.is_shallow() and not Git.open(tmp_path / "a").is_shallow()


def test_replaced_objects_are_not_followed(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="true")
    lie = git(tmp_path, "hash-object", "-w", "--stdin", put="lie")
    git(tmp_path, "replace", git(tmp_path, "rev-parse", "HEAD:a"), lie)
    assert repo.files("HEAD") == {"a": b"true"}


def test_a_password_in_a_remotes_address_is_not_shown() -> None:
    said = b"fatal: unable to access 'https://bob:hunter2@git.example/x.git/': refused\n"
    assert clean(said) == "fatal: unable to access 'https://***@git.example/x.git/': refused"


def test_a_damaged_repository_is_said_not_raised_as_a_bug(tmp_path: Path) -> None:
    repo = repository(tmp_path, a="a")
    blob = git(tmp_path, "rev-parse", "HEAD:a")
    subprocess.run(["rm", "-f", tmp_path / ".git/objects" / blob[:2] / blob[2:]], check=True)
    with pytest.raises(Stop, match=f"{blob} is missing"):
        repo.blobs([blob])
