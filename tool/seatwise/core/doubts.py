"""Calls whose answer was lost + what the vendor shows → what became of them, and the state in which that is known.

Rules (semantics §2, §8, §11):
- A doubt is settled by a reading: as it should be is done, as soon as it is shown. Once the vendor has had time to show what
  was written, as it was before is failed where the vendor may be asked twice; so is a swap in two calls whose old seat is gone
  and whose new one isn't there: what is left of it is a grant. Anything else is a conflict.
- Doubts are settled before anything else is made of a reading: whose the seat is decides what an un-ask means.
- What is still in doubt calls nothing off: it may have happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta

from seatwise.core import canon, claims, records
from seatwise.core.claims import Sent, State
from seatwise.core.model import Finding, Grant, Level, Outcome, Pending, Result, Seat, VendorInfo, Verb

Held = Mapping[str, Mapping[str, Seat]]
"""License → who → seat, of every license that was read."""


def settled(sent: Iterable[Sent], held: Held, info: VendorInfo, now: datetime) -> Iterator[tuple[str, Outcome]]:
    """What became of the calls that are shown as done, and of those that the vendor has had time to show."""
    shown_until = now - timedelta(seconds=info.settle_seconds)
    for one in sent:
        if all(license in held for license in one.change.licenses):
            outcome = Outcome(one.change, *_shows(one, held, info))
            if outcome.result is Result.DONE or one.at <= shown_until:
                yield one.id, outcome


def known(state: State, told: Iterable[tuple[str, Outcome]], now: datetime) -> State:
    """The state after these outcomes; the one that comes in stays as it is."""
    after = copy(state)
    after.claims = {license: dict(of_license) for license, of_license in state.claims.items()}
    after.changed = {commit: dict(changes) for commit, changes in state.changed.items()}
    after.did = {rollout: dict(did) for rollout, did in state.did.items()}
    after.acted = {license: dict(times) for license, times in state.acted.items()}
    after.stuck = {license: dict(whys) for license, whys in state.stuck.items()}
    after.sent, after.done, after.refused = dict(state.sent), list(state.done), dict(state.refused)
    record = records.outcome(list(told), settled=True)
    return claims.fold([{**record, "at": canon.plain(now)}], after)


def doubtful(sent: Iterable[Sent]) -> frozenset[tuple[str, str]]:
    """(who, license) whose last call has no known outcome."""
    return frozenset((one.change.who, license) for one in sent for license in one.change.licenses)


def findings(sent: Iterable[Sent], settle_seconds: int) -> Iterator[Finding]:
    """What is still in doubt, and when a run will know."""
    for one in sent:
        change, by = one.change, one.at + timedelta(seconds=settle_seconds)
        what = f"{change.license}: the answer to the call for {change.who} was lost; it may have happened"
        fix = f"nothing: from {by.astimezone(UTC):%d %b %H:%M} UTC on the next run sees what became of it"
        yield Finding("in-doubt", Level.WARN, what, fix, change.cause.place, one.id, change.license, change.who)


def _shows(sent: Sent, held: Held, info: VendorInfo) -> tuple[Result, str, str]:
    shown = {license: _there(held, license, sent.change.who) for license in sent.change.licenses}
    if shows(sent.change.after, shown):
        seat = shown[sent.change.license]
        return Result.DONE, seat.holder if seat else "", "the answer was lost; a reading shows that it was done"
    if shows(sent.change.before, shown):
        said = "the answer was lost; a reading shows that nothing happened"
        once = f"{said}, and {info.name} may not be asked twice"
        return (Result.FAILED, "", said) if info.idempotent else (Result.CONFLICT, "", once)
    if info.idempotent and _half(sent, shown, info):
        return (
            Result.FAILED,
            "",
            "the answer was lost; a reading shows that the old seat is gone and the new one not there",
        )
    return Result.CONFLICT, "", "the answer was lost, and a reading shows something else"


def _half(sent: Sent, shown: Mapping[str, Seat | None], info: VendorInfo) -> bool:
    """Whether only the first call of a swap was made. One that takes a rollout back is looked at by a person: what is left
    of it would give back what no rollout did."""
    swap = sent.change.verb is Verb.SWAP and not info.atomic_swap
    return swap and not sent.takes_back and not any(shown.values())


def shows(grant: Grant | None, shown: Mapping[str, Seat | None]) -> bool:
    """Whether what is shown of the licenses of a change is this and nothing beside it; options count where some are named."""
    held = [license for license, seat in shown.items() if seat is not None]
    if grant is None:
        return not held
    seat = shown[grant.license]
    return held == [grant.license] and seat is not None and grant.options in ((), seat.options)


def _there(held: Held, license: str, who: str) -> Seat | None:
    seat = held[license].get(who)
    return seat if seat is not None and seat.pending is not Pending.CANCELLED else None
