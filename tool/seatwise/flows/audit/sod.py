"""Admissions of a time → for each changeset with rows who made, approved, gained by and applied it; violations are marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from seatwise.core import canon
from seatwise.core.chain import Record
from seatwise.core.duties import Duty, duty
from seatwise.core.model import Exit, RowChange, Stop
from seatwise.flows import survey as surveys
from seatwise.flows.audit.books import Books, opened
from seatwise.flows.workspace import Workspace


def sod(workspace: Workspace, start: datetime | None, end: datetime) -> tuple[Duty, ...]:
    """In order of time. Raises Stop(EVIDENCE) where the journal of admissions is broken."""
    books = opened(workspace, offline=True)
    broken = next((one for one in books.ledgers.values() if one.fault), None)
    if broken and broken.fault:
        raise Stop(Exit.EVIDENCE, f"journal {broken.name}: {broken.fault.what}", "seatwise audit verify")
    wanted = (record for record in books.admitted if within(record, start, end) and record["rows"])
    return tuple(_duty(books, record) for record in wanted)


def within(record: Record, start: datetime | None, end: datetime) -> bool:
    """Whether a record was written between these times; both belong to it."""
    at = canon.instant(record["at"])
    return (start is None or start <= at) and at <= end


def _duty(books: Books, record: Record) -> Duty:
    git = books.git
    there = git.resolve(record["commit"]) is not None
    author = git.told(record["commit"]).author_mail if there else ""
    return duty(record, _rows(books, record) if there else (), _appliers(books, record["commit"]), author)


def _rows(books: Books, record: Record) -> tuple[RowChange, ...]:
    try:
        return surveys.changed(books.workspace, record["parent"], record["commit"])
    except Stop:
        return ()


def _appliers(books: Books, commit: str) -> Iterator[str]:
    """Whose names the commits of journals carry that hold its calls."""
    for _, one in books.accounts:
        for leaf in one.leaves:
            if any(_calls(record, commit) for record in leaf.records):
                yield f"{leaf.commit.author} <{leaf.commit.author_mail}>"


def _calls(record: Record, commit: str) -> bool:
    return record["type"] == "intent" and any(one["cause"]["commit"] == commit for one in record["changes"])
