"""What a message advises → the whole command, ready to paste."""

from __future__ import annotations

from seatwise.core import canon


def acknowledge(limit: str, *, asks: str = "", source: str = "") -> str:
    """The command that acknowledges a limit, for exactly these asks or this reading of people. It asks for the reason."""
    bound = f" --asks {canon.short(asks)}" if asks else f" --source {canon.short(source)}" if source else ""
    return f"seatwise ack new {limit}{bound}"
