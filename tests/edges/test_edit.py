from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Stop, Terms
from seatwise.edges.edit import add_person, remove_person, row, with_mode
from seatwise.edges.edit import changed as changed_lists
from seatwise.edges.yamlfile import read

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


# many rows at once


def test_rows_come_go_and_end_in_several_lists_at_once() -> None:
    after = changed_lists(
        TEXT,
        [
            ListEdit("team", add={"bo@x": Terms(), "aaron@x": Terms(note="new")}, through={"carl@x": date(2028, 1, 1)}),
            ListEdit("short", remove=frozenset({"ann"}), through={"zoe": date(2027, 5, 5)}),
            ListEdit("nobody", add={"fay": Terms(), "eve": Terms()}),
            ListEdit("t-1", add={"gil": Terms()}, about={"ticket": "T-1", "reason": "asked: twice"}),
            ListEdit("", add={"kim": Terms(date(2027, 1, 1), note="legal hold")}),
        ],
    )
    assert after == (
        """\
license: figma
assignments:          # who
  team:
    ticket: ITSM-1
    people:
      - aaron@x: {note: new}
      - ann@x    # first
      - bo@x
      # Carl is lent
      - carl@x: {through: 2028-01-01}
  short: {people: [zoe: {through: 2027-05-05, note: x}]}
  nobody:
    people:
      - eve
      - fay
  rule: {where: {department: [Design]}}
  t-1:
    ticket: T-1
    reason: "asked: twice"
    people:
      - gil
sku: full
never:
  - kim: {through: 2027-01-01, reason: legal hold}
"""
    )


def test_a_row_that_ends_on_another_day_keeps_its_comment_and_whatever_else_it_says() -> None:
    text = (
        "license: x\nassignments:\n  a:\n    people:\n      - ann  # lent\n      - bo: {note: y}  # too\n"
        '      - "4711"\n      - zoe:\n          note: long\n          options: {p: [A]}\n'
    )
    day = date(2027, 5, 5)
    after = changed_lists(text, [ListEdit("a", through=dict.fromkeys(("ann", "Bo", "4711", "zoe"), day))])
    assert changed(text, after) == (
        ["      - ann  # lent", "      - bo: {note: y}  # too", '      - "4711"'],
        [
            "      - ann: {through: 2027-05-05}  # lent",
            "      - bo: {through: 2027-05-05, note: y}  # too",
            '      - "4711": {through: 2027-05-05}',
            "          through: 2027-05-05",
        ],
    )


def test_devices_and_never_are_lists_like_any_other() -> None:
    text = "license: x\nassignments:\n  rooms:\n    devices:\n      - B 1  # hall\n      - B 3\nnever:\n"
    text += "  # NDA\n  - ann\n  - bo\n"
    edits = [
        ListEdit("rooms", devices=True, add={"B 2": Terms()}, remove=frozenset({"b 3"})),
        ListEdit("", add={"carl": Terms()}, remove=frozenset({"bo"})),
    ]
    assert changed(text, changed_lists(text, edits)) == (["      - B 3", "  - bo"], ["      - B 2", "  - carl"])
    assert changed_lists("license: x\nassignments: []\n", [ListEdit("all", devices=True, add={"B": Terms()})]).endswith(
        "assignments:\n  all:\n    devices:\n      - B\n"
    )


def test_lines_that_end_as_on_windows_still_do() -> None:
    text = "license: x\r\nassignments:\r\n  a:\r\n    people:\r\n      - ann  # c\r\n"
    assert add_person(text, "a", "bo") == text + "      - bo\r\n"


def test_a_list_on_one_line_gets_lines_of_its_own_when_it_is_long() -> None:
    text = "license: x\nassignments:\n  a:\n    people: [ann, zoe]\n"
    names = [f"p{number}" for number in range(8)]
    after = changed_lists(text, [ListEdit("a", add=dict.fromkeys(names, Terms()))])
    lines = "".join(f"\n      - {name}" for name in ["ann", *names, "zoe"])
    assert after == f"license: x\nassignments:\n  a:\n    people:{lines}\n"


@pytest.mark.parametrize(
    "text",
    [
        "license: x\nassignments:\n  a:\n    people: [ann, # first\n      zoe]\n",
        "license: x\n# a\u2028b\nassignments:\n  a:\n    people:\n      - ann\n",
        "license: x\nassignments:\n  a:\n    people:\n      - ann:\n",
    ],
    ids=["a comment in a list on one line", "a line end that only YAML knows", "a row with nothing behind its name"],
)
def test_what_would_lose_a_comment_or_a_row_is_refused(text: str) -> None:
    with pytest.raises(Stop) as stop:
        changed_lists(text, [ListEdit("a", add={"bo": Terms()}, through={"ann": date(2027, 1, 1)})])
    assert stop.value.fix


