"""Who works here, as HR and the declared holders say: frozen, one complete reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec


class Status(StrEnum):
    """HR's word on a person. Only LEFT, or a last day in the past, makes a leaver."""

    STARTS = "starts"
    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"


class Person(msgspec.Struct, frozen=True, gc=False):
    """One person or declared holder. Strings are trimmed; an empty one means that the source does not say."""

    id: str
    """The key of seatwise.yaml (mail, upn or employee_id), case folded."""
    status: Status = Status.ACTIVE
    name: str = ""
    mail: str = ""
    employee_id: str = ""
    worker: str = "employee"
    """employee, intern, external; for declared holders: mailbox, bot, room, guest."""
    title: str = ""
    department: str = ""
    company: str = ""
    country: str = ""
    """ISO 3166 alpha-2."""
    zone: str = ""
    """IANA time zone; empty: the organisation's."""
    manager: str = ""
    cost_center: str = ""
    start: date | None = None
    last_day: date | None = None
    since: date | None = None
    """When HR last moved the person (department, status), where it says so."""
    aliases: tuple[str, ...] = ()
    """Former mails and other names, case folded."""
    logins: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Account id (or `forge`) → login there."""
    extra: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Further mapped columns, for `where`."""
    vip: bool = False

    def attribute(self, key: str) -> str:
        """The value that `where: {key: ...}` compares; empty is unknown and never matches."""
        value = getattr(self, key, None) if key in WHERE_KEYS else self.extra.get(key, "")
        return str(value) if value else ""

    @property
    def fingerprint(self) -> str:
        """Tells two people with the same key apart: HR number and first day."""
        return f"{self.employee_id}|{self.start or ''}"


WHERE_KEYS = frozenset(
    {
        "mail",
        "employee_id",
        "worker",
        "title",
        "department",
        "company",
        "country",
        "zone",
        "manager",
        "cost_center",
        "status",
    }
)
"""Fields of Person that a `where` may name; anything else is a mapped extra column."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Proof of one reading of a source. Times are aware; `digest` is SHA-256 of the bytes read."""

    source: str
    rows: int
    as_of: datetime
    digest: str
    previous_rows: int | None = None


@dataclass(frozen=True, slots=True)
class People:
    """One complete reading of everybody: from HR, and the holders that the repository declares."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Alias → id; an alias that two people claim is in neither."""
    feeds: tuple[Feed, ...] = ()
    unread: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False)
    """Key → what in HR's row of that person can't be read, with its line, and how to mend it."""
    _indexes: dict[str, dict[str, list[Person]]] = field(default_factory=dict, compare=False, repr=False)
    _names: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def having(self, key: str, value: str) -> Sequence[Person]:
        """The people whose attribute is this value (case folded). The first call for a key reads everybody once."""
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = {}
            for person in self.persons.values():
                if attribute := person.attribute(key).strip().casefold():
                    index.setdefault(attribute, []).append(person)
        return index.get(value, ())

    def names(self) -> Mapping[str, str]:
        """Every name that is the same at all accounts, case folded → id; a mail is surer than a key, that than an alias."""
        if not self._names:
            self._names.update((alias, id) for alias, id in self.aliases.items() if id in self.persons)
            self._names.update((one.id, one.id) for one in self.persons.values())
            self._names.update((one.mail.casefold(), one.id) for one in self.persons.values() if one.mail)
        return self._names

    def called(self) -> Iterator[str]:
        """What people and their entries are called anywhere: ids, mails, aliases, logins, fingerprints."""
        yield from self.aliases
        for person in self.persons.values():
            yield from (person.id, person.mail, person.fingerprint, *person.aliases, *person.logins.values())

    def find(self, name: str) -> Person | None:
        """The person of this id, alias or former mail."""
        key = name.strip().casefold()
        return self.persons.get(key) or self.persons.get(self.aliases.get(key, ""))
