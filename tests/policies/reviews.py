"""Builders for reviews: who is given or loses what, what is held, and what one rule finds in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from seatwise import policies
from seatwise.core import check
from seatwise.core.model import (
    Approver,
    Cause,
    CauseKind,
    Change,
    Done,
    Figures,
    Finding,
    Grant,
    Lane,
    License,
    LicenseType,
    Lot,
    Metric,
    Mode,
    Owner,
    People,
    Person,
    Place,
    Policy,
    Price,
    Review,
    Size,
    Tree,
    Verb,
)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLACE = Place("licenses/figma/figma.yaml", 1)


def license(id: str = "figma", **fields: Any) -> License:
    base = License(id, id, LicenseType.SUBSCRIPTION, Metric.NAMED_USER, "design", Mode.MANAGE, PLACE, "figma", id)
    return replace(base, **fields)


def lot(quantity: int, amount: str = "", *, currency: str = "EUR", **fields: Any) -> Lot:
    price = Price(Decimal(amount), currency) if amount else None
    return Lot(fields.pop("name", "initial"), "initial", quantity, price, **fields)


def owner(id: str = "design", approvers: Sequence[str] = ("ada", "kim"), deputy: str = "") -> Owner:
    return Owner(id, tuple(Approver(name) for name in approvers), Place(f"owners/{id}.yaml"), deputy=deputy)


def people(*persons: Person | str) -> People:
    every = [one if isinstance(one, Person) else Person(one) for one in persons]
    return People({one.id: one for one in every})


def crowd(count: int, prefix: str = "p") -> list[str]:
    return [f"{prefix}{number:03}" for number in range(count)]


def tree(*licenses: License, owners: Sequence[Owner] = (), **fields: Any) -> Tree:
    of = {one.id: one for one in licenses}
    return Tree(licenses=of, owners={one.id: one for one in owners}, publishers=dict.fromkeys(of, "acme"), **fields)


def give(who: str, to: str = "figma", cause: CauseKind = CauseKind.COMMIT) -> Change:
    return Change("figma", who, None, Grant(to, to), cause=Cause(cause))


def take(who: str, of: str = "figma", cause: CauseKind = CauseKind.COMMIT) -> Change:
    return Change("figma", who, Grant(of, of), None, cause=Cause(cause))


def swap(who: str, left: str, reached: str) -> Change:
    return Change("figma", who, Grant(left, left), Grant(reached, reached))


def takes(count: int, of: str = "figma") -> tuple[Change, ...]:
    return tuple(take(who, of) for who in crowd(count))


def done(count: int, lane: Lane = Lane.COMMIT, verb: Verb = Verb.REVOKE, **fields: Any) -> tuple[Done, ...]:
    of = fields.pop("license", "figma")
    return tuple(Done(NOW, verb, of, "figma", who, lane, **fields) for who in crowd(count, "d"))


def figures(id: str = "figma", held: int = 0, **fields: Any) -> Figures:
    base = Figures(id, "figma", id, asked=held, held=held, after=held, bought=None)
    return replace(base, **fields)


def held(**counts: int) -> dict[str, Figures]:
    """License (with _ for -) → figures with so many seats held."""
    return {id.replace("_", "-"): figures(id.replace("_", "-"), count) for id, count in counts.items()}


def sizes(*every: Size) -> dict[str, Size]:
    return {size.license: size for size in every}


def review(**fields: Any) -> Review:
    """A review of nothing, on 24 November 2026, with every rule at its defaults, but for these fields."""
    base = Review(Tree(), Tree(), People(), policies.rules(Tree()), NOW, TODAY)
    return replace(base, **fields)


def policy(id: str, scope: Mapping[str, tuple[str, ...]] | None = None, **params: Any) -> Policy:
    """The rule at its defaults, but for these typed parameters."""
    base = policies.rules(Tree())[id]
    return replace(base, params={**base.params, **params}, scope=scope or {})


def found(id: str, of: Review, **params: Any) -> list[Finding]:
    """What one rule finds, with these typed parameters."""
    return list(check.findings(of, {id: policies.RULES[id]}, {id: policy(id, **params)}))


def rules_of(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
