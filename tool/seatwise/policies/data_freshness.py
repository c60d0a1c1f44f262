"""A decision is as good as what it was made from: nothing is changed on an old reading of a vendor or of people.

When it holds you: read or export again; it is tried again each run. How old an account's export may be is its `age`,
how old people may be is their source's `complete: {age: ...}`; a source that sets none is not judged. Practice accounts
are judged only by an `age` of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import age, params
from seatwise.core.holds import hold, travelling
from seatwise.core.model import Duration, Finding, Level, Policy, Review

ID = "data-freshness"
LEVEL = Level.HOLD
PARAMS = params.record(
    "How old what decisions rest on may be",
    vendor=params.duration("The reading of an account that sets no `age`"),
)
DEFAULTS = {"vendor": Duration(24, "hours")}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each change that rests on a reading which is too old, failed or missing."""
    people = _people(review)
    for _, change in travelling(review):
        what = people or _account(review, policy, change.account)
        if what:
            yield hold(policy, change, change.license, what, "read or export it again. Tried again each run")


def _people(review: Review) -> str:
    """What is wrong with the first source of people that is unknown or too old."""
    read = {feed.source: feed.as_of for feed in review.feeds}
    for source in review.tree.settings.sources:
        if source.max_age and (wrong := age.wrong(read.get(source.id), source.max_age, review.now)):
            return f"people of {source.id}: {wrong}"
    return ""


def _account(review: Review, policy: Policy, id: str) -> str:
    reading = review.readings.get(id)
    if reading is None or reading.failure:
        return f"account {id}: {reading.failure if reading else 'was not read'}"
    account = review.tree.settings.accounts.get(id) or review.before.settings.accounts.get(id)
    limit = account.age if account else None
    if limit is None and (reading.info.practice or (account and account.practice)):
        return ""
    wrong = age.wrong(reading.as_of, limit or policy.params["vendor"], review.now)
    return f"account {id}: {wrong}" if wrong else ""
