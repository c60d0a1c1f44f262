from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.policies.reviews import PLACE, found, license, owner, policy, review, sizes, tree

from seatwise.core import rows
from seatwise.core.model import (
    Account,
    Assignment,
    Bundle,
    Contract,
    Duration,
    License,
    Need,
    Review,
    Row,
    RowChange,
    Selector,
    Settings,
    Size,
    Tree,
)
from seatwise.policies import min_approvals

OWNERS = [owner("design", ["ada", "kim"], "it"), owner("it", ["raul"]), owner("engineering", ["lee"])]
DESIGN = Selector((("department", ("design",)),))
NAMED = Assignment("some", PLACE, people={"ann": 3})


def needs(of: Review, **params: Any) -> tuple[Need, ...]:
    return min_approvals.needs(of, policy("min-approvals", **params))


def counts(of: Review, **params: Any) -> dict[str, int]:
    return {need.owner: need.count for need in needs(of, **params)}


def giving(gives: int, takes: int = 0) -> Review:
    """A changeset that names ann in figma, and moves so many seats of it."""
    size = Size("figma", 60, gives, takes)
    before, after = tree(license(), owners=OWNERS), tree(license(assignments=(NAMED,)), owners=OWNERS)
    return review(tree=after, before=before, rows=rows.changed(before, after), sizes=sizes(size))


def test_a_changeset_without_rows_needs_nobody() -> None:
    assert needs(review()) == ()


@pytest.mark.parametrize(
    ("gives", "takes", "count"),
    [(0, 0, 1), (5, 0, 1), (6, 0, 2), (50, 0, 2), (51, 0, 3), (200, 0, 3), (0, 2, 1), (0, 3, 2), (1, 2, 1), (2, 2, 2)],
)
def test_more_seats_need_more_approvals_and_a_take_counts_two(gives: int, takes: int, count: int) -> None:
    assert counts(giving(gives, takes)) == {"design": count}


def test_a_need_says_of_whom_why_and_for_how_much() -> None:
    (need,) = needs(giving(6))
    assert need == Need("design", 2, ("figma",), 60, 6, "up to 50 seats", ("ada", "kim", "raul"))


def test_above_the_largest_class_security_and_finance_say_yes_too() -> None:
    assert counts(giving(201)) == {"design": 3, "finance": 1, "security": 1}
    assert {need.why for need in needs(giving(201))} == {"more than 200 seats"}


def test_an_owner_that_is_needed_and_is_not_there_is_a_warning() -> None:
    assert found("min-approvals", giving(200)) == []
    first, second = found("min-approvals", giving(201))
    assert first.what == "finance must approve (more than 200 seats), and there is no such owner"
    assert second.key == "security"
    named = {"approvals": 3, "owners": ("it", "engineering")}
    assert found("min-approvals", giving(201), above=named) == []


def test_without_classes_every_size_is_the_largest() -> None:
    assert counts(giving(1), classes=(), above={"approvals": 2, "owners": ()}) == {"design": 2}
    assert needs(giving(1), classes=(), above={"approvals": 2, "owners": ()})[0].why == "any number of seats"


def test_classes_may_stand_in_any_order_and_a_take_may_count_more() -> None:
    classes = ({"up_to": 50, "approvals": 2}, {"up_to": 5, "approvals": 1})
    assert counts(giving(5), classes=classes) == {"design": 1}
    assert counts(giving(0, 2), take=3) == {"design": 2}


def test_the_largest_license_of_an_owner_counts() -> None:
    before = tree(license(), license("slack"), owners=OWNERS)
    after = tree(*(license(id, assignments=(NAMED,)) for id in ("figma", "slack")), owners=OWNERS)
    of = review(tree=after, before=before, rows=rows.changed(before, after), sizes=sizes(Size("slack", 9, 9, 0)))
    assert [(need.owner, need.count, need.licenses) for need in needs(of)] == [("design", 2, ("figma", "slack"))]


def test_what_an_owner_approves_beside_licenses_is_no_license_and_the_numbers_of_those_are_added() -> None:
    before = tree(license(), license("slack"), owners=OWNERS)
    after = tree(
        *(license(id, assignments=(NAMED,)) for id in ("figma", "slack")),
        owners=[owner("design", ["ada", "kim"], "engineering"), *OWNERS[1:]],
    )
    seen = sizes(Size("slack", 9, 5, 4), Size("figma", 3, 2, 1))
    need = next(n for n in needs(replace(changed(before, after), sizes=seen)) if n.owner == "design")
    one, two = (seen[id] for id in ("figma", "slack"))
    assert (need.licenses, need.bound, need.size) == (("figma", "slack"), one.bound + two.bound, one.size + two.size)


def changed(before: Tree, after: Tree) -> Review:
    return review(before=before, tree=after, rows=rows.changed(before, after))


def test_owners_are_read_from_the_tree_before() -> None:
    before = tree(license(), owners=OWNERS)
    grabbed = tree(license(assignments=(NAMED,)), owners=[owner("design", ["eve"]), *OWNERS[1:]])
    assert {need.owner: need.approvers for need in needs(changed(before, grabbed))} == {
        "design": ("ada", "kim", "raul"),
        "it": ("raul",),
    }


