"""What is refused, and what goes on all the same: each story ends with the seats that people still have."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.company import Company
from tests.stories.conftest import NAMES
from tests.stories.test_road import heads

from seatwise.core.chain import Record
from seatwise.core.model import CauseKind, Exit, Run, Stop
from seatwise.edges.clock import SetClock
from seatwise.flows.apply import apply
from seatwise.flows.log import Wanted, log
from seatwise.flows.rollback import rollback
from seatwise.flows.status import status
from seatwise.flows.workspace import Workspace
from seatwise.vendors.sandbox.console import Console

BLOCKED = "policy: max-removals\nlevel: block\nper_license: {seats: 2, share: 1%}\n"
BROKEN = "license: b\nproduct: [\n"


def blocked(company: Company) -> None:
    """A pull request takes more seats than one may."""
    company.write("policies/max-removals.yaml", BLOCKED)
    company.commit("the limit")
    assert company.apply().exit is Exit.OK
    company.asks("take five", a=" ".join(NAMES[5:]))


def broken(company: Company) -> None:
    company.write("licenses/x/b.yaml", BROKEN)
    company.commit("a typing error")


def has(console: Console) -> set[str]:
    """Who has a seat of A, asked of the vendor alone: main may be broken."""
    return {seat.login.split("@")[0] for seat in console.seats("A")}


def admitted(company: Company) -> tuple[Record, ...]:
    """The changesets that the journal admits, oldest first."""
    workspace = company.workspace
    records = workspace.admissions(workspace.sound_tree("HEAD").settings).read()
    return tuple(record for record in records if record["type"] == "admitted")


Damage = Callable[[Company], None]
EITHER = pytest.mark.parametrize(
    ("damage", "quiet", "rule"),
    [(blocked, Exit.DENIED, "max-removals/per_license"), (broken, Exit.ERROR, "broken-files")],
)


@EITHER
def test_a_changeset_that_may_not_pass_is_named_and_nothing_is_written(
    twelve: Company, damage: Damage, quiet: Exit, rule: str
) -> None:
    console = twelve.console
    damage(twelve)
    before = heads(twelve)

    run = twelve.apply(hours=1)

    assert (run.exit, run.written) == (quiet, ())
    assert rule in {finding.rule for finding in run.findings}
    assert (has(console), heads(twelve)) == (set(NAMES), before)


@EITHER
def test_leavers_do_not_wait_for_a_changeset_that_may_not_pass(
    twelve: Company, damage: Damage, quiet: Exit, rule: str
) -> None:
    console = twelve.console
    damage(twelve)
    twelve.changes("p11", status="T")

    run = twelve.apply(hours=1)

    assert run.exit is Exit.PARTLY
    assert [o.change.cause.kind for w in run.written for o in w.outcomes] == [CauseKind.LEAVER]
    assert has(console) == set(NAMES) - {"p11"}
    assert twelve.apply(hours=1).exit is quiet


def test_what_comes_after_a_blocked_changeset_waits_until_its_rows_are_taken_back(twelve: Company) -> None:
    blocked(twelve)
    twelve.license("b", ["p01"])
    twelve.commit("more, on top of it")

    assert twelve.apply(hours=1).exit is Exit.DENIED
    assert twelve.has("B") == set()

    twelve.asks("the five stay after all", a=" ".join(NAMES), b="p01")
    assert twelve.apply(hours=1).exit is Exit.OK
    assert (twelve.has("A"), twelve.has("B")) == (set(NAMES), {"p01"})


def test_what_comes_after_a_broken_file_goes_when_it_is_mended(twelve: Company) -> None:
    broken(twelve)
    assert twelve.apply(hours=1).exit is Exit.ERROR

    twelve.asks("mended", b="p01")

    assert twelve.apply(hours=1).exit is Exit.OK
    assert twelve.has("B") == {"p01"}


def test_the_commit_that_mends_answers_for_the_rows_of_the_broken_one(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", BLOCKED)
    twelve.commit("the limit")
    twelve.apply()
    twelve.write("licenses/x/b.yaml", BROKEN)
    twelve.asks("take five, behind a typing error", a=" ".join(NAMES[5:]))
    twelve.asks("only mended", b="")

    run = twelve.apply(hours=1)

    assert (run.exit, run.written, twelve.has("A")) == (Exit.DENIED, (), set(NAMES))
    assert "max-removals/per_license" in {finding.rule for finding in run.findings}


def test_a_broken_commit_that_is_reverted_asks_nothing(twelve: Company) -> None:
    broken(twelve)
    twelve.git("revert", "--no-edit", "HEAD")
    assert (twelve.plan("worktree").rows, twelve.plan("worktree").findings) == ((), ())
    twelve.asks("b for one", b="p01")

    assert twelve.apply(hours=1).exit is Exit.OK
    asked = [record["rows"] for record in admitted(twelve)[-2:]]
    assert (asked, twelve.has("B")) == ([0, 1], {"p01"})


def test_the_journal_says_which_broken_commits_an_admitted_one_stands_for(twelve: Company) -> None:
    good = twelve.git("rev-parse", "HEAD")
    broken(twelve)
    twelve.write("licenses/x/b.yaml", BROKEN + "\n")
    first, second = twelve.git("rev-parse", "HEAD"), twelve.commit("still broken")
    mended = twelve.asks("mended", b="p01")
    twelve.apply(hours=1)

    record = admitted(twelve)[-1]
    said = log(twelve.workspace, Wanted())[1]

    assert (record["commit"], record["parent"], record["over"]) == (mended, good, [first, second])
    assert [(one.what, one.by) for one in said if one.reason] == [("admit", mended[:12])]
    assert f"{first[:9]}, {second[:9]}" in next(one.reason for one in said if one.reason)


def test_status_says_on_a_broken_checkout_what_stops_admission(twelve: Company) -> None:
    assert status(twelve.workspace).unread is None
    broken(twelve)
    commit = twelve.git("rev-parse", "HEAD")

    unread = status(twelve.workspace).unread

    assert unread is not None
    assert (commit[:9] in unread.what, [str(f.place) for f in unread.findings]) == (True, ["licenses/x/b.yaml:3"])


def test_a_branch_that_mends_is_planned_with_the_rows_of_what_it_mends(twelve: Company) -> None:
    twelve.write("licenses/x/b.yaml", BROKEN)
    twelve.asks("take one, behind a typing error", a=" ".join(NAMES[1:]))
    commit = twelve.git("rev-parse", "HEAD")
    twelve.git("switch", "-q", "-c", "mend")
    twelve.license("b", ["p01"])

    plan = twelve.plan("worktree")

    assert {(step.change.license, step.change.who[:3]) for step in plan.steps} == {("a", "p00"), ("b", "p01")}
    assert commit[:9] in plan.title


def test_a_branch_that_mends_nothing_can_not_be_planned_over_a_broken_main(twelve: Company) -> None:
    twelve.git("switch", "-q", "-c", "other")
    twelve.license("a", NAMES[1:])
    twelve.git("commit", "-q", "-a", "-m", "take one")
    twelve.git("switch", "-q", "main")
    broken(twelve)

    with pytest.raises(Stop) as stopped:
        twelve.plan("other")

    assert (stopped.value.code, [str(f.place) for f in stopped.value.findings]) == (Exit.ERROR, ["licenses/x/b.yaml:3"])


def test_a_commit_that_mended_others_is_taken_back_with_them(twelve: Company) -> None:
    twelve.write("licenses/x/b.yaml", BROKEN)
    twelve.asks("take one, behind a typing error", a=" ".join(NAMES[1:]))
    mended = twelve.asks("mended", b="p01")
    twelve.apply(hours=1)

    rollback(twelve.workspace, mended, "back")
    twelve.git("merge", "-q", "back")
    twelve.git("push", "-q", "origin", "main")

    assert twelve.apply(hours=1).exit is Exit.OK
    assert (twelve.has("A"), twelve.has("B")) == (set(NAMES), set())


def test_main_that_was_forced_back_behind_what_is_in_force_is_refused(twelve: Company) -> None:
    twelve.asks("b for one", b="p01")
    twelve.apply()
    twelve.git("reset", "-q", "--hard", "HEAD~1")
    twelve.git("push", "-q", "--force", "origin", "main")
    before = heads(twelve)

    with pytest.raises(Stop) as stopped:
        twelve.apply(hours=1)

    assert stopped.value.code is Exit.STALE
    assert (twelve.has("B"), heads(twelve)) == ({"p01"}, before)


def test_a_shallow_clone_is_refused(twelve: Company, tmp_path: Path) -> None:
    twelve.commit("so that there is something to leave out")
    before = heads(twelve)
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{twelve.remote}", str(shallow)], check=True)

    with pytest.raises(Stop) as stopped:
        apply(Workspace.open(shallow, SetClock(twelve.clock.now()), {}))

    assert (stopped.value.code, heads(twelve)) == (Exit.STALE, before)


def test_a_real_account_without_a_forge_stops_before_anything_is_written(twelve: Company) -> None:
    settings = twelve.root.joinpath("seatwise.yaml").read_text()
    twelve.write("seatwise.yaml", settings.replace("journal:", "  real: {vendor: table, from: seed.csv}\njournal:"))
    twelve.asks("a real account, and a seat", b="p01")
    before = heads(twelve)

    run = twelve.apply(hours=1)

    assert (run.exit, run.written, twelve.has("B"), heads(twelve)) == (Exit.DENIED, (), set(), before)
    assert [finding.rule for finding in run.findings] == ["not-approved"]


def sent(run: Run) -> set[str]:
    return {outcome.change.who for written in run.written for outcome in written.outcomes}


def held(run: Run) -> set[tuple[str, str]]:
    return {(hold.rule, hold.who.split("@")[0]) for hold in run.held}


class TestWhatHrGetsWrong:
    def test_three_hundred_wrong_leavers_are_held_all_of_them(self, tmp_path: Path) -> None:
        company = Company(tmp_path)
        names = [f"p{n:03}" for n in range(320)]
        company.sells(A=400)
        company.hires(*names)
        company.holds("A", *names)
        company.license("a", names, quantity=400)
        company.commit("320 hold it")
        company.apply()
        before = company.calls()
        for name in names[:300]:
            company.people[f"{name}@x.example"]["status"] = "T"
        company.hires()

        run = company.apply(hours=1)

        assert held(run) == {("lanes/leavers", name) for name in names[:300]}
        assert (len(company.has("A")), company.calls()) == (320, before)

    def test_a_few_an_hour_are_held_at_the_cap_of_the_day_and_cost_nothing_when_hr_mends_it(
        self, twelve: Company
    ) -> None:
        for name in NAMES[:4]:
            twelve.changes(name, status="T")
        twelve.apply(hours=1)
        assert twelve.has("A") == set(NAMES[4:])

        for name in NAMES[4:8]:
            twelve.changes(name, status="T")
        run = twelve.apply(hours=1)
        assert held(run) == {("lanes/leavers", name) for name in NAMES[4:8]}

        for name in NAMES[4:8]:
            twelve.changes(name, status="A")
        twelve.apply(hours=1)
        twelve.apply(hours=24)
        assert twelve.has("A") == set(NAMES[4:])

    def test_a_department_with_a_new_name_takes_nobodys_seat(self, twelve: Company) -> None:
        for name in NAMES[:5]:
            twelve.changes(name, department="Engineering")
        twelve.license("b", rules="crew: {where: {department: [Engineering]}, max: 9}")
        twelve.commit("a rule")
        twelve.apply()
        twelve.apply(hours=2)
        assert twelve.has("B") == set(NAMES[:5])

        for name in NAMES[:5]:
            twelve.changes(name, department="Engineering & Data")
        assert sent(twelve.apply(hours=1)) == set()
        run = twelve.apply(days=20)

        assert (sent(run), held(run)) == (set(), {("rule-lost", name) for name in NAMES[:5]})
        assert twelve.has("B") == set(NAMES[:5])


def test_a_plan_of_a_main_that_is_refused_shows_what_goes_on_without_it(twelve: Company) -> None:
    twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    assert len(twelve.has("B")) == 8
    twelve.write(
        "policies/max-removals.yaml", "policy: max-removals\nlevel: block\nper_license: {seats: 1, share: 1%}\n"
    )
    twelve.asks("nobody gets b, nor keeps a", a="", b="")
    twelve.clock.sleep(3600)
    planned = twelve.plan()
    assert planned.findings[0].rule.startswith("max-removals")
    assert {step.change.who.split("@")[0] for step in planned.others} == set(NAMES) - twelve.has("B")
    run = twelve.apply()
    assert (run.exit, len(twelve.has("A")), len(twelve.has("B"))) == (Exit.PARTLY, 12, 12)
