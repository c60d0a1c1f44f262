"""`seatwise ci init`: files of jobs from seatwise.yaml; written again where it changed, never over somebody's edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.flows.jobs import COMMIT, SOURCES, repository, written

from seatwise.cli.main import cli

APPLY = ".github/workflows/seatwise-apply.yml"


def ci(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "ci", *words])


def test_it_writes_what_it_was_not_told_twice(tmp_path: Path) -> None:
    repository(tmp_path)
    said = ci(tmp_path, "init", "github", "--source", SOURCES["github"])
    assert (said.exit_code, said.output.count(": written")) == (0, 12)
    assert ci(tmp_path, "init", "github", "--check").output == "the files of jobs are as they are to be\n"
    assert ci(tmp_path, "init", "github").exit_code == 0


def test_another_connection_is_noticed_and_taken_up(tmp_path: Path) -> None:
    written(tmp_path, environments=True)
    text = (tmp_path / "seatwise.yaml").read_text()
    (tmp_path / "seatwise.yaml").write_text(
        text.replace("  m365:", "  zoom: {vendor: scim, url: u, token: env:ZOOM}\n  m365:")
    )
    checked = ci(tmp_path, "init", "github", "--check")
    assert (checked.exit_code, f"{APPLY}: is not what" in checked.output) == (1, True)
    assert ci(tmp_path, "init", "github").exit_code == 0
    assert "ZOOM: ${{ secrets.ZOOM }}" in (tmp_path / APPLY).read_text()
    assert "environment: seatwise-apply" in (tmp_path / APPLY).read_text()


def test_no_edit_is_written_over_and_nothing_is_written_beside_it(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / APPLY).write_text((tmp_path / APPLY).read_text() + "# ours\n")
    (tmp_path / ".github/workflows/seatwise-tick.yml").unlink()
    said = ci(tmp_path, "init", "github")
    assert (said.exit_code, f"{APPLY}:1: was edited" in said.stderr) == (1, True)
    assert (tmp_path / APPLY).read_text().endswith("# ours\n")
    assert not (tmp_path / ".github/workflows/seatwise-tick.yml").exists()


def test_a_pipeline_of_somebody_elses_stays(tmp_path: Path) -> None:
    repository(tmp_path, "gitlab")
    (tmp_path / ".gitlab-ci.yml").write_text("theirs: {script: [make]}\n")
    assert ci(tmp_path, "init", "gitlab", "--source", SOURCES["gitlab"]).exit_code == 1
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "theirs: {script: [make]}\n"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    repository(tmp_path / "r")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r/.github").symlink_to(tmp_path / "elsewhere")
    assert ci(tmp_path / "r", "init", "github", "--source", SOURCES["github"]).exit_code == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "source", ["", "acme/seatwise", "acme/seatwise@v1", f"acme/seatwise@{COMMIT[:12]}", f"a b/c@{COMMIT}"]
)
def test_a_source_names_a_commit(tmp_path: Path, source: str) -> None:
    repository(tmp_path)
    said = ci(tmp_path, "init", "github", "--source", source)
    assert (said.exit_code, "fix: --source OWNER/NAME@COMMIT" in said.stderr) == (64, True)
    assert not (tmp_path / ".github").exists()


def test_names_that_the_forge_keeps_for_itself_are_refused(tmp_path: Path) -> None:
    repository(tmp_path)
    text = (tmp_path / "seatwise.yaml").read_text()
    (tmp_path / "seatwise.yaml").write_text(
        text.replace("SLACK_TOKEN", "GITHUB_SLACK").replace("env:JOURNAL_KEY", "env:GITHUB_KEY")
    )
    said = ci(tmp_path, "init", "github", "--source", SOURCES["github"])
    assert said.exit_code == 1
    assert "no secret can be called GITHUB_SLACK" in said.stderr
    assert "no secret can be called GITHUB_KEY" in said.stderr


def test_a_branch_that_would_be_more_than_a_name_is_refused(tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / "seatwise.yaml").write_text((tmp_path / "seatwise.yaml").read_text() + 'branch: "main] #"\n')
    assert ci(tmp_path, "init", "github", "--source", SOURCES["github"]).exit_code == 1
    assert not (tmp_path / ".github").exists()


def test_gitlab_gets_the_proofs_by_the_names_that_accounts_give_them(tmp_path: Path) -> None:
    written(tmp_path, "gitlab")
    text = (tmp_path / ".gitlab-ci.yml").read_text()
    assert "    M365_PROOF:\n      aud: api://AzureADTokenExchange\n" in text
    assert f"SEATWISE_COMMIT: {COMMIT}" in text


def test_gitlab_needs_a_token_for_the_forge(tmp_path: Path) -> None:
    repository(tmp_path, "gitlab")
    text = (tmp_path / "seatwise.yaml").read_text().replace(", token: env:FORGE_TOKEN", "")
    (tmp_path / "seatwise.yaml").write_text(text)
    said = ci(tmp_path, "init", "gitlab", "--source", SOURCES["gitlab"])
    assert (said.exit_code, "GitLab's own job token may read no approvals" in said.stderr) == (1, True)


def test_extras_are_those_that_connections_need(tmp_path: Path) -> None:
    repository(tmp_path)
    text = (tmp_path / "seatwise.yaml").read_text()
    text = text.replace("  m365:", "  aws: {vendor: aws}\n  m365:")
    (tmp_path / "seatwise.yaml").write_text(text.replace("client: c-1", "client: c-1, key: env:M365_KEY"))
    assert ci(tmp_path, "init", "github", "--source", SOURCES["github"]).exit_code == 0
    steps = yaml.safe_load((tmp_path / APPLY).read_text())["jobs"]["apply"]["steps"]
    assert steps[1]["with"] == {"extras": "aws keys"}


def test_real_says_whether_there_is_more_than_practice(tmp_path: Path) -> None:
    repository(tmp_path / "a")
    assert ci(tmp_path / "a", "real").output == "real=true\n"
    assert CliRunner().invoke(cli, ["ci", "real"]).output == "real=false\n"


def test_in_json(tmp_path: Path) -> None:
    written(tmp_path)
    said = json.loads(ci(tmp_path, "init", "github", "--check", "--json").output)
    assert (said["stale"], len(said["files"])) == ([], 12)
