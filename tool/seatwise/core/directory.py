"""Readings of the people sources and the declared holders → People, and findings about what they leave open.

1. A source with `only_fills` adds those fields, where they are empty, and never a person. Of the others the first one
   named wins, field by field.
2. One row that cannot be read, or a key that two people have, makes that person unknown: left out, and named in a
   finding that holds their seats and nobody else's. Whoever is absent is unknown too, and never a leaver.
3. A name that two people claim belongs to neither.
4. A source that is short, shrunk or old (core/feeds) is an error; the people are still returned, for reading only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import structs

from seatwise.core import feeds, people_rows
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Finding, Holder, Level, Place, Settings, Tree
from seatwise.core.model.people import People, Person, Status
from seatwise.core.people_rows import Entry
from seatwise.core.person_row import Unreadable, person

UNREADABLE = "people-unreadable"
__all__ = ["RawPeople", "leaver", "people", "today_for", "unreadable"]


def people(
    settings: Settings, raw: Sequence[RawPeople], tree: Tree, now: datetime, previous: Mapping[str, int]
) -> tuple[People, tuple[Finding, ...]]:
    """Everybody, and what is wrong. `previous` are the rows of the last reading, by source.

    If one of the findings is an ERROR that nothing passes, the caller must change nothing.
    """
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    doubts = [_passed(one, tree, raw, today) for one in feeds.doubts(settings, raw, now, previous)]
    entries, left_open = people_rows.entries(settings, raw)
    persons, unread = _persons(entries)
    too_many = _too_many(settings, raw, (*left_open, *unread))
    persons, zones = _zoned(persons, entries, settings.timezone)
    holders, undeclared = _holders(tree.holders, persons, today)
    aliases, claims = _aliases({**persons, **holders})
    read = tuple(replace(one.feed, previous_rows=previous.get(one.feed.source)) for one in raw)
    findings = (*doubts, *too_many, *left_open, *unread, *zones, *undeclared, *claims)
    lost_rows = {f.person: (f"{f.place}: {f.what}", f.fix) for f in (*left_open, *unread) if f.rule == UNREADABLE}
    return People({**persons, **holders}, aliases, read, lost_rows), findings


def unreadable(settings: Settings, raw: Sequence[RawPeople]) -> tuple[Finding, ...]:
    """What of the rows can't be read, and whether that is more than may be: what a text alone says, on no certain day."""
    entries, left_open = people_rows.entries(settings, raw)
    lost = (*left_open, *_persons(entries)[1])
    return (*_too_many(settings, raw, lost), *(one for one in lost if one.rule == UNREADABLE))


def _too_many(settings: Settings, raw: Sequence[RawPeople], found: Sequence[Finding]) -> tuple[Finding, ...]:
    lost = sum(finding.level is Level.HOLD for finding in found)
    return tuple(feeds.unreadable(settings.sources, sum(one.feed.rows for one in raw), lost))


def today_for(person: Person, now: datetime, default_zone: str) -> date:
    """The day that it is for this person, in their own zone."""
    return now.astimezone(_zone(person.zone) or ZoneInfo(default_zone)).date()


def leaver(person: Person, today: date) -> bool:
    """Whether the person has left by that day. Only HR's status or a last day in the past says so."""
    return person.status is Status.LEFT or (person.last_day is not None and person.last_day < today)


def _passed(finding: Finding, tree: Tree, raw: Sequence[RawPeople], today: date) -> Finding:
    """The finding, with the acknowledgement that lets this very feed shrink."""
    if finding.rule != "people-shrink":
        return finding
    feed = next(one.feed for one in raw if one.feed.source == finding.key)
    acks = sorted(ack.id for ack in tree.acks.values() if feeds.acknowledged(ack, feed, today))
    return replace(finding, passed_by=acks[0]) if acks else finding


