"""The export of a known admin console → one row a seat, under the usual headings; and which console an export is of.

Columns are compared by their letters and digits, in any order; further ones are let be. Where each heading was seen, and
what is not verified: docs/consoles.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from seatwise.core.console import Line, Table
from seatwise.core.guess import bare
from seatwise.core.model import Finding, Level, Place

DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d %b %Y")
EXAMPLES = "2026-11-24, 2026/11/24 or 24 Nov 2026"
NEVER = frozenset({"", "none", "nil", "never", "neveraccessed", "neverloggedin"})
NOTHING = frozenset({"", "no", "none", "noaccess"})
ANY = "*"
ABOUT = ("Name", "Department", "Title", "Country")


@dataclass(frozen=True, slots=True)
class Console:
    """What is known of one console's export. Columns: the first heading that is there; `where`: how to get it there."""

    name: str
    where: str
    marks: tuple[tuple[str, ...], ...]
    """The columns that it has, and no other console's: of each, one of these headings."""
    login: tuple[str, ...]
    names: str = "Email"
    """What `login` is: a mail, or the `Login` of a person whom HR knows by another column, `logins`."""
    logins: tuple[str, ...] = ()
    license: tuple[str, ...] = ()
    between: str = ""
    """What stands between the licenses in one cell."""
    free: tuple[str, ...] = ()
    """Cells that are no license."""
    product: str = ""
    """The license, where no column says it."""
    besides: tuple[str, ...] = ()
    """Where each further column is a product: those that are none. A cell says who may use it."""
    seen: str = ""
    """What stands before a product in the heading of its last use."""
    last_used: tuple[str, ...] = ()
    out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column → cells of the rows that hold nothing."""
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the holder: columns, joined with a space."""


NAMED = {"Name": ("First Name", "Last Name")}
CONSOLES: Mapping[str, Console] = {
    console.name: console
    for console in (
        Console(
            "microsoft365", "Users > Active users > Export users",
            (("User principal name",), ("Display name",), ("Licenses",)),
            ("User principal name",), license=("Licenses",), between="+", free=("Unlicensed",),
            out={"Soft deletion time stamp": (ANY,)},
            about={"Name": ("Display name",), "Department": ("Department",), "Title": ("Title",),
                   "Country": ("Usage location",)},
        ),
        Console(
            "google", "Directory > Users > Download users",
            (("Email Address [Required]",), ("Last Sign In [READ ONLY]",)),
            ("Email Address [Required]",), license=("Licenses [READ ONLY]",), between=",", product="Google Workspace",
            last_used=("Last Sign In [READ ONLY]",),
            about={"Name": ("First Name [Required]", "Last Name [Required]"), "Department": ("Department",),
                   "Title": ("Employee Title",)},
        ),
        Console(
            "github", "Copilot > Access > Get report",
            (("Login",), ("Last Activity At",), ("Last Surface Used",)),
            ("Login",), "Login", ("GitHub", "GitHub login", "GitHub username", "GitHub user", "GitHub handle"),
            product="GitHub Copilot", last_used=("Last Activity At",),
        ),
        Console(
            "slack", "Manage members > Export member list",
            (("email",), ("status",), ("billing-active",), ("userid",)),
            ("email",), product="Slack", out={"status": ("Deactivated", "Bot")}, about={"Name": ("fullname",)},
        ),
        Console(
            "zoom", "User Management > Users > Export",
            (("Email",), ("Last Login(UTC)",), ("User Type", "License Type")),
            ("Email",), license=("User Type", "License Type"), free=("Basic",), last_used=("Last Login(UTC)",),
            about={**NAMED, "Department": ("Department",), "Title": ("Job Title",)},
        ),
        Console(
            "atlassian", "Directory > Users > Export users, with product access",
            (("User id",), ("User name",), ("email",), ("User status",)),
            ("email",), besides=("Group id", "Group name", "User id", "User name", "email", "User status", "Added to org",
                                 "Org role"),
            seen="Last seen in ", out={"User status": ("Suspended", "Deactivated", "Inactive")},
            about={"Name": ("User name",)},
        ),
        Console(
            "atlassian-site", "Users > Export users, with product access",
            (("username",), ("full_name",), ("email",), ("active",)),
            ("email",), besides=("group_name", "username", "full_name", "email", "active", "created"),
            seen="Last active in ", out={"active": ("No",)}, about={"Name": ("full_name",)},
        ),
        Console(
            "adobe", "Users > Export users list to csv",
            (("Identity Type",), ("Email",), ("Product Configurations",)),
            ("Email",), license=("Product Configurations",), between=",",
            about={**NAMED, "Country": ("Country Code",)},
        ),
    )
}  # fmt: skip


def recognised(heading: Sequence[str]) -> Console | None:
    """The console whose export has this heading."""
    return next((console for console in CONSOLES.values() if not _lacks(console, heading)), None)


