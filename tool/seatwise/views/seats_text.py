"""What a command on seats wrote → a few lines: how much, where, what to look at, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seatwise.core.bulk import Bulk, Tally
from seatwise.core.model import Finding
from seatwise.views import words

MOST = 8
"""Names and findings shown of a kind."""


def summary(
    bulk: Bulk, files: Sequence[str], branch: str, file: tuple[str, int, Sequence[str]], stays: Sequence[str]
) -> str:
    """Everything that was done, for a terminal. `file`: its name, its rows, the columns that were not read."""
    lines = [_head(bulk, files, branch), *(_tally(one) for one in bulk.tallies), *_file(*file), *_stays(stays)]
    return "\n".join([*lines, *_next(branch)])


def doubts(findings: Sequence[Finding]) -> str:
    """What does not stop it and is worth a look, the first of each kind; empty where there is nothing."""
    lines = [line for one in findings[:MOST] for line in _finding(one)]
    more = [f"and {len(findings) - MOST:,} more like these"] if len(findings) > MOST else []
    return "\n".join([*lines, *more])


def _head(bulk: Bulk, files: Sequence[str], branch: str) -> str:
    counts = {
        "given": sum(len(one.gives) for one in bulk.tallies),
        "taken": sum(len(one.takes) for one in bulk.tallies),
        "with a new last day": sum(len(one.extends) for one in bulk.tallies),
        "excluded": sum(len(one.nevers) for one in bulk.tallies),
        "with other options": sum(len(one.options) for one in bulk.tallies),
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    held = words.count(bulk.holders, "holder")
    return f"Seats: {said}; {held}, {words.count(len(files), 'file')}" + ("" if branch else " (checked only)")


def _tally(one: Tally) -> str:
    signs = {"+": one.gives, "-": one.takes, "~": one.extends, "never ": one.nevers, "options ": one.options}
    counts = "  ".join(f"{sign}{len(names):,}" for sign, names in signs.items() if names)
    names = [name for of in signs.values() for name in of]
    left_out = words.domain(names)
    shown = words.listed([words.person(name, left_out) for name in names], MOST)
    into = f"  in {words.listed([words.text(name) for name in one.assignments], MOST)}" if one.assignments else ""
    return f"  {words.text(one.license)}  {counts}{into}  ({shown})"


def _file(name: str, rows: int, unread: Sequence[str]) -> Iterator[str]:
    if name:
        yield f"From {words.text(name)}: {words.count(rows, 'row')}"
    if unread:
        yield f"Columns not read: {words.listed([words.text(title) for title in unread], MOST)}"


def _stays(stays: Sequence[str]) -> Iterator[str]:
    if stays:
        yield f"Left where they are: {words.listed([words.text(one) for one in stays], MOST)}"


def _finding(one: Finding) -> Iterator[str]:
    where = f"{words.text(one.place)}: " if one.place else ""
    yield f"{where}{words.text(one.what)}"
    if one.fix:
        yield f"  {words.text(one.fix)}"


def _next(branch: str) -> Iterator[str]:
    if not branch:
        yield "Nothing was written. To do it: the same without --check"
        return
    name = words.text(branch)
    yield f"On branch {name}; your files and the vendors are as they were."
    yield f"next: seatwise plan {name}, then push it and open a pull request"
