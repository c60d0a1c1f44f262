from decimal import Decimal

import pytest
from tests.policies.reviews import (
    PLACE,
    TODAY,
    done,
    figures,
    found,
    give,
    held,
    license,
    lot,
    review,
    rules_of,
    swap,
    takes,
    tree,
)

from seatwise.core import check
from seatwise.core.model import Ack, Lane, Level, License, Tree, Verb, Waiver

PER_LICENSE = "max-removals/per_license"
NEVER_OVER = "max-removals/never_over"
PER_DAY = "max-removals/per_day"


def test_a_plan_that_takes_nothing_is_silent() -> None:
    assert found("max-removals", review(changes=(give("ann"),), figures=held(figma=3))) == []


@pytest.mark.parametrize(
    ("count", "total", "passed"),
    [
        (25, 200, False),  # the share is passed, the number is not
        (26, 200, True),
        (26, 260, False),  # the number is passed, the share is exactly ten per cent
        (27, 260, True),
    ],
)
def test_the_limit_of_a_license_is_passed_when_the_number_and_the_share_are(
    count: int, total: int, passed: bool
) -> None:
    rules = rules_of(found("max-removals", review(changes=takes(count), figures=held(figma=total))))
    assert (PER_LICENSE in rules) is passed


def test_the_message_says_how_many_of_how_many_and_how_to_go_on() -> None:
    of = review(changes=takes(41), figures=held(figma=120, slack=5000))
    hard, soft = found("max-removals", of)
    assert hard.what == "plan revokes 41 of 120 seats of figma (34 %), limit 25 %"
    assert soft.what == "plan revokes 41 of 120 seats of figma (34 %), limit 25 seats and 10 %"
    assert soft.fix == "split the pull request, or seatwise ack new max-removals/per_license"
    assert (soft.license, soft.level) == ("figma", Level.BLOCK)


@pytest.mark.parametrize(("count", "passed"), [(2, False), (3, True)])
def test_of_a_small_pool_at_most_two_seats_may_go(count: int, passed: bool) -> None:
    findings = found("max-removals", review(changes=takes(count), figures=held(figma=9, slack=500)))
    assert rules_of(findings) == ([PER_LICENSE] if passed else [])
    assert all("limit 2 seats of fewer than 10" in finding.what for finding in findings)


def test_ten_seats_are_no_small_pool() -> None:
    low = {"seats": 1, "share": Decimal("0.10")}
    findings = found("max-removals", review(changes=takes(2), figures=held(figma=10, slack=500)), per_license=low)
    assert [finding.what for finding in findings] == [
        "plan revokes 2 of 10 seats of figma (20 %), limit 1 seat and 10 %"
    ]


@pytest.mark.parametrize(("count", "passed"), [(2, False), (3, True)])
def test_an_organisation_of_fewer_than_ten_seats_loses_at_most_two_a_day(count: int, passed: bool) -> None:
    rules = rules_of(found("max-removals", review(changes=takes(count), figures=held(figma=9))))
    assert (PER_DAY in rules) is passed


@pytest.mark.parametrize(("count", "passed"), [(10, False), (11, True)])
def test_a_quarter_of_a_license_may_go_and_never_more(count: int, passed: bool) -> None:
    rules = rules_of(found("max-removals", review(changes=takes(count), figures=held(figma=40, slack=5000))))
    assert (NEVER_OVER in rules) is passed


def test_the_hard_limit_counts_what_went_today_and_begins_at_ten_seats() -> None:
    of = review(changes=takes(1), figures=held(figma=10, slack=5000), past=done(2, pending=True))
    (finding,) = found("max-removals", of)
    assert finding.what == "plan revokes 1 of 10 seats of figma after 2 within 24 hours (30 %), limit 25 %"


def test_the_hard_limit_blocks_even_where_the_policy_only_warns() -> None:
    of = review(changes=takes(300), figures=held(figma=320))
    assert {finding.level for finding in found("max-removals", of) if finding.rule == NEVER_OVER} == {Level.BLOCK}


def test_a_retired_license_may_lose_all_its_seats() -> None:
    of = review(tree=tree(license(retired=True)), changes=takes(20), figures=held(figma=20, slack=5000))
    assert found("max-removals", of) == []


def test_an_exact_reverse_passes_every_limit() -> None:
    assert found("max-removals", review(changes=takes(300), figures=held(figma=320), exact_reverse=True)) == []


def test_what_went_today_and_what_is_still_to_go_counts() -> None:
    (finding,) = found("max-removals", review(changes=takes(1), figures=held(figma=200), past=done(25, pending=True)))
    assert finding.rule == PER_LICENSE
    assert finding.what == (
        "plan revokes 1 of 200 seats of figma after 25 within 24 hours (13 %), limit 25 seats and 10 %"
    )


def test_seats_that_went_today_were_held_a_day_ago_and_pending_ones_still_are() -> None:
    gone = review(changes=takes(2), figures=held(figma=8, slack=900), past=done(2))
    assert found("max-removals", gone, never_over={"share": Decimal("0.4")}) == []  # 4 of 10
    still = review(changes=takes(2), figures=held(figma=8, slack=900), past=done(2, pending=True))
    assert rules_of(found("max-removals", still)) == [PER_LICENSE]  # 4 of a small pool


@pytest.mark.parametrize("lane", [Lane.LEAVERS, Lane.MOVERS, Lane.REVERSE, Lane.JOINERS])
def test_what_other_lanes_took_has_caps_of_its_own(lane: Lane) -> None:
    assert found("max-removals", review(changes=takes(1), figures=held(figma=400), past=done(90, lane))) == []


