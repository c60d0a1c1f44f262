"""A plan's steps and what a copy of the vendors showed before, after and after the way back → whether the round trip closes.

Only the seats that the plan touches may differ after it, and after the way back none may. A seat that does not come back as
it was is named with what it lost, in the vendor's own word where the vendor says that it makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core.back import WORDS
from seatwise.core.model import Change, Grant, Outcome, Pending, Result, Seat, VendorInfo

Seats = Mapping[tuple[str, str], Seat]
"""(sku, holder) → seat, of one account."""


@dataclass(frozen=True, slots=True)
class Played:
    """One account played there and back. `beside` is what other lanes and open rollouts did meanwhile; it stays done."""

    account: str
    info: VendorInfo
    there: tuple[Outcome, ...]
    back: tuple[Outcome, ...]
    beside: tuple[Outcome, ...]
    before: Seats
    after: Seats
    """When the way back begins."""
    end: Seats


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of it. Texts are for people."""

    title: str
    played: int = 0
    """Changes that the copies carried out."""
    returned: int = 0
    """Of those, the ones whose seats show at the end what they showed before."""
    refused: tuple[str, ...] = ()
    """Changes that a copy did not carry out, and why."""
    lost: tuple[str, ...] = ()
    """What does not come back, as the vendor says beforehand."""
    wrong: tuple[str, ...] = ()
    """What should have come back and did not, and seats that moved though no change is about them."""

    @property
    def closes(self) -> bool:
        return not self.wrong


def rehearsal(title: str, accounts: Sequence[Played]) -> Rehearsal:
    """One rehearsal of everything that was played."""
    done = [(one, o) for one in accounts for o in one.there if o.result is Result.DONE]
    ends = [(one, outcome, _return(one, outcome)) for one, outcome in done]
    wrong = [f"{_named(o.change)}: {said}" for _, o, (said, foretold) in ends if said and not foretold]
    return Rehearsal(
        title,
        len(done),
        sum(not said for _, _, (said, _) in ends),
        tuple(f"{_named(o.change)}: {o.reason}" for one in accounts for o in one.there if _failed(o)),
        tuple(_grouped((o.change, said) for _, o, (said, foretold) in ends if said and foretold)),
        (*wrong, *(said for one in accounts for said in _strays(one))),
    )


def _return(one: Played, outcome: Outcome) -> tuple[str, bool]:
    """What is not as it was of the seats of a change, and whether the vendor says so beforehand; empty: all is."""
    holder = outcome.holder or outcome.change.holder
    for grant in _grants(outcome.change):
        key = (grant.sku, holder)
        was, now = one.before.get(key), one.end.get(key)
        if was is not None and key not in one.after and one.info.undo != "exact" and _alike(was, now):
            return WORDS.get(one.info.undo, one.info.undo), True
        if was != now:
            return _lost(one, outcome.change, was, now), _still_counts(one.info, was, now)
    return "", True


def _lost(one: Played, change: Change, was: Seat | None, now: Seat | None) -> str:
    if was is None:
        return "still counts until it ends" if now and now.pending is Pending.CANCELLED else "not taken back"
    if now is None:
        reasons = (o.reason for o in one.back if o.change == change.reverse())
        return f"not given back: {next(reasons, '')}"
    return "comes back with another origin or other options"


def _alike(was: Seat, now: Seat | None) -> bool:
    """Whether a seat that was given anew is what can be had of the old one."""
    return now is not None and (now.options, now.origin) == (was.options, was.origin)


def _still_counts(info: VendorInfo, was: Seat | None, now: Seat | None) -> bool:
    """Whether the vendor says of itself that a seat which is taken counts until its term ends."""
    return was is None and not info.frees_at_once and now is not None and now.pending is Pending.CANCELLED


def _strays(one: Played) -> Iterator[str]:
    """Seats that moved though no change is about them; one that was ending anyway may end."""
    touched = {
        (grant.sku, o.holder or o.change.holder) for o in (*one.there, *one.beside) for grant in _grants(o.change)
    }
    ending = {key for key, seat in one.before.items() if seat.pending is Pending.CANCELLED}
    for key in sorted((one.before.keys() | one.after.keys() | one.end.keys()) - touched - ending):
        if not one.before.get(key) == one.after.get(key) == one.end.get(key):
            yield f"{one.account}: {key[0]} of {key[1]} moved, and no change is about it"


def _grouped(said: Iterable[tuple[Change, str]]) -> Iterator[str]:
    """One sentence for each license and loss."""
    groups: dict[tuple[str, str], list[str]] = {}
    for change, what in said:
        license = change.before.license if change.before else change.license
        groups.setdefault((license, what), []).append(change.who)
    for (license, what), who in sorted(groups.items()):
        yield f"{license}: {what} ({', '.join(sorted(who)[:5])}{f' and {len(who) - 5} more' if len(who) > 5 else ''})"


def _named(change: Change) -> str:
    return f"{change.verb} {change.license} {change.who}"


def _failed(outcome: Outcome) -> bool:
    return outcome.result not in (Result.DONE, Result.ALREADY)


def undone(outcomes: Iterable[Outcome]) -> tuple[Change, ...]:
    """The way back of what was carried out, newest first."""
    return tuple(o.change.reverse() for o in reversed(tuple(outcomes)) if o.result is Result.DONE)


def _grants(change: Change) -> tuple[Grant, ...]:
    return tuple(grant for grant in (change.before, change.after) if grant is not None)
