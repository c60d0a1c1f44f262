from tests.policies.reviews import PLACE, TODAY, found, license, review, tree

from seatwise.core import check
from seatwise.core.model import Level, Tree, Waiver


def test_a_license_is_retired_before_its_file_goes() -> None:
    (finding,) = found("license-deleted", review(before=tree(license())))
    assert (finding.level, finding.license, finding.place) == (Level.BLOCK, "figma", PLACE)
    assert finding.fix == "put it back with `retired: true`, merge that, then delete it"


def test_licenses_are_told_in_order() -> None:
    before = tree(license("slack"), license("figma"))
    assert [finding.license for finding in found("license-deleted", review(before=before))] == ["figma", "slack"]


def test_a_retired_one_may_go_and_one_that_is_there_is_fine() -> None:
    assert found("license-deleted", review(before=tree(license(retired=True)))) == []
    assert found("license-deleted", review(before=tree(license()), tree=tree(license()))) == []


def test_the_revert_of_the_pull_request_that_added_it_may_delete_it() -> None:
    assert found("license-deleted", review(before=tree(license()), exact_reverse=True)) == []


def test_an_exception_lets_it_pass() -> None:
    findings = found("license-deleted", review(before=tree(license())))
    waiver = Waiver("w", "license-deleted", "never used", TODAY, PLACE, license="figma")
    assert check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)[0].passed_by == "w"
