"""A rule that was not changed and suddenly reaches far fewer people is a renamed department or a broken feed.

Nobody is a mover then. When it holds you: if the department has a new name, write it into the rule. If all of them
really moved, an acknowledgement lets exactly this reading of people pass (`seatwise ack new rule-lost`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from seatwise.core import params
from seatwise.core.advice import acknowledge
from seatwise.core.model import Assignment, Finding, Level, Policy, Review, RuleMatch

ID = "rule-lost"
LEVEL = Level.HOLD
PARAMS = params.record(
    "When a rule has lost too many people to believe it",
    share=params.share("From this share of those it gave a seat on"),
    people=params.count("And from so many people on", least=1),
)
DEFAULTS = {"share": Decimal("0.20"), "people": 3}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each person whom such a rule has lost; leavers are not counted, and not kept."""
    for match in review.matches:
        lost, share = len(match.lost), policy.params["share"]
        if match.same and lost >= policy.params["people"] and lost >= share * match.before:
            yield from _kept(review, policy, match)


def _kept(review: Review, policy: Policy, match: RuleMatch) -> Iterator[Finding]:
    kept = "all" if not match.now else f"the {len(match.lost)} lost"
    what = f"rule {match.assignment} gave {match.before} yesterday, {match.now} today: {kept} are kept, none is revoked"
    rule = _rule(review, match)
    fix = "; ".join([*_now(review, match, rule), f"meant? {acknowledge(ID, source=review.reading)}"])
    for who in match.lost:
        key = f"{match.license}/{match.bundle}/{match.assignment}/{who}"
        yield Finding(ID, policy.level, what, fix, rule.place if rule else None, key, match.license, who)


def _rule(review: Review, match: RuleMatch) -> Assignment | None:
    if match.bundle in review.tree.bundles:
        found = review.tree.bundles[match.bundle].who
    else:
        license = review.tree.licenses.get(match.license)
        found = (license.assignments if license else None) or ()
    return next((assignment for assignment in found if assignment.name == match.assignment), None)


def _now(review: Review, match: RuleMatch, rule: Assignment | None) -> Iterator[str]:
    """Where most of those lost are now, by the key of the rule that most of them share a new value of."""
    counted: Counter[tuple[str, str]] = Counter()
    for key, values in rule.where.keys if rule and rule.where else ():
        for who in match.lost:
            person = review.people.find(who)
            value = person.attribute(key) if person else ""
            if value.strip().casefold() not in values:
                counted[key, value] += 1
    if counted:
        (key, value), count = max(counted.items(), key=lambda item: (item[1], item[0]))
        yield f"{count} of them {_said(key, value)}"


def _said(key: str, value: str) -> str:
    if not value:
        return f"have no {key} now"
    return f"are now in '{value}'" if key == "department" else f"now have {key} '{value}'"
