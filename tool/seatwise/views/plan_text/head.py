"""The answer: what the plan was made from, how many gain and lose, the bill, and what would not come back."""

from __future__ import annotations

from datetime import timedelta

from seatwise.core import gist
from seatwise.core.model import Feed, Source
from seatwise.views import words
from seatwise.views.plan_text.page import FEW, Page, fix

FRESH = timedelta(minutes=5)
"""A reading this young was made for this plan."""


def title(page: Page) -> list[str]:
    plan = page.plan
    first = "" if plan.base else "  (first run: nothing is in force yet)"
    lines = words.wrap(f"Plan for {words.text(plan.title)}{first}", page.width, rest="  ")
    if plan.feeds:
        lines += words.wrap(
            "; ".join(_feed(page, feed) for feed in plan.feeds) + ".", page.width, first="People: ", rest="  "
        )
    if plan.sources:
        lines += _vendors(page)
    return lines


def _feed(page: Page, feed: Feed) -> str:
    local = feed.as_of.astimezone(page.place)
    return f"{words.text(feed.source)} of {page.day(local.date())} {local:%H:%M}, {words.count(feed.rows, 'row')}"


def _vendors(page: Page) -> list[str]:
    sources = page.plan.sources
    complete = [source for source in sources if not source.failure]
    older = [s for s in complete if s.as_of is not None and page.plan.now - s.as_of > FRESH]
    read = f"read now, {len(complete)} of {len(sources)} complete"
    lines = words.wrap(
        "; ".join([read, *(_age(page, source) for source in older)]) + ".", page.width, first="Vendors: ", rest="  "
    )
    for source in sources:
        if source.failure:
            what = f"{words.text(source.account)} could not be read: {words.text(source.failure)}"
            lines += [*words.wrap(what, page.width, first="  ", rest="    "), *fix(page, source.fix)]
    return lines


def _age(page: Page, source: Source) -> str:
    what = "export" if source.vendor == "table" else "reading"
    return f"{words.text(source.account)}: {what} of {page.moment(source.as_of or page.plan.now)}"


def answer(page: Page) -> list[str]:
    adopted = gist.adopted(page.plan)
    adopts = [f"Adopts {words.count(adopted, 'seat that is', 'seats that are')} held, no call."] if adopted else []
    return words.flow([*_seats(page), *_people(page), *adopts], page.width, between="  ")


def _seats(page: Page) -> list[str]:
    counts = gist.counts(page.plan)
    if not (counts.go or counts.held):
        return []
    change = f", {counts.change:,} change" if counts.change else ""
    held = f": {counts.go:,} can go, {words.count(counts.held, 'is', 'are')} held" if counts.held else ""
    return [f"{counts.assign:,} assign, {counts.revoke:,} revoke{change}{held}."]


def _people(page: Page) -> list[str]:
    moves = gist.moves(page.plan)
    parts = [
        (moves.gain, "gain", ""),
        (moves.swap, "swap", _pair(page)),
        (moves.lose, "lose", ""),
        (moves.change, "get", " other options"),
    ]
    said = [f"{words.count(len(who), f'{does}s', does)}{what}" for who, does, what in parts if who]
    everybody = words.count(len(moves.everybody), "person", "people")
    return [f"{everybody}: {', '.join(said)}."] if said else []


def _pair(page: Page) -> str:
    pairs = gist.swaps(page.plan)
    return f" {words.text(pairs[0].key[0])} for {words.text(pairs[0].key[1])}" if len(pairs) == 1 else ""


def bill(page: Page) -> list[str]:
    plan = page.plan
    sums = [_sum(page, one) for one in gist.bills(plan)]
    more = " more" if sums else ""
    if paid := gist.paid(plan):
        sums.append(f"{words.count(paid, f'seat{more} is', f'seats{more} are')} already paid for.")
    for freed in gist.freed(plan):
        day = f", from {page.day(freed.saves_from)}" if freed.saves_from else ""
        sums.append(f"{words.count(freed.seats, 'freed seat')}: money is saved when the quantity is cut{day}.")
    return words.wrap(" ".join(sums or ["unchanged."]), page.width, first="Bill  ", rest="      ")


def _sum(page: Page, bill: gist.Bill) -> str:
    later = bill.starts is not None and bill.starts > page.today
    starts = f" from {page.day(bill.starts)}" if later and bill.starts else ""
    amount = words.money(bill.amount, bill.currency)
    return f"{amount} a month{starts} ({words.text(words.listed(bill.licenses, FEW))})."


def undo(page: Page) -> list[str]:
    if not page.plan.steps:
        return []
    losses = gist.losses(page.plan)
    text = words.undo(losses, words.text, page.day, len(losses) if page.everything else FEW)
    return words.wrap(f"{text}.", page.width, first="Undo  ", rest="      ")
