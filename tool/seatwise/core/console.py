"""The rows of a console's export or of a people file → who holds what and how to read people, by guesses at columns.

Nothing is left out in silence: what cannot be understood is a finding with its row and column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core.guess import CODES, COLUMNS, PEOPLE, bare, codes, columns
from seatwise.core.model import Finding, Level, PeopleSource, Place

Line = tuple[int, Mapping[str, str]]
SEPARATOR = "+"
"""What some consoles put between the products in one cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a heading: each row by its line, cells trimmed."""

    path: str
    heading: tuple[str, ...]
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """Who holds each sku: logins as written, by folded login; and the columns that said so."""

    holders: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, str]
    joined: bool
    """Several products stand in one cell: the table vendor cannot read the export as it is."""


def seats(
    export: Table, product: str, separator: str = SEPARATOR, *, mails: bool = True
) -> tuple[Seats, tuple[Finding, ...]]:
    """The seats; `product` is the sku where no column says it. With findings, the seats are of no use.

    `separator`: what may stand between the products in one cell, or nothing. `mails`: holders are named by mail
    addresses; else by their logins at the vendor.
    """
    found = columns(export.heading, ("mail", "license", "last_used"))
    told = [(line, row, _skus(row, found, product, separator)) for line, row in export.rows]
    faults = tuple(_seat_faults(export, found, told, mails=mails))
    holders: dict[str, dict[str, str]] = defaultdict(dict)
    for _, row, skus in told if not faults else ():
        for sku in skus:
            holders[sku].setdefault(row[found["mail"]].casefold(), row[found["mail"]])
    joined = any(len(skus) > 1 for _, _, skus in told)
    names = {"sku": "license", "login": "mail", "last_used": "last_used"}
    return Seats(dict(holders), {ours: found[name] for ours, name in names.items() if name in found}, joined), faults


def people_source(listed: Table, logins: Mapping[str, Sequence[str]]) -> tuple[PeopleSource, tuple[Finding, ...]]:
    """How seatwise.yaml reads these people: columns and codes as far as their words are known.

    `logins`: accounts whose seats name people by login → the headings of which one must hold those logins.
    """
    found = columns(listed.heading, PEOPLE)
    meant = {field: codes(field, [row[found[field]] for _, row in listed.rows]) for field in CODES if field in found}
    known = {field: ours for field, (ours, _) in meant.items()}
    ordered = {field: found[field] for field in COLUMNS if field in found}
    called = {
        account: next((t for t in listed.heading if bare(t) in map(bare, of)), "") for account, of in logins.items()
    }
    source = PeopleSource("hr", "csv", {"from": "people.csv"}, Place("seatwise.yaml"), ordered, known, called)
    faults = [_meaning(listed, field, found[field], unknown) for field, (_, unknown) in meant.items() if unknown]
    faults += [_no_login(listed, logins[account]) for account, title in called.items() if not title]
    return source, (*_no_mail(listed, found), *faults)


def _skus(row: Mapping[str, str], found: Mapping[str, str], product: str, separator: str) -> list[str]:
    if "license" not in found:
        return [product]
    cell = row[found["license"]]
    return [sku.strip() for sku in (cell.split(separator) if separator else [cell]) if sku.strip()]


def _seat_faults(
    export: Table, found: Mapping[str, str], told: Sequence[tuple[int, Mapping[str, str], list[str]]], *, mails: bool
) -> Iterator[Finding]:
    yield from _no_mail(export, found)
    if not export.rows:
        yield _fault(export, 1, "has no row under its heading", "export it again: nobody is not a start")
    for line, row, skus in told if "mail" in found else ():
        mail = row[found["mail"]]
        if (mails and "@" not in mail) or len(mail.split()) != 1:
            kind = "mail address" if mails else "login"
            yield _fault(export, line, f"column {found['mail']!r}: {mail!r} is no {kind}", "put the holder's")
        if not skus:
            yield _fault(export, line, f"column {found['license']!r} is empty", "say which product, or drop the row")


def _no_mail(table: Table, found: Mapping[str, str]) -> Iterator[Finding]:
    if "mail" not in found:
        fix = f"name it Email; there are {', '.join(table.heading)}"
        yield _fault(table, 1, "no column has mail addresses", fix)


def _no_login(listed: Table, titles: Sequence[str]) -> Finding:
    fix = f"add a column {titles[0]}; there are {', '.join(listed.heading)}"
    return _fault(listed, 1, "no column has the logins by which the export names people", fix)


def _meaning(table: Table, field: str, column: str, unknown: Sequence[str]) -> Finding:
    shown = ", ".join(repr(code) for code in unknown[:5])
    return _fault(
        table, 1, f"column {column!r} has {shown}: which {field} is that?", f"write {', '.join(CODES[field])}"
    )


def _fault(table: Table, line: int, what: str, fix: str) -> Finding:
    return Finding("init", Level.ERROR, what, fix, Place(table.path, line), key=f"{table.path}:{line}")
