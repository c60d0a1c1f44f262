"""A decision made as if nothing had ever been done at an account → the records that its journal begins anew with.

What is asked and there becomes ours. All else is drift: it is shown, and nothing is given or taken for it, since nobody
knows any more what had been done, refused, or taken away by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs

from seatwise.core import records
from seatwise.core.decide import AccountDecision


@dataclass(frozen=True, slots=True)
class Recovered:
    """One account whose journal begins anew, in seats."""

    account: str
    ours: int
    drift: int
    unlisted: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was lost and what it is begun anew with; `written`: it was."""

    commit: str
    admissions: bool
    accounts: tuple[Recovered, ...]
    written: bool = False


def told(decision: AccountDecision) -> Recovered:
    """What becomes of the account's seats."""
    there = {(s.license, s.who) for s in decision.settled}
    asked = sum(len(flips) for flips in _asks(decision).values())
    return Recovered(decision.account, len(there), asked - len(there), len(decision.unlisted))


def _asks(decision: AccountDecision) -> dict[str, dict[str, records.Flip]]:
    """What is asked, as notes: no cause, so that nothing is pending."""
    return {
        license: {who: structs.replace(flip, cause=None, calls_off=True) for who, flip in flips.items() if flip.asked}
        for license, flips in sorted(decision.flips.items())
    }


def written(decision: AccountDecision, commit: str, said: Mapping[str, str]) -> Iterator[records.Record]:
    """The records, told who recovered it and why; `commit` is in force."""
    yield {"type": "recovered", **said, "commit": commit}
    seats: dict[str, dict[str, dict[str, str]]] = {}
    for one in decision.settled:
        seat = decision.differences[one.license].seats[one.who]
        seats.setdefault(one.license, {}).setdefault(one.how, {})[one.who] = seat.holder
    for license, flips in _asks(decision).items():
        yield records.asked(license, {who: structs.replace(flip, commit=commit) for who, flip in flips.items()})
        if license in seats:
            yield records.settled(license, seats[license])
    yield {"type": "resolved", "commit": commit}