def plain(console: Console, export: Table) -> tuple[Table, tuple[Finding, ...]]:
    """One row a seat with the line that says so: License, Email or Login, Last used (YYYY-MM-DD), and about the holder."""
    reading = _Reading(console, export)
    heading = ("License", console.names, "Last used", *ABOUT)
    return Table(export.path, heading, tuple(reading.rows)), tuple(reading.faults)


def _lacks(console: Console, heading: Sequence[str]) -> list[str]:
    there = {bare(title) for title in heading}
    return [" or ".join(titles) for titles in console.marks if there.isdisjoint(map(bare, titles))]


class _Reading:
    """One pass over the export; `rows` and `faults` grow as it is read."""

    def __init__(self, console: Console, export: Table) -> None:
        self.rows: list[Line] = []
        self.faults: list[Finding] = []
        self._console, self._path = console, export.path
        self._titles = {bare(title): title for title in reversed(export.heading)}
        self._products = self._grid(export.heading)
        self._told: set[tuple[str, str]] = set()
        if lacks := _lacks(console, export.heading):
            fix = f"it has {', '.join(export.heading)}; {console.name}: {console.where}"
            self._fault(1, f"is no export of {console.name}: it lacks {', '.join(lacks)}", fix)
        elif console.besides and not self._products:
            self._fault(1, "has no column of a product", "export it again, with product access")
        else:
            self._read(export)

    def _fault(self, line: int, what: str, fix: str) -> None:
        place = Place(self._path, line)
        self.faults.append(Finding("console", Level.ERROR, what, fix, place, key=f"{self._path}:{line}"))

    def _read(self, export: Table) -> None:
        for line, row in export.rows:
            if not self._out(row):
                self._row(line, row)
        if export.rows and not self.rows and not self.faults:
            what = f"none of its {len(export.rows)} rows holds a license"
            self._fault(1, what, "export it again, with everybody in it")

    def _row(self, line: int, row: Mapping[str, str]) -> None:
        login = self._cell(row, self._console.login)
        about = {name: self._joined(row, self._console.about.get(name, ())) for name in ABOUT}
        for sku, title in self._seats(row):
            if self._products and (sku, login) in self._told:
                continue
            self._told.add((sku, login))
            used = self._day(line, title, row.get(title, ""))
            self.rows.append((line, {"License": sku, self._console.names: login, "Last used": used, **about}))

    def _seats(self, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Each license of the row, with the column of its last use."""
        if self._console.besides:
            held = [product for product in self._products if bare(row[product]) not in NOTHING]
            yield from ((product, self._title(f"{self._console.seen}{product}")) for product in held)
            return
        used = self._title(*self._console.last_used)
        free = {"", *map(bare, self._console.free)}
        licenses = self._licenses(row)
        yield from ((sku, used) for sku in dict.fromkeys(map(str.strip, licenses)) if bare(sku) not in free)

    def _licenses(self, row: Mapping[str, str]) -> list[str]:
        if not (title := self._title(*self._console.license)):
            return [self._console.product]
        return row[title].split(self._console.between) if self._console.between else [row[title]]

    def _grid(self, heading: Sequence[str]) -> tuple[str, ...]:
        """The columns that are products."""
        besides = {bare(title) for title in self._console.besides}
        if not besides:
            return ()
        return tuple(
            title for title in heading if bare(title) not in besides and not title.startswith(("Last ", "Group "))
        )

    def _out(self, row: Mapping[str, str]) -> bool:
        """Whether nobody holds anything by this row."""
        told = [(bare(self._cell(row, (title,))), words) for title, words in self._console.out.items()]
        return any(cell and (ANY in words or cell in map(bare, words)) for cell, words in told)

    def _title(self, *titles: str) -> str:
        return next((self._titles[bare(title)] for title in titles if bare(title) in self._titles), "")

    def _cell(self, row: Mapping[str, str], titles: Sequence[str]) -> str:
        return row.get(self._title(*titles), "")

    def _joined(self, row: Mapping[str, str], titles: Sequence[str]) -> str:
        return " ".join(cell for title in titles if (cell := self._cell(row, (title,))))

    def _day(self, line: int, title: str, cell: str) -> str:
        """YYYY-MM-DD, or nothing. The time of day is let be."""
        if bare(cell) in NEVER:
            return ""
        for form in DATES:
            if day := _as(form, cell):
                return day.isoformat()
        self._fault(line, f"column {title!r}: {cell!r} is no date", EXAMPLES)
        return ""


def _as(form: str, cell: str) -> date | None:
    words = cell.replace("T", " ").split() if form == "%Y-%m-%d" else cell.split()
    try:
        return datetime.strptime(" ".join(words[: len(form.split())]), form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
