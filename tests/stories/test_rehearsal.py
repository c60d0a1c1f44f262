"""A plan played there and back on a copy of the vendor: what comes back, what the vendor says beforehand, what nobody said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.company import Company
from tests.stories.conftest import CALM, NAMES

from seatwise.cli.main import cli
from seatwise.core.model import Exit
from seatwise.core.rehearsal import Rehearsal
from seatwise.flows.rehearse import rehearse


def company(folder: Path, acts_like: str = "plain", **pools: int) -> Company:
    """Twelve people with a seat of A, and B beside it."""
    made = Company(folder, acts_like=acts_like)
    made.sells(**{"A": 60, "B": 60, **pools})
    made.hires(*NAMES)
    made.holds("A", *NAMES)
    made.write("policies/max-removals.yaml", CALM)
    made.asks("manage both", a=" ".join(NAMES), b="")
    made.apply()
    return made


def branch(of: Company, **people: str) -> Rehearsal:
    """What a pull request that asks for these people comes to."""
    of.git("switch", "-q", "-c", "wish")
    for id, names in people.items():
        of.license(id, names.split())
    of.git("commit", "-qam", "a wish")
    return rehearse(of.workspace, "wish")


def test_gives_takes_and_swaps_come_back_as_they_were(twelve: Company) -> None:
    before, calls = twelve.has("A"), twelve.calls()
    twelve.write("policies/max-removals.yaml", CALM)

    found = branch(twelve, a="p00 p01", b=" ".join(NAMES[:9]))

    assert (found.played, found.returned) == (19, 19)
    assert (found.refused, found.lost, found.wrong, found.closes) == ((), (), (), True)
    assert (twelve.has("A"), twelve.calls()) == (before, calls), "nobody's seat moved"


def test_what_the_vendor_says_beforehand_is_a_loss_and_no_surprise(tmp_path: Path) -> None:
    """At GitHub a seat that is taken in November ends with the month; given back in December it is a new one."""
    octo = company(tmp_path, "github")
    octo.clock.sleep(6 * 24 * 3600)  # 30 November
    octo.commit("a day")
    octo.apply()

    found = branch(octo, a="p00")

    assert (found.played, found.returned, found.closes) == (11, 3, True)
    (line,) = found.lost
    assert line.startswith("a: they come back as new ones (p0")
    assert line.endswith(" and 3 more)"), "eight of the pilot ended with November; three were taken in December"


def test_a_seat_that_the_vendor_would_not_give_back_is_named(tmp_path: Path) -> None:
    """More are held than were bought: who loses a seat gets none again."""
    over = company(tmp_path, A=10)

    found = branch(over, a="p02 p03 p04 p05 p06 p07 p08 p09 p10 p11")

    assert (found.played, found.returned, found.closes) == (2, 0, False)
    assert found.wrong == (
        "revoke a p00@x.example: not given back: no free seat is left",
        "revoke a p01@x.example: not given back: no free seat is left",
    )
    done = CliRunner().invoke(cli, ["-C", str(over.root), "plan", "wish", "--rehearse"])
    assert (done.exit_code, "DOES NOT COME BACK: 2" in done.output) == (1, True), done.output


def test_a_give_beyond_the_pool_waits_and_is_not_played(tmp_path: Path) -> None:
    full = company(tmp_path, B=2)
    found = branch(full, b="p00 p01 p02 p03")
    assert (found.played, found.returned) == (2, 2)


def test_what_goes_on_beside_it_is_played_too_and_stays(twelve: Company) -> None:
    """A leaver's seat is what the newcomer gets."""
    twelve.console.set_bought("A", 12)
    twelve.hires("new")
    twelve.changes("p11", status="T")

    found = branch(twelve, a=" ".join([*NAMES, "new"]))

    assert (found.played, found.returned, found.wrong) == (1, 1, ())


@pytest.mark.parametrize(
    ("way", "says"), [([], "19 changes played, 19 of them come back"), (["--json"], '"played": 19')]
)
def test_the_command_says_it_and_ends_well(twelve: Company, way: list[str], says: str) -> None:
    twelve.write("policies/max-removals.yaml", CALM)
    branch(twelve, a="p00 p01", b=" ".join(NAMES[:9]))
    done = CliRunner().invoke(cli, ["-C", str(twelve.root), *way, "plan", "wish", "--rehearse"])
    assert (done.exit_code, says in done.output) == (0, True), done.output


@pytest.mark.parametrize("more", [["--all"], ["--format", "json"], ["--out", "plan.json"], ["--exit-code"]], ids=str)
def test_what_a_rehearsal_does_not_heed_is_refused_and_nothing_is_written(twelve: Company, more: list[str]) -> None:
    done = CliRunner().invoke(cli, ["-C", str(twelve.root), "plan", "--rehearse", *more])
    assert done.exit_code == Exit.USAGE
    assert "--rehearse says how the plan would play, and shows no plan" in done.output
    assert not (twelve.root / "plan.json").exists()
