"""The more seats a changeset moves, the more people say yes; a seat taken counts as two.

Those who answer for a license decide. It never stops anybody by itself: it says how many approvals of whom are needed.
When it warns you: an owner that a large changeset needs is not in owners/; add it, or name others under
`above: {owners: [...]}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seatwise.core import params
from seatwise.core.model import Bundle, Duration, Finding, Level, Need, Owner, Policy, Review, Row, RowChange, Tree

ID = "min-approvals"
LEVEL = Level.WARN
PARAMS = params.record(
    "How many approvals a changeset needs, per license, by the seats that it moves",
    classes=params.listing(
        "From small to large; a seat taken counts as `take` seats",
        params.record(
            "One class",
            ("up_to", "approvals"),
            up_to=params.count("Seats", least=1),
            approvals=params.count("Approvals", least=1),
        ),
    ),
    above=params.record(
        "Above the largest class",
        approvals=params.count("Approvals", least=1),
        owners=params.listing("Owners who must approve too, one person each", params.text("An owner's id", of="owner")),
    ),
    take=params.count("How many seats one seat taken counts as", least=1),
    files=params.text(
        "The owner who approves policies, exceptions, acknowledgements, settings and workflows", of="owner"
    ),
    people=params.text("The owner who approves changes of a people file, and of declared holders", of="owner"),
    age=params.duration("How long an approval counts, from when it was given until its change is taken up"),
)
DEFAULTS = {
    "classes": ({"up_to": 5, "approvals": 1}, {"up_to": 50, "approvals": 2}, {"up_to": 200, "approvals": 3}),
    "above": {"approvals": 3, "owners": ("security", "finance")},
    "take": 2,
    "files": "",
    "people": "",
    "age": Duration(14, "days"),
}


@dataclass(frozen=True, slots=True)
class _Ask:
    """One owner asked for so many approvals, because of one license or thing."""

    owner: str
    count: int
    why: str
    license: str = ""
    besides: bool = False


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each owner that is needed and isn't there."""
    for need in needs(review, policy):
        if need.owner and need.owner not in review.before.owners and need.owner not in review.tree.owners:
            what = f"{need.owner} must approve ({need.why}), and there is no such owner"
            fix = f"add owners/{need.owner}.yaml, or name another in policies/min-approvals.yaml"
            yield Finding(ID, policy.level, what, fix, policy.place, need.owner)


def needs(review: Review, policy: Policy) -> tuple[Need, ...]:
    """What each owner must approve, sorted by owner; the count is the largest that any of its licenses asks for.

    Owners are read from the tree before, so that a change cannot choose who approves it. An empty owner is anybody who
    may approve something.
    """
    asks = [ask for change in review.rows for ask in _asks(review, policy, change)]
    owners = sorted({ask.owner for ask in asks})
    return tuple(_need(review, owner, [ask for ask in asks if ask.owner == owner]) for owner in owners)


def answering(review: Review, policy: Policy, change: RowChange) -> tuple[str, ...]:
    """The owners who answer for one row, whatever its size; an empty one is anybody who may approve something."""
    return tuple(dict.fromkeys(ask.owner for ask in _asks(review, policy, change) if not ask.besides))


def _asks(review: Review, policy: Policy, change: RowChange) -> Iterator[_Ask]:
    row = change.row
    if row.kind == "file":
        yield _Ask(policy.params["files"], 1, "policies and settings")
    elif row.kind == "person":
        yield _Ask(policy.params["people"], 1, "people")
    elif row.kind == "govern" and row.key[0] == "holder":
        yield _Ask(policy.params["people"], 1, " ".join(row.key))
    elif not row.license:
        yield from (_Ask(owner, 1, " ".join(row.key)) for owner in _governors(review, row))
    else:
        yield from _license_asks(review, policy, row)


def _license_asks(review: Review, policy: Policy, row: Row) -> Iterator[_Ask]:
    count, why, more = _class(review, policy, row.license)
    for owner in _answering(review, row):
        yield _Ask(owner, count, why, row.license)
    for owner in more:
        yield _Ask(owner, 1, why, row.license, besides=True)


def _class(review: Review, policy: Policy, license: str) -> tuple[int, str, Sequence[str]]:
    """Approvals, why so many, and owners besides, by what the changeset moves of the license."""
    size = review.sizes.get(license)
    seats = size.gives + size.takes * policy.params["take"] if size else 0
    classes: Sequence[Mapping[str, Any]] = sorted(policy.params["classes"], key=lambda one: int(one["up_to"]))
    for one in classes:
        if seats <= one["up_to"]:
            return one["approvals"], f"up to {one['up_to']} seats", ()
    above = policy.params["above"]
    most = f"more than {classes[-1]['up_to']} seats" if classes else "any number of seats"
    return above["approvals"], most, above["owners"]


def _answering(review: Review, row: Row) -> list[str]:
    """Those who answer for the row: for who is in a bundle its owner, for all else the license's too; old and new."""
    licenses = [tree.licenses.get(row.license) for tree in (review.before, review.tree)]
    of_license = [license.owner for license in licenses if license]
    owners = of_license if row.kind == "govern" else of_license[:1]
    if not row.bundle:
        return owners
    bundles = [tree.bundles.get(row.bundle) for tree in (review.before, review.tree)]
    of_bundle = [bundle.owner for bundle in bundles if bundle][:1]
    return of_bundle if _joins_only(*bundles) else [*of_bundle, *owners]


def _joins_only(before: Bundle | None, after: Bundle | None) -> bool:
    """Whether only who is in the bundle changes, within the numbers that were approved."""
    if before is None or after is None or before.gives != after.gives:
        return False
    old = {assignment.name: assignment.max for assignment in before.who}
    return all(_within(assignment.max, old.get(assignment.name, 0)) for assignment in after.who if assignment.where)


def _within(most: int | None, old: int | None) -> bool:
    return old is None or (most is not None and most <= old)


def _governors(review: Review, row: Row) -> list[str]:
    """Old and new owner of a bundle or contract; the owner itself with its old and new deputy."""
    kind, id = row.key[0], row.key[-1]
    found = [_governor(tree, kind, id) for tree in (review.before, review.tree)]
    return sorted({owner for owners in found for owner in owners if owner})


def _governor(tree: Tree, kind: str, id: str) -> Sequence[str]:
    if kind == "owner":
        owner = tree.owners.get(id)
        return (owner.id, owner.deputy) if owner else ()
    things: Mapping[str, Any] = tree.bundles if kind == "bundle" else tree.contracts
    return (things[id].owner,) if id in things else ()


def _need(review: Review, owner: str, asks: Sequence[_Ask]) -> Need:
    largest = max(asks, key=lambda ask: ask.count)
    licenses = sorted({ask.license for ask in asks if ask.license})
    sizes = [review.sizes[license] for license in licenses if license in review.sizes]
    bound, size = sum(one.bound for one in sizes), sum(one.size for one in sizes)
    known = review.before.owners.get(owner) or review.tree.owners.get(owner)
    besides = all(ask.besides for ask in asks)
    return Need(
        owner, largest.count, tuple(licenses), bound, size, largest.why, _approvers(review, known), besides=besides
    )


def _approvers(review: Review, owner: Owner | None) -> tuple[str, ...]:
    """The owner's approvers, then the deputy's."""
    if owner is None:
        return ()
    deputy = review.before.owners.get(owner.deputy) or review.tree.owners.get(owner.deputy)
    people = [*owner.approvers, *(deputy.approvers if deputy else ())]
    return tuple(dict.fromkeys(approver.person for approver in people))
