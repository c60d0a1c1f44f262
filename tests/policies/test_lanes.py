from dataclasses import replace
from datetime import date

import pytest
from tests.policies.reviews import (
    PLACE,
    TODAY,
    crowd,
    done,
    figures,
    found,
    give,
    held,
    license,
    people,
    review,
    rules_of,
    swap,
    take,
    takes,
    tree,
)

from seatwise.core import check
from seatwise.core.model import Ack, Change, Lane, Level, Person, Review, Status, Tree, Verb


def leaving(count: int, staff: int, **fields: object) -> Review:
    """So many leavers with one seat each, in an organisation of so many."""
    here = people(*crowd(staff, "s"), Person("gone", status=Status.LEFT))
    return replace(review(people=here, lanes={Lane.LEAVERS: takes(count)}), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("staff", "limit"),
    [(20, 5), (250, 5), (300, 6), (349, 6), (2000, 40), (5000, 40)],
)
def test_two_per_cent_of_people_may_leave_a_day_at_least_five_at_most_forty(staff: int, limit: int) -> None:
    assert found("lanes", leaving(limit, staff)) == []
    findings = found("lanes", leaving(limit + 1, staff))
    assert len(findings) == limit + 1  # all of them wait, not the surplus
    assert {finding.what for finding in findings} == {
        f"{limit + 1} leavers within 24 hours, limit {limit}: none of their seats is taken"
    }


def test_a_held_leaver_says_who_what_and_how_to_go_on() -> None:
    first, *_ = found("lanes", leaving(6, 20))
    assert (first.rule, first.level, first.license, first.person) == ("lanes/leavers", Level.HOLD, "figma", "p000")
    assert first.fix == "look at the export; meant? seatwise ack new lanes/leavers"


def test_people_count_and_not_their_seats() -> None:
    seats = tuple(take("ann", license) for license in crowd(50, "license"))
    assert found("lanes", review(lanes={Lane.LEAVERS: seats})) == []


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2026, 11, 28), 5),
        (date(2026, 11, 29), 10),
        (date(2026, 11, 30), 10),
        (date(2026, 12, 2), 10),
        (date(2026, 12, 3), 5),
        (date(2027, 2, 27), 10),
    ],
)
def test_around_the_end_of_a_month_twice_as_many_may_leave(day: date, limit: int) -> None:
    assert found("lanes", leaving(limit, 20, today=day)) == []
    assert found("lanes", leaving(limit + 1, 20, today=day)) != []


def test_eight_an_hour_are_held_at_the_cap_of_the_day() -> None:
    assert found("lanes", leaving(1, 20, past=done(4, Lane.LEAVERS))) == []
    assert len(found("lanes", leaving(1, 20, past=done(5, Lane.LEAVERS)))) == 1
    assert found("lanes", leaving(1, 20, past=done(90, Lane.COMMIT))) == []


def test_whoever_lost_a_seat_today_counts_once() -> None:
    past = tuple(replace(one, who=f"p00{n}") for n, one in enumerate(done(5, Lane.LEAVERS)))
    assert found("lanes", leaving(5, 20, past=past)) == []


def test_an_acknowledgement_of_this_reading_lets_the_lane_go() -> None:
    findings = found("lanes", leaving(6, 20))
    feed = "sha256:" + "ab" * 32
    ack = Ack("ack", "lanes/leavers", "the site in Graz closes", TODAY, PLACE, source=feed[:19])
    acks = Tree(acks={"ack": ack})
    assert {finding.passed_by for finding in check.passed(findings, acks, "", TODAY, (feed,))} == {"ack"}
    assert {finding.passed_by for finding in check.passed(findings, acks, "", TODAY, ())} == {""}


def joining(count: int, already: int, past: int = 0) -> Review:
    gives = tuple(give(who) for who in crowd(count))
    before = done(past, Lane.JOINERS, Verb.ASSIGN)
    return review(figures=held(figma=already), lanes={Lane.JOINERS: gives}, past=before)


