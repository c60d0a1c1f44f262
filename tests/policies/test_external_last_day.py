from datetime import timedelta

import pytest
from tests.policies.reviews import PLACE, TODAY, found, give, people, review, swap, take

from seatwise.core import check
from seatwise.core.model import Lane, Level, Person, Tree, Waiver

NO_DAY = people(Person("kai", worker="external"))


def test_an_external_without_a_last_day_is_given_nothing() -> None:
    (finding,) = found("external-last-day", review(people=NO_DAY, changes=(give("kai"),)))
    assert (finding.level, finding.license, finding.person) == (Level.HOLD, "figma", "kai")
    assert finding.what == "kai is external and has no last day"


@pytest.mark.parametrize(("days", "held"), [(1, False), (180, False), (181, True)])
def test_a_last_day_may_be_180_days_off(days: int, held: bool) -> None:
    kai = Person("kai", worker="external", last_day=TODAY + timedelta(days=days))
    findings = found("external-last-day", review(people=people(kai), changes=(give("kai"),)))
    assert bool(findings) is held
    assert all("more than 180 days from now" in finding.what for finding in findings)


def test_employees_and_people_whom_hr_does_not_know_are_not_meant() -> None:
    of = review(people=people("ann"), changes=(give("ann"), give("?4711")))
    assert found("external-last-day", of) == []


def test_what_is_taken_goes_and_a_swap_waits() -> None:
    of = review(people=NO_DAY, changes=(take("kai"), swap("kai", "slack", "figma")))
    assert [finding.license for finding in found("external-last-day", of)] == ["figma"]


@pytest.mark.parametrize(
    ("lane", "held"), [(Lane.JOINERS, True), (Lane.MOVERS, True), (Lane.LEAVERS, False), (Lane.EXPIRY, False)]
)
def test_rules_give_them_nothing_either_and_leavers_go_on(lane: Lane, held: bool) -> None:
    of = review(people=NO_DAY, lanes={lane: (swap("kai", "slack", "figma"),)})
    assert bool(found("external-last-day", of)) is held


def test_an_exact_reverse_gives_back_what_they_had() -> None:
    assert found("external-last-day", review(people=NO_DAY, changes=(give("kai"),), exact_reverse=True)) == []


def test_an_exception_may_name_one_person() -> None:
    both = people(Person("kai", worker="external"), Person("lea", worker="external"))
    findings = found("external-last-day", review(people=both, changes=(give("kai"), give("lea"))))
    waiver = Waiver("kai", "external-last-day", "agency is slow", TODAY, PLACE, person="kai")
    passed = check.passed(findings, Tree(waivers={"kai": waiver}), "", TODAY)
    assert [finding.passed_by for finding in passed] == ["kai", ""]
