"""Who approved what: each rule by which a vote does not count, and how needs are covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.builders import NOW, people, person, where

from seatwise.core.approval import Case, Ruling, ruled, verdict
from seatwise.core.model import Approver, Need, Owner, Place, Request, Row, RowChange, Says, Status, Tree, Vote

HEAD, OTHER, ASK = "a" * 40, "b" * 40, "sha256:asks"
HERE = Place("owners/x.yaml")
FORGE = {name: name.upper() for name in ("ann", "bo", "cy", "dee", "eve", "fin")}
HR = people(*(person(name, logins={"forge": login}) for name, login in FORGE.items()), person("gus", department="few"))
OWNERS = {
    "it": Owner("it", (Approver("ann"), Approver("bo", 5)), HERE, deputy="desk"),
    "desk": Owner("desk", (Approver("cy"),), HERE),
    "security": Owner("security", (Approver("dee"), Approver("ann")), HERE),
}
BEFORE = Tree(owners=OWNERS)


GOVERN = Row("govern", ("license", "figma"), {"owner": "a"})


def row(who: str, kind: str = "user") -> RowChange:
    return RowChange(None, Row(kind, ("acme", "SKU", who), {"through": None, "options": {}}, "figma"))


def need(owner: str = "it", count: int = 1, **fields: Any) -> Need:
    return Need(owner, count, ("figma",), **fields)


def vote(login: str, says: Says = Says.APPROVED, **fields: Any) -> Vote:
    at = fields.pop("at", NOW - timedelta(hours=1))
    return Vote(fields.pop("id", f"v-{login}-{at:%H%M%S}"), login, says, fields.pop("commit", HEAD), at, **fields)


def case(*votes: Vote, needs: Iterable[Need] = (need(),), **fields: Any) -> Case:
    request = {"makers": frozenset({"EVE"}), **fields.pop("request", {})}
    asked = Request("7", "https://forge/7", "one more", "EVE", "main", HEAD, votes, **request)
    told = {"reviewed": {HEAD: ASK, OTHER: "sha256:else"}, "rows": (row("fin"),), **fields}
    return Case(ASK, told.pop("rows"), tuple(needs), BEFORE, HR, asked, "main", NOW, timedelta(days=14), **told)


def rules(ruling: Ruling) -> list[str]:
    return [one.rule for one in ruling.votes]


def test_one_approver_of_the_owner_is_enough_for_one() -> None:
    ruling = ruled(case(vote("ANN")))
    assert ruling.approved and [(one.need.owner, one.by) for one in ruling.met] == [("it", ("ann",))]


def test_nobody_is_not_enough() -> None:
    ruling = ruled(case())
    assert not ruling.approved and [one.missing for one in ruling.met] == [1]


@pytest.mark.parametrize("login", ["ann", "Ann", "ANN"])
def test_logins_are_compared_without_case(login: str) -> None:
    assert ruled(case(vote(login))).approved


def test_a_deputy_stands_in() -> None:
    assert ruled(case(vote("CY"))).approved


@pytest.mark.parametrize(
    ("votes", "more", "rule"),
    [
        ([vote("ANN", Says.CHANGES)], {}, "changes-requested"),
        ([vote("ANN", Says.DISMISSED)], {}, "dismissed"),
        ([vote("ANN", bot=True)], {}, "bot"),
        ([vote("NOBODY")], {}, "unmapped"),
        ([vote("")], {}, "unmapped"),
        ([vote("FIN")], {"needs": [need("nobody-there")], "before": 1}, "beneficiary"),
        ([vote("EVE")], {}, "maker"),
        ([vote("ANN")], {"request": {"makers": frozenset({"ann"})}}, "maker"),
        ([vote("ANN")], {"request": {"makers": frozenset({"mail:ann"})}}, "maker"),
        ([vote("ANN", id="old")], {"used": frozenset({"old"})}, "used"),
        ([vote("ANN", at=NOW - timedelta(days=15))], {}, "too-old"),
        ([vote("ANN")], {"request": {"based": NOW - timedelta(minutes=1)}}, "retargeted"),
        ([vote("ANN", commit=OTHER)], {}, "other-rows"),
        ([vote("ANN", commit="c" * 40)], {}, "head-gone"),
        ([vote("ANN", ask="sha256:else")], {}, "other-rows"),
        ([vote("DEE")], {}, "no-approver"),
        ([vote("FIN")], {"rows": (row("ann"),)}, "no-approver"),
    ],
)
def test_a_vote_that_does_not_count_says_by_which_rule(votes: list[Vote], more: dict[str, Any], rule: str) -> None:
    more.pop("before", None)
    ruling = ruled(case(*votes, **more))
    assert (rules(ruling), ruling.approved) == ([rule], False)


def test_an_approval_of_the_digest_itself_needs_no_head() -> None:
    assert ruled(case(vote("ANN", commit="c" * 40, ask=ASK))).approved


def test_an_approval_stands_after_the_branch_was_turned_back_and_looked_at_again() -> None:
    assert ruled(case(vote("ANN"), request={"based": NOW - timedelta(hours=2)})).approved


def test_the_latest_word_of_each_counts() -> None:
    early, late = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    for first, second, approved in (
        (Says.APPROVED, Says.CHANGES, False),
        (Says.CHANGES, Says.APPROVED, True),
        (Says.APPROVED, Says.DISMISSED, False),
        (Says.DISMISSED, Says.APPROVED, True),
    ):
        ruling = ruled(case(vote("ANN", first, at=early), vote("ann", second, at=late)))
        assert (rules(ruling)[0], ruling.approved) == ("superseded", approved)


def test_a_change_that_somebody_entitled_asks_for_stands_against_others() -> None:
    ruling = ruled(case(vote("CY"), vote("ANN", Says.CHANGES)))
    assert not ruling.approved and [rule for rule, _ in ruling.refused] == ["changes-requested"]
    assert ruled(case(vote("CY"), vote("FIN", Says.CHANGES))).approved


def test_a_login_that_two_people_have_counts_for_neither() -> None:
    twins = people(person("ann", logins={"forge": "ANN"}), person("bo", logins={"forge": "ann"}))
    assert rules(ruled(replace(case(vote("ANN")), people=twins))) == ["unmapped"]


@pytest.mark.parametrize("gone", [{"status": Status.LEFT}, {"last_day": NOW.date() - timedelta(days=1)}])
def test_who_has_left_approves_nothing(gone: dict[str, Any]) -> None:
    left = people(person("ann", logins={"forge": "ANN"}, **gone))
    assert rules(ruled(replace(case(vote("ANN")), people=left))) == ["left"]


def test_an_approver_of_few_seats_does_not_count_for_more() -> None:
    assert ruled(case(vote("BO"), needs=[need(size=5)])).approved
    assert not ruled(case(vote("BO"), needs=[need(size=6)])).approved
    assert ruled(case(vote("BO"), vote("ANN"), needs=[need(count=2, size=5)])).approved


def test_as_many_different_people_as_an_owner_asks_for() -> None:
    assert not ruled(case(vote("ANN"), needs=[need(count=2)])).approved
    assert ruled(case(vote("ANN"), vote("CY"), needs=[need(count=2)])).approved


def test_all_owners_are_covered_and_one_person_may_cover_two() -> None:
    both = [need("it"), need("security")]
    assert not ruled(case(vote("CY"), needs=both)).approved
    assert ruled(case(vote("ANN"), needs=both)).approved
    assert ruled(case(vote("CY"), vote("DEE"), needs=both)).approved


def test_an_owner_that_is_needed_for_the_size_is_covered_by_somebody_else() -> None:
    both = [need("it"), need("security", besides=True)]
    assert not ruled(case(vote("ANN"), needs=both)).approved
    ruling = ruled(case(vote("ANN"), vote("CY"), needs=both))
    assert ruling.approved and [one.by for one in ruling.met] == [("cy",), ("ann",)]
    two = [need("security", besides=True), need("desk", besides=True)]
    assert not ruled(case(vote("ANN"), needs=[need("security", besides=True), need("it", besides=True)])).approved
    assert ruled(case(vote("ANN"), vote("CY"), needs=two)).approved


def test_who_is_needed_of_an_owner_that_was_not_there_before_is_anybody_who_may_approve() -> None:
    assert ruled(case(vote("DEE"), needs=[need("new")])).approved
    assert ruled(case(vote("DEE"), needs=[need("")])).approved
    assert not ruled(case(vote("FIN"), needs=[need("")], rows=(row("ann"),))).approved


def test_a_rule_for_few_makes_each_of_them_a_beneficiary() -> None:
    def ruling(most: int | None) -> Ruling:
        rule = Row("rule", ("acme", "SKU", "few", ""), {"max": most}, "figma")
        few = people(person("ann", logins={"forge": "ANN"}, department="few"))
        made = case(vote("ANN"), rows=(RowChange(None, rule),), selectors={"few": where(department="few")})
        return ruled(replace(made, people=few))

    assert [ruling(most).approved for most in (5, 6, None)] == [False, True, True]
    assert ruled(case(vote("ANN"), rows=(RowChange(Row("rule", ("a", "S", "x", ""), {"max": 1}), None),))).approved


@pytest.mark.parametrize(
    ("mixed", "what"),
    [
        (RowChange(None, Row("file", ("policies/mode.yaml",), {"digest": "x"})), "policies and settings"),
        (RowChange(None, Row("person", ("hr", "gus"), {})), "people"),
        (RowChange(Row("govern", ("owner", "it"), {}), None), "who answers for what"),
        (RowChange(None, Row("govern", ("owner", "new"), {})), "who answers for what"),
        (RowChange(GOVERN, replace(GOVERN, value={"owner": "b"})), "who answers for what"),
    ],
)
def test_what_decides_who_decides_rides_alone(mixed: RowChange, what: str) -> None:
    ruling = ruled(case(vote("ANN"), rows=(row("fin"), mixed)))
    assert not ruling.approved and ruling.refused == (
        ("rides-alone", f"{what} rides alone: put it into a pull request of its own"),
    )
    assert ruled(case(vote("ANN"), rows=(mixed,))).approved
    assert ruled(case(vote("ANN"), rows=(row("fin"), mixed), first=True)).approved


@pytest.mark.parametrize("change", [RowChange(None, GOVERN), RowChange(GOVERN, None)])
def test_a_new_license_comes_with_its_owner_and_an_old_one_goes_with_it(change: RowChange) -> None:
    assert ruled(case(vote("ANN"), rows=(row("fin"), change))).approved


def test_a_pull_request_for_another_branch_approves_nothing_here() -> None:
    made = case(vote("ANN"))
    ruling = ruled(replace(made, request=replace(made.request, base="trunk")))
    assert [rule for rule, _ in ruling.refused] == ["other-branch"]


def test_an_exact_reverse_needs_one_of_each_owner() -> None:
    needs = [need(count=3), need("security", besides=True)]
    assert not ruled(case(vote("ANN"), needs=needs)).approved
    assert ruled(case(vote("ANN"), needs=needs, reverse=True)).approved


def test_a_single_administrator_counts_by_merging_what_they_made() -> None:
    alone = {"request": {"makers": frozenset({"ANN"}), "merger": "ANN"}, "needs": [need(count=2), need("security")]}
    assert not ruled(case(**alone)).approved
    ruling = ruled(case(single=True, **alone))
    assert ruling.approved and ruling.single and [one.by for one in ruling.met] == [("ann",), ("ann",)]
    assert verdict(case(single=True, **alone), "github").how == "single administrator"
    somebody = {**alone, "request": {"makers": frozenset({"EVE"}), "merger": "ANN"}}
    assert not ruled(case(single=True, **somebody)).approved
    nobody = {**alone, "request": {"makers": frozenset({"EVE"}), "merger": "EVE"}}
    assert not ruled(case(single=True, **nobody)).approved


def test_a_verdict_says_who_approved_for_whom_and_keeps_the_evidence() -> None:
    made = verdict(case(vote("ANN"), vote("EVE")), "github")
    assert (made.approved, made.how, made.why, made.fix) == (True, "approved", "pull request 7: it by ann", "")
    assert [(one["login"], one["rule"]) for one in made.evidence["votes"]] == [("ANN", ""), ("EVE", "maker")]
    assert made.evidence["needs"] == [{"owner": "it", "count": 1, "by": ["ann"]}]
    assert made.evidence["request"]["number"] == "7" and made.evidence["ask"] == ASK


def test_a_verdict_says_who_is_missing_and_why_votes_do_not_count() -> None:
    made = verdict(case(vote("EVE"), vote(""), needs=[need(approvers=("ann", "bo"))]), "github")
    assert made.why == (
        "pull request 7: it (figma): 0 of 1; EVE does not count: maker: wrote, committed, pushed or opened a part of it; "
        "somebody who is gone does not count: unmapped: no people source has exactly one person with this login"
    )
    assert made.fix == "approve it: ann, bo"
    assert verdict(case(needs=[need("")]), "local").fix.startswith("name approvers in owners/")
    assert verdict(case(rows=(row("fin"), row("x", "file"))), "github").fix.startswith("revert it")


def test_a_verdict_says_nothing_of_what_is_covered_and_of_words_that_were_taken_back() -> None:
    votes = (vote("CY", Says.CHANGES, at=NOW - timedelta(hours=2)), vote("CY"))
    made = verdict(case(*votes, needs=[need(), need("security")]), "github")
    assert made.why == "pull request 7: security (figma): 0 of 1"


def test_what_needs_nobody_is_approved() -> None:
    made = verdict(replace(case(needs=[]), request=Request("c0ffee", "", "t", "", "main", HEAD)), "local")
    assert (made.approved, made.why) == (True, "c0ffee: nobody is needed")


def test_a_click_and_a_signature_of_one_person_are_one_approval() -> None:
    signed = vote("mail:ann", id="sha256:s", ask=ASK, at=NOW - timedelta(hours=2))
    ruling = ruled(case(vote("ANN"), signed, needs=[need(count=2)]))
    assert [one.missing for one in ruling.met] == [1] and rules(ruling) == ["", "superseded"]


def test_a_signature_under_a_former_name_is_the_same_person() -> None:
    renamed = people(person("ann", aliases=("old-ann",)))
    votes = [
        vote(f"mail:{name}", id=name, ask=ASK, at=NOW - timedelta(hours=at))
        for at, name in ((1, "ann"), (2, "old-ann"))
    ]
    ruling = ruled(replace(case(*votes, needs=[need(count=2)]), people=renamed))
    assert [one.by for one in ruling.met] == [("ann",)]


def test_a_declared_holder_is_nobody_who_votes_and_takes_no_login_away() -> None:
    ghost = person("ghost", worker="bot", logins={"forge": "ANN"}, aliases=("gone",))
    owners = {"it": Owner("it", (Approver("ann"), Approver("gone")), HERE)}
    asked = replace(case(vote("ANN"), vote("mail:gone", ask=ASK)), people=people(*HR.persons.values(), ghost))
    assert rules(ruled(replace(asked, before=Tree(owners=owners)))) == ["", "unmapped"]


def test_nobody_approves_what_a_people_file_says_of_them() -> None:
    change = RowChange(None, Row("person", ("hr", "ann"), {"department": "Sales"}))
    stranger = RowChange(None, Row("person", ("hr", "new"), {"department": "Sales"}))
    assert rules(ruled(case(vote("ANN"), rows=(change, stranger)))) == ["beneficiary"]


def test_an_only_administrator_who_has_left_approves_nothing() -> None:
    left = people(person("eve", status=Status.LEFT, logins={"forge": "EVE"}))
    owners = {"it": Owner("it", (Approver("eve"),), HERE)}
    asked = case(single=True, request={"merger": "EVE"})
    asked = replace(asked, before=Tree(owners=owners))
    assert ruled(asked).approved and not ruled(replace(asked, people=left)).approved
