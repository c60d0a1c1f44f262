"""Who held what → CSV for a sheet: one seat a row. What a sheet would take for a formula is made text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from seatwise.core import canon
from seatwise.core.tenure import Held
from seatwise.views import words

COLUMNS = (
    "who",
    "license",
    "account",
    "since",
    "how",
    "why",
    "commit",
    "title",
    "ticket",
    "approval",
    "unasked",
    "record",
)


def held(rows: Sequence[Held]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(canon.plain(getattr(row, name))) for name in COLUMNS] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    text = words.text(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
