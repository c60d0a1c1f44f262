"""Git itself merges and rebases with our driver: real repositories, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seatwise.cli.main import cli
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Terms
from seatwise.edges.edit import changed, tidy
from seatwise.edges.git import Git
from seatwise.edges.yamlfile import read
from seatwise.flows import merging

PATH = "licenses/figma/figma.yaml"
BASE = (
    "license: figma\nassignments:\n  team:\n    people:\n      - ann@x   # first\n      # Zoe is lent\n      - zoe@x\n"
)
NEW = ["bo@x", "carl@x", "dan@x", "eve@x", "fay@x"]


def git(root: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is fails, done.stderr
    return done.stdout.strip()


def commit(root: Path, text: str, message: str = "change") -> None:
    (root / PATH).write_text(text)
    git(root, "commit", "-qam", message)


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "merge", *words])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One license on main, and the driver installed."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(BASE)
    git(tmp_path, "init", "-q")
    assert run(tmp_path, "install").exit_code == 0
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def branches(root: Path) -> None:
    """Five pull requests, each with one person more."""
    for name in NEW:
        git(root, "switch", "-q", "-c", name.partition("@")[0], "main")
        commit(root, changed(BASE, [ListEdit("team", add={name: Terms()})]), name)
    git(root, "switch", "-q", "main")


def has_all(root: Path) -> None:
    text = (root / PATH).read_text()
    document, findings = read(text.encode(), PATH)
    assert findings == ()
    assert document is not None
    assert list(document["assignments"]["team"]["people"]) == ["ann@x", *NEW, "zoe@x"]
    assert tidy(text) == text
    assert "- ann@x   # first\n" in text
    assert "      # Zoe is lent\n      - zoe@x\n" in text


def test_five_pull_requests_that_add_to_one_list_are_merged_one_after_the_other(root: Path) -> None:
    branches(root)
    for name in NEW:
        git(root, "merge", "-q", "--no-ff", "-m", name, name.partition("@")[0])
    has_all(root)


def test_five_pull_requests_that_add_to_one_list_are_rebased_one_after_the_other(root: Path) -> None:
    branches(root)
    for name in NEW:
        branch = name.partition("@")[0]
        git(root, "rebase", "-q", "main", branch)
        git(root, "switch", "-q", "main")
        git(root, "merge", "-q", "--ff-only", branch)
    has_all(root)


def test_a_row_removed_here_and_changed_there_stops_git_with_marks(root: Path) -> None:
    git(root, "switch", "-q", "-c", "later")
    commit(root, BASE.replace("- zoe@x", "- zoe@x: {through: 2027-01-31}"))
    git(root, "switch", "-q", "main")
    commit(root, BASE.replace("      # Zoe is lent\n      - zoe@x\n", "      - bo@x\n"))
    git(root, "merge", "later", fails=True)
    text = (root / PATH).read_text()
    assert git(root, "diff", "--name-only", "--diff-filter=U") == PATH
    assert text.count("<<<<<<< ours\n") == text.count(">>>>>>> theirs\n") == 1
    assert text.index("- bo@x\n") < text.index("<<<<<<<")


def test_marks_are_as_the_repository_wants_them(root: Path) -> None:
    git(root, "config", "merge.conflictStyle", "diff3")
    test_a_row_removed_here_and_changed_there_stops_git_with_marks(root)
    assert "||||||| base\n" in (root / PATH).read_text()


def test_without_the_driver_git_would_have_stopped(root: Path) -> None:
    git(root, "config", "--unset-all", "merge.seatwise.driver")
    branches(root)
    git(root, "merge", "-q", "bo")
    git(root, "merge", "-q", "carl", fails=True)


@pytest.mark.parametrize("program", ["no-such-seatwise", "sh -c 'exit 70' x"])
def test_where_seatwise_is_gone_or_fails_git_merges_as_always(root: Path, program: str) -> None:
    git(root, "config", "merge.seatwise.driver", merging.command(program))
    git(root, "switch", "-q", "-c", "later")
    commit(root, BASE.replace("license: figma\n", "license: figma\nowner: it\n"))
    git(root, "switch", "-q", "main")
    commit(root, BASE + "sku: full\n")
    git(root, "merge", "-q", "--no-ff", "-m", "both", "later")
    assert (root / PATH).read_text() == BASE.replace("license: figma\n", "license: figma\nowner: it\n") + "sku: full\n"
    branches(root)
    git(root, "reset", "-q", "--hard", "bo")
    git(root, "merge", "-q", "carl", fails=True)
    assert "<<<<<<< ours" in (root / PATH).read_text()


def test_files_that_are_not_ours_are_merged_as_text(root: Path) -> None:
    sides = [root / name for name in ("base", "ours", "theirs")]
    for side, text in zip(sides, ("a: 1\n\n\nb: 1\n", "a: 2\n\n\nb: 1\n", "a: 1\n\n\nb: 2\n"), strict=True):
        side.write_text(text)
    assert run(root, "driver", *map(str, sides), "README.md").exit_code == 0
    assert sides[1].read_text() == "a: 2\n\n\nb: 2\n"


def test_install_keeps_what_is_there_says_it_once_and_check_writes_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitattributes").write_text("*.png binary")
    missing = run(tmp_path, "install", "--check")
    assert (missing.exit_code, "fix: seatwise merge install" in missing.output) == (1, True)
    assert (tmp_path / ".gitattributes").read_text() == "*.png binary"
    assert Git.open(tmp_path).setting("merge.seatwise.driver") == ""
    first = run(tmp_path, "install")
    written = (tmp_path / ".gitattributes").read_text()
    assert (first.exit_code, written) == (0, "*.png binary\n" + "".join(f"{line}\n" for line in merging.LINES))
    assert run(tmp_path, "install").exit_code == 0
    assert (tmp_path / ".gitattributes").read_text() == written
    again = run(tmp_path, "install", "--check", "--json")
    assert (again.exit_code, json.loads(again.output)) == (0, {"lines": [], "settings": []})


def test_a_clone_where_only_the_configuration_is_missing_says_so(root: Path) -> None:
    git(root, "config", "--unset-all", "merge.seatwise.driver")
    found = run(root, "install", "--check")
    assert (found.exit_code, "merge.seatwise.driver" in found.output, ".gitattributes:" in found.output) == (
        1,
        True,
        False,
    )


@pytest.mark.parametrize("spoil", ["link", "bytes"])
def test_attributes_that_cannot_be_edited_are_left_as_they_are(tmp_path: Path, spoil: str) -> None:
    git(tmp_path, "init", "-q")
    path = tmp_path / ".gitattributes"
    if spoil == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.write_bytes(b"\xff\n")
    done = run(tmp_path, "install")
    assert (done.exit_code, ".gitattributes" in done.stderr) == (1, True)
    assert not (tmp_path / "elsewhere").exists()
