"""A vendor that only gives exports: what is asked is a task for a person, and a newer export shows what became of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import ClaimState, Made, Result, Run, Verb

SANDBOX = "v: {vendor: sandbox, seed: seed.csv, acts_like: plain}"
TABLE = "v: {vendor: table, from: export.csv, bought: {A: 10}, practice: true}"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path, remote=False)
    settings = (company.root / "seatwise.yaml").read_text(encoding="utf-8")
    assert SANDBOX in settings
    company.write("seatwise.yaml", settings.replace(SANDBOX, TABLE))
    company.write(".gitignore", ".seatwise/\n/hr.csv\n/export.csv\n")
    company.hires("ann", "bob")
    exported(company, "bob")
    company.asks("manage", a="bob")
    company.apply()
    return company


def exported(company: Company, *names: str) -> None:
    """Somebody saves what the vendor shows now."""
    rows = "".join(f"A,{name}@x.example\n" for name in names)
    company.write("export.csv", f"License,Email\n{rows}")
    at = company.clock.now().timestamp()
    os.utime(company.root / "export.csv", (at, at))


def handed(run: Run) -> list[tuple[Verb, str]]:
    outcomes = [outcome for written in run.written for outcome in written.outcomes]
    assert {outcome.result for outcome in outcomes} <= {Result.HANDED_OVER}
    return [(outcome.change.verb, outcome.change.who.split("@")[0]) for outcome in outcomes]


def tasks(company: Company) -> list[Path]:
    return sorted((company.root / ".seatwise/tasks").glob("*.csv"))


def test_a_seat_that_a_person_gave_for_us_is_taken_by_a_task_when_its_changeset_is_reverted(company: Company) -> None:
    commit = company.asks("ann gets a", a="ann bob")
    run = company.apply(minutes=1)
    assert handed(run) == [(Verb.ASSIGN, "ann")]
    assert len(tasks(company)) == 1 and "ann@x.example" in tasks(company)[0].read_text(encoding="utf-8")
    assert handed(company.apply(hours=1)) == [], "the task is waited for, and not written twice"

    company.clock.sleep(3600)
    exported(company, "ann", "bob")
    assert handed(company.apply(hours=1)) == []
    claim = company.claim("a", "ann")
    assert claim is not None and (claim.state, claim.made, claim.handed) == (ClaimState.OURS, Made.US, None)

    company.revert(commit)
    assert handed(company.apply(hours=1)) == [(Verb.REVOKE, "ann")]
    assert len(tasks(company)) == 2 and "ann@x.example" in tasks(company)[1].read_text(encoding="utf-8")

    company.clock.sleep(3600)
    exported(company, "bob")
    assert handed(company.apply(hours=1)) == []
    assert (company.claim("a", "ann"), company.plan().drift, company.plan().steps) == (None, (), ())
