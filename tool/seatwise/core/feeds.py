"""Readings of people sources → what says that one is incomplete, shrunk or stale; then nobody is a leaver.

Unknown is not empty: each of these is an error of its own, before any person is looked at, and the caller changes
nothing. A shrink that is real passes by an acknowledgement on exactly those bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from seatwise.core.advice import acknowledge
from seatwise.core.model import Ack, Finding, Level, PeopleSource, Settings
from seatwise.core.model.people import Feed

FEW = 2
"""So many rows may always go, or be unreadable: in a small company one person is more than any share."""


@dataclass(frozen=True, slots=True)
class RawPeople:
    """One source as it was read: rows by our field names (`logins.octo` for a login), still text, trimmed.

    `lines` says where each row begins in `path`. `findings` are about rows that could not even be read as rows.
    """

    rows: tuple[Mapping[str, str], ...]
    lines: tuple[int, ...]
    feed: Feed
    path: str = ""
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def doubts(
    settings: Settings, raw: Sequence[RawPeople], now: datetime, previous: Mapping[str, int]
) -> Iterator[Finding]:
    """What is wrong with each source as a whole; `previous` are the rows of the last reading, by source."""
    read = {one.feed.source: one.feed for one in raw}
    for source in settings.sources:
        if source.id not in read:
            what = f"{source.id} was not read: nobody is a leaver"
            yield _error("people-incomplete", source, what, "read every source")
            continue
        yield from _keyless(source, settings.people_key)
        yield from _incomplete(source, read[source.id])
        yield from _shrunk(source, read[source.id], previous.get(source.id, 0))
        yield from _stale(source, read[source.id], now)


def acknowledged(ack: Ack, feed: Feed, today: date) -> bool:
    """Whether this acknowledgement lets exactly this feed shrink, today."""
    named = bool(ack.source) and feed.digest.startswith(ack.source)
    return ack.passes == "people-shrink" and named and today <= ack.through


def unreadable(sources: Sequence[PeopleSource], rows: int, lost: int) -> Iterator[Finding]:
    """An error where more rows than may go cannot be read: then an export is wrong, not a person."""
    for source in sorted(sources, key=lambda one: one.max_shrink)[:1]:
        if lost > FEW and lost > source.max_shrink * rows:
            share = f"({_percent(lost, rows)} %, limit {_limit(source)} %)"
            what = f"{lost:,} of {rows:,} rows about people can't be read {share}: nobody is a leaver"
            yield _error("people-incomplete", source, what, "look at the export, and at the codes in seatwise.yaml")


def _keyless(source: PeopleSource, key: str) -> Iterator[Finding]:
    if not source.only_fills and key not in source.columns:
        what = f"{source.id} names people, but maps no {key}, which is their key"
        yield _error("people-incomplete", source, what, f"map: {{{key}: the column}}")


def _incomplete(source: PeopleSource, feed: Feed) -> Iterator[Finding]:
    if feed.rows < source.min_rows:
        what = f"{source.id}: {feed.rows:,} rows, at least {source.min_rows:,} make it complete: nobody is a leaver"
        yield _error("people-incomplete", source, what, "look at the export; meant? lower complete: {rows: ...}")


def _shrunk(source: PeopleSource, feed: Feed, before: int) -> Iterator[Finding]:
    lost = before - feed.rows
    if lost > FEW and lost > source.max_shrink * before:
        share = f"(-{_percent(lost, before)} %, limit {_limit(source)} %)"
        what = f"{source.id}: {feed.rows:,} rows, {before:,} at the last reading {share}: nobody is a leaver"
        fix = f"look at the export; meant? {acknowledge('people-shrink', source=feed.digest)}"
        yield _error("people-shrink", source, what, fix)


def _stale(source: PeopleSource, feed: Feed, now: datetime) -> Iterator[Finding]:
    if source.max_age and now - feed.as_of > source.max_age.delta():
        hours = int((now - feed.as_of) / timedelta(hours=1))
        what = f"{source.id}: the reading is {hours:,} hours old, limit {source.max_age}: nobody is a leaver"
        yield _error("people-stale", source, what, "export it again")


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _limit(source: PeopleSource) -> str:
    return f"{(source.max_shrink * Decimal(100)).normalize():f}"


def _error(rule: str, source: PeopleSource, what: str, fix: str) -> Finding:
    return Finding(rule, Level.ERROR, what, fix, source.place, key=source.id)
