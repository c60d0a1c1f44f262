"""An SQLite file → the seats of one embedded vendor account: who holds what, since when, and what readers are shown.

A seat's versions are kept: each begins and stops at a second, so that a reader can be shown the state of some time ago,
as vendors do that settle slowly. `pool.used` is kept by triggers: counting a full pool at each grant would be slow.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import count
from pathlib import Path

import msgspec

from seatwise.core.model.vendor import Seat, VendorError
from seatwise.edges.clock import Clock

OPEN = 2**62
"""`stops` of a seat that is held now."""
TABLES = (
    "CREATE TABLE pool (sku TEXT PRIMARY KEY, bought INTEGER, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    "CREATE TABLE holder (id TEXT PRIMARY KEY, login TEXT NOT NULL, folded TEXT NOT NULL UNIQUE) WITHOUT ROWID",
    """CREATE TABLE seat (sku TEXT, holder TEXT, origin TEXT, grp TEXT, options TEXT, pending TEXT, ends TEXT,
        begins INTEGER NOT NULL, stops INTEGER NOT NULL)""",
    "CREATE TABLE used (sku TEXT, holder TEXT, day TEXT NOT NULL, PRIMARY KEY (sku, holder)) WITHOUT ROWID",
    """CREATE TABLE fault (seq INTEGER PRIMARY KEY, kind TEXT, times INTEGER, call TEXT, login TEXT, seconds REAL,
        skip INTEGER)""",
    "CREATE TABLE request (seq INTEGER PRIMARY KEY)",
)
UPKEEP = (
    "UPDATE pool SET used = (SELECT count(*) FROM seat WHERE seat.sku = pool.sku)",
    "CREATE INDEX seat_in ON seat (sku, holder)",
    "CREATE INDEX seat_of ON seat (holder)",
    "CREATE INDEX seat_ending ON seat (ends) WHERE pending = 'cancelled'",
    "CREATE UNIQUE INDEX seat_once ON seat (sku, holder) WHERE stops = 4611686018427387904",
    "CREATE TRIGGER counted AFTER INSERT ON seat BEGIN UPDATE pool SET used = used + 1 WHERE sku = NEW.sku; END",
    "CREATE TRIGGER freed AFTER UPDATE OF stops ON seat BEGIN UPDATE pool SET used = used - 1 WHERE sku = NEW.sku; END",
)
SEAT = "INSERT INTO seat VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SHOWN = (
    " FROM seat s WHERE s.sku = :sku AND s.begins <= :at AND s.stops > :at"
    " AND NOT (s.pending = 'cancelled' AND s.ends < :today)"
)
JSON = (
    "json_object('holder', s.holder, 'login', h.login, 'origin', s.origin, 'group', s.grp,"
    " 'options', json(iif(s.options = '', '[]', s.options)), 'last_used', u.day, 'pending', s.pending,"
    " 'ends', nullif(s.ends, ''))"
)
"""A seat as text. SQLite writes a whole page in one step: fetching row by row, several readers wait for each other."""
NAMED = " JOIN holder h ON h.id = s.holder LEFT JOIN used u ON u.sku = s.sku AND u.holder = s.holder"

_one = msgspec.json.Decoder(Seat)
_page = msgspec.json.Decoder(list[Seat])


@dataclass(frozen=True, slots=True)
class Seed:
    """What a new store starts from: seats per sku (None: sold without a number), and the seats in them."""

    bought: Mapping[str, int | None]
    seats: tuple[tuple[str, Seat], ...] = ()


@contextmanager
def opened(path: Path, clock: Clock, seed: Callable[[], Seed]) -> Iterator[SeatStore]:
    """The store of this file; made from the seed if it isn't there, once, whoever else tries at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)) as db:
            yield _ready(db, clock, seed)
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        fix = (
            "see that it can be read and written; or move it away: it is made anew from the seed, as practice seats are"
        )
        raise VendorError(f"{path} can't be used: {error}", fix) from error


def _ready(db: sqlite3.Connection, clock: Clock, seed: Callable[[], Seed]) -> SeatStore:
    db.execute("PRAGMA synchronous = OFF")  # practice seats: they must survive a killed process, not a power cut
    store = SeatStore(db, clock)
    if not store.made():
        _make(store, seed())
    return store


def _make(store: SeatStore, seed: Seed) -> None:
    with store.writing():
        if store.made():
            return
        for statement in TABLES:
            store.db.execute(statement)
        _fill(store.db, seed)
        for statement in UPKEEP:
            store.db.execute(statement)
        store.db.execute("PRAGMA user_version = 1")


def _fill(db: sqlite3.Connection, seed: Seed) -> None:
    """Many rows at once, before there is an index or a trigger to keep up."""
    ids = {seat.login.casefold(): seat.holder or _id(seat.login) for _, seat in seed.seats}
    logins = {seat.login.casefold(): seat.login for _, seat in seed.seats}
    held = [(sku, ids[seat.login.casefold()], seat) for sku, seat in seed.seats]
    db.executemany("INSERT INTO pool (sku, bought) VALUES (?, ?)", seed.bought.items())
    db.executemany("INSERT INTO holder VALUES (?, ?, ?)", ((ids[fold], logins[fold], fold) for fold in logins))
    db.executemany(SEAT, (_row(sku, holder, seat, 0) for sku, holder, seat in held))
    used = ((sku, holder, seat.last_used.isoformat()) for sku, holder, seat in held if seat.last_used)
    db.executemany("INSERT INTO used VALUES (?, ?, ?)", used)


