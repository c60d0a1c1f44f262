"""What a people file in git says of each person, as rows that don't depend on how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from seatwise.core import canon, people_file, rows
from seatwise.core.feeds import RawPeople
from seatwise.core.model import PeopleSource, Place, Row, RowChange, Tree
from seatwise.core.model.people import Feed

SOURCE = PeopleSource("hr", "csv", {}, Place("seatwise.yaml"), codes={"status": {"A": "active", "T": "left"}})
FEED = Feed("hr", 1, datetime(2026, 11, 24, tzinfo=UTC), "sha256:0")


def said(*people: Mapping[str, str]) -> dict[tuple[str, ...], Row]:
    raw = RawPeople(people, tuple(range(2, len(people) + 2)), FEED, "hr.csv")
    return {row.key: row for row in people_file.rows(SOURCE, raw, "mail")}


def ann(**fields: str) -> dict[str, str]:
    return {"mail": "Ann@x.example", "status": "A", "start": "2020-01-01", **fields}


def test_a_person_is_a_row_by_source_and_key_in_our_words() -> None:
    (row,) = said(ann(department="Sales")).values()
    assert (row.kind, row.key, str(row.place)) == ("person", ("hr", "ann@x.example"), "hr.csv:2")
    wanted = {"mail": "Ann@x.example", "status": "active", "worker": "employee", "start": "2020-01-01"}
    assert row.value == {**wanted, "department": "Sales"}


def test_the_order_of_rows_and_how_a_day_is_written_are_not_in_it() -> None:
    bob = ann(mail="bob@x.example")
    assert said(ann(), bob) == said(bob, ann(start="01.01.2020"))


def test_a_row_without_a_name_is_nobodys_and_one_without_the_key_goes_by_another_name() -> None:
    assert list(said(ann(mail=""), ann(mail="", upn="Ann@y.example"))) == [("hr", "ann@y.example")]


def test_rows_of_one_key_that_differ_and_rows_that_can_not_be_read_are_said_as_they_are() -> None:
    key = ("hr", "ann@x.example")
    assert said(ann(), ann()) == said(ann())
    assert [one["status"] for one in said(ann(), ann(status="T"))[key].value["rows"]] == ["active", "left"]
    assert said(ann(status="?"))[key].value == {"unread": ann(status="?")}
    assert (said(ann(status="?"))[key].unread, said(ann())[key].unread) == ("status has the code '?'", "")


def test_the_ask_digest_covers_what_is_said_of_each_person_who_changed_and_nothing_moves_by_it() -> None:
    was, now = said(ann(), ann(mail="bob@x.example")), said(ann(status="T"), ann(mail="bob@x.example"))
    changes = rows.changed(Tree(), Tree(), was.values(), now.values())
    assert [change.row.key[1] for change in changes] == ["ann@x.example"]
    other = rows.changed(Tree(), Tree(), was.values(), said(ann(country="de"), ann(mail="bob@x.example")).values())
    assert canon.ask_digest(changes) != canon.ask_digest(other)
    assert [rows.bound(change, Tree(), Tree(), FEED.as_of.date()) for change in changes] == [0]


def test_changesets_in_a_row_change_together_what_is_not_taken_back() -> None:
    old, new, last = (next(iter(said(ann(department=name)).values())) for name in ("a", "b", "c"))
    assert rows.joined([RowChange(old, new), RowChange(new, last)]) == (RowChange(old, last),)
    assert rows.joined([RowChange(old, new), RowChange(new, old)]) == ()
