from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.broken.cases import BASE

from seatwise.edges import yamlfile
from seatwise.edges.tidy import SORTED, tidy

TOP = Path(__file__).parents[2]
FILES = [
    path
    for root in (TOP, BASE)
    for folder in ("licenses", "owners")
    for path in sorted((root / folder).rglob("*.yaml"))
]


def tidied(people: str) -> str:
    """What becomes of the lines under `people:`."""
    head = "license: figma\nassignments:\n  team:\n    people:\n"
    return tidy(head + people).removeprefix(head)


def meaning(value: Any, key: str = "") -> Any:
    """The document without the order of lists whose order means nothing."""
    if isinstance(value, dict):
        return {name: meaning(below, name) for name, below in value.items()}
    if isinstance(value, list):
        items = [meaning(item) for item in value]
        return sorted(items, key=repr) if key in SORTED else items
    return value


def test_people_stand_in_order_each_with_the_comments_above_and_behind() -> None:
    before = (
        "      # zoe is lent\n      - zoe@x   # until May\n\n      - adam@x: {note: hi}\n      # Bo\n      - Bo@x\n"
    )
    after = "      - adam@x: {note: hi}\n      # Bo\n      - Bo@x\n      # zoe is lent\n      - zoe@x   # until May\n"
    assert tidied(before) == after


def test_a_row_of_several_lines_moves_as_a_whole() -> None:
    before = "      - zoe@x:\n          note: |\n            hello  \n            you\n      - ann@x\n"
    after = "      - ann@x\n      - zoe@x:\n          note: |\n            hello  \n            you\n"
    assert tidied(before) == after


def test_comments_behind_the_last_person_stay_there() -> None:
    assert (
        tidied("      - zoe\n      - ann\n      # nobody else\n") == "      - ann\n      - zoe\n      # nobody else\n"
    )


def test_people_on_one_line_stay_on_it() -> None:
    text = "license: figma\nassignments:\n  team: {people: [zoe, ann: {note: x}, 017]}\nnever: [zoe, ann]\n"
    expected = 'license: figma\nassignments:\n  team: {people: ["017", ann: {note: x}, zoe]}\nnever: [ann, zoe]\n'
    assert tidy(text) == expected


def test_a_list_that_is_written_in_an_odd_way_is_left_alone() -> None:
    for people in ("      - [zoe, # lent\n         ann]\n", "      -\n        zoe\n      - ann\n"):
        assert tidied(people) == people
    odd = "license: figma\nassignments:\n  team:\n    people: [zoe, # lent\n      ann]\n"
    assert tidy(odd) == odd


def test_ids_that_look_like_something_else_are_quoted() -> None:
    text = "license: figma\nsku: 004711\naccount: 12e4\nproduct: NO\npo: '1'\n"
    text += "entitlements:\n  2025: {quantity: 5, start: 2026-01-01}\n"
    expected = (
        'license: figma\nsku: "004711"\naccount: "12e4"\nproduct: "NO"\npo: \'1\'\n'
        'entitlements:\n  "2025": {quantity: 5, start: 2026-01-01}\n'
    )
    assert tidy(text) == expected


def test_numbers_flags_dates_and_empty_values_are_not_quoted() -> None:
    text = "license: figma\nrank: 5\nretired: true\nowner:\nsku: ~\nidle: {after: 90 days}\n"
    assert tidy(text) == text


def test_parameters_of_policies_are_left_as_they_are() -> None:
    text = "policy: max-removals\nlevel: block\nper_license: {seats: 25, share: 10%}\n"
    assert tidy(text) == text


def test_blanks_are_trimmed_but_not_inside_texts() -> None:
    assert tidy("\n\nowner: design  \n\n\n\ndeputy: it\n\n") == "owner: design\n\ndeputy: it\n"
    text = 'owner: design\nnote: |\n  a  \n\n\n  b\n\nx: "a\n\n\n  b"\n'
    assert tidy(text) == text


def test_a_text_at_the_end_keeps_its_last_line() -> None:
    assert tidy("owner: design\nnote: |-\n  a\n") == "owner: design\nnote: |-\n  a\n"
    assert tidy("owner: design\nnote: |\n  a") == "owner: design\nnote: |\n  a"


def test_line_ends_are_newlines() -> None:
    assert tidy("owner: design\r\ndeputy: it\r\n") == "owner: design\ndeputy: it\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_this_repository_are_tidy(path: Path) -> None:
    text = path.read_text("utf-8")
    assert tidy(text) == text


PARTS = [
    "\n",
    "  ",
    "# x\n",
    "      - zoe\n",
    "      - Ann: {note: y}\n",
    " 017 ",
    '"',
    ", ",
    "|\n",
    "a: b\n",
    "\r\n",
    "\t",
    "é",
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_tidied_text_says_the_same_and_is_tidy(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FILES)).read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(PARTS)) + text[at + cut :]
    before, findings = yamlfile.read(text.encode(), "x.yaml")
    if not before or findings:
        return
    after, found = yamlfile.read(tidy(text).encode(), "x.yaml")
    assert not found
    assert meaning(after) == meaning(before)
    assert tidy(tidy(text)) == tidy(text)
