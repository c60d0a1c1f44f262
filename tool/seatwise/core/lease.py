"""Journal records of one account → who holds it now: a run that began, until it ends, somebody ends it, or its time is over.

The number of the record that began a lease is its fencing token: a later one takes the account over, and the run that
held it before is refused at its next append.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from seatwise.core.canon import instant, plain

Record = Mapping[str, Any]

BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Lease:
    """`token` is the number of the record that began it."""

    run: str
    token: int
    since: datetime
    until: datetime

    def live(self, now: datetime) -> bool:
        return now < self.until


def lease(records: Iterable[Record], held: Lease | None = None) -> Lease | None:
    """The newest lease that has not ended, live or not; `held` is what earlier records gave."""
    for record in records:
        if record["type"] == BEGIN:
            held = Lease(record["run"], record["n"], instant(record["at"]), instant(record["until"]))
        elif held and record["type"] == "renew" and record["run"] == held.run:
            held = replace(held, until=instant(record["until"]))
        elif held and record["type"] in ("end", "unlock") and record["run"] == held.run:
            held = None
        elif record["type"] == "checkpoint":
            held = msgspec.convert(record["lease"], Lease | None)
    return held


def kept(held: Lease | None) -> Record:
    """What a checkpoint says of the lease."""
    return {"lease": msgspec.to_builtins(held)}


def begin(run: str, until: datetime) -> Record:
    return {"type": BEGIN, "run": run, "until": plain(until)}


def renew(run: str, until: datetime) -> Record:
    return {"type": "renew", "run": run, "until": plain(until)}


def end(run: str) -> Record:
    return {"type": "end", "run": run}


def unlock(run: str, by: str, reason: str) -> Record:
    """Somebody ends the lease of a run that is dead."""
    return {"type": "unlock", "run": run, "by": by, "reason": reason}
