"""The sample company keeps what it promises to a newcomer: enough of everything, and nothing wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from seatwise import sources
from seatwise.core import directory
from seatwise.core.match import roster
from seatwise.core.model import (
    Assignment,
    Finding,
    Holding,
    License,
    LicenseType,
    Metric,
    Mode,
    Origin,
    Pending,
    Tree,
)
from seatwise.core.model.people import People, Status
from seatwise.core.resolve import Moment, Resolved, resolved
from seatwise.edges import tree as trees
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.flows.validate import validate
from seatwise.vendors import open_vendor

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


def site(state: Path) -> Site:
    """The sample's files, with the state of its vendors somewhere else."""
    return Site(state, SetClock(NOW), lambda path: ((ROOT / path).read_bytes(), NOW))


@cache
def tree() -> Tree:
    tops = [ROOT / top for top in ("licenses", "owners", "policies")]
    files = [ROOT / "seatwise.yaml", *(file for top in tops for file in top.rglob("*") if file.is_file())]
    read, findings = trees.tree({file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files})
    assert not findings
    return read


@cache
def everybody() -> tuple[People, tuple[Finding, ...]]:
    raw = [sources.read(source, site(ROOT)) for source in tree().settings.sources]
    return directory.people(tree().settings, raw, tree(), NOW, {})


def asks(license: License) -> Iterator[Assignment]:
    yield from license.assignments or ()
    for bundle in tree().bundles.values():
        if license.id in bundle.gives:
            yield from (replace(who, bundle=bundle.id) for who in bundle.who)


def asked(license: License) -> Resolved:
    return resolved(license, asks(license), everybody()[0], Moment(NOW, "Europe/Berlin"), {})


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Holding]:
    vendors = {id: open_vendor(one, site(tmp_path_factory.mktemp(id))) for id, one in tree().settings.accounts.items()}
    return {(id, holding.sku): holding for id, vendor in vendors.items() for holding in vendor.read(None)}


def test_validate_finds_nothing() -> None:
    assert validate(ROOT) == ()


def test_there_are_about_150_people_of_every_kind_in_8_departments_and_3_time_zones() -> None:
    people, findings = everybody()
    persons = [person for person in people.persons.values() if person.id not in tree().holders]
    assert not findings
    assert 140 <= len(persons) <= 160
    assert len({person.department for person in persons}) == 8
    assert {person.country for person in persons} - {""} == {"DE", "US", "JP"}
    assert len({person.zone for person in persons}) == 3
    assert {person.worker for person in persons} == {"employee", "intern", "external"}
    assert all(count >= 4 for count in Counter(person.status for person in persons).values())
    assert set(Status) == {person.status for person in persons}
    assert sum(person.vip for person in persons) == 4


def test_every_external_has_a_last_day_within_half_a_year() -> None:
    externals = [person for person in everybody()[0].persons.values() if person.worker == "external"]
    assert len(externals) == 10
    assert all(person.last_day and 0 < (person.last_day - TODAY).days <= 180 for person in externals)


def test_the_rehire_has_a_name_that_another_had_and_a_number_of_his_own() -> None:
    left, here = (p for p in everybody()[0].persons.values() if p.name == "Lukas Brandt")
    assert {left.status, here.status} == {Status.LEFT, Status.ACTIVE}
    assert left.fingerprint != here.fingerprint
    assert not left.aliases and not here.aliases


def test_who_changed_her_name_is_found_by_the_old_one() -> None:
    sofia = everybody()[0].find("sofia.marin@acme.example")
    assert sofia is not None and sofia.id == "sofia.keller@acme.example"


def test_there_are_14_licences_from_8_publishers_over_all_metrics() -> None:
    licenses = tree().licenses
    assert len(licenses) == 14
    assert len(set(tree().publishers.values())) == 8
    assert {license.metric for license in licenses.values()} == set(Metric)
    assert {license.mode for license in licenses.values()} == set(Mode)
    assert LicenseType.FREE in {license.type for license in licenses.values()}
    assert LicenseType.PERPETUAL in {license.type for license in licenses.values()}


