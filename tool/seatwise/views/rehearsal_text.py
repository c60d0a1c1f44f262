"""A rehearsal → text: what was played, what comes back, and what doesn't, worst first."""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core.rehearsal import Rehearsal
from seatwise.views import words

MOST = 10


def rehearsal(found: Rehearsal, *, width: int = 100) -> str:
    """In at most `width` columns. That nobody's seat moved is said first."""
    lines = [
        "Rehearsed there and back on a copy of what the vendors show now; nobody's seat moved.",
        f"{words.count(found.played, 'change')} played, {found.returned} of them come back as they were.",
    ]
    lines += _listed("NOT PLAYED", found.refused)
    lines += _listed("LOST, as the vendor says of itself", found.lost)
    lines += _listed("DOES NOT COME BACK", found.wrong)
    if not found.closes:
        lines.append("The round trip does not close: mend what does not come back before anybody approves.")
    return "".join(f"{line}\n" for text in lines for line in _wrapped(text, width))


def _listed(head: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield f"{head}: {len(items)}"
        yield from (f"  {words.text(item)}" for item in items[:MOST])
        if len(items) > MOST:
            yield f"  and {len(items) - MOST} more"


def _wrapped(text: str, width: int) -> Iterator[str]:
    indent = "  " if text.startswith("  ") else ""
    lines = words.wrap(text.strip(), width - len(indent), rest="  ")
    return (f"{indent}{line}" for line in lines)
