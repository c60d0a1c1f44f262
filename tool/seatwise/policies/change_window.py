"""What takes many seats goes when people are not at work, so that a mistake is found before Monday.

It keeps back the takes and swaps of bulk changesets, stage by stage, until the window of each holder's own time zone; gives,
small changesets, exact reverts, leavers and expiries never wait. `seatwise plan` shows when each stage opens. Can't wait? An
acknowledgement lets exactly these asks go at once (`seatwise ack new change-window`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from seatwise.core import params
from seatwise.core.model import Finding, Level, Policy, Review
from seatwise.core.windows import WEEK, WINDOW

ID = WINDOW
LEVEL = Level.HOLD
PARAMS = params.record(
    "When bulk takes and swaps may go, on the clock of each holder",
    days=params.listing("Days of the week", params.choice("A day", WEEK), least=1),
    opens=params.clock("From this time on"),
    closes=params.clock("Until then; a time that is not later than `opens` is of the next day"),
)
DEFAULTS = {"days": ("saturday", "sunday"), "opens": time(4), "closes": time(20)}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """None: what waits for its window is in its stage, and the plan says when it opens."""
    return iter(())
