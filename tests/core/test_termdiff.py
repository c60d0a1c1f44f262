"""What changed in the terms of one license or contract is said field by field."""

from __future__ import annotations

from seatwise.core import termdiff
from seatwise.core.model import Place, Row, RowChange


def row(kind: str, **value: object) -> Row:
    return Row(kind, ("a", "SKU"), value, license="figma")


def test_a_field_that_changed_is_named_with_both_values() -> None:
    change = RowChange(row("terms", rank=30, one_of=""), row("terms", rank=50, one_of="suite"))
    assert list(termdiff.said([change])) == ["figma: terms one_of nothing > suite, rank 30 > 50"]


def test_an_item_of_a_list_that_is_added_is_named() -> None:
    change = RowChange(row("terms", requires=[]), row("terms", requires=["base"]))
    assert list(termdiff.said([change])) == ["figma: terms requires.0 nothing > base"]


def test_a_row_that_is_new_or_gone_is_said_so() -> None:
    lot = Row("rights", ("lot", "figma", "first"), {"quantity": 5}, license="figma")
    assert list(termdiff.said([RowChange(None, lot), RowChange(lot, None)])) == [
        "figma: rights first is new",
        "figma: rights first is gone",
    ]


def test_what_is_of_no_license_goes_by_its_key() -> None:
    before, after = (Row("govern", ("owner", "it"), {"deputy": d}) for d in ("a", "b"))
    assert list(termdiff.said([RowChange(before, after)])) == ["owner it: govern deputy a > b"]


def test_people_are_not_terms() -> None:
    assert list(termdiff.said([RowChange(None, row("user"))])) == []


def test_a_person_who_cannot_be_read_is_a_sentence_with_the_line() -> None:
    key, at = ("hr", "lee"), Place("people.csv", 4)
    good = Row("person", key, {"status": "active"}, place=at)
    bad = Row("person", key, {"unread": {"last_day": "0000-00-00"}}, place=at, unread="'0000-00-00' is no date")
    assert list(termdiff.people([RowChange(good, bad), RowChange(None, bad), RowChange(bad, good)])) == [
        "lee can't be read in hr (people.csv:4): '0000-00-00' is no date: unknown, no leaver",
        "lee can't be read in hr (people.csv:4): '0000-00-00' is no date: unknown, no leaver",
        "lee can be read in hr again",
    ]


def test_a_person_who_is_new_gone_or_another_is_said_so() -> None:
    one, two = (Row("person", ("hr", "lee"), {"status": said}) for said in ("active", "leave"))
    assert list(termdiff.people([RowChange(None, one), RowChange(one, None), RowChange(one, two)])) == [
        "lee is new in hr",
        "lee is gone from hr: unknown, no leaver",
        "lee status active > leave",
    ]
