"""Which logins answer for which file, at each forge, and who can't be named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.core.builders import TODAY, bundle, license, people, person, tree

from seatwise.core.codeowners import Codeowners, Keepers, codeowners
from seatwise.core.model import (
    Approver,
    Contract,
    Duration,
    License,
    Owner,
    People,
    PeopleSource,
    Person,
    Place,
    Settings,
    Status,
    Tree,
)


def owner(id: str, *who: str, deputy: str = "") -> Owner:
    return Owner(id, tuple(map(Approver, who)), Place(f"owners/{id}.yaml"), deputy=deputy)


def works(id: str, login: str | None = None, **fields: Any) -> Person:
    return person(id, logins={"forge": login if login is not None else id.title()}, **fields)


def at(place: Place, one: License) -> License:
    return replace(one, place=place)


OWNERS = {one.id: one for one in (owner("design", "ann", "bo", deputy="it"), owner("it", "kim"), owner("safe", "raul"))}
PEOPLE = people(*map(works, ("ann", "bo", "kim", "raul")))
FIGMA = at(Place("licenses/figma/figma.yaml"), license("figma"))
BASE = tree(FIGMA, owners=OWNERS)
SAFE = Keepers(files="safe")


def made(one: Tree = BASE, who: People = PEOPLE, keepers: Keepers = SAFE, forge: str = "github") -> Codeowners:
    return codeowners(one, who, keepers, forge, TODAY)


def lines(found: Codeowners) -> dict[str, str]:
    """Pattern → logins."""
    pairs = (line.partition(" @") for line in found.text.splitlines() if line.startswith("/"))
    return {pattern: f"@{who}" for pattern, _, who in pairs}


def test_a_file_is_answered_for_by_its_owners_approvers_then_its_deputys() -> None:
    found = lines(made())
    assert found["/licenses/figma/"] == "@Ann @Bo @Kim"
    assert found["/owners/design.yaml"] == "@Ann @Bo @Kim"
    assert found["/owners/it.yaml"] == "@Kim"
    assert made().findings == ()


def test_what_decides_who_may_decide_is_of_the_owner_that_policy_names() -> None:
    found = lines(made())
    assert {found[path] for path in ("/seatwise.yaml", "/policies/", "/.github/workflows/", "/.github/CODEOWNERS")} == {
        "@Raul"
    }
    assert lines(made(keepers=Keepers()))["/policies/"] == "@Ann @Bo @Kim @Raul"


def test_at_github_general_lines_come_first_since_the_last_one_counts() -> None:
    paths = list(lines(made()))
    assert paths.index("/licenses/") < paths.index("/licenses/figma/")
    assert paths.index("/owners/") < paths.index("/owners/design.yaml")


def test_files_of_one_publisher_with_several_owners_have_a_line_each() -> None:
    view = at(Place("licenses/figma/view.yaml"), license("view", owner="it"))
    deal = Contract("deal", "figma", "safe", {}, date(2026, 1, 1), Duration(1, "years"), "tacit",
                    place=Place("licenses/figma/contracts/deal.yaml"))  # fmt: skip
    found = lines(made(tree(FIGMA, view, owners=OWNERS, contracts={"deal": deal})))
    assert "/licenses/figma/" not in [path for path, who in found.items() if who != "@Ann @Bo @Kim"]
    assert found["/licenses/figma/figma.yaml"] == "@Ann @Bo @Kim"
    assert found["/licenses/figma/view.yaml"] == found["/licenses/figma/view/"] == "@Kim"
    assert found["/licenses/figma/contracts/deal.yaml"] == "@Raul"


def test_a_bundle_is_its_owners_and_people_files_are_of_the_owner_that_policy_names() -> None:
    source = PeopleSource("hr", "csv", {"from": "./hr/people.csv"}, Place("seatwise.yaml"))
    other = PeopleSource("entra", "entra", {}, Place("seatwise.yaml"))
    one = replace(BASE, settings=Settings(sources=(source, other)), bundles={"all": bundle("all", (), ("figma",))})
    found = lines(made(one, keepers=Keepers("safe", "it")))
    assert (found["/hr/people.csv"], found["/bundles/all.yaml"]) == ("@Kim", "@Ann @Bo @Kim")


def test_at_gitlab_each_owner_has_a_section_with_as_many_approvals_as_the_smallest_change_needs() -> None:
    text = made(forge="gitlab", keepers=Keepers("safe", approvals=2)).text
    assert "\n[design][2] @Ann @Bo @Kim\n/licenses/figma/\n/owners/design.yaml\n" in text
    assert "\n[it][1] @Kim\n" in text, "nobody can ask more approvals than there are people"
    assert "/.gitlab-ci.yml\n/.gitlab/CODEOWNERS\n" in text
    assert "\n/licenses/\n" not in text, "every section counts: this one would ask its owner at every license"
    assert "[settings of seatwise][1] @Ann @Bo @Kim @Raul\n" in made(forge="gitlab", keepers=Keepers()).text


@pytest.mark.parametrize(
    ("bo", "why"),
    [
        (works("bo", ""), "has no login at the forge"),
        (works("bo", status=Status.LEFT), "has left"),
        (works("bo", last_day=date(2026, 11, 1)), "has left"),
        (works("bo", "Kim"), "shares the login with somebody"),
        (works("bo", "x @all"), "has a login that is none: 'x @all'"),
        (works("bo", "x\n* @y"), "has a login that is none: 'x\\n* @y'"),
        (works("cy"), "is in no people source"),
    ],
)
def test_an_approver_who_cannot_be_named_is_a_finding_once(bo: Person, why: str) -> None:
    found = made(who=people(works("ann"), works("raul"), works("kim"), bo))
    assert f"bo {why}, and is in no line" in [one.what for one in found.findings]
    assert [one.what for one in found.findings].count(f"bo {why}, and is in no line") == 1
    assert "@Bo" not in found.text
    assert "@all" not in found.text
    assert "@y" not in found.text


def test_a_last_day_that_is_not_over_is_no_leaving() -> None:
    assert made(who=people(*map(works, ("ann", "kim", "raul")), works("bo", last_day=TODAY))).findings == ()


def test_where_nobody_of_an_owner_can_be_named_others_stand_for_it_and_no_line_is_a_hole() -> None:
    found = made(replace(BASE, owners={**OWNERS, "lost": owner("lost", "zoe", deputy="gone")}))
    assert lines(found)["/owners/lost.yaml"] == "@Raul"
    assert "no approver of lost has a login at the forge; others stand for it" in [one.what for one in found.findings]
    assert lines(made(keepers=Keepers("nobody")))["/policies/"] == "@Ann @Bo @Kim @Raul"


def test_paths_that_no_line_can_name_are_findings() -> None:
    odd = at(Place("licenses/a#b/odd.yaml"), license("odd"))
    spaced = at(Place("licenses/a b/spaced.yaml"), license("spaced"))
    found = made(tree(odd, spaced, owners=OWNERS))
    assert [one.key for one in found.findings] == ["licenses/a#b/"]
    assert lines(found)["/licenses/a\\ b/"] == "@Ann @Bo @Kim"


def test_the_size_is_in_bytes() -> None:
    assert made().size == len(made().text)
