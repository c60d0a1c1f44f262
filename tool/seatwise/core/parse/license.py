"""A license's file, or one team's split of it → License, or its Assignments."""

from __future__ import annotations

from seatwise.core.document import Map
from seatwise.core.model import Assignment, Fate, License, LicenseType, Lot, Metric, Mode, Never, Place
from seatwise.core.parse.assignment import assignments
from seatwise.core.parse.parsed import File
from seatwise.core.parse.values import day, duration, fate, folded, options, price


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
        never=_never(file),
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


def _never(file: File) -> tuple[Never, ...]:
    rows = file.document.get("never") or ()
    found = [_excluded(file, row, line) for row, line in zip(rows, getattr(rows, "lines", ()), strict=True) if row]
    seen: dict[str, Never] = {}
    for never in found:
        if never.person in seen:
            what = f"{never.person} is already under never, line {seen[never.person].place.line}"
            file.tell("person-twice", never.place.line, what, "keep one", key=never.person)
        seen.setdefault(never.person, never)
    return tuple(seen.values())


def _excluded(file: File, row: str | Map, line: int) -> Never:
    name, body = (row, Map()) if isinstance(row, str) else next(iter(row.items()))
    return Never(folded(name), str(body.get("reason", "")), day(body, "through"), Place(file.path, line))
