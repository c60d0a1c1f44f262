"""Some seats are never taken by a schedule: a mailbox that answers customers, a bot that builds, the people named here.

When it holds you: take the seat by a pull request, where somebody looks at it. Only that lane, and its revert, may.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.holds import hold, leaves, travelling
from seatwise.core.model import Finding, Lane, Level, Policy, Review

ID = "protected"
LEVEL = Level.HOLD
PARAMS = params.record(
    "Whose seats only a pull request takes",
    who=params.listing("People and declared holders, by id", params.text("An id, an alias or a former mail")),
    kinds=params.listing("Kinds of declared holder, or types of worker", params.text("mailbox, bot, room, guest, ...")),
    licenses=params.listing("Licenses, whoever holds them", params.text("A license id", of="license")),
)
DEFAULTS: dict[str, object] = {"who": (), "kinds": ("bot", "mailbox"), "licenses": ()}
BY_HAND = (Lane.COMMIT, Lane.REVERSE)


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each seat of a protected holder that another lane would take."""
    named = {review.people.aliases.get(name.casefold(), name.casefold()) for name in policy.params["who"]}
    for lane, change in travelling(review):
        license = leaves(change)
        if not license or lane in BY_HAND:
            continue
        person = review.people.find(change.who)
        kind = person.worker if person else ""
        if change.who in named or kind in policy.params["kinds"] or license in policy.params["licenses"]:
            what = f"{change.who}: {license} is protected, and {lane} would take it"
            yield hold(policy, change, license, what, "take it by a pull request")
