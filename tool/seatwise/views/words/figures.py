"""Numbers, money, days, times and people's ids as people say them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from seatwise.views.words.escape import text

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_DOMAIN = re.compile(r"@[a-z0-9.-]+\Z")


def count(number: int, one: str, many: str = "") -> str:
    """`1 seat`, `1,204 seats`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str], most: int) -> str:
    """The first items, and how many there are beyond them."""
    shown = ", ".join(items[:most])
    return f"{shown} and {len(items) - most:,} more" if len(items) > most else shown


def money(amount: Decimal, currency: str) -> str:
    """A difference: `+1,247.00 USD`."""
    return f"{amount:+,.2f} {text(currency)}".rstrip()


def zone(name: str) -> tzinfo:
    """The time zone of this name; UTC where there is none such."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def day(value: date, today: date) -> str:
    """`24 Nov`; with its year where that is another than today's."""
    year = f" {value.year}" if value.year != today.year else ""
    return f"{value.day} {MONTHS[value.month - 1]}{year}"


def moment(value: datetime, now: datetime, place: tzinfo) -> str:
    """`13:00` today, else `Sat 28 Nov 04:00`, on the clocks of that zone."""
    local, today = value.astimezone(place), now.astimezone(place).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return clock
    return f"{DAYS[local.weekday()]} {day(local.date(), today)} {clock}"


def length(seconds: float) -> str:
    """`40 s`, `3 min`, `5 h 20 min`, `2 days`: two units at most, rounded up."""
    left = timedelta(seconds=int(-(-seconds // 1)))
    if left < timedelta(minutes=2):
        return f"{left.seconds} s"
    minutes = -(-int(left.total_seconds()) // 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return count(hours // 24 + (hours % 24 > 0 or minutes > 0), "day")
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def domain(people: Iterable[str]) -> str:
    """The `@domain` that most of these people have; it is left out of their names where they are shown."""
    domains = Counter(found[0] for who in people if (found := _DOMAIN.search(who)))
    return max(domains, key=lambda name: (domains[name], name)) if domains else ""


def person(who: str, left_out: str = "") -> str:
    """A person's id as people say it: without the organisation's domain."""
    return text(who.removesuffix(left_out) or who)
