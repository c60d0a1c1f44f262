"""When something was read, and how old it may be → what is wrong with it."""

from __future__ import annotations

from datetime import datetime

from seatwise.core.model import Duration


def wrong(as_of: datetime | None, limit: Duration, now: datetime) -> str:
    """Nothing, where it is young enough."""
    if as_of is None:
        return "nobody knows how old its reading is"
    if now - as_of > limit.delta():
        return f"its reading is of {as_of:%Y-%m-%d %H:%M}, older than {limit}"
    return ""