NAMES = st.sampled_from([f"p{number}" for number in range(12)])


@given(st.lists(NAMES, unique=True), st.sets(NAMES), st.sets(NAMES), st.booleans())
def test_many_rows_at_once_say_what_they_say_one_by_one(
    there: list[str], come: set[str], gone: set[str], flow: bool
) -> None:
    rows = f" [{', '.join(there)}]\n" if flow else "".join(f"\n      - {name}  # {name}" for name in there) + "\n"
    text = f"license: x\nassignments:\n  a:\n    people:{rows if there else ' []' + chr(10)}  b: {{people: [q]}}\n"
    once = changed_lists(text, [ListEdit("a", add=dict.fromkeys(come - gone, Terms()), remove=frozenset(gone))])
    one_by_one = text
    for name in gone:
        one_by_one = remove_person(one_by_one, "a", name)
    for name in come - gone:
        one_by_one = add_person(one_by_one, "a", name)
    assert read(once.encode(), "") == read(one_by_one.encode(), "") or sorted(people(once)) == sorted(
        people(one_by_one)
    )
    kept = [name for name in there if name not in come | gone]
    assert flow or all(f"- {name}  # {name}" in once for name in kept)


def people(text: str) -> list[str]:
    document, findings = read(text.encode(), "")
    assert document is not None
    assert findings == ()
    return list(document["assignments"]["a"]["people"])


def test_ten_thousand_rows_are_no_trouble() -> None:
    names = [f"p{number:05}" for number in range(10_000)]
    text = "license: x\nassignments:\n  a:\n    people:\n" + "".join(f"      - {name}\n" for name in names[::2])
    edits = [ListEdit("a", add=dict.fromkeys(names[1::2], Terms()), remove=frozenset(names[::10]))]
    began = time.perf_counter()
    assert people(changed_lists(text, edits)) == [name for number, name in enumerate(names) if number % 10]
    assert time.perf_counter() - began < 20


def test_a_row_gets_other_options_and_keeps_all_else() -> None:
    head = "license: x\nassignments:\n  a:\n"
    text = f"{head}    people:\n      - ann  # lent\n      - bo: {{options: {{role: old}}, note: y}}  # too\n"
    wanted = {"ann": (("role", "new"),), "Bo": (("admin", True), ("plans", ("A", "NO")), ("seats", 5))}
    after = changed_lists(text, [ListEdit("a", options=wanted)]).splitlines()
    assert after[4:] == [
        "      - ann: {options: {role: new}}  # lent",
        '      - bo: {options: {admin: true, plans: [A, "NO"], seats: 5}, note: y}  # too',
    ]
    block = "license: x\nassignments:\n  a:\n    people:\n      - ann:\n          options:\n            role: old\n"
    with pytest.raises(Stop, match="stands on lines of its own"):
        changed_lists(block, [ListEdit("a", options={"ann": (("role", "new"),)})])


def test_lists_of_the_license_itself_are_made_and_added_to() -> None:
    rows = [
        ListEdit("", add={"bo": Terms(note="no")}, own="reassert", at="2026-11-24T09:30:00Z"),
        ListEdit("", add={"cy": Terms(note="never")}),
    ]
    after = changed_lists("license: x\nassignments: []\n", rows)
    assert after.splitlines()[2:] == [
        "reassert:",
        '  - bo: {at: "2026-11-24T09:30:00Z", reason: "no"}',
        "never:",
        "  - cy: {reason: never}",
    ]


def test_a_license_is_put_into_another_mode() -> None:
    assert with_mode("license: x\nmode: observe  # so far\nsku: a\n", "manage") == (
        "license: x\nmode: manage  # so far\nsku: a\nassignments: []\n"
    )
    assert with_mode("license: x\nassignments: []\nmode: observe", "manage").endswith("mode: manage")
    with pytest.raises(Stop, match="names no mode"):
        with_mode("license: x\n", "manage")


@pytest.mark.parametrize("between", ["", "      # Ann is lent\n", "      # all of them\n\n      # Ann is lent\n"])
@pytest.mark.parametrize("behind", ["", "   # who"])
def test_a_list_whose_last_row_goes_is_empty_and_not_nothing(between: str, behind: str) -> None:
    text = f"license: x\nassignments:\n  a:\n    people:{behind}\n{between}      - ann@x\n  b: {{people: [q]}}\n"
    emptied = remove_person(text, "a", "ann@x")
    assert people(emptied) == []
    assert f"    people: []{behind}\n" in emptied
