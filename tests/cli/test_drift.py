"""`seatwise drift` and `license adopt` as they are typed: what is printed, as JSON too, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company

from seatwise.cli.main import cli
from seatwise.core.model import Exit


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path, remote=False)
    made.sells(A=20, B=20)
    made.hires("ann", "bo", "cy")
    made.holds("A", "ann", "bo")
    made.license("b", [], mode="observe")
    made.asks("first", a="ann bo")
    made.apply()
    made.revokes_by_hand("A", "ann")
    made.grants_by_hand("A", "cy")
    made.console.hand_grant("A", "mal\x1b[31mlory@else.example")
    return made


def run(company: Company, *words: str) -> Result:
    return CliRunner(env=company.env).invoke(cli, ["-C", str(company.root), *words])


def test_drift_is_told_in_plain_words_with_the_commands_for_it(company: Company) -> None:
    done = run(company, "drift", "list")
    assert done.exit_code == Exit.DRIFT, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "3 seats differ in 1 license; 0 licenses without drift"
    assert lines[1].startswith("a at v: 2 added there, 1 removed there  [")
    assert lines[2:] == [
        "  added there  mal\\x1b[31mlory@else.example (nobody in HR)",
        "  added there  cy",
        "  removed there  ann",
        "  it stays as it is there: seatwise drift accept --license a --reason TEXT",
        "  it is put right there: seatwise drift correct --license a --reason TEXT",
        "  what was added there is taken, too: seatwise drift correct --license a --added --reason TEXT",
    ]
    again = run(company, "drift", "list")
    assert "removed there  ann  at 20" in again.stdout, "the first run kept a snapshot"


def test_the_answer_in_json_can_be_followed_by_a_program(company: Company) -> None:
    done = run(company, "drift", "list", "--json", "--no-record")
    said = json.loads(done.stdout)
    (finding,) = said["findings"]
    assert (done.exit_code, said["exit"], said["clean"], said["unread"]) == (8, 8, [], [])
    assert (finding["account"], finding["license"]) == ("v", "a")
    assert finding["counts"] == {"added there": 2, "removed there": 1, "changed there": 0}
    assert [(one["kind"], one["who"]) for one in finding["seats"]][-1] == ("removed there", "ann@x.example")
    assert len(finding["fingerprint"]) == len(finding["digest"]) == 12
    assert [one["license"] for one in json.loads(run(company, "drift", "list", "--json").stdout)["findings"]] == ["a"]


def test_many_holders_are_counted_and_named_on_demand(company: Company) -> None:
    names = [f"p{n}" for n in range(12)]
    company.hires(*names)
    for name in names:
        company.grants_by_hand("A", name)
    assert "  added there  and 6 more: -v names them" in run(company, "drift", "list").stdout.splitlines()
    assert "p11" in run(company, "-v", "drift", "list").stdout


def test_none_is_told_too_and_what_cannot_be_read(company: Company) -> None:
    company.console.hand_revoke("A", "mal\x1b[31mlory@else.example")
    company.revokes_by_hand("A", "cy")
    company.grants_by_hand("A", "ann")
    done = run(company, "drift", "list")
    assert (done.exit_code, done.stdout) == (0, "No drift. 1 license without drift\n")
    company.console.fault("down")
    done = run(company, "drift", "list")
    assert done.exit_code == 1 and done.stdout.startswith("0 licenses without drift\nAccount v can't be read: ")


def test_it_is_accepted_and_corrected_on_branches_and_nowhere_else(company: Company) -> None:
    before = company.calls()
    done = run(company, "drift", "accept", "--reason", "meant so", "--ticket", "IT-1", "--license", "a")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Seats: 1 given, 1 taken; 2 holders, 1 file"
    assert "Left where they are: a: nobody in HR is mal\\x1b[31mlory@else.example" in done.stdout
    branch = next(line for line in done.stdout.splitlines() if line.startswith("On branch")).split()[2].strip(";")
    assert branch.startswith("drift-accept-a-20")

    checked = run(company, "drift", "correct", "--reason", "no", "--holder", "cy@x.example", "--check", "--json")
    said = json.loads(checked.stdout)
    assert (said["branch"], said["seats"][0]["takes"]) == ("", ["cy@x.example"])
    assert run(company, "drift", "correct", "--reason", "no", "--added").exit_code == 0
    assert company.git("status", "--porcelain") == "" and company.calls() == before


@pytest.mark.parametrize(("words", "code", "said"), [
    (("accept", "--reason", " "), 64, "is no reason"),
    (("accept",), 64, "Missing option '--reason'"),
    (("accept", "--reason", "so", "--ticket", "a\u202eb"), 64, "can't be seen"),
    (("accept", "--reason", "so", "--holder", "nobody"), 64, "there is no drift of 'nobody'"),
    (("accept", "--reason", "so", "--license", "c"), 64, "there is no license 'c'"),
    (("correct", "--reason", "so", "--account", "w"), 64, "there is no account 'w'"),
    (("correct", "--reason", "so", "--license", "b"), 64, "there is no drift"),
    (("accept", "--reason", "so", "--branch", "main"), 64, "main is the default branch"),
])  # fmt: skip
def test_what_is_wrong_is_said(company: Company, words: tuple[str, ...], code: int, said: str) -> None:
    done = run(company, "drift", *words)
    assert done.exit_code == code and said in done.stderr and "Traceback" not in done.stderr


def test_what_no_row_can_do_writes_nothing(company: Company) -> None:
    who = "mal\x1b[31mlory@else.example"
    for verb in ("accept", "correct"):
        done = run(company, "drift", verb, "--reason", "so", "--holder", who)
        assert done.exit_code == 1 and "no row can do that; nothing was written" in done.stderr
        assert "\x1b" not in done.stderr
    assert company.git("branch", "--list", "drift*") == ""


def test_licenses_are_adopted_together(company: Company) -> None:
    company.grants_by_hand("B", "ann")
    done = run(company, "license", "adopt", "b")
    assert done.exit_code == 0, done.stderr
    text = company.git("show", "license-adopt-b:licenses/x/b.yaml")
    assert "mode: manage" in text and "adopted:" in text and "- ann@x.example" in text
    again = run(company, "license", "adopt", "b")
    assert "On branch license-adopt-b-2" in again.stdout


def test_one_that_names_no_account_cannot_be_adopted(company: Company) -> None:
    path = company.root / "licenses/x/b.yaml"
    text = path.read_text()
    path.write_text(text.replace("account: v\n", "").replace("sku: B\n", ""))
    company.commit("no account")
    assert "names no account and sku" in run(company, "license", "adopt", "b").stderr
    path.write_text(text + "retired: true\n")
    company.commit("retired")
    assert "is retired" in run(company, "license", "adopt", "b").stderr
