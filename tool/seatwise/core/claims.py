"""Journal records of one account → its state: claims per seat, rollouts, what was done lately, what is in doubt.

Rules (semantics §2, §8):
- Last applied is never a commit, a file or a snapshot: it is this fold.
- Only outcomes and complete readings write claims. A flip of what is asked is recorded with its cause, and stays
  pending until an outcome or a reading settles it.
- An outcome moves a claim by what was proved: done → ours or none; refused, failed and conflict move nothing; a lost
  answer stays in doubt until a reading settles it; a handed-over task waits for an export that is dated after it.
- Records are read in order; a fold of a prefix and then the rest is the fold of the whole, and a checkpoint stands for all
  records before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from seatwise.core import canon, checkpoint, lifecycle, records
from seatwise.core import rollout as rollouts
from seatwise.core.lifecycle import Event
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Done,
    Lane,
    Made,
    Result,
    Rollout,
    RolloutState,
    StageState,
    Verb,
)
from seatwise.core.records import Flip

Record = Mapping[str, Any]
DAY = timedelta(hours=24)
NOTHING = Claim()
ARCHIVED = "left:"
"""In place of a row: the seat is what a leaver's seat of the license that follows became."""
ABOUT_CONTROL = ("obeyed", "stopped")
"""Fields of a state that say what people said, which has a journal of its own and outlives this one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that was intended: the change, its way, and when."""

    id: str
    change: Change
    lane: Lane
    rollout: str
    stage: str
    at: datetime
    downgrade: bool = False
    kind: str = ""
    """The walk that the stage is of."""

    @property
    def takes_back(self) -> bool:
        """Whether the call takes back what the rollout did."""
        return bool(self.rollout) and self.stage == records.TAKEN_BACK


@dataclass(frozen=True, slots=True)
class Did:
    """A change that a rollout carried out and that we know to be ours: it can be taken back. `earlier` are the claims before."""

    change: Change
    earlier: tuple[tuple[str, Claim | None], ...]
    left: str = ""
    """Why it could not be taken back."""


@dataclass(slots=True)
class State:
    """What the journal of one account says. A builder while records are folded into it; read-only to everybody else."""

    claims: dict[str, dict[str, Claim]] = field(default_factory=dict)
    """License → who → claim."""
    rollouts: dict[str, Rollout] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict)
    """Calls whose outcome is not known: intended, or in doubt."""
    done: list[Done] = field(default_factory=list)
    commit: str = ""
    """The admitted commit that this account was last resolved at."""
    changed: dict[str, dict[str, Change]] = field(default_factory=dict)
    """Changeset → change id → change that was carried out for it: what a reverse can take back."""
    did: dict[str, dict[str, Did]] = field(default_factory=dict)
    """Rollout → change id → what it did, oldest first: what an abort takes back."""
    obeyed: int = 0
    """The number of the last record of control that was obeyed here."""
    stopped: str = ""
    """Why every lane of this account stands still; empty: it does not."""
    refused: dict[str, str] = field(default_factory=dict)
    """Change id → why the vendor refused it last."""
    acted: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """License → who → when we last called: until the vendor has settled, what it shows there says nothing."""
    stuck: dict[str, dict[str, str]] = field(default_factory=dict)
    """License → who → why nothing is called there before a person has looked: the last call's answer was lost, and a reading
    showed neither what it should do, nor that it may be made again."""
    at: datetime | None = None
    """When the last record was written."""
    n: int = 0
    """The number of the last record."""

    def of(self, license: str) -> Mapping[str, Claim]:
        return self.claims.get(license, {})

    def lately(self, now: datetime) -> tuple[Done, ...]:
        """What was done in the last 24 hours."""
        return tuple(done for done in self.done if done.at > now - DAY)

    def open_rollouts(self) -> tuple[Rollout, ...]:
        return tuple(r for r in self.rollouts.values() if r.state is not RolloutState.CLOSED)