@pytest.mark.parametrize(("count", "passed"), [(60, False), (61, True)])
def test_the_day_counts_over_all_licenses(count: int, passed: bool) -> None:
    """Ten pull requests of a few removals each in one morning."""
    of = review(changes=takes(3, "slack"), figures=held(figma=900, slack=900), past=done(count - 3))
    assert rules_of(found("max-removals", of)) == ([PER_DAY] if passed else [])


def test_a_full_day_does_not_stop_a_plan_that_takes_nothing() -> None:
    assert found("max-removals", review(changes=(give("ann"),), figures=held(figma=900), past=done(400))) == []


def family() -> Tree:
    e3 = license("e3", one_of="m365", rank=30, lots=(lot(99, "30.00"),))
    return tree(e3, license("e5", one_of="m365", rank=50, lots=(lot(99, "50.00"),)))


@pytest.mark.parametrize(("left", "reached", "counted"), [("e5", "e3", True), ("e3", "e5", False)])
def test_a_swap_to_a_lower_rank_counts_as_a_take(left: str, reached: str, counted: bool) -> None:
    changes = tuple(swap(f"p{n}", left, reached) for n in range(3))
    of = review(tree=family(), changes=changes, figures=held(e3=9, e5=9, slack=500))
    assert rules_of(found("max-removals", of)) == ([PER_LICENSE] if counted else [])
    assert found("max-removals", of, counts=("revoke",)) == []


def test_a_higher_rank_for_less_money_is_a_downgrade_too() -> None:
    low = license("e3", one_of="m365", rank=30, lots=(lot(9, "60.00"),))
    high = license("e5", one_of="m365", rank=50, lots=(lot(9, "50.00"),))
    changes = tuple(swap(f"p{n}", "e3", "e5") for n in range(3))
    of = review(tree=tree(low, high), changes=changes, figures=held(e3=9, e5=9, slack=500))
    assert rules_of(found("max-removals", of)) == [PER_LICENSE]


@pytest.mark.parametrize(
    ("old", "new", "counted"),
    [
        (license("old", lots=(lot(9, "10.00"),)), license("new", lots=(lot(9, "9.99"),)), True),
        (license("old", lots=(lot(9, "10.00"),)), license("new", lots=(lot(9, "10.00"),)), False),
        (license("old", lots=(lot(9, "10.00"),)), license("new", lots=(lot(9, "90.00", currency="USD"),)), True),
        (license("old"), license("new"), True),
        (license("old", one_of="f", rank=1), license("new", one_of="f", rank=2), False),
    ],
)
def test_without_a_family_the_price_decides_and_an_unknown_worth_counts(
    old: License, new: License, counted: bool
) -> None:
    changes = tuple(swap(f"p{n}", "old", "new") for n in range(3))
    of = review(tree=tree(old, new), changes=changes, figures=held(old=9, slack=500))
    assert bool(found("max-removals", of)) is counted


def test_a_swap_to_a_license_that_nobody_knows_counts() -> None:
    changes = tuple(swap(f"p{n}", "old", "gone") for n in range(3))
    of = review(before=tree(license("old")), changes=changes, figures=held(old=9, slack=500))
    assert rules_of(found("max-removals", of)) == [PER_LICENSE]


def test_a_change_of_options_takes_nothing() -> None:
    changes = tuple(swap(f"p{n}", "figma", "figma") for n in range(9))
    assert found("max-removals", review(changes=changes, figures=held(figma=9))) == []


def test_downgrades_of_today_count_and_upgrades_do_not() -> None:
    one = {"changes": takes(1), "figures": held(figma=200)}
    down = review(past=done(25, verb=Verb.SWAP, downgrade=True), **one)
    assert rules_of(found("max-removals", down)) == [PER_LICENSE]
    assert found("max-removals", review(past=done(25, verb=Verb.SWAP), **one)) == []
    assert found("max-removals", review(past=done(25, verb=Verb.ASSIGN), **one)) == []


def test_a_license_whose_seats_nobody_counted_is_a_small_pool() -> None:
    findings = found("max-removals", review(changes=takes(3), figures={"slack": figures("slack", 500)}))
    assert rules_of(findings) == [PER_LICENSE]
    assert findings[0].what.startswith("plan revokes 3 of 0 seats of figma (all)")


def test_an_acknowledgement_or_exception_passes_the_limit_and_never_the_hard_one() -> None:
    of = review(changes=takes(300), figures=held(figma=320), asks="sha256:" + "3fb2c0a9d1e7" + "0" * 52)
    ack = Ack("ack-1", PER_LICENSE, "Atlas ends", TODAY, PLACE, asks="sha256:3fb2c0a9d1e7")
    hard = Ack("ack-2", NEVER_OVER, "please", TODAY, PLACE, asks="sha256:3fb2c0a9d1e7")
    waiver = Waiver("exc-1", "max-removals", "please", TODAY, PLACE)
    findings = found("max-removals", of)
    by_ack = {f.rule: f.passed_by for f in check.passed(findings, Tree(acks={"1": ack, "2": hard}), of.asks, TODAY)}
    assert by_ack == {PER_LICENSE: "ack-1", NEVER_OVER: "", PER_DAY: ""}
    by_waiver = {f.rule: f.passed_by for f in check.passed(findings, Tree(waivers={"1": waiver}), of.asks, TODAY)}
    assert by_waiver == {PER_LICENSE: "exc-1", NEVER_OVER: "", PER_DAY: "exc-1"}
