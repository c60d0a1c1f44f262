"""What explain found → text: per seat what is held, what should be, why, where that stands, what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from seatwise.core.model import ClaimState, Explained, Fact
from seatwise.views import words

MOST = 20
"""Seats shown of a license that many hold; those to which something happens come first."""
CLAIMS = {
    ClaimState.OURS: "ours",
    ClaimState.MISSING: "ours, and gone at the vendor (drift)",
    ClaimState.NONE: "not ours: nobody asked for it here",
}


def explain(explained: Explained, *, today: date, width: int = 100, everything: bool = False) -> str:
    """One paragraph a seat, in at most `width` columns."""
    facts = sorted(explained.facts, key=lambda fact: (not fact.next, not fact.note, fact.license, fact.who))
    shown = facts if everything else facts[:MOST]
    lines = words.wrap(words.text(explained.title or explained.subject), width, rest="  ")
    for fact in shown:
        lines += ["", *_seat(explained, fact, today, width)]
    if not facts:
        lines += words.wrap("Holds nothing, is asked nothing, and nothing will happen.", width)
    if len(facts) > len(shown):
        lines += ["", f"… {words.count(len(facts) - len(shown), 'seat')} more: explain --all"]
    return "\n".join(lines) + "\n"


def _seat(explained: Explained, fact: Fact, today: date, width: int) -> Iterator[str]:
    names = [words.text(name) for name in (fact.license, fact.who) if name and name != explained.subject]
    head = " · ".join(names) or words.text(explained.subject)
    yield from words.wrap(f"{head}: {_state(fact)}", width, rest="  ")
    for name, what in _about(fact, today):
        yield from words.wrap(what, width, first=f"  {words.pad(name, 6)}", rest="        ")


def _state(fact: Fact) -> str:
    """What should be and what is, in one breath."""
    if fact.actual:
        how = "" if fact.actual == "direct" else f" ({words.text(fact.actual)})"
        return f"held{how}, {'as asked' if fact.asked else 'not asked'}"
    return "asked, not held" if fact.asked else "neither asked nor held"


def _about(fact: Fact, today: date) -> Iterator[tuple[str, str]]:
    place = words.text(fact.place) if fact.place else ""
    why = ", ".join(part for part in (words.text(fact.why), place) if part)
    if why:
        yield "why", why
    if fact.since:
        yield "since", words.day(fact.since, today)
    if fact.actual or fact.claim is ClaimState.MISSING:
        yield "claim", CLAIMS[fact.claim]
    if fact.last_used:
        yield "used", f"last on {words.day(fact.last_used, today)}, {_ago(fact.last_used, today)}"
    yield "next", words.text(fact.next or fact.note) or "nothing"
    if fact.next and fact.note:
        yield "note", words.text(fact.note)


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    return "today" if days <= 0 else f"{words.count(days, 'day')} ago"