def fold(journal: Iterable[Record], state: State | None = None) -> State:
    """The state after these records, in order. Unknown types are passed over, so that a later version may add some."""
    state = state if state is not None else State()
    for record in journal:
        state.at, state.n = canon.instant(record["at"]), record.get("n", state.n)
        step = FOLDS.get(record["type"])
        if step is not None:
            step(state, record)
    return state


def checkpointed(journal: Iterable[Record], at: datetime) -> Record:
    """The checkpoint of these records, written at that time."""
    return checkpoint.record(fold(journal), at)


def flipped(claim: Claim, flip: Flip, at: datetime | None = None) -> Claim:
    """The claim after what is asked of the seat has flipped, or a note on it has changed."""
    asks_anew = flip.asked and flip.cause is not None and claim.state is ClaimState.MISSING
    return structs.replace(
        claim,
        asked=flip.asked,
        state=ClaimState.NONE if asks_anew else claim.state,
        options=flip.options if flip.asked else claim.options,
        pending=None if flip.calls_off else flip.cause or claim.pending,
        commit=flip.commit or claim.commit,
        row=flip.row or claim.row,
        fingerprint=flip.fingerprint or claim.fingerprint,
        dead=claim.dead and not flip.asked,
        since=flip.since,
        asked_at=claim.asked_at if flip.asked == claim.asked else at,
    )


def settled(claim: Claim, how: str, holder: str = "") -> Claim | None:
    """The claim after a complete reading; None where nothing is left to know. What a group holds is asked on, and not ours."""
    holder = holder or claim.holder
    if how == "adopt":
        found = Made.FOUND if claim.handed is None else Made.US  # a task of ours, which an export now bears out
        made = found if claim.state is ClaimState.NONE else claim.made
        return structs.replace(
            claim, state=ClaimState.OURS, made=made, pending=None, holder=holder, verified=True, handed=None
        )
    if how == "verify":
        return structs.replace(claim, verified=True, pending=None, holder=holder, handed=None)
    if how == "miss":
        return structs.replace(claim, state=ClaimState.MISSING, pending=None, handed=None)
    if how == "cover":
        return structs.replace(claim, state=ClaimState.NONE, made=Made.UNKNOWN, pending=None, handed=None)
    return _gone(claim, claim.pending)


def moved(
    change: Change, of: Callable[[str], Mapping[str, Claim]], made: Made, holder: str
) -> Iterator[tuple[str, Claim | None]]:
    """The claims of a change that was carried out: license and claim, None where nothing is left to know."""
    if change.before is not None and change.verb is not Verb.CHANGE:
        yield change.before.license, _left(of(change.before.license).get(change.who, NOTHING), change.cause)
    if change.after is not None:
        claim = of(change.after.license).get(change.who, NOTHING)
        if change.verb is Verb.CHANGE:
            made = claim.made if claim.state is ClaimState.OURS else Made.FOUND
        holder = holder or claim.holder or change.holder
        yield (
            change.after.license,
            structs.replace(
                claim,
                state=ClaimState.OURS,
                made=made,
                pending=None if claim.asked else claim.pending,
                options=change.after.options,
                holder=holder,
                verified=False,
                handed=None,
            ),
        )


def _left(claim: Claim, cause: Cause) -> Claim | None:
    """The claim of a seat that was taken. A named row of a leaver is dead from then on."""
    if cause.kind is CauseKind.LEAVER and claim.row.startswith("user:"):
        return structs.replace(NOTHING, dead=True, row=claim.row, commit=claim.commit)
    pending = None if claim.pending == cause else claim.pending
    if not claim.asked:
        return _gone(claim, cause)
    return structs.replace(claim, state=ClaimState.NONE, pending=pending, handed=None)


def _gone(claim: Claim, cause: Cause | None) -> Claim | None:
    """What there is left to know of a seat that is gone: that its row is dead, and since when its holder is on leave."""
    since = claim.since if cause is not None and cause.kind is CauseKind.RULE else None
    kept = structs.replace(NOTHING, dead=claim.dead, row=claim.row if claim.dead else "", since=since)
    return None if over(kept) else kept


