"""What a vendor shows and does: the protocol of two methods, and its nouns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Options


class Origin(StrEnum):
    """How a seat came to its holder. Only DIRECT ones are ever called."""

    DIRECT = "direct"
    GROUP = "group"
    AUTO = "auto"


class Pending(StrEnum):
    """INVITED counts and is held; CANCELLED is revoked, but counts until it ends."""

    NO = ""
    INVITED = "invited"
    CANCELLED = "cancelled"


class Seat(msgspec.Struct, frozen=True, gc=False):
    """One seat as the vendor shows it; a million may be held, so it costs as little as it can.

    `holder` is the vendor's immutable id (or its login, where `info.key` is login), `login` the name that the
    vendor knows the holder by.
    """

    holder: str
    login: str
    origin: Origin = Origin.DIRECT
    group: str = ""
    options: Options = ()
    last_used: date | None = None
    pending: Pending = Pending.NO
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats of one sku. `bought` is None where the vendor sells without a number; `used` counts pending ones too."""

    bought: int | None
    used: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a reading is complete: rows and pages against the total that the vendor states (None: it states none)."""

    rows: int
    pages: int
    as_of: datetime
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """One sku as the vendor shows it."""

    sku: str
    pool: Pool
    seats: tuple[Seat, ...]
    proof: Proof


class Result(StrEnum):
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    CONFLICT = "conflict"
    FAILED = "failed"
    """Retried as told and given up (429, 5xx): nothing happened, the next run tries again."""
    DOUBT = "doubt"
    """The answer was lost: it may have happened. Settled by reading, never by writing again."""
    HANDED_OVER = "handed-over"
    """Written to a task for a person; settled by an export that is dated after it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change. `reason` is for people and holds no secret; `request` is the vendor's id of the call."""

    change: Change
    result: Result
    holder: str = ""
    """The vendor's immutable id of the holder, once it has shown one."""
    reason: str = ""
    fix: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class VendorInfo:
    """What a vendor can do, told once and truthfully."""

    name: str
    key: str = "id"
    """id: holders have an immutable id. login: their name is all there is."""
    takes: str = "takes the seat"
    """What revoking means, in the vendor's word."""
    undo: str = "exact"
    """What becomes of a revoked seat that is given back: exact, new (another seat, nothing lost), lossy (data is lost), none."""
    exact_for: str = ""
    """How long it comes back exactly all the same: "paid month" (till its last day), "30 days", or "" (not at all)."""
    frees_at_once: bool = True
    """Whether a taken seat may be given to somebody else at once, or counts until its paid term ends."""
    atomic_swap: bool = False
    idempotent: bool = True
    settle_seconds: int = 0
    """How long the vendor may show the state before a write."""
    writes_per_minute: int = 600
    """Calls that write."""
    per_call: int = 1
    """Seats that one call may change, where they change alike."""
    needs: tuple[str, ...] = ()
    """Fields of Person that must be filled before a seat can be given, such as country."""
    options: frozenset[str] = frozenset()
    """Names of the options that a seat may have."""
    signals: tuple[str, ...] = ()
    """Signals of use: login, feature, session, install."""
    secrets: tuple[str, ...] = ()
    verified: str = "contract"
    """embedded, documents (prose and examples only), contract, third-party server or live."""
    docs: str = ""
    practice: bool = False
    """Nobody's access hangs on it: an embedded vendor."""


@dataclass(frozen=True, slots=True)
class Access:
    """As whom an account is called, and what its credential may do, as far as the vendor says so.

    `reads` is what plan needs, `writes` what apply needs beside that, `also` what serves an option: permissions in the
    vendor's words, or several of which one will do, the least first, as "A | B". `granted` is None where the vendor does
    not tell.
    """

    who: str = ""
    granted: frozenset[str] | None = None
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class VendorError(Exception):
    """A whole call failed; `what` and `fix` are for people and hold no secret."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


class IncompleteRead(VendorError):
    """The reading cannot show that it is complete. Unknown is not empty."""


class BadCredentials(VendorError):
    """The account stops; others go on."""


class Unreachable(VendorError):
    """Dead connection, or retries used up while reading."""


class UnknownSku(VendorError):
    """The account does not sell this sku; `known` lists those that it sells."""

    def __init__(self, sku: str, known: Sequence[str]) -> None:
        super().__init__(f"sells no {sku!r}")
        self.sku = sku
        self.known = tuple(known)


class Vendor(Protocol):
    """A vendor that holds seats.

    read must: change nothing; be complete, or raise IncompleteRead; raise UnknownSku with the list of known ones.
    apply must: answer one Outcome per change, as soon as it is known; be idempotent (`already`); go on after a refusal.
    access(), if there is one, says as whom it is called and what that may do; it changes nothing.
    apply may: batch. Only a dead connection and bad credentials raise; a call that may have happened is answered by DOUBT
    before, so that what has no outcome was not made (but the first half of a swap in two calls).
    """

    @property
    def info(self) -> VendorInfo: ...

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        """The holdings of these skus; None: of every sku that the account sells."""

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What one account showed, or why it could not be read."""

    account: str
    info: VendorInfo
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    sold: tuple[str, ...] = ()
    failure: str = ""
    fix: str = ""
    as_of: datetime | None = None
    """The age of what is shown: of the read, or of the export."""
