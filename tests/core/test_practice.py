"""Without a forge only practice is applied; nothing is approved by accident."""

from __future__ import annotations

from typing import Any

import pytest

from seatwise.core import practice
from seatwise.core.approval import Verdict
from seatwise.core.model import Account, Changeset, Place, Settings, Tree

CHANGESET = Changeset("c0ffee" * 6 + "abcd", "", "first")
EMPTY = Tree()


def tree(*accounts: Account, kind: str = "none") -> Tree:
    return Tree(Settings(accounts={account.id: account for account in accounts}, forge={"kind": kind}))


def account(id: str, vendor: str = "sandbox", **more: Any) -> Account:
    return Account(id, vendor, {}, Place("seatwise.yaml", 7), **more)


def verdict(parent: Tree, own: Tree) -> Verdict:
    return practice.verdict(CHANGESET, parent, own)


def test_where_every_account_is_for_practice_nobody_is_asked_and_that_is_recorded() -> None:
    practice = tree(account("m365"), account("jetbrains", "table", practice=True))
    for parent in (practice, EMPTY):
        given = verdict(parent, practice)
        assert given.approved and given.how == "not asked"
        assert given.evidence["practice"] == {"m365": "sandbox", "jetbrains": "table"}
        assert given.evidence["commit"] == CHANGESET.commit


@pytest.mark.parametrize(
    ("parent", "own"),
    [
        (EMPTY, tree(account("m365"), account("octo", "github"))),
        (tree(account("m365")), tree(account("m365"), account("octo", "github"))),
        (tree(account("m365"), account("octo", "github")), tree(account("m365"))),
        (tree(account("octo", "github")), tree(account("octo"))),
    ],
    ids=["on a first run", "that the changeset adds", "that it removes", "that it calls practice"],
)
def test_one_real_account_is_named_and_nothing_is_approved(parent: Tree, own: Tree) -> None:
    given = verdict(parent, own)
    assert not given.approved and given.evidence == {}
    assert given.why.startswith("seatwise.yaml:7: account octo is real (vendor github)") and "sandbox" in given.fix


@pytest.mark.parametrize(
    "real", [account("t", "table"), account("t", "github", practice=True), account("t", "Sandbox"), account("t", "")]
)
def test_only_the_sandbox_and_tables_that_say_so_are_for_practice(real: Account) -> None:
    assert not verdict(EMPTY, tree(real)).approved


def test_without_any_account_there_is_nobody_to_take_a_seat_from() -> None:
    assert verdict(EMPTY, EMPTY).approved and verdict(tree(account("m365")), EMPTY).approved


def test_a_table_account_is_told_how_it_becomes_practice() -> None:
    assert "practice: true" in verdict(EMPTY, tree(account("t", "table"))).fix


def test_a_forge_that_is_not_known_approves_nothing() -> None:
    given = practice.unknown("sourcehut", "seatwise.yaml:9", CHANGESET.commit)
    assert not given.approved and "'sourcehut' is not known here" in given.why and given.fix


def test_only_practice_is_where_no_account_is_real() -> None:
    assert practice.only(tree(account("m365"), account("jetbrains", "table", practice=True)).settings)
    assert practice.only(Settings())
    assert not practice.only(tree(account("m365"), account("octo", "github")).settings)
