"""Lost journals → what they are begun anew with, and the next command."""

from __future__ import annotations

from seatwise.core.recovery import Recovered, Recovery
from seatwise.views import words


def recovery(found: Recovery) -> str:
    """One line for each journal."""
    lines = [f"In force: {found.commit[:9]}"]
    if found.admissions:
        lines.append("admissions: lost; what is in force is taken to be approved")
    lines += [f"{words.text(one.account)}: lost; {_seats(one)}" for one in found.accounts]
    lines.append(
        "Written; nothing was called. next: seatwise plan"
        if found.written
        else "Nothing was written. First look for a clone that still has the journal; there is none? The same with --yes"
    )
    return "\n".join(lines) + "\n"


def _seats(one: Recovered) -> str:
    ours, drift = words.count(one.ours, "seat"), words.count(one.drift, "seat")
    return f"{ours} asked and there become ours, {drift} asked and not there are drift, {one.unlisted} unlisted"
