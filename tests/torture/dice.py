"""How long the torture is. SEATWISE_TORTURE=N: each theme is played at every place, and N times with dice of its own."""

from __future__ import annotations

import os
import secrets

GAMES = int(os.environ.get("SEATWISE_TORTURE", "0"))
LONG = GAMES > 0


def games(short: int) -> list[int]:
    """A seed for each game; the suite's are always the same."""
    return [secrets.randbelow(10**9) for _ in range(GAMES)] if LONG else [short]
