"""Answers that were lost, told with whole runs: what is known of the seat afterwards, and what is never done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import Made, Result


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path, config="settle: 60 seconds")
    company.sells(A=10)
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
