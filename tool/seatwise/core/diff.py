"""Asks + claims + what one vendor shows of one license → what is settled without a call, what to call, drift, unlisted.

The table (semantics §2); a seat that the vendor is ending counts as gone, one that is invited as there:

    asked  claim          actual   result
    yes    ours           yes      nothing (options differ: change, if that has a cause; else drift)
    yes    ours           no       becomes missing: drift, no call; given back, if a row of `reassert` is its cause
    yes    none, missing  yes      adopt (by the change of its options, if that has a cause); by group or auto: covered,
                                   never claimed, never called
    yes    none           no       grant, if the pending ask has a cause; else drift
    yes    missing        no       drift
    no     ours           yes      revoke, if the un-ask has a cause; an adopted one whose adoption is reverted: forget;
                                   what a leaver's seat became (`when_left: swap`): kept
    no     ours, missing  no       forget
    no     missing, none  yes      unlisted: reported; revoked only where the license says enforce, after a grace, or by a row
                                   of `reassert`

A license that is only observed, or retired, forgets its claims without a call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from seatwise.core.claims import ARCHIVED
from seatwise.core.model import (
    Cause,
    CauseKind,
    Claim,
    ClaimState,
    Drift,
    DriftKind,
    Kept,
    License,
    Made,
    Mode,
    Options,
    Origin,
    Pending,
    Person,
    Seat,
    Settled,
    Status,
    Unlisted,
)
from seatwise.core.records import Flip
from seatwise.core.resolve import NOBODY, Ask, Moment


@dataclass(frozen=True, slots=True)
class Want:
    """A seat that should be given, taken or changed, before families and holds have been looked at."""

    license: str
    who: str
    cause: Cause
    seat: Seat | None = None
    options: Options = ()


@dataclass(slots=True)
class Difference:
    """One license compared: filled here, read by the steps that follow."""

    license: License
    asked: Mapping[str, Ask]
    claims: Mapping[str, Claim]
    seats: Mapping[str, Seat]
    unsettled: Collection[str] = frozenset()
    """Those of whom what the vendor shows says nothing yet."""
    settled: list[Settled] = field(default_factory=list)
    gives: dict[str, Want] = field(default_factory=dict)
    takes: dict[str, Want] = field(default_factory=dict)
    changes: dict[str, Want] = field(default_factory=dict)
    lacking: dict[str, Drift] = field(default_factory=dict)
    """Asked, not there, and without a cause: drift, unless a higher seat of the family stands for it."""
    drift: list[Drift] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    unlisted: list[Unlisted] = field(default_factory=list)
    seen: dict[str, Flip] = field(default_factory=dict)
    """Unlisted seats of an enforced license that this run sees for the first time (or no longer)."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What `mode: enforce` may take: nothing in the changeset that set it, and only after a grace."""

    allowed: bool = False
    grace: timedelta = timedelta(days=7)
    people: Mapping[str, Person] = field(default_factory=dict)


def compared(
    license: License,
    asked: Mapping[str, Ask],
    claims: Mapping[str, Claim],
    seats: Mapping[str, Seat],
    unsettled: Collection[str] = frozenset(),
) -> Difference:
    """One license, by the table. `claims` already hold this run's flips; `seats` are by who; nobody unsettled is judged."""
    difference = Difference(license, asked, claims, seats, unsettled)
    if license.mode is Mode.OBSERVE or license.retired:
        difference.settled.extend(_forgotten(license, claims))
        return difference
    held = {who: seat for who, seat in seats.items() if seat.pending is not Pending.CANCELLED}
    for who in asked:
        if who not in unsettled:
            _asked(difference, who, claims.get(who, NOBODY), held.get(who))
    for who, claim in claims.items():
        known = claim.state is not ClaimState.NONE or claim.pending is not None
        if who not in asked and known and who not in unsettled:
            _unasked(difference, who, claim, held.get(who))
    for who, seat in held.items():
        ours = claims.get(who, NOBODY).state is ClaimState.OURS
        if not ours and who not in (asked.keys() | difference.takes.keys()) and who not in unsettled:
            difference.unlisted.append(_unlisted(license, who, seat))
    return difference


def enforce(difference: Difference, enforcement: Enforcement, moment: Moment) -> None:
    """Takes unlisted seats where the license says so: direct, not pending, of a known active person, after the grace."""
    for unlisted in difference.unlisted:
        who, seat = unlisted.who, difference.seats[unlisted.who]
        person = enforcement.people.get(who)
        if seat.origin is not Origin.DIRECT or seat.pending or person is None or person.status is not Status.ACTIVE:
            continue
        since = difference.claims.get(who, NOBODY).since
        if since is None:
            difference.seen[who] = Flip(False, since=moment.now)
        elif enforcement.allowed and moment.now - since >= enforcement.grace:
            why = f"mode: enforce, and nothing asks for it since {since:%d %b}"
            difference.takes[who] = Want(difference.license.id, who, Cause(CauseKind.UNLISTED, why=why), seat)


