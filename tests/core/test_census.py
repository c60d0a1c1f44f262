"""Who is listed, what moved between two readings, and what fits nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from seatwise.core.census import Moved, listed, moves, strays
from seatwise.core.model import (
    Approver,
    Assignment,
    Bundle,
    Holding,
    License,
    LicenseType,
    Metric,
    Mode,
    Never,
    Owner,
    Place,
    Pool,
    Proof,
    Reading,
    Seat,
    Tree,
    VendorInfo,
)
from seatwise.core.model.people import People, Person

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def people(*persons: Person) -> People:
    aliases = {alias: person.id for person in persons for alias in person.aliases}
    return People({person.id: person for person in persons}, aliases)


def reading(sku: str, *logins: str) -> Reading:
    seats = tuple(Seat(f"id-{login}", login) for login in logins)
    holding = Holding(sku, Pool(None, len(seats)), seats, Proof(len(seats), 1, NOW))
    return Reading("octo", VendorInfo("sandbox"), {sku: holding})


def license(
    id: str, *assignments: Assignment, metric: Metric = Metric.NAMED_USER, never: tuple[Never, ...] = ()
) -> License:
    place = Place(f"{id}.yaml")
    kinds = (LicenseType.SUBSCRIPTION, metric)
    return License(id, id, *kinds, "it", Mode.MANAGE, place, "octo", id, assignments=assignments, never=never)


def test_people_are_listed_by_id_and_by_what_a_where_would_match() -> None:
    cy, ann, bo = Person("cy", department="Data"), Person("ann", department="Data"), Person("bo", department="IT")
    everybody = people(cy, ann, bo)
    assert listed(everybody, {}) == (ann, bo, cy)
    assert listed(everybody, {"department": ["data "]}) == (ann, cy)
    assert listed(everybody, {"department": ["Data", "IT"], "status": ["left"]}) == ()


def test_moves_are_who_joined_who_is_gone_and_what_changed() -> None:
    before = people(Person("ann", department="Data"), Person("bo"))
    after = people(
        Person("ann", department="IT", last_day=date(2027, 1, 31), aliases=("a",), logins={"octo": "x"}), Person("cy")
    )
    assert moves(before, after) == (
        Moved("ann", "aliases", "", "a"),
        Moved("ann", "department", "Data", "IT"),
        Moved("ann", "last_day", "", "2027-01-31"),
        Moved("ann", "logins", "", "octo: x"),
        Moved("bo", "gone"),
        Moved("cy", "joined"),
    )


def test_a_new_name_with_the_old_one_as_alias_is_the_same_person() -> None:
    before, after = people(Person("sofia.marin")), people(Person("sofia.keller", aliases=("sofia.marin",)))
    assert [move.what for move in moves(before, after)] == ["aliases", "id"]


def test_seats_that_fit_nobody_are_named_with_their_account_and_sku() -> None:
    found = strays(Tree(), people(Person("ann", logins={"octo": "ann-gh"})), [reading("seat", "ann-gh", "legacy-ci")])
    assert [(stray.where, stray.name) for stray in found] == [("octo seat", "legacy-ci")]


def test_seats_that_fit_nobody_are_named_in_order_and_those_with_a_license_of_no_asks_too() -> None:
    tree = Tree(licenses={"seat": replace(license("seat"), assignments=None)})
    found = strays(tree, people(), [reading("seat", "zed", "ann", "moe")])
    assert [stray.name for stray in found] == ["ann", "moe", "zed"]


def test_a_mapping_moves_when_it_says_something_else_and_is_told_in_order() -> None:
    before, after = Person("ann", logins={"octo": "x"}), Person("ann", logins={"octo": "y", "figma": "a"})
    assert moves(people(before), people(after)) == (Moved("ann", "logins", "octo: x", "figma: a, octo: y"),)


def test_seats_of_devices_are_nobodys() -> None:
    tree = Tree(licenses={"intune": license("intune", metric=Metric.DEVICE), "slack": license("slack")})
    assert strays(tree, people(), [reading("intune", "BER-ROOM-01")]) == ()


def test_rows_exclusions_and_approvers_that_name_nobody_are_named_with_file_and_line() -> None:
    asks = Assignment("team", Place("slack.yaml", 9), people={"bo.okafr": 11, "bo.okafor": 10})
    lent = Assignment("lent", Place("engineer.yaml", 3), people={"kay": 4})
    tree = Tree(
        licenses={"slack": license("slack", asks, never=(Never("eva", place=Place("slack.yaml", 14)),))},
        bundles={"engineer": Bundle("engineer", "it", (lent,), ("slack",), Place("engineer.yaml"))},
        owners={"it": Owner("it", (Approver("kim"),), Place("it.yaml", 1))},
    )
    found = strays(tree, people(Person("bo.okafor")), [])
    assert [(stray.where, stray.name) for stray in found] == [
        ("engineer.yaml:4", "kay"),
        ("it.yaml:1", "kim"),
        ("slack.yaml:11", "bo.okafr"),
        ("slack.yaml:14", "eva"),
    ]
    assert found[2].fix == "did you mean bo.okafor? Not in HR on purpose: owners/holders"
    assert found[3].fix == "Not in HR on purpose: owners/holders"
