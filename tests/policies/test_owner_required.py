from datetime import timedelta

from msgspec import structs
from tests.policies.reviews import TODAY, found, license, owner, people, policy, review, tree

from seatwise import policies
from seatwise.core import check
from seatwise.core.model import Level, Owner, Person, Review, Status

ADA, KIM = Person("ada"), Person("kim")


def owned(by: Owner, *here: Person) -> Review:
    return review(tree=tree(license(), owners=[by]), people=people(*here))


def test_an_owner_with_two_approvers_who_work_here_is_enough() -> None:
    assert found("owner-required", owned(owner(), ADA, KIM)) == []


def test_one_approver_needs_a_deputy() -> None:
    (finding,) = found("owner-required", owned(owner(approvers=["ada"]), ADA))
    assert finding.what == "owner design has no deputy, and nobody to stand in for its only approver"
    assert (finding.level, str(finding.place)) == (Level.BLOCK, "owners/design.yaml:1")
    assert found("owner-required", owned(owner(approvers=["ada"], deputy="it"), ADA)) == []
    assert found("owner-required", owned(owner(approvers=["ada"]), ADA), deputy=False) == []


def test_a_license_without_an_owner_is_named() -> None:
    (finding,) = found("owner-required", review(tree=tree(license(owner=""))))
    assert (finding.what, finding.fix) == ("figma: no owner ''", "add owners/team.yaml, or name another owner")
    (finding,) = found("owner-required", review(tree=tree(license())))
    assert finding.fix == "add owners/design.yaml, or name another owner"


def test_an_owner_whose_approvers_have_all_left_is_an_orphan_and_only_warns() -> None:
    gone = [structs.replace(ADA, status=Status.LEFT), structs.replace(KIM, last_day=TODAY - timedelta(days=1))]
    (finding,) = found("owner-required", owned(owner(deputy="it"), *gone))
    assert finding.what == "ORPHAN: owner design has no approver who works here"
    assert (finding.rule, finding.level) == ("owner-required/orphan", Level.WARN)
    assert finding.fix == "name another; until then it can approve"


def test_on_the_last_day_an_approver_still_works_here() -> None:
    assert found("owner-required", owned(owner(), ADA, structs.replace(KIM, last_day=TODAY))) == []


def test_one_approver_whom_hr_does_not_know_is_named() -> None:
    (finding,) = found("owner-required", owned(owner(), ADA))
    assert finding.what == "approver kim of owner design doesn't work here"
    assert (finding.rule, finding.level) == ("owner-required/approver", Level.WARN)


def test_an_owner_of_no_license_in_scope_is_not_looked_at() -> None:
    of = owned(owner(approvers=["ada"]))
    narrow = policy("owner-required", {"license": ("slack",)})
    assert check.findings(of, {"owner-required": policies.RULES["owner-required"]}, {"owner-required": narrow}) == ()
