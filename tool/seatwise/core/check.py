"""A review and rules with their parameters → findings; exceptions and acknowledgements → which of them pass.

Rules (semantics §4, §7):
- A changeset is stopped only by what it brings: what the tree before had too is dropped. A HOLD stays, because it keeps
  back a change, not a pull request.
- An exception lets one policy pass for a license or person until a day; an acknowledgement lets one limit pass for
  exactly these asks, or for exactly this state of a source.
- Nothing lets `max-removals/never_over` pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from seatwise.core.holds import leaves
from seatwise.core.model import Ack, Change, Finding, Lane, Level, Policy, Review, Tree, Waiver

UNPASSABLE = "max-removals/never_over"
DIGITS = 12
"""So many hex digits of a digest an acknowledgement must name at least."""
LONGEST = timedelta(days=90)
"""An exception that runs longer is no exception."""

NO_SEATS: Mapping[tuple[str, str], Collection[str]] = {}
Keys = frozenset[tuple[str, str]]


class RuleLike(Protocol):
    def findings(self, review: Review, policy: Policy) -> Iterable[Finding]: ...


def findings(
    review: Review, rules: Mapping[str, RuleLike], policies: Mapping[str, Policy], before: Keys = frozenset()
) -> tuple[Finding, ...]:
    """What the rules find, and what is wrong with exceptions; sorted. `before`: the `keys` of the tree before."""
    raised = [f for id, rule in rules.items() for f in _scoped(review, rule, policies[id])]
    every = {*raised, *_upkeep(review, raised)}
    brought = (f for f in every if f.level is Level.HOLD or (f.rule, f.key) not in before)
    return tuple(sorted(brought, key=lambda f: (f.rule, f.key, f.license, f.person, f.what)))


def keys(findings: Iterable[Finding]) -> Keys:
    """What names findings in another tree."""
    return frozenset((f.rule, f.key) for f in findings)


def passed(
    findings: Iterable[Finding],
    tree: Tree,
    asks: str,
    today: date,
    sources: Collection[str] = (),
    by_seat: Mapping[tuple[str, str], Collection[str]] = NO_SEATS,
) -> tuple[Finding, ...]:
    """The findings, those marked that something lets pass. `sources`: digests of the feeds read; `by_seat`: as `asks_by_seat`."""
    return tuple(
        replace(f, passed_by=_passer(f, tree, today, (asks, *sources, *by_seat.get((f.license, f.person), ()))))
        for f in findings
    )


def lets(
    tree: Tree, policies: Mapping[str, Policy], asks_of: Mapping[str, str], today: date
) -> Callable[[str, Change], bool]:
    """Whether something lets a change pass a policy: its scope, an exception, an acknowledgement of its changeset's asks."""
    named = {waiver.policy for waiver in tree.waivers.values()} | {ack.passes for ack in tree.acks.values()}

    def passes(rule: str, change: Change) -> bool:
        license, policy = leaves(change) or change.license, policies[rule]
        if policy.scope and not within(policy, license, tree, tree):
            return True
        finding = Finding(rule, policy.level, "", license=license, person=change.who)
        asks = asks_of.get(change.cause.commit, "")
        return rule in named and bool(_passer(finding, tree, today, (asks,)))

    return passes


def covers(policy: Policy, review: Review, license: str) -> bool:
    """Whether the policy's scope holds this license."""
    return within(policy, license, review.tree, review.before)


def within(policy: Policy, license: str, tree: Tree, before: Tree) -> bool:
    """Whether the policy's scope holds this license as it is, or as it was where its file is gone."""
    known = tree.licenses.get(license) or before.licenses.get(license)
    traits = {
        "license": license,
        "publisher": tree.publishers.get(license) or before.publishers.get(license, ""),
        "owner": known.owner if known else "",
        "account": known.account if known else "",
    }
    return all(traits.get(key, "") in wanted for key, wanted in policy.scope.items())


def asks_by_seat(review: Review) -> dict[tuple[str, str], set[str]]:
    """(license, who) of what is admitted and still to be sent → the digests of what its changesets ask."""
    found: dict[tuple[str, str], set[str]] = {}
    for lane in (Lane.COMMIT, Lane.REVERSE):
        for change in review.lanes.get(lane, ()):
            for license in change.licenses:
                found.setdefault((license, change.who), set()).add(review.asks_of.get(change.cause.commit, ""))
    return found


