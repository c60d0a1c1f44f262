"""Every license has an owner who works here, and somebody to stand in: else nobody renews it, and nobody may approve.

When it stops you: name an owner, a deputy or a second approver in owners/. What HR says of approvers only warns
(`owner-required/orphan`, `owner-required/approver`): a pull request is not red because somebody else left.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.check import covers
from seatwise.core.directory import leaver
from seatwise.core.model import Finding, Level, License, Owner, Policy, Review

ID = "owner-required"
LEVEL = Level.BLOCK
PARAMS = params.record(
    "Who must answer for a license",
    deputy=params.flag("Whether an owner needs a deputy, or a second approver"),
)
DEFAULTS = {"deputy": True}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each license without an owner, owner without anybody to stand in, and approver who isn't here."""
    covered = [license for id, license in sorted(review.tree.licenses.items()) if covers(policy, review, id)]
    for license in covered:
        if license.owner not in review.tree.owners:
            yield _ownerless(policy, license)
    for id in sorted({license.owner for license in covered} & review.tree.owners.keys()):
        owner = review.tree.owners[id]
        yield from _alone(policy, owner)
        yield from _absent(review, owner)


def _ownerless(policy: Policy, license: License) -> Finding:
    what = f"{license.id}: no owner {license.owner!r}"
    fix = f"add owners/{license.owner or 'team'}.yaml, or name another owner"
    return Finding(ID, policy.level, what, fix, license.place, f"{license.id}/owner", license.id)


def _alone(policy: Policy, owner: Owner) -> Iterator[Finding]:
    if policy.params["deputy"] and not owner.deputy and len(owner.approvers) < 2:
        what = f"owner {owner.id} has no deputy, and nobody to stand in for its only approver"
        yield Finding(ID, policy.level, what, "deputy: another owner", owner.place, f"{owner.id}/deputy")


def _absent(review: Review, owner: Owner) -> Iterator[Finding]:
    """Approvers who left or whom HR doesn't know: one finding each, or one that nobody is left."""
    names = [approver.person for approver in owner.approvers]
    absent = [name for name in names if not _here(review, name)]
    if len(absent) == len(names):
        what = f"ORPHAN: owner {owner.id} has no approver who works here"
        fix = f"name another; until then {owner.deputy or 'nobody'} can approve"
        yield Finding("owner-required/orphan", Level.WARN, what, fix, owner.place, owner.id)
        return
    for name in absent:
        what = f"approver {name} of owner {owner.id} doesn't work here"
        yield Finding("owner-required/approver", Level.WARN, what, "name another", owner.place, f"{owner.id}/{name}")


def _here(review: Review, name: str) -> bool:
    person = review.people.find(name)
    return person is not None and not leaver(person, review.today)
