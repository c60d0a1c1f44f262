"""What the files of one commit say, as frozen nouns. Made by core/parse, read by every later step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

Value = str | int | bool | tuple[str, ...]
Options = tuple[tuple[str, Value], ...]
"""Vendor options of a seat, sorted by name; lists are sorted tuples, so that equal options compare equal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a path relative to the repository's top and a line from 1."""

    path: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Level(StrEnum):
    """How much a finding stops: everything, the plan, one row, one approval more, nothing."""

    ERROR = "error"
    BLOCK = "block"
    HOLD = "hold"
    CONFIRM = "confirm"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: what, where, and how to mend it.

    `key` names what it is about without wording that changes (`figma-full`, `ann@acme.example`), so that
    the same finding is recognised in two trees: a pull request is blocked only by findings that it brings.
    """

    rule: str
    level: Level
    what: str
    fix: str = ""
    place: Place | None = None
    key: str = ""
    license: str = ""
    person: str = ""
    passed_by: str = ""
    """The exception or acknowledgement that lets it pass; a finding that is passed stops nothing."""


class Mode(StrEnum):
    """What seatwise may touch of a license: nothing, what it asked for, or everything."""

    OBSERVE = "observe"
    MANAGE = "manage"
    ENFORCE = "enforce"


class LicenseType(StrEnum):
    PERPETUAL = "perpetual"
    SUBSCRIPTION = "subscription"
    MAINTENANCE = "maintenance"
    TRIAL = "trial"
    FREE = "free"


class Metric(StrEnum):
    NAMED_USER = "named-user"
    DEVICE = "device"
    CONCURRENT = "concurrent"
    CORE = "core"
    CONSUMPTION = "consumption"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Price:
    """Money per unit of time: `19.00 USD / month`. `per` is month, year or once."""

    amount: Decimal
    currency: str
    per: str = "month"

    def monthly(self) -> Decimal:
        """The amount a month; a price paid once costs nothing a month."""
        return {"month": self.amount, "year": self.amount / 12}.get(self.per, Decimal(0))


@dataclass(frozen=True, slots=True)
class Duration:
    """A number and a unit, as written: minutes, hours, days, weeks, months or years."""

    count: int
    unit: str

    def delta(self) -> timedelta:
        """As a length of time; a month counts 30 days and a year 365. Dates of contracts count calendar months: core/terms."""
        days = {"months": 30, "years": 365}.get(self.unit)
        return timedelta(days=days * self.count) if days else timedelta(**{self.unit: self.count})

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True)
class Lot:
    """One purchase. Lots are only ever added; rights are the sum of those in force on a day."""

    name: str
    type: str
    quantity: int
    price: Price | None = None
    po: str = ""
    start: date | None = None
    through: date | None = None
    ordered: bool = False
    place: Place = field(default=Place(""), compare=False)

    def in_force(self, day: date) -> bool:
        """Whether its rights count on that day; an order counts only once it is delivered."""
        began = self.start is None or self.start <= day
        return began and (self.through is None or day <= self.through) and not self.ordered


@dataclass(frozen=True, slots=True)
class Notice:
    period: Duration
    form: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms that licenses stand under."""

    id: str
    publisher: str
    owner: str
    contact: Mapping[str, str]
    start: date
    term: Duration
    renewal: str
    """never, express (somebody must say yes) or tacit (it renews unless somebody says no)."""
    notice: Notice | None = None
    number: str = ""
    decrease: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[Mapping[str, str], ...] = ()
    place: Place = field(default=Place(""), compare=False)
    renewal_term: Duration | None = None
    """How long each tacit renewal runs; None: as long as the first term."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A canonical `where`: every key must match one of its values. Keys and values are trimmed and case folded, sorted."""

    keys: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return ", ".join(f"{key} {'/'.join(values)}" for key, values in self.keys)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one named person's row says beyond the name."""

    through: date | None = None
    """The last day held, included."""
    options: Options = ()
    note: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A named ask: exactly one of people, where, group, devices. `bundle` names the bundle that it came from.

    People of long lists cost no object each: `people` maps a person to a line, `terms` holds only the exceptions.
    """

    name: str
    place: Place = field(compare=False)
    people: Mapping[str, int] = field(default_factory=dict)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    devices: Mapping[str, int] = field(default_factory=dict)
    where: Selector | None = None
    group: str = ""
    max: int | None = None
    through: date | None = None
    options: Options = ()
    bundle: str = ""
    ticket: str = field(default="", compare=False)
    reason: str = field(default="", compare=False)
    ready: Duration = Duration(0, "days")
    """How long before their start day a rule gives joiners their seats."""
    keep_for: Duration = Duration(14, "days")
    """How long movers keep what a rule no longer gives them."""

    def line(self, person: str) -> Place:
        return Place(self.place.path, self.people.get(person, self.place.line))


@dataclass(frozen=True, slots=True)
class Never:
    """The only exclusion: it wins over every assignment and bundle."""

    person: str
    reason: str = field(default="", compare=False)
    through: date | None = None
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Reassert:
    """One seat that is put right at the vendor once, by the changeset that writes the row: to what is asked of it by then.

    `at` only tells one such order from the next; the row asks nothing afterwards (docs/adr/0023-reassert-rows.md).
    """

    person: str
    at: str
    reason: str = field(default="", compare=False)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a seat when its holder leaves or is on leave: keep, revoke (after a while) or swap to another license."""

    do: str = "revoke"
    after: Duration | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class License:
    """A product at an account: what was bought and who should hold it. `assignments` is None only where mode is observe."""

    id: str
    product: str
    type: LicenseType
    metric: Metric
    owner: str
    mode: Mode
    place: Place = field(compare=False)
    account: str = ""
    sku: str = ""
    contract: str = ""
    charge: str = "holder"
    billed: str = "quantity"
    """quantity: what was bought is paid, held or not. assigned: every seat that is held is billed."""
    one_of: str = ""
    rank: int = 0
    requires: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    options: Options = ()
    lots: tuple[Lot, ...] = ()
    assignments: tuple[Assignment, ...] | None = None
    never: tuple[Never, ...] = ()
    reassert: tuple[Reassert, ...] = ()
    volunteers: tuple[str, ...] = ()
    when_left: Fate = Fate("revoke")
    when_leave: Fate = Fate("keep")
    idle: Mapping[str, Duration] = field(default_factory=dict)
    data: str = ""
    """The class of data that a seat opens (public, internal, confidential, secret); empty: not said."""
    retired: bool = False

    def rights(self, day: date) -> int | None:
        """Seats that may be held on that day: the lots in force; None where nothing was bought by the seat."""
        return sum(lot.quantity for lot in self.lots if lot.in_force(day)) if self.lots else None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a role is given. `who` are assignments, `gives` are license ids."""

    id: str
    owner: str
    who: tuple[Assignment, ...]
    gives: tuple[str, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Approver:
    person: str
    up_to: int | None = None
    """Seats that this person may approve at once; None: any number."""
    key: str = ""
    """The public ssh key that signs what this person approves without a forge."""
    key_through: date | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """The people and teams who answer for licenses and may approve."""

    id: str
    approvers: tuple[Approver, ...]
    place: Place = field(compare=False)
    department: str = ""
    cost_center: str = ""
    deputy: str = ""
    attested: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody or something that holds seats and is not in HR."""

    id: str
    kind: str
    sponsor: str
    review_through: date
    place: Place = field(compare=False)
    name: str = ""
    logins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """Parameters of one rule. `params` are typed by the rule's own schema; a missing file means its defaults."""

    id: str
    level: Level
    params: Mapping[str, Any]
    place: Place = field(compare=False)
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Narrows the rule to licenses, publishers, owners or accounts; empty: everything."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception: one policy does not bind one license (or all) until a day, for a reason."""

    id: str
    policy: str
    reason: str
    through: date
    place: Place = field(compare=False)
    license: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: one limit may be passed once, by exactly these asks (or this state of a source), until a day."""

    id: str
    passes: str
    """`max-removals/per_license`, or `people-shrink`."""
    reason: str
    through: date
    place: Place = field(compare=False)
    asks: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One credential, one rate limit, one journal. `config` is what the vendor's adapter understands; secrets only by name."""

    id: str
    vendor: str
    config: Mapping[str, Any]
    place: Place = field(compare=False)
    where: Selector | None = None
    """People who may hold seats here; None: everybody."""
    age: Duration | None = None
    """How old its reading may be, for vendors that are read from files."""
    practice: bool = False
    """A `table` account whose task files nobody uploads: a sample's or a trial's."""