def _scoped(review: Review, rule: RuleLike, policy: Policy) -> Iterator[Finding]:
    """What the rule finds in the part of the review that it is meant for."""
    for finding in rule.findings(_narrowed(review, policy) if policy.scope else review, policy):
        if not finding.license or covers(policy, review, finding.license):
            yield finding


def _narrowed(review: Review, policy: Policy) -> Review:
    """The review less the changes, figures and rows of other licenses; trees and people stay whole."""

    def here(*licenses: str) -> bool:
        return any(covers(policy, review, license) for license in licenses)

    return replace(
        review,
        rows=tuple(change for change in review.rows if not change.row.license or here(change.row.license)),
        changes=tuple(change for change in review.changes if here(*change.licenses)),
        lanes={lane: tuple(c for c in changes if here(*c.licenses)) for lane, changes in review.lanes.items()},
        figures={license: figures for license, figures in review.figures.items() if here(license)},
        sizes={license: size for license, size in review.sizes.items() if here(license)},
        matches=tuple(match for match in review.matches if here(match.license)),
        past=tuple(done for done in review.past if here(done.license)),
    )


def _passer(finding: Finding, tree: Tree, today: date, states: Collection[str]) -> str:
    """The id of the first exception or acknowledgement that lets it pass; empty where nothing does."""
    if finding.rule == UNPASSABLE:
        return ""
    by = [w.id for w in tree.waivers.values() if _waives(w, finding) and today <= w.through]
    by += [a.id for a in tree.acks.values() if _acknowledges(a, finding, states) and today <= a.through]
    return min(by, default=finding.passed_by)


def _waives(waiver: Waiver, finding: Finding) -> bool:
    policy = waiver.policy in (finding.rule, finding.rule.partition("/")[0])
    return policy and waiver.license in ("", finding.license) and waiver.person in ("", finding.person)


def _acknowledges(ack: Ack, finding: Finding, states: Collection[str]) -> bool:
    named = [digest for digest in (ack.asks, ack.source) if digest]
    return ack.passes == finding.rule and bool(named) and all(_names(digest, states) for digest in named)


def _names(short: str, digests: Collection[str]) -> bool:
    digits = _hex(short)
    return len(digits) >= DIGITS and any(_hex(digest).startswith(digits) for digest in digests)


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:").casefold()


def _upkeep(review: Review, raised: Collection[Finding]) -> Iterator[Finding]:
    for waiver in review.tree.waivers.values():
        yield from _waiver_upkeep(waiver, review, raised)
    for ack in review.tree.acks.values():
        yield from _ack_upkeep(ack, review, raised)


def _waiver_upkeep(waiver: Waiver, review: Review, raised: Collection[Finding]) -> Iterator[Finding]:
    """Expired, too long, or without use. One that is new is for a pull request still to come."""
    what = f"exception {waiver.id} of {waiver.policy}"
    if waiver.through < review.today:
        yield _useless("exception-expired", waiver, f"{what} ended on {waiver.through}")
    elif waiver.through > review.today + LONGEST:
        fix = f"through: {review.today + LONGEST}, or change the policy"
        late = f"{what} runs through {waiver.through}, longer than {LONGEST.days} days"
        yield Finding("exception-long", Level.BLOCK, late, fix, waiver.place, f"{waiver.id}/{waiver.through}")
    elif waiver.id in review.before.waivers and not any(_waives(waiver, finding) for finding in raised):
        yield _useless("exception-unused", waiver, f"{what} lets nothing pass")


def _ack_upkeep(ack: Ack, review: Review, raised: Collection[Finding]) -> Iterator[Finding]:
    """Expired, too short to be believed, or for these asks and without use."""
    what = f"acknowledgement {ack.id} of {ack.passes}"
    if ack.through < review.today:
        yield _useless("ack-expired", ack, f"{what} ended on {ack.through}")
    elif any(len(_hex(digest)) < DIGITS for digest in (ack.asks or ack.source, ack.source or ack.asks)):
        fix = f"at least {DIGITS} hex digits of the digest that the plan shows"
        short = f"{what} names too little of its digest: it passes nothing"
        yield Finding("ack-short", Level.WARN, short, fix, ack.place, ack.id)
    elif ack.asks and _names(ack.asks, (review.asks,)) and not any(f.rule == ack.passes for f in raised):
        yield _useless("ack-unused", ack, f"{what}: this limit is not passed")


def _useless(rule: str, of: Waiver | Ack, what: str) -> Finding:
    return Finding(rule, Level.WARN, what, "delete the file", of.place, of.id)
