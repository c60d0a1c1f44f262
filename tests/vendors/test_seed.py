"""A sandbox's seed is read whole, or all of its faults are named at once."""

from __future__ import annotations

from datetime import date

import pytest

from seatwise.core.model import IncompleteRead, Origin, Pending, Seat
from seatwise.vendors.sandbox.seed import seed

HEADING = "sku,bought,holder,login,origin,group,options,last_used,pending,ends,name"


def faults(*rows: str, heading: str = HEADING) -> list[str]:
    with pytest.raises(IncompleteRead) as raised:
        seed("s.csv", "\n".join((heading, *rows)).encode())
    return raised.value.what.splitlines()


def test_every_column_is_read() -> None:
    made = seed(
        "s.csv",
        f"{HEADING}\npro,5,,,,,,,,,\nfree,unlimited,,,,,,,,,\n"
        "pro,,u-1,ann@x,group,sg-pro,role=admin;plans=b|a;one=x|,2026-11-20,cancelled,2026-11-30,Ann\n"
        "free,,,bo@x,,,,,,,\n".encode(),
    )
    options = (("one", ("x",)), ("plans", ("a", "b")), ("role", "admin"))
    day, end = date(2026, 11, 20), date(2026, 11, 30)
    ann = Seat("u-1", "ann@x", Origin.GROUP, "sg-pro", options, day, Pending.CANCELLED, end)
    assert made.bought == {"pro": 5, "free": None}
    assert made.seats == (("pro", ann), ("free", Seat("", "bo@x")))


def test_all_faults_come_at_once_with_their_lines() -> None:
    assert faults(
        "pro,many,,,,,,,,,",
        "pro,5,,,,,,,,,",
        "pro,,u-1,ann,drect,,,,,,",
        "pro,,u-1,ANN,,,,,,,",
        "pro,,u-2,bo,,,role,31.12.2026,,,",
        "pro,,u-2,cy,,,,,maybe,,",
        "prro,,u-4,dee,,,,,,,",
        "pro,,,,,,,,,,",
        ",,u-5,eve,,,,,,,",
        "pro,,u-6,bo,,,,,,,",
    ) == [
        "s.csv:2: 'many' is no number of seats (fix: a whole number, or unlimited)",
        "s.csv:3: pool 'pro' is given twice (fix: keep one)",
        "s.csv:4: 'drect' is unknown (fix: direct)",
        "s.csv:5: ANN has pro in line 4 too (fix: keep one)",
        "s.csv:6: 'role' are no options (fix: as in role=admin;plans=a|b)",
        "s.csv:6: '31.12.2026' is no date (fix: as in 2026-11-24)",
        "s.csv:7: id u-2 is bo in line 6 (fix: one id for one login)",
        "s.csv:7: 'maybe' is unknown (fix: one of invited, cancelled)",
        "s.csv:9: a seat without a login (fix: fill it in, or delete the row)",
        "s.csv:10: a seat without a sku (fix: fill it in, or delete the row)",
        "s.csv:11: bo has pro in line 6 too (fix: keep one)",
        "s.csv:11: bo has id u-6, in line 6 u-2 (fix: keep one)",
        "s.csv:8: no row says how many seats of 'prro' were bought (fix: did you mean pro?)",
    ]


def test_a_heading_that_is_not_ours_is_said_before_any_row() -> None:
    assert faults("x,y,z", heading="SKU,logn,colour") == [
        "s.csv:1: unknown column 'SKU' (fix: sku)",
        "s.csv:1: unknown column 'logn' (fix: login)",
        f"s.csv:1: unknown column 'colour' (fix: one of {HEADING.replace(',', ', ')})",
        f"s.csv:1: has no column 'sku' (fix: the columns are {HEADING.replace(',', ', ')})",
        f"s.csv:1: has no column 'bought' (fix: the columns are {HEADING.replace(',', ', ')})",
    ]


def test_a_sku_that_is_like_no_other_is_told_how_to_be_bought() -> None:
    assert faults("pro,1,,,,,,,,,", "xyz,,,ann,,,,,,,") == [
        "s.csv:3: no row says how many seats of 'xyz' were bought (fix: add a row xyz,<seats bought>)"
    ]
