"""Two runs at the same time, each in a clone of its own: one does the work, and the other does nothing or waits its turn."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.flows.apply import Options, apply
from seatwise.flows.workspace import Workspace


def clone(company: Company, to: Path) -> Path:
    """A second runner's checkout; the vendor and HR's export are the same ones."""
    subprocess.run(["git", "clone", "-q", str(company.remote), str(to)], check=True)
    (to / ".seatwise").symlink_to(company.root / ".seatwise")
    shutil.copy2(company.root / "hr.csv", to)
    return to


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


def test_a_run_that_finds_the_account_held_stops_before_it_calls_anybody(company: Company, tmp_path: Path) -> None:
    company.asks(a="ann")
    workspace = company.workspace
    journal = workspace.journal(workspace.sound_tree("HEAD").settings, "v")
    journal.begin("another-run", 600)

    with pytest.raises(Stop) as stopped:
        company.apply()

    assert (stopped.value.code, company.calls()) == (Exit.LOCKED, 0)
    assert company.apply(minutes=11).exit is Exit.OK
    assert company.has("A") == {"ann"}
