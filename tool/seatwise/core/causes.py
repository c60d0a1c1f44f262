"""Claims + what was, and is, asked → the flips of one license, each with its cause.

Rules (semantics §3). The cause of a change is the last event that flipped what is asked, found with one reading of people:
1. The directory, at the tree of the last run: asked(old tree, people now) against what the journal holds.
2. Each admitted changeset in turn, with people now. Its flips are its own, however often the directory moved before.
A flip back calls off what was pending, unless a call for it is in doubt. A later flip replaces the cause of what is
pending. No flip and nothing pending: what differs is drift. Asking anew, in a later changeset, what is missing at the
vendor makes it a plain ask again; the directory never does. A row of `reassert` that a changeset writes flips nothing: it
is the cause by which the seat is put right, to what is asked of it by then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from seatwise.core.model import Cause, CauseKind, Changeset, Claim, ClaimState, People
from seatwise.core.records import Flip
from seatwise.core.resolve import NOBODY, Ask, Moment, Resolved

DIRECTORY = {"leaver": CauseKind.LEAVER, "expiry": CauseKind.EXPIRY}


@dataclass(frozen=True, slots=True)
class Link:
    """One admitted changeset of the chain, and what its tree asks for one license with the people of now. `reverses`: whose
    seats of that license became what they are by the changeset that this one takes back; of all others it asks plainly."""

    changeset: Changeset
    resolved: Resolved
    reverses: Collection[str] = frozenset()

    def kind(self, who: str) -> CauseKind:
        return CauseKind.REVERSE if who in self.reverses else CauseKind.COMMIT


@dataclass(frozen=True, slots=True)
class _Event:
    ask: Ask | None
    cause: Cause


def flips(
    claims: Mapping[str, Claim],
    old: Resolved,
    chain: Sequence[Link],
    people: People,
    moment: Moment,
    doubtful: Collection[str] = frozenset(),
) -> dict[str, Flip]:
    """What changes in what the journal knows of the asks of one license: who → flip. A call for the `doubtful` is in doubt."""
    events = dict(_by_directory(claims, old))
    before = old
    for link in chain:
        events.update((who, event) for who, event in _put_right(before, link) if not _ends(events.get(who)))
        events.update(_by_changeset(before, link))
        before = link.resolved
    found = {
        who: flip
        for who, event in events.items()
        if (flip := _flip(claims.get(who, NOBODY), before, who, event, people))
    }
    found |= {who: _may_have_happened(found[who], events[who]) for who in found.keys() & set(doubtful)}
    for who, note in _notes(claims, before, moment):
        if who not in found:
            found[who] = note
    return found


def _by_directory(claims: Mapping[str, Claim], old: Resolved) -> Iterator[tuple[str, _Event]]:
    for who, ask in old.asked.items():
        claim = claims.get(who)
        if claim is None or not claim.asked or claim.options != ask.options:
            yield who, _Event(ask, _cause(CauseKind.RULE, "", ask))
    for who, claim in claims.items():
        if claim.asked and who not in old.asked:
            kind = DIRECTORY.get(old.gone.get(who, ""), CauseKind.RULE)
            yield who, _Event(None, Cause(kind, why=old.gone.get(who, "") or "no rule gives it any more"))


def _by_changeset(before: Resolved, link: Link) -> Iterator[tuple[str, _Event]]:
    after = link.resolved
    if after is before:
        return
    for who, ask in after.asked.items():
        had = before.asked.get(who)
        if had is None or had.options != ask.options:
            yield who, _Event(ask, _cause(link.kind(who), link.changeset.commit, ask))
    for who, ask in before.asked.items():
        if who not in after.asked:
            yield who, _Event(None, _cause(link.kind(who), link.changeset.commit, ask))


def _put_right(before: Resolved, link: Link) -> Iterator[tuple[str, _Event]]:
    """The new rows of a license that was managed already: old ones say nothing of what is found when it begins to be."""
    after = link.resolved
    if before.reassert is None or after.reassert is None:
        return
    for who, row in after.reassert.items():
        if before.reassert.get(who) != row:
            cause = Cause(CauseKind.REASSERT, link.changeset.commit, row.reason or "drift", row.place)
            yield who, _Event(after.asked.get(who), cause)


def _ends(event: _Event | None) -> bool:
    """Whether it un-asks the seat: that is cause enough."""
    return event is not None and event.ask is None


def _cause(kind: CauseKind, commit: str, ask: Ask) -> Cause:
    return Cause(kind, commit, ask.why, ask.place, ask.ticket)


def _flip(claim: Claim, final: Resolved, who: str, event: _Event, people: People) -> Flip | None:
    ask = final.asked.get(who)
    if event.cause.kind is CauseKind.REASSERT:
        return _reasserts(claim, ask, event.cause, _fingerprint(people, who))
    if ask is not None:
        return _asks(claim, ask, event.cause, _fingerprint(people, who))
    if not claim.asked:
        return None
    called_off = claim.state is ClaimState.NONE
    cause, since = None if called_off else event.cause, claim.since if who in final.waiting else None
    return Flip(False, cause=cause, since=since, commit=event.cause.commit, calls_off=called_off)


def _may_have_happened(flip: Flip, event: _Event) -> Flip:
    """What is in doubt is not called off: the flip keeps its cause, for the case that it happened."""
    return structs.replace(flip, cause=event.cause, calls_off=False) if flip.calls_off else flip


def _asks(claim: Claim, ask: Ask, cause: Cause, fingerprint: str) -> Flip | None:
    flip = Flip(True, ask.row, ask.options, cause, fingerprint, commit=cause.commit)
    ours, same = claim.state is ClaimState.OURS, claim.options == ask.options
    if not claim.asked:
        return structs.replace(flip, cause=None, calls_off=True) if ours and same else flip
    if ours or claim.pending is not None:
        return None if same and claim.pending is None else flip
    return flip if cause.commit else structs.replace(flip, cause=None)


def _reasserts(claim: Claim, ask: Ask | None, cause: Cause, fingerprint: str) -> Flip:
    """What is asked stays as it is, and has a cause now; what is ours by the journal may be gone at the vendor."""
    if ask is None:
        return Flip(False, cause=cause, since=claim.since, commit=cause.commit)
    return Flip(True, ask.row, ask.options, cause, fingerprint, claim.since, cause.commit)


def _notes(claims: Mapping[str, Claim], final: Resolved, moment: Moment) -> Iterator[tuple[str, Flip]]:
    """Notes on asks that did not flip: another row asks now, or something began or ceased to be waited for."""
    for who, claim in claims.items():
        ask = final.asked.get(who)
        if ask is None or not claim.asked:
            continue
        since = claim.since if who in final.waiting else None
        if who in final.waiting and since is None:
            since = moment.now
        if since != claim.since or ask.row != claim.row:
            yield who, Flip(True, ask.row, claim.options, since=since)


def _fingerprint(people: People, who: str) -> str:
    person = people.find(who)
    return person.fingerprint if person else ""
