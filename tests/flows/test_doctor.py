"""The doctor: what is in the way of plan and apply, each with what to do, in a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.company import Company
from tests.emulators.graph import CLIENT, TENANT, Graph, checked
from tests.emulators.server import served

from seatwise.cli.main import cli
from seatwise.core.checkup import Answer, Health
from seatwise.core.model import Stop
from seatwise.flows.accounts import check
from seatwise.flows.doctor import SECTIONS, examined

SECRET = "s3cr3t-of-the-app"


def company(folder: Path, **how: bool) -> Company:
    made = Company(folder, **how)
    made.sells(A=2)
    made.hires("ann")
    made.asks("a for ann", a="ann")
    return made


def with_lines(made: Company, old: str, new: str) -> None:
    text = (made.root / "seatwise.yaml").read_text(encoding="utf-8")
    assert old in text
    made.write("seatwise.yaml", text.replace(old, new))
    made.commit("settings")


def found(made: Company, *sections: str, health: Health | None = None) -> list[Answer]:
    return [one for one in examined(made.workspace, sections) if health in (None, one.health)]


def test_a_company_in_order_fails_nothing_and_every_section_answers(tmp_path: Path) -> None:
    made = company(tmp_path)
    made.apply()
    answers = found(made)
    assert [one for one in answers if one.health is Health.FAIL] == []
    assert list(dict.fromkeys(one.about for one in answers)) == list(SECTIONS)
    said = {one.about: one.what for one in reversed(answers)}
    assert said["files"] == "1 licenses, 1 owners, 1 accounts; the branch in force is main"
    assert (said["remote"], said["people"]) == ("origin answers", "3 people")
    assert said["accounts"] == "v: read whole: 1 seat of 1 sku"
    assert said["journal"].startswith("v: ") and said["journal"].endswith(" records")


def test_files_that_are_wrong_stop_only_what_needs_them(tmp_path: Path) -> None:
    made = company(tmp_path)
    made.write("licenses/x/a.yaml", "nonsense: 1\n")
    failed = found(made, health=Health.FAIL)
    assert [one.about for one in failed] == ["files", "people", "accounts", "freshness"]
    assert failed[0].fix == "seatwise validate"


def test_a_secret_that_is_not_set_is_named_with_who_needs_it_and_never_shown(tmp_path: Path) -> None:
    made = company(tmp_path)
    with_lines(made, "accounts:\n", "accounts:\n  octo: {vendor: github, org: acme, token: env:OCTO, proxy: [env:P]}\n")
    made.env["P"] = SECRET
    assert found(made, "secrets") == [
        Answer("secrets", Health.WARN, "OCTO, for account octo: not set", "give this job the secret OCTO"),
        Answer("secrets", Health.OK, "P, for account octo: set"),
    ]


def test_an_account_that_can_not_be_read_fails_with_its_fix(tmp_path: Path) -> None:
    made = company(tmp_path)
    with_lines(made, "accounts:\n", "accounts:\n  octo: {vendor: github, org: acme, token: env:OCTO}\n")
    (failed,) = found(made, "accounts", health=Health.FAIL)
    assert (failed.what, failed.fix) == (
        "octo: can't be read: account octo: OCTO is not set",
        "give this job the secret OCTO",
    )


def test_as_whom_an_account_is_called_and_what_that_may_do_too_much_is_said(tmp_path: Path) -> None:
    made = company(tmp_path)
    graph = Graph(made.clock, SECRET, lag=0)
    graph.sells("SPE_E3", 30, "TEAMS1")
    graph.roles = ["User.Read.All", "Organization.Read.All", "Mail.Read"]
    made.env["M365"] = SECRET
    with served(graph, checked()) as server:
        lines = f"url: {server.url}/v1.0, login: {server.url}, secret: env:M365"
        with_lines(
            made,
            "accounts:\n",
            f"accounts:\n  ms: {{vendor: microsoft365, tenant: {TENANT}, client: {CLIENT}, {lines}}}\n",
        )
        answers = [(one.health, one.what, one.fix) for one in found(made, "accounts") if one.what.startswith("ms")]
        (checked_,) = check(made.workspace, ["ms"])
    assert answers == [
        (Health.OK, f"ms: read whole: 0 seats of 1 sku, as app {CLIENT} of {TENANT}", ""),
        (
            Health.WARN,
            "ms may plan, but was not given LicenseAssignment.ReadWrite.All",
            "grant it only to the credential of apply",
        ),
        (Health.WARN, "ms may do more than seatwise needs: Mail.Read", "take it away"),
    ]
    assert checked_.lacks is not None and checked_.lacks.spare == ("Mail.Read",)


def test_without_a_remote_it_says_so_and_with_one_that_is_gone_it_fails(tmp_path: Path) -> None:
    (alone,) = found(company(tmp_path / "a", remote=False), "remote")
    assert (alone.health, alone.fix) == (Health.WARN, "git remote add origin URL")
    made = company(tmp_path / "b")
    assert made.remote
    made.remote.rename(tmp_path / "gone")
    (gone,) = found(made, "remote")
    assert gone.health is Health.FAIL


def test_a_remote_without_the_branch_in_force_fails(tmp_path: Path) -> None:
    made = company(tmp_path)
    with_lines(made, "timezone:", "branch: trunk\ntimezone:")
    (one,) = found(made, "remote")
    assert (one.health, one.fix) == (Health.FAIL, "git push origin trunk")


def test_a_journal_that_should_be_there_and_is_not_fails(tmp_path: Path) -> None:
    made = company(tmp_path)
    made.journals(since="c0ffee0")
    made.commit("since")
    (failed,) = found(made, "journal", health=Health.FAIL)
    assert "is missing" in failed.what and "journal recover" in failed.fix


def test_what_is_older_than_it_may_be_fails_by_itself(tmp_path: Path) -> None:
    made = company(tmp_path)
    assert [one.health for one in found(made, "freshness")] == [Health.WARN, Health.OK]
    with_lines(made, "accounts:\n  v: {", "accounts:\n  v: {age: 1 hours, ")
    assert [one.what for one in found(made, "freshness")][1] == "account v: young enough"


def test_a_section_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="doctor knows no 'heart'"):
        found(company(tmp_path, remote=False), "heart")


def test_the_command_ends_with_1_where_something_fails_and_shows_fixes_only_of_what_is_wrong(tmp_path: Path) -> None:
    made = company(tmp_path)
    made.write("licenses/x/a.yaml", "nonsense: 1\n")
    done = CliRunner().invoke(cli, ["-C", str(made.root), "doctor", "files", "machine"])
    assert done.exit_code == 1
    assert "fail  files      1 errors" in done.output or "fail  files      2 errors" in done.output
    assert done.output.rstrip().endswith("fail") and "3 ok, 0 warn, 1 fail" in done.output
    fine = CliRunner().invoke(cli, ["-C", str(made.root), "doctor", "machine", "--json"])
    assert (fine.exit_code, '"health": "ok"' in fine.output) == (0, True)
