from datetime import date, time
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from seatwise.core import params
from seatwise.core.model import Duration, Price

LEAVES = {
    "count": params.count("how many", least=1, most=9),
    "any": params.count("how many"),
    "share": params.share("how much"),
    "duration": params.duration("how long"),
    "money": params.money("how dear"),
    "text": params.text("what"),
    "flag": params.flag("whether"),
    "choice": params.choice("which", ("revoke", "downgrade")),
    "day": params.day("which day"),
    "clock": params.clock("what time"),
}
ALL = params.record(
    "everything",
    ("count",),
    **LEAVES,
    list=params.listing("many", LEAVES["share"]),
    map=params.mapping("by license", LEAVES["count"], of="license"),
    inner=params.record("inside", share=LEAVES["share"], by=params.text("an owner", of="owner")),
)


@pytest.mark.parametrize(
    ("leaf", "value", "read"),
    [
        ("count", "9", 9),
        ("count", 1, 1),
        ("any", "0", 0),
        ("share", "10%", Decimal("0.1")),
        ("share", "2.5 %", Decimal("0.025")),
        ("share", "100%", Decimal(1)),
        ("duration", "24 hours", Duration(24, "hours")),
        ("duration", "1 day", Duration(1, "days")),
        ("money", "5000.00 EUR / month", Price(Decimal(5000), "EUR")),
        ("money", "12 USD / year", Price(Decimal(12), "USD", "year")),
        ("text", "ITSM-#", "ITSM-#"),
        ("flag", "true", True),
        ("flag", "False", False),
        ("flag", True, True),
        ("choice", "revoke", "revoke"),
        ("day", "2026-12-31", date(2026, 12, 31)),
        ("day", date(2026, 12, 31), date(2026, 12, 31)),
        ("clock", "04:00", time(4)),
        ("clock", "23:59", time(23, 59)),
    ],
)
def test_a_value_is_read_as_its_schema_says(leaf: str, value: Any, read: Any) -> None:
    assert list(params.broken(LEAVES[leaf], value)) == []
    assert params.typed(LEAVES[leaf], value) == read


@pytest.mark.parametrize(
    ("leaf", "value", "fix"),
    [
        ("count", "0", "a whole number from 1 to 9"),
        ("count", "10", "a whole number from 1 to 9"),
        ("count", "-3", "a whole number from 1 to 9"),
        ("count", True, "a whole number from 1 to 9"),
        ("any", "many", "a whole number of at least 0"),
        ("any", "9" * 5000, "a whole number of at least 0"),
        ("share", "10", "10%"),
        ("share", "101%", "at most 100%"),
        ("share", None, "10%"),
        ("share", "１０%", "10%"),
        ("duration", "24h", "24 hours"),
        ("money", "5000 EUR", "5000.00 EUR / month"),
        ("money", "5000 EUR / once", "5000.00 EUR / month"),
        ("text", "", "one line of text"),
        ("text", "a\nb", "one line of text"),
        ("text", ["a"], "one line of text"),
        ("flag", "yes", "true or false"),
        ("choice", "revok", "revoke"),
        ("choice", "zzz", "one of: revoke, downgrade"),
        ("choice", ["revoke"], "revoke"),
        ("day", "2026-02-30", "2026-12-31"),
        ("day", "tomorrow", "2026-12-31"),
        ("clock", "24:00", "04:00"),
        ("clock", "4", "04:00"),
    ],
)
def test_a_value_that_is_none_says_what_would_do(leaf: str, value: Any, fix: str) -> None:
    (broken,) = params.broken(LEAVES[leaf], value)
    assert broken.fix == fix
    assert broken.what == f"{str(value)[:60]!r} is no {LEAVES[leaf]['format']}"


def test_everything_broken_is_said_at_once_and_where() -> None:
    value = {
        "share": "x",
        "list": ["10%", "y"],
        "map": {"figma": "0"},
        "inner": {"shore": "10%", "by": ""},
        "flag": "true",
        "any": [],
    }
    assert [(one.at, one.what) for one in params.broken(ALL, value)] == [
        ("share", "'x' is no share"),
        ("list[1]", "'y' is no share"),
        ("map.figma", "'0' is no count"),
        ("inner.shore", "unknown key"),
        ("inner.by", "'' is no text"),
        ("any", "'[]' is no count"),
        ("count", "is missing"),
    ]


@pytest.mark.parametrize(
    ("schema", "value", "fix"),
    [
        (ALL, "x", "keys and values: everything"),
        (ALL["properties"]["list"], "10%", "[10%]"),
        (ALL["properties"]["list"], 7, "[7]"),
        (params.record("none"), {"a": "b"}, "one of: "),
        (params.listing("some", LEAVES["choice"], least=1), [], "which"),
    ],
)
def test_a_value_of_another_shape_is_said(schema: params.Schema, value: Any, fix: str) -> None:
    (broken,) = params.broken(schema, value)
    assert broken.fix == fix


def test_what_a_record_leaves_out_comes_from_the_default_and_a_map_is_replaced() -> None:
    default = {"count": 1, "map": {"slack": 2}, "inner": {"share": Decimal("0.5"), "by": "it"}}
    value = {"map": {"figma": "3"}, "inner": {"share": "10%"}, "list": ["1%"]}
    assert params.typed(ALL, value, default) == {
        "count": 1,
        "map": {"figma": 3},
        "inner": {"share": Decimal("0.1"), "by": "it"},
        "list": (Decimal("0.01"),),
    }


def test_the_licenses_and_owners_that_a_value_names_are_found() -> None:
    value = {"map": {"figma": "1"}, "inner": {"by": "design"}, "text": "no id", "list": ["1%"]}
    assert list(params.named(ALL, value)) == [("map", "license", "figma"), ("inner.by", "owner", "design")]


@pytest.mark.parametrize(
    ("leaf", "value", "text"),
    [
        ("share", Decimal("0.025"), "2.5%"),
        ("share", Decimal("0.10"), "10%"),
        ("duration", Duration(1, "hours"), "1 hour"),
        ("money", Price(Decimal(5000), "EUR"), "5000.00 EUR / month"),
        ("flag", False, "false"),
        ("count", 7, "7"),
        ("text", "", '""'),
        ("list", (Decimal("0.1"),), "[10%]"),
        ("map", {"figma": 2}, "{figma: 2}"),
        ("inner", {"by": "it"}, "{by: it}"),
    ],
)
def test_a_typed_value_is_written_as_a_file_has_it(leaf: str, value: Any, text: str) -> None:
    assert params.written(ALL["properties"][leaf], value) == text


@pytest.mark.parametrize("leaf", [name for name in LEAVES if name != "flag"])
@pytest.mark.parametrize("value", ["10%", "101", "24 hours", "5 EUR / month", "x", "", "revoke", 7, 70, -1])
def test_editors_that_read_the_schema_accept_nothing_that_is_refused_here(leaf: str, value: Any) -> None:
    if jsonschema_rs.is_valid(LEAVES[leaf], value):
        assert list(params.broken(LEAVES[leaf], value)) == []
