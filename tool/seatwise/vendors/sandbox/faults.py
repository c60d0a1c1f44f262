"""What can be made to go wrong at an embedded vendor: switched on in its file, so also by another process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seatwise.edges.seatstore import SeatStore


class Fault(StrEnum):
    """`call`: read or write says which calls it is for, where it may be both."""

    THROTTLED = "429"
    """Wait `seconds`, then ask again."""
    BROKEN = "500"
    FORBIDDEN = "403"
    """The credential may only read."""
    LOST_AFTER = "timeout-after"
    """The write happens, its answer is lost."""
    LOST_BEFORE = "timeout-before"
    REFUSED = "refuse"
    """For one `login`, or for whoever comes first."""
    SHORT_PAGE = "short-page"
    EMPTY_READ = "empty-read"
    DUPLICATES = "duplicate-rows"
    SHRINKS = "shrink"
    """Fewer seats at the end of a reading than at its start."""
    SLOW = "slow"
    """Each call takes `seconds`."""
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Switched:
    kind: Fault
    times: int
    call: str = ""
    login: str = ""
    seconds: float = 0
    skip: int = 0
    """Calls that pass before it."""


def switch(store: SeatStore, fault: Switched) -> None:
    """The fault meets this many calls from now on, behind those of its kind that are switched on already."""
    row = (fault.kind, fault.times, fault.call, fault.login.casefold(), fault.seconds, fault.skip)
    store.db.execute("INSERT INTO fault (kind, times, call, login, seconds, skip) VALUES (?, ?, ?, ?, ?, ?)", row)


def clear(store: SeatStore) -> None:
    store.db.execute("DELETE FROM fault")


def kinds(store: SeatStore) -> frozenset[str]:
    """The kinds that are switched on: most calls ask nothing more."""
    return frozenset(kind for (kind,) in store.db.execute("SELECT DISTINCT kind FROM fault WHERE times > 0"))


def met(store: SeatStore, kind: Fault, call: str, login: str = "") -> Switched | None:
    """The fault of this kind that this call meets, counted; None: it meets none."""
    row = store.db.execute(
        "SELECT seq, times, seconds, skip FROM fault"
        " WHERE kind = ? AND times > 0 AND call IN ('', ?) AND login IN ('', ?) ORDER BY seq LIMIT 1",
        (kind, call, login.casefold()),
    ).fetchone()
    if row is None:
        return None
    seq, times, seconds, skip = row
    store.db.execute(f"UPDATE fault SET {'skip = skip' if skip else 'times = times'} - 1 WHERE seq = ?", (seq,))
    return None if skip else Switched(kind, times - 1, call, login, seconds)
