"""A rule says how many people it may reach at most: whoever approves it approves that many seats.

When it stops you: add `max:` to the rule, or raise it, so that its approver sees the number.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.model import Assignment, Finding, Level, Policy, Review, RuleMatch

ID = "rule-max"
LIMITS = ("rule-max", "rule-max/over")
LEVEL = Level.BLOCK
PARAMS = params.record("Every `where` has a `max`; there is nothing to set")
DEFAULTS: dict[str, object] = {}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each rule without `max`, and for each rule of this changeset that matches more people than its `max`."""
    for license in review.tree.licenses.values():
        for assignment in license.assignments or ():
            yield from _unbounded(policy, assignment, license.id, license.id)
    for bundle in review.tree.bundles.values():
        for assignment in bundle.who:
            yield from _unbounded(policy, assignment, f"bundle {bundle.id}", "")
    for match in review.matches:
        yield from _over(policy, match)


def _unbounded(policy: Policy, assignment: Assignment, of: str, license: str) -> Iterator[Finding]:
    if assignment.where is not None and assignment.max is None:
        what = f"rule {assignment.name} of {of} has no max"
        fix = "max: the most people whom it may ever give a seat"
        yield Finding(ID, policy.level, what, fix, assignment.place, f"{of}/{assignment.name}", license)


def _over(policy: Policy, match: RuleMatch) -> Iterator[Finding]:
    """Growth of the directory only makes people wait; a rule that is written too wide stops its changeset."""
    if match.max is not None and match.now > match.max and not match.same:
        of = f"bundle {match.bundle}" if match.bundle else match.license
        what = f"rule {match.assignment} of {of} matches {match.now} people, max {match.max}"
        key = f"{of}/{match.assignment}"
        fix = f"max: {match.now}, or narrow it"
        yield Finding("rule-max/over", policy.level, what, fix, key=key, license=match.license)
