"""The journals → what was done at the vendors, newest first. Needs a clone and nothing else: no people, no vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seatwise.core import canon, records
from seatwise.core.claims import Record
from seatwise.core.model import Change, LogEntry, Result
from seatwise.flows.accounts import known
from seatwise.flows.workspace import WORKTREE, Workspace

SAID = ("adopt", "cover", "miss", "forget")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; an empty field wants all."""

    license: str = ""
    person: str = ""
    account: str = ""
    most: int = 100


def log(workspace: Workspace, wanted: Wanted) -> tuple[str, tuple[LogEntry, ...]]:
    """The organisation's time zone, and the newest entries that are wanted."""
    settings = workspace.settings(WORKTREE)
    if wanted.account:
        known(settings, wanted.account)
    workspace.names.learn([wanted.person.casefold()])
    accounts = [a for a in settings.accounts if wanted.account in ("", a)]
    entries = [e for a in accounts for e in _entries(a, workspace.journal(settings, a).read())]
    entries += [] if wanted.account else _mended(workspace.admissions(settings).read())
    newest = sorted((e for e in entries if _wants(wanted, e)), key=lambda e: e.at, reverse=True)[: wanted.most]
    return settings.timezone, tuple(newest)


def _wants(wanted: Wanted, entry: LogEntry) -> bool:
    return wanted.license in ("", entry.license) and wanted.person.casefold() in ("", entry.who)


def _mended(admissions: tuple[Record, ...]) -> Iterator[LogEntry]:
    """The changesets that were admitted together with commits before them that could not be read."""
    for record in admissions:
        if record["type"] == "admitted" and record["over"]:
            broken = ", ".join(commit[:9] for commit in record["over"])
            reason = f"with {broken}, which could not be read: the rows of all of them were approved together"
            yield LogEntry(canon.instant(record["at"]), "", "", "", "admit", by=record["commit"][:12], reason=reason)


def _entries(account: str, journal: tuple[Record, ...]) -> Iterator[LogEntry]:
    sent: dict[str, Change] = {}
    for record in journal:
        if record["type"] == "intent":
            sent.update((entry["id"], records.change_from(entry)) for entry in record["changes"])
        elif record["type"] == "outcome":
            yield from _outcomes(account, record, sent)
        elif record["type"] == "settled":
            yield from _settled(account, record)


def _outcomes(account: str, record: Record, sent: Mapping[str, Change]) -> Iterator[LogEntry]:
    at = canon.instant(record["at"])
    for entry in record["outcomes"]:
        change = sent[entry["id"]]
        cause = change.cause
        yield LogEntry(
            at,
            account,
            change.who,
            change.license,
            str(change.verb),
            cause.kind,
            cause.commit[:12] or cause.why,
            Result(entry["result"]),
            entry["reason"],
        )


def _settled(account: str, record: Mapping[str, Any]) -> Iterator[LogEntry]:
    at = canon.instant(record["at"])
    for how in SAID:
        for who in record["seats"].get(how, {}):
            yield LogEntry(at, account, who, record["license"], how)
