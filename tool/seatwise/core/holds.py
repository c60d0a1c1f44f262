"""A review → its changes by lane, the licenses that they touch, and the finding that keeps one of them back."""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core.model import Change, Finding, Lane, License, Policy, Review


def travelling(review: Review) -> Iterator[tuple[Lane, Change]]:
    """Everything that would be done in this run, with its lane: the changeset's changes first."""
    own = Lane.REVERSE if review.exact_reverse else Lane.COMMIT
    yield from ((own, change) for change in review.changes)
    for lane, changes in sorted(review.lanes.items()):
        yield from ((lane, change) for change in changes)


def license_of(review: Review, id: str) -> License | None:
    """The license as it will be; as it was, where its file is gone."""
    return review.tree.licenses.get(id) or review.before.licenses.get(id)


def leaves(change: Change) -> str:
    """The license whose seat the holder no longer has afterwards; empty where nothing is taken."""
    if change.before is None or (change.after and change.after.license == change.before.license):
        return ""
    return change.before.license


def hold(policy: Policy, change: Change, license: str, what: str, fix: str) -> Finding:
    """The finding that keeps this change back; `license` is the one of its licenses that the rule looks at."""
    key = f"{change.account}/{license}/{change.who}"
    return Finding(policy.id, policy.level, what, fix, change.cause.place, key, license, change.who)
