"""The journal of one account up to a time → who holds which seat then, since when, and why.

Rules:
- A seat is held from the record that shows it: our call was answered (or found out by reading), or a complete reading showed what
  was asked. It ends with the record that shows it gone.
- A seat that a group gives is never ours, and is not here; nor is one that somebody added at the vendor.
- Why is what asked for it last: the row, and the commit. Who approved that commit is for the journal of admissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from seatwise.core import canon, checkpoint, claims, records, trail
from seatwise.core.claims import State
from seatwise.core.model import Claim, ClaimState, Made, Result

Record = Mapping[str, Any]
Key = tuple[str, str]
HOW = {
    Made.US: "given by us",
    Made.FOUND: "found there and taken up",
    Made.UNKNOWN: "shown after a call whose answer was lost",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One seat at one time. `record` is the number of the one that showed it first."""

    account: str
    license: str
    who: str
    since: datetime
    record: int
    how: str = ""
    why: str = ""
    commit: str = ""
    title: str = ""
    ticket: str = ""
    approval: str = ""
    unasked: str = ""
    """Since when nothing asks for it any more; empty: something does."""


@dataclass(slots=True)
class _Fold:
    account: str
    state: State = field(default_factory=State)
    held: dict[Key, Held] = field(default_factory=dict)
    tickets: dict[Key, tuple[str, str]] = field(default_factory=dict)
    """Seat → the commit that asked for it, and its ticket."""


def holders(account: str, journal: Iterable[Record], at: datetime) -> tuple[Held, ...]:
    """Who held what when this time was over, sorted by license and who."""
    fold = _Fold(account)
    for record in journal:
        if canon.instant(record["at"]) > at:
            break
        if record["type"] != checkpoint.TYPE:
            _step(fold, record)
    found = (_told(fold, key, held) for key, held in fold.held.items())
    return tuple(sorted(found, key=lambda one: (one.license, one.who)))


def _step(fold: _Fold, record: Record) -> None:
    touched = tuple(_touched(fold.state, record))
    claims.fold([record], fold.state)
    if record["type"] == "recovered":
        fold.held.clear()
    if record["type"] == "renamed":
        fold.held = {(license, record["who"].get(who, who)): one for (license, who), one in fold.held.items()}
    for key, commit, ticket in _asked(record):
        fold.tickets[key] = (commit, ticket)
    for license, who in touched:
        _settle(fold, (license, who), record)


def _settle(fold: _Fold, key: Key, record: Record) -> None:
    claim = fold.state.of(key[0]).get(key[1])
    if claim is None or claim.state is not ClaimState.OURS:
        fold.held.pop(key, None)
    elif key not in fold.held:
        fold.held[key] = Held(fold.account, *key, canon.instant(record["at"]), record["n"])


def _touched(state: State, record: Record) -> Iterator[Key]:
    """The seats whose claim a record may move."""
    if record["type"] == "settled":
        yield from ((record["license"], who) for seats in record["seats"].values() for who in seats)
    elif record["type"] == "asked":
        yield from ((record["license"], who) for who, _ in records.flips(record))
    elif record["type"] == "outcome":
        for entry in record["outcomes"]:
            sent = state.sent.get(entry["id"])
            if sent is not None and entry["result"] != Result.DOUBT:
                yield from ((license, sent.change.who) for license in sent.change.licenses)


def _asked(record: Record) -> Iterator[tuple[Key, str, str]]:
    if record["type"] == "asked":
        for who, flip in records.flips(record):
            if flip.cause is not None and flip.asked:
                yield (record["license"], who), flip.cause.commit, flip.cause.ticket


def _told(fold: _Fold, key: Key, held: Held) -> Held:
    claim = fold.state.of(key[0])[key[1]]
    commit, ticket = fold.tickets.get(key, ("", ""))
    return replace(
        held,
        who=key[1],
        how=HOW[claim.made],
        why=_why(claim),
        commit=claim.commit,
        ticket=ticket if commit == claim.commit else "",
        unasked="" if claim.asked else str(canon.plain(claim.asked_at))[:10] if claim.asked_at else "the beginning",
    )


def _why(claim: Claim) -> str:
    kind, _, rest = claim.row.partition(":")
    bundle, _, selector = rest.partition(":")
    of = f" of bundle {bundle}" if bundle else ""
    if kind == "rule":
        return f"rule {selector}{of}"
    if kind == "user":
        return f"named{of}"
    return f"what became of {rest}, whose holder left" if kind == "left" else "no row"


def approved(record: Record | None) -> str:
    """By whom a changeset was approved, in words. None: its admission is not in the journal."""
    if record is None:
        return "no admission of it is known"
    approval, evidence = record["approval"], record["approval"]["evidence"]
    by = ", ".join(sorted({vote.get("person") or vote.get("login", "") for vote in trail.counted(record)}))
    request = evidence.get("request") or {}
    name = f", pull request {request['number']}" if request.get("url") else ""
    if approval["how"] == trail.SINGLE:
        return f"approved by nobody else: single administrator{name}"
    return f"approved by {by}{name}" if by else f"approval: {approval['how']}"