def unseen(difference: Difference, waiting: Collection[str] = frozenset()) -> None:
    """Drops the notes on unlisted seats that are no more, or that nothing enforces any more: a grace starts anew. Those on
    people who are still on leave (`waiting`) stay."""
    enforced = difference.license.mode is Mode.ENFORCE and not difference.license.retired
    still = {unlisted.who for unlisted in difference.unlisted} if enforced else frozenset()
    for who, claim in difference.claims.items():
        noted = claim.since is not None and not claim.asked and not reasserts(claim)
        if noted and who not in still and who not in waiting:
            difference.seen[who] = Flip(False)


def _forgotten(license: License, claims: Mapping[str, Claim]) -> Iterator[Settled]:
    for who, claim in claims.items():
        if claim.state is not ClaimState.NONE:
            yield Settled(license.id, who, "forget")


def _asked(difference: Difference, who: str, claim: Claim, seat: Seat | None) -> None:
    if seat is None:
        _absent(difference, who, claim)
    elif seat.origin is not Origin.DIRECT:
        difference.settled.append(Settled(difference.license.id, who, "cover"))
    else:
        _options(difference, who, claim, seat)
        if who not in difference.changes:
            _stands(difference, who, claim)


def _stands(difference: Difference, who: str, claim: Claim) -> None:
    """A direct seat that is asked, and that nothing is to be done about: adopted, or what was done about it is verified."""
    if claim.state is not ClaimState.OURS:
        difference.settled.append(Settled(difference.license.id, who, "adopt"))
    elif not claim.verified or claim.pending is not None:
        difference.settled.append(Settled(difference.license.id, who, "verify"))


def _options(difference: Difference, who: str, claim: Claim, seat: Seat) -> None:
    wanted = difference.asked[who].options or difference.license.options
    if not wanted or seat.options == wanted:
        return
    license = difference.license.id
    if claim.pending is not None:
        difference.changes[who] = Want(license, who, claim.pending, seat, wanted)
        return
    shown, asked = _shown(seat.options), _shown(wanted)
    what = f"{license}: {who} has {shown or 'no options'} there, {asked} is asked"
    difference.drift.append(Drift(DriftKind.CHANGED, license, who, what, _ways(license)))


def _shown(options: Options) -> str:
    return ", ".join(f"{name} {'/'.join(v) if isinstance(v, tuple) else v}" for name, v in options)


def _absent(difference: Difference, who: str, claim: Claim) -> None:
    license = difference.license
    if claim.state is ClaimState.OURS and claim.handed is None and not reasserts(claim):
        difference.settled.append(Settled(license.id, who, "miss"))
        difference.drift.append(_removed(license, who, "was taken away there"))
    elif claim.state is ClaimState.MISSING:
        difference.drift.append(_removed(license, who, "was taken away there"))
    elif claim.pending is not None:
        options = difference.asked[who].options or license.options
        difference.gives[who] = Want(license.id, who, claim.pending, difference.seats.get(who), options)
    else:
        difference.lacking[who] = _removed(
            license, who, "is asked and not there, and nothing that happened since asks anew"
        )


def _removed(license: License, who: str, what: str) -> Drift:
    return Drift(DriftKind.REMOVED, license.id, who, f"{license.id}: the seat of {who} {what}", _ways(license.id))


def _ways(license: str) -> str:
    return f"seatwise drift list --license {license}; it says how it is put right there, or stays so"


def _unasked(difference: Difference, who: str, claim: Claim, seat: Seat | None) -> None:
    license = difference.license
    if seat is None or lets_go(claim, seat):
        difference.settled.append(Settled(license.id, who, "forget"))
    elif claim.pending is not None:
        difference.takes[who] = Want(license.id, who, claim.pending, seat)
    elif claim.row.startswith(ARCHIVED):
        difference.kept.append(_archived(license.id, who, claim))
    else:
        what = f"{license.id}: {who} holds a seat of ours that nothing asks for any more, and no event says since when"
        difference.drift.append(Drift(DriftKind.ADDED, license.id, who, what, _ways(license.id)))


def _archived(license: str, who: str, claim: Claim) -> Kept:
    since = f" on {claim.asked_at:%Y-%m-%d}" if claim.asked_at else ""
    was = claim.row.removeprefix(ARCHIVED)
    what = f"{who} left, and the seat of {was} became this one{since} (when_left: swap to {license})"
    return Kept(license, who, what, "nothing; to free it, take it away there by hand, and the next run forgets it")


def lets_go(claim: Claim, seat: Seat) -> bool:
    """Whether a seat that is there and not asked any more is let go without a call: ours no more, or never given by us."""
    if seat.origin is not Origin.DIRECT:
        return True
    if claim.state is not ClaimState.OURS:
        return not reasserts(claim)
    return claim.made is Made.FOUND and claim.pending is not None and claim.pending.kind is CauseKind.REVERSE


def reasserts(claim: Claim) -> bool:
    """Whether a row of `reassert` is the cause by which the seat is put right."""
    return claim.pending is not None and claim.pending.kind is CauseKind.REASSERT


def _unlisted(license: License, who: str, seat: Seat) -> Unlisted:
    return Unlisted(license.id, who, seat.login, str(seat.origin), seat.last_used)
