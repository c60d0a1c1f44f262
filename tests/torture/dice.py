"""How long the torture is. SEATWISE_TORTURE=N: each theme is played at every place, and N times with dice of its own."""

from __future__ import annotations

import os
import secrets
from random import Random

GAMES = int(os.environ.get("SEATWISE_TORTURE", "0"))
LONG = GAMES > 0
DICE = Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", secrets.token_hex()))
"""Processes that share out the tests must find the same ones, so they throw the same dice."""


def games(short: int) -> list[int]:
    """A seed for each game; the suite's are always the same."""
    return [DICE.randrange(10**9) for _ in range(GAMES)] if LONG else [short]
