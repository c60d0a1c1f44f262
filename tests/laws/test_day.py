"""What counts in the caps of a day: not what one run does, but what went in 24 hours (semantics §6)."""

from __future__ import annotations

from pathlib import Path

from tests.company import Company

from seatwise.core.model import Exit

LIMIT = "policy: max-removals\nlevel: block\nper_license: {seats: 3, share: 10%}\n"


def test_seats_that_fell_to_a_lower_one_count_all_day_as_seats_that_were_taken_do(tmp_path: Path) -> None:
    company = Company(tmp_path, acts_like="microsoft365")
    names, others = [f"p{n:02}" for n in range(40)], [f"q{n:02}" for n in range(40)]
    company.sells(E3=60, E5=40)
    company.hires(*names, *others)
    company.holds("E5", *names)
    company.holds("E3", *others)
    company.license("e3", others, extra="one_of: suite\nrank: 30\n")
    company.license("e5", names, extra="one_of: suite\nrank: 50\n")
    company.write("policies/max-removals.yaml", LIMIT)
    company.commit("forty have the big one, forty the small one")
    company.apply()

    company.asks("three get the small one", e3=" ".join(others + names[:3]), e5=" ".join(names[3:]))
    assert company.apply(hours=1).exit is Exit.OK
    company.asks("three more", e3=" ".join(others + names[:6]), e5=" ".join(names[6:]))
    run = company.apply(hours=1)

    assert (run.exit, company.has("E3") - set(others)) == (Exit.DENIED, set(names[:3]))
    assert [finding.rule for finding in run.findings] == ["max-removals/per_license"]
    company.apply(hours=24)
    assert company.has("E3") == {*others, *names[:6]}
