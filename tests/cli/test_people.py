"""`seatwise people` on a repository with one vendor and three people."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seatwise.cli.main import cli

FILES = {
    "seatwise.yaml": """\
format: 1
timezone: Europe/Berlin
people:
  key: mail
  sources:
    hr:
      {kind: csv, from: people.csv,
       map: {mail: Mail, name: Name, department: Team, status: {column: Status, codes: {A: active}}}}
accounts:
  slack: {vendor: sandbox, seed: seats.csv}
forge: {kind: none}
""",
    "people.csv": """\
Mail,Name,Team,Status
ann@acme.example,Ann \x1b[31mRoth,Data,A
bo@acme.example,Bo,IT,A
cy@acme.example,Cy,IT,Q
""",
    "older.csv": """\
Mail,Name,Team,Status
ann@acme.example,Ann \x1b[31mRoth,IT,A
dee@acme.example,Dee,IT,A
""",
    "seats.csv": "sku,bought,login\nplus,10,\nplus,,ann@acme.example\nplus,,eve@acme.example\n",
    "owners/it.yaml": "owner: it\napprovers: [ann@acme.example, bo@acme.example]\n",
    "licenses/slack/slack.yaml": """\
license: slack
product: Slack
type: free
metric: named-user
owner: it
account: slack
sku: plus
mode: manage
assignments: {team: {people: [ann@acme.example, bob@acme.example]}}
""",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "people", *arguments])


def test_list_shows_everybody_and_says_who_is_unknown(root: Path) -> None:
    result = run(root, "list")
    assert result.exit_code == 0
    assert result.stdout == (
        "ann@acme.example  Ann \\x1b[31mRoth  active  employee  Data\n"
        "bo@acme.example  Bo  active  employee  IT\n"
        "2 people\n"
    )
    assert "people.csv:4: hold: cy@acme.example: status has the code 'Q'" in result.stderr


def test_list_takes_filters_as_a_rule_has_them(root: Path) -> None:
    assert run(root, "list", "--where", "department=it").stdout.splitlines()[-1] == "1 person"
    assert run(root, "list", "--where", "department").exit_code == 64


def test_list_ends_with_an_error_where_the_source_is_incomplete(root: Path) -> None:
    (root / "people.csv").write_text("Mail,Name,Team,Status\n", encoding="utf-8")
    result = run(root, "list")
    assert result.exit_code == 1
    assert "hr: 0 rows, at least 1 make it complete: nobody is a leaver" in result.stderr


def test_diff_shows_what_an_older_export_said_otherwise(root: Path) -> None:
    assert run(root, "diff", "older.csv").stdout == (
        "~ ann@acme.example: department IT > Data\n"
        "+ bo@acme.example\n"
        "? dee@acme.example: not there any more, so unknown: no seat is taken\n"
    )
    assert run(root, "diff", "people.csv", "people.csv").stdout == "nobody moved\n"


def test_diff_needs_a_source_that_is_read_from_a_file(root: Path) -> None:
    settings = FILES["seatwise.yaml"].replace("from: people.csv,", "")
    (root / "seatwise.yaml").write_text(settings, encoding="utf-8")
    result = run(root, "diff", "older.csv")
    assert result.exit_code == 1
    assert "no people source is read from a file" in result.stderr


def test_unmatched_shows_seats_and_rows_that_fit_nobody(root: Path) -> None:
    assert run(root, "unmatched").stdout == (
        "slack plus: nobody is 'eve@acme.example'\n"
        "  fix: map the login in the people source, or owners/holders: logins: {slack: eve@acme.example}\n"
        "licenses/slack/slack.yaml:9: nobody is 'bob@acme.example'\n"
        "  fix: did you mean bo@acme.example? Not in HR on purpose: owners/holders\n"
    )


def test_unmatched_says_which_account_could_not_be_read(root: Path) -> None:
    (root / "seats.csv").write_text("sku,bought,login\nplus,,ann@acme.example\n", encoding="utf-8")
    result = run(root, "unmatched")
    assert result.exit_code == 0
    assert "not read: slack: seats.csv:2: no row says how many seats of 'plus' were bought" in result.stdout


def test_each_answers_in_json(root: Path) -> None:
    assert [one["id"] for one in json.loads(run(root, "list", "--json").stdout)["people"]] == [
        "ann@acme.example",
        "bo@acme.example",
    ]
    assert [one["what"] for one in json.loads(run(root, "diff", "older.csv", "--json").stdout)["moves"]] == [
        "department",
        "joined",
        "gone",
    ]
    assert json.loads(run(root, "unmatched", "--json").stdout)["not_read"] == []
