"""Accounts and vendors → text: one paragraph or line each."""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core.model import Account, Holding, VendorInfo
from seatwise.views import words

Line = tuple[str, VendorInfo, str, str]
"""Account, its vendor's info, what was found, how to mend it."""


def accounts(found: Sequence[Account]) -> str:
    """Account and vendor, one a line."""
    return "".join(f"{words.text(a.id)}  {words.text(a.vendor)}  {a.place}\n" for a in found) or "no accounts\n"


def said(skus: int, seats: int, failure: str, missing: Sequence[str]) -> str:
    """What a check found, in one phrase."""
    if failure:
        return f"can't be read: {failure}"
    lacks = f"; sells no {', '.join(missing)}" if missing else ""
    return f"read whole: {words.count(seats, 'seat')} of {words.count(skus, 'sku')}{lacks}"


def checked(lines: Sequence[Line]) -> str:
    """What each account answered."""
    return "".join(_checked(*line) for line in lines) or "no accounts\n"


def holdings(found: Sequence[Holding]) -> str:
    """Each sku with its pool, then its seats."""
    return "".join(_holding(holding) for holding in found)


def imported(done: Sequence[tuple[str, str, Sequence[str], Sequence[str]]]) -> str:
    """License, path, people written, logins that fit nobody."""
    return "".join(_imported(*one) for one in done) + "next: seatwise validate, then seatwise plan\n"


def vendors(infos: Sequence[VendorInfo]) -> str:
    """A table: vendor, what revoking means, what comes back, how it was verified."""
    rows = [
        ("vendor", "revoking", "given back", "verified against"),
        *((i.name, i.takes, i.undo, i.verified) for i in infos),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join("  ".join(words.pad(c, w) for c, w in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows)


def _checked(account: str, info: VendorInfo, what: str, fix: str) -> str:
    mend = f"  fix: {words.text(fix)}\n" if fix else ""
    return f"{words.text(account)} ({words.text(info.name)}): {words.text(what)}\n{mend}"


def _holding(holding: Holding) -> str:
    of = "" if holding.pool.bought is None else f" of {holding.pool.bought}"
    head = f"{words.text(holding.sku)}: {holding.pool.used}{of} in use\n"
    return head + "".join(f"  {words.text(s.login)}  {s.origin}  {s.pending}".rstrip() + "\n" for s in holding.seats)


def _imported(license: str, path: str, added: Sequence[str], unknown: Sequence[str]) -> str:
    people = "1 person" if len(added) == 1 else f"{len(added)} people"
    left = f"; left out, nobody in HR: {', '.join(map(words.text, unknown))}" if unknown else ""
    return f"{words.text(license)}: {people} written to {words.text(path)}{left}\n"
