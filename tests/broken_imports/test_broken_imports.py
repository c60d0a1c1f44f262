"""Each broken file of seats says exactly what is wrong with it, row and column, and changes nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.broken.cases import Case
from tests.broken_imports.cases import BASE, arguments, cases, written

from seatwise.cli.main import cli
from seatwise.flows.validate import validate

CASES = cases()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("imports") / "work"
    shutil.copytree(BASE, root)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def everything(root: Path) -> dict[str, bytes]:
    """Every file there, git's own too."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_the_repository_that_the_cases_are_for_is_whole() -> None:
    assert validate(BASE) == ()


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file_says_what_is_broken_and_changes_nothing(case: Case, repository: Path, tmp_path: Path) -> None:
    before = everything(repository)
    done = CliRunner().invoke(
        cli, ["-C", str(repository), "seat", "import", str(written(case, tmp_path)), *arguments(case)]
    )
    assert (done.stdout, done.stderr.replace(f"{tmp_path}/", "")) == ("", case.expect)
    assert done.exit_code in (1, 64)
    assert "fix: " in done.stderr
    assert everything(repository) == before