def test_a_new_owner_of_a_license_needs_the_old_one_too() -> None:
    before, after = tree(license(), owners=OWNERS), tree(license(owner="it"), owners=OWNERS)
    assert counts(changed(before, after)) == {"design": 1, "it": 1}


def test_a_new_license_needs_its_own_owner() -> None:
    assert counts(changed(tree(owners=OWNERS), tree(license(), owners=OWNERS))) == {"design": 1}


def bundled(*who: Assignment, gives: tuple[str, ...] = ("figma",)) -> Tree:
    bundle = Bundle("engineer", "engineering", who, gives, PLACE)
    return tree(license(), license("slack", owner="it"), owners=OWNERS, bundles={"engineer": bundle})


RULE = Assignment("all", PLACE, where=DESIGN, max=40, bundle="engineer")
LENT = replace(NAMED, bundle="engineer")


@pytest.mark.parametrize(
    "after",
    [
        (RULE, LENT),
        (replace(RULE, max=39),),
        (replace(RULE, where=Selector((("department", ("data",)),))),),
        (),
    ],
)
def test_who_is_in_a_bundle_within_its_max_is_its_owners_alone(after: tuple[Assignment, ...]) -> None:
    assert counts(changed(bundled(RULE), bundled(*after))) == {"engineering": 1}


@pytest.mark.parametrize(
    "after",
    [
        bundled(replace(RULE, max=41)),
        bundled(replace(RULE, max=None)),
        bundled(RULE, replace(RULE, name="more", where=Selector((("title", ("vp",)),)))),
    ],
)
def test_more_people_than_approved_need_the_owner_of_the_license_too(after: Tree) -> None:
    assert counts(changed(bundled(RULE), after)) == {"design": 1, "engineering": 1}


def test_a_rule_without_max_has_no_number_to_keep() -> None:
    loose = replace(RULE, max=None)
    assert counts(changed(bundled(loose), bundled(loose, LENT))) == {"engineering": 1}


def test_what_a_bundle_gives_needs_the_owner_of_that_license() -> None:
    assert counts(changed(bundled(RULE), bundled(RULE, gives=("figma", "slack")))) == {"engineering": 1, "it": 1}


def test_a_new_bundle_and_its_deletion_need_both() -> None:
    without = tree(license(), license("slack", owner="it"), owners=OWNERS)
    assert counts(changed(without, bundled(RULE))) == {"design": 1, "engineering": 1}
    assert counts(changed(bundled(RULE), without)) == {"design": 1, "engineering": 1}


def test_an_owner_its_old_and_its_new_deputy_approve_who_stands_in() -> None:
    before = tree(owners=OWNERS)
    after = tree(owners=[owner("design", ["ada", "kim"], "engineering"), *OWNERS[1:]])
    assert counts(changed(before, after)) == {"design": 1, "engineering": 1, "it": 1}


def test_a_new_owner_approves_itself_and_its_deputy_stands_in() -> None:
    (need, deputy) = needs(changed(Tree(), tree(owners=[owner("design", ["ada"], "it"), owner("it", ["raul"])])))
    assert (need.owner, need.count, need.approvers) == ("design", 1, ("ada", "raul"))
    assert (deputy.owner, deputy.count, deputy.approvers) == ("it", 1, ("raul",))


def test_a_contract_is_its_owners() -> None:
    contract = Contract("ea", "Acme", "it", {}, date(2026, 1, 1), Duration(12, "months"), "never")
    before = tree(owners=OWNERS)
    assert counts(changed(before, replace(before, contracts={"ea": contract}))) == {"it": 1}


def test_policies_and_people_have_owners_of_their_own() -> None:
    before, after = Tree(owners={}), Tree(digests={"policies/lanes.yaml": "aa"})
    assert counts(changed(before, after)) == {"": 1}
    assert found("min-approvals", changed(before, after)) == []
    assert counts(changed(before, after), files="security") == {"security": 1}
    person = Row("person", ("ann",), {"status": "left"})
    assert counts(review(rows=(RowChange(None, person),)), people="hr") == {"hr": 1}


def test_an_unknown_owner_has_no_approvers() -> None:
    of = changed(Tree(), tree(license(owner="nobody")))
    assert needs(of)[0].approvers == ()


def test_an_account_in_another_tenant_is_each_licenses_owners() -> None:
    account = Account("figma", "scim", {}, PLACE, where=DESIGN)
    before = tree(license(), owners=OWNERS)
    after = replace(before, settings=Settings(accounts={"figma": account}))
    assert counts(changed(before, after)) == {"design": 1}
    assert isinstance(before.licenses["figma"], License)


def test_a_row_says_who_answers_for_it_and_not_whom_the_size_asks_for() -> None:
    of = giving(500)
    assert [min_approvals.answering(of, policy("min-approvals"), change) for change in of.rows] == [("design",)]


def test_a_declared_holder_is_approved_by_who_approves_people() -> None:
    change = RowChange(None, Row("govern", ("holder", "atlas"), {"sponsor": "kim"}))
    assert counts(review(rows=(change,))) == {"": 1}
    assert counts(review(rows=(change,)), people="it") == {"it": 1}
