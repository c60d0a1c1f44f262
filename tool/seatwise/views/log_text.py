"""Entries of the journal → text: one line a seat, the oldest first, and why where something was not done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from seatwise.core.model import LogEntry
from seatwise.views import words


def log(entries: Sequence[LogEntry], *, timezone: str = "UTC", width: int = 100) -> str:
    """The entries in the order given, times on the clocks of that zone."""
    if not entries:
        return "The journal has nothing about this.\n"
    place = words.zone(timezone)
    rows = [_cells(entry, place) for entry in entries]
    widths = [max(words.columns(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [line for entry, row in zip(entries, rows, strict=True) for line in _entry(entry, row, widths, width)]
    return "\n".join(lines) + "\n"


def _cells(entry: LogEntry, place: tzinfo) -> tuple[str, ...]:
    cause = f"{entry.cause} {words.text(entry.by)}" if entry.cause else words.text(entry.by)
    return (
        f"{entry.at.astimezone(place):%Y-%m-%d %H:%M}",
        words.text(entry.account),
        words.text(entry.what),
        words.text(entry.license),
        words.text(entry.who),
        str(entry.result) if entry.result else "no call",
        cause.strip(),
    )


def _entry(entry: LogEntry, row: Sequence[str], widths: Sequence[int], width: int) -> Iterator[str]:
    """One line in columns where all of them fit; else the same words over several."""
    if sum(widths) + 2 * len(widths) <= width:
        yield "  ".join(words.pad(cell, at) for cell, at in zip(row, widths, strict=True)).rstrip()
    else:
        first, *rest = words.flow([cell for cell in row if cell], width - 4, between="  ")
        yield first
        yield from (f"    {line}" for line in rest)
    if entry.reason:
        yield from words.wrap(words.text(entry.reason), width, first="    ", rest="    ")
