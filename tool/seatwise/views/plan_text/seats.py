"""Who it touches: what is held, taken, swapped, given and changed, by name as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from seatwise.core import gist
from seatwise.core.model import Cause, Change, Hold
from seatwise.views import words
from seatwise.views.plan_text.page import Page, cause, fix, more, row, sizes


def held(page: Page) -> list[str]:
    groups = gist.holds(page.plan)
    if not groups:
        return []
    lines = [f"HELD  {len(page.plan.held):,}, tried again each run"]
    for holds in page.few(groups):
        lines += _hold(page, holds)
    return lines + more(sum(len(holds) for holds in groups[len(page.few(groups)) :]), "held row")


def _hold(page: Page, holds: Sequence[Hold]) -> list[str]:
    hold = holds[0]
    where = f"{words.text(hold.place)}: " if hold.place else ""
    names = [page.person(one.who) for one in holds if one.who]
    what = words.wrap(f"{where}{words.text(hold.what)}", page.width, first="    ", rest="    ")
    return [*row(page, words.text(hold.license), names), *what, *fix(page, hold.fix)]


def takes(page: Page) -> list[str]:
    groups = sorted(gist.takes(page.plan), key=lambda group: -_used(page, group.changes))
    if not groups:
        return []
    seats, people = sizes(groups)
    lines = [f"TAKES  {seats} of {people}"]
    for group in page.few(groups):
        used = _used(page, group.changes)
        head = f"{words.text(group.key[0])} -{len(group.changes):,}{f', {used:,} in use' if used else ''}"
        lines += row(page, head, _uses(page, group.changes), " · ")
        lines += _because(page, group.causes, words.text(page.plan.words.get(group.key[0], "")))
    left = groups[len(page.few(groups)) :]
    return lines + more(sum(len(group.changes) for group in left), "seat")


def _used(page: Page, changes: Iterable[Change]) -> int:
    return sum(gist.in_use(change, page.today) for change in changes)


def _uses(page: Page, changes: Sequence[Change]) -> list[str]:
    """Names with when the seat was last used, the latest first; where the vendor shows no use at all, names only."""
    latest = sorted(changes, key=lambda change: (change.last_used is None, -(change.last_used or date.min).toordinal()))
    shows_use = latest[0].last_used is not None
    return [page.person(change.who) + (_use(page, change) if shows_use else "") for change in latest]


def _use(page: Page, change: Change) -> str:
    if change.last_used is None:
        return " no use seen"
    days = max((page.today - change.last_used).days, 0)
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f" used {when} <- still in use" if gist.in_use(change, page.today) else f" idle {days:,} d"


def _because(page: Page, causes: Sequence[Cause], word: str) -> list[str]:
    said = [f"{cause(one)}{f', {words.text(one.place)}' if one.place else ''}" for one in page.few(causes, 1)]
    if len(causes) > len(said):
        said.append(f"{words.count(len(causes) - len(said), 'other cause')}")
    return words.wrap("; ".join([*said, *([word] if word else [])]), page.width, first="    ", rest="    ")


def swaps(page: Page) -> list[str]:
    groups = gist.swaps(page.plan)
    if not groups:
        return []
    _, people = sizes(groups)
    lines = [f"SWAPS  {people}"]
    for group in page.few(groups):
        head = f"{words.text(group.key[0])} > {words.text(group.key[1])}"
        lines += row(page, head, [page.person(who) for who in group.people], " ")
        lines += _because(page, group.causes, "")
    return lines + more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "swap")


def gives(page: Page) -> list[str]:
    groups = gist.gives(page.plan)
    if not groups:
        return []
    seats, people = sizes(groups)
    lines = [f"GIVES  {seats} to {people}"]
    for group in page.few(groups):
        licenses = sorted({change.license for change in group.changes})
        what = f"{words.count(len(group.changes), 'seat')} in {words.text(words.listed(licenses, 4))}"
        head = words.count(len(group.people), "person", "people")
        lines += row(page, head, [f"{cause(group.causes[0])}: {what}:", *map(page.person, group.people)], " ")
    return lines + more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "seat")


def changes(page: Page) -> list[str]:
    groups = gist.option_changes(page.plan)
    if not groups:
        return []
    seats, _ = sizes(groups)
    lines = [f"CHANGES  other options for {seats}"]
    for group in page.few(groups):
        lines += row(page, words.text(group.key[0]), [page.person(who) for who in group.people], " ")
    return lines + more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "seat")
