from decimal import Decimal

import pytest
from tests.policies.reviews import found, license, review, rules_of, sizes, tree

from seatwise.core.model import Level, Price, Review, Size, Tree


def costs(*amounts: str, currency: str = "EUR") -> Review:
    """A changeset that raises the bills of figma, slack, ... by these amounts a month."""
    ids = ("figma", "slack", "miro")
    every = [Size(id, 1, 1, 0, Decimal(amount), currency) for id, amount in zip(ids, amounts, strict=False)]
    return review(tree=tree(license("figma"), license("slack", owner="it")), sizes=sizes(*every))


@pytest.mark.parametrize(("amount", "over"), [("-90", False), ("5000.00", False), ("5000.01", True)])
def test_one_change_may_cost_as_much_as_the_ceiling(amount: str, over: bool) -> None:
    assert rules_of(found("cost-ceiling", costs(amount))) == (["cost-ceiling/per_change"] if over else [])


def test_the_licenses_of_a_change_are_added_up_and_what_it_saves_is_taken_off() -> None:
    assert found("cost-ceiling", costs("4000", "3000", "-2000")) == []
    (finding,) = found("cost-ceiling", costs("4000", "3000"))
    assert finding.what == "the bill rises by 7000.00 EUR a month, limit 5000.00"


def test_currencies_are_never_added_up() -> None:
    euro, dollar = Size("figma", 1, 1, 0, Decimal(4000), "EUR"), Size("slack", 1, 1, 0, Decimal(4000), "USD")
    assert found("cost-ceiling", review(sizes=sizes(euro, dollar))) == []


def test_a_currency_without_a_ceiling_is_reported() -> None:
    (finding,) = found("cost-ceiling", costs("1", currency="JPY"))
    assert (finding.rule, finding.level, finding.fix) == (
        "cost-ceiling/currency",
        Level.WARN,
        "per_change: [..., 1.00 JPY / month]",
    )
    assert found("cost-ceiling", costs("0", currency="JPY")) == []


def test_a_ceiling_a_year_is_a_twelfth_a_month() -> None:
    yearly = (Price(Decimal(1200), "EUR", "year"),)
    assert found("cost-ceiling", costs("100"), per_change=yearly) == []
    assert found("cost-ceiling", costs("101"), per_change=yearly) != []


def test_an_owner_may_have_a_ceiling_of_its_own() -> None:
    mine = {"it": (Price(Decimal(100), "EUR"),)}
    assert found("cost-ceiling", costs("900", "100"), per_owner=mine) == []
    (finding,) = found("cost-ceiling", costs("900", "101"), per_owner=mine)
    assert finding.what == "the bill of it rises by 101.00 EUR a month, limit 100.00"


def test_a_license_that_nobody_knows_is_on_no_owners_bill() -> None:
    of = review(tree=Tree(), sizes=sizes(Size("figma", 1, 1, 0, Decimal(900), "EUR")))
    assert found("cost-ceiling", of, per_owner={"": (Price(Decimal(100), "EUR"),)}) != []
    assert found("cost-ceiling", of, per_owner={"it": (Price(Decimal(100), "EUR"),)}) == []
