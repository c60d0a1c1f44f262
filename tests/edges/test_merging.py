"""Three versions of a file merged by what they say; what is left to decide has git's marks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edges.test_tidy import FILES

from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Terms
from seatwise.core.parse.values import folded
from seatwise.edges.edit import changed, tidy
from seatwise.edges.merge3 import Merged, marked
from seatwise.edges.merging import merged
from seatwise.edges.yamlfile import read

BASE = """\
# Ours since May.
license: figma
owner: design
mode: manage   # since June
entitlements:
  first: {type: initial, quantity: 40}
assignments:
  # Lent to the brand team.
  team:
    ticket: ITSM-1
    people:
      - ann@x    # first
      # Zoe is lent
      - zoe@x: {through: 2027-01-31}
  short:
    people: [bo@x, kim@x]
  nobody:
    people: []
never:
  - mallory@x: {reason: no}
# the end
"""
NAMES = st.sampled_from([f"{letter}{digit}@x" for letter in "abcdefghij" for digit in range(3)])
NOT_ASKED = "what is told apart by name is not merged as text"


def three(ours: str, theirs: str, base: str = BASE) -> tuple[str, bool]:
    done = merged(ours.encode(), base.encode(), theirs.encode(), marked)
    return done.data.decode(), done.clean


def clean(ours: str, theirs: str, base: str = BASE) -> str:
    text, is_clean = three(ours, theirs, base)
    assert is_clean, text
    return text


def by_git(ours: str, theirs: str, base: str = BASE) -> Merged:
    return marked(ours.encode(), base.encode(), theirs.encode())


def adds(name: str, assignment: str = "team", base: str = BASE, **terms: Any) -> str:
    return changed(base, [ListEdit(assignment, add={name: Terms(**terms)})])


def drops(name: str, assignment: str = "team", base: str = BASE) -> str:
    return changed(base, [ListEdit(assignment, remove=frozenset({name}))])


def said(text: str) -> Any:
    document, findings = read(text.encode(), "x")
    assert findings == ()
    return document


def people(text: str, assignment: str = "team") -> list[str]:
    rows = said(text)["assignments"][assignment]["people"]
    return [row if isinstance(row, str) else next(iter(row)) for row in rows]


def test_two_who_are_added_at_one_place_are_both_there_in_order() -> None:
    assert not by_git(adds("carl@x"), adds("bo@x")).clean
    assert people(clean(adds("carl@x"), adds("bo@x"))) == ["ann@x", "bo@x", "carl@x", "zoe@x"]


def test_comments_and_all_else_stay_as_they_were() -> None:
    text = clean(adds("carl@x"), adds("bo@x"))
    assert text.replace("      - bo@x\n      - carl@x\n", "") == BASE


def test_somebody_added_twice_is_there_once() -> None:
    assert clean(adds("bo@x"), adds("bo@x")) == adds("bo@x")
    other = changed(BASE, [ListEdit("team", add={"bo@x": Terms(), "carl@x": Terms()})])
    assert people(clean(adds("bo@x"), other)) == ["ann@x", "bo@x", "carl@x", "zoe@x"]


def test_somebody_added_twice_keeps_the_comment_of_either() -> None:
    remarked = adds("bo@x").replace("      - bo@x\n", "      # for May\n      - bo@x\n")
    assert clean(adds("bo@x"), remarked) == remarked == clean(remarked, adds("bo@x"))


def test_somebody_added_twice_with_other_last_days_is_a_conflict() -> None:
    text, is_clean = three(adds("bo@x", note="a"), adds("bo@x", note="b"))
    assert not is_clean
    assert "<<<<<<< ours\n      - bo@x: {note: a}\n=======\n      - bo@x: {note: b}\n>>>>>>> theirs\n" in text


def test_one_row_removed_and_another_added_beside_it() -> None:
    assert people(clean(drops("ann@x"), adds("bo@x"))) == ["bo@x", "zoe@x"]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_row_that_one_removes_and_the_other_changes_is_a_conflict_and_all_else_is_merged(swapped: bool) -> None:
    removes = adds("bo@x", base=drops("zoe@x"))
    changes = adds("carl@x", base=BASE.replace("2027-01-31", "2028-01-31"))
    text, is_clean = three(changes, removes) if swapped else three(removes, changes)
    assert not is_clean
    assert text.count("<<<<<<<") == text.count(">>>>>>>") == 1
    before = text.partition("<<<<<<<")[0]
    assert "- bo@x" in before
    assert "- carl@x" in before
    assert "zoe@x" not in before


def test_a_change_of_a_comment_stands_in_no_removals_way() -> None:
    remarked = BASE.replace("# first", "# the first of all")
    assert people(clean(drops("ann@x"), remarked)) == ["zoe@x"]
    assert people(clean(remarked, drops("ann@x"))) == ["zoe@x"]


def test_a_row_that_both_remove_is_gone_and_a_list_may_become_empty() -> None:
    assert people(clean(drops("ann@x"), drops("ann@x"))) == ["zoe@x"]
    text = clean(drops("ann@x"), drops("zoe@x"))
    assert people(text) == []
    assert "    people: []\n" in text
    assert people(clean(drops("zoe@x", base=drops("ann@x")), drops("ann@x"))) == []


def test_lists_on_one_line_are_merged_too() -> None:
    text = clean(adds("ann@x", "short"), adds("zoe@x", "short"))
    assert "    people: [ann@x, bo@x, kim@x, zoe@x]\n" in text
    assert people(clean(drops("bo@x", "short"), drops("kim@x", "short")), "short") == []


def test_a_list_that_was_empty_gets_both() -> None:
    assert people(clean(adds("ann@x", "nobody"), adds("zoe@x", "nobody")), "nobody") == ["ann@x", "zoe@x"]


def test_a_list_that_one_side_put_on_lines_gets_the_others_row() -> None:
    longer = BASE
    for number in range(8):
        longer = adds(f"p{number}@x", "short", base=longer)
    assert "short:\n    people:\n" in longer
    text = clean(longer, adds("zoe@x", "short"))
    assert people(text, "short") == ["bo@x", "kim@x", *(f"p{number}@x" for number in range(8)), "zoe@x"]
    assert text == clean(adds("zoe@x", "short"), longer)


def test_an_assignment_for_each_ticket_is_no_conflict() -> None:
    mine, other = (
        changed(BASE, [ListEdit(name, add={who: Terms()}, about={"ticket": name})])
        for name, who in (("ITSM-2", "bo@x"), ("ITSM-3", "carl@x"))
    )
    assert not by_git(mine, other).clean
    text = clean(mine, other)
    assert list(said(text)["assignments"]) == ["team", "short", "nobody", "ITSM-3", "ITSM-2"]


def test_one_new_assignment_with_other_people_has_them_all() -> None:
    assert people(clean(adds("bo@x", "named"), adds("carl@x", "named")), "named") == ["bo@x", "carl@x"]


def test_lots_and_keys_that_stand_side_by_side_are_merged() -> None:
    mine = BASE.replace("owner: design", "owner: brand").replace(
        "assignments:", "  second: {quantity: 3}\nassignments:"
    )
    other = BASE.replace("mode: manage", "mode: enforce").replace(
        "assignments:", "  third: {quantity: 4}\nassignments:"
    )
    document = said(clean(mine, other))
    assert (document["owner"], document["mode"], sorted(document["entitlements"])) == (
        "brand", "enforce", ["first", "second", "third"]
    )  # fmt: skip


def test_one_key_changed_in_two_ways_is_a_conflict_of_that_key() -> None:
    text, is_clean = three(
        adds("bo@x", base=BASE.replace("design", "brand")), adds("carl@x", base=BASE.replace("design", "it"))
    )
    assert not is_clean
    assert "<<<<<<< ours\nowner: brand\n=======\nowner: it\n>>>>>>> theirs\n" in text
    assert text.index("- bo@x") < text.index("- carl@x")


def test_an_owner_gets_both_approvers_and_a_bundle_both_licenses() -> None:
    base = "owner: it\napprovers:\n  - ann@x: {up_to: 5 seats}\n  - bo@x\n"
    document = said(clean(base + "  - carl@x\n", base + "  - dan@x\n", base))
    assert document["approvers"] == [{"ann@x": {"up_to": "5 seats"}}, "bo@x", "dan@x", "carl@x"]
    base = "bundle: b\nowner: it\nwho:\n  all: {where: {department: [X]}, max: 3}\ngives: [a, b]\n"
    document = said(clean(base.replace("[a, b]", "[a, b, c]"), base.replace("[a, b]", "[d, a, b]"), base))
    assert document["gives"] == ["d", "a", "b", "c"]


def test_a_text_of_several_lines_is_merged_as_text() -> None:
    base = "policy: x\nwhy: |\n  one\n  two\n  three\n  four\n  five\nlevel: warn\n"
    text = clean(base.replace("one", "eins"), base.replace("five", "fünf"), base)
    assert said(text)["why"] == "eins\ntwo\nthree\nfour\nfünf\n"


def test_rows_without_names_are_merged_as_text() -> None:
    base = "policy: x\nclasses:\n  - {up_to: 5, approvals: 1}\n  - {up_to: 50, approvals: 2}\n  - {up_to: 9, approvals: 3}\n"
    mine, other = base.replace("5, approvals: 1", "4, approvals: 1"), base.replace("approvals: 3", "approvals: 4")
    assert clean(mine, other, base) == by_git(mine, other, base).data.decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("license: figma", "license: [figma"),
        lambda text: text.replace("owner: design", "owner: &a design"),
        lambda text: text + "license: twice\n",
        lambda text: text.replace("- ann@x ", "- ann@x\u2028 "),
        lambda text: text.replace("\n", "\r\n", 3),
        lambda text: "",
        lambda text: f"{{{text!r}: x}}\n",
    ],
)
def test_what_is_not_understood_is_as_git_merges_it(spoil: Any) -> None:
    for mine, other in ((spoil(adds("bo@x")), adds("carl@x")), (adds("bo@x"), spoil(adds("carl@x")))):
        done = by_git(mine, other)
        assert three(mine, other) == (done.data.decode(), done.clean)


def test_a_result_that_is_no_file_of_ours_is_left_to_git() -> None:
    mine = adds("bo@x").replace("      - ", "        - ").replace("      # Z", "        # Z")
    done = by_git(mine, adds("carl@x"))
    assert three(mine, adds("carl@x")) == (done.data.decode(), done.clean)


def test_lines_may_end_as_on_windows() -> None:
    mine, other, base = (text.replace("\n", "\r\n") for text in (adds("bo@x"), adds("carl@x"), BASE))
    assert clean(mine, other, base) == clean(adds("bo@x"), adds("carl@x")).replace("\n", "\r\n")


def test_bytes_that_are_no_text_stay_ours_and_are_a_conflict() -> None:
    done = merged(b"\0a", b"\0", b"\0b", marked)
    assert (done.data, done.clean) == (b"\0a", False)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_every_file_is_the_sum_of_its_parts(path: Any) -> None:
    """A change of one side alone is that side, to the byte; our files all end with a line end."""
    data = path.read_bytes()
    document, findings = read(data, "x")
    if document is None or findings or not data.endswith(b"\n"):
        return
    other = data + b"# more\n"
    assert merged(other, data, data, marked) == merged(data, data, other, marked) == Merged(other, clean=True)


def _rows(names: Any, **terms: str) -> str:
    rows = "".join(f"\n      - {name}" for name in sorted(names, key=folded)) if names else " []"
    return f"license: x\nassignments:\n  a:\n    people:{rows}\n  b: {{people: [q@x]}}\n"


@settings(max_examples=300, deadline=None)
@given(st.frozensets(NAMES), st.lists(st.tuples(st.frozensets(NAMES), st.frozensets(NAMES)), min_size=2, max_size=5))
def test_any_edits_of_one_list_come_together(
    base: frozenset[str], edits: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    """Each branch adds and removes people; merged one after the other, all of it has happened, and the file is tidy."""
    text = start = _rows(base)
    wanted = set(base)
    for come, gone in edits:
        come, gone = come - base, gone & base
        text = clean(text, _rows((base - gone) | come), start)
        wanted = (wanted - gone) | come
    assert people(text, "a") == sorted(wanted)
    assert tidy(text) == text


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True), st.lists(NAMES, unique=True), st.booleans())
def test_whatever_the_order_everybody_is_there_once_with_their_comments(
    base: list[str], mine: list[str], other: list[str], flow: bool
) -> None:
    def text(names: list[str]) -> str:
        if flow or not names:
            return f"license: x\nassignments:\n  a:\n    people: [{', '.join(names)}]\n"
        rows = "".join(f"      # {name} is here\n      - {name}\n" for name in names)
        return f"license: x\nassignments:\n  a:\n    people:\n{rows}"

    done = clean(text(mine), text(other), text(base))
    here = people(done, "a")
    gone = (set(base) - set(mine)) | (set(base) - set(other))
    assert sorted(here) == sorted((set(base) | set(mine) | set(other)) - gone)
    assert flow or all(f"# {name} is here\n      - {name}\n" in done for name in here)
