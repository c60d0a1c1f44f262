"""Rows of all people sources → one row in our words for each key, and findings for those whom they leave unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Finding, Level, PeopleSource, Place, Settings
from seatwise.core.person_row import Fields, Unreadable, decoder

KEYS = ("mail", "upn", "employee_id")
"""Fields by which a row that fills is joined to the person whom it means."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row in our words, by its key, and where it stands."""

    key: str
    row: Fields
    path: str
    line: int
    columns: Fields = field(default_factory=dict)
    """Our field → the title of its column there."""

    @property
    def place(self) -> Place:
        return Place(self.path, self.line)


def entries(settings: Settings, raw: Sequence[RawPeople]) -> tuple[dict[str, Entry], list[Finding]]:
    """The rows of all sources by key, merged field by field, without the people whom a finding makes unknown."""
    read = {one.feed.source: one for one in raw}
    sources = [(source, read[source.id]) for source in settings.sources if source.id in read]
    entries, findings = _named([(s, one) for s, one in sources if not s.only_fills], settings.people_key)
    unknown = {finding.person for finding in findings if finding.level is Level.HOLD}
    entries = {key: entry for key, entry in entries.items() if key not in unknown}
    for source, one in sources:
        if source.only_fills:
            rows, unread = _rows(source, one, settings.people_key)
            findings.extend(unread)
            entries.update(_filled(entries, rows, source.only_fills))
    return entries, findings


def _named(sources: Sequence[tuple[PeopleSource, RawPeople]], key: str) -> tuple[dict[str, Entry], list[Finding]]:
    """The rows of the sources that name people; a person of two sources has what the first one says, field by field."""
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for source, raw in sources:
        rows, unread = _rows(source, raw, key)
        once, clashes = _once(rows)
        findings.extend([*unread, *clashes, *_nameless(source, raw, key)])
        for name in [name for name in once if name in entries]:
            findings.extend(_strangers(entries[name], once[name]))
            once[name] = _merged(entries[name], once[name])
        entries.update(once)
    return entries, findings


def _once(rows: Iterable[Entry]) -> tuple[dict[str, Entry], list[Finding]]:
    """The first row of each key, and what the others mean."""
    once: dict[str, Entry] = {}
    findings = []
    for entry in rows:
        if entry.key in once:
            findings.append(_clash(once[entry.key], entry))
        elif entry.key:
            once[entry.key] = entry
    return once, findings


def _rows(source: PeopleSource, raw: RawPeople, key: str) -> tuple[list[Entry], list[Finding]]:
    """A source's rows in our words; a row with a code that is not mapped is a finding instead."""
    decode, rows, findings = decoder(source), [], list(raw.findings)
    for row, line in zip(raw.rows, raw.lines, strict=True):
        who = row.get(key, "").casefold()
        try:
            rows.append(Entry(who, decode(row), raw.path, line, source.columns))
        except Unreadable as cell:
            findings.append(unread(Entry(who, row, raw.path, line, source.columns), cell))
    return rows, findings


def unread(entry: Entry, cell: Unreadable) -> Finding:
    who = entry.key or entry.row.get("name", "") or "this row"
    return _hold(
        "people-unreadable", entry, f"{who}: {cell.said(entry.columns)}: nothing is changed for them", cell.fix
    )


def _clash(first: Entry, second: Entry) -> Finding:
    """What it means that one source has a key twice."""
    if first.row == second.row:
        what = f"{second.key} stands in line {first.line} too"
        return Finding("people-duplicate", Level.WARN, what, "keep one row", second.place, second.key)
    numbers = " and ".join(dict.fromkeys(one.row.get("employee_id") or "no number" for one in (first, second)))
    what = f"{second.key} stands in line {first.line} too, with other values (HR number {numbers}): both are left alone"
    return _hold("people-duplicate", second, what, "one key, one person: give the second one their own, or drop a row")


def _strangers(first: Entry, second: Entry) -> Iterator[Finding]:
    """A finding for a key that two sources give to different HR numbers."""
    there, here = (one.row.get("employee_id", "") for one in (first, second))
    if there and here and there != here:
        what = f"{second.key} has HR number {here} here and {there} in {first.place}: both are left alone"
        yield _hold("people-duplicate", second, what, "one key, one person: correct one of the sources")


def _nameless(source: PeopleSource, raw: RawPeople, key: str) -> Iterator[Finding]:
    lines = [line for row, line in zip(raw.rows, raw.lines, strict=True) if not row.get(key)]
    if lines:
        what = f"{len(lines):,} of {len(raw.rows):,} rows have no {key}: they can hold nothing"
        fix = f"fill {key} for those who need a seat"
        yield Finding("people-nameless", Level.WARN, what, fix, Place(raw.path, lines[0]), source.id)


def _merged(first: Entry, second: Entry) -> Entry:
    return replace(first, row={**second.row, **{name: cell for name, cell in first.row.items() if cell}})


def _filled(entries: Mapping[str, Entry], rows: Iterable[Entry], fields: Sequence[str]) -> dict[str, Entry]:
    """The entries to which these rows add something; rows of nobody, or of two people, add nothing."""
    keys = _joins(entries)
    filled: dict[str, Entry] = {}
    for entry in rows:
        names = (entry.row.get(name, "").casefold() for name in KEYS)
        meant = {keys.get(name, "") for name in names if name in keys} or {""}
        key = meant.pop() if len(meant) == 1 else ""
        if key:
            adds = Entry(key, {name: entry.row.get(name, "") for name in fields}, entry.path, entry.line)
            filled[key] = _merged(filled.get(key, entries[key]), adds)
    return filled


def _joins(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Each name in KEYS → the key of the one person who has it; empty where two have it."""
    joins: dict[str, str] = {}
    for key, entry in entries.items():
        for name in {entry.row.get(kind, "").casefold() for kind in KEYS} - {""}:
            joins[name] = "" if name in joins else key
    return joins


def _hold(rule: str, entry: Entry, what: str, fix: str) -> Finding:
    return Finding(rule, Level.HOLD, what, fix, entry.place, key=entry.key, person=entry.key)
