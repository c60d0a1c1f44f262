"""What CI tells a pull request at an emulated GitHub: one comment, kept current, and the check that branch rules ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.stories.at_github import AtGitHub

from seatwise.cli.main import cli
from seatwise.core.model import Exit, Stop
from seatwise.flows import ci
from seatwise.flows.plan import plan
from seatwise.views import plan_json, plan_markdown


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtGitHub]:
    made = AtGitHub(tmp_path_factory.mktemp("built"))
    yield made
    made.server.close()


@pytest.fixture
def house(built: AtGitHub, tmp_path: Path) -> AtGitHub:
    return built.copy(tmp_path)


def planned(house: AtGitHub, branch: str = "more") -> Path:
    """The plan that the job of a pull request hands over."""
    path = house.root.parent / "plan.json"
    path.write_text(plan_json.dumps(plan(house.workspace, branch, connected=True)), encoding="utf-8")
    return path


def comments(house: AtGitHub) -> list[str]:
    return [str(one["body"]) for one in house.played.comments]


def test_there_is_one_comment_with_who_has_to_approve_and_it_is_kept_current(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    ci.comment(house.workspace, number, planned(house))
    (first,) = comments(house)
    assert first.startswith(plan_markdown.MARK) and "**Still to approve** it 0 of 1" in first and "dan" in first
    house.reviews(number, "boss")
    ci.comment(house.workspace, number, planned(house))
    (second,) = comments(house)
    assert "it 1 of 1" in second


def test_a_plan_of_another_change_is_not_shown_as_this_ones(house: AtGitHub) -> None:
    house.proposes("bo", "cy eve", branch="other")
    theirs = planned(house, "other")
    house.git("switch", "-q", "main")
    number = house.proposes("ann", "cy dan")
    with pytest.raises(Stop, match=r"plan\.json asks [0-9a-f]{12}, and the pull request [0-9a-f]{12}") as stop:
        ci.comment(house.workspace, number, theirs)
    assert stop.value.code is Exit.STALE and comments(house) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format_version": "9.0"}', "nonsense"])
def test_what_is_no_plan_is_told_and_nothing_is_written(house: AtGitHub, text: str) -> None:
    number = house.proposes("ann", "cy dan")
    path = house.root.parent / "plan.json"
    path.write_text(text)
    with pytest.raises(Stop):
        ci.comment(house.workspace, number, path)
    assert comments(house) == []


def test_what_a_job_put_into_its_plan_does_not_break_out_of_the_comment(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    path = planned(house)
    told = json.loads(path.read_text())
    told["findings"].append(
        {"rule": "x", "level": "warn", "what": "@everyone <img src=x> [a](javascript:b)\n# big ‮", "fix": "", "key": "",
         "license": "", "person": "", "passed_by": "", "place": None}
    )  # fmt: skip
    told["verdict"] = "approved by everybody"
    told["needs"] = []
    path.write_text(json.dumps(told))
    ci.comment(house.workspace, number, path)
    (said,) = comments(house)
    assert "it 0 of 1" in said and "approved by everybody" not in said
    for raw in ("@everyone", "<img", "[a](", "\n# big", "‮"):
        assert raw not in said


def test_a_plan_whose_rows_are_not_what_its_digest_says_is_not_shown(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    path = planned(house)
    told = json.loads(path.read_text())
    told["rows"] = []
    path.write_text(json.dumps(told))
    with pytest.raises(Stop, match=r"plan\.json asks nothing, and the pull request [0-9a-f]{12}"):
        ci.comment(house.workspace, number, path)
    assert comments(house) == []


def test_without_a_plan_rows_and_bounds_are_told_and_no_vendor_is_asked(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    calls = house.calls()
    ci.comment(house.workspace, number)
    (said,) = comments(house)
    assert said.startswith(plan_markdown.MARK) and "dan" in said and "needs it" in said
    assert house.calls() == calls


def test_the_check_of_its_head_says_whether_it_is_approved(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    assert not ci.gate(house.workspace, number)[0].verdict.approved
    house.reviews(number, "boss")
    assert ci.gate(house.workspace, number)[0].verdict.approved
    head = house.played.pulls[int(number)].commits[-1]
    told = [(one["sha"], one["context"], one["state"]) for one in house.played.statuses]
    assert told == [(head, ci.CHECK, "failure"), (head, ci.CHECK, "success")]


def test_the_commands_end_as_jobs_expect(house: AtGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in house.env.items():
        monkeypatch.setenv(name, value)
    number = house.proposes("ann", "cy dan")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["-C", str(house.root), *words])
        return done.exit_code, done.output

    code, said = run("ci", "gate", "--request", number)
    assert code == Exit.DENIED and "it 0 of 1" in said and "not approved" in said
    assert run("approval", "verify", "--request", number)[0] == Exit.DENIED
    code, said = run("approval", "show", "--request", number, "--json")
    assert code == Exit.OK and json.loads(said)["changesets"][0]["verdict"]["approved"] is False
    assert run("approval", "show") == (0, "nothing is merged that is not taken up\n")
    code, said = run("ci", "comment", "--request", number, "--plan", str(planned(house)))
    assert code == Exit.OK and said.startswith("https://")
    assert run("approval", "show", "--request", "999")[0] == Exit.ERROR


def test_a_pull_request_that_asks_nothing_is_no_other_ones_business(house: AtGitHub) -> None:
    waiting = house.proposes("ann", "cy dan")
    house.merges(waiting)
    house.git("switch", "-q", "-c", "notes", "main")
    house.write("NOTES.md", "notes\n")
    house.saves("bo", "notes", "notes")
    number = house.opens("bo", "notes")
    assert (house.standing(number), ci.gate(house.workspace, number)) == ((), ())
    assert house.played.statuses[-1]["state"] == "success"