def _persons(entries: Mapping[str, Entry]) -> tuple[dict[str, Person], list[Finding]]:
    persons: dict[str, Person] = {}
    findings: list[Finding] = []
    for key, entry in entries.items():
        try:
            persons[key] = person(key, entry.row)
        except Unreadable as cell:
            findings.append(people_rows.unread(entry, cell))
    return persons, findings


def _zoned(
    persons: Mapping[str, Person], entries: Mapping[str, Entry], default: str
) -> tuple[dict[str, Person], list[Finding]]:
    """The persons without zones that do not exist, and one finding for each such zone."""
    wrong: dict[str, list[str]] = defaultdict(list)
    for key, one in persons.items():
        if one.zone and _zone(one.zone) is None:
            wrong[one.zone].append(key)
    lost = {key: structs.replace(persons[key], zone="") for keys in wrong.values() for key in keys}
    findings = [_zone_finding(zone, keys, entries[keys[0]].place, default) for zone, keys in sorted(wrong.items())]
    return {**persons, **lost}, findings


def _zone_finding(zone: str, keys: Sequence[str], place: Place, default: str) -> Finding:
    what = f"no time zone is called {zone!r} ({len(keys):,} people): theirs is taken to be {default}"
    return Finding("people-zone", Level.WARN, what, "an IANA name, such as Europe/Berlin", place, key=zone)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _holders(
    declared: Mapping[str, Holder], persons: Mapping[str, Person], today: date
) -> tuple[dict[str, Person], list[Finding]]:
    """The declared holders as persons; one that has the key of somebody in HR is left out."""
    holders: dict[str, Person] = {}
    findings: list[Finding] = []
    for holder in declared.values():
        key = holder.id.casefold()
        findings.extend(_holder_findings(holder, persons, today))
        if key not in persons:
            names = {login.casefold() for login in holder.logins.values()} - {key}
            holders[key] = Person(
                key, name=holder.name, worker=holder.kind, manager=holder.sponsor,
                aliases=tuple(sorted(names)), logins=holder.logins,
            )  # fmt: skip
    return holders, findings


def _holder_findings(holder: Holder, persons: Mapping[str, Person], today: date) -> Iterator[Finding]:
    if holder.id.casefold() in persons:
        fix = "drop the file, or give the holder another name"
        yield Finding("holder-in-hr", Level.WARN, f"{holder.id} is in HR", fix, holder.place, holder.id)
    if holder.review_through < today:
        what = f"{holder.id} was to be reviewed by {holder.review_through}"
        fix = f"{holder.sponsor}: is it still needed? then write a new day, else remove its seats and the file"
        yield Finding("holder-review", Level.WARN, what, fix, holder.place, holder.id)
    sponsor = persons.get(holder.sponsor.casefold())
    if sponsor is None or leaver(sponsor, today):
        what = f"{holder.id} has no sponsor: {holder.sponsor} {'has left' if sponsor else 'is not in HR'}"
        yield Finding("holder-sponsor", Level.WARN, what, "name somebody who answers for it", holder.place, holder.id)


def _aliases(persons: Mapping[str, Person]) -> tuple[dict[str, str], list[Finding]]:
    """Alias → id, and a finding for each that is somebody else's key, or that two people claim."""
    claims: dict[str, list[str]] = defaultdict(list)
    for key, one in persons.items():
        for alias in one.aliases:
            claims[alias].append(key)
    good = {alias: keys[0] for alias, keys in claims.items() if len(keys) == 1 and alias not in persons}
    bad = ((alias, keys) for alias, keys in claims.items() if alias not in good)
    return good, [_claimed(alias, keys, taken=alias in persons) for alias, keys in bad]


def _claimed(alias: str, keys: Sequence[str], *, taken: bool) -> Finding:
    mine = f"it is the key of another, so it means {alias} only" if taken else "it means none of them"
    what = f"the name {alias} is claimed by {', '.join(keys)}: {mine}"
    return Finding("people-alias", Level.WARN, what, "leave it with one person", key=alias)
