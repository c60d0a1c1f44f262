"""When what takes a seat may go: the windows of each holder's zone, less the freezes, and only while somebody is on duty.

Rules (semantics §6, §9):
- Windows, freezes and the responder guard the takes and swaps of bulk rollouts, and with windows and freezes what
  `mode: enforce` takes. A freeze also guards what movers lose. Gives, small changesets, exact reverts, leavers and expiries
  wait for none of them.
- A window is of the holder's own clock: it moves with daylight saving. An hour that is skipped counts as the next one, of
  one that comes twice the first.
- A window that begins on a frozen day does not open; one that runs into a frozen day ends at its midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from seatwise.core.model import Change, Lane, People, Rollout, Status

DAY = timedelta(days=1)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HORIZON = 400
"""Days that are looked ahead for a window; what opens later is not planned."""
WINDOW, FREEZE, RESPONDER = "change-window", "freeze", "responder"
"""The policies that guard: also what an exception or an acknowledgement names."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the week (0: Monday) and hours. One that closes no later than it opens closes on the next day."""

    days: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which nothing is taken; `last` is its last day."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers when something goes wrong; on all days, or from `first` through `last`."""

    who: str
    first: date = date.min
    last: date = date.max


@dataclass(frozen=True, slots=True)
class Windows:
    """What the three policies say. None: that one does not guard."""

    window: Window | None = None
    freezes: tuple[Freeze, ...] | None = None
    quarter: int = 0
    """Days before and after the end of each quarter that are frozen too."""
    duties: tuple[Duty, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a change does not go now: the policy, what it says, and when that ends, where that is known."""

    rule: str
    what: str
    until: datetime | None = None


def _nothing(rule: str, change: Change) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The windows over people and zones. `lets` says whether something lets this change pass this policy: the policy's scope,
    an exception, an acknowledgement."""

    windows: Windows = Windows()
    people: People = field(default_factory=People)
    zone: str = "UTC"
    lets: Callable[[str, Change], bool] = _nothing
    now: datetime = datetime.min.replace(tzinfo=UTC)

    def shut(self, change: Change, way: Lane, rollout: Rollout | None) -> Shut | None:
        """What keeps the change back now; None: nothing does."""
        if not guarded(change, way, rollout):
            return None
        opens = self.opens(change, way, rollout, self.now)
        if opens > self.now:
            return self._said(change, way, opens)
        if rollout is not None and (why := self._nobody(change)):
            return Shut(RESPONDER, why)
        return None

    def opens(self, change: Change, way: Lane, rollout: Rollout | None, at: datetime) -> datetime:
        """When it may go: at that time, or when its window opens next."""
        if not guarded(change, way, rollout):
            return at
        window, freezes, quarter = self._guards(change, way)
        return _next(window, freezes, quarter, self.zone_of(change.who), at)

    def missed(self, change: Change, since: datetime) -> int:
        """How many windows of the holder have opened and closed since then."""
        window, freezes, quarter = self._guards(change, Lane.COMMIT)
        if window is None:
            return 0
        openings = _openings(window, freezes, quarter, self.zone_of(change.who), since, self.now)
        return sum(1 for opens, closes in openings if opens >= since and closes <= self.now)

    def _nobody(self, change: Change) -> str:
        """Why nobody answers for it now; empty: somebody does, or nobody has to."""
        if self.windows.duties is None or self.lets(RESPONDER, change):
            return ""
        return nobody(self.windows.duties, self.people, self.now.astimezone(ZoneInfo(self.zone)).date())

    def zone_of(self, who: str) -> str:
        person = self.people.persons.get(who)
        return (person.zone if person else "") or self.zone

    def _guards(self, change: Change, way: Lane) -> tuple[Window | None, tuple[Freeze, ...], int]:
        free = way is Lane.MOVERS or self.windows.window is None or self.lets(WINDOW, change)
        window = None if free else self.windows.window
        if self.windows.freezes is None or self.lets(FREEZE, change):
            return window, (), 0
        return window, self.windows.freezes, self.windows.quarter

    def _said(self, change: Change, way: Lane, opens: datetime) -> Shut:
        _, freezes, quarter = self._guards(change, way)
        local = ZoneInfo(self.zone_of(change.who))
        frozen = _frozen(self.now.astimezone(local).date(), freezes, quarter)
        when = f"{opens.astimezone(local):%Y-%m-%d %H:%M} in {local.key}"
        if frozen:
            return Shut(FREEZE, f"frozen for {frozen}: goes from {when}", opens)
        return Shut(WINDOW, f"its window opens {when}", opens)


def guarded(change: Change, way: Lane, rollout: Rollout | None) -> bool:
    """Whether windows or freezes have a say in it."""
    if way is Lane.COMMIT:
        return rollout is not None and rollout.bulk and change.before is not None
    return way in (Lane.UNLISTED, Lane.MOVERS) and change.before is not None


def nobody(duties: tuple[Duty, ...], people: People, today: date) -> str:
    """Why nobody is on duty that day; empty: somebody is."""
    found = [(duty.who, people.find(duty.who)) for duty in duties if duty.first <= today <= duty.last]
    if any(person is not None and person.status is Status.ACTIVE for _, person in found):
        return ""
    if not found:
        return "nobody is named to answer when something goes wrong" + (" today" if duties else "")
    return "nobody who answers is there: " + ", ".join(
        f"{who} is {person.status if person else 'not in the directory'}" for who, person in found[:5]
    )


@lru_cache(maxsize=4096)
def _frozen(day: date, freezes: tuple[Freeze, ...], quarter: int) -> str:
    """What freezes the day; empty: nothing."""
    named = next((freeze.name for freeze in freezes if freeze.first <= day <= freeze.last), "")
    return named or ("the quarter's close" if quarter and _near_quarter(day, quarter) else "")


def _near_quarter(day: date, days: int) -> bool:
    """Whether a quarter ends within so many days: its last day is the day before the next begins."""
    ends = [date(year, month, 1) - DAY for year in (day.year, day.year + 1) for month in (1, 4, 7, 10)]
    return any(abs((day - end).days) <= days for end in ends)


@lru_cache(maxsize=4096)
def _next(window: Window | None, freezes: tuple[Freeze, ...], quarter: int, zone: str, at: datetime) -> datetime:
    """That time, if a window is open by then; else when the next one opens."""
    horizon = at + DAY * HORIZON
    return next((max(at, opens) for opens, _ in _openings(window, freezes, quarter, zone, at, horizon)), horizon)


def _openings(
    window: Window | None, freezes: tuple[Freeze, ...], quarter: int, zone: str, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Windows that are open at or after `since`, in order; of no window each day that is not frozen is one."""
    local = ZoneInfo(zone)
    day, last = since.astimezone(local).date() - DAY, until.astimezone(local).date()
    while day <= last:
        if (window is None or day.weekday() in window.days) and not _frozen(day, freezes, quarter):
            opens, closes = _span(window, day, local)
            if closes > opens.date() and _frozen(closes, freezes, quarter):
                end = datetime.combine(closes, time(), local)
            else:
                end = datetime.combine(closes, window.closes if window else time(), local)
            if end.astimezone(UTC) > since:
                yield opens.astimezone(UTC), end.astimezone(UTC)
        day += DAY


def _span(window: Window | None, day: date, zone: ZoneInfo) -> tuple[datetime, date]:
    """When a window opens, and the day on which it closes."""
    opens = datetime.combine(day, window.opens if window else time(), zone)
    overnight = window is None or window.closes <= window.opens
    return opens, day + DAY if overnight else day
