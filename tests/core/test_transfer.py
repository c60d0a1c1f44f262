"""Who is moved from one license to another, and who is left where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.core.builders import DAY, MOMENT, PLACE, TODAY, bundle, license, people, person, rule, team, tree, where

from seatwise.core.model import Assignment, License, Metric, Never, People, Status, Terms, Tree
from seatwise.core.orders import Act, Order
from seatwise.core.transfer import Move, transfer

ANN = person("ann", department="Design")
BO = person("bo", department="Sales")
SPRING = date(2027, 3, 31)


def repository(source: License, target: License | None = None, **fields: object) -> Tree:
    return tree(source, target or license("view"), **fields)  # type: ignore[arg-type]


def moved(
    whole: Tree, who: People, filters: dict[str, list[str]] | None = None, **words: str
) -> tuple[tuple[Order, ...], tuple[str, ...]]:
    move = Move(whole.licenses["full"], whole.licenses["view"], filters or {}, **words)
    orders, stays = transfer(move, whole, who, MOMENT)
    return orders.orders, stays


def gone(who: str) -> Order:
    return Order(Act.TAKE, who, "full")


def come(who: str, **fields: object) -> Order:
    return replace(Order(Act.GIVE, who, "view", assignment="from-full"), **fields)  # type: ignore[arg-type]


def test_everybody_who_is_named_is_taken_from_one_and_given_the_other() -> None:
    whole = repository(license("full", people=["bo", "ann"]))
    assert moved(whole, people(ANN, BO)) == ((gone("ann"), come("ann"), gone("bo"), come("bo")), ())


def test_only_those_who_match_every_key_are_moved_and_the_others_are_not_spoken_of() -> None:
    whole = repository(license("full", people=["ann", "bo"]))
    assert moved(whole, people(ANN, BO), {"department": ["design"]}) == ((gone("ann"), come("ann")), ())


def test_each_keeps_their_own_last_day_or_else_that_of_the_list() -> None:
    asks = team("ann", "bo", terms={"ann": Terms(SPRING)}, through=TODAY)
    orders, _ = moved(repository(license("full", asks)), people(ANN, BO))
    assert {order.who: order.through for order in orders if order.act is Act.GIVE} == {"ann": SPRING, "bo": TODAY}


def test_with_a_ticket_the_new_rows_stand_in_the_tickets_assignment() -> None:
    orders, _ = moved(repository(license("full", people=["ann"])), people(ANN), ticket="IT-7", reason="cheaper")
    assert orders[1] == come("ann", ticket="IT-7", reason="cheaper", assignment="")


def test_who_is_named_by_the_other_already_is_only_taken() -> None:
    whole = repository(license("full", people=["ann"]), license("view", people=["ann"]))
    assert moved(whole, people(ANN)) == ((gone("ann"),), ())


def test_a_row_with_a_former_name_is_that_persons() -> None:
    whole = repository(license("full", people=["ann.old"]))
    assert moved(whole, people(person("ann", aliases=("ann.old",)))) == ((gone("ann"), come("ann")), ())


def test_devices_are_moved_like_people_and_need_nobody_in_hr() -> None:
    rooms = Assignment("rooms", PLACE, devices={"ber-1": 5}, terms={"ber-1": Terms(SPRING)})
    source, target = (replace(one, metric=Metric.DEVICE) for one in (license("full", rooms), license("view")))
    assert moved(repository(source, target), people()) == ((gone("ber-1"), come("ber-1", through=SPRING)), ())


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (people(), "is not in HR"),
        (people(person("ann", status=Status.LEFT)), "has left"),
        (people(person("ann", last_day=TODAY - DAY)), "has left"),
    ],
    ids=["unknown", "left by status", "left by day"],
)
def test_who_would_be_held_at_the_other_stays_and_is_named(who: People, why: str) -> None:
    assert moved(repository(license("full", people=["ann"])), who) == ((), (f"ann {why}",))


def test_somebody_on_their_last_day_is_moved() -> None:
    whole = repository(license("full", people=["ann"]))
    assert moved(whole, people(person("ann", last_day=TODAY)))[1] == ()


def test_a_row_that_is_over_stays() -> None:
    whole = repository(license("full", team("ann", terms={"ann": Terms(TODAY - DAY)})))
    assert moved(whole, people(ANN)) == ((), ("ann had it through 2026-11-23: the row is over",))


def test_a_row_of_somebody_unknown_is_over_by_the_organisations_day() -> None:
    whole = repository(license("full", team("ann", through=TODAY - DAY)))
    assert moved(whole, people())[1] == ("ann had it through 2026-11-23: the row is over",)


def test_who_is_excluded_from_the_other_stays_also_by_a_former_name() -> None:
    whole = repository(license("full", people=["ann"]), license("view", never=(Never("ann.old"),)))
    assert moved(whole, people(person("ann", aliases=("ann.old",)))) == ((), ("ann is under never of view",))


def test_the_exclusion_of_somebody_else_keeps_nobody() -> None:
    whole = repository(license("full", people=["ann"]), license("view", never=(Never("bo"),)))
    assert moved(whole, people(ANN, BO))[1] == ()


def test_who_would_still_be_given_the_first_by_a_rule_stays() -> None:
    whole = repository(license("full", team("ann", "bo"), rule(where(department="Design"), "design")))
    orders, stays = moved(whole, people(ANN, BO))
    assert (orders, stays) == (
        (gone("bo"), come("bo")), ("ann is given full by 'design' as well, licenses/figma/figma.yaml:3",))  # fmt: skip


def test_who_would_still_be_given_the_first_by_a_bundle_stays() -> None:
    whole = repository(
        license("full", people=["ann", "bo"]), bundles=[bundle("designer", [team("ann", name="core")], ["full"])]
    )
    assert moved(whole, people(ANN, BO)) == (
        (gone("bo"), come("bo")), ("ann is given full by 'core' as well, licenses/figma/figma.yaml:3",))  # fmt: skip


@pytest.mark.parametrize("ends", [("full", "view"), ("view", "full")])
def test_a_license_that_is_only_observed_names_nobody(ends: tuple[str, str]) -> None:
    whole = tree(replace(license("full"), assignments=None), replace(license("view"), assignments=None))
    source, target = (whole.licenses[id] for id in ends)
    orders, stays = transfer(Move(source, target, {}), whole, people(ANN), MOMENT)
    assert (orders.orders, stays) == ((), ())
