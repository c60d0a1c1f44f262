"""How fast one account may be called: a bucket of tokens that fills as the vendor documents, and learns from its headers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from seatwise.edges.clock import Clock

EPOCH_FROM = 1_000_000_000
"""A reset that is a larger number is a moment (seconds since 1970), not a time to wait."""
LEFT = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")


@dataclass(slots=True)
class Pace:
    """`per_second` tokens come back each second, up to `burst`."""

    per_second: float
    burst: float
    _left: float = field(init=False)
    _at: float | None = field(init=False, default=None)
    _shut_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._left = self.burst

    def take(self, tokens: float, clock: Clock) -> None:
        """Waits until there are so many, and takes them."""
        now = self._filled(clock)
        wait = max(self._shut_until - now, (min(tokens, self.burst) - self._left) / self.per_second, 0.0)
        if wait > 0:
            clock.sleep(wait)
            self._filled(clock)
        self._left -= tokens

    def learn(self, headers: Mapping[str, str], clock: Clock) -> None:
        """Nothing is left until a moment that the vendor names: nothing is sent till then."""
        left = next((headers[name] for name in LEFT if name in headers), "")
        if left.strip() != "0":
            return
        wait = _reset(headers, clock.now())
        if wait is not None:
            self._shut_until = max(self._shut_until, clock.monotonic() + wait)

    def _filled(self, clock: Clock) -> float:
        now = clock.monotonic()
        if self._at is not None:
            self._left = min(self.burst, self._left + (now - self._at) * self.per_second)
        self._at = now
        return now


@dataclass(slots=True)
class Window(Pace):
    """For a vendor that counts: `burst` calls in any `seconds`, all at once where they are needed at once."""

    seconds: float = 60.0
    _taken: deque[float] = field(init=False, default_factory=deque)
    """When each call was made that still counts."""

    def take(self, tokens: float, clock: Clock) -> None:
        now = clock.monotonic()
        while self._taken and self._taken[0] + self.seconds <= now:
            self._taken.popleft()
        beyond = len(self._taken) + int(tokens) - int(self.burst)
        free = self._taken[beyond - 1] + self.seconds if 0 < beyond <= len(self._taken) else now
        wait = max(free, self._shut_until) - now
        if wait > 0:
            clock.sleep(wait)
        self._taken.extend([clock.monotonic()] * int(tokens))


def counted(calls: int, seconds: float = 60.0) -> Window:
    """At most so many calls in any so many seconds."""
    return Window(calls / seconds, calls, seconds)


def told_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the vendor says to wait: Retry-After (seconds, also fractions, or a date), else when its window resets."""
    told = headers.get("retry-after", "").strip()
    if told:
        try:
            return max(0.0, float(told))
        except ValueError:
            return _until(told, now)
    return _reset(headers, now)


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    told = next((headers[name] for name in RESET if name in headers), "")
    try:
        seconds = float(told)
    except ValueError:
        return None
    return max(0.0, seconds - now.timestamp()) if seconds > EPOCH_FROM else seconds
