from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.broken.cases import BASE
from tests.edges.room import PATH, files, read

from seatwise.core.model import Assignment, Duration, License, Mode, Selector, Terms, Tree
from seatwise.edges.tree import tree
from seatwise.edges.worktree import worktree

TOP = Path(__file__).parents[2]


def figma(found: Tree) -> License:
    return found.licenses["figma-full"]


def only(found: Tree) -> Assignment:
    (assignment,) = figma(found).assignments or ()
    return assignment


def test_people_are_a_map_from_name_to_line_in_the_order_written() -> None:
    found, findings = read(
        "  team:\n    people:\n      - Bo@acme.example\n      - ann@acme.example: {through: 2027-03-31}\n"
    )
    assert not findings
    assert list(only(found).people.items()) == [("bo@acme.example", 12), ("ann@acme.example", 13)]
    assert only(found).terms == {"ann@acme.example": Terms(date(2027, 3, 31))}
    assert str(only(found).line("bo@acme.example")) == f"{PATH}:12"


def test_a_number_like_id_stays_what_was_written() -> None:
    found, _ = read("  team: {people: [004711, 12e4]}\n")
    assert list(only(found).people) == ["004711", "12e4"]


def test_no_assignments_of_its_own_is_not_the_same_as_nobody() -> None:
    nobody, findings = tree({**files(""), PATH: files("")[PATH].replace(b"assignments:", b"assignments: []")})
    assert figma(nobody).assignments == ()
    assert not findings
    observed = files("")[PATH].replace(b"assignments:\n", b"").replace(b"mode: manage", b"mode: observe")
    looked_at, findings = tree({**files(""), PATH: observed})
    assert figma(looked_at).assignments is None
    assert figma(looked_at).mode is Mode.OBSERVE
    assert not findings


def test_a_split_file_adds_its_assignments() -> None:
    split = "assignments_of: figma-full\nassignments:\n  y: {people: [cy@acme.example]}\n"
    found, findings = read("  x: {people: [ann@acme.example]}\n", licenses__figma__figma_full__y=split)
    assert findings  # the folder's name is not the license's
    whole = {**files("  x: {people: [ann@acme.example]}\n"), "licenses/figma/figma-full/y.yaml": split.encode()}
    found, findings = tree(whole)
    assert not findings
    assert [assignment.name for assignment in figma(found).assignments or ()] == ["x", "y"]


def test_bundles_carry_their_name_and_pace_into_their_assignments() -> None:
    bundle = (
        "bundle: designer\nowner: design\nwho:\n  all: {where: {department: [Design]}, max: 20}\ngives: [figma-full]\n"
        "joiners: {ready: 2 days before start}\nmovers: {keep_for: 30 days}\n"
    )
    found, findings = read("  x: {people: [ann@acme.example]}\n", licenses__bundles__designer=bundle)
    assert not findings
    (rule,) = found.bundles["designer"].who
    assert (rule.bundle, rule.max, rule.ready, rule.keep_for) == (
        "designer",
        20,
        Duration(2, "days"),
        Duration(30, "days"),
    )
    assert rule.where == Selector((("department", ("design",)),))


def test_settings_say_what_a_source_maps_and_how_it_is_complete() -> None:
    (source,) = tree(worktree(BASE).files)[0].settings.sources
    assert source.columns["status"] == "Status"
    assert source.columns["office"] == "Site"
    assert source.codes == {"status": {"A": "active", "T": "left"}}
    assert (source.min_rows, source.max_shrink, source.max_age) == (10, Decimal("0.03"), Duration(24, "hours"))
    assert source.config == {"from": "people.csv"}


def test_files_that_did_not_change_give_the_same_objects() -> None:
    before, _ = read("  x: {people: [ann@acme.example]}\n")
    after, _ = read("  x: {people: [ann@acme.example]}\n", owners__it="owner: it\napprovers: [lee@acme.example]\n")
    assert figma(after) is figma(before)
    assert after.owners["design"] is before.owners["design"]
    changed, _ = read("  x: {people: [bo@acme.example]}\n")
    assert figma(changed) is not figma(before)


def test_a_tree_does_not_depend_on_the_order_of_files() -> None:
    whole = worktree(BASE).files
    assert tree(whole) == tree(dict(reversed(whole.items())))


def test_governed_files_have_a_digest_that_ignores_comments_and_order() -> None:
    whole = worktree(BASE).files
    policy, workflow = "policies/max-removals.yaml", ".github/workflows/plan.yml"
    digests = tree(whole)[0].digests
    assert {policy, workflow, "seatwise.yaml", "policies/acks/2026-11-24.yaml"} <= digests.keys()
    commented = {**whole, policy: whole[policy] + b"# why\n", workflow: b"# why\n" + whole[workflow]}
    assert tree(commented)[0].digests == digests
    other = {**whole, policy: whole[policy].replace(b"25", b"26"), workflow: whole[workflow] + b"x: 1\n"}
    moved = tree(other)[0].digests
    assert moved[policy] != digests[policy]
    assert moved[workflow] != digests[workflow]


def test_a_workflow_with_anchors_is_known_by_its_bytes() -> None:
    path = ".github/workflows/x.yml"
    one, findings = tree({**worktree(BASE).files, path: b"on: &a [push]\nx: *a\n"})
    other, _ = tree({**worktree(BASE).files, path: b"on: &a [push]\nx: *a\n#\n"})
    assert not findings
    assert one.digests[path] != other.digests[path]


def test_a_repository_without_settings_is_told_so_once() -> None:
    whole = dict(worktree(BASE).files)
    del whole["seatwise.yaml"]
    assert [(str(finding.place), finding.what) for finding in tree(whole)[1]] == [("seatwise.yaml:1", "is missing")]


def test_two_ways_to_the_same_license_are_no_circle() -> None:
    free = "license: {}\nproduct: X\ntype: free\nmetric: named-user\nowner: design\nmode: observe\nrequires: [{}]\n"
    needs = {"a": "b, c", "b": "d", "c": "d", "d": ""}
    more = {f"licenses__x__{name}": free.format(name, others) for name, others in needs.items()}
    assert read("  x: {people: [ann@acme.example]}\n", **more)[1] == ()


def test_the_sample_company_is_well_formed() -> None:
    found, findings = tree(worktree(TOP).files)
    assert findings == ()
    assert found.licenses


def test_a_license_of_a_hundred_thousand_people_is_cheap() -> None:
    rows = "".join(f"      - person.{number}@acme.example\n" for number in range(100_000))
    whole = files(f"  all:\n    people:\n{rows}")
    begin = time.process_time()
    found, findings = tree(whole)
    assert time.process_time() - begin < 1.5
    assert not findings
    assert len(only(found).people) == 100_000


PARTS = [
    b":",
    b"- ",
    b"\n",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"'",
    b"|\n",
    b"&a ",
    b"*a",
    b"\t",
    b"null",
    b"\xff",
    b"---\n",
    b"12",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_mutation_of_a_good_file_raises(data: st.DataObject) -> None:
    whole = dict(worktree(BASE).files)
    path = data.draw(st.sampled_from(sorted(whole)))
    text = whole[path]
    for _ in range(data.draw(st.integers(1, 4))):
        at, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 15))
        text = text[:at] + data.draw(st.sampled_from(PARTS)) + text[at + cut :]
    found, findings = tree({**whole, path: text})
    assert isinstance(found, Tree)
    assert all(finding.fix and finding.place for finding in findings)
