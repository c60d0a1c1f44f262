"""A commit is taken back where later commits went on in the same lines, and is refused where there is nothing to take back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.back import Back
from seatwise.core.model import Exit, Stop
from seatwise.flows.rollback import check, rollback
from seatwise.views.rollback_text import rollback as told

LAST = "{through: 2026-12-31}"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path, remote=False)
    made.sells(A=60)
    made.hires("ann", "bo", "cy", "di")
    made.license("a", ["ann", f"bo: {LAST}"])
    made.commit("start")
    return made


def people(company: Company, branch: str) -> list[str]:
    """The lines of the license's people, as the branch writes them."""
    text = company.git("show", f"{branch}:licenses/x/a.yaml")
    return [line.strip("- ").replace("@x.example", "") for line in text.splitlines() if "@" in line]


def lines(back: Back) -> list[str]:
    return told(back).splitlines()


def refused(company: Company, commit: str) -> Stop:
    with pytest.raises(Stop) as stop:
        rollback(company.workspace, commit)
    return stop.value


def test_where_lines_clash_rows_are_taken_back_one_by_one_with_their_terms(company: Company) -> None:
    company.license("a", ["ann", "cy"])
    changed = company.commit("cy instead of bo")
    company.license("a", ["ann", "cy", "di"])
    company.commit("di as well")
    back = rollback(company.workspace, changed)
    assert sorted(people(company, back.branch)) == ["ann", f"bo: {LAST}", "di"]
    assert company.git("log", "-1", "--format=%(trailers:key=Seatwise-Reverts,valueonly)", back.branch) == changed


def test_rows_that_later_commits_changed_are_told_by_person(company: Company) -> None:
    company.license("a", ["ann", f"bo: {LAST}", "cy", "di"])
    changed = company.commit("cy and di")
    company.license("a", ["ann", f"bo: {LAST}", "cy"])
    company.commit("di after all not")
    back = rollback(company.workspace, changed)
    assert people(company, back.branch) == ["ann", f"bo: {LAST}"]
    assert "Changed by later commits, and left: user a di@x.example" in lines(back)


def test_a_check_says_what_would_be_done_and_writes_nothing(company: Company) -> None:
    company.license("a", ["ann"])
    changed = company.commit("bo after all not")
    back = check(company.workspace, changed)
    assert "Rows 1 row taken back" in lines(back)
    assert lines(back)[-1] == f"Nothing was written. To do it: seatwise rollback {changed[:9]}"
    assert company.git("branch", "--format=%(refname:short)") == "main"


def test_a_commit_of_which_no_row_still_stands_is_not_taken_back(company: Company) -> None:
    company.license("a", ["ann", f"bo: {LAST}", "cy"])
    changed = company.commit("cy")
    company.license("a", ["ann", f"bo: {LAST}"])
    company.commit("cy after all not")
    stop = refused(company, changed)
    assert (stop.code, stop.what) == (Exit.USAGE, f"commit {changed[:9]} has no row that still stands")


def test_a_commit_that_is_not_there_is_not_taken_back(company: Company) -> None:
    stop = refused(company, "v1.0")
    assert (stop.code, stop.what) == (Exit.USAGE, "there is no commit v1.0")


def test_a_commit_that_was_not_merged_is_not_taken_back(company: Company) -> None:
    company.git("checkout", "-q", "-b", "wish")
    company.license("a", ["ann", "cy"])
    wish = company.commit("cy")
    company.git("checkout", "-q", "main")
    stop = refused(company, wish)
    assert (stop.code, stop.what) == (Exit.USAGE, f"{wish[:9]} is not on main")


@pytest.mark.parametrize("later", [False, True])
def test_the_commit_that_began_the_repository_has_nothing_before_it(company: Company, later: bool) -> None:
    first = company.git("rev-list", "--max-parents=0", "main")
    if later:
        company.license("a", ["ann"])
        company.commit("later")
    stop = refused(company, first)
    assert stop.what == f"commit {first[:9]} began the repository: before it there are no files to go back to"
    assert stop.fix == "take the rows that are not wanted out of the files, on a branch"


def test_a_remote_that_has_no_main_yet_is_told_to_be_given_it(company: Company, tmp_path: Path) -> None:
    company.git("init", "-q", "--bare", str(tmp_path / "empty.git"))
    company.git("remote", "add", "origin", str(tmp_path / "empty.git"))
    stop = refused(company, "main")
    assert stop.what == "branch main is not on remote origin"
    assert stop.fix.startswith("git push -u origin main")


def test_a_remote_that_cannot_be_reached_is_told_with_its_address(company: Company, tmp_path: Path) -> None:
    company.git("remote", "add", "origin", str(tmp_path / "nowhere.git"))
    stop = refused(company, "main")
    assert stop.what.startswith(f"remote origin can't be reached at {tmp_path / 'nowhere.git'}: there is no repository")
    assert "git ls-remote origin" in stop.fix
