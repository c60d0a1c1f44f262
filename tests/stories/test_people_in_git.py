"""HR's export lies in git: what it says of each person is approved, and who is not approved is not read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company, person

from seatwise.core.model import CauseKind, Exit, Plan
from seatwise.views import plan_markdown, plan_text


@pytest.fixture
def kept(tmp_path: Path) -> Company:
    """A company that keeps HR's export in git."""
    company = Company(tmp_path)
    company.write(".gitignore", ".seatwise/\n")
    company.write("policies/min-approvals.yaml", "policy: min-approvals\nlevel: warn\npeople: it\n")
    company.sells(A=10)
    company.hires("ann", "bob", "cyd")
    company.asks("begin", a="ann bob")
    company.apply()
    return company


def told(plan: Plan) -> dict[str, tuple[str, str]]:
    """Who changes, and with which status before and after."""
    changes = (change for change in plan.rows if change.row.kind == "person")
    return {
        change.row.key[1].partition("@")[0]: (
            change.before.value["status"] if change.before else "",
            change.after.value["status"] if change.after else "",
        )
        for change in changes
    }


def test_a_plan_says_who_joined_who_is_gone_and_what_is_said_otherwise(kept: Company) -> None:
    kept.changes("bob", status="T")
    kept.forgets("cyd")
    kept.hr(person("[dee](evil)"))

    plan = kept.plan("worktree")

    assert told(plan) == {"bob": ("active", "left"), "cyd": ("active", ""), "[dee](evil)": ("", "active")}
    assert [(need.owner, need.why) for need in plan.needs] == [("it", "people")]
    text, markdown = plan_text.plan(plan), plan_markdown.comment(plan)
    assert "bob@x.example status active > left" in text
    assert ("cyd@x.example is gone from hr" in text, "[dee](evil)" in markdown) == (True, False)


def test_the_order_of_rows_asks_for_nothing(kept: Company) -> None:
    kept.people = dict(reversed(kept.people.items()))
    kept.hr()
    assert kept.plan("worktree").rows == ()


def test_a_leaver_in_git_is_a_leaver_and_no_change_of_the_commit(kept: Company) -> None:
    kept.changes("bob", status="T")
    kept.commit("bob has left")

    run = kept.apply(hours=1)

    causes = [outcome.change.cause.kind for written in run.written for outcome in written.outcomes]
    assert (run.exit, causes, kept.has("A")) == (Exit.OK, [CauseKind.LEAVER], {"ann"})


def test_a_people_file_that_can_not_be_read_is_one_row_by_its_digest(kept: Company) -> None:
    good = kept.root.joinpath("hr.csv").read_text()
    kept.write("hr.csv", "nothing\n")
    kept.commit("a wrong export")
    kept.write("hr.csv", good)
    kept.commit("the right one again")

    plan = kept.plan()

    assert [(change.row.kind, change.row.key) for change in plan.rows if change.row.kind == "file"] == [
        ("file", ("hr.csv",)),
        ("file", ("hr.csv",)),
    ]
    assert kept.apply(hours=1).exit is Exit.OK


def test_an_export_that_git_does_not_keep_has_no_rows(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.sells(A=10)
    company.hires("ann")
    company.asks("begin", a="ann")
    company.apply()
    company.changes("ann", department="Legal")
    assert company.plan("worktree").rows == ()
