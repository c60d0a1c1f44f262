from __future__ import annotations

from datetime import date

import pytest

from seatwise.core.model import Stop, Terms
from seatwise.edges.edit import add_person, remove_person, row

TEXT = """\
license: figma
assignments:          # who
  team:
    ticket: ITSM-1
    people:
      - ann@x    # first
      # Carl is lent
      - carl@x: {through: 2027-01-31}
  short: {people: [ann, zoe: {note: x}]}
  nobody:
    people: []
  rule: {where: {department: [Design]}}
sku: full
"""


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went, and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_a_person_comes_in_order_and_nothing_else_changes() -> None:
    assert changed(TEXT, add_person(TEXT, "team", "bo@x")) == ([], ["      - bo@x"])
    after = add_person(TEXT, "team", "bo@x").splitlines()
    assert after[5:8] == ["      - ann@x    # first", "      - bo@x", "      # Carl is lent"]
    assert add_person(TEXT, "team", "zoe@x").splitlines()[8] == "      - zoe@x"
    assert add_person(TEXT, "team", "aaron@x").splitlines()[5] == "      - aaron@x"


def test_what_is_added_is_what_is_taken_out_again() -> None:
    for assignment in ("team", "short"):
        assert remove_person(add_person(TEXT, assignment, "bo"), assignment, "BO") == TEXT


def test_a_person_who_is_there_gets_new_terms() -> None:
    after = add_person(TEXT, "team", "Ann@x", Terms(date(2027, 6, 30), note="stays: longer"))
    gone = ["      - ann@x    # first"]
    assert changed(TEXT, after) == (gone, ['      - Ann@x: {through: 2027-06-30, note: "stays: longer"}'])


def test_a_list_on_one_line_stays_on_it() -> None:
    assert changed(TEXT, add_person(TEXT, "short", "bo"))[1] == ["  short: {people: [ann, bo, zoe: {note: x}]}"]
    assert changed(TEXT, remove_person(TEXT, "short", "ann"))[1] == ["  short: {people: [zoe: {note: x}]}"]


def test_the_first_person_of_a_list_and_the_last() -> None:
    first = add_person(TEXT, "nobody", "bo")
    assert "  nobody:\n    people:\n      - bo\n" in first
    assert remove_person(first, "nobody", "bo") == TEXT


def test_a_person_takes_the_comments_above_along() -> None:
    gone = ["      # Carl is lent", "      - carl@x: {through: 2027-01-31}"]
    assert changed(TEXT, remove_person(TEXT, "team", "carl@x")) == (gone, [])


def test_nothing_changes_where_the_person_is_not() -> None:
    assert remove_person(TEXT, "team", "dan@x") == TEXT
    assert remove_person(TEXT, "other", "ann@x") == TEXT
    assert remove_person(TEXT, "rule", "ann@x") == TEXT


def test_an_assignment_is_made_where_there_is_none() -> None:
    after = add_person(TEXT, "guests", "4711")
    assert '  guests:\n    people:\n      - "4711"\nsku: full\n' in after
    for named in ("assignments: []\n", "assignments:\n", "assignments: {}\n"):
        expected = "license: x\nassignments:\n  guests:\n    people:\n      - bo\nsku: a\n"
        assert add_person(f"license: x\n{named}sku: a\n", "guests", "bo") == expected
    assert add_person("license: x", "guests", "bo") == "license: x\nassignments:\n  guests:\n    people:\n      - bo\n"


def test_a_list_at_the_end_of_a_file_without_a_newline() -> None:
    text = "license: x\nassignments:\n  a:\n    people:\n      - ann"
    assert add_person(text, "a", "bo") == f"{text}\n      - bo\n"
    assert remove_person(text, "a", "ann") == "license: x\nassignments:\n  a:\n    people: []\n"


def test_people_of_a_bundle_stand_under_who() -> None:
    text = "bundle: designer\nwho:\n  lent:\n    people:\n      - ann\ngives: [x]\n"
    assert add_person(text, "lent", "bo") == text.replace("- ann\n", "- ann\n      - bo\n")


@pytest.mark.parametrize(
    ("text", "assignment"),
    [
        (TEXT, "rule"),
        ("license: x\nassignments: {a: {people: [ann]}}\n", "b"),
        ("license: x\nassignments: many\n", "b"),
        ("license: x\nassignments:\n  a:\n    people:\n      -\n        ann\n", "a"),
        ("license: x\nassignments:\n  a:\n    people: ann\n", "a"),
    ],
)
def test_what_leaves_no_room_for_a_person_is_said(text: str, assignment: str) -> None:
    with pytest.raises(Stop) as stop:
        add_person(text, assignment, "bo")
    assert stop.value.fix


def test_an_edit_that_would_say_something_else_is_refused() -> None:
    head = "license: x\nassignments:\n  a:\n    people:\n"
    text_until_the_next_person = head + "      - zoe:\n          note: |+\n            t\n\n      # c\n      - ann\n\n"
    with pytest.raises(Stop):
        remove_person(text_until_the_next_person, "a", "ann")


def test_a_list_that_is_not_one_a_line_is_not_taken_apart() -> None:
    with pytest.raises(Stop):
        remove_person("license: x\nassignments:\n  a:\n    people:\n      -\n        ann\n      - bo\n", "a", "bo")


def test_a_row_may_run_over_several_lines() -> None:
    odd = "license: x\nassignments:\n  a:\n    people:\n      - ann\n      - bo: {note: x,\n  through: 2027-01-01}\nsku: a\n"
    assert remove_person(odd, "a", "ann") == odd.replace("      - ann\n", "")


def test_a_row_quotes_what_others_would_misread() -> None:
    terms = Terms(date(2027, 1, 1), (("admin", True), ("plans", ("A", "NO")), ("seats", 5)), "a note")
    assert (
        row("ann@x", terms)
        == 'ann@x: {through: 2027-01-01, options: {admin: true, plans: [A, "NO"], seats: 5}, note: a note}'
    )
    assert row("004711", Terms()) == '"004711"'


def test_a_name_that_is_written_as_a_key_alone_is_a_row_like_any_other() -> None:
    text = "license: x\nassignments:\n  a:\n    people:\n      - ? ann\nsku: a\n"
    assert add_person(text, "a", "bo") == text.replace("? ann\n", "? ann\n      - bo\n")
