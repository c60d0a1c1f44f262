"""What a pull request asks, from git alone: the same digest by whatever way it lands, another for anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company, license

from seatwise.cli.main import cli
from seatwise.core import canon
from seatwise.core.effects import Effects
from seatwise.flows import survey
from seatwise.flows.effects import between

THREE = ["ann@x.example", "bo@x.example", "eve@x.example"]
LATER = "cy@x.example: {through: 2027-01-31}"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company whose main has moved on since the branch `more` asked for cy, dan and a rule less."""
    made = Company(tmp_path, remote=False)
    made.write("licenses/x/a.yaml", license("a", THREE))
    made.write("licenses/x/b.yaml", license("b", ["ann@x.example"], rules="all: {where: {department: Sales}, max: 60}"))
    made.commit("both")
    made.git("switch", "-q", "-c", "more")
    made.write("licenses/x/a.yaml", license("a", [*THREE, "cy@x.example"]))
    made.commit("cy")
    made.write("licenses/x/b.yaml", license("b", ["ann@x.example"]))
    made.commit("no rule")
    made.git("switch", "-q", "main")
    made.write("owners/more.yaml", "owner: more\napprovers: [boss@x.example]\n")
    made.commit("main moves on")
    return made


def asks(company: Company, base: str, head: str) -> str:
    return between(company.workspace, base, head).ask


def run(company: Company, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(company.root), "ci", "effects", *words])


def test_rows_are_said_with_bound_owners_place_and_needs(company: Company) -> None:
    found = between(company.workspace, "main", "more")
    said = {one.change.row.kind: one for one in found.rows}
    assert sorted(said) == ["rule", "user"]
    assert (said["user"].bound, said["rule"].bound) == (1, 60)
    assert said["user"].owners == ("it",)
    assert str(said["user"].change.row.place).startswith("licenses/x/a.yaml:")
    (need, *more) = (one for one in found.needs if one.owner == "it")
    assert (need.count, need.bound, more) == (3, 61, [])


@pytest.mark.parametrize("way", ["merge", "squash", "rebase", "queue"])
def test_the_digest_is_the_same_by_whatever_way_it_lands(company: Company, way: str) -> None:
    wanted, before = asks(company, "main", "more"), company.git("rev-parse", "main").strip()
    if way == "merge":
        company.git("merge", "-q", "--no-ff", "-m", "merge", "more")
    elif way == "squash":
        company.git("merge", "-q", "--squash", "more")
        company.git("commit", "-qm", "squashed")
    elif way == "rebase":
        company.git("rebase", "-q", "main", "more")
        company.git("switch", "-q", "main")
        company.git("merge", "-q", "--ff-only", "more")
    else:
        company.git("switch", "-q", "-c", "queue")
        company.write("licenses/x/c.yaml", license("c", ["ann@x.example"]))
        company.commit("another one, ahead in the queue")
        before = company.git("rev-parse", "HEAD").strip()
        company.git("merge", "-q", "--no-ff", "-m", "queued", "more")
    assert asks(company, before, "HEAD") == wanted != ""


def test_it_is_the_digest_that_approval_and_plan_work_with(company: Company) -> None:
    workspace, wanted = company.workspace, asks(company, "main", "more")
    onto, head = (str(workspace.git.resolve(rev)) for rev in ("main", "more"))
    start = str(workspace.git.merge_base(onto, head))
    assert canon.ask_digest(survey.brought(workspace, start, head, onto)) == wanted
    before = workspace.git.resolve("main") or ""
    company.git("merge", "-q", "--no-ff", "-m", "merge", "more")
    assert canon.ask_digest(survey.changed(workspace, before, company.git("rev-parse", "HEAD").strip())) == wanted


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("licenses/x/a.yaml", license("a", [*THREE, "cy@x.example", "dan@x.example"])),
        ("licenses/x/a.yaml", license("a", [*THREE, LATER])),
        ("licenses/x/b.yaml", license("b", ["ann@x.example"], mode="enforce")),
    ],
    ids=["one seat more", "another last day", "another mode"],
)
def test_anything_more_has_another_digest(company: Company, path: str, text: str) -> None:
    wanted = asks(company, "main", "more")
    company.git("switch", "-q", "more")
    company.write(path, text)
    company.commit("and this")
    assert asks(company, "main", "more") not in ("", wanted)


