from dataclasses import replace

import pytest
from msgspec import structs
from tests.policies.reviews import PLACE, TODAY, crowd, found, license, people, review, tree

from seatwise.core import check
from seatwise.core.model import Ack, Assignment, Bundle, Level, Person, Place, RuleMatch, Selector, Tree

DESIGN = Selector((("department", ("design",)), ("worker", ("employee",))))
RULE = Assignment("designers", Place("licenses/figma/figma.yaml", 19), where=DESIGN, max=200)
TREE = tree(license(assignments=(RULE,)))


def match(before: int, lost: int, **fields: object) -> RuleMatch:
    base = RuleMatch("figma", "designers", "", before, before - lost, 200, same=True, lost=tuple(crowd(lost)))
    return replace(base, **fields)  # type: ignore[arg-type]


def test_a_department_that_hr_renames_loses_nobody_a_seat() -> None:
    renamed = [Person(who, department="Product Design") for who in crowd(117)]
    odd = Person("p117", department="Sales")
    findings = found("rule-lost", review(tree=TREE, people=people(*renamed, odd), matches=(match(118, 118),)))
    assert len(findings) == 118
    first = findings[0]
    assert first.what == "rule designers gave 118 yesterday, 0 today: all are kept, none is revoked"
    assert first.fix == "117 of them are now in 'Product Design'; meant? seatwise ack new rule-lost"
    assert (first.level, first.license, first.person, first.place) == (Level.HOLD, "figma", "p000", RULE.place)


@pytest.mark.parametrize(("before", "lost", "held"), [(100, 19, False), (100, 20, True), (10, 3, True), (3, 3, True)])
def test_a_fifth_is_too_many_to_believe(before: int, lost: int, held: bool) -> None:
    findings = found("rule-lost", review(tree=TREE, matches=(match(before, lost),)))
    assert len(findings) == (lost if held else 0)


def test_a_small_rule_may_lose_two_people() -> None:
    assert found("rule-lost", review(tree=TREE, matches=(match(4, 2),))) == []


def test_a_rule_that_the_changeset_rewrites_may_lose_everybody() -> None:
    assert found("rule-lost", review(tree=TREE, matches=(match(118, 118, same=False),))) == []


def test_part_of_a_rule_says_how_many_are_kept() -> None:
    first, *_ = found("rule-lost", review(tree=TREE, matches=(match(100, 30),)))
    assert first.what == "rule designers gave 100 yesterday, 70 today: the 30 lost are kept, none is revoked"


@pytest.mark.parametrize(
    ("person", "fix"),
    [
        (
            Person("x", department=""),
            "3 of them have no department now; meant? seatwise ack new rule-lost",
        ),
        (
            Person("x", department="Design", worker="intern"),
            "3 of them now have worker 'intern'; meant? seatwise ack new rule-lost",
        ),
        (Person("x", department=" DESIGN "), "meant? seatwise ack new rule-lost"),
    ],
)
def test_the_fix_says_where_they_are_now(person: Person, fix: str) -> None:
    here = people(*(structs.replace(person, id=who) for who in crowd(3)))
    first, *_ = found("rule-lost", review(tree=TREE, people=here, matches=(match(3, 3),)))
    assert first.fix == fix


def test_of_several_rules_the_one_that_lost_people_is_named() -> None:
    other = replace(RULE, name="others", place=Place("licenses/figma/figma.yaml", 9))
    of = tree(license(assignments=(other, RULE)))
    assert found("rule-lost", review(tree=of, matches=(match(3, 3),)))[0].place == RULE.place
    bare = tree(license(assignments=None))
    assert found("rule-lost", review(tree=bare, matches=(match(3, 3),)))[0].place is None


def test_a_rule_of_a_bundle_is_found_there() -> None:
    bundle = Bundle("designer", "design", (RULE,), ("figma",), PLACE)
    of = review(tree=Tree(bundles={"designer": bundle}), matches=(match(3, 3, bundle="designer"),))
    assert found("rule-lost", of)[0].place == RULE.place


@pytest.mark.parametrize("of", [Tree(), tree(license()), tree(license(assignments=(replace(RULE, where=None),)))])
def test_a_rule_that_nobody_finds_still_keeps_its_people(of: Tree) -> None:
    findings = found("rule-lost", review(tree=of, matches=(match(3, 3),)))
    assert [finding.fix for finding in findings] == ["meant? seatwise ack new rule-lost"] * 3


def test_an_acknowledgement_of_this_reading_lets_them_move() -> None:
    findings = found("rule-lost", review(tree=TREE, matches=(match(3, 3),)))
    ack = Ack("ack", "rule-lost", "they moved", TODAY, PLACE, source="sha256:" + "cd" * 32)
    passed = check.passed(findings, Tree(acks={"ack": ack}), "", TODAY, ("sha256:" + "cd" * 32,))
    assert {finding.passed_by for finding in passed} == {"ack"}
