"""The sequences of semantics §14 in which many things come at once: what is kept back is kept back whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company
from tests.company import license as text

from seatwise.core.model import Exit, Run
from seatwise.flows.workspace import Workspace
from seatwise.vendors import sandbox

NAMES = [f"p{n:03}" for n in range(300)]


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("adopted"))
    company.sells(A=400)
    company.hires(*NAMES)
    company.holds("A", *NAMES)
    company.license("a", NAMES, quantity=400)
    company.commit("300 hold it")
    company.apply()
    assert company.calls() == 0
    return company


@pytest.fixture
def crowd(adopted: Company, tmp_path: Path) -> Company:
    """300 people hold a seat, and it is ours: adopted this morning."""
    return adopted.copy(tmp_path)


def left(run: Run) -> set[str]:
    """Whom the leavers' cap keeps."""
    return {hold.who.split("@")[0] for hold in run.held if hold.rule == "lanes/leavers"}


def test_hr_ends_300_people_wrongly_8_an_hour_and_is_held_at_the_cap_of_the_day(crowd: Company) -> None:
    """2 % of 300 people, at least 5, are 6 a day: the first 8 are above it already, and all of them wait."""
    for hour in range(4):
        for name in NAMES[hour * 8 : hour * 8 + 8]:
            crowd.changes(name, status="T")
        run = crowd.apply(hours=1)
        assert left(run) == set(NAMES[: hour * 8 + 8])

    assert (run.exit, crowd.has("A"), crowd.calls()) == (Exit.OK, set(NAMES), 0)


def test_leavers_that_come_two_an_hour_stop_at_the_cap_of_the_day_and_not_of_the_run(crowd: Company) -> None:
    """2 % of fewer than 300 people are 5: four go, and from the sixth on those who are left wait for the next day."""
    for hour in range(4):
        for name in NAMES[hour * 2 : hour * 2 + 2]:
            crowd.changes(name, status="T")
        run = crowd.apply(hours=1)

    assert crowd.has("A") == set(NAMES[4:])
    assert left(run) == set(NAMES[4:8])

    crowd.apply(hours=24)
    assert crowd.has("A") == set(NAMES[8:])


def test_an_hr_slip_that_is_corrected_while_it_is_held_costs_nobody_anything(crowd: Company) -> None:
    for name in NAMES[:8]:
        crowd.changes(name, status="T")
    crowd.apply(hours=1)
    for name in NAMES[:8]:
        crowd.changes(name, status="A")

    run = crowd.apply(hours=1)
    crowd.apply(hours=48)

    assert (run.held, crowd.has("A"), crowd.calls()) == ((), set(NAMES), 0)
    assert [finding.rule for finding in crowd.plan().findings if finding.rule == "dead-row"] == []


@pytest.mark.parametrize("when", ["each is applied at once", "all are merged before one run"])
def test_ten_pull_requests_of_25_removals_in_one_morning_are_held_but_the_first(crowd: Company, when: str) -> None:
    """Each is small enough for its license (25 and 10 %); two of them are not, though only 8 seats are gone yet."""
    crowd.remove("policies/max-removals.yaml")
    crowd.commit("max-removals blocks")
    crowd.apply()
    for n in range(1, 11):
        crowd.license("a", NAMES[n * 25 :], quantity=400)
        crowd.commit(f"25 fewer, {n}")
        if when == "each is applied at once":
            crowd.apply(minutes=20)

    run = crowd.apply(minutes=20)

    (denied,) = run.findings
    assert (denied.rule, '"25 fewer, 2"' in denied.what) == ("max-removals/per_license", True)
    assert [rollout.title for rollout in run.rollouts] == ["25 fewer, 1"]
    assert (len(crowd.has("A")), crowd.has("A") >= set(NAMES[25:])) == (292, True)


ACCOUNTS = [f"v{n}" for n in range(1, 9)]


@pytest.fixture
def eight(tmp_path: Path) -> Company:
    """One repository with eight accounts; each has one license, which two people are to get."""
    company = Company(tmp_path)
    company.sells(A=10)
    company.hires("ann", "bob")
    settings = (company.root / "seatwise.yaml").read_text()
    one = "  v: {vendor: sandbox, seed: seed.csv, acts_like: plain}\n"
    assert one in settings
    more = "".join(one.replace("  v:", f"  {id}:") for id in ACCOUNTS)
    company.write("seatwise.yaml", settings.replace(one, one + more))
    for id in ACCOUNTS:
        there = text(id, ["ann", "bob"], sku="A").replace("account: v\n", f"account: {id}\n")
        company.write(f"licenses/x/{id}.yaml", there)
    company.commit("eight accounts")
    return company


def holders(workspace: Workspace, id: str) -> set[str]:
    settings = workspace.sound_tree("HEAD").settings
    console = sandbox.console(settings.accounts[id], workspace.site("HEAD"))
    return {seat.login.split("@")[0] for seat in console.seats("A")}


def test_eight_accounts_on_one_remote_all_get_their_seats_and_their_journals(eight: Company) -> None:
    run = eight.apply()

    assert run.exit is Exit.OK
    assert sorted(written.account for written in run.written) == ACCOUNTS
    assert all(holders(eight.workspace, id) == {"ann", "bob"} for id in ACCOUNTS)
    heads = eight.git("ls-remote", "origin")
    assert all(f"refs/heads/seatwise/journal/{id}" in heads for id in ACCOUNTS)
