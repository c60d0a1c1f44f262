"""Settings → the names of the secrets that a run needs, and who needs each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seatwise.core.model import Settings


def users(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Name of a secret → what of seatwise.yaml names it; without the forge's token."""
    found: dict[str, dict[str, None]] = {}
    for what, value in _connections(settings):
        for name in _named(value):
            found.setdefault(name, {})[what] = None
    return {name: tuple(whats) for name, whats in sorted(found.items())}


def _connections(settings: Settings) -> Iterator[tuple[str, Any]]:
    yield from ((f"account {one.id}", one.config) for one in settings.accounts.values())
    yield from ((f"people source {one.id}", one.config) for one in settings.sources)
    yield from (("journal.key", settings.journal_key), ("journal.sign", settings.journal_sign))


def _named(value: Any) -> Iterator[str]:
    """The NAME of every `env:NAME` in it."""
    if isinstance(value, str) and value.startswith("env:"):
        yield value.removeprefix("env:")
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _named(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _named(part)
