from dataclasses import replace
from typing import Any

import pytest
from tests.policies.reviews import PLACE, TODAY, figures, found, license, review, tree

from seatwise.core import check
from seatwise.core.model import Level, Review, Tree, Waiver


def asked(count: int, **fields: Any) -> Review:
    of = replace(figures("figma", 30), asked=count, **fields)
    return review(tree=tree(license()), figures={"figma": of})


@pytest.mark.parametrize(("count", "over"), [(40, False), (41, True)])
def test_as_many_as_were_bought_may_be_asked_for(count: int, over: bool) -> None:
    assert bool(found("seat-ceiling", asked(count, bought=40))) is over


def test_what_is_on_order_counts_whenever_it_comes() -> None:
    of = asked(43, bought=40, on_order=((TODAY, 2), (TODAY.replace(year=2027), 1)))
    assert found("seat-ceiling", of) == []


def test_the_message_says_how_many_are_missing() -> None:
    (finding,) = found("seat-ceiling", asked(43, bought=40))
    assert finding.what == "figma: 43 wanted, 40 bought and 0 on order"
    assert finding.fix == "add a lot of 3 under entitlements, or ask for 3 fewer"
    assert (finding.level, finding.place, finding.license) == (Level.BLOCK, PLACE, "figma")


def test_some_may_be_allowed_beyond_the_rights() -> None:
    assert found("seat-ceiling", asked(43, bought=40), allow=3) == []
    assert found("seat-ceiling", asked(44, bought=40), allow=3) != []


def test_a_license_that_is_not_bought_by_the_seat_has_only_its_own_max() -> None:
    assert found("seat-ceiling", asked(900, bought=None)) == []
    assert found("seat-ceiling", asked(900, bought=None), max={"figma": 900}) == []
    (finding,) = found("seat-ceiling", asked(901, bought=None), max={"figma": 900})
    assert (finding.rule, finding.what) == ("seat-ceiling/max", "figma: 901 wanted, at most 900 may be")


def test_a_small_pool_has_no_exception() -> None:
    assert found("seat-ceiling", asked(3, bought=2)) != []


def test_a_license_that_is_no_longer_in_the_tree_has_no_place() -> None:
    (finding,) = found("seat-ceiling", replace(asked(3, bought=2), tree=Tree()))
    assert finding.place is None


def test_a_dated_exception_lets_one_license_pass() -> None:
    findings = found("seat-ceiling", asked(43, bought=40))
    waiver = Waiver("q-77", "seat-ceiling", "quote Q-77", TODAY, PLACE, license="figma")
    (passed,) = check.passed(findings, Tree(waivers={"q-77": waiver}), "", TODAY)
    assert passed.passed_by == "q-77"
    other = replace(waiver, license="slack")
    assert check.passed(findings, Tree(waivers={"q-77": other}), "", TODAY) == tuple(findings)
