"""What the commands of the road refuse before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company

from seatwise.cli.main import cli


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = Company(tmp_path_factory.mktemp("road"), remote=False)
    company.commit("a company")
    return company.root


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *words])


def test_a_check_of_a_rollback_takes_no_branch(root: Path) -> None:
    done = run(root, "rollback", "HEAD", "--check", "--branch", "mine")
    assert (done.exit_code, "--check writes no branch" in done.stderr) == (64, True)


def test_the_log_of_an_account_that_there_is_not_is_refused_and_names_those_that_there_are(root: Path) -> None:
    done = run(root, "log", "--account", "nope")
    assert done.exit_code == 64
    assert "there is no account 'nope'" in done.stderr
    assert "one of v" in done.stderr
    assert run(root, "log", "--account", "v").exit_code == 0


@pytest.mark.parametrize("most", ["-5", "0"])
def test_a_log_of_fewer_than_one_entry_is_refused(root: Path, most: str) -> None:
    assert run(root, "log", "-n", most).exit_code == 64