def _put(state: State, license: str, who: str, claim: Claim | None) -> None:
    claims = state.claims.setdefault(license, {})
    if claim is None:
        claims.pop(who, None)
    else:
        claims[who] = claim


def _resolved(state: State, record: Record) -> None:
    state.commit = record["commit"]


def _asked(state: State, record: Record) -> None:
    claims = state.claims.setdefault(record["license"], {})
    at = canon.instant(record["at"])
    for who, flip in records.flips(record):
        if flip.cause is not None or flip.calls_off:
            _freed(state, record["license"], who)
        claim = claims[who] = flipped(claims.get(who, NOTHING), flip, at)
        if over(claim):
            del claims[who]


def adopted(claim: Claim, commit: str) -> bool:
    """Whether the seat was there already when this changeset asked for it."""
    return claim.made is Made.FOUND and claim.commit == commit and claim.asked


def over(claim: Claim) -> bool:
    """Whether there is nothing left to know: not asked, not ours, nothing waited for."""
    return not (claim.asked or claim.dead or claim.since or claim.pending) and claim.state is ClaimState.NONE


def _settled(state: State, record: Record) -> None:
    license = record["license"]
    for how, seats in record["seats"].items():
        for who, holder in seats.items():
            _freed(state, license, who)
            _put(state, license, who, settled(state.of(license).get(who, NOTHING), how, holder))


def _freed(state: State, license: str, who: str) -> None:
    """A seat is asked anew, or a reading has shown how it stands: the lost call before says nothing any more."""
    for stuck in state.stuck.values() if who in state.stuck.get(license, {}) else ():
        stuck.pop(who, None)


def _renamed(state: State, record: Record) -> None:
    """A person's id changed (a new mail that has the old one as alias): whatever is known follows the person."""
    who = record["who"]
    for license, claims in state.claims.items():
        state.claims[license] = renamed(claims, who)
    for license, times in state.acted.items():
        state.acted[license] = {who.get(one, one): at for one, at in times.items()}
    for license, whys in state.stuck.items():
        state.stuck[license] = {who.get(one, one): why for one, why in whys.items()}
    for commit, changes in state.changed.items():
        state.changed[commit] = {id: _addressed(change, who) for id, change in changes.items()}
    for rollout, did in state.did.items():
        state.did[rollout] = {id: replace(one, change=_addressed(one.change, who)) for id, one in did.items()}
    state.sent = {id: readdressed(sent, who) for id, sent in state.sent.items()}
    state.rollouts = {id: _relisted(rollout, who) for id, rollout in state.rollouts.items()}


def _relisted(rollout: Rollout, who: Mapping[str, str]) -> Rollout:
    """The rollout whose people have the ids of now; they stay in their stages."""
    items = tuple(replace(item, who=who.get(item.who, item.who)) for item in rollout.items)
    stages = tuple(replace(s, people=tuple(who.get(one, one) for one in s.people)) for s in rollout.stages)
    wrong, aside = (tuple((who.get(one, one), of) for one, of in seats) for seats in (rollout.wrong, rollout.aside))
    return replace(rollout, items=items, stages=stages, wrong=wrong, aside=aside)


def _addressed(change: Change, who: Mapping[str, str]) -> Change:
    return replace(change, who=who[change.who]) if change.who in who else change


def readdressed(sent: Sent, who: Mapping[str, str]) -> Sent:
    """The call under the id that its person has now."""
    return replace(sent, change=_addressed(sent.change, who))


def renamed(claims: Mapping[str, Claim], who: Mapping[str, str]) -> dict[str, Claim]:
    """The claims under the ids that people have now; what is known under the new one wins."""
    found = dict(claims)
    for old in sorted(who.keys() & claims.keys()):
        found.setdefault(who[old], found.pop(old))
    return found


