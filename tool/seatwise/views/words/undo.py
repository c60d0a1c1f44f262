"""What a plan would lose → one sentence: until when all of it comes back as it was, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from seatwise.core.gist import Loss
from seatwise.views.words.figures import count, listed

COMES_BACK = {
    "new": ("comes back as a new one", "come back as new ones"),
    "lossy": ("comes back without its data", "come back without their data"),
    "none": ("does not come back", "do not come back"),
}
UNKNOWN = ("may come back as another", "may come back as others")


def undo(losses: Sequence[Loss], name: Callable[[str], str], day: Callable[[date], str], most: int) -> str:
    """`exact until 30 Nov; later 5 seats of copilot-business come back as new ones. No data is lost`, the first few of
    them each. `name` and `day` say a license and a day as the format has them."""
    if not losses:
        return "exact, nothing is lost"
    now = [_said(loss, name) for loss in losses if loss.exact_through is None]
    later = [_said(loss, name) for loss in losses if loss.exact_through]
    until = min((loss.exact_through for loss in losses if loss.exact_through), default=None)
    text = f"exact until {day(until)}" if until else "exact"
    text += f", but {listed(now, most)}" if now else ""
    text += f"; later {listed(later, most)}" if later else ""
    return text + (". No data is lost" if all(loss.undo == "new" for loss in losses) else "")


def comes_back(undo: str, seats: int) -> str:
    """What becomes of that many seats when they are given back, by the vendor's `undo`."""
    return COMES_BACK.get(undo, UNKNOWN)[seats != 1]


def _said(loss: Loss, name: Callable[[str], str]) -> str:
    return f"{count(loss.seats, 'seat')} of {name(loss.license)} {comes_back(loss.undo, loss.seats)}"
