"""`mode: enforce` takes every seat that nothing asks for, so it is allowed by name, and never from the first day on.

When it stops you: list the license under `enforce` in policies/mode.yaml, in a pull request of its own. What the first
managed changeset finds is kept (held) until the next run: look at it first.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.holds import hold, leaves, travelling
from seatwise.core.model import CauseKind, Finding, Lane, Level, Mode, Policy, Review

ID = "mode"
LIMITS = ("mode", "mode/first")
LEVEL = Level.BLOCK
PARAMS = params.record(
    "What seatwise may touch",
    enforce=params.listing("Licenses that may be in mode enforce", params.text("A license id", of="license")),
)
DEFAULTS: dict[str, object] = {"enforce": ()}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each license enforced and not listed, and for each unlisted seat that is kept at first."""
    for id, license in sorted(review.tree.licenses.items()):
        if license.mode is Mode.ENFORCE and id not in policy.params["enforce"]:
            what = f"{id}: mode enforce takes every seat that nothing asks for, and {id} is not listed for it"
            fix = f"mode: manage, or enforce: [{id}] in policies/mode.yaml"
            yield Finding(ID, policy.level, what, fix, license.place, id, id)
    yield from _first(review, policy)


def _first(review: Review, policy: Policy) -> Iterator[Finding]:
    for lane, change in travelling(review):
        license = leaves(change)
        unlisted = lane is Lane.UNLISTED or change.cause.kind is CauseKind.UNLISTED
        if unlisted and license and not _managed(review, license):
            what = f"{license} becomes managed by this changeset: unlisted seats are kept in it"
            found = hold(policy, change, license, what, "tried again in the next run")
            yield Finding("mode/first", Level.HOLD, found.what, found.fix, found.place, found.key, license, change.who)


def _managed(review: Review, license: str) -> bool:
    before = review.before.licenses.get(license)
    return before is not None and before.mode is not Mode.OBSERVE
