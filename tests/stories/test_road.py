"""The road as a user walks it: adopt, give, take, halt, go on, take back; each story on a real repository and remote."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company, person

from seatwise.core.model import Exit, Plan, Stop, Verb
from seatwise.flows import rollback as going_back
from seatwise.flows.explain import explain
from seatwise.flows.log import Wanted, log
from seatwise.flows.status import status


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Ann holds a seat that is asked, Zed one that nobody asks; Bo and Cy have none."""
    made = Company(tmp_path)
    made.sells(FIGMA=60)
    made.hires("ann", "bo", "cy", "zed")
    made.holds("FIGMA", "ann", "zed")
    made.license("figma", ["ann"])
    made.commit("start")
    made.apply()
    return made


def verbs(plan: Plan) -> list[tuple[Verb, str]]:
    return [(step.change.verb, step.change.who) for step in plan.steps]


def heads(company: Company) -> str:
    return company.git("ls-remote", "origin")


def test_what_agrees_is_adopted_without_a_call_and_what_nobody_asked_for_is_left(company: Company) -> None:
    assert company.console.requests() == 0
    assert company.has("FIGMA") == {"ann", "zed"}
    assert [u.who for u in company.plan().unlisted] == ["zed@x.example"]


def test_a_second_apply_does_nothing_and_writes_nothing(company: Company) -> None:
    before = heads(company)
    again = company.apply()
    assert (again.exit, again.written, heads(company)) == (Exit.OK, (), before)


def test_a_plan_says_what_apply_then_does(company: Company) -> None:
    company.license("figma", ["ann", "bo"])
    company.commit("bo needs it")
    planned = company.plan()
    assert verbs(planned) == [(Verb.ASSIGN, "bo@x.example")]
    assert company.has("FIGMA") == {"ann", "zed"}
    company.apply()
    assert company.has("FIGMA") == {"ann", "bo", "zed"}


def test_a_seat_taken_by_hand_is_drift_and_does_not_come_back(company: Company) -> None:
    company.revokes_by_hand("FIGMA", "ann")
    company.apply()
    company.apply()
    assert "ann" not in company.has("FIGMA")
    assert [d.who for d in company.plan().drift] == ["ann@x.example"]


def test_a_grant_that_was_refused_is_given_later(company: Company) -> None:
    company.console.fault("refuse", times=1, call="write", login="bo@x.example")
    company.license("figma", ["ann", "bo"])
    company.commit("bo needs it")
    assert company.apply().exit is Exit.PARTLY
    company.apply()
    assert "bo" in company.has("FIGMA")


def test_what_an_administrator_gave_is_never_taken(company: Company) -> None:
    company.license("figma", ["ann", "bo"])
    company.commit("ask")
    company.license("figma", ["ann"])
    company.commit("ask no more")
    company.grants_by_hand("FIGMA", "bo")
    company.apply()
    assert "bo" in company.has("FIGMA")


def test_reverting_an_adoption_forgets_and_calls_nothing(company: Company) -> None:
    company.license("figma", ["ann", "zed"])
    adopted = company.commit("adopt zed")
    company.apply()
    company.revert(adopted)
    company.apply()
    assert company.console.requests() == 0
    assert "zed" in company.has("FIGMA")


def test_a_leaver_is_gone_in_one_run_and_the_row_stays_dead(company: Company) -> None:
    company.changes("ann", status="T")
    company.commit("HR")
    company.apply()
    assert company.has("FIGMA") == {"zed"}
    company.changes("ann", status="A")
    company.commit("HR again")
    company.apply()
    assert company.has("FIGMA") == {"zed"}


def test_who_is_absent_from_hr_is_no_leaver(company: Company) -> None:
    company.forgets("ann")
    company.commit("HR without ann")
    company.apply()
    assert "ann" in company.has("FIGMA")


def test_an_empty_people_feed_changes_nothing(company: Company) -> None:
    company.write("hr.csv", company.root.joinpath("hr.csv").read_text().splitlines()[0] + "\n")
    company.commit("an empty export")
    before = heads(company)
    with pytest.raises(Stop) as stopped:
        company.apply()
    assert stopped.value.code is Exit.ERROR
    assert (company.has("FIGMA"), heads(company)) == ({"ann", "zed"}, before)