@pytest.mark.parametrize(
    ("already", "limit"),
    [(0, 10), (9, 10), (100, 10), (200, 20), (209, 20)],
)
def test_a_license_may_grow_by_ten_seats_or_a_tenth_a_day(already: int, limit: int) -> None:
    assert found("lanes", joining(limit, already)) == []
    findings = found("lanes", joining(limit + 1, already))
    assert rules_of(findings) == ["lanes/joiners"] * (limit + 1)
    assert findings[0].what == (
        f"rules give {limit + 1} seats of figma within 24 hours to {already} held, limit 10 seats or 10 %"
    )


def test_joiners_of_today_count() -> None:
    assert found("lanes", joining(4, 9, past=6)) == []
    assert len(found("lanes", joining(4, 9, past=7))) == 4
    others = (*done(7, Lane.JOINERS, Verb.SWAP), *done(7, Lane.COMMIT, Verb.ASSIGN))
    assert found("lanes", replace(joining(4, 9), past=others)) == []


def test_one_license_above_its_cap_holds_no_other() -> None:
    gives = (*(give(who) for who in crowd(11)), give("ann", "slack"))
    findings = found("lanes", review(lanes={Lane.JOINERS: gives}))
    assert {finding.license for finding in findings} == {"figma"}


def moving(changes: tuple[Change, ...], total: int, past: int = 0) -> Review:
    return review(figures=held(figma=total), lanes={Lane.MOVERS: changes}, past=done(past, Lane.MOVERS, pending=True))


@pytest.mark.parametrize(
    ("count", "total", "over"), [(10, 40, False), (11, 40, True), (11, 550, False), (12, 550, True)]
)
def test_movers_may_lose_ten_seats_of_a_license_or_two_per_cent(count: int, total: int, over: bool) -> None:
    findings = found("lanes", moving(takes(count), total))
    assert rules_of(findings) == (["lanes/movers"] * count if over else [])


@pytest.mark.parametrize(("count", "over"), [(2, False), (3, True)])
def test_of_a_small_pool_movers_lose_at_most_two(count: int, over: bool) -> None:
    assert bool(found("lanes", moving(takes(count), 9))) is over


def test_what_movers_lost_today_counts() -> None:
    assert found("lanes", moving(takes(1), 40, past=9)) == []
    (finding,) = found("lanes", moving(takes(1), 40, past=10))
    assert finding.what == "movers lose 11 of 40 seats of figma within 24 hours, limit 10 seats or 2 %"


def test_a_mover_who_only_gains_is_not_held() -> None:
    raised = license("figma", one_of="f", rank=1), license("figma-pro", one_of="f", rank=2)
    gains = (give("ann"), swap("bo", "figma", "figma"), swap("cy", "figma", "figma-pro"))
    of = replace(moving((*takes(11), *gains), 40), tree=tree(*raised))
    assert {finding.person for finding in found("lanes", of)} == set(crowd(11))


@pytest.mark.parametrize("lane", [Lane.EXPIRY, Lane.UNLISTED])
def test_expiries_and_unlisted_seats_share_the_numbers_of_max_removals(lane: Lane) -> None:
    def of(count: int, past: int = 0) -> Review:
        return review(figures=held(figma=200, slack=9000), lanes={lane: takes(count)}, past=done(past, pending=True))

    assert found("lanes", of(25)) == []
    findings = found("lanes", of(26))
    assert rules_of(findings) == [f"lanes/{lane}"] * 26
    assert findings[0].what == f"{lane} takes 26 of 200 seats of figma within 24 hours, limit 25 seats and 10 %"
    assert len(found("lanes", of(1, past=25))) == 1


def test_expiries_of_many_licenses_count_over_the_day() -> None:
    ids = crowd(31, "license")
    changes = tuple(take(who, license) for license in ids for who in ("ann", "bo"))
    of = review(figures={id: figures(id, 90) for id in ids}, lanes={Lane.EXPIRY: (*changes, give("cy"))})
    findings = found("lanes", of)
    assert len(findings) == 62
    assert findings[0].what == "expiry takes 62 seats within 24 hours, limit 60 seats and 2 %"
    fewer = replace(of, lanes={Lane.EXPIRY: changes[:60]})
    assert found("lanes", fewer) == []
    assert len(found("lanes", replace(fewer, past=done(1, pending=True)))) == 60
