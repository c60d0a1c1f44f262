from datetime import datetime, timedelta

import pytest
from tests.policies.reviews import NOW, PLACE, TODAY, found, give, review, take

from seatwise.core import check
from seatwise.core.model import (
    Account,
    Duration,
    Feed,
    Lane,
    Level,
    PeopleSource,
    Reading,
    Review,
    Settings,
    Tree,
    VendorInfo,
    Waiver,
)

DAY, MONTH = Duration(24, "hours"), Duration(31, "days")


def read(as_of: datetime | None, *, age: Duration | None = None, practice: bool = False, failure: str = "") -> Review:
    account = Account("figma", "table", {}, PLACE, age=age, practice=practice)
    tree = Tree(Settings(accounts={"figma": account}))
    reading = Reading("figma", VendorInfo("table"), failure=failure, as_of=as_of)
    return review(tree=tree, readings={"figma": reading}, changes=(give("ann"),), lanes={Lane.LEAVERS: (take("bo"),)})


@pytest.mark.parametrize(("hours", "held"), [(0, False), (24, False), (25, True)])
def test_nothing_is_changed_on_a_reading_older_than_a_day(hours: int, held: bool) -> None:
    findings = found("data-freshness", read(NOW - timedelta(hours=hours)))
    assert [finding.person for finding in findings] == (["ann", "bo"] if held else [])
    assert all(finding.level is Level.HOLD for finding in findings)


def test_the_message_says_how_old() -> None:
    first, _ = found("data-freshness", read(NOW - timedelta(hours=25)))
    assert first.what == "account figma: its reading is of 2026-11-23 08:00, older than 24 hours"


@pytest.mark.parametrize(("days", "held"), [(31, False), (32, True)])
def test_an_export_may_be_as_old_as_its_account_says(days: int, held: bool) -> None:
    assert bool(found("data-freshness", read(NOW - timedelta(days=days), age=MONTH))) is held
    assert bool(found("data-freshness", read(NOW - timedelta(days=days), age=MONTH, practice=True))) is held


def test_practice_without_an_age_is_not_judged() -> None:
    old = NOW - timedelta(days=900)
    assert found("data-freshness", read(old, practice=True)) == []
    embedded = Reading("figma", VendorInfo("sandbox", practice=True), as_of=old)
    assert found("data-freshness", review(readings={"figma": embedded}, changes=(give("ann"),))) == []


def test_unknown_is_held() -> None:
    assert found("data-freshness", read(None))[0].what == "account figma: nobody knows how old its reading is"
    assert found("data-freshness", read(NOW, failure="403"))[0].what == "account figma: 403"
    assert found("data-freshness", review(changes=(give("ann"),)))[0].what == "account figma: was not read"


def test_an_account_that_the_changeset_deletes_keeps_its_age() -> None:
    old = read(NOW - timedelta(days=20), age=MONTH)
    of = review(before=old.tree, readings=old.readings, changes=old.changes)
    assert found("data-freshness", of) == []
    gone = review(readings=old.readings, changes=old.changes)
    assert len(found("data-freshness", gone)) == 1


def fed(*feeds: Feed, age: Duration | None = DAY) -> Review:
    source = PeopleSource("hr", "csv", {}, PLACE, max_age=age)
    reading = Reading("figma", VendorInfo("x"), as_of=NOW)
    tree = Tree(Settings(sources=(source,)))
    return review(tree=tree, feeds=feeds, readings={"figma": reading}, changes=(give("ann"),))


@pytest.mark.parametrize(("hours", "held"), [(24, False), (25, True)])
def test_nothing_is_changed_on_old_people(hours: int, held: bool) -> None:
    feed = Feed("hr", 5004, NOW - timedelta(hours=hours), "sha256:aa")
    findings = found("data-freshness", fed(feed))
    assert [finding.what for finding in findings] == (
        ["people of hr: its reading is of 2026-11-23 08:00, older than 24 hours"] if held else []
    )
    assert found("data-freshness", fed(feed, age=None)) == []


def test_people_who_were_not_read_are_unknown() -> None:
    (finding,) = found("data-freshness", fed())
    assert finding.what == "people of hr: nobody knows how old its reading is"


def test_an_exception_lets_a_license_pass() -> None:
    findings = found("data-freshness", read(None))
    waiver = Waiver("w", "data-freshness", "the vendor is down", TODAY, PLACE, license="figma")
    assert {one.passed_by for one in check.passed(findings, Tree(waivers={"w": waiver}), "", TODAY)} == {"w"}
