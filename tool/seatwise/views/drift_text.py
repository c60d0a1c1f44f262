"""Drift → text: what was added, removed and changed there, by license, and what can be done about it. And its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from seatwise.core import canon
from seatwise.core.drift import Drifted, Found, Scope
from seatwise.core.model import DriftKind
from seatwise.views import words

MOST = 8
"""Holders shown of a kind."""


def found(drift: Found, *, everything: bool = False) -> str:
    """Everything that was found; `everything`: every holder by name."""
    lines = [line for scope in drift.scopes for line in _scope(scope, everything=everything)]
    lines += [line for one in drift.unread for line in _unread(one.account, one.what, one.fix)]
    lines += [f"No snapshot kept of {words.text(one)}" for one in drift.unrecorded]
    return "\n".join([_head(drift), *lines]) + "\n"


def shape(drift: Found) -> dict[str, Any]:
    """The answer as JSON has it: each finding with its counts, and how the command ends."""
    plain: dict[str, Any] = canon.plain(drift)
    for name, scopes in (("scopes", drift.scopes), ("clean", drift.clean)):
        plain[name] = [{**one, "counts": scope.counts} for one, scope in zip(plain[name], scopes, strict=True)]
    return {"findings": plain.pop("scopes"), **plain, "exit": int(drift.exit)}


def _head(drift: Found) -> str:
    seats = sum(len(scope.seats) for scope in drift.scopes)
    clean = f"{words.count(len(drift.clean), 'license')} without drift"
    if not seats:
        return f"No drift. {clean}" if not drift.unread else clean
    licenses = words.count(len(drift.scopes), "license")
    return f"{words.count(seats, 'seat differs', 'seats differ')} in {licenses}; {clean}"


def _scope(scope: Scope, *, everything: bool) -> Iterator[str]:
    said = ", ".join(f"{count} {kind}" for kind, count in scope.counts.items() if count)
    yield f"{words.text(scope.license)} at {words.text(scope.account)}: {said}  [{scope.fingerprint}]"
    left_out = words.domain([seat.who for seat in scope.seats if seat.known])
    for kind in DriftKind:
        seats = [seat for seat in scope.seats if seat.kind is kind]
        shown = seats if everything else seats[:MOST]
        yield from (f"  {kind}  {_seat(seat, left_out)}" for seat in shown)
        if more := len(seats) - len(shown):
            yield f"  {kind}  and {more:,} more: -v names them"
    yield from (f"  {way}: {command} --reason TEXT" for way, command in scope.ways)


def _seat(seat: Drifted, left_out: str) -> str:
    stranger = f"{words.text(seat.login or seat.who)} (nobody in HR)"
    who = words.person(seat.who, left_out) if seat.known else stranger
    options = f"  has {_options(seat)}" if seat.kind is DriftKind.CHANGED else ""
    return f"{who}{options}{_since(seat.since, seat.after)}"


def _options(seat: Drifted) -> str:
    shown: Mapping[str, Any] = canon.options_map(seat.options)
    parts: Sequence[str] = [f"{name} {'/'.join(v) if isinstance(v, list) else v}" for name, v in shown.items()]
    return words.text(", ".join(parts) or "no options")


def _since(since: datetime | None, after: datetime | None) -> str:
    if since and after:
        return f"  between {_moment(after)} and {_moment(since)}"
    if since:
        return f"  at {_moment(since)} or before"
    return f"  after {_moment(after)}" if after else ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _unread(account: str, what: str, fix: str) -> Iterator[str]:
    yield f"Account {words.text(account)} can't be read: {words.text(what)}"
    if fix:
        yield f"  {words.text(fix)}"