def test_one_unknown_person_is_held_and_the_others_go(company: Company) -> None:
    company.license("figma", ["ann", "bo", "cyy"])
    company.commit("two more")
    run = company.apply()
    assert company.has("FIGMA") == {"ann", "bo", "zed"}
    assert [h.who for h in run.held] == ["cyy@x.example"]
    company.hires("cyy")
    company.commit("HR knows cyy")
    company.apply()
    assert "cyy" in company.has("FIGMA")


def test_a_full_pool_is_a_waiting_list(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.sells(FIGMA=2)
    company.hr(person("late", start="2026-01-01"), person("early", start="2021-01-01"), person("ann"))
    company.holds("FIGMA", "ann")
    company.write("policies/seat-ceiling.yaml", "policy: seat-ceiling\nlevel: warn\n")
    company.license("figma", ["ann", "late", "early"], quantity=2)
    company.commit("start")
    run = company.apply()
    assert company.has("FIGMA") == {"ann", "early"}
    assert [(h.rule, h.who) for h in run.held] == [("pool-full", "late@x.example")]
    company.license("figma", ["late", "early"], quantity=2)
    company.commit("ann gives hers back")
    company.apply()
    assert company.has("FIGMA") == {"early", "late"}


def test_an_old_checkout_is_refused(company: Company) -> None:
    company.commit("one more")
    company.git("checkout", "-q", "HEAD~1")
    with pytest.raises(Stop) as stopped:
        company.apply()
    assert stopped.value.code is Exit.STALE


def test_a_real_account_is_not_applied_without_a_forge(company: Company) -> None:
    settings = company.root.joinpath("seatwise.yaml").read_text()
    company.write("seatwise.yaml", settings.replace("journal:", "  real: {vendor: table, from: seed.csv}\njournal:"))
    company.commit("a real account")
    run = company.apply()
    assert (run.exit, run.written) == (Exit.DENIED, ())


def test_a_commit_is_taken_back_by_meaning_with_proof(company: Company) -> None:
    company.license("figma", ["bo", "cy"])
    changed = company.commit("bo and cy instead of ann")
    company.apply()
    assert company.has("FIGMA") == {"bo", "cy", "zed"}
    checked = going_back.check(company.workspace, changed)
    assert sorted((c.verb, c.who[:2]) for c in checked.calls) == [
        (Verb.ASSIGN, "an"),
        (Verb.REVOKE, "bo"),
        (Verb.REVOKE, "cy"),
    ]
    back = going_back.rollback(company.workspace, changed)
    company.git("merge", "-q", "--no-edit", back.branch)
    company.git("push", "-q", "origin", "main")
    run = company.apply()
    assert company.has("FIGMA") == {"ann", "zed"}
    assert [(r.same, r.others) for r in run.restored] == [(3, ())]


def test_rows_that_later_commits_changed_are_left(company: Company) -> None:
    company.license("figma", ["ann", "bo", "cy"])
    changed = company.commit("bo and cy")
    company.apply()
    company.license("figma", ["ann", "bo"])
    company.commit("cy after all not")
    company.apply()
    back = going_back.rollback(company.workspace, changed)
    assert (len(back.undone), len(back.superseded)) == (1, 1)


def test_status_explain_and_log_say_what_happened(company: Company) -> None:
    company.license("figma", ["ann", "bo"])
    company.commit("bo needs it")
    company.apply()
    assert status(company.workspace).rollouts == ()
    said = {f.who: (f.asked, f.actual) for f in explain(company.workspace, "figma").facts}
    assert said == {
        "ann@x.example": (True, "direct"),
        "bo@x.example": (True, "direct"),
        "zed@x.example": (False, "direct"),
    }
    entries = log(company.workspace, Wanted(person="bo@x.example"))[1]
    assert [(e.what, str(e.result)) for e in entries] == [("assign", "done")]


def test_a_lost_answer_is_settled_by_reading_and_never_written_twice(company: Company) -> None:
    company.console.fault("timeout-after", times=1, call="write")
    company.license("figma", ["ann", "bo"])
    company.commit("bo needs it")
    company.apply()
    company.apply()
    assert "bo" in company.has("FIGMA")
    assert company.console.requests() == 1
