"""The seed's CSV → what a sandbox account starts from, or every fault in it at once.

Columns: sku, bought, holder, login, origin, group, options, last_used, pending, ends, name. A row with `bought` and
nobody in it is a pool (a number, or `unlimited`); any other is a seat. Options: `role=admin;plans=a|b`;
a list of one is `plans=a|`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from seatwise.core.canon import options
from seatwise.core.model.repo import Finding, Options
from seatwise.core.model.vendor import Origin, Pending, Seat
from seatwise.core.near import near
from seatwise.edges.seatstore import Seed
from seatwise.edges.sheet import Sheet, fault, refuse, sheet

COLUMNS = ("sku", "bought", "holder", "login", "origin", "group", "options", "last_used", "pending", "ends", "name")


def seed(path: str, data: bytes) -> Seed:
    """Raises IncompleteRead that names every fault."""
    read = sheet(path, data)
    reading = _Reading(read)
    refuse((*read.faults, *reading.faults))
    return Seed(reading.bought, tuple(reading.seats))


class _Reading:
    """One pass over the rows; `faults` grows as they are read."""

    def __init__(self, read: Sheet) -> None:
        self.path = read.path
        self.bought: dict[str, int | None] = {}
        self.seats: list[tuple[str, Seat]] = []
        self.faults = list(_unknown_columns(read))
        self._lines: dict[tuple[str, str], int] = {}
        self._logins: dict[str, tuple[str, int]] = {}
        self._ids: dict[str, tuple[str, int]] = {}
        for line, row in read.rows if not self.faults else ():
            self._pool(line, row) if _is_pool(row) else self._seat(line, row)
        self.faults += self._without_pool()

    def _fault(self, line: int, what: str, fix: str = "") -> None:
        self.faults.append(fault(self.path, line, what, fix))

    def _pool(self, line: int, row: Mapping[str, str]) -> None:
        sku, bought = row["sku"], row["bought"]
        if sku in self.bought:
            self._fault(line, f"pool {sku!r} is given twice", "keep one")
        if bought != "unlimited" and not bought.isdecimal():
            self._fault(line, f"{bought!r} is no number of seats", "a whole number, or unlimited")
        self.bought[sku] = int(bought) if bought.isdecimal() else None

    def _seat(self, line: int, row: Mapping[str, str]) -> None:
        sku, login = row["sku"], row.get("login", "")
        if not sku or not login:
            self._fault(line, f"a seat without {'a login' if sku else 'a sku'}", "fill it in, or delete the row")
            return
        first = self._lines.setdefault((sku, login.casefold()), line)
        if first != line:
            self._fault(line, f"{login} has {sku} in line {first} too", "keep one")
        self._one_person(line, row.get("holder", ""), login)
        self.seats.append((sku, self._read(line, row)))

    def _one_person(self, line: int, holder: str, login: str) -> None:
        """One login has one id, and one id one login, in the whole file."""
        known, there = self._logins.setdefault(login.casefold(), (holder, line))
        if known != holder:
            self._fault(line, f"{login} has id {holder or '(none)'}, in line {there} {known or '(none)'}", "keep one")
        owner, there = self._ids.setdefault(holder or f"?{login.casefold()}", (login.casefold(), line))
        if owner != login.casefold():
            self._fault(line, f"id {holder} is {owner} in line {there}", "one id for one login")

    def _read(self, line: int, row: Mapping[str, str]) -> Seat:
        return Seat(
            row.get("holder", ""),
            row["login"],
            Origin(self._word(line, row.get("origin") or "direct", Origin)),
            row.get("group", ""),
            self._options(line, row.get("options", "")),
            self._day(line, row.get("last_used", "")),
            Pending(self._word(line, row.get("pending", ""), Pending)),
            self._day(line, row.get("ends", "")),
        )

    def _word(self, line: int, value: str, words: type[StrEnum]) -> str:
        known = [str(word) for word in words]
        if value not in known:
            fix = near(value, known) or f"one of {', '.join(filter(None, known))}"
            self._fault(line, f"{value!r} is unknown", fix)
        return value if value in known else known[0]

    def _day(self, line: int, value: str) -> date | None:
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self._fault(line, f"{value!r} is no date", "as in 2026-11-24")
            return None

    def _options(self, line: int, value: str) -> Options:
        pairs = [pair.partition("=") for pair in value.split(";") if pair.strip()]
        for name, equals, _ in pairs:
            if not equals or not name.strip():
                self._fault(line, f"{value!r} are no options", "as in role=admin;plans=a|b")
        return options({name.strip(): _value(text) for name, _, text in pairs})

    def _without_pool(self) -> Iterator[Finding]:
        for sku in dict.fromkeys(sku for sku, _ in self.seats if sku not in self.bought):
            alike = near(sku, self.bought)
            line = min(at for (of, _), at in self._lines.items() if of == sku)
            fix = f"did you mean {alike}?" if alike else f"add a row {sku},<seats bought>"
            yield fault(self.path, line, f"no row says how many seats of {sku!r} were bought", fix)


def _value(text: str) -> str | list[str]:
    return [part.strip() for part in text.split("|") if part.strip()] if "|" in text else text.strip()


def _is_pool(row: Mapping[str, str]) -> bool:
    return bool(row.get("bought")) and not row.get("holder") and not row.get("login")


def _unknown_columns(read: Sheet) -> Iterator[Finding]:
    """Also the two that must be there."""
    for name in read.heading:
        if name not in COLUMNS:
            yield fault(read.path, 1, f"unknown column {name!r}", near(name, COLUMNS) or f"one of {', '.join(COLUMNS)}")
    for name in ("sku", "bought"):
        if read.heading and name not in read.heading:
            yield fault(read.path, 1, f"has no column {name!r}", f"the columns are {', '.join(COLUMNS)}")
