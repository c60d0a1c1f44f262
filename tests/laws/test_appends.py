"""What a run appends when (semantics §8): an intent before its call, an outcome after it, and whatever else rides along."""

from __future__ import annotations

from tests.company import Company

from seatwise.core import claims
from seatwise.core.model import Exit
from seatwise.flows.apply import Options, apply

JOURNAL = "seatwise/journal/v"


def appended(company: Company) -> list[str]:
    """What each append to the account's journal held, oldest first."""
    subjects = company.git("log", "--reverse", "--format=%s", f"refs/remotes/origin/{JOURNAL}").splitlines()
    return [subject.removeprefix("v: ") for subject in subjects]


def test_a_run_appends_before_its_calls_after_them_and_when_it_has_read_back(company: Company) -> None:
    before = len(appended(company))
    company.asks("one", a="ann")
    company.apply()
    sent, answered, read_back = appended(company)[before:]
    assert sent.startswith("begin, asked, rollout, resolved") and sent.endswith("intent")
    assert (answered, read_back.split(", ")[0], read_back.split(", ")[-1]) == ("outcome, stage", "settled", "end")


def test_a_run_that_calls_nobody_appends_once(company: Company) -> None:
    before = len(appended(company))
    company.commit("a note")
    company.apply()
    assert appended(company)[before:] == ["begin, resolved, end"]


def test_what_a_run_knew_when_it_ended_is_what_its_journal_says(company: Company) -> None:
    company.asks("one", a="ann", b="bob")
    run = company.apply()
    state = claims.fold(company.records())
    assert {r.id: r for r in run.rollouts} == state.rollouts and run.rollouts[0].opened


def test_where_another_run_was_first_nothing_is_appended_and_nobody_called(company: Company) -> None:
    company.asks("one", a="ann")
    first = len(appended(company))

    def meanwhile(*_: object) -> None:
        company.workspace.journal(company.workspace.sound_tree("HEAD").settings, "v").whole("other", [], _n(company))

    run = apply(company.workspace, Options(only=meanwhile))
    (held,) = (finding for finding in run.findings if finding.rule == "account-held")
    assert "another run worked at account v while this one looked around" in held.what
    assert (run.exit, company.calls()) == (Exit.LOCKED, 0)
    assert appended(company)[first:] == ["begin, end"]


def _n(company: Company) -> int:
    return int(company.records()[-1]["n"])
