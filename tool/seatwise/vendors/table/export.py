"""The bytes of a console's export → who holds what, or every fault in it at once. Nothing read is not nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from seatwise.core.console import Table
from seatwise.core.consoles import plain
from seatwise.core.model.repo import Finding
from seatwise.core.model.vendor import Seat
from seatwise.core.near import near
from seatwise.edges.sheet import Sheet, fault, refuse, sheet
from seatwise.vendors.table.config import DATES, HEADINGS, Config


@dataclass(frozen=True, slots=True)
class Export:
    """One reading of the file: sku → seats by holder's login, case folded."""

    seats: Mapping[str, Mapping[str, Seat]]
    as_of: datetime
    digest: str


def export(path: str, data: bytes, as_of: datetime, config: Config) -> Export:
    """Raises IncompleteRead that names every fault. A sku that was bought and that nobody holds is in it too."""
    read = _plain(sheet(path, data), config)
    reading = _Reading(read, config)
    refuse((*read.faults, *reading.faults))
    pools: dict[str, dict[str, Seat]] = {sku: {} for sku in config.bought}
    return Export(dict(sorted((pools | reading.seats).items())), as_of, sha256(data).hexdigest())


def _plain(read: Sheet, config: Config) -> Sheet:
    """The console's own form as one row a seat."""
    if config.console is None or read.faults:
        return read
    shown, faults = plain(config.console, Table(read.path, read.heading, read.rows))
    return Sheet(shown.path, shown.heading, shown.rows, faults)


class _Reading:
    """One pass over the export's rows; `faults` grows as they are read."""

    def __init__(self, read: Sheet, config: Config) -> None:
        self.path = read.path
        self.seats: dict[str, dict[str, Seat]] = {}
        self._dates = config.dates
        self._lines: dict[tuple[str, str], int] = {}
        self._fixed = config.sku
        self._columns, faults = _headings(read, config)
        self.faults = list(faults) if not read.faults else []
        if not self.faults and not read.rows and not read.faults:
            self._fault(1, "has a heading and no rows", "export it again: nothing read is not the same as nobody")
        for line, row in read.rows if not self.faults else ():
            self._row(line, row)

    def _fault(self, line: int, what: str, fix: str) -> None:
        self.faults.append(fault(self.path, line, what, fix))

    def _row(self, line: int, row: Mapping[str, str]) -> None:
        value = {name: row[heading] for name, heading in self._columns.items()}
        sku, login = value.get("sku") or self._fixed, value["login"]
        empty = next((self._columns[name] for name in ("sku", "login", "holder") if value.get(name) == ""), None)
        if empty is not None:
            self._fault(line, f"has no {empty}", "fill it in, or delete the row if nobody has this seat")
            return
        first = self._lines.setdefault((sku, login.casefold()), line)
        if first != line:
            self._fault(line, f"{login} has {sku} in line {first} too", "keep one")
        used = self._day(line, value.get("last_used", ""))
        seat = Seat(value.get("holder") or login, login, last_used=used)
        self.seats.setdefault(sku, {})[login.casefold()] = seat

    def _day(self, line: int, value: str) -> date | None:
        day = value.split("T")[0].split(" ")[0]
        try:
            return datetime.strptime(day, DATES[self._dates]).replace(tzinfo=UTC).date() if day else None
        except ValueError:
            self._fault(line, f"{value!r} is no date {self._dates}", f"`dates:` one of {', '.join(DATES)}")
            return None


def _headings(read: Sheet, config: Config) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Field → the export's own heading; what is mapped must be there, and sku and login must be found."""
    told = config.columns
    found = {name: _heading(read, told.get(name, ""), usual) for name, usual in HEADINGS.items()}
    needed = {"login", *told} | (set() if config.sku else {"sku"})
    faults = tuple(_missing(read, name, told.get(name, "")) for name in sorted(needed) if not found.get(name))
    return {name: heading for name, heading in found.items() if heading}, faults


def _heading(read: Sheet, told: str, usual: Iterable[str]) -> str:
    by_fold = {heading.casefold(): heading for heading in read.heading}
    wanted = (told,) if told else usual
    return next((by_fold[name.casefold()] for name in wanted if name.casefold() in by_fold), "")


def _missing(read: Sheet, name: str, told: str) -> Finding:
    what = f"has no column {told!r}" if told else f"no column is known to hold the {name}"
    alike = near(told, read.heading)
    fix = f"`{name}: {alike}`?" if alike else f"`columns: {{{name}: ...}}`, one of {', '.join(read.heading)}"
    return fault(read.path, 1, what, fix)
