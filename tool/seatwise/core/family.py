"""Differences of one account's licenses → changes: one call for each person and seat, families swapped in one step.

Rules (semantics §3, §11):
- In a family (`one_of`) every row asks its own license; of those the highest rank is wanted. Adoption goes by asked, calls
  by wanted: a lower one that is asked and not there is no drift, it is stood for by the higher.
- A swap is one change whose before is a seat of ours; while it waits the old seat stays. Where one event asks the new
  seat and another un-asks the old one, the later of them is its cause.
- A lower seat that is not ours is left, and reported (`double-seat`).
- A leaver's seat falls to the license that `when_left` names, where it names one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from seatwise.core.diff import Difference, Want, lets_go
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    ClaimState,
    DriftKind,
    Finding,
    Grant,
    Level,
    License,
    Origin,
    Pending,
    Seat,
)
from seatwise.core.resolve import NOBODY


@dataclass(frozen=True, slots=True)
class Merged:
    """The changes of one account, before holds; and what was found on the way."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...] = ()


def changes(differences: Mapping[str, Difference]) -> Merged:
    """Every change of the account. Takes lower licenses' drift away where a higher one stands for it."""
    merging = _Merging(differences)
    for family in _families(differences.values()):
        for who in sorted(_involved(family)):
            merging.family(who, family)
        _stood_for(family)
    found = [change for difference in differences.values() for change in _plain(difference)]
    for difference in differences.values():
        difference.drift.extend(difference.lacking.values())
    return Merged(tuple(merging.swaps + found), tuple(merging.findings))


def grant(license: License, want: Want | None = None, seat: Seat | None = None) -> Grant:
    """The license as one holder has it (`seat`) or should have it (`want`)."""
    options = seat.options if seat is not None else want.options if want is not None else license.options
    return Grant(license.id, license.sku, options)


def _families(differences: Iterable[Difference]) -> list[list[Difference]]:
    """Families of the account, lowest rank first in each."""
    by_name: dict[str, list[Difference]] = {}
    for difference in differences:
        if difference.license.one_of:
            by_name.setdefault(difference.license.one_of, []).append(difference)
    return [sorted(family, key=lambda d: d.license.rank) for family in by_name.values() if len(family) > 1]


def _stood_for(family: list[Difference]) -> None:
    """Drops the drift of lower seats that are gone where a higher one is asked too."""
    for rank, lower in enumerate(family):
        higher = family[rank + 1 :]
        gone = (one for one in lower.drift if one.kind is DriftKind.REMOVED)
        stood = {one.who for one in gone if any(one.who in other.asked for other in higher)}
        lower.drift = [one for one in lower.drift if one.kind is not DriftKind.REMOVED or one.who not in stood]


def _involved(family: list[Difference]) -> set[str]:
    return {who for d in family for wants in (d.gives, d.takes, d.lacking) for who in wants}


class _Merging:
    def __init__(self, differences: Mapping[str, Difference]) -> None:
        self.differences = differences
        self.swaps: list[Change] = []
        self.findings: list[Finding] = []

    def family(self, who: str, family: list[Difference]) -> None:
        """One person in one family: at most one give or swap, towards the highest that anything asks."""
        asking = [d for d in family if who in d.asked]
        if not asking:
            return
        wanted, lower = asking[-1], asking[:-1]
        for difference in lower:
            difference.gives.pop(who, None)
            difference.lacking.pop(who, None)
        if who in wanted.gives or who in wanted.lacking:
            self._reach(who, wanted, family)

    def _reach(self, who: str, wanted: Difference, family: list[Difference]) -> None:
        old = next((d for d in reversed(family) if d is not wanted and _ours(d, who)), None)
        if old is None:
            self._double(who, wanted, family)
            return
        last = _last(who, wanted, old)
        if last is None:
            return
        want = replace(last, license=wanted.license.id, options=wanted.asked[who].options or wanted.license.options)
        wanted.gives.pop(who, None)
        wanted.lacking.pop(who, None)
        old.takes.pop(who, None)
        self.swaps.append(_swap(old, wanted.license, want, who))

    def _double(self, who: str, wanted: Difference, family: list[Difference]) -> None:
        if who not in wanted.gives:
            return
        for other in family:
            if other is not wanted and _there(other, who):
                what = f"{who} has {other.license.id}, which is not ours, and is given {wanted.license.id} beside it"
                fix = f"ask {other.license.id} for {who} first (it is adopted), then the swap frees it"
                finding = Finding(
                    "double-seat", Level.WARN, what, fix, wanted.asked[who].place, who, wanted.license.id, who
                )
                self.findings.append(finding)