@dataclass(frozen=True, slots=True)
class PeopleSource:
    """One feed of people. `columns` maps fields to columns, `codes` a field's values as the feed writes them to ours."""

    id: str
    kind: str
    config: Mapping[str, Any]
    place: Place = field(compare=False)
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    logins: Mapping[str, str] = field(default_factory=dict)
    min_rows: int = 1
    max_shrink: Decimal = Decimal("0.03")
    max_age: Duration | None = None
    only_fills: tuple[str, ...] = ()
    """Fields that this source may add to people whom another one names; empty: it names people."""


@dataclass(frozen=True, slots=True)
class Settings:
    """seatwise.yaml."""

    timezone: str = "UTC"
    people_key: str = "mail"
    sources: tuple[PeopleSource, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    journal_prefix: str = "seatwise/journal"
    journal_remote: str = "origin"
    journal_since: str = ""
    journal_key: str = ""
    """`env:NAME` of the secret that turns holders into pseudonyms; empty: they stand in clear."""
    journal_sign: str = ""
    """`env:NAME` of the private key (or its path) that signs segments; empty: this repository's runs sign none."""
    journal_signers: Mapping[str, str] = field(default_factory=dict)
    """Name → public key; with any, the newest segment of every journal must be signed by one of them."""
    journal_mirror: str = ""
    """A remote that has the journals too: what it has, the journals must come after."""
    journal_heads: Mapping[str, str] = field(default_factory=dict)
    """Journal → a commit that it must come after."""
    forge: Mapping[str, str] = field(default_factory=lambda: {"kind": "none"})
    notify: tuple[Mapping[str, Any], ...] = ()
    branch: str = "main"
    place: Place = field(default=Place("seatwise.yaml"), compare=False)

    def lent(self, source: PeopleSource) -> PeopleSource:
        """The source with the addresses and the credential of the account that it names; what it says itself comes first."""
        account = self.accounts.get(str(source.config.get("account", "")))
        return source if account is None else replace(source, config={**account.config, **source.config})


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that the files of one commit say. `digests` holds the digest of each governed file's parsed content by path."""

    settings: Settings = Settings()
    licenses: Mapping[str, License] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    holders: Mapping[str, Holder] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    acks: Mapping[str, Ack] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    publishers: Mapping[str, str] = field(default_factory=dict)
    """License id → publisher: the folder under licenses/."""