def test_the_terms_differ() -> None:
    standing = Counter(license.contract for license in tree().licenses.values())
    assert standing["microsoft-ea"] == 4
    assert {contract.renewal for contract in tree().contracts.values()} == {"tacit", "express", "never"}
    lots = [lot for license in tree().licenses.values() for lot in license.lots]
    assert {lot.price.currency for lot in lots if lot.price} == {"EUR", "USD"}
    assert {lot.type for lot in lots} >= {"initial", "true-up", "renewal"}
    assert any(lot.ordered for lot in lots)


def test_there_are_3_bundles_8_owners_and_one_holder_of_each_kind() -> None:
    assert len(tree().bundles) == 3
    assert len(tree().owners) == 8
    assert sorted(holder.kind for holder in tree().holders.values()) == ["bot", "guest", "mailbox", "room"]


def test_every_rule_matches_somebody_and_has_room() -> None:
    for license in tree().licenses.values():
        outcome = asked(license)
        rules = [ask for ask in asks(license) if ask.where]
        assert len(outcome.matches) == len(rules)
        assert all(outcome.matches.values()), license.id
        assert all(len(people) <= (rule.max or 0) for people, rule in zip(outcome.matches.values(), rules, strict=True))


def test_everybody_whom_a_file_names_is_in_the_directory() -> None:
    people = everybody()[0]
    named = [name for license in tree().licenses.values() for ask in asks(license) for name in ask.people]
    named += [never.person for license in tree().licenses.values() for never in license.never]
    named += [name for license in tree().licenses.values() for name in license.volunteers]
    named += [approver.person for owner in tree().owners.values() for approver in owner.approvers]
    named += [holder.sponsor for holder in tree().holders.values()]
    assert [name for name in named if people.find(name) is None] == []
    assert not any(asked(license).holds for license in tree().licenses.values())


def test_no_pool_is_over_and_one_is_nearly_full(holdings: dict[tuple[str, str], Holding]) -> None:
    free = {}
    for license in tree().licenses.values():
        rights = license.rights(TODAY)
        if license.account and rights is not None:
            held = holdings[license.account, license.sku]
            assert held.pool.bought == rights
            free[license.id] = rights - max(held.pool.used, 0 if license.one_of else len(asked(license).asked))
    assert all(count > 0 for count in free.values())
    assert free["figma-full"] <= 3
    assert free["copilot-business"] >= 40


def test_most_of_what_is_asked_is_there_already(holdings: dict[tuple[str, str], Holding]) -> None:
    for id in ("copilot-business", "figma-view", "github-enterprise", "jetbrains-all", "slack"):
        license = tree().licenses[id]
        seats, _ = roster(license.account, everybody()[0], {}).seats(holdings[license.account, license.sku].seats)
        want = set(asked(license).asked)
        assert len(want & set(seats)) >= 0.9 * len(want), id
        assert want - set(seats), f"{id}: nothing is left to give"


def test_the_vendors_show_all_that_a_real_one_may(holdings: dict[tuple[str, str], Holding]) -> None:
    seats = [seat for holding in holdings.values() for seat in holding.seats]
    assert {seat.origin for seat in seats} == set(Origin)
    assert Pending.INVITED in {seat.pending for seat in seats}
    assert {name for seat in seats for name, _ in seat.options} == {"disabled_plans", "role"}
    assert any(seat.last_used is None for seat in seats)
    assert any(seat.last_used and (TODAY - seat.last_used).days > 90 for seat in seats)


def test_enforce_would_take_nothing(holdings: dict[tuple[str, str], Holding]) -> None:
    for license in tree().licenses.values():
        if license.mode is Mode.ENFORCE:
            seats, _ = roster(license.account, everybody()[0], {}).seats(holdings[license.account, license.sku].seats)
            assert set(seats) <= set(asked(license).asked)
