"""A license's file, or one team's split of it → License, or its Assignments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from seatwise.core.document import Map
from seatwise.core.model import Assignment, Fate, License, LicenseType, Lot, Metric, Mode, Never, Place, Reassert
from seatwise.core.parse.assignment import assignments
from seatwise.core.parse.parsed import File
from seatwise.core.parse.values import day, duration, fate, folded, options, price

One = TypeVar("One", Never, Reassert)


def license(file: File) -> License:
    """The license with the assignments of its own file."""
    document = file.document
    return License(
        file.id,
        file.text("product"),
        LicenseType(document.get("type", "subscription")),
        Metric(document.get("metric", "named-user")),
        file.refer("owner", "owner"),
        Mode(document.get("mode", "observe")),
        file.place,
        account=file.refer("account", "account"),
        sku=file.text("sku"),
        contract=file.refer("contract", "contract"),
        charge=document.get("charge", "holder"),
        billed=document.get("billed", "quantity"),
        one_of=file.text("one_of"),
        rank=document.get("rank", 0),
        requires=file.refer_all("license", "requires"),
        includes=file.refer_all("license", "includes"),
        options=options(document.get("options")),
        lots=_lots(file),
        assignments=assignments(file, "assignments"),
        never=_rows(file, "never", _excluded),
        reassert=_rows(file, "reassert", _put_right),
        volunteers=tuple(sorted(map(folded, document.get("pilot", {}).get("volunteers", ())))),
        when_left=_fate(file, "when_left", "revoke"),
        when_leave=_fate(file, "when_leave", "keep"),
        idle={key: duration(text) for key, text in document.get("idle", {}).items()},
        data=file.text("data"),
        retired=document.get("retired", False),
    )


def split(file: File) -> tuple[Assignment, ...]:
    """One team's assignments; the license that they belong to is a reference."""
    file.refer("license", "assignments_of")
    return assignments(file, "assignments") or ()


def _fate(file: File, key: str, default: str) -> Fate:
    found = fate(file.document.get(key, default))
    file.note("license", found.to, file.document.at(key))
    return found


def _lots(file: File) -> tuple[Lot, ...]:
    named = file.document.get("entitlements") or Map()
    return tuple(_lot(file, name, body, named.at(name)) for name, body in named.items() if "quantity" in body)


def _lot(file: File, name: str, body: Map, line: int) -> Lot:
    start, through = day(body, "start"), day(body, "through")
    if start and through and through < start:
        file.tell(
            "dates",
            body.at("through"),
            f"lot {name!r} ends on {through}, before it starts on {start}",
            "correct one of the two",
        )
    return Lot(
        name,
        body.get("type", "initial"),
        body["quantity"],
        price(body["price"]) if "price" in body else None,
        str(body.get("po", "")),
        start,
        through,
        body.get("state") == "ordered",
        Place(file.path, line),
    )


def _rows(file: File, key: str, read: Callable[[File, str | Map, int], One]) -> tuple[One, ...]:
    """The rows of one of the license's own lists, each person once."""
    rows = file.document.get(key) or ()
    found = [read(file, row, line) for row, line in zip(rows, getattr(rows, "lines", ()), strict=True) if row]
    seen: dict[str, One] = {}
    for one in found:
        if one.person in seen:
            what = f"{one.person} is already under {key}, line {seen[one.person].place.line}"
            file.tell("person-twice", one.place.line, what, "keep one", key=one.person)
        seen.setdefault(one.person, one)
    return tuple(seen.values())


def _excluded(file: File, row: str | Map, line: int) -> Never:
    name, body = _row(row)
    return Never(folded(name), str(body.get("reason", "")), day(body, "through"), Place(file.path, line))


def _put_right(file: File, row: str | Map, line: int) -> Reassert:
    name, body = _row(row)
    return Reassert(folded(name), str(body.get("at", "")), str(body.get("reason", "")), Place(file.path, line))


def _row(row: str | Map) -> tuple[str, Map]:
    return (row, Map()) if isinstance(row, str) else next(iter(row.items()))
