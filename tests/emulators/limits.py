"""How often an emulated vendor may be called."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from seatwise.edges.clock import Clock


@dataclass
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float = 60.0
    taken: deque[float] = field(default_factory=deque)

    def takes(self, clock: Clock) -> float:
        """Counts a call; or the seconds to wait for it, where there were too many."""
        now = clock.monotonic()
        while self.taken and self.taken[0] + self.seconds <= now:
            self.taken.popleft()
        if len(self.taken) >= self.calls:
            return self.taken[0] + self.seconds - now
        self.taken.append(now)
        return 0.0
