"""A review → seats that its changes take, seats that went lately, and whether that passes a limit.

Rules (semantics §6):
- A limit of two is passed when the number and the share are both passed. Exactly at the limit is not over it.
- Shares mean nothing in a small pool: below ten seats at most two may go.
- What counts lately is done in the last 24 hours, or admitted and still to be sent: a cap for one run means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from seatwise.core.holds import license_of
from seatwise.core.model import Change, Done, Lane, License, Review, Verb
from seatwise.core.terms import price

SMALL = 10
FEW = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """So many seats, and so large a share of all."""

    seats: int
    share: Decimal

    def passed(self, count: int, total: int) -> bool:
        """Whether taking so many of so many is too much."""
        if total < SMALL:
            return count > FEW
        return count > self.seats and count > self.share * total

    def outgrown(self, count: int, total: int) -> bool:
        """Whether giving so many is too much; a pool may grow from nothing, so small ones are no exception."""
        return count > self.seats and count > self.share * total

    def __str__(self) -> str:
        return f"{self.seats} seat{'' if self.seats == 1 else 's'} and {shown(self.share)}"


def bulk(sizes: Mapping[str, int], held: Mapping[str, int], limit: Limit) -> bool:
    """Whether so many seats moved per license need stages: too many in all, or a share reached in one license."""
    return sum(sizes.values()) > limit.seats or any(_much(n, held.get(id, 0), limit) for id, n in sizes.items())


def takes(review: Review, changes: Iterable[Change], counts: Collection[str]) -> Counter[str]:
    """License → seats of it that these changes take, as far as that kind of loss counts: revoke, downgrade."""
    return Counter(c.before.license for c in changes if c.before and loss(review, c) in counts)


def lately(review: Review, lanes: Collection[Lane], counts: Collection[str]) -> Counter[str]:
    """License → seats that these lanes took in the last 24 hours, or have admitted and still to take."""
    return Counter(done.license for done in review.past if done.lane in lanes and _lost(done) in counts)


def seats(review: Review, license: str) -> int:
    """Seats that the license had 24 hours ago: those held now, and those taken since."""
    held = review.figures[license].held if license in review.figures else 0
    taken = (d for d in review.past if d.license == license and d.verb is not Verb.ASSIGN and not d.pending)
    return held + sum(1 for _ in taken)


def loss(review: Review, change: Change) -> str:
    """What the holder loses: revoke, downgrade (to a lower rank or price, or one that nobody knows), or nothing."""
    if change.verb is Verb.REVOKE:
        return "revoke"
    if change.verb is not Verb.SWAP or change.before is None or change.after is None:
        return ""
    left, reached = license_of(review, change.before.license), license_of(review, change.after.license)
    return "downgrade" if left is None or reached is None or _lower(review, left, reached) else ""


def shown(share: Decimal) -> str:
    """`34 %`: whole, for people."""
    return f"{round(share * 100)} %"


def percent(part: int, whole: int) -> str:
    return shown(Decimal(part) / whole) if whole else "all"


def _much(size: int, held: int, limit: Limit) -> bool:
    if held < SMALL:
        return size > FEW
    return size > 0 and size >= limit.share * held


def _lost(done: Done) -> str:
    """As `loss`, of what the journal says."""
    if done.verb is Verb.REVOKE:
        return "revoke"
    return "downgrade" if done.verb is Verb.SWAP and done.downgrade else ""


def _lower(review: Review, left: License, reached: License) -> bool:
    if left.one_of and left.one_of == reached.one_of and reached.rank < left.rank:
        return True
    old, new = price(left, review.today), price(reached, review.today)
    if old and new and old.currency == new.currency:
        return new.monthly() < old.monthly()
    return not (left.one_of and left.one_of == reached.one_of)
