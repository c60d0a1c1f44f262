"""What an audit finds: the first thing in each journal that does not hold, and against what the rest was verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

CONSISTENT, VERIFIED = "internally consistent", "verified"


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: the rule that says so, and where. `n` is the record's number, 0 where it is about no record."""

    rule: str
    n: int
    what: str
    commit: str = ""
    journal: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is not in the hands of who may push to the journal, and the last record that it vouches for."""

    by: str
    n: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One journal. `proven`: what vouches for it; a chain alone is consistent, and shows not that it is the first one."""

    journal: str
    head: str
    records: int
    segments: int
    signed: int
    """Segments with a good signature."""
    proven: tuple[Anchor, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def upto(self) -> int:
        return max((one.n for one in self.proven), default=0)

    @property
    def standing(self) -> str:
        """`verified` only where something vouches for all of it."""
        if self.faults:
            return "broken"
        return VERIFIED if self.records and self.upto >= self.records else CONSISTENT


@dataclass(frozen=True, slots=True)
class Audit:
    """All journals of a repository. `offline`: what this clone alone shows."""

    at: datetime
    offline: bool
    tip: str
    admitted: int
    journals: tuple[Checked, ...]
    bodies: int = 0
    erased: int = 0
    notes: tuple[str, ...] = ()

    @property
    def faults(self) -> Iterator[Fault]:
        """The journals' own first: what rests on a broken chain says little."""
        for one in self.journals:
            yield from one.faults

    @property
    def first(self) -> Fault | None:
        return next(self.faults, None)