def _intent(state: State, record: Record) -> None:
    at = canon.instant(record["at"])
    for entry in record["changes"]:
        change, lane = records.change_from(entry), Lane(record["lane"])
        sent = Sent(
            entry["id"], change, lane, record["rollout"], record["stage"], at, entry["downgrade"], record["kind"]
        )
        state.sent[sent.id] = sent
    if record["kind"] and record["rollout"] in state.rollouts:
        _sends(state, record["rollout"], (record["kind"], record["stage"]))


def _sends(state: State, id: str, name: tuple[str, str]) -> None:
    """A stage whose calls were intended is being written, whatever becomes of the run."""
    rollout = state.rollouts[id]
    stages = tuple(
        lifecycle.stepped(s, Event.SENDS) if (s.kind, s.name) == name and lifecycle.allows(s.state, Event.SENDS) else s
        for s in rollout.stages
    )
    state.rollouts[id] = replace(rollout, stages=stages)


def _outcome(state: State, record: Record) -> None:
    at = canon.instant(record["at"])
    for entry in record["outcomes"]:
        sent, result = state.sent.get(entry["id"]), Result(entry["result"])
        if sent is None or result is Result.DOUBT:
            continue
        del state.sent[sent.id]
        state.refused.pop(sent.id, None)
        if result in (Result.DONE, Result.ALREADY):
            made = Made.UNKNOWN if entry["settled"] or result is Result.ALREADY else Made.US
            _carried_out(state, sent, made, entry["holder"], at)
            shown = sent.at if entry["settled"] else at
            for license in sent.change.licenses:
                state.acted.setdefault(license, {})[sent.change.who] = shown
        elif result is Result.HANDED_OVER:
            _hand_over(state, sent, at)
        else:
            state.refused[sent.id] = entry["reason"]
            if sent.takes_back and result is not Result.FAILED:
                _left_there(state, sent, entry["reason"])
        if result is Result.CONFLICT and entry["settled"]:
            for license in sent.change.licenses:
                state.stuck.setdefault(license, {})[sent.change.who] = entry["reason"]


def _carried_out(state: State, sent: Sent, made: Made, holder: str, at: datetime) -> None:
    before = tuple((license, state.of(license).get(sent.change.who)) for license in sent.change.licenses)
    for license, claim in list(moved(sent.change, state.of, made, holder)):
        _put(state, license, sent.change.who, _archived(claim, license, sent.change, at))
    if sent.takes_back:
        _took_back(state, sent)
    elif sent.change.cause.commit:
        state.changed.setdefault(sent.change.cause.commit, {})[sent.id] = sent.change
        if sent.rollout and made is Made.US:
            state.did.setdefault(sent.rollout, {})[sent.id] = Did(sent.change, before)
    state.done.extend(_seats(sent, at))


def _took_back(state: State, sent: Sent) -> None:
    """What the rollout did is undone: the claim of before returns, and nothing is pending for it any more."""
    id, who = _undone(sent), sent.change.who
    did = state.did.get(sent.rollout, {}).pop(id, None)
    state.changed.get(sent.change.cause.commit, {}).pop(id, None)
    for license, earlier in did.earlier if did else ():
        claim, was = state.of(license).get(who, NOTHING), earlier or NOTHING
        back = structs.replace(claim, state=was.state, made=was.made, pending=None, holder=was.holder or claim.holder)
        _put(state, license, who, None if over(back) else back)


def _left_there(state: State, sent: Sent, why: str) -> None:
    """The vendor does not take it back: an abort leaves it, and says so."""
    did = state.did.get(sent.rollout, {})
    if (id := _undone(sent)) in did:
        did[id] = replace(did[id], left=why or "the vendor refused to take it back")


def _undone(sent: Sent) -> str:
    """The id of the call that this one takes back."""
    return records.change_id(sent.change.reverse(), sent.rollout)


def _archived(claim: Claim | None, license: str, change: Change, at: datetime) -> Claim | None:
    """The seat that a leaver's became: ours, though no row asks it; it names the license that it was."""
    swapped = change.cause.kind is CauseKind.LEAVER and change.verb is Verb.SWAP and license == change.license
    if claim is None or claim.asked or not swapped:
        return claim
    return structs.replace(claim, row=f"{ARCHIVED}{change.licenses[0]}", pending=None, asked_at=at)


