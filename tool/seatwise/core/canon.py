"""Nouns ↔ canonical JSON: what is stored, hashed and approved does not depend on order, notes or the machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import msgspec
import rfc8785

from seatwise.core.model import Change, Exit, Options, Plan, RowChange, Step, Stop, Value

FORMAT_VERSION = "1.0"
"""Of plan.json: minor additions are compatible, another major is refused."""


MOST_WHOLE = 2**53 - 1
"""The largest whole number that RFC 8785 can write."""
_encoder = msgspec.json.Encoder(order="sorted")


def plain(value: Any) -> Any:
    """What JSON can say of a noun: fields by name, times in UTC, amounts as strings, options as an object.

    It omits nothing; sets are sorted.
    """
    noun: Any = type(value)
    return _shower(noun)(value)


@cache
def _shower(kind: Any) -> Callable[[Any], Any]:
    for base, show in _SHOWN.items():
        if issubclass(kind, base):
            return show
    return _noun_shower(kind)


def _noun_shower(noun: type) -> Callable[[Any], Any]:
    """Shows every field of a noun; options are told from other tuples by their declared type."""
    shown = [(name, options_map if declared == "Options" else plain) for name, declared in _fields(noun)]
    return lambda value: {name: show(getattr(value, name)) for name, show in shown}


def _fields(noun: type) -> Iterator[tuple[str, str]]:
    if is_dataclass(noun):
        return ((field.name, str(field.type)) for field in fields(noun))
    if issubclass(noun, msgspec.Struct):
        return ((name, str(noun.__annotations__[name])) for name in noun.__struct_fields__)
    raise TypeError(f"{noun.__name__} has no JSON form")


def _same(value: Any) -> Any:
    return value


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_SHOWN: Mapping[type, Callable[[Any], Any]] = {
    Enum: lambda value: value.value,
    str: _same,
    int: _same,
    float: _same,
    type(None): _same,
    Decimal: str,
    datetime: _instant,
    date: date.isoformat,
    time: lambda value: f"{value:%H:%M}",
    Mapping: lambda value: {str(key): plain(value[key]) for key in sorted(value, key=str)},
    tuple: lambda value: [plain(item) for item in value],
    list: lambda value: [plain(item) for item in value],
    frozenset: lambda value: sorted(plain(item) for item in value),
    set: lambda value: sorted(plain(item) for item in value),
}
"""Tried in this order, for an enum may be a string and a datetime is a date."""


def instant(text: str) -> datetime:
    """The time that `plain` wrote, aware, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> date:
    """The day that `plain` wrote."""
    return date.fromisoformat(text)


def options(values: Mapping[str, Any]) -> Options:
    """The options of a seat in the one form that compares equal: sorted by name, lists as sorted tuples."""
    return tuple((name, _option(values[name])) for name in sorted(values))


def _option(value: Any) -> Value:
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(sorted(str(item) for item in value))
    if isinstance(value, bool | int):
        return value
    return str(value)


def options_map(values: Options) -> dict[str, Any]:
    """Options as JSON can say them; `options` is the way back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


def canonical(value: Any) -> bytes:
    """RFC 8785: one byte string for one value."""
    return _canonical(plain(value))


def _canonical(value: Any) -> bytes:
    """Of what JSON can say. Text in ASCII, whole numbers and what is made of them msgspec writes alike, and much faster."""
    return _encoder.encode(value) if _is_simple(value) else rfc8785.dumps(value)


def _is_simple(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii()
    if isinstance(value, Mapping):
        return all(map(_is_simple, value)) and all(map(_is_simple, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_simple, value))
    return value is None or (isinstance(value, int) and abs(value) <= MOST_WHOLE)


def digest(value: Any) -> str:
    """`sha256:` and 64 hex digits over the canonical form."""
    return _sha256(canonical(value))


def short(digest: str) -> str:
    """The 12 hex digits that people are shown and acknowledgements name."""
    return digest.removeprefix("sha256:")[:12]


def ask_digest(changes: Iterable[RowChange]) -> str:
    """The digest that is approved: over the typed rows {kind, key, before, after}, sorted by their canonical form."""
    return _digest_of_set(
        {
            "kind": change.row.kind,
            "key": change.row.key,
            "before": change.before and change.before.value,
            "after": change.after and change.after.value,
        }
        for change in changes
    )


def plan_digest(changes: Iterable[Change]) -> str:
    """The digest of a plan's calls, for `apply plan.json` and for evidence; never for approval."""
    return _digest_of_set(
        {
            "verb": change.verb,
            "account": change.account,
            "who": change.who,
            "leaves": change.before and change.before.sku,
            "after": change.after and {"sku": change.after.sku, "options": options_map(change.after.options)},
        }
        for change in changes
    )


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The stable shape of plan.json (schemas/plan.json). Every change also says its verb."""
    shape = {"format_version": FORMAT_VERSION, **plain(plan)}
    for name, steps in (("steps", plan.steps), ("others", plan.others)):
        for raw, step in zip(shape[name], steps, strict=True):
            raw["change"]["verb"] = str(step.change.verb)
    return shape


def plan_from_json(raw: Mapping[str, Any]) -> Plan:
    """The plan that `plan_to_json` wrote; what a later minor version added is ignored. Stops at anything else."""
    version = raw.get("format_version") if isinstance(raw, Mapping) else None
    if not isinstance(version, str) or version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise Stop(
            Exit.ERROR, f"plan.json: format_version is {version!r}, this seatwise reads {FORMAT_VERSION}", "plan again"
        )
    try:
        steps = {name: _steps(raw[name]) for name in ("steps", "others")}
        return msgspec.convert({**raw, **steps}, Plan)
    except (msgspec.ValidationError, AttributeError, KeyError, TypeError) as error:
        raise Stop(Exit.ERROR, f"plan.json: is no plan: {error}", "plan again") from None


def _steps(raw: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(msgspec.convert({**step, "change": _change(step["change"])}, Step) for step in raw)


def _change(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {**raw, "before": _grant(raw["before"]), "after": _grant(raw["after"])}


def _grant(raw: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return raw and {**raw, "options": options(raw["options"])}


def _digest_of_set(values: Iterable[Any]) -> str:
    """RFC 8785 over the array of these JSON values, sorted by the canonical form of each."""
    return _sha256(b"[" + b",".join(sorted(_canonical(value) for value in values)) + b"]")


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
