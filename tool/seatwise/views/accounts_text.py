"""Accounts and vendors → text: one paragraph or line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seatwise.core.access import Checked, advice
from seatwise.core.model import Account, Holding, VendorInfo
from seatwise.views import words


def accounts(found: Sequence[Account]) -> str:
    """Account and vendor, one a line."""
    return "".join(f"{words.text(a.id)}  {words.text(a.vendor)}  {a.place}\n" for a in found) or "no accounts\n"


def said(found: Checked) -> str:
    """What a check found, in one phrase."""
    if found.failure:
        return f"can't be read: {found.failure}"
    lacks = f"; sells no {', '.join(found.missing)}" if found.missing else ""
    return f"read whole: {words.count(found.seats, 'seat')} of {words.count(found.skus, 'sku')}{lacks}"


def checked(found: Iterable[Checked]) -> str:
    """What each account answered, as whom it was asked, and what that one may not do, or need not."""
    return "".join("".join(f"{line}\n" for line in _checked(one)) for one in found) or "no accounts\n"


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


def _checked(found: Checked) -> Iterator[str]:
    yield f"{words.text(found.account)} ({words.text(found.info.name)}): {words.text(said(found))}"
    if found.fix:
        yield f"  fix: {words.text(found.fix)}"
    if found.who:
        yield f"  as: {words.text(found.who)}"
    if found.lacks is not None:
        for what, fix in advice(found.lacks):
            yield f"  {words.text(what)}\n  fix: {words.text(fix)}"


def _holding(holding: Holding) -> str:
    of = "" if holding.pool.bought is None else f" of {holding.pool.bought}"
    head = f"{words.text(holding.sku)}: {holding.pool.used}{of} in use\n"
    return head + "".join(f"  {words.text(s.login)}  {s.origin}  {s.pending}".rstrip() + "\n" for s in holding.seats)


def _imported(license: str, path: str, added: Sequence[str], unknown: Sequence[str]) -> str:
    people = "1 person" if len(added) == 1 else f"{len(added)} people"
    left = f"; left out, nobody in HR: {', '.join(map(words.text, unknown))}" if unknown else ""
    return f"{words.text(license)}: {people} written to {words.text(path)}{left}\n"
