"""Texts that the schemas let pass → typed values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from seatwise.core.document import List, Map
from seatwise.core.model import Duration, Fate, Options, Price, Selector, Terms


def folded(name: str) -> str:
    """A person's key or an attribute as it is compared: trimmed, case folded."""
    return name.strip().casefold()


def day(document: Map, key: str) -> date | None:
    """The day under a key."""
    return date.fromisoformat(document[key]) if key in document else None


def duration(text: str) -> Duration:
    """`90 days`, `1 day`."""
    count, unit = text.split()
    return Duration(int(count), unit.removesuffix("s") + "s")


def price(text: str) -> Price:
    """`19.00 USD / month` or `400.00 EUR once`."""
    amount, currency, *per = text.replace("/", " ").split()
    return Price(Decimal(amount), currency, per[0])


def share(text: str) -> Decimal:
    """`3%` as 0.03."""
    return Decimal(text.removesuffix("%")) / 100


def fate(text: str) -> Fate:
    """`keep`, `revoke`, `revoke after 60 days` or `swap to figma-view`."""
    do, _, rest = text.partition(" ")
    if do == "swap":
        return Fate("swap", to=rest.removeprefix("to "))
    return Fate(do, after=duration(rest.removeprefix("after ")) if rest else None)


def options(document: Map | None) -> Options:
    """Sorted by name; lists are sorted tuples."""
    listed = (
        (name, tuple(sorted(value)) if isinstance(value, list) else value) for name, value in (document or {}).items()
    )
    return tuple(sorted(listed))


def selector(document: Map | None) -> Selector | None:
    """Canonical: keys and values trimmed, case folded, sorted, each once."""
    if not document:
        return None
    keys: dict[str, set[str]] = {}
    for key, values in document.items():
        keys.setdefault(folded(key), set()).update(map(folded, [values] if isinstance(values, str) else values))
    return Selector(tuple((key, tuple(sorted(values))) for key, values in sorted(keys.items())))


def terms(document: Map) -> Terms:
    """What a person's row says beyond the name."""
    return Terms(day(document, "through"), options(document.get("options")), str(document.get("note", "")))


def texts(document: Map | None) -> dict[str, str]:
    """A mapping of texts without its lines."""
    return {key: str(value) for key, value in (document or {}).items()}


def bare(value: Any) -> Any:
    """The value without lines."""
    if isinstance(value, Map):
        return {key: bare(item) for key, item in value.items()}
    return [bare(item) for item in value] if isinstance(value, List) else value
