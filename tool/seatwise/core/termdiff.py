"""Row changes of terms, rights and government → what changed in each, in words: `rank 30 > 50`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seatwise.core.model import RowChange

KINDS = ("terms", "mode", "target", "rights", "govern")
UNREAD = "unread"
"""In the value of a person's row that can't be read: the row as it is written."""


def said(changes: Iterable[RowChange]) -> Iterator[str]:
    """One sentence for each row of these kinds that is there before and after and differs, or is new, or gone."""
    for change in changes:
        if change.row.kind in KINDS:
            name = change.row.license or " ".join(change.row.key)
            yield f"{name}: {change.row.kind} {_what(change)}"


def people(changes: Iterable[RowChange]) -> Iterator[str]:
    """One sentence for each person of whom a people file in git says something else."""
    for change in changes:
        if change.row.kind == "person":
            source, who = change.row.key
            yield f"{who} {_person(change, source)}"


def _person(change: RowChange, source: str) -> str:
    if change.after is None:
        return f"is gone from {source}: unknown, no leaver"
    if UNREAD in change.after.value:
        cell = f"{change.after.unread}: " if change.after.unread else ""
        return f"can't be read in {source} ({change.after.place}): {cell}unknown, no leaver"
    if change.before is None:
        return f"is new in {source}"
    return f"can be read in {source} again" if UNREAD in change.before.value else _differs(change)


def _what(change: RowChange) -> str:
    if change.before is None or change.after is None:
        last = change.row.key[-1]
        return f"{last} {'is new' if change.before is None else 'is gone'}"
    return _differs(change)


def _differs(change: RowChange) -> str:
    assert change.before is not None and change.after is not None
    from deepdiff import DeepDiff

    found = DeepDiff(dict(change.before.value), dict(change.after.value), ignore_order=True, view="tree")
    parts = sorted(
        f"{'.'.join(map(str, level.path(output_format='list')))} {_shown(level.t1)} > {_shown(level.t2)}"
        for levels in found.values()
        for level in levels
    )
    return ", ".join(parts)


def _shown(value: object) -> str:
    text = str(value)
    return "nothing" if text in ("", "None", "not present") else text