def _row(sku: str, holder: str, seat: Seat, begins: int) -> tuple[str | int, ...]:
    options = json.dumps(seat.options) if seat.options else ""
    ends = seat.ends.isoformat() if seat.ends else ""
    return sku, holder, seat.origin.value, seat.group, options, seat.pending.value, ends, begins, OPEN


def _id(login: str, turn: int = 0) -> str:
    """The same in every store; `turn` tells later people of one login apart."""
    return f"u-{sha256(f'{turn}{login.casefold()}'.encode()).hexdigest()[:12]}"


class SeatStore:
    """One open connection. Writes go inside `writing()`; nothing here knows a vendor's rules."""

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self.db = db
        self._clock = clock

    @property
    def now(self) -> int:
        return int(self._clock.now().timestamp())

    @property
    def today(self) -> str:
        return self._clock.now().date().isoformat()

    def made(self) -> bool:
        return bool(self.db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing; other writers wait. Cancelled seats whose last day has passed are let go first."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            if self.made():
                self._let_go()
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def _let_go(self) -> None:
        lapsed = "stops = ? AND pending = 'cancelled' AND ends < ?"
        self.db.execute(f"UPDATE seat SET stops = ? WHERE {lapsed}", (self.now, OPEN, self.today))

    def pools(self) -> dict[str, int | None]:
        """Sku → seats bought, in order."""
        return dict(self.db.execute("SELECT sku, bought FROM pool ORDER BY sku"))

    def room(self, sku: str) -> int | None:
        """Free seats, never below zero; None: sold without a number."""
        bought, used = self.db.execute("SELECT bought, used FROM pool WHERE sku = ?", (sku,)).fetchone()
        return None if bought is None else max(0, bought - used)

    def buy(self, sku: str, bought: int | None) -> None:
        self.db.execute(
            "INSERT INTO pool (sku, bought) VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET bought = excluded.bought",
            (sku, bought),
        )

    def count(self, sku: str, *, ago: int = 0) -> int:
        """How many seats a reader is shown."""
        found = self.db.execute("SELECT count(*)" + SHOWN, {"sku": sku, **self._moment(ago)})
        return int(found.fetchone()[0])

    def page(self, sku: str, after: str, limit: int, *, ago: int = 0) -> list[Seat]:
        """The seats that a reader is shown, by holder, behind this one."""
        found = self.db.execute(
            f"SELECT '[' || coalesce(group_concat(seat), '') || ']' FROM (SELECT {JSON} AS seat"
            + SHOWN.replace(" WHERE", NAMED + " WHERE")
            + " AND s.holder > :after ORDER BY s.holder LIMIT :limit)",
            {"sku": sku, "after": after, "limit": limit, **self._moment(ago)},
        )
        return _page.decode(found.fetchone()[0])

    def _moment(self, ago: int) -> dict[str, int | str]:
        return {"at": self.now - ago if ago else OPEN - 1, "today": self.today}

    def held(self, holder: str) -> dict[str, Seat]:
        """What one holder has now, by sku, whatever readers are shown."""
        rows = self.db.execute(
            f"SELECT s.sku, {JSON} FROM seat s {NAMED} WHERE s.holder = ? AND s.stops = ?"
            " AND NOT (s.pending = 'cancelled' AND s.ends < ?)",
            (holder, OPEN, self.today),
        )
        return {sku: _one.decode(seat) for sku, seat in rows}

    def find(self, name: str) -> str:
        """The id of this holder, told by id or by login; empty: nobody."""
        found = self.db.execute(
            "SELECT id FROM holder WHERE id = ?1 OR folded = ?2 ORDER BY id <> ?1", (name, name.casefold())
        ).fetchone()
        return str(found[0]) if found else ""

    def login(self, holder: str) -> str:
        return str(self.db.execute("SELECT login FROM holder WHERE id = ?", (holder,)).fetchone()[0])

    def enroll(self, login: str) -> str:
        """The id of this login, made where it is new: the same in every store, unless somebody renamed has it."""
        known = self.db.execute("SELECT id FROM holder WHERE folded = ?", (login.casefold(),)).fetchone()
        if known:
            return str(known[0])
        made = self._free_id(login)
        self.db.execute("INSERT INTO holder VALUES (?, ?, ?)", (made, login, login.casefold()))
        return made

    def _free_id(self, login: str) -> str:
        taken = "SELECT 1 FROM holder WHERE id = ?"
        tries = (_id(login, turn) for turn in count())
        return next(one for one in tries if not self.db.execute(taken, (one,)).fetchone())

    def rename(self, holder: str, login: str) -> None:
        self.db.execute("UPDATE holder SET login = ?, folded = ? WHERE id = ?", (login, login.casefold(), holder))

    def put(self, sku: str, seat: Seat) -> None:
        """Gives this seat, in the place of one that the holder has."""
        self.drop(sku, seat.holder)
        self.db.execute(SEAT, _row(sku, seat.holder, seat, self.now))

    def drop(self, sku: str, holder: str) -> None:
        self.db.execute(
            "UPDATE seat SET stops = ? WHERE sku = ? AND holder = ? AND stops = ?", (self.now, sku, holder, OPEN)
        )

    def use(self, sku: str, holder: str, day: date | None) -> None:
        """When this holder last used it; None: never."""
        self.db.execute("DELETE FROM used WHERE sku = ? AND holder = ?", (sku, holder))
        if day is not None:
            self.db.execute("INSERT INTO used VALUES (?, ?, ?)", (sku, holder, day.isoformat()))

    def request(self) -> int:
        """The number of a new call that may write."""
        return int(self.db.execute("INSERT INTO request DEFAULT VALUES RETURNING seq").fetchone()[0])

    def requests(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM request").fetchone()[0])
