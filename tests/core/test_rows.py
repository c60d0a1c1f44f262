"""Trees → typed rows, what changes between two trees, and the bounds of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import PLACE, TODAY, bundle, license, rule, team, tree, where

from seatwise.core import canon, rows
from seatwise.core.model import (
    Account,
    Approver,
    Assignment,
    Contract,
    Duration,
    Holder,
    Lot,
    Mode,
    Never,
    Notice,
    Owner,
    Place,
    Price,
    Row,
    RowChange,
    Settings,
    Terms,
    Tree,
)

SALES = where(department="Sales")


def found(one: Tree, kind: str) -> dict[tuple[str, ...], Row]:
    return {row.key: row for row in rows.rows(one) if row.kind == kind}


def changed(before: Tree, after: Tree) -> list[tuple[str, tuple[str, ...], bool, bool]]:
    return [(c.row.kind, c.row.key, c.before is not None, c.after is not None) for c in rows.changed(before, after)]


def bound(kind: str, before: Tree, after: Tree) -> int:
    (change,) = (c for c in rows.changed(before, after) if c.row.kind == kind)
    return rows.bound(change, before, after, TODAY)


def test_a_named_person_is_one_row_with_last_day_and_options() -> None:
    terms = {"ann": Terms(date(2026, 12, 31), (("plan", "pro"),))}
    one = team("ann", "bo", terms=terms, options=(("plan", "basic"),), through=date(2027, 1, 31))
    users = found(tree(license("figma", one)), "user")
    assert users[("figma", "FIGMA", "ann", "")].value == {"through": "2026-12-31", "options": {"plan": "pro"}}
    assert users[("figma", "FIGMA", "bo", "")].value == {"through": "2027-01-31", "options": {"plan": "basic"}}
    assert users[("figma", "FIGMA", "bo", "")].place == Place(PLACE.path, 11)


def test_terms_without_a_day_or_options_fall_back_to_those_of_the_assignment() -> None:
    one = team("ann", terms={"ann": Terms()}, options=(("plan", "basic"),), through=date(2027, 1, 31))
    assert found(tree(license("figma", one)), "user")[("figma", "FIGMA", "ann", "")].value == {
        "through": "2027-01-31",
        "options": {"plan": "basic"},
    }


def test_a_device_is_a_row_that_says_so() -> None:
    one = replace(team(), devices={"mac-12": 14})
    row = found(tree(license("figma", one)), "user")[("figma", "FIGMA", "device mac-12", "")]
    assert row.place.line == 14


def test_a_rule_is_one_row_by_its_selector() -> None:
    (row,) = found(tree(license("figma", rule(SALES, max=60))), "rule").values()
    assert row.key == ("figma", "FIGMA", "department sales", "")
    assert row.value == {"max": 60, "through": None, "options": {}, "ready": "0 days", "keep_for": "14 days"}


def test_a_bundle_gives_a_row_for_each_license_that_it_gives_and_keeps_its_name() -> None:
    made = tree(license("figma"), license("slack"), bundles=[bundle("designer", [team("ann")], ["figma", "slack"])])
    assert [(row.key[1:], row.license, row.bundle) for row in found(made, "user").values()] == [
        (("FIGMA", "ann", "designer"), "figma", "designer"),
        (("SLACK", "ann", "designer"), "slack", "designer"),
    ]


def test_a_group_asks_nothing() -> None:
    group = replace(team(), group="sg-design")
    assert not changed(tree(license()), tree(license("figma", group)))


def test_never_is_a_row_of_its_own() -> None:
    one = license(never=(Never("ines", "legal", date(2027, 6, 30)),))
    assert found(tree(one), "never")[("figma", "FIGMA", "ines")].value == {"through": "2027-06-30"}


def test_a_license_without_an_account_is_known_by_its_id() -> None:
    assert ("", "paper") in found(tree(license("paper", account="", sku="")), "mode")


def test_the_people_whom_an_account_admits_are_part_of_the_target() -> None:
    accounts = {"figma": Account("figma", "sandbox", {}, PLACE, where(company="Acme"))}
    made = tree(license(), settings=Settings(accounts=accounts))
    assert found(made, "target")[("figma",)].value == {"account": "figma", "sku": "FIGMA", "where": "company acme"}


def test_lots_contracts_owners_bundles_and_governed_files_have_rows() -> None:
    contract = Contract(
        "ea", "Acme", "it", {}, date(2026, 1, 1), Duration(12, "months"), "tacit", Notice(Duration(60, "days"))
    )
    plain = Contract("msa", "Acme", "it", {}, date(2026, 1, 1), Duration(12, "months"), "never")
    made = tree(
        license(lots=(Lot("first", "initial", 10, Price(Decimal("19.00"), "EUR"), start=date(2026, 1, 1)),)),
        bundles=[bundle("designer", [], [])],
        contracts={"ea": contract, "msa": plain},
        owners={"it": Owner("it", (Approver("kim"), Approver("ada", 50)), PLACE, deputy="design")},
        digests={"policies/mode.yaml": "sha256:1"},
    )
    rights, govern = found(made, "rights"), found(made, "govern")
    assert rights[("lot", "figma", "first")].value["price"] == {"amount": "19.00", "currency": "EUR", "per": "month"}
    assert rights[("contract", "ea")].value["notice"] == "60 days"
    assert rights[("contract", "msa")].value["notice"] == ""
    assert [a["person"] for a in govern[("owner", "it")].value["approvers"]] == ["ada", "kim"]
    assert govern[("bundle", "designer")].value == {"owner": "design"}
    assert found(made, "file")[("policies/mode.yaml",)].value == {"digest": "sha256:1"}


def test_a_declared_holder_is_a_row_by_its_logins_and_not_by_its_name() -> None:
    room = Holder("atlas", "room", "kim", date(2027, 12, 31), PLACE, "Atlas", {"figma": "atlas@acme"})
    before = tree(license(), holders={"atlas": room})
    assert rows.changed(before, tree(license(), holders={"atlas": replace(room, name="Room Atlas")})) == ()
    (change,) = rows.changed(before, tree(license(), holders={"atlas": replace(room, logins={"figma": "eve"})}))
    assert change.row.key == ("holder", "atlas") and change.row.value == {
        "kind": "room", "sponsor": "kim", "logins": {"figma": "eve"}, "review_through": "2027-12-31"
    }  # fmt: skip


def test_moving_a_person_between_lists_of_a_license_changes_nothing() -> None:
    before = tree(license("figma", team("ann", "bo"), team("kim", name="other")))
    after = tree(license("figma", team("ann"), team("kim", "bo", name="other")))
    assert not rows.changed(before, after)


def test_order_reasons_tickets_and_places_are_not_in_it() -> None:
    one = replace(team("ann", "bo"), ticket="ITSM-1", reason="a project", place=Place("a.yaml", 1))
    other = replace(team("bo", "ann"), ticket="ITSM-2", reason="", place=Place("b.yaml", 9), name="renamed")
    assert not rows.changed(tree(license("figma", one)), tree(license("figma", other)))


def test_what_differs_is_sorted_and_has_before_and_after() -> None:
    before, after = tree(license("figma", people=["ann", "bo"])), tree(license("figma", people=["bo", "cy"]))
    assert changed(before, after) == [
        ("user", ("figma", "FIGMA", "ann", ""), True, False),
        ("user", ("figma", "FIGMA", "cy", ""), False, True),
    ]


def test_a_bundle_that_gives_a_license_more_changes_the_rows_of_that_license() -> None:
    figma, slack = license("figma"), license("slack")
    before = tree(figma, slack, bundles=[bundle("designer", [team("ann")], ["figma"])])
    after = tree(figma, slack, bundles=[bundle("designer", [team("ann")], ["figma", "slack"])])
    assert changed(before, after) == [("user", ("figma", "SLACK", "ann", "designer"), False, True)]


def test_a_license_that_is_the_same_object_is_not_opened() -> None:
    one, given = license("figma", people=["ann"]), bundle("designer", [], ["figma"])
    before, after = tree(one, bundles=[given]), tree(one, bundles=[given])
    assert rows.same_asks(before, after, "figma")
    assert not rows.changed(before, after)


@pytest.mark.parametrize(
    "other",
    [
        tree(),
        tree(license("figma", people=["ann"])),
        tree(license("figma"), bundles=[bundle("designer", [], ["figma"])]),
    ],
)
def test_trees_ask_the_same_only_where_nothing_was_read_anew(other: Tree) -> None:
    one = tree(license("figma", people=["ann"]), bundles=[bundle("designer", [], ["figma"])])
    assert not rows.same_asks(one, other, "figma")
    assert not rows.same_asks(other, one, "figma")


def test_other_people_whom_an_account_admits_make_the_asks_differ() -> None:
    one = license()
    narrowed = Settings(accounts={"figma": Account("figma", "sandbox", {}, PLACE, where(company="Acme"))})
    assert not rows.same_asks(tree(one), tree(one, settings=narrowed), "figma")
    assert changed(tree(one), tree(one, settings=narrowed)) == [("target", ("figma",), True, True)]


def test_the_bound_of_a_person_is_one() -> None:
    assert bound("user", tree(license()), tree(license("figma", people=["ann"]))) == 1
    assert bound("never", tree(license()), tree(license(never=(Never("ann"),)))) == 1


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, 60, 60),
        (60, None, 60),
        (60, 20, 60),
        (20, 60, 60),
    ],
)
def test_the_bound_of_a_rule_is_its_max_and_of_one_narrowed_or_removed_the_old_one(
    before: int | None, after: int | None, expected: int
) -> None:
    def having(limit: int | None) -> Tree:
        return tree(license("figma", *([rule(SALES, max=limit)] if limit else [])))

    assert bound("rule", having(before), having(after)) == expected


def test_a_rule_without_max_has_no_bound() -> None:
    assert bound("rule", tree(license()), tree(license("figma", rule(SALES)))) == rows.UNBOUNDED


def test_the_bound_of_enforce_and_of_a_new_target_are_the_rights() -> None:
    lots = (Lot("first", "initial", 40), Lot("more", "true-up", 5, start=date(2027, 1, 1)))
    managed, enforced = license(lots=lots), license(lots=lots, mode=Mode.ENFORCE)
    assert bound("mode", tree(managed), tree(enforced)) == 40
    assert bound("target", tree(), tree(managed)) == 40
    assert bound("target", tree(), tree(license())) == 0


def test_what_moves_no_seat_has_no_bound() -> None:
    assert bound("mode", tree(license(mode=Mode.ENFORCE)), tree(license())) == 0
    assert bound("terms", tree(license()), tree(license(rank=5))) == 0


def test_the_key_of_a_row_says_kind_bundle_and_selector() -> None:
    assert rows.rule_key(team("ann")) == "user:"
    assert rows.rule_key(replace(rule(SALES), bundle="designer")) == "rule:designer:department sales"


NAMES = st.lists(st.sampled_from(["ann", "bo", "cy", "dee", "eve"]), unique=True)


@given(NAMES, NAMES)
def test_the_inverse_is_what_changes_on_the_way_back(one: list[str], other: list[str]) -> None:
    before, after = tree(license("figma", people=one)), tree(license("figma", people=other))
    there = rows.changed(before, after)
    assert rows.inverse(there) == rows.changed(after, before)
    assert rows.inverse(rows.inverse(there)) == there


@given(NAMES.flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))), st.randoms())
def test_the_ask_digest_ignores_order(orders: tuple[list[str], list[str]], random: Any) -> None:
    one, other = (rows.changed(tree(license()), tree(license("figma", people=names))) for names in orders)
    shuffled: list[RowChange] = list(other)
    random.shuffle(shuffled)
    assert canon.ask_digest(one) == canon.ask_digest(shuffled)
    assert canon.ask_digest(one) != canon.ask_digest((*one, *rows.inverse(one))) or not one


def test_the_last_day_of_a_device_is_part_of_its_row() -> None:
    ask = Assignment("all", PLACE, devices={"ber-1": 3}, terms={"ber-1": Terms(date(2099, 1, 1))})
    found = [one for one in rows.rows(tree(license("rooms", assignments=(ask,)))) if one.kind == "user"]
    assert [(one.key[2], one.value["through"]) for one in found] == [("device ber-1", "2099-01-01")]


LAST_DAYS = st.sampled_from([None, date(2026, 12, 31)])
PLANS = st.sampled_from([(), (("plan", "pro"),)])
ROSTERS = st.dictionaries(st.sampled_from("abcd"), st.none() | st.builds(Terms, LAST_DAYS, PLANS))


@st.composite
def asking_trees(draw: st.DrawFn) -> Tree:
    """Lists of the same few names, some of them with terms of their own, in a license and a bundle that gives it."""
    lists = []
    for roster in draw(st.tuples(ROSTERS, ROSTERS)):
        terms = {who: one for who, one in roster.items() if one}
        lists.append(team(*roster, terms=terms, through=draw(LAST_DAYS), options=draw(PLANS)))
    sku = draw(st.sampled_from(["FIGMA", "FIGMA-2"]))
    return tree(license("figma", lists[0], sku=sku), bundles=[bundle("designer", lists[1:], ["figma"])])


@given(asking_trees(), asking_trees())
def test_what_changes_is_what_differs_between_all_rows_of_both(before: Tree, after: Tree) -> None:
    old, new = ({(row.kind, *row.key): row for row in rows.rows(one)} for one in (before, after))
    every = [RowChange(old.get(key), new.get(key)) for key in sorted({*old, *new})]
    assert rows.changed(before, after) == tuple(change for change in every if change.before != change.after)


def test_everybody_is_named_whom_licenses_exclude_or_list_and_bundles_list() -> None:
    lists = license("figma", team("ann"), rule(SALES), never=(Never("bo"),))
    every = tree(lists, license("slack", assignments=None), bundles=[bundle("starter", [team("cy")], ["figma"])])
    assert sorted(rows.named(every)) == ["ann", "bo", "cy"]


def test_a_change_brings_what_it_changed_less_what_is_true_already() -> None:
    base, head = tree(license("figma", team("ann"))), tree(license("figma", team("ann", "bo", "cy")))
    parent = tree(license("figma", team("ann", "bo", "dan")))
    brought = rows.brought(parent, base, head)
    assert [(c.row.key[2], c.before is not None, c.after is not None) for c in brought] == [("cy", False, True)]
    assert rows.brought(base, base, head) == rows.changed(base, head)
    assert rows.brought(head, base, head) == ()


def test_a_change_brings_rows_of_people_files_too() -> None:
    def row(**value: str) -> Row:
        return Row("person", ("ann",), value)

    one = tree(license("figma"))
    (brought,) = rows.brought(one, one, one, [row(dept="a")], iter([row(dept="b")]), [row(dept="a")])
    assert (brought.before, brought.after) == (row(dept="a"), row(dept="b"))
    assert rows.brought(one, one, one, [row(dept="a")], [row(dept="b")], [row(dept="b")]) == ()
