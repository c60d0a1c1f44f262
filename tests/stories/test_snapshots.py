"""Snapshots, told with whole runs: what the vendor showed comes back by rows on a branch, and what does not is said."""

from __future__ import annotations

import pytest
from tests.company import Company
from tests.stories.conftest import CALM, NAMES

from seatwise.core.model import Exit, Stop
from seatwise.flows import snapshots

CREW = "crew: {where: {department: [Engineering]}, max: 40}"


def merged(company: Company, branch: str) -> None:
    company.git("merge", "-q", "--ff-only", branch)
    company.git("push", "-q", "origin", "main")


def finished(company: Company) -> None:
    for _ in range(6):
        company.apply(hours=30)


def test_a_snapshot_a_bulk_change_and_the_way_back(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", CALM)
    (taken,) = snapshots.take(twelve.workspace)
    before = twelve.has("A"), twelve.has("B")
    for name in NAMES[6:8]:
        twelve.changes(name, department="Engineering")
    twelve.license("b", NAMES[:5], rules=CREW)
    twelve.asks("bulk", a="p11")
    finished(twelve)
    assert (twelve.has("A"), twelve.has("B")) == ({"p11"}, {*NAMES[:5], *NAMES[6:8]})

    made = snapshots.restore(twelve.workspace, taken.id)
    assert {e.how for e in made.edits} == {"give", "drop", "never"} and made.left == ()
    merged(twelve, made.branch)
    finished(twelve)

    assert (twelve.has("A"), twelve.has("B")) == before


def test_a_row_that_has_a_former_mail_goes_too(twelve: Company) -> None:
    (taken,) = snapshots.take(twelve.workspace)
    twelve.asks("one gets b", b="p03")
    twelve.apply()
    twelve.people["p03.new@x.example"] = {**twelve.people.pop("p03@x.example"), "mail": "p03.new@x.example"}
    twelve.changes("p03.new", former="p03@x.example")
    twelve.apply()

    made = snapshots.restore(twelve.workspace, taken.id)
    assert [(e.how, e.who, e.assignment) for e in made.edits] == [("drop", "p03@x.example", "team")]
    merged(twelve, made.branch)
    finished(twelve)

    assert twelve.has("B") == set()
    with pytest.raises(Stop, match="what is asked now is what it shows"):
        snapshots.restore(twelve.workspace, taken.id)


def test_what_does_not_come_back_is_said(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", CALM)
    twelve.grants_by_hand("B", "p03")
    (taken,) = snapshots.take(twelve.workspace, "v")
    twelve.asks("two lose a", a=" ".join(NAMES[2:]))
    twelve.changes("p00", status="T")
    twelve.apply()
    made = snapshots.restore(twelve.workspace, taken.id)
    assert [(e.how, e.who) for e in made.edits] == [("give", "p01@x.example")]
    assert made.left == ("a: p00@x.example has left", "b: p03@x.example had one that was not ours")


def test_bulk_stages_take_theirs_and_an_erased_body_is_said(twelve: Company) -> None:
    twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    (one,) = snapshots.listed(twelve.workspace)
    assert one.title == "twelve get b" and snapshots.show(twelve.workspace, one.id).seats == {"A": 12, "B": 0}
    twelve.git("push", "-q", "origin", ":seatwise/bodies/2026-11")
    twelve.git("fetch", "-q", "--prune", "origin")
    assert snapshots.show(twelve.workspace, one.id).seats is None
    with pytest.raises(Stop, match="body erased"):
        snapshots.restore(twelve.workspace, one.id)
    with pytest.raises(Stop, match="there is no snapshot") as stop:
        snapshots.show(twelve.workspace, "ffff")
    assert stop.value.code is Exit.USAGE
