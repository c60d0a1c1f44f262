"""seatwise.yaml → Settings. Secrets stand in it by name only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from seatwise.core.document import List, Map
from seatwise.core.model import WHERE_KEYS, Account, Level, PeopleSource, Person, Place, Settings, Status
from seatwise.core.near import near
from seatwise.core.parse.parsed import File
from seatwise.core.parse.values import bare, duration, folded, selector, share, texts

FIELDS = frozenset(Person.__struct_fields__) - {"id", "extra"} | {"upn"}
"""Fields of a person that a column can fill; any other is only for `where`."""
SECRET_KEY = re.compile(r"(token|secret|password|passwd|(api|private|access|client)_?key)$", re.IGNORECASE)
SECRET_VALUE = re.compile(
    r"(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|eyJ[\w-]+\.|AKIA[A-Z0-9]{12}|sk-[\w-]{16}|-----BEGIN)"
)
KEPT = ("seatwise/control", "seatwise/bodies", "seatwise/approvals")
"""Branches, and folders of them, that belong to the journal whatever its prefix is."""
SECRET_NAME = re.compile(r"env:[A-Z_][A-Z0-9_]*")


def settings(file: File) -> Settings:
    """The settings of the repository."""
    document, journal, people = (
        file.document,
        file.document.get("journal") or Map(),
        file.document.get("people") or Map(),
    )
    _zone(file)
    _secrets(file, document)
    _prefix(file, journal)
    return Settings(
        file.text("timezone") or "UTC",
        people.get("key", "mail"),
        tuple(_source(file, name, body, line) for name, body, line in _named(people.get("sources"))),
        {name: _account(file, name, body, line) for name, body, line in _named(document.get("accounts"))},
        journal.get("prefix", "seatwise/journal"),
        journal.get("remote", "origin"),
        journal.get("since", ""),
        journal.get("key", ""),
        journal.get("sign", ""),
        texts(journal.get("signers")),
        journal.get("mirror", ""),
        texts(journal.get("heads")),
        texts(document.get("forge")) or {"kind": "none"},
        tuple(bare(one) for one in document.get("notify", ())),
        file.text("branch") or "main",
        file.place,
    )


def _named(bodies: Map | None) -> Iterator[tuple[str, Map, int]]:
    bodies = bodies or Map()
    return ((name, body, bodies.at(name)) for name, body in bodies.items())


def _account(file: File, name: str, body: Map, line: int) -> Account:
    _columns(file, body.get("where") or Map())
    if "practice" in body and body.get("vendor") != "table":
        file.tell("wrong-value", body.at("practice"), "'practice' is only for vendor table", "delete it")
    config = {key: bare(value) for key, value in body.items() if key not in ("vendor", "where", "age", "practice")}
    age = duration(body["age"]) if "age" in body else None
    place = Place(file.path, line)
    return Account(
        name, str(body.get("vendor", "")), config, place, selector(body.get("where")), age, body.get("practice", False)
    )


def _columns(file: File, where: Map) -> None:
    for key in where:
        file.note("column", folded(key), where.at(key))


def _source(file: File, name: str, body: Map, line: int) -> PeopleSource:
    complete, mapped = body.get("complete") or Map(), body.get("map") or Map()
    logins = mapped.get("logins") or Map()
    for account in logins:
        file.note("login", account, logins.at(account))
    file.note("account", str(body.get("account", "")), body.at("account"))
    columns = {folded(key): value for key, value in mapped.items() if key != "logins"}
    _fields(file, mapped)
    return PeopleSource(
        name,
        str(body.get("kind", "")),
        {key: bare(value) for key, value in body.items() if key not in ("kind", "complete", "map", "only_fills")},
        Place(file.path, line),
        {key: _column(value) for key, value in columns.items()},
        {key: texts(value["codes"]) for key, value in columns.items() if isinstance(value, Map) and "codes" in value},
        texts(logins),
        complete.get("rows", 1),
        share(complete["shrink"]) if "shrink" in complete else Decimal("0.03"),
        duration(complete["age"]) if "age" in complete else None,
        tuple(body.get("only_fills", ())),
    )


def _column(value: str | Map) -> str:
    return value if isinstance(value, str) else str(value.get("column", ""))


def _fields(file: File, mapped: Map) -> None:
    """Tells a field that is probably misspelled, and a status that we don't have."""
    for key in mapped:
        meant = near(key, FIELDS) if folded(key) not in FIELDS else ""
        if meant:
            what = f"{key!r} is no field of people; it can only be used in where"
            file.tell("near-field", mapped.at(key), what, f"did you mean {meant}?", level=Level.WARN)
    codes = mapped.get("status", {})
    codes = codes.get("codes", Map()) if isinstance(codes, Map) else Map()
    for code, status in codes.items():
        if status not in set(Status):
            file.tell(
                "wrong-value",
                codes.at(code),
                f"{status!r} is no status",
                near(status, Status) or f"one of {', '.join(Status)}",
            )


def _zone(file: File) -> None:
    name = file.document.get("timezone", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        file.tell(
            "wrong-value",
            file.document.at("timezone"),
            f"{name!r} is no time zone",
            "an IANA name, such as Europe/Berlin",
        )


def _prefix(file: File, journal: Map) -> None:
    """Tells a prefix whose branches git could not keep beside the default branch, or that others of ours have."""
    prefix, default = journal.get("prefix", ""), file.text("branch") or "main"
    taken = next((one for one in (default, *KEPT) if collide(prefix, one)), "")
    if taken:
        what = (
            f"journal.prefix {prefix!r} collides with {'the default branch' if taken == default else 'branch'} {taken}"
        )
        file.tell("wrong-value", journal.at("prefix"), what, "prefix: seatwise/journal")


def collide(one: str, other: str) -> bool:
    """Whether two branches are one, or one is a folder that the other stands in; some systems don't tell cases apart."""
    one, other = f"{one.casefold()}/", f"{other.casefold()}/"
    return one.startswith(other) or other.startswith(one)


def _secrets(file: File, value: Any, key: str = "", line: int = 1) -> None:
    """Tells every secret that stands in the file itself; its text is never repeated."""
    if isinstance(value, Map):
        for name, below in value.items():
            _secrets(file, below, name, value.at(name))
    elif isinstance(value, List):
        for below, at in zip(value, value.lines, strict=True):
            _secrets(file, below, key, at)
    elif isinstance(value, str) and _reveals(key, value):
        fix = f"{key}: env:NAME, and change the secret: git remembers it"
        file.tell("secret", line, f"{key!r} holds a secret itself, not its name", fix)


def _reveals(key: str, text: str) -> bool:
    named = SECRET_KEY.search(key) and not SECRET_NAME.fullmatch(text)
    return bool(named or SECRET_VALUE.match(text))


def known_columns(settings: Settings) -> frozenset[str]:
    """Every key that a `where` may name: fields of people, and further columns that a source maps."""
    mapped = {folded(key) for source in settings.sources for key in (*source.columns, *source.only_fills)}
    return WHERE_KEYS | mapped
