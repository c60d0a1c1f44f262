"""Answers that were lost, told with whole runs: what is known of the seat afterwards, and what is never done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import Made, Result


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path, config="settle: 60 seconds")
    company.sells(A=10, LOW=5, HIGH=5)
    company.hires("ann", "bob")
    company.asks("manage", a="")
    company.apply()
    return company


def outcomes(company: Company) -> list[tuple[str, bool]]:
    found = (o for r in company.records() if r["type"] == "outcome" for o in r["outcomes"])
    return [(o["result"], o["settled"]) for o in found]


def test_a_call_that_was_done_is_ours_and_nobody_says_that_we_made_it(company: Company) -> None:
    company.asks("ann", a="ann")
    company.console.fault("timeout-after")
    company.apply()
    company.apply(seconds=61)
    company.apply(seconds=61)
    claim = company.claim("a", "ann")
    assert claim is not None and (str(claim.state), claim.made) == ("ours", Made.UNKNOWN)
    assert outcomes(company) == [(Result.DOUBT, False), (Result.DONE, True)] and company.calls() == 1


def test_a_call_that_did_not_happen_is_made_again_only_after_the_vendor_has_had_time_to_show_it(
    company: Company,
) -> None:
    company.asks("ann", a="ann")
    company.console.fault("timeout-before")
    company.apply()
    company.apply(seconds=30)
    assert company.calls() == 1 and company.has("A") == set()
    company.apply(seconds=31)
    assert outcomes(company)[:2] == [(Result.DOUBT, False), (Result.FAILED, True)]
    assert company.calls() == 2 and company.has("A") == {"ann"}


@pytest.mark.parametrize("rows", [{"low": ""}, {}], ids=["moved", "both asked"])
def test_a_swap_in_two_calls_of_which_only_the_first_was_made_is_finished(
    company: Company, rows: dict[str, str]
) -> None:
    company.license("low", ["ann"], extra="one_of: suite\nrank: 1\n")
    company.license("high", extra="one_of: suite\nrank: 2\n")
    company.commit("low for ann")
    company.apply(hours=1)
    assert company.has("LOW") == {"ann"}
    commit = company.asks("high for ann", high="ann", **rows)
    company.console.fault("timeout-before", call="write")
    company.apply(minutes=1)
    company.revokes_by_hand("LOW", "ann")

    run = company.apply(minutes=2)

    assert (company.has("LOW"), company.has("HIGH")) == (set(), {"ann"})
    assert [(str(o.change.verb), o.change.cause.commit) for w in run.written for o in w.outcomes] == [
        ("assign", commit)
    ]
    company.apply(hours=2)
    rollout = company.workspace.state(company.workspace.sound_tree("HEAD").settings, "v").rollouts[commit[:12]]
    assert (rollout.state, rollout.why, company.plan().drift, company.plan().steps) == ("closed", "done", (), ())


def test_a_swap_that_was_done_though_its_answer_was_lost_needs_no_second_call(company: Company) -> None:
    company.license("low", ["ann"], extra="one_of: suite\nrank: 1\n")
    company.license("high", extra="one_of: suite\nrank: 2\n")
    company.commit("low for ann")
    company.apply(hours=1)
    company.asks("high for ann", high="ann", low="")
    company.console.fault("timeout-before", call="write")
    company.apply(minutes=1)
    company.revokes_by_hand("LOW", "ann")
    company.grants_by_hand("HIGH", "ann")
    assert company.apply(minutes=2).written == ()
    assert (company.has("LOW"), company.has("HIGH"), company.plan().drift) == (set(), {"ann"}, ())
