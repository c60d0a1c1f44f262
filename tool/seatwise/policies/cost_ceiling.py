"""One changeset may not raise the monthly bill by more than this, in each currency; nor one owner's part of it.

When it stops you: split it, or let the people who hold the budget acknowledge it (`seatwise ack new cost-ceiling/...`).
Currencies are never added up; one for which no ceiling is set is only reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from seatwise.core import params
from seatwise.core.advice import acknowledge
from seatwise.core.holds import license_of
from seatwise.core.model import Finding, Level, Policy, Price, Review

ID = "cost-ceiling"
LEVEL = Level.BLOCK
LIMITS = ("cost-ceiling/per_change", "cost-ceiling/per_owner")
PRICES = params.listing("One amount for each currency", params.money("An amount, such as 5000.00 EUR / month"))
PARAMS = params.record(
    "By how much one changeset may raise the bill",
    per_change=PRICES,
    per_owner=params.mapping("Owner → the same for the licenses of one owner", PRICES, of="owner"),
)
DEFAULTS: dict[str, object] = {
    "per_change": (Price(Decimal(5000), "EUR"), Price(Decimal(5000), "USD")),
    "per_owner": {},
}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each currency (and owner) whose ceiling is passed; a warning where a currency has none."""
    bills: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for size in review.sizes.values():
        license = license_of(review, size.license)
        bills[""][size.currency] += size.cost
        bills[license.owner if license else ""][size.currency] += size.cost if license else 0
    for currency, cost in sorted(bills[""].items()):
        yield from _change(review, policy, currency, cost)
    for owner, prices in sorted(policy.params["per_owner"].items()):
        yield from _owner(review, policy, owner, (prices, bills[owner]))


def _change(review: Review, policy: Policy, currency: str, cost: Decimal) -> Iterator[Finding]:
    most = _ceilings(policy.params["per_change"]).get(currency)
    if most is None and cost > 0:
        what = f"the bill rises by {cost:.2f} {currency} a month, and no ceiling is set for {currency}"
        fix = f"per_change: [..., {cost:.2f} {currency} / month]"
        yield Finding("cost-ceiling/currency", Level.WARN, what, fix, policy.place, currency)
    if most is not None and cost > most:
        what = f"the bill rises by {cost:.2f} {currency} a month, limit {most:.2f}"
        fix = f"split the pull request, or {acknowledge('cost-ceiling/per_change', asks=review.asks)}"
        yield Finding("cost-ceiling/per_change", policy.level, what, fix, key=currency)


def _owner(
    review: Review, policy: Policy, owner: str, money: tuple[Sequence[Price], Mapping[str, Decimal]]
) -> Iterator[Finding]:
    """One for each currency in which the owner's part, the second of `money`, is above its ceiling, the first."""
    prices, bill = money
    for currency, most in sorted(_ceilings(prices).items()):
        cost = bill.get(currency, Decimal(0))
        if cost > most:
            what = f"the bill of {owner} rises by {cost:.2f} {currency} a month, limit {most:.2f}"
            fix = f"split the pull request, or {acknowledge('cost-ceiling/per_owner', asks=review.asks)}"
            yield Finding("cost-ceiling/per_owner", policy.level, what, fix, key=f"{owner}/{currency}")


def _ceilings(prices: Sequence[Price]) -> dict[str, Decimal]:
    return {price.currency: price.monthly() for price in prices}
