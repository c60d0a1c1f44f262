"""A change → what GitHub would say no to, without asking it."""

from __future__ import annotations

from seatwise.core.model.change import Change
from seatwise.edges.http import Answer, Refused


def objection(sku: str, change: Change) -> Refused | None:
    """None: there is none."""
    none = Answer(0, {}, b"")
    if change.after is not None and change.after.sku != sku:
        return Refused(f"sells no {change.after.sku!r}", none, f"it sells {sku}")
    if change.after is not None and change.after.options:
        return Refused(f"knows no option {change.after.options[0][0]!r}", none, "leave it out")
    if not change.login:
        return Refused(f"{change.who} has no login here", none, "fill the login in the people source")
    return None
