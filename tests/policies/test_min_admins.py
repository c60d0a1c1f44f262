import pytest
from tests.policies.reviews import PLACE, TODAY, found, give, held, review, swap, take, takes

from seatwise.core import check
from seatwise.core.model import Lane, Level, Tree, Waiver

TWO = {"figma": 2}


def test_a_license_that_is_not_listed_may_lose_its_last_holder() -> None:
    assert found("min-admins", review(changes=takes(2), figures=held(figma=2))) == []


@pytest.mark.parametrize(("already", "kept"), [(5, 0), (4, 1), (3, 2), (2, 3), (1, 3)])
def test_takes_that_would_leave_too_few_are_held(already: int, kept: int) -> None:
    findings = found("min-admins", review(changes=takes(3), figures=held(figma=already)), licenses=TWO)
    assert len(findings) == kept
    assert all(finding.level is Level.HOLD and finding.license == "figma" for finding in findings)


def test_leavers_go_first_and_the_rest_by_name() -> None:
    of = review(changes=(take("bo"), take("ann")), lanes={Lane.LEAVERS: (take("zoe"),)}, figures=held(figma=4))
    assert [finding.person for finding in found("min-admins", of, licenses=TWO)] == ["bo"]


def test_a_seat_still_to_be_given_does_not_count_and_a_swap_away_does() -> None:
    of = review(changes=(give("cy"), swap("ann", "figma", "slack")), figures=held(figma=2))
    (finding,) = found("min-admins", of, licenses=TWO)
    assert finding.person == "ann"
    assert finding.what == "figma: 2 hold it, and at least 2 must remain"


def test_where_nobody_counted_the_holders_nothing_is_taken() -> None:
    assert len(found("min-admins", review(changes=takes(3)), licenses=TWO)) == 3


def test_an_exception_lets_it_pass() -> None:
    findings = found("min-admins", review(changes=takes(1), figures=held(figma=1)), licenses=TWO)
    waiver = Waiver("w", "min-admins", "the last one goes", TODAY, PLACE, license="figma")
    assert check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)[0].passed_by == "w"