def _hand_over(state: State, sent: Sent, at: datetime) -> None:
    for license in sent.change.licenses:
        claim = state.of(license).get(sent.change.who, NOTHING)
        _put(state, license, sent.change.who, structs.replace(claim, handed=at))


def _seats(sent: Sent, at: datetime) -> Iterator[Done]:
    """The seats that a change took and gave, for the caps of a day."""
    change, cause = sent.change, sent.change.cause.kind
    if change.verb is Verb.CHANGE:
        return
    if change.before is not None:
        yield Done(at, change.verb, change.before.license, change.account, change.who, sent.lane, cause, sent.downgrade)
    if change.after is not None:
        yield Done(at, Verb.ASSIGN, change.after.license, change.account, change.who, sent.lane, cause)


def _rollout(state: State, record: Record) -> None:
    rollout = records.rollout_from(record["rollout"])
    state.rollouts[rollout.id] = rollouts.timed(None, rollout, canon.instant(record["at"]))


def _stage(state: State, record: Record) -> None:
    before = state.rollouts[record["rollout"]]
    written = canon.instant(record["written"]) if record["written"] else None
    name, to, approved = (record["kind"], record["stage"]), StageState(record["state"]), record["approved"]
    stages = tuple(
        replace(s, state=to, written=written, approved=approved) if (s.kind, s.name) == name else s
        for s in before.stages
    )
    state.rollouts[before.id] = rollouts.timed(before, replace(before, stages=stages), canon.instant(record["at"]))


def _state(state: State, record: Record) -> None:
    before = state.rollouts[record["rollout"]]
    to = RolloutState(record["to"])
    ended = canon.instant(record["at"]) if to is RolloutState.CLOSED else None
    wrong, aside = (tuple((who, license) for who, license in record.get(name, ())) for name in ("wrong", "aside"))
    after = replace(
        before,
        state=to,
        why=record["why"],
        ended=ended,
        wrong=wrong,
        aside=aside,
        on_main=tuple(record.get("on_main", ())),
    )
    state.rollouts[before.id] = rollouts.timed(before, after, canon.instant(record["at"]))


def _snapshot(state: State, record: Record) -> None:
    if not record["rollout"]:
        return  # somebody took it by hand
    rollout = state.rollouts[record["rollout"]]
    state.rollouts[rollout.id] = replace(rollout, snapshot=record["sha256"])


def _recovered(state: State, record: Record) -> None:
    """What was known is not known any more: the records behind say what was found."""
    for name in State.__slots__:
        if name not in (*checkpoint.ABOUT_THE_RECORD, *ABOUT_CONTROL):
            setattr(state, name, getattr(State(), name))


def _checkpoint(state: State, record: Record) -> None:
    held = checkpoint.state(State, record, state)
    for name in State.__slots__:
        setattr(state, name, getattr(held, name))


def _obeyed(state: State, record: Record) -> None:
    """What somebody said; a halt of everything stops the account, and a retry tries anew to take back what was left."""
    state.obeyed, rollout = record["control"], record["rollout"]
    if not rollout:
        state.stopped = (record["reason"] or "halted") if record["verb"] == Event.HALT else ""
    elif record["verb"] == Event.RETRY and rollout in state.did:
        for did in state.did[rollout].values():
            for license in did.change.licenses if did.left else ():
                _freed(state, license, did.change.who)
        state.did[rollout] = {id: replace(did, left="") for id, did in state.did[rollout].items()}


FOLDS: Mapping[str, Callable[[State, Record], None]] = {
    "resolved": _resolved,
    "asked": _asked,
    "settled": _settled,
    "renamed": _renamed,
    "intent": _intent,
    "outcome": _outcome,
    "rollout": _rollout,
    "stage": _stage,
    "state": _state,
    "snapshot": _snapshot,
    "recovered": _recovered,
    checkpoint.TYPE: _checkpoint,
    "obeyed": _obeyed,
}
"""Type of record → how it moves the state."""
