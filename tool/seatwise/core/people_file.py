"""A people file that git keeps → its `person` rows: what the file says of each person, in our words.

Rules (semantics §4, docs/adr/0015-person-rows.md):
- A row is one person of one source: key is the source and the person's key, value what the mapped columns say of them.
  Columns that nothing maps, the order of rows and columns, and how a date or a code is written are not in it.
- Rows of one key that say different things stand in its value together, as written where they can't be read: whatever
  would make a person known, unknown or another one is a change.
- Its bound is 0: what HR's word moves goes by the lanes of the directory, under their caps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from seatwise.core import canon
from seatwise.core.feeds import RawPeople
from seatwise.core.model import PeopleSource, Place, Row
from seatwise.core.people_rows import KEYS
from seatwise.core.person_row import Fields, Unreadable, decoder, person
from seatwise.core.termdiff import UNREAD


def rows(source: PeopleSource, raw: RawPeople, key: str) -> Iterator[Row]:
    """A row for each person whom the file names by one of their names, the people key first."""
    decode = decoder(source)
    said: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    lines: dict[str, int] = {}
    wrong: dict[str, str] = defaultdict(str)
    for row, line in zip(raw.rows, raw.lines, strict=True):
        who = next((row[name].casefold() for name in (key, *KEYS) if row.get(name)), "")
        if who:
            meant, unread = _value(who, row, decode)
            said[who].append(meant)
            wrong[who] = wrong[who] or (unread.said(source.columns) if unread else "")
            lines.setdefault(who, line)
    for who, values in said.items():
        different = [value for at, value in enumerate(values) if value not in values[:at]]
        value = different[0] if len(different) == 1 else {"rows": different}
        yield Row("person", (source.id, who), value, place=Place(raw.path, lines[who]), unread=wrong[who])


def _value(who: str, row: Fields, decode: Any) -> tuple[dict[str, Any], Unreadable | None]:
    try:
        plain = canon.plain(person(who, decode(row)))
    except Unreadable as cell:
        return {UNREAD: dict(row)}, cell
    return {name: value for name, value in plain.items() if value and name != "id"}, None
