"""The workflows that `ci init github` writes: least permissions, pinned actions, nothing untrusted in a line that is run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.flows.jobs import COMMIT, lines, texts, workflows, written

from seatwise.flows.ci_init import Wanted, compared
from seatwise.flows.workspace import Workspace

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
READ = {"contents": "read"}
PERMISSIONS: dict[str, dict[str, str]] = {
    "validate": READ,
    "plan": {**READ, "pull-requests": "read", "id-token": "write"},
    "comment": {**READ, "actions": "read", "pull-requests": "write", "id-token": "write"},
    "reviewed": {},
    "gate": {**READ, "pull-requests": "read", "statuses": "write", "id-token": "write"},
    "queue": {**READ, "pull-requests": "read", "statuses": "write", "id-token": "write"},
    "apply": {"contents": "write", "pull-requests": "read", "id-token": "write"},
    "tick": {"contents": "write", "pull-requests": "read", "id-token": "write"},
    "drift": {"contents": "write", "issues": "write", "pull-requests": "read", "id-token": "write"},
    "halt": {"contents": "write"},
    "abort": {"contents": "write"},
    "audit": {**READ, "pull-requests": "read"},
}
"""What each may do, and nothing else. m365 has no secret, so jobs that call vendors prove what they are."""


@pytest.fixture
def all_of_them(tmp_path: Path) -> dict[str, dict[str, Any]]:
    return workflows(tmp_path / "repository")


def job(workflow: dict[str, Any]) -> dict[str, Any]:
    (one,) = workflow["jobs"].values()
    assert isinstance(one, dict)
    return one


def test_each_may_do_what_it_needs_and_nothing_else(all_of_them: dict[str, dict[str, Any]]) -> None:
    assert {name: one["permissions"] for name, one in all_of_them.items()} == {name: {} for name in PERMISSIONS}
    assert {name: job(one).get("permissions", {}) for name, one in all_of_them.items()} == PERMISSIONS


def test_a_job_proves_what_it_is_only_where_a_connection_has_no_secret(tmp_path: Path) -> None:
    workspace = written(tmp_path)
    text = (tmp_path / "seatwise.yaml").read_text().replace("client: c-1", "client: c-1, secret: env:M365_SECRET")
    (tmp_path / "seatwise.yaml").write_text(text)
    assert "id-token" in (tmp_path / ".github/workflows/seatwise-apply.yml").read_text()
    from seatwise.flows.ci_init import write

    write(workspace, Wanted("github"))
    apply = (tmp_path / ".github/workflows/seatwise-apply.yml").read_text()
    assert ("id-token" in apply, "M365_SECRET: ${{ secrets.M365_SECRET }}" in apply) == (False, True)


def test_every_action_is_pinned_by_its_commit(all_of_them: dict[str, dict[str, Any]]) -> None:
    used = {step["uses"] for one in all_of_them.values() for step in job(one)["steps"] if "uses" in step}
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []
    assert f"acme/seatwise@{COMMIT}" in used


def test_no_line_that_is_run_has_an_expression_in_it(all_of_them: dict[str, dict[str, Any]]) -> None:
    run = [*(line for one in all_of_them.values() for line in lines(one)), (TOP / "action.yml").read_text()]
    action = yaml.safe_load(run.pop())
    run += [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert [line for line in run if "${{" in line] == []


def test_apply_and_tick_wait_for_each_other_and_halt_and_abort_for_nobody(
    all_of_them: dict[str, dict[str, Any]],
) -> None:
    groups = {name: one["concurrency"]["group"] for name, one in all_of_them.items()}
    assert groups["apply"] == groups["tick"] == "seatwise-apply"
    assert all("github.run_id" in groups[name] for name in ("halt", "abort"))
    kept = {name for name, one in all_of_them.items() if one["concurrency"]["cancel-in-progress"] == "false"}
    assert kept == {"apply", "tick", "drift", "halt", "abort", "audit", "comment", "gate"}


def test_schedules_are_off_the_hour_and_every_job_ends_some_time(all_of_them: dict[str, dict[str, Any]]) -> None:
    crons = [entry["cron"] for one in all_of_them.values() for entry in one["on"].get("schedule", ())]
    assert len(crons) == len({cron.split()[0] for cron in crons}) == 3
    assert [cron for cron in crons if cron.split()[0] in ("0", "*", "30")] == []
    assert [name for name, one in all_of_them.items() if "timeout-minutes" not in job(one)] == []


def test_checkouts_are_whole_leave_no_credential_behind_and_are_of_the_tip(
    all_of_them: dict[str, dict[str, Any]],
) -> None:
    checkouts = {
        name: [step["with"] for step in job(one)["steps"] if "checkout@" in step.get("uses", "")]
        for name, one in all_of_them.items()
    }
    assert checkouts.pop("reviewed") == []
    whole = {"fetch-depth": "0", "persist-credentials": "false"}
    asked = {"validate", "plan", "queue"}
    assert checkouts == {name: [whole if name in asked else {"ref": "main", **whole}] for name in checkouts}


def test_what_is_triggered_by_another_workflow_checks_nothing_of_it_out(all_of_them: dict[str, dict[str, Any]]) -> None:
    chained = {name for name, one in all_of_them.items() if "workflow_run" in one["on"]}
    assert chained == {"comment", "gate"}
    assert not any("pull_request_target" in one["on"] for one in all_of_them.values())
    named = {one["name"] for one in all_of_them.values()}
    assert {name for one in chained for name in all_of_them[one]["on"]["workflow_run"]["workflows"]} <= named


def test_a_fork_gets_no_secret_and_a_review_runs_nothing(all_of_them: dict[str, dict[str, Any]]) -> None:
    plan = job(all_of_them["plan"])["steps"]
    with_secrets = [step for step in plan if "secrets." in str(step)]
    assert [step["name"] for step in with_secrets] == ["Plan"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in with_secrets[0]["if"]
    assert "secrets." not in str([all_of_them[name] for name in ("validate", "reviewed")])


def test_halt_abort_and_audit_get_the_secret_of_the_journal_and_no_vendors(
    all_of_them: dict[str, dict[str, Any]],
) -> None:
    for name in ("halt", "abort", "audit"):
        assert re.findall(r"secrets\.(\w+)", str(all_of_them[name])) == ["JOURNAL_KEY"], name
    assert re.findall(r"secrets\.(\w+)", str(all_of_them["apply"])) == ["JOURNAL_KEY", "SLACK_TOKEN"]


def test_the_merge_queue_is_given_the_check_by_the_name_of_its_job(all_of_them: dict[str, dict[str, Any]]) -> None:
    assert [name for name, one in all_of_them.items() if job(one)["name"] == "seatwise/approved"] == ["queue"]
    assert list(all_of_them["queue"]["on"]) == ["merge_group"]


def test_all_but_the_empty_one_do_nothing_where_accounts_are_for_practice(
    all_of_them: dict[str, dict[str, Any]],
) -> None:
    steps = [step for name, one in all_of_them.items() if name != "reviewed" for step in job(one)["steps"]]
    after = [step for step in steps if "checkout@" not in step.get("uses", "") and step.get("id") != "seatwise"]
    assert [step for step in after if "steps.seatwise.outputs.real == 'true'" not in step["if"]] == []


def test_secrets_may_stand_in_environments(tmp_path: Path) -> None:
    read = {path: yaml.safe_load(text) for path, text in texts(tmp_path, environments=True).items()}
    placed = {Path(path).stem.removeprefix("seatwise-"): job(one).get("environment") for path, one in read.items()}
    assert {name for name, where in placed.items() if where == "seatwise-apply"} == {"apply", "tick"}
    assert {name for name, where in placed.items() if where == "seatwise-plan"} == {
        "plan", "comment", "gate", "queue", "drift",
    }  # fmt: skip


@pytest.mark.parametrize("environments", [False, True])
def test_the_checkers_of_workflows_have_nothing_to_say(tmp_path: Path, environments: bool) -> None:
    written(tmp_path, environments=environments)
    folder = tmp_path / ".github/workflows"
    checks = [
        [BIN / "zizmor", "--offline", "--persona", "pedantic", "--strict-collection", folder, TOP / "action.yml"],
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *folder.glob("*.yml")],
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", TOP / "action.yml"],
    ]
    for check in checks:
        done = subprocess.run(check, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("environments", [False, True])
def test_so_for_gitlab(tmp_path: Path, environments: bool) -> None:
    written(tmp_path, "gitlab", environments=environments)
    check = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", tmp_path / ".gitlab-ci.yml"]
    done = subprocess.run([BIN / "check-jsonschema", *check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_this_repositorys_own_are_from_the_same_templates() -> None:
    done = compared(Workspace.open(TOP), Wanted("github"))
    assert (done.stale, len(done.files)) == ((), 12)
    here = {path.name for path in (TOP / ".github/workflows").iterdir()}
    assert here == {"ci.yml", *(Path(path).name for path in done.files)}
