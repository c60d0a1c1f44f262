"""The rows of a file, or the words of a command → Orders: who is to get, keep or lose which seat; and every fault.

A file is read in one of two forms: `person, action, license`, or a column for each action with the license in it
(`person, give, take`: a row that has both moves somebody). Headings are known words, or mapped. Nothing is guessed at
in silence: what is nearly a known word is a fault with the word that was probably meant; what is like none is not
read, and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from seatwise.core.console import Table
from seatwise.core.guess import bare
from seatwise.core.model import Finding, Level, Place
from seatwise.core.near import near
from seatwise.core.parse import hints
from seatwise.core.person_row import parsed_day
from seatwise.core.plain import hidden

MOST_ROWS = 50_000
LONGEST = 2000
"""Characters of a reason or a ticket, as the files may hold them."""
BROKEN = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
"""What a spreadsheet shows where a formula failed."""
DAY_ZERO = date(1899, 12, 30)
"""The day that spreadsheets count from."""


class Act(StrEnum):
    """What is asked for. NEVER takes the seat whatever gives it, and keeps it away."""

    GIVE = "give"
    TAKE = "take"
    EXTEND = "extend"
    NEVER = "never"


FIELDS: Mapping[str, str] = {
    "person": "person people holder user username useremail login mail email emailaddress workemail upn userprincipalname"
    " employee employeeid",
    "device": "device devicename hostname host machine computer serial serialnumber",
    "license": "license licence product sku subscription",
    "action": "action verb operation",
    "give": "give assign grant add",
    "take": "take revoke remove",
    "extend": "extend prolong renew",
    "never": "never exclude",
    "through": "through lastday lastdayheld",
    "reason": "reason why because comment note justification",
    "ticket": "ticket issue case requestid",
    "assignment": "assignment",
}
"""Field → headings, letters and digits only."""
ENDS = frozenset(["until", "end", "ends", "enddate", "expires", "expiry", "expirydate", "validuntil", "validto", "to"])
"""Headings of a day that may be the last one held, or the first one without: nobody can tell."""
WORDS = {word: act for act in Act for word in FIELDS[act].split()} | {"unassign": Act.TAKE, "delete": Act.TAKE}


@dataclass(frozen=True, slots=True)
class Wording:
    """How a file says it: field → its heading, and a word in a cell → ours (an action, or a license's id)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """One seat asked for. Names are as written; `column` is the field that the license stands in."""

    act: Act
    who: str
    license: str
    line: int = 0
    device: bool = False
    through: date | None = None
    reason: str = ""
    ticket: str = ""
    assignment: str = ""
    column: str = "license"


@dataclass(frozen=True, slots=True)
class Orders:
    """All that one file or command asks. `columns`: field → heading; `unread`: headings that mean nothing here."""

    orders: tuple[Order, ...]
    path: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    rows: int = 1

    def or_drop(self, fix: str, row: str = "delete the row") -> str:
        """The fix, and in a file also to do without the row."""
        return f"{fix}, or {row}" if self.path else fix

    def drop(self, command: str) -> str:
        """What to do with a row that changes nothing; a command has no row to drop, and is told this instead."""
        return "drop the row" if self.path else command

    def told(self, line: int, what: str, fix: str, at: str = "", level: Level = Level.ERROR) -> Finding:
        """A finding at one row, and at the column of this field. A command has no rows to name, or to drop."""
        between = " " if what.startswith("is ") else ": "
        where = f"column {self.columns[at]!r}{between}" if self.path and at in self.columns else ""
        if not self.path and at and between == " ":
            where = f"{at} "
        place = Place(self.path, line) if self.path else None
        return Finding("seat-order", level, f"{where}{what}", fix, place, f"{self.path}:{line}:{at}")


def of_file(table: Table, wording: Wording) -> tuple[Orders, tuple[Finding, ...]]:
    """What the rows ask. With findings the orders are of no use."""
    columns, faults = _columns(table, wording)
    if faults:
        return Orders((), table.path), faults
    unread = tuple(title for title in table.heading if title and title not in columns.values())
    reading = _Reading(Orders((), table.path, columns, unread, len(table.rows)), wording)
    if not table.rows or len(table.rows) > MOST_ROWS:
        return reading.orders, (_too_few_or_many(table),)
    found = tuple(order for line, cells in table.rows for order in reading.row(line, cells))
    return Orders(found, table.path, columns, unread, len(table.rows)), tuple(reading.findings)


def of_words(words: Mapping[str, str]) -> tuple[Orders, tuple[Finding, ...]]:
    """What one command asks: fields as in a file."""
    reading = _Reading(Orders((), columns={name: name for name in words}), Wording())
    found = tuple(reading.row(0, words))
    return Orders(found), tuple(reading.findings)


def _too_few_or_many(table: Table) -> Finding:
    if not table.rows:
        return _fault(table, 1, "has no row under its heading", "is it the right file, and the right sheet?")
    what = f"has {len(table.rows):,} rows, at most {MOST_ROWS:,} are read"
    return _fault(
        table, table.rows[MOST_ROWS][0], what, "split it: each part is a pull request that somebody can review"
    )


def _fault(table: Table, line: int, what: str, fix: str) -> Finding:
    return Finding("seat-order", Level.ERROR, what, fix, Place(table.path, line), f"{table.path}:{line}")


# columns


def _columns(table: Table, wording: Wording) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Field → its heading, and what is wrong with the headings."""
    if shape := tuple(_shape(table)):
        return {}, shape
    mapped, faults = _mapped(table, wording.columns)
    found = dict(mapped)
    rest = [title for title in table.heading if title not in mapped.values()]
    for name, words in FIELDS.items():
        if name not in wording.columns:
            titles = _titles(name, words.split(), rest)
            found.update({name: titles[0]} if titles else {})
            faults += [_ambiguous(table, name, titles)] if len(titles) > 1 else []
    faults += _near_misses(table, found | dict(wording.columns), rest)
    faults += _missing(table, found) if not faults else ()
    return found, tuple(faults)


def _shape(table: Table) -> Iterator[Finding]:
    """What shows that the first row is no heading as we can read it."""
    first = table.heading[0] if table.heading else ""
    if first.casefold().startswith("sep="):
        yield _fault(
            table, 1, f"begins with {first!r}, which only one spreadsheet understands", "delete the first line"
        )
    elif len(table.heading) == 1 and "|" in first:
        yield _fault(table, 1, "has one column only: its cells are separated by '|'", "use commas, semicolons or tabs")
    elif any("@" in title for title in table.heading):
        fix = "put a row above it: person,action,license,through,reason,ticket"
        yield _fault(table, 1, "has no heading: its first row names a person", fix)
    elif "" in table.heading and any(cells.get("") for _, cells in table.rows):
        yield _fault(table, 1, "has a column without a heading that is not empty", "name it, or delete it")


def _mapped(table: Table, columns: Mapping[str, str]) -> tuple[dict[str, str], list[Finding]]:
    titles = {title.casefold(): title for title in table.heading}
    there = {
        name: titles[heading.strip().casefold()]
        for name, heading in columns.items()
        if heading.strip().casefold() in titles
    }
    faults = [_unknown_field(table, name) for name in columns if name not in FIELDS]
    lacking = [name for name in columns if name in FIELDS and name not in there]
    return there, [*faults, *(_no_column(table, name, columns[name]) for name in lacking)]


def _unknown_field(table: Table, name: str) -> Finding:
    return _fault(table, 1, f"--map: there is no field {name!r}", near(name, FIELDS) or f"one of {', '.join(FIELDS)}")


def _no_column(table: Table, name: str, heading: str) -> Finding:
    guess = near(heading, table.heading)
    fix = (f"{guess}? " if guess else "") + f"the columns are {', '.join(filter(None, table.heading))}"
    return _fault(table, 1, f"there is no column {heading!r}, which {name} is mapped to", fix)


def _titles(name: str, words: Sequence[str], rest: Sequence[str]) -> list[str]:
    """The headings that mean a field: the one that is its very name, or all that mean the same."""
    own = [title for title in rest if bare(title) == name]
    return list(dict.fromkeys(own or [title for title in rest if bare(title) in words]))


def _ambiguous(table: Table, name: str, titles: Sequence[str]) -> Finding:
    what = f"columns {' and '.join(map(repr, titles))} may both be {name}"
    return _fault(table, 1, what, f"say which: --map {name}={_quoted(titles[0])}")


def _quoted(title: str) -> str:
    return f"'{title}'" if " " in title else title


def _near_misses(table: Table, found: Mapping[str, str], rest: Sequence[str]) -> Iterator[Finding]:
    """Headings that are read as nothing, and look as if they were meant for a field that has none."""
    words = {word: name for name in FIELDS if name not in found for word in FIELDS[name].split()}
    for title in rest:
        if title in found.values() or not title:
            continue
        if bare(title) in ENDS and "through" not in found:
            fix = f"if so: --map through={_quoted(title)}"
            yield _fault(table, 1, f"column {title!r}: is that the last day on which the seat is held?", fix)
        elif guess := near(bare(title), words):
            fix = f"{words[guess]}? rename it, or --map {words[guess]}={_quoted(title)}"
            yield _fault(table, 1, f"column {title!r} is none that is known", fix)


def _missing(table: Table, found: Mapping[str, str]) -> Iterator[Finding]:
    shown = ", ".join(filter(None, table.heading))
    if "person" not in found and "device" not in found:
        yield _fault(table, 1, "no column says who", f"name it person; there are {shown}")
    acts = [found[act] for act in Act if act in found]
    long = [found[name] for name in ("action", "license") if name in found]
    if acts and long:
        what = f"says it in two ways: {', '.join(map(repr, acts))} and {', '.join(map(repr, long))}"
        yield _fault(table, 1, what, "either action and license, or give and take with the license in them")
    elif not acts and len(long) < 2:
        lacks = {0: "what to give or take"}.get(len(long)) or (
            "which license" if "action" in found else "whether to give or to take"
        )
        fix = f"columns action and license, or give and take with the license in them; there are {shown}"
        yield _fault(table, 1, f"no column says {lacks}", fix)


# rows


class _Reading:
    """One file being read: `findings` grow with each row."""

    def __init__(self, orders: Orders, wording: Wording) -> None:
        self.orders = orders
        self.codes = {word.strip().casefold(): meaning for word, meaning in wording.codes.items()}
        self.findings: list[Finding] = []

    def row(self, line: int, cells: Mapping[str, str]) -> Sequence[Order]:
        """The orders of one row; none where something is wrong with it."""
        before = len(self.findings)
        said = {name: " ".join(cells.get(title, "").split()) for name, title in self.orders.columns.items()}
        for name, cell in said.items():
            self._cell(line, name, cell)
        through = self._day(line, said.get("through", "")) if len(self.findings) == before else None
        who, device = self._who(line, said)
        asked = self._asked(line, said) if len(self.findings) == before else []
        self._days(line, [act for act, _, _ in asked], through)
        if len(self.findings) > before:
            return ()
        about = {name: said.get(name, "") for name in ("reason", "ticket", "assignment")}
        return [
            Order(act, who, license, line, device, through, column=column, **about) for act, license, column in asked
        ]

    def tell(self, line: int, what: str, fix: str, at: str = "") -> None:
        self.findings.append(self.orders.told(line, what, fix, at))

    def _cell(self, line: int, name: str, cell: str) -> None:
        if cell.startswith("="):
            value = cell[2:-1] if cell.startswith('="') and cell.endswith('"') else ""
            self.tell(line, f"{cell!r} is a formula, not a value", value or "save the file with values only", name)
        elif cell.upper() in BROKEN or (cell and not cell.strip("#")):
            self.tell(line, f"{cell!r} is what a spreadsheet shows where it has no value", "write the value", name)
        elif fault := hidden(cell):
            self.tell(line, *fault, name)
        elif len(cell) > LONGEST:
            self.tell(line, f"is {len(cell):,} characters long, at most {LONGEST:,} are kept", "write it shorter", name)

    def _day(self, line: int, cell: str) -> date | None:
        day = parsed_day(cell) if cell else None
        if cell and day is None:
            self.tell(line, f"{cell!r} is no date", _day_fix(cell), "through")
        return day

    def _who(self, line: int, said: Mapping[str, str]) -> tuple[str, bool]:
        person, device = said.get("person", ""), said.get("device", "")
        if person and device:
            self.tell(line, f"names a person and a device: {person!r}, {device!r}", "one a row", "device")
        elif not person and not device:
            names = [name for name in ("person", "device") if name in self.orders.columns]
            self.tell(line, "is empty", self.orders.or_drop(f"say which {' or '.join(names)}"), names[0])
        elif person and (names := [part for part in person.replace(",", ";").split(";") if part.strip()])[1:]:
            self.tell(line, f"{person!r} are {len(names)} people", "one a row", "person")
        elif " " in person and "@" in person:
            found = next((part.strip("<>()") for part in person.split() if "@" in part), "")
            self.tell(line, f"{person!r} is more than a person's key", found, "person")
        return device or person, bool(device)

    def _asked(self, line: int, said: Mapping[str, str]) -> list[tuple[Act, str, str]]:
        """Action, license, and the field that the license stands in."""
        if "action" not in self.orders.columns:
            asked = [(act, self._license(said[act]), str(act)) for act in Act if said.get(act)]
            if not asked:
                titles = [self.orders.columns[act] for act in Act if act in self.orders.columns]
                self.tell(
                    line,
                    f"asks for nothing: {' and '.join(map(repr, titles))} are empty",
                    "fill one, or delete the row",
                )
            return asked
        act, license = self._act(line, said["action"]), said.get("license", "")
        if not license:
            self.tell(line, "is empty", self.orders.or_drop("say which license"), "license")
        return [(act, self._license(license), "license")] if act and license else []

    def _license(self, cell: str) -> str:
        return self.codes.get(cell.casefold(), cell)

    def _act(self, line: int, cell: str) -> Act | None:
        word = self.codes.get(cell.casefold(), cell)
        act = WORDS.get(bare(word))
        if act is None:
            what = f"{cell!r} is no action" if cell else "is empty"
            guess = near(bare(word), WORDS) if cell else ""
            known = f"{', '.join(Act)}" + (f"; or say what it means: --code {_quoted(cell)}=give" if cell else "")
            self.tell(line, what, f"{WORDS[guess]}?" if guess else f"one of {known}", "action")
        return act

    def _days(self, line: int, acts: Sequence[Act], through: date | None) -> None:
        if Act.EXTEND in acts and through is None:
            self.tell(line, "is empty: extended through which day?", "write the last day held: 2027-03-31", "through")
        if acts == [Act.TAKE] and through is not None:
            fix = "leave it empty; to end a seat later, extend it through its last day"
            self.tell(line, f"{through} stands beside a take, which is done with the merge", fix, "through")


def _day_fix(cell: str) -> str:
    if cell.isascii() and cell.isdecimal() and len(cell) == 5:
        return f"{DAY_ZERO + timedelta(int(cell))}? It is a spreadsheet's number: format the column as a date"
    meant, other = hints.day(cell), _american(cell)
    if meant and other:
        return f"{meant} or {other}? Write the last day held as 2026-12-31"
    return f"{meant or other} (the last day held)" if meant or other else "write the last day held as 2026-12-31"


def _american(cell: str) -> str:
    """The day that a slashed date means where months come first; empty where it means none, or the same one."""
    month, slash, rest = cell.partition("/")
    day, _, year = rest.partition("/")
    meant = hints.day(f"{day}.{month}.{year}") if slash else ""
    return "" if meant == hints.day(cell) else meant
