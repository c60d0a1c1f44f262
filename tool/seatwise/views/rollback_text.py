"""How a commit is taken back → text: the seats first, then what stays, what to do by hand, and the next command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seatwise.core.back import Back
from seatwise.core.model import Verb
from seatwise.views import words

MOST = 10
SAYS = {Verb.ASSIGN: "give back", Verb.REVOKE: "take", Verb.SWAP: "swap back", Verb.CHANGE: "set back"}


def rollback(back: Back, *, width: int = 100) -> str:
    """In at most `width` columns."""
    lines = words.wrap(f"Take back {words.text(back.title)} ({back.commit[:9]})", width, rest="  ")
    for line in (*_seats(back), *_listed("Does not come back", back.stays), *_rows(back), *_next(back)):
        lines += words.wrap(line, width, rest="  ")
    return "\n".join(lines) + "\n"


def _seats(back: Back) -> Iterator[str]:
    verbs = Counter(change.verb for change in back.calls)
    said = ", ".join(f"{SAYS[verb]} {words.count(n, 'seat')}" for verb, n in verbs.items())
    parts = [said or "no call: nothing of it was carried out"]
    if back.forgets:
        parts.append(f"let {words.count(back.forgets, 'adopted seat')} go, no call")
    pace = (
        "at once, no window and no soak" if back.fast else "in stages, like any change: it closed more than 14 days ago"
    )
    yield f"Seats {' · '.join(parts)}"
    if back.calls:
        yield f"Pace {pace}"


def _rows(back: Back) -> Iterator[str]:
    yield f"Rows {words.count(len(back.undone), 'row')} taken back"
    yield from _listed("Changed by later commits, and left", back.superseded)
    yield from _listed("To be taken back by hand", back.by_hand)


def _listed(head: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        more = f" and {len(items) - MOST} more" if len(items) > MOST else ""
        yield f"{head}: {'; '.join(words.text(item) for item in items[:MOST])}{more}"


def _next(back: Back) -> Iterator[str]:
    if not back.branch:
        yield f"Nothing was written. To do it: seatwise rollback {back.commit[:9]}"
        return
    branch = words.text(back.branch)
    yield f"On branch {branch}. next: seatwise plan {branch}, then push it and open a pull request"
