"""Every line that jobs run, by bash, in a clone with a remote: what it calls, with what, and what it makes of the answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.company import Company
from tests.flows.jobs import Runner, lines, texts, workflows

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="jobs use jq, which runners have")
TOP = Path(__file__).parents[2]
HEAD = "b" * 40
HOSTILE = "'; touch pwned; \"; touch pwned; $(touch pwned) `touch pwned` \n-v --account=other ${IFS} *"
REQUESTS = "gh api --paginate repos/acme/licenses/pulls?state=open&per_page=100"
RUN = {"github.event.workflow_run.head_sha": HEAD}
OURS = {**RUN, "github.event.workflow_run.head_repository.full_name == github.repository": "true"}
FORKS = {**RUN, "github.event.workflow_run.head_repository.full_name == github.repository": "false"}
DRIFT = {
    "findings": [
        {
            "fingerprint": "d1",
            "account": "octo",
            "license": "copilot",
            "seats": [{"login": HOSTILE, "who": "</pre>\n@all"}],
        },
        {"fingerprint": "d2", "account": "m365", "license": "e5", "seats": []},
    ],
    "exit": 8,
}


@pytest.fixture
def jobs(tmp_path: Path) -> dict[str, dict[str, Any]]:
    return workflows(tmp_path / "jobs")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    company = Company(tmp_path / "company")
    company.hires("ann", "bob")
    company.sells(A=10)
    company.asks("first", a="ann")
    company.asks("second", a="ann bob")
    return Runner(company, tmp_path / "runner")


def journals(runner: Runner) -> list[str]:
    return runner.company.git("ls-remote", "--heads", "origin", "seatwise/*").split()[1::2]


def test_every_line_is_run_by_a_test_here(jobs: Mapping[str, Any], tmp_path: Path) -> None:
    named = {
        (name, step["name"])
        for name, one in jobs.items()
        for job in one["jobs"].values()
        for step in job["steps"]
        if "run" in step and name != "reviewed"
    }
    assert named == {
        ("validate", "Check the files"), ("plan", "Rows and bounds"), ("plan", "Plan"), ("comment", "Comment"), ("gate", "Gate"),
        ("queue", "Gate"), ("apply", "Apply"), ("tick", "Tick"), ("drift", "Compare"), ("drift", "Issues"), ("halt", "Say it"),
        ("abort", "Say it"), ("audit", "Verify"),
    }  # fmt: skip


def test_files_are_checked(jobs: Mapping[str, Any], runner: Runner) -> None:
    assert runner.step(jobs["validate"], "Check the files", {}) == 0
    runner.company.write("licenses/x/a.yaml", "license: a\nproduct: [\n")
    assert runner.step(jobs["validate"], "Check the files", {}) == 1


def test_rows_are_those_of_the_merge_and_a_plan_knows_no_other_accounts(
    jobs: Mapping[str, Any], runner: Runner
) -> None:
    base = "github.event.merge_group.base_sha || 'HEAD^1'"
    runner.answers({"seatwise ci effects": (0, '{"rows": []}'), "seatwise plan": (0, "# 1 assign\n")})
    assert runner.step(jobs["plan"], "Rows and bounds", {base: "HEAD^1"}) == 0
    assert runner.step(jobs["plan"], "Plan", {}) == 0
    told = runner.folder / "told"
    assert runner.calls("seatwise") == [
        ["ci", "effects", "HEAD^1", "HEAD", "--json"],
        ["plan", "--connected", "--out", str(told / "plan.json"), "--format", "markdown"],
    ]
    assert (told / "effects.json").read_text() == '{"rows": []}'
    assert (runner.folder / "summary").read_text() == "# 1 assign\n"


def test_a_plan_that_is_blocked_fails_its_job(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.answers({"seatwise plan": (3, "")})
    assert runner.step(jobs["plan"], "Plan", {}) == 3


def told(runner: Runner, *kinds: str) -> None:
    (runner.folder / "told").mkdir()
    for kind in kinds:
        (runner.folder / "told" / f"{kind}.json").write_text(HOSTILE)


def test_the_comment_goes_to_the_requests_whose_head_was_planned(jobs: Mapping[str, Any], runner: Runner) -> None:
    told(runner, "effects", "plan")
    runner.answers({REQUESTS: (0, "418\n419\n"), "seatwise ci comment --request 418": (4, "")})
    assert runner.step(jobs["comment"], "Comment", OURS) == 0
    files = ["--plan", str(runner.folder / "told/plan.json")]
    assert runner.calls("seatwise") == [["ci", "comment", "--request", n, *files] for n in ("418", "419")]
    (asked,) = runner.calls("gh")
    assert asked[-1] == ".[] | select(.head.sha == env.HEAD or .merge_commit_sha == env.HEAD) | .number"


def test_of_a_fork_no_plan_is_believed_and_no_link_followed(jobs: Mapping[str, Any], runner: Runner) -> None:
    told(runner, "plan")
    runner.answers({REQUESTS: (0, "418\n")})
    assert runner.step(jobs["comment"], "Comment", FORKS) == 0
    (runner.folder / "told/plan.json").unlink()
    (runner.folder / "told/plan.json").symlink_to(runner.company.root / "seatwise.yaml")
    assert runner.step(jobs["comment"], "Comment", OURS) == 0
    assert runner.calls("seatwise") == [["ci", "comment", "--request", "418"]] * 2


def test_nobody_is_told_where_the_forge_does_not_answer(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.answers({REQUESTS: (1, "")})
    assert (runner.step(jobs["comment"], "Comment", OURS), runner.step(jobs["gate"], "Gate", RUN)) == (1, 1)
    assert runner.calls("seatwise") == []


def test_the_gate_says_no_in_the_check_and_its_job_is_well(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.answers({REQUESTS: (0, "7\n8\n"), "seatwise ci gate --request 7": (3, "")})
    assert runner.step(jobs["gate"], "Gate", RUN) == 0
    assert runner.calls("seatwise") == [["ci", "gate", "--request", n] for n in ("7", "8")]
    runner.answers({REQUESTS: (0, "7\n"), "seatwise ci gate --request 7": (1, "")})
    assert runner.step(jobs["gate"], "Gate", RUN) == 1


@pytest.mark.parametrize("code", [0, 3])
def test_the_queue_passes_those_that_are_approved(jobs: Mapping[str, Any], runner: Runner, code: int) -> None:
    runner.answers({"seatwise ci gate": (code, "")})
    event = {"github.event.merge_group.head_ref": f"refs/heads/gh-readonly-queue/main/pr-418-{HEAD}"}
    assert runner.step(jobs["queue"], "Gate", event) == code
    assert runner.calls("seatwise") == [["ci", "gate", "--request", "418"]]


NAMELESS = (
    "",
    "refs/heads/pr-1",
    f"refs/heads/main/pr-1;id-{HEAD}",
    "refs/heads/gh-readonly-queue/main/pr-$(id)-b",
)


@pytest.mark.parametrize("ref", NAMELESS)
def test_a_queue_that_names_no_request_passes_nothing(jobs: Mapping[str, Any], runner: Runner, ref: str) -> None:
    assert runner.step(jobs["queue"], "Gate", {"github.event.merge_group.head_ref": ref}) == 1
    assert runner.calls() == []


def test_apply_applies_and_pushes_the_journal_and_waiting_is_no_failure(
    jobs: Mapping[str, Any], runner: Runner
) -> None:
    assert runner.step(jobs["apply"], "Apply", {}) == 0
    assert runner.company.has("A") == {"ann", "bob"}
    assert "refs/heads/seatwise/journal/v" in journals(runner)
    assert runner.company.git("log", "-1", "--format=%an", "origin/seatwise/journal/v") == "ada"


def test_a_tick_goes_on(jobs: Mapping[str, Any], runner: Runner) -> None:
    assert runner.step(jobs["apply"], "Apply", {}) == 0
    assert runner.step(jobs["tick"], "Tick", {}) == 0
    assert runner.calls("seatwise") == [["apply"], ["apply", "--scheduled"]]


def test_apply_that_is_refused_fails(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.company.git("checkout", "-q", "HEAD^")
    assert runner.step(jobs["apply"], "Apply", {}) == 4
    assert journals(runner) == []


@pytest.mark.parametrize("verb", ["halt", "abort"])
def test_what_is_typed_at_a_phone_stays_one_word_each(jobs: Mapping[str, Any], runner: Runner, verb: str) -> None:
    runner.answers({f"seatwise run {verb}": (0, "")})
    event = {"inputs.rollout": HOSTILE, "inputs.account": HOSTILE, "inputs.reason": HOSTILE}
    assert runner.step(jobs[verb], "Say it", event) == 0
    assert runner.calls("seatwise") == [["run", verb, f"--account={HOSTILE}", f"--reason={HOSTILE}", "--", HOSTILE]]
    assert not (runner.company.root / "pwned").exists()


def test_halt_stops_an_account_and_says_who_said_so(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.step(jobs["apply"], "Apply", {})
    event = {"inputs.rollout": "", "inputs.account": "v", "inputs.reason": "wrong people"}
    assert runner.step(jobs["halt"], "Say it", event) == 0
    assert "refs/heads/seatwise/control" in journals(runner)
    said = json.loads(runner.company.git("show", "origin/seatwise/control", "--format=", "-U0").split("\n+")[-1])
    assert (said["type"], said["by"], said["reason"]) == ("halt", "ada", "wrong people")


def compared(
    jobs: Mapping[str, Any], runner: Runner, found: Mapping[str, Any], issues: list[dict[str, Any]]
) -> list[list[str]]:
    """What the forge is told, after the list of issues was read."""
    before = len(runner.calls("gh"))
    code = 8 if found["findings"] else 0
    runner.answers({"seatwise drift list": (code, json.dumps(found)), "gh issue list": (0, json.dumps(issues))})
    assert runner.step(jobs["drift"], "Compare", {}) == 0
    assert runner.step(jobs["drift"], "Issues", {}) == 0
    return runner.calls("gh")[before + 2 :]


def test_drift_opens_an_issue_for_each_finding(jobs: Mapping[str, Any], runner: Runner) -> None:
    opened = compared(jobs, runner, DRIFT, [])
    titles = ["Drift: copilot at octo [d1]", "Drift: e5 at m365 [d2]"]
    assert opened == [
        ["issue", "create", "--label", "seatwise-drift", "--title", one, "--body-file", "body.md"] for one in titles
    ]
    assert not list(runner.folder.rglob("pwned"))


def test_drift_edits_what_is_open_and_closes_what_is_over(jobs: Mapping[str, Any], runner: Runner) -> None:
    issues = [{"number": 5, "title": "Drift: copilot at octo [d1]"}, {"number": 6, "title": "Drift: figma at f [d9]"}]
    assert compared(jobs, runner, DRIFT, issues) == [
        ["issue", "edit", "5", "--body-file", "body.md"],
        ["issue", "create", "--label", "seatwise-drift", "--title", "Drift: e5 at m365 [d2]", "--body-file", "body.md"],
        ["issue", "close", "6", "--comment", "Nothing differs any more."],
    ]
    assert compared(jobs, runner, {"findings": [], "exit": 0}, issues[:1]) == [
        ["issue", "close", "5", "--comment", "Nothing differs any more."]
    ]


def test_names_in_an_issue_are_code_and_mention_nobody(jobs: Mapping[str, Any], runner: Runner) -> None:
    compared(jobs, runner, {"findings": DRIFT["findings"][:1]}, [])
    body = (runner.folder / "body.md").read_text().splitlines()
    assert body[1] == ""
    assert [line for line in body[2:] if not line.startswith("    ")] == []


def test_drift_that_could_not_be_read_closes_nothing(jobs: Mapping[str, Any], runner: Runner) -> None:
    runner.answers({"seatwise drift list": (1, "{}")})
    assert runner.step(jobs["drift"], "Compare", {}) == 1
    assert runner.calls("gh") == []


@pytest.mark.parametrize("code", [0, 9])
def test_the_audit_ends_as_verifying_does(jobs: Mapping[str, Any], runner: Runner, code: int) -> None:
    runner.answers({"seatwise audit verify": (code, "")})
    assert runner.step(jobs["audit"], "Verify", {}) == code


def test_a_review_runs_nothing_of_ours(jobs: Mapping[str, Any], runner: Runner) -> None:
    assert [runner.run(line, {}) for line in lines(jobs["reviewed"])] == [0]
    assert runner.calls() == []


def test_git_is_given_the_jobs_token_for_the_forge_and_for_no_other_host(
    jobs: Mapping[str, Any], runner: Runner
) -> None:
    step = next(one for one in jobs["apply"]["jobs"]["apply"]["steps"] if one.get("name") == "Apply")
    ask = 'printf "protocol=https\\nhost=%s\\n\\n" | GIT_TERMINAL_PROMPT=0 git credential fill > "$RUNNER_TEMP/said" || true'
    given = {}
    for host in ("git.example", "evil.example"):
        asking = {"jobs": {"apply": {"steps": [{**step, "run": ask % host}]}}}
        assert runner.step(asking, "Apply", {}) == 0
        given[host] = "password=t0ken" in (runner.folder / "said").read_text()
    assert given == {"git.example": True, "evil.example": False}


# GitLab

GITLAB = {
    "CI_API_V4_URL": "https://git.example/api/v4",
    "CI_PROJECT_ID": "1",
    "CI_DEFAULT_BRANCH": "main",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "FORGE_TOKEN": "t0ken",
    **dict.fromkeys(("ROLLOUT", "ACCOUNT", "REASON"), HOSTILE),
}


class _Pipeline(yaml.SafeLoader):
    """Reads references as the lists that they are."""


_Pipeline.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


@pytest.fixture
def pipeline(tmp_path: Path) -> dict[str, list[str]]:
    """Job → its lines."""
    read = yaml.load(texts(tmp_path / "jobs", "gitlab")[".gitlab-ci.yml"], Loader=_Pipeline)
    return {name: one["script"] for name, one in read.items() if isinstance(one, dict) and "script" in one}


def ran(runner: Runner, pipeline: Mapping[str, list[str]], job: str) -> int:
    return runner.run("\n".join(pipeline[job]), GITLAB)


def test_gitlabs_jobs_call_the_same(pipeline: Mapping[str, list[str]], runner: Runner) -> None:
    runner.answers({f"seatwise run {verb}": (0, "") for verb in ("halt", "abort")})
    names = ("validate", "rows", "plan", "apply", "tick", "drift", "audit", "halt", "abort")
    assert {*pipeline} == {*names, "told"}
    assert [ran(runner, pipeline, name) for name in names] == [0] * len(names)
    typed = [f"--account={HOSTILE}", f"--reason={HOSTILE}", "--", HOSTILE]
    assert runner.calls("seatwise") == [
        ["validate"], ["ci", "effects", "origin/main", "HEAD", "--json"], ["plan", "--connected", "--out", "plan.json"],
        ["apply"], ["apply", "--scheduled"], ["drift", "list", "--json"], ["audit", "verify"],
        ["run", "halt", *typed], ["run", "abort", *typed],
    ]  # fmt: skip
    assert not list(runner.company.root.rglob("pwned"))


def test_gitlabs_merge_requests_are_told_page_by_page(pipeline: Mapping[str, list[str]], runner: Runner) -> None:
    api = "curl --silent --show-error --fail --location --header PRIVATE-TOKEN: t0ken https://git.example/api/v4/projects/1/"
    pages = f"{api}merge_requests?state=opened&target_branch=main&per_page=100&page="
    artefacts = f"{api}jobs/artifacts/refs%2Fmerge-requests%2F"
    runner.answers({
        f"{pages}1": (0, '[{"iid": 3}, {"iid": 4}]'), f"{pages}2": (0, '[{"iid": 5}]'), f"{pages}3": (0, "[]"),
        f"{artefacts}3%2Fhead/raw/plan.json": (0, "{}"), f"{artefacts}": (22, ""), "seatwise ci gate --request 4": (3, ""),
    })  # fmt: skip
    assert ran(runner, pipeline, "told") == 0
    plan = ["--plan", "../plan-3.json"]
    assert runner.calls("seatwise") == [
        call
        for n, files in (("3", plan), ("4", []), ("5", []))
        for call in (["ci", "comment", "--request", n, *files], ["ci", "gate", "--request", n])
    ]


def test_gitlab_that_does_not_answer_is_no_success(pipeline: Mapping[str, list[str]], runner: Runner) -> None:
    runner.answers({"curl": (22, "")})
    assert ran(runner, pipeline, "told") != 0


# action.yml


def test_the_action_says_whether_there_is_more_than_practice(runner: Runner) -> None:
    action = yaml.safe_load((TOP / "action.yml").read_text())
    look = next(step for step in action["runs"]["steps"] if step.get("id") == "look")
    assert runner.run(look["run"], {}) == 0
    assert (runner.folder / "output").read_text() == "real=false\n"


@pytest.mark.parametrize(("extras", "locks"), [("", ["run", "build"]), ("aws  ldap", ["run", "build", "aws", "ldap"])])
def test_the_action_installs_what_locks_name_by_hash_and_then_only_itself(
    runner: Runner, extras: str, locks: list[str]
) -> None:
    action = yaml.safe_load((TOP / "action.yml").read_text())
    install = next(step for step in action["runs"]["steps"] if "EXTRAS" in step.get("env", {}))
    assert runner.run(install["run"], {"FROM": str(TOP), "EXTRAS": extras}) == 0
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    named = [word for one in locks for word in ("-r", f"requirements/{one}.txt")]
    assert runner.calls("python") == [
        [*pip, "--require-hashes", *named],
        [*pip, "--no-deps", "--no-build-isolation", "."],
    ]


def test_the_action_takes_no_extra_that_there_is_not(runner: Runner) -> None:
    action = yaml.safe_load((TOP / "action.yml").read_text())
    install = next(step for step in action["runs"]["steps"] if "EXTRAS" in step.get("env", {}))
    assert runner.run(install["run"], {"FROM": str(TOP), "EXTRAS": "../../evil"}) == 64
    assert runner.calls() == []