def test_an_evil_merge_has_another_digest(company: Company) -> None:
    wanted = asks(company, "main", "more")
    before = company.git("rev-parse", "main").strip()
    company.git("merge", "-q", "--no-ff", "--no-commit", "more")
    company.write("licenses/x/b.yaml", license("b", ["ann@x.example", "mallory@x.example"]))
    company.commit("merge, and nobody sees this")
    assert asks(company, before, "HEAD") not in ("", wanted)


def test_what_main_has_already_is_not_asked_again(company: Company) -> None:
    company.write("licenses/x/a.yaml", license("a", [*THREE, "cy@x.example"]))
    company.commit("cy, by somebody else")
    assert [one.change.row.kind for one in between(company.workspace, "main", "more").rows] == ["rule"]


def test_it_needs_neither_people_nor_vendors(company: Company) -> None:
    for name in ("hr.csv", "seed.csv"):
        (company.root / name).unlink(missing_ok=True)
    done = run(company, "main", "more")
    assert done.exit_code == 0
    assert "at most 60 seats" in done.output
    assert "licenses/x/a.yaml:" in done.output


def test_json_has_every_row_and_need_in_one_stable_shape(company: Company) -> None:
    done = run(company, "main", "more", "--json")
    said = json.loads(done.output)
    assert done.exit_code == 0
    assert sorted(said) == ["ask", "base", "head", "merge_base", "needs", "rows"]
    assert {tuple(sorted(row)) for row in said["rows"]} == {
        ("after", "before", "bound", "bundle", "key", "kind", "license", "owners", "place")
    }
    assert {tuple(sorted(need)) for need in said["needs"]} == {
        ("approvals", "approvers", "besides", "bound", "licenses", "owner", "why")
    }
    assert run(company, "main", "more", "--json").output == done.output


def test_names_from_a_fork_command_nothing(company: Company) -> None:
    company.git("switch", "-q", "more")
    name = '"<img src=x> @all [x](http://evil.example)"'
    company.write("licenses/x/a.yaml", license("a", rules=f"all: {{where: {{department: {name}}}, max: 3}}"))
    company.commit("a name")
    shown = run(company, "main", "more", "--format", "markdown").output
    assert "img src" in shown
    assert "<img" not in shown
    assert "@all" not in shown
    assert "http://evil" not in shown


def test_much_is_cut_for_a_comment_and_says_so(company: Company) -> None:
    company.git("switch", "-q", "more")
    company.write("licenses/x/a.yaml", license("a", [f"p{n:05}@x.example" for n in range(2000)]))
    company.commit("everybody")
    shown = run(company, "main", "more", "--format", "markdown").output
    assert len(shown.encode()) <= 60_000
    assert "more not shown" in shown
    assert len(run(company, "main", "more").output) > 60_000


def test_nothing_asked_is_said(company: Company) -> None:
    assert run(company, "main", "main").output == "asks nothing\n"


def test_files_that_cannot_be_read_end_with_1_and_say_where(company: Company) -> None:
    company.git("switch", "-q", "more")
    company.write("licenses/x/a.yaml", "license: a\nmode: sometimes\n")
    company.commit("broken")
    done = run(company, "main", "more")
    assert done.exit_code == 1
    assert "licenses/x/a.yaml" in done.stderr
    assert run(company, "main", "nowhere").exit_code == 1


def test_histories_that_share_nothing_end_with_1(company: Company) -> None:
    company.git("switch", "-q", "--orphan", "other")
    company.write("seatwise.yaml", "format: 1\n")
    company.git("add", "-A")
    company.git("commit", "-qm", "other")
    done = run(company, "main", "other")
    assert (done.exit_code, "no commit in common" in done.stderr) == (1, True)


def test_a_million_and_one_is_any_number(company: Company) -> None:
    company.git("switch", "-q", "more")
    company.write("licenses/x/b.yaml", license("b", rules="all: {where: {department: Sales}}"))
    company.commit("no max")
    found: Effects = between(company.workspace, "main", "more")
    assert found.rows
    assert "any number of seats" in run(company, "main", "more").output
    assert None in [row["bound"] for row in json.loads(run(company, "main", "more", "--json").output)["rows"]]
