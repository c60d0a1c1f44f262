"""CODEOWNERS as a command writes and checks it, in a real folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company, license, person

from seatwise.cli.main import cli
from seatwise.core import codeowners


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Boss and chief approve, and HR knows the boss's login."""
    made = Company(tmp_path, remote=False)
    text = (made.root / "seatwise.yaml").read_text()
    made.write(
        "seatwise.yaml", text.replace("        zone: zone\n", "        zone: zone\n        logins: {forge: title}\n")
    )
    made.write("licenses/x/a.yaml", license("a"))
    made.hr(person("boss", title="the-boss"), person("chief", title=""))
    made.commit("a company")
    return made


def run(company: Company, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(company.root), "approval", "codeowners", *words])


def test_the_file_is_written_once_and_then_as_it_should_be(company: Company) -> None:
    missing = run(company, "--forge", "github", "--check")
    assert (missing.exit_code, "fix: seatwise approval codeowners" in missing.output) == (1, True)
    assert not (company.root / ".github").exists()
    first = run(company, "--forge", "github")
    assert (first.exit_code, first.stdout) == (0, ".github/CODEOWNERS: written\n")
    assert "chief@x.example has no login at the forge" in first.stderr
    assert "/licenses/x/ @the-boss\n" in (company.root / ".github/CODEOWNERS").read_text()
    assert run(company, "--forge", "github", "--check").exit_code == 0
    company.write("licenses/y/b.yaml", license("b"))
    assert run(company, "--forge", "github", "--check").exit_code == 1


def test_json_says_whether_it_is_the_same_and_whom_it_leaves_out(company: Company) -> None:
    said = json.loads(run(company, "--forge", "gitlab", "--json").stdout)
    assert (said["path"], said["same"], said["findings"][0]["person"]) == (
        ".gitlab/CODEOWNERS",
        False,
        "chief@x.example",
    )


def test_the_forge_is_that_of_the_settings(company: Company) -> None:
    done = run(company)
    assert (done.exit_code, "--forge github or gitlab" in done.stderr) == (64, True)


def test_a_link_is_never_written_through(company: Company, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (company.root / ".github").symlink_to(tmp_path / "elsewhere")
    done = run(company, "--forge", "github")
    assert (done.exit_code, "is a symbolic link" in done.stderr) == (1, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_the_forge_would_ignore_is_not_written(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codeowners.MOST_BYTES, "github", 100)
    done = run(company, "--forge", "github")
    assert done.exit_code == 1
    assert "over 100 the forge ignores it" in done.stderr
    assert "let all files of a publisher have one owner" in done.stderr
    assert not (company.root / ".github").exists()


def test_a_file_that_another_one_hides_is_not_written(company: Company) -> None:
    company.write("CODEOWNERS", "* @somebody\n")
    done = run(company, "--forge", "gitlab")
    assert (done.exit_code, "git rm CODEOWNERS" in done.stderr) == (1, True)
    assert run(company, "--forge", "github").exit_code == 0


def test_where_nobody_has_a_login_no_file_is_better_than_one_that_lets_everybody_through(company: Company) -> None:
    company.hr(person("boss", title=""), person("chief", title=""))
    done = run(company, "--forge", "github")
    assert (done.exit_code, "no approver has a login" in done.stderr) == (1, True)


def test_without_people_nothing_is_written(company: Company) -> None:
    (company.root / "hr.csv").unlink()
    assert run(company, "--forge", "github").exit_code == 1
    assert not (company.root / ".github").exists()
