"""Builders for the pure middle: a few words → nouns, at one account `figma` on one morning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from seatwise.core import rows
from seatwise.core.claims import State
from seatwise.core.decide import History, Situation, TreeLink
from seatwise.core.model import (
    Account,
    Assignment,
    Bundle,
    Cause,
    CauseKind,
    Change,
    Changeset,
    Claim,
    ClaimState,
    Grant,
    Holding,
    License,
    LicenseType,
    Made,
    Metric,
    Mode,
    People,
    Person,
    Place,
    Pool,
    Proof,
    Reading,
    Seat,
    Selector,
    Settings,
    Tree,
    VendorInfo,
)
from seatwise.core.resolve import Moment

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
MOMENT = Moment(NOW)
PLACE = Place("licenses/figma/figma.yaml", 3)
COMMIT = "c0ffee0000000000000000000000000000000001"
CAUSE = Cause(CauseKind.COMMIT, COMMIT)


def person(id: str, **fields: Any) -> Person:
    return Person(id, **fields)


def people(*persons: Person | str, **fields: Any) -> People:
    every = [one if isinstance(one, Person) else person(one) for one in persons]
    aliases = {alias: one.id for one in every for alias in one.aliases}
    return People({one.id: one for one in every}, aliases, **fields)


def where(**keys: str | tuple[str, ...]) -> Selector:
    values = {key: (value,) if isinstance(value, str) else value for key, value in keys.items()}
    return Selector(tuple(sorted((key, tuple(v.casefold() for v in value)) for key, value in values.items())))


def team(*names: str, name: str = "team", **fields: Any) -> Assignment:
    """An assignment that names people, one a line."""
    return Assignment(name, PLACE, {who: line for line, who in enumerate(names, 10)}, **fields)


def rule(selector: Selector, name: str = "rule", **fields: Any) -> Assignment:
    return Assignment(name, PLACE, where=selector, **fields)


def bundle(id: str, who: Iterable[Assignment], gives: Iterable[str]) -> Bundle:
    return Bundle(
        id, "design", tuple(replace(one, bundle=id) for one in who), tuple(gives), Place(f"bundles/{id}.yaml")
    )


def license(id: str = "figma", *assignments: Assignment, people: Iterable[str] = (), **fields: Any) -> License:
    asks = (*assignments, team(*people)) if people else assignments
    given = {
        "owner": "design",
        "mode": Mode.MANAGE,
        "account": "figma",
        "sku": id.upper(),
        "assignments": asks,
        **fields,
    }
    return License(id, id, LicenseType.SUBSCRIPTION, Metric.NAMED_USER, place=PLACE, **given)


def tree(*licenses: License, bundles: Iterable[Bundle] = (), **fields: Any) -> Tree:
    accounts = {one.account: Account(one.account, "sandbox", {}, PLACE) for one in licenses if one.account}
    settings = fields.pop("settings", Settings(accounts=accounts))
    return Tree(settings, {one.id: one for one in licenses}, bundles={one.id: one for one in bundles}, **fields)


def seat(who: str, **fields: Any) -> Seat:
    return Seat(fields.pop("holder", f"h-{who}"), fields.pop("login", who), **fields)


def seats(*names: str) -> dict[str, Seat]:
    return {who: seat(who) for who in names}


def holding(*held: str | Seat, sku: str = "FIGMA", bought: int | None = 100) -> Holding:
    shown = tuple(one if isinstance(one, Seat) else seat(one) for one in held)
    return Holding(sku, Pool(bought, len(shown)), shown, Proof(len(shown), 1, NOW))


def reading(*holdings: Holding, account: str = "figma", **fields: Any) -> Reading:
    info = fields.pop("info", VendorInfo("Sandbox"))
    return Reading(account, info, {one.sku: one for one in holdings}, as_of=NOW, **fields)


def claim(state: ClaimState = ClaimState.OURS, **fields: Any) -> Claim:
    """What the journal knows of a seat that is asked by a named row."""
    return Claim(**{"asked": True, "state": state, "made": Made.US, "row": "user:", "commit": COMMIT, **fields})


def claims(*names: str, **fields: Any) -> dict[str, Claim]:
    return {who: claim(**fields) for who in names}


def give(who: str, to: str = "figma", **fields: Any) -> Change:
    return _change(who, None, Grant(to, to.upper()), fields)


def take(who: str, of: str = "figma", **fields: Any) -> Change:
    return _change(who, Grant(of, of.upper()), None, fields)


def swap(who: str, of: str, to: str, **fields: Any) -> Change:
    return _change(who, Grant(of, of.upper()), Grant(to, to.upper()), fields)


def _change(who: str, before: Grant | None, after: Grant | None, fields: Mapping[str, Any]) -> Change:
    return Change("figma", who, before, after, **{"cause": CAUSE, **fields})


def because(kind: CauseKind, **fields: Any) -> Cause:
    return Cause(kind, **fields)


def changeset(commit: str = COMMIT, **fields: Any) -> Changeset:
    return Changeset(commit, "", **fields)


def link(before: Tree, after: Tree, commit: str = COMMIT, **fields: Any) -> TreeLink:
    return TreeLink(changeset(commit, title=f"pull request {commit[:6]}"), after, rows.changed(before, after), **fields)


def situation(base: Tree, *links: TreeLink, **fields: Any) -> Situation:
    """One account, with nobody and nothing where nothing is said."""
    shown = fields.pop("reading", reading(holding()))
    state = fields.pop("state", State())
    who = fields.pop("people", people())
    return Situation({"figma": History(base, links)}, who, {"figma": shown}, {"figma": state}, MOMENT, **fields)


def state(**of_license: Mapping[str, Claim]) -> State:
    """A journal that knows these claims, by license."""
    return State({id: dict(known) for id, known in of_license.items()})
