"""Changes → the task's CSV, safe to open in a spreadsheet, and the text for its ticket."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from seatwise.core.model.change import Change, Grant

TASK = ("do", "license", "sku", "login", "holder", "options", "why", "ticket")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PRACTICE = "practice: do not upload"


def rows(changes: Iterable[Change]) -> tuple[dict[str, str], ...]:
    """One row per thing to do there, in order."""
    return tuple(row for change in changes for row in _rows(change))


def sheet(rows: Sequence[Mapping[str, str]], *, practice: bool) -> str:
    """The CSV; a practice account's has a first line that no console takes."""
    out = io.StringIO(newline="")
    if practice:
        out.write(f"{PRACTICE}\r\n")
    writer = csv.DictWriter(out, TASK)
    writer.writeheader()
    writer.writerows({name: _as_text(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _as_text(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def ticket(account: str, export: str, name: str, rows: Sequence[Mapping[str, str]], *, practice: bool) -> str:
    """Markdown without a person's name: tickets are read by many."""
    counts = Counter(row["do"] for row in rows)
    lines = [
        f"# {account}: {', '.join(f'{count} to {verb}' for verb, count in sorted(counts.items()))}",
        "",
        *([f"**{PRACTICE}**", ""] if practice else []),
        f"1. Work down `{name}` in the vendor's console, from the first row to the last.",
        f"2. Export the console's list of seats again to `{export}` and commit it.",
        "3. `seatwise plan` then shows nothing left to do. Until then these changes count as handed over.",
    ]
    return "\n".join(lines) + "\n"


def _rows(change: Change) -> Iterator[dict[str, str]]:
    """The new seat first, so that nobody is without."""
    before, after = change.before, change.after
    if after is not None:
        same = before is not None and before.sku == after.sku
        yield _row("change" if same else "give", after, change)
    if before is not None and (after is None or before.sku != after.sku):
        yield _row("take", before, change)


def _row(do: str, grant: Grant, change: Change) -> dict[str, str]:
    shown = "; ".join(f"{name}={value}" for name, value in grant.options)
    cells = (do, grant.license, grant.sku, change.login, change.holder, shown, change.cause.why, change.cause.ticket)
    return dict(zip(TASK, cells, strict=True))
