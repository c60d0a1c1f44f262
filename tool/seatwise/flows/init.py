"""A folder, and perhaps what an admin console exported → a repository that validates, and what was found on the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seatwise.core.console import Seats, Table, people_source, seats
from seatwise.core.consoles import CONSOLES, Console, plain, recognised
from seatwise.core.directory import people as directory
from seatwise.core.guess import columns, slug
from seatwise.core.intake import Draft, Take, drafts
from seatwise.core.match import roster
from seatwise.core.model import Exit, Finding, PeopleSource, Settings, Stop, Tree
from seatwise.core.model.people import People
from seatwise.edges import inside
from seatwise.edges.clock import Clock
from seatwise.edges.sheet import sheet
from seatwise.edges.site import Site
from seatwise.views import draft, starter

NORMAL = {"sku": "License", "login": "Email"}


@dataclass(frozen=True, slots=True)
class Given:
    """What to start from: the console's export, the people (or nobody but its holders), and who approves at first."""

    export: Path
    owners: tuple[str, ...]
    people: Path | None = None
    account: str = ""
    format: str = ""
    """The console that exported it; empty: the one whose heading it has, if any."""
    rules: bool = False
    """Also take up rules that give seats to people who have none."""


@dataclass(frozen=True, slots=True)
class Started:
    """The files that were written, and for an import its licenses and what was noticed about people."""

    root: Path
    written: tuple[str, ...]
    drafts: tuple[Draft, ...] = ()
    findings: tuple[Finding, ...] = ()


def begin(root: Path) -> Started:
    """A small repository with an embedded vendor, to read and to try things on."""
    return Started(root, _write(root, _text(starter.files(_version()))))


def begin_from(root: Path, given: Given, clock: Clock) -> Started:
    """A repository of the seats in an export. Its first plan gives and takes nothing, unless `given.rules` says so."""
    data = _read(given.export)
    export, console = _export(given, data)
    account = given.account or (console.name if console else slug(given.export.stem))
    held = _seats(export, slug(given.export.stem), console)
    listed = _holders(export, held, console) if given.people is None else _read(given.people)
    logins = {account: console.logins} if console and console.logins else {}
    source = _source(_table("people.csv" if given.people is None else given.people.name, listed), logins)
    people, findings = _people(source, listed, clock)
    made = drafts(_named(account, held, people), people, _take(given))
    approvers = tuple(owner.casefold() for owner in given.owners)
    path, form = f"exports/{account}.csv", _form(held, console)
    files = draft.files(draft.Import(account, path, form, source, approvers, clock.now().date(), made))
    exported = {path: data if console or not held.joined else _normal(held), "people.csv": listed}
    written = _write(root, {**_text(starter.common(_version()) | files), **exported})
    return Started(root, written, made, findings)


def _export(given: Given, data: bytes) -> tuple[Table, Console | None]:
    """The export under the usual headings, and the console that wrote it, where it is known."""
    export = _table(given.export.name, data)
    console = CONSOLES[given.format] if given.format else recognised(export.heading)
    if console is None:
        return export, None
    shown, faults = plain(console, export)
    _refuse(export.path, faults)
    return shown, console


def _form(held: Seats, console: Console | None) -> Mapping[str, Any]:
    if console:
        return {"format": console.name}
    named = {} if "sku" in held.columns else {"sku": next(iter(held.holders))}
    return named | {"columns": NORMAL if held.joined else held.columns}


def _named(account: str, held: Seats, people: People) -> dict[str, list[str]]:
    """Sku → its holders, by the names that people have in files where they are known by their logins there."""
    known = roster(account, people, {}).logins
    return {sku: [known.get(folded, login) for folded, login in of.items()] for sku, of in held.holders.items()}


def _take(given: Given) -> Take:
    """Without a people file nobody is known but holders, whom any rule fits."""
    if given.people is None:
        return Take.NONE
    return Take.ALL if given.rules else Take.EXACT


def _text(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def _version() -> str:
    return version("seatwise")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(Exit.USAGE, f"{path}: {error.strerror}", "name a CSV file that can be read") from error


def _table(name: str, data: bytes) -> Table:
    read = sheet(name, data)
    _refuse(name, read.faults)
    return Table(name, read.heading, read.rows)


def _refuse(path: str, faults: Sequence[Finding]) -> None:
    if faults:
        raise Stop(Exit.ERROR, f"{path} cannot be used as it is; nothing was written", findings=faults)


def _seats(export: Table, product: str, console: Console | None) -> Seats:
    if console is None:
        held, faults = seats(export, product)
    else:
        held, faults = seats(export, product, "", mails=not console.logins)
    _refuse(export.path, faults)
    return held


def _source(listed: Table, logins: Mapping[str, Sequence[str]]) -> PeopleSource:
    source, faults = people_source(listed, logins)
    _refuse(listed.path, faults)
    return source


def _people(source: PeopleSource, data: bytes, clock: Clock) -> tuple[People, tuple[Finding, ...]]:
    from seatwise.sources import read

    site = Site(Path(), clock, lambda _: (data, clock.now()))
    return directory(Settings(sources=(source,)), [read(source, site)], Tree(), clock.now(), {})


def _holders(export: Table, held: Seats, console: Console | None) -> bytes:
    """A people file of those who hold a seat, with what the export says of them."""
    if console and console.logins:
        fix = f"--people FILE, everybody from HR with a column {console.logins[0]}"
        raise Stop(Exit.ERROR, f"{export.path} names people by their logins at {console.name}, and has no mail", fix)
    said = columns(export.heading, ("name", "department", "title", "country"))
    people = {row[held.columns["login"]].casefold(): row for _, row in export.rows}
    rows = [[mail, "active", *(row[column] for column in said.values())] for mail, row in sorted(people.items())]
    return _csv([["mail", "status", *said], *rows])


def _normal(held: Seats) -> bytes:
    """One seat a row: the form that the console's later exports have to be brought to as well."""
    rows = [[sku, login] for sku, logins in held.holders.items() for login in logins.values()]
    return _csv([[NORMAL["sku"], NORMAL["login"]], *rows])


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _write(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Writes all of the files or, where one is there already, none."""
    there = [path for path in sorted(files) if (root / path).exists() or (root / path).is_symlink()]
    if there:
        shown = ", ".join(there[:5]) + (f" and {len(there) - 5} more" if len(there) > 5 else "")
        raise Stop(Exit.ERROR, f"{root}: {shown} would be overwritten; nothing was written", "name an empty folder")
    inside.write(root, files)
    return tuple(sorted(files))
