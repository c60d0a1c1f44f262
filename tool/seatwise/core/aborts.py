"""Rollouts that are taken back → which seats nobody calls meanwhile, and which calls take back what was done.

Rules (semantics §12):
- Every seat of the rollout is held, also against the changesets that were on main when it was aborted: only a leaver's or an
  expiry's lane, or a changeset that landed later, calls it; until a later changeset asks or un-asks it, or `release`.
- Taken back is what this rollout did, newest first, and only where the vendor still shows what it made. What is known to
  be ours by our own answer counts; what was found out after a lost answer is `unknown`, and is left.
- Left are seats that somebody else changed since or that a later changeset wants so; nothing is given back to who has left.
- What a release leaves unlike main is drift that names its rollout: its rows stand, so that nothing asks for them anew
  before they were taken back.
- The claim of before returns (core/claims.py), and nothing is pending for the seat any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from seatwise.core import doubts, lifecycle
from seatwise.core.claims import Did, State
from seatwise.core.diff import Difference
from seatwise.core.directory import leaver
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    Drift,
    Hold,
    Pending,
    People,
    Rollout,
    Seat,
)

EXEMPT = (CauseKind.LEAVER, CauseKind.EXPIRY)
Key = tuple[str, str]
"""(who, license)."""


def seats(rollouts: Iterable[Rollout]) -> dict[Key, Rollout]:
    """The seats of rollouts that are being taken back, or were."""
    return {(i.who, i.license): one for one in rollouts if one.state in lifecycle.ABORTS for i in one.items}


def split(
    changes: Sequence[Change],
    drift: Sequence[Drift],
    held: Mapping[Key, Rollout],
    differences: Mapping[str, Difference],
) -> tuple[tuple[Change, ...], tuple[Drift, ...], tuple[Hold, ...]]:
    """Changes that go, drift that is shown as such, and what is held instead of either."""
    if not held:
        return tuple(changes), tuple(drift), ()
    going: list[Change] = []
    shown: list[Drift] = []
    holds: list[Hold] = []
    for change in changes:
        rollout = next((held[seat] for seat in _seats(change) if seat in held), None)
        if rollout is None or _may(rollout, change.cause):
            going.append(change)
        else:
            hold = _hold(rollout, change.license, change.who)
            holds.append(replace(hold, place=change.cause.place, verb=change.verb, cause=change.cause))
    for one in drift:
        rollout = held.get((one.who, one.license))
        claim = differences[one.license].claims.get(one.who)
        if rollout is None or claim is None or claim.commit not in _bound(rollout):
            shown.append(one)
        else:
            holds.append(_hold(rollout, one.license, one.who))
    return tuple(going), tuple(shown), tuple(holds)


def left(drift: Iterable[Drift], rollouts: Iterable[Rollout], claims: Mapping[str, Difference]) -> tuple[Drift, ...]:
    """The drift; what the release of a rollout left is named as that, with the one way to have main say the same."""
    released = {one.commit: one for one in rollouts if lifecycle.released(one)}
    seats = {(i.who, i.license, one.commit): one for one in released.values() for i in one.items}
    return tuple(_left(one, seats, claims) for one in drift) if released else tuple(drift)


def _left(drift: Drift, seats: Mapping[tuple[str, str, str], Rollout], claims: Mapping[str, Difference]) -> Drift:
    claim = claims[drift.license].claims.get(drift.who)
    rollout = seats.get((drift.who, drift.license, claim.commit)) if claim else None
    if rollout is None:
        return drift
    what = (
        f"{drift.license} of {drift.who}: rollout {rollout.id} was aborted and released, and main still says otherwise"
    )
    return replace(drift, what=what, fix=f"{_back(rollout)} can ask anew")


def _back(rollout: Rollout) -> str:
    """The one command that has main say what is; nothing asks anew while the old rows stand."""
    return f"seatwise rollback {rollout.commit[:12]} takes its rows back; once that is merged, a later pull request"


def _bound(rollout: Rollout) -> tuple[str, ...]:
    """The changesets that its seats are held against."""
    return (rollout.commit, *rollout.on_main)


def _may(rollout: Rollout, cause: Cause) -> bool:
    return cause.kind in EXEMPT or bool(cause.commit and cause.commit not in _bound(rollout))


def _hold(rollout: Rollout, license: str, who: str) -> Hold:
    what = f"{license} of {who}: rollout {rollout.id} was aborted" + (f" ({rollout.why})" if rollout.why else "")
    fix = (
        f"{_back(rollout)} can ask anew; to leave it as it is: "
        f'seatwise run release {rollout.id} --account {rollout.account} --reason "leave it"'
    )
    return Hold("aborted", license, who, what, fix, account=rollout.account)


@dataclass(frozen=True, slots=True)
class Back:
    """What an abort has to go by: one account's differences, what its journal says, the people, the day of the reading, and
    the seats that a lane or a later changeset is about to call."""

    differences: Mapping[str, Difference]
    state: State
    people: People
    today: date
    elsewhere: frozenset[Key] = frozenset()

    def going(self, rollout: Rollout) -> tuple[Change, ...]:
        """The calls that take back what it did and may be made now, newest first."""
        done = reversed(self.state.did.get(rollout.id, {}).values())
        sure = (did for did in done if self._wanted(rollout, did) and not self._unsure(did.change))
        return tuple(self._reverse(rollout, did.change) for did in sure)

    def unfinished(self, rollout: Rollout) -> bool:
        """Whether anything is left to take back, or a call of it is in doubt."""
        did = self.state.did.get(rollout.id, {}).values()
        doubtful = any(sent.rollout == rollout.id for sent in self.state.sent.values())
        return doubtful or any(self._unsure(one.change) or self._wanted(rollout, one) for one in did if not one.left)

    def _wanted(self, rollout: Rollout, did: Did) -> bool:
        """Whether this is to be taken back: it stands as the rollout made it, and nobody else wants it so."""
        change = did.change
        shown = {license: _there(self.differences.get(license), change.who) for license in change.licenses}
        if did.left or not doubts.shows(change.after, shown) or any(seat in self.elsewhere for seat in _seats(change)):
            return False
        person = self.people.persons.get(change.who)
        if change.before is not None and person is not None and leaver(person, self.today):
            return False
        return not any(self._wanted_so(rollout, change, license) for license in change.licenses)

    def _wanted_so(self, rollout: Rollout, change: Change, license: str) -> bool:
        """Whether a later changeset asks, or un-asks, just what the rollout made of this seat."""
        claim = self._claim(license, change.who)
        made = change.after is not None and change.after.license == license
        later = claim is not None and claim.commit not in ("", rollout.commit)
        return later and claim is not None and claim.asked is made

    def _unsure(self, change: Change) -> bool:
        """Whether the vendor may still show what was before the last call."""
        of = (self.differences[id] for id in change.licenses if id in self.differences)
        return any(change.who in difference.unsettled for difference in of)

    def _claim(self, license: str, who: str) -> Claim | None:
        difference = self.differences.get(license)
        return difference.claims.get(who) if difference else None

    def _reverse(self, rollout: Rollout, change: Change) -> Change:
        """The call that takes it back, addressed as the vendor shows the seat now."""
        why = f"rollout {rollout.id} is aborted"
        back = replace(change.reverse(), cause=Cause(CauseKind.REVERSE, rollout.commit, why), lossy="")
        shown = next((s for id in change.licenses if (s := self._seat(id, change.who)) is not None), None)
        claims = (self._claim(license, change.who) for license in change.licenses)
        holder = shown.holder if shown else next((c.holder for c in claims if c and c.holder), change.holder)
        ending = back.after is not None and self._seat(back.after.license, change.who) is not None
        login = shown.login if shown else change.login
        return replace(back, holder=holder, login=login, needs_room=not (change.after is None and ending))

    def _seat(self, license: str, who: str) -> Seat | None:
        difference = self.differences.get(license)
        return difference.seats.get(who) if difference else None


def _there(difference: Difference | None, who: str) -> Seat | None:
    seat = difference.seats.get(who) if difference else None
    return seat if seat is not None and seat.pending is not Pending.CANCELLED else None


def _seats(change: Change) -> Iterator[Key]:
    return ((change.who, license) for license in change.licenses)
