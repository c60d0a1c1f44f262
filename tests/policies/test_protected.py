from dataclasses import replace

import pytest
from tests.policies.reviews import PLACE, TODAY, found, give, people, review, swap, take, takes

from seatwise.core import check
from seatwise.core.model import Grant, Lane, Level, People, Person, Tree, Waiver

HERE = people(Person("build-bot", worker="bot"), "ann")


@pytest.mark.parametrize("lane", [Lane.LEAVERS, Lane.MOVERS, Lane.EXPIRY, Lane.UNLISTED, Lane.JOINERS])
def test_a_bot_loses_its_seat_to_no_schedule(lane: Lane) -> None:
    (finding,) = found("protected", review(people=HERE, lanes={lane: (take("build-bot"), take("ann"))}))
    assert (finding.level, finding.license, finding.person) == (Level.HOLD, "figma", "build-bot")
    assert finding.what == f"build-bot: figma is protected, and {lane} would take it"


def test_a_pull_request_and_its_revert_may_take_it() -> None:
    assert found("protected", review(people=HERE, changes=(take("build-bot"),))) == []
    assert found("protected", review(people=HERE, changes=(take("build-bot"),), exact_reverse=True)) == []


def test_people_may_be_named_by_an_old_name() -> None:
    here = People({"ann": Person("ann")}, {"ann.old": "ann"})
    of = review(people=here, lanes={Lane.LEAVERS: (take("ann"),)})
    assert found("protected", of) == []
    assert len(found("protected", of, who=("Ann.Old",))) == 1
    assert len(found("protected", of, who=("ann",))) == 1


def test_a_license_may_be_protected_whoever_holds_it_and_gives_go_on() -> None:
    changes = (take("?4711", "figma"), give("ann", "figma"), take("ann", "slack"), swap("ann", "figma", "slack"))
    findings = found("protected", review(people=HERE, lanes={Lane.LEAVERS: changes}), licenses=("figma",))
    assert [finding.person for finding in findings] == ["?4711", "ann"]


def test_of_three_takes_or_three_hundred_only_the_protected_wait() -> None:
    for count in (3, 300):
        of = review(people=HERE, lanes={Lane.LEAVERS: (*takes(count), take("build-bot"))})
        assert len(found("protected", of)) == 1


def test_an_exception_lets_one_of_them_go() -> None:
    findings = found("protected", review(people=HERE, lanes={Lane.LEAVERS: (take("build-bot"),)}))
    waiver = Waiver("w", "protected", "the bot is retired", TODAY, PLACE, person="build-bot")
    assert check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)[0].passed_by == "w"


def test_other_options_take_no_seat() -> None:
    sets = replace(take("build-bot"), after=Grant("figma", "figma", (("plan", "lite"),)))
    assert found("protected", review(people=HERE, lanes={Lane.MOVERS: (sets,)})) == []
