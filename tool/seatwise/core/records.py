"""Nouns ↔ the JSON objects that the journal holds. What the fold reads is what was written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from seatwise.core import canon
from seatwise.core.lifecycle import Event
from seatwise.core.model import Cause, CauseKind, Change, Grant, Lane, Options, Outcome, Rollout, Stage

Record = dict[str, Any]
TAKEN_BACK = "abort"
"""Stands in an intent where the name of a stage could: the call takes back what the rollout did."""


class Flip(msgspec.Struct, frozen=True, gc=False):
    """What is asked of one seat has changed, or what is known of the ask: from now on this is asked, for this cause.

    A flip without a cause only keeps notes (a date first seen, another row for the same ask): it leaves pending what is pending.
    """

    asked: bool
    row: str = ""
    options: Options = ()
    cause: Cause | None = None
    fingerprint: str = ""
    since: datetime | None = None
    commit: str = ""
    calls_off: bool = False
    """What was pending is pending no longer: the ask flipped back before it was carried out."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said to one rollout at one account, or to everything there (`rollout` is empty): a record of control."""

    n: int
    at: datetime
    verb: Event
    account: str
    rollout: str = ""
    reason: str = ""
    by: str = ""
    without: bool = False
    """With `resume`: without the seats that halted it."""
    on_main: tuple[str, ...] = ()
    """With `abort`: the changesets that were on the default branch by then, behind the aborted one."""


def say(said: Said) -> Record:
    """The record for the branch of control, which adds its number and its time."""
    return {
        "type": str(said.verb),
        "account": said.account,
        "rollout": said.rollout,
        "reason": said.reason,
        "by": said.by,
        "without": said.without,
        "on_main": list(said.on_main),
    }


def said(record: Mapping[str, Any]) -> Said:
    return Said(
        record["n"],
        canon.instant(record["at"]),
        Event(record["type"]),
        record["account"],
        record["rollout"],
        record["reason"],
        record["by"],
        record["without"],
        tuple(record["on_main"]),
    )


def asked(license: str, flips: Mapping[str, Flip]) -> Record:
    """One record for a license; people whose flips are alike share one group."""
    groups: dict[Flip, dict[str, str]] = {}
    for who, flip in sorted(flips.items()):
        alike = Flip(flip.asked, flip.row, flip.options, flip.cause, "", flip.since, flip.commit, flip.calls_off)
        groups.setdefault(alike, {})[who] = flip.fingerprint
    listed = [{**_flip(flip), "who": who} for flip, who in groups.items()]
    return {"type": "asked", "license": license, "groups": listed}


def flips(record: Mapping[str, Any]) -> Iterable[tuple[str, Flip]]:
    """The flips of an `asked` record."""
    for group in record["groups"]:
        cause = cause_from(group["cause"]) if group["cause"] else None
        since = canon.instant(group["since"]) if group["since"] else None
        options = canon.options(group["options"])
        for who, fingerprint in group["who"].items():
            yield (
                who,
                Flip(
                    group["asked"],
                    group["row"],
                    options,
                    cause,
                    fingerprint,
                    since,
                    group["commit"],
                    group["calls_off"],
                ),
            )


def settled(license: str, seats: Mapping[str, Mapping[str, str]]) -> Record:
    """What a reading settles: how (adopt, verify, miss, forget) → who → the vendor's holder id."""
    return {
        "type": "settled",
        "license": license,
        "seats": {how: dict(sorted(who.items())) for how, who in seats.items()},
    }


def intent(changes: Sequence[tuple[str, Change, bool]], lane: Lane, rollout: str, stage: str, kind: str = "") -> Record:
    """Calls about to be made: (id, change, whether it is a downgrade); `kind` is the walk that the stage is of."""
    listed = [{"id": id, **_change(change), "downgrade": downgrade} for id, change, downgrade in changes]
    return {"type": "intent", "lane": str(lane), "rollout": rollout, "stage": stage, "kind": kind, "changes": listed}


def outcome(outcomes: Sequence[tuple[str, Outcome]], *, settled: bool = False) -> Record:
    """What became of calls; `settled`: found out by reading, after the answer was lost."""
    listed = [
        {
            "id": id,
            "result": str(o.result),
            "holder": o.holder,
            "reason": o.reason,
            "request": o.request,
            "settled": settled,
        }
        for id, o in outcomes
    ]
    return {"type": "outcome", "outcomes": listed}


def rollout(rollout: Rollout) -> Record:
    return {"type": "rollout", "rollout": canon.plain(rollout)}


def rollout_from(value: Mapping[str, Any]) -> Rollout:
    return msgspec.convert(value, Rollout)


def stage(rollout: str, stage: Stage) -> Record:
    """Where a stage has come to."""
    written = canon.plain(stage.written) if stage.written else None
    return {
        "type": "stage",
        "rollout": rollout,
        "kind": str(stage.kind),
        "stage": stage.name,
        "state": str(stage.state),
        "written": written,
        "approved": stage.approved,
    }


def state(rollout: Rollout) -> Record:
    """Where a rollout has come to, and why; which seats a gate found wrong, are set aside, or held against which changesets."""
    notes = {
        "wrong": [list(seat) for seat in rollout.wrong],
        "aside": [list(seat) for seat in rollout.aside],
        "on_main": list(rollout.on_main),
    }
    said = {"type": "state", "rollout": rollout.id, "to": str(rollout.state), "why": rollout.why}
    return {**said, **{name: value for name, value in notes.items() if value}}


def obeyed(said: Said, was: str, to: str) -> Record:
    """What somebody said was done, or can't be done as it stands (`was` and `to` are empty: there is nothing of that name)."""
    return {
        "type": "obeyed",
        "control": said.n,
        "verb": str(said.verb),
        "rollout": said.rollout,
        "by": said.by,
        "reason": said.reason,
        "was": was,
        "to": to,
    }


def change_from(entry: Mapping[str, Any]) -> Change:
    """A change as an intent holds it."""
    return Change(
        account=entry["account"],
        who=entry["who"],
        before=_grant(entry["before"]),
        after=_grant(entry["after"]),
        holder=entry["holder"],
        login=entry["login"],
        cause=cause_from(entry["cause"]),
    )


def cause_from(value: Mapping[str, Any]) -> Cause:
    return Cause(CauseKind(value["kind"]), value["commit"], value["why"], ticket=value["ticket"])


def change_id(change: Change, rollout: str) -> str:
    """Names one call of one rollout or lane, so that doing it twice is seen."""
    before, after = canon.plain(change.before), canon.plain(change.after)
    return canon.short(canon.digest([change.account, change.who, before, after, rollout]))


def _flip(flip: Flip) -> Record:
    return {
        "asked": flip.asked,
        "row": flip.row,
        "options": canon.options_map(flip.options),
        "cause": _cause(flip.cause) if flip.cause else None,
        "since": canon.plain(flip.since) if flip.since else None,
        "commit": flip.commit,
        "calls_off": flip.calls_off,
    }


def _change(change: Change) -> Record:
    return {
        "account": change.account,
        "who": change.who,
        "holder": change.holder,
        "login": change.login,
        "before": canon.plain(change.before),
        "after": canon.plain(change.after),
        "cause": _cause(change.cause),
    }


def _cause(cause: Cause) -> Record:
    return {"kind": str(cause.kind), "commit": cause.commit, "why": cause.why, "ticket": cause.ticket}


def _grant(value: Mapping[str, Any] | None) -> Grant | None:
    return Grant(value["license"], value["sku"], canon.options(value["options"])) if value else None
