"""Contracts, lots and a day → dates and rights: end of the term, last day for notice, rights, first day of a decrease.

Rules:
- Everything is half-open: `end` and `deadline` are the first day on which it is too late; people see the day before.
- A month later is the same day of that month, or its last day where the month is shorter. Months are counted from the
  day that the contract began, never from an end that was itself clamped: 31 January, monthly, ends on 28 February
  and then on 31 March.
- The deadline for notice is the first day out of term less the period.
"""

from __future__ import annotations

from calendar import month_abbr, month_name, monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from seatwise.core.model import Contract, Duration, License, Price

DAY = timedelta(days=1)
MONTHS_OF = {"months": 1, "years": 12}
MINUTES_OF = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}
STEPS = {"each month": 1, "each quarter": 3, "each year": 12}
"""When a quantity may be cut, by the calendar: months between the first days on which it may."""


@dataclass(frozen=True, slots=True)
class Term:
    """The stretch of a contract that a day lies in, or the last that there was. No deadline: no notice is needed."""

    first: date
    end: date
    deadline: date | None
    renews: bool
    """Whether it goes on after `end` unless somebody says no."""
    why: str

    @property
    def through(self) -> date:
        """The last day in term, as people write it."""
        return self.end - DAY

    @property
    def notice_by(self) -> date | None:
        """The last day on which notice is in time."""
        return self.deadline - DAY if self.deadline else None


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier where negative), or the last day of that month where it is shorter.

    What lies outside the calendar is its first or last day.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= years <= date.max.year:
        return date.max if months > 0 else date.min
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def later(day: date, duration: Duration, times: int = 1) -> date:
    """The day so many durations later; months and years by the calendar, shorter units as whole days."""
    if months := MONTHS_OF.get(duration.unit):
        return add_months(day, months * duration.count * times)
    days = day.toordinal() + duration.count * MINUTES_OF[duration.unit] // 1440 * times
    return date.fromordinal(min(max(days, 1), date.max.toordinal()))


def term(contract: Contract, today: date) -> Term:
    """The term that today lies in: the first one, or the tacit renewal that is running."""
    times = 0
    while contract.renewal == "tacit" and _end(contract, times) <= today and _grows(contract, times):
        times += 1
    end = _end(contract, times)
    first = _end(contract, times - 1) if times else contract.start
    deadline = later(end, contract.notice.period, -1) if contract.notice else None
    return Term(first, end, deadline, contract.renewal == "tacit", _why(contract, times))


def rights(license: License, day: date) -> int | None:
    """Seats that may be held on that day; None where nothing was bought by the seat."""
    return license.rights(day)


def on_order(license: License, day: date) -> tuple[tuple[date, int], ...]:
    """Seats that are bought and not in force yet, by the day on which they come, earliest first."""
    coming: Counter[date] = Counter()
    for lot in license.lots:
        if lot.start and (lot.ordered or lot.start > day) and (lot.through is None or lot.through >= day):
            coming[lot.start] += lot.quantity
    return tuple(sorted(coming.items()))


def price(license: License, day: date) -> Price | None:
    """What one seat costs: the price of the newest lot in force that names one, else of the newest lot that does."""
    priced = [lot for lot in license.lots if lot.price]
    return max(priced, key=lambda lot: (lot.in_force(day), lot.start or date.min)).price if priced else None


def decrease_from(contract: Contract, today: date) -> date | None:
    """The first day, from today on, on which a smaller quantity saves money; None where the contract never lets it.

    `decrease.when` is any time, each month, each quarter, each year (calendar), each April, anniversary, renewal or
    never; left out, it is the renewal. In the named month the window is open.
    """
    when = " ".join(contract.decrease.get("when", "renewal").split()).casefold()
    if when == "any time":
        return today
    if when in STEPS:
        return _calendar(today, STEPS[when])
    if when == "anniversary":
        return next(day for day in _anniversaries(contract.start) if day >= today)
    if when == "renewal":
        return max(_cut(contract, today), today)
    return _in_month(when.removeprefix("each "), today)


def exact_through(window: str, day: date) -> date | None:
    """The last day on which a seat that is taken on that day comes back exactly: `window` is a vendor's `exact_for`."""
    if window == "paid month":
        return add_months(day.replace(day=1), 1) - DAY
    count, _, unit = window.partition(" ")
    return day + (int(count) - 1) * DAY if unit == "days" else None


def _end(contract: Contract, times: int) -> date:
    """The first day after the first term and so many renewals."""
    again = contract.renewal_term or contract.term
    if contract.term.unit in MONTHS_OF and again.unit in MONTHS_OF:
        months = MONTHS_OF[contract.term.unit] * contract.term.count + MONTHS_OF[again.unit] * again.count * times
        return add_months(contract.start, months)
    return later(later(contract.start, contract.term), again, times)


def _grows(contract: Contract, times: int) -> bool:
    """Whether one renewal more ends later: a renewal of no length never does."""
    return _end(contract, times) < _end(contract, times + 1)


def _why(contract: Contract, times: int) -> str:
    first = f"{contract.term} from {contract.start}"
    if not times:
        return first
    return f"{first}, then tacit renewal {times} of {contract.renewal_term or contract.term}"


def _cut(contract: Contract, today: date) -> date:
    """The end of the term that can still be changed: of the next one, where notice for this one is too late."""
    running = term(contract, today)
    late = running.renews and running.deadline is not None and running.deadline <= today
    return term(contract, running.end).end if late else running.end


def _calendar(today: date, months: int) -> date:
    """The first day, from today on, that begins so many months of the calendar year."""
    begun = date(today.year, (today.month - 1) // months * months + 1, 1)
    return today if begun == today else add_months(begun, months)


def _anniversaries(start: date) -> Iterator[date]:
    years = 0
    while True:
        yield add_months(start, 12 * years)
        years += 1


def _in_month(name: str, today: date) -> date | None:
    """Today in that month, else its next first day; None for what is no month."""
    names = {word.casefold(): number for words in (month_name, month_abbr) for number, word in enumerate(words) if word}
    if name not in names:
        return None
    month = names[name]
    if today.month == month:
        return today
    return date(today.year + (today.month > month), month, 1)
