from dataclasses import replace

import pytest
from tests.policies.reviews import PLACE, TODAY, found, license, review, tree

from seatwise.core import check
from seatwise.core.model import Assignment, Bundle, Level, Place, RuleMatch, Selector, Tree, Waiver

DESIGN = Selector((("department", ("design",)),))
RULE = Assignment("designers", Place("licenses/figma/figma.yaml", 19), where=DESIGN)
MATCH = RuleMatch("figma", "designers", "", 40, 40, 40, same=False)


def test_a_rule_without_max_is_named_with_its_line() -> None:
    (finding,) = found("rule-max", review(tree=tree(license(assignments=(RULE,)))))
    assert (finding.level, str(finding.place)) == (Level.BLOCK, "licenses/figma/figma.yaml:19")
    assert finding.what == "rule designers of figma has no max"


def test_a_rule_of_a_bundle_needs_one_too() -> None:
    bundle = Bundle("designer", "design", (RULE,), ("figma",), PLACE)
    (finding,) = found("rule-max", review(tree=Tree(bundles={"designer": bundle})))
    assert finding.what == "rule designers of bundle designer has no max"


def test_rules_with_max_lists_of_people_and_licenses_without_assignments_are_silent() -> None:
    named = Assignment("some", PLACE, people={"ann": 3})
    of = tree(license(assignments=(replace(RULE, max=1), named)), license("observed", assignments=None))
    assert found("rule-max", review(tree=of)) == []


@pytest.mark.parametrize(("now", "over"), [(40, False), (41, True)])
def test_a_rule_of_this_changeset_may_match_as_many_as_its_max(now: int, over: bool) -> None:
    findings = found("rule-max", review(matches=(replace(MATCH, now=now),)))
    assert [finding.what for finding in findings] == (
        ["rule designers of figma matches 41 people, max 40"] if over else []
    )


def test_a_small_rule_has_a_max_like_any_other() -> None:
    (finding,) = found("rule-max", review(matches=(replace(MATCH, now=2, max=1, bundle="designer"),)))
    assert finding.what == "rule designers of bundle designer matches 2 people, max 1"


def test_growth_of_the_directory_stops_nobody() -> None:
    grown = (replace(MATCH, now=50, same=True), replace(MATCH, now=50, max=None))
    assert found("rule-max", review(matches=grown)) == []


def test_an_exception_lets_a_rule_pass() -> None:
    findings = found("rule-max", review(tree=tree(license(assignments=(RULE,)))))
    waiver = Waiver("w", "rule-max", "until the reorganisation", TODAY, PLACE, license="figma")
    assert check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)[0].passed_by == "w"
