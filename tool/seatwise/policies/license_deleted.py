"""Deleting a license's file would un-ask every seat of it at once: a license is retired first, and deleted later.

When it stops you: put the file back with `retired: true`, merge that, and delete it in the next pull request. Reverting
the pull request that added it is fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.model import Finding, Level, Policy, Review

ID = "license-deleted"
LEVEL = Level.BLOCK
PARAMS = params.record("A license is retired before its file goes; there is nothing to set")
DEFAULTS: dict[str, object] = {}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each license whose file is gone and that was not retired before."""
    if review.exact_reverse:
        return
    for id, license in sorted(review.before.licenses.items()):
        if id not in review.tree.licenses and not license.retired:
            what = f"license {id} is deleted and was not retired before"
            fix = "put it back with `retired: true`, merge that, then delete it"
            yield Finding(ID, policy.level, what, fix, license.place, id, id)
