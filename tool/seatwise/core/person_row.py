"""One row of a people source, still text by field → a Person, or what in it cannot be read.

A cell that cannot be read makes the whole person unknown: guessing a status or a last day would take seats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from seatwise.core.model import PeopleSource
from seatwise.core.model.people import Person, Status

LOGIN = "logins."
"""Before the account's id: the field of a login there."""
STATUSES = {status.value: status for status in Status}
WORKERS = frozenset({"employee", "intern", "external"})
YES = frozenset({"yes", "true", "1", "x"})
NO = frozenset({"", "no", "false", "0"})
PLAIN = ("name", "mail", "employee_id", "title", "department", "company", "zone", "manager", "cost_center")
DATES = ("start", "last_day", "since")
TYPED = frozenset({*PLAIN, *DATES, "status", "worker", "country", "aliases", "vip"})
NAMES = ("mail", "upn")
"""Fields that are names of the person too, wherever they are not the key."""

Fields = Mapping[str, str]


class Unreadable(ValueError):
    """A cell that says nothing we know; the text says which and what is known, `fix` how to mend it. `name` is its field."""

    def __init__(self, name: str, what: str, fix: str) -> None:
        super().__init__(what)
        self.name, self.fix = name, fix

    def said(self, columns: Fields) -> str:
        """The text, with the cell's column, by our field, where that is called otherwise."""
        column = columns.get(self.name, self.name)
        return str(self) if column.casefold() == self.name else f"{self}, in column {column!r}"


def decoder(source: PeopleSource) -> Callable[[Fields], Fields]:
    """A function that puts our words in place of the source's codes; it raises Unreadable for a code not in the map."""
    codes = {name: {code.casefold(): ours for code, ours in known.items()} for name, known in source.codes.items()}
    if not codes:
        return lambda row: row
    return lambda row: {**row, **{name: _decoded(name, row.get(name, ""), known) for name, known in codes.items()}}


def _decoded(name: str, cell: str, known: Mapping[str, str]) -> str:
    ours = known.get(cell.casefold())
    if ours is None and (cell or name == "status"):
        fix = f"map it, beside {', '.join(sorted(known))}, under codes of {name}"
        raise Unreadable(name, f"{name} has the code {cell!r}", fix)
    return ours or ""


def person(key: str, row: Fields) -> Person:
    """The person with this id; raises Unreadable."""
    start, last_day, since = [_day(name, row.get(name, "")) for name in DATES]
    if start and last_day and last_day < start:
        raise Unreadable(
            "last_day", f"the last day {last_day} is before the first, {start}", "correct one; is it a rehire?"
        )
    plain = {name: row[name] for name in PLAIN if row.get(name)}
    return Person(
        key,
        _status(row),
        worker=_worker(row),
        country=row.get("country", "").upper(),
        start=start,
        last_day=last_day,
        since=since,
        aliases=_aliases(key, row),
        logins=_logins(row),
        extra=_extra(row),
        vip=_vip(row),
        **plain,
    )


@lru_cache(maxsize=65536)
def parsed_day(text: str) -> date | None:
    """The day written as 2026-12-31 or 31.12.2026; None for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    parts = found.groups() if found else ()
    if turned := re.fullmatch(r"(\d\d?)\.(\d\d?)\.(\d{4})", text, re.ASCII):
        parts = turned.groups()[::-1]
    try:
        return date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        return None


def _day(name: str, cell: str) -> date | None:
    day = parsed_day(cell) if cell else None
    if cell and day is None:
        raise Unreadable(name, f"{cell!r} is no date ({name})", "write it as 2026-12-31 or 31.12.2026")
    return day


def _status(row: Fields) -> Status:
    cell = row.get("status", Status.ACTIVE).casefold()
    if cell not in STATUSES:
        raise Unreadable(
            "status", f"{cell!r} is no status", f"map it to one of {', '.join(STATUSES)} under codes of status"
        )
    return STATUSES[cell]


def _worker(row: Fields) -> str:
    cell = row.get("worker", "employee").casefold()
    if cell and cell not in WORKERS:
        fix = f"map it to one of {', '.join(sorted(WORKERS))} under codes of worker"
        raise Unreadable("worker", f"{cell!r} is no kind of worker", fix)
    return cell


def _vip(row: Fields) -> bool:
    cell = row.get("vip", "").casefold()
    if cell not in YES | NO:
        raise Unreadable("vip", f"vip says {cell!r}", "write yes or no, or map the code under codes of vip")
    return cell in YES


def _aliases(key: str, row: Fields) -> tuple[str, ...]:
    """Former mails and other names; several in one cell stand apart by blanks, commas, semicolons or bars."""
    names = [row[name] for name in NAMES if row.get(name)]
    if cell := row.get("aliases"):
        names = [*names, *re.split(r"[\s,;|]+", cell)]
    return tuple(sorted({name.casefold() for name in names if name} - {key}))


def _logins(row: Fields) -> dict[str, str]:
    fields = _further(tuple(row))[0]
    return {name.removeprefix(LOGIN): row[name] for name in fields if row[name]}


def _extra(row: Fields) -> dict[str, str]:
    fields = _further(tuple(row))[1]
    return {name: row[name] for name in fields if row[name]}


@lru_cache(maxsize=64)
def _further(fields: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields that are logins, and those that only a `where` knows: the same for all rows of a source."""
    logins = tuple(name for name in fields if name.startswith(LOGIN))
    return logins, tuple(name for name in fields if name not in TYPED and name not in logins)
