import pytest
from tests.policies.reviews import PLACE, TODAY, found, give, license, review, rules_of, take, tree

from seatwise.core import check
from seatwise.core.model import CauseKind, Lane, Level, Mode, Tree, Waiver

ENFORCED = tree(license(mode=Mode.ENFORCE))
UNLISTED = {Lane.UNLISTED: (take("?4711"),)}


def test_enforce_must_be_allowed_by_name() -> None:
    (finding,) = found("mode", review(tree=ENFORCED))
    assert (finding.level, finding.place, finding.license) == (Level.BLOCK, PLACE, "figma")
    assert finding.fix == "mode: manage, or enforce: [figma] in policies/mode.yaml"
    assert found("mode", review(tree=ENFORCED), enforce=("figma",)) == []
    assert found("mode", review(tree=tree(license()))) == []


@pytest.mark.parametrize("before", [Tree(), tree(license(mode=Mode.OBSERVE))])
def test_in_the_changeset_that_makes_it_managed_unlisted_seats_are_kept(before: Tree) -> None:
    (finding,) = found("mode", review(tree=ENFORCED, before=before, lanes=UNLISTED), enforce=("figma",))
    assert (finding.rule, finding.level, finding.person) == ("mode/first", Level.HOLD, "?4711")


def test_the_cause_says_it_too() -> None:
    of = review(tree=ENFORCED, changes=(take("bo", cause=CauseKind.UNLISTED), take("ann")))
    assert [finding.person for finding in found("mode", of, enforce=("figma",))] == ["bo"]


@pytest.mark.parametrize("mode", [Mode.MANAGE, Mode.ENFORCE])
def test_of_a_managed_license_they_go(mode: Mode) -> None:
    of = review(tree=ENFORCED, before=tree(license(mode=mode)), lanes=UNLISTED)
    assert found("mode", of, enforce=("figma",)) == []


def test_what_is_given_is_never_kept_back() -> None:
    assert found("mode", review(lanes={Lane.UNLISTED: (give("ann"),)})) == []


def test_an_exception_lets_enforce_pass() -> None:
    findings = found("mode", review(tree=ENFORCED))
    waiver = Waiver("w", "mode", "trial run", TODAY, PLACE, license="figma")
    assert check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)[0].passed_by == "w"
    assert rules_of(findings) == ["mode"]
