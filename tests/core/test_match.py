"""Seats as one account shows them + people + claims → who each seat belongs to."""

from __future__ import annotations

import pytest
from tests.core.builders import claim, people, person, seat

from seatwise.core import match
from seatwise.core.model import Claim, People, Person


def who(one: str, everybody: People, *, holder: str = "h-1", **known: Claim) -> str:
    found, _ = match.roster("figma", everybody, {"figma": known}).seats([seat(one, holder=holder)])
    return next(iter(found))


@pytest.mark.parametrize("login", ["ann", "ANN", "ann@acme.example", "Ann-F", "ann.old"])
def test_a_seat_belongs_to_whoever_has_its_login(login: str) -> None:
    ann = person("ann", mail="Ann@acme.example", logins={"figma": "ann-f", "other": "x"}, aliases=("ann.old",))
    assert who(login, people(ann)) == "ann"


def test_a_login_elsewhere_names_nobody_here() -> None:
    assert who("x", people(person("ann", logins={"other": "x"}))) == "?h-1"


def test_the_surest_name_wins() -> None:
    one = person("ann", aliases=("shared",))
    assert who("shared", people(one, person("bo", logins={"figma": "shared"}))) == "bo"
    assert who("shared", people(one, person("bo", mail="shared"))) == "bo"


def test_an_alias_of_somebody_who_is_not_there_names_nobody() -> None:
    assert who("old", People({}, {"old": "ann"})) == "?h-1"


def test_the_holder_id_decides_where_we_know_it() -> None:
    assert who("renamed-at-the-vendor", people("ann"), ann=claim(holder="h-1")) == "ann"


def test_a_holder_whom_hr_does_not_know_any_more_keeps_the_name_of_the_claim() -> None:
    assert who("whatever", people(), ann=claim(holder="h-1")) == "ann"


def test_a_seat_that_fits_nobody_is_known_by_its_holder_id() -> None:
    assert who("stranger", people("ann")) == "?h-1"


def test_where_id_and_login_disagree_the_seat_belongs_to_nobody() -> None:
    roster = match.roster("figma", people("ann", "bo"), {"figma": {"ann": claim(holder="h-1")}})
    found, findings = roster.seats([seat("bo", holder="h-1")])
    assert set(found) == {"?h-1"}
    assert [(f.rule, f.person) for f in findings] == [("holder-disagrees", "bo")]


def test_a_second_seat_of_the_same_person_is_known_by_its_holder_id() -> None:
    found, findings = match.roster("figma", people("ann"), {}).seats([seat("ann"), seat("ann", holder="h-2")])
    assert (set(found), findings) == ({"ann", "?h-2"}, ())


def test_a_rename_is_no_leaver_and_no_joiner() -> None:
    renamed = person("ann.new", aliases=("ann.old",))
    roster = match.roster("figma", people(renamed), {"figma": {"ann.old": claim(holder="h-1"), "bo": claim()}})
    assert roster.renamed == {"ann.old": "ann.new"}
    assert roster.holders == {"h-1": "ann.new"}
    assert roster.seats([seat("ann.old", holder="h-1")]) == ({"ann.new": seat("ann.old", holder="h-1")}, ())


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (person("ann", mail="a@acme.example", logins={"figma": "ann-f"}), "ann-f"),
        (person("ann", mail="a@acme.example"), "a@acme.example"),
        (person("ann"), "ann"),
    ],
)
def test_a_seat_is_given_to_the_name_that_the_account_knows(one: Person, name: str) -> None:
    assert match.login(one, "figma") == name
