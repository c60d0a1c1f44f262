"""An admission, its rows and who ran it → who made, approved, gains by and applied it, and who had two of these duties.

Rules:
- Nobody approves what they made, or what gives themselves something. Where it was so, or nobody but the maker was there, or
  nobody was asked, it is a violation and says which; what policy allows (single administrator, practice) is listed all the same.
- Runs are made by a job. Whose name its commits carry is told; where that person approved it too, that is told as a violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seatwise.core import canon, trail
from seatwise.core.model import RowChange
from seatwise.core.practice import NOT_ASKED

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Duty:
    """One changeset. `violations`: rule and why."""

    commit: str
    title: str
    at: datetime
    how: str
    makers: tuple[str, ...]
    checkers: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    appliers: tuple[str, ...]
    violations: tuple[tuple[str, str], ...] = ()


def duty(record: Record, rows: Iterable[RowChange], appliers: Iterable[str], author: str = "") -> Duty:
    """`appliers`: names and mail addresses of the commits that hold its calls; `author`: the mail address of the commit, where
    the forge tells no makers."""
    makers = trail.makers(record) or frozenset({author or record["author"]} - {""})
    checkers = tuple(sorted({vote.get("person") or vote.get("login", "") for vote in trail.counted(record)}))
    gaining = tuple(sorted({change.row.key[2] for change in rows if change.row.kind == "user" and change.after}))
    applied = tuple(sorted(set(appliers)))
    found = tuple(_violations(record, makers, checkers, gaining, applied))
    at, how = canon.instant(record["at"]), record["approval"]["how"]
    return Duty(record["commit"], record["title"], at, how, tuple(sorted(makers)), checkers, gaining, applied, found)


def _violations(
    record: Record,
    makers: frozenset[str],
    checkers: tuple[str, ...],
    gaining: tuple[str, ...],
    appliers: tuple[str, ...],
) -> Iterator[tuple[str, str]]:
    how = record["approval"]["how"]
    if how == trail.SINGLE:
        yield "single", "whoever made it is the only administrator, and approved it"
    elif how == NOT_ASKED:
        yield "practice", "nobody was asked: every account is for practice"
    elif how == trail.RECOVERED:
        yield "recovered", "the journal of admissions was lost, and begun anew by hand"
    elif not checkers:
        yield "nobody", "no vote that counted is in the evidence"
    for who in checkers:
        if who in makers:
            yield "made-and-approved", f"{who} made it and approved it"
        if who in gaining:
            yield "approved-for-self", f"{who} approved it and gains a seat by it"
        if any(f"<{who}>" in name for name in appliers):
            yield "approved-and-applied", f"{who} approved it, and the run that applied it carries their name"