def _last(who: str, wanted: Difference, old: Difference) -> Want | None:
    """The give or the take whose cause is the last event; a flip of this run has no time yet."""
    give, take = wanted.gives.get(who), old.takes.get(who)
    if give is None or take is None:
        return give or take
    gave, took = wanted.claims[who].asked_at, old.claims[who].asked_at
    return take if gave is not None and (took is None or took > gave) else give


def _there(difference: Difference, who: str) -> bool:
    seat = difference.seats.get(who)
    return seat is not None and seat.pending is not Pending.CANCELLED and seat.origin is Origin.DIRECT


def _ours(difference: Difference, who: str) -> bool:
    """Whether the seat is ours: by its claim, or because this reading adopts it; not one that it lets go."""
    claim = difference.claims.get(who, NOBODY)
    if not _there(difference, who) or who in difference.asked:
        return _there(difference, who)
    return claim.state is ClaimState.OURS and not lets_go(claim, difference.seats[who])


def _swap(old: Difference, license: License, want: Want, who: str) -> Change:
    seat = old.seats[who]
    before = grant(old.license, seat=seat)
    return _change(license.account, who, before, grant(license, want), want.cause, seat)


def _change(
    account: str, who: str, before: Grant | None, after: Grant | None, cause: Cause, seat: Seat | None = None
) -> Change:
    holder, login, used = (seat.holder, seat.login, seat.last_used) if seat else ("", "", None)
    return Change(account, who, before, after, holder, login, cause, last_used=used)


def _plain(difference: Difference) -> Iterator[Change]:
    license = difference.license
    for who, want in difference.gives.items():
        give = _change(license.account, who, None, grant(license, want), want.cause, want.seat)
        yield replace(give, needs_room=want.seat is None)
    for who, want in difference.takes.items():
        yield _change(license.account, who, grant(license, seat=want.seat), None, want.cause, want.seat)
    for who, want in difference.changes.items():
        yield _change(license.account, who, grant(license, seat=want.seat), grant(license, want), want.cause, want.seat)


def fallen(
    changes: Iterable[Change], licenses: Mapping[str, License], differences: Mapping[str, Difference]
) -> tuple[Change, ...]:
    """The changes, leavers' revokes as `when_left` says; each seat is in one of them: what another falls to is not taken too."""
    known = tuple(changes)
    falls: dict[tuple[str, str], Change] = {}
    reached: set[tuple[str, str]] = set()
    for change in known:
        key, swap = (change.who, change.licenses[0]), archived(change, licenses[change.licenses[0]], licenses)
        to = (change.who, swap.license)
        if swap is not change and key not in reached and to not in falls:
            falls[key] = _beside(swap, differences.get(swap.license))
            reached.add(to)
    return tuple(falls.get((c.who, c.licenses[0]), c) for c in known if not _stays(c, reached))


def _stays(change: Change, reached: Collection[tuple[str, str]]) -> bool:
    leaves = change.cause.kind is CauseKind.LEAVER and change.after is None
    return leaves and (change.who, change.license) in reached


def _beside(swap: Change, difference: Difference | None) -> Change:
    """The swap as it is where the seat that it leads to is there already: that stays as it is, and needs no room."""
    if difference is None or not _there(difference, swap.who):
        return swap
    return replace(swap, after=grant(difference.license, seat=difference.seats[swap.who]), needs_room=False)


def archived(change: Change, license: License, licenses: Mapping[str, License]) -> Change:
    """A leaver's revoke as a swap to the license that `when_left` names, where it names one at the same account."""
    to = licenses.get(license.when_left.to)
    if (
        change.cause.kind is not CauseKind.LEAVER
        or change.after is not None
        or to is None
        or to.account != license.account
    ):
        return change
    return replace(change, after=grant(to))
