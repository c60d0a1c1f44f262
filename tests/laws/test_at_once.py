"""Two runs at the same time, each in a clone of its own: one does the work, and the other does nothing or waits its turn."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.company import Company
from tests.torture.scenes import ACCOUNTS, eight_accounts

from seatwise.core.model import Exit, Settings, Stop
from seatwise.edges.clock import SetClock
from seatwise.flows.apply import Options, apply
from seatwise.flows.workspace import Workspace
from seatwise.vendors import sandbox
from seatwise.views import run_text


def clone(company: Company, to: Path) -> Path:
    """A second runner's checkout; the vendor and HR's export are the same ones."""
    subprocess.run(["git", "clone", "-q", str(company.remote), str(to)], check=True)
    (to / ".seatwise").symlink_to(company.root / ".seatwise")
    shutil.copy2(company.root / "hr.csv", to)
    return to


def settings(company: Company) -> Settings:
    return company.workspace.sound_tree("HEAD").settings


def ended(root: Path, company: Company) -> Exit:
    try:
        return apply(Workspace.open(root, SetClock(company.clock.now()), {})).exit
    except Stop as stop:
        return stop.code


@pytest.mark.parametrize("_", range(3))
def test_of_two_runs_at_once_each_seat_is_given_by_one(company: Company, tmp_path: Path, _: int) -> None:
    company.asks(a="ann bob", b="dan eve")
    roots = [company.root, clone(company, tmp_path / "second")]

    with ThreadPoolExecutor(2) as pool:
        exits = list(pool.map(lambda root: ended(root, company), roots))

    assert set(exits) <= {Exit.OK, Exit.LOCKED}, exits
    assert exits.count(Exit.OK) >= 1
    assert company.apply(hours=1).exit is Exit.OK
    assert (company.has("A"), company.has("B")) == ({"ann", "bob"}, {"dan", "eve"})
    assert company.calls() == 4
    intents = [
        change["who"] for record in company.records() if record["type"] == "intent" for change in record["changes"]
    ]
    assert len(intents) == len(set(intents)) == 4


def test_a_run_that_looked_before_another_one_acted_looks_again_or_stops(company: Company, tmp_path: Path) -> None:
    company.asks(a="ann bob")
    company.apply()
    company.changes("ann", status="T")
    second = clone(company, tmp_path / "second")

    def meanwhile(*_: object) -> None:
        """The other run takes the leaver's seat, and an administrator gives it back for a reason of hers."""
        assert ended(second, company) is Exit.OK
        assert company.has("A") == {"bob"}
        company.grants_by_hand("A", "ann")

    try:
        apply(company.workspace, Options(only=meanwhile))
    except Stop as stop:
        assert stop.code is Exit.LOCKED

    assert (company.has("A"), company.calls()) == ({"ann", "bob"}, 3)


def test_a_run_that_finds_the_account_held_stops_before_it_calls_anybody(company: Company) -> None:
    company.asks(a="ann")
    company.workspace.journal(settings(company), "v").begin("another-run", 600)

    run = company.apply()

    assert (run.exit, company.calls()) == (Exit.LOCKED, 0)
    assert company.apply(minutes=11).exit is Exit.OK
    assert company.has("A") == {"ann"}


def test_an_account_that_is_held_keeps_no_other_one_back(tmp_path: Path) -> None:
    company = eight_accounts(tmp_path).company
    company.workspace.journal(settings(company), "v3").begin("another-run", 600)

    run = company.apply()

    assert run.exit is Exit.LOCKED
    assert {one.account for one in run.written} == set(ACCOUNTS) - {"v3"}
    held = next(finding for finding in run.findings if finding.rule == "account-held")
    assert "another-run holds" in held.what and "seatwise run unlock v3" in held.fix
    text = " ".join(run_text.outcome_lines(run))
    assert "Another run is at work at v3: what was due elsewhere is done." in text and "nothing was written" not in text
    assert company.apply(minutes=11).exit is Exit.OK


def test_of_two_reasons_to_end_the_worst_is_the_exit_code(tmp_path: Path) -> None:
    """One account is held, and another one takes nothing from us."""
    company = eight_accounts(tmp_path).company
    company.workspace.journal(settings(company), "v8").begin("another-run", 600)
    first = sandbox.console(settings(company).accounts["v1"], company.workspace.site("HEAD"))
    first.fault("403", times=9, call="write")

    run = company.apply()

    assert run.exit is Exit.LOCKED
    assert {one.account for one in run.written} == set(ACCOUNTS) - {"v1", "v8"}
    assert {finding.rule for finding in run.findings} >= {"account-failed", "account-held"}


def test_accounts_after_one_at_which_the_remote_vanished_are_named(tmp_path: Path) -> None:
    company = eight_accounts(tmp_path).company
    remote = Path(str(company.remote))

    def vanish(account: str, *_: object) -> None:
        if account == "v6":
            remote.rename(f"{remote}.away")

    run = apply(company.workspace, Options(watch=vanish))

    assert run.exit is Exit.PARTLY
    assert {one.account for one in run.written} == {"v1", "v2", "v3", "v4", "v5", "v6"}
    assert [one.key for one in run.findings if one.rule == "account-failed"] == ["v6", "v7", "v8"]
