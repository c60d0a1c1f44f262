"""Vendors are called as seldom, and as fast, as their documents allow: within a tenth, at a tenth of the bench's size."""

from __future__ import annotations

import pytest
from bench.vendors import CASES, FEW, Case, called, section

from bench import vendors


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.vendor)
def test_no_vendor_is_called_more_often_or_slower_than_a_tenth_above_the_least(case: Case) -> None:
    found = called(case, *FEW)
    counts = (found.read, found.changed, found.read_seconds, found.change_seconds)
    for measured, least in zip(counts, found.least, strict=True):
        assert least * 0.999 - 0.01 <= measured <= least * 1.1 + 0.1, (case.vendor, counts, found.least)
    assert found.case.why in section([found], *FEW)


def test_a_vendor_that_does_less_than_it_was_told_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(one for one in CASES if one.vendor == "github")
    monkeypatch.setattr(vendors, "_changes", lambda *_: [])
    with pytest.raises(RuntimeError, match="0 changes were done"):
        called(case, 10, 4)
