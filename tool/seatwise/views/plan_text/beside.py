"""What is there and not by this change: other lanes, drift, unlisted seats, seats kept for now."""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core import gist
from seatwise.core.model import Lane, Step
from seatwise.views import words
from seatwise.views.plan_text.page import Page, cause, fix, more, row

LANES = {
    Lane.COMMIT: "merged before and not applied yet",
    Lane.REVERSE: "taken back by reverts",
    Lane.JOINERS: "for joiners",
    Lane.MOVERS: "of movers",
    Lane.LEAVERS: "of leavers",
    Lane.EXPIRY: "that expire",
    Lane.UNLISTED: "unlisted, to be revoked",
}


def not_by_this(page: Page) -> list[str]:
    lines = words.section("NOT BY THIS CHANGE", _beside(page), page.width)
    return lines + (_by_name(page) if page.everything else [])


def kept(page: Page) -> list[str]:
    """Seats that stay for now, though what gave them is gone."""
    seats = page.plan.kept
    lines: list[str] = []
    for seat in page.few(seats):
        what = f"{words.text(seat.license)}: {words.text(seat.what)}"
        lines += [*row(page, page.person(seat.who), [what]), *fix(page, seat.fix)]
    head = words.section("KEPT FOR NOW", [words.count(len(seats), "seat")], page.width)
    return [*head, *lines, *more(len(seats) - len(page.few(seats)), "seat")] if seats else []


def _by_name(page: Page) -> list[str]:
    plan = page.plan
    seats = [(s.change.license, cause(s.change.cause), page.person(s.change.who)) for s in plan.others]
    seats += [(drift.license, f"drift, {drift.kind}", page.person(drift.who)) for drift in plan.drift]
    seats += [(seat.license, f"unlisted, {words.text(seat.origin)}", words.text(seat.login)) for seat in plan.unlisted]
    rows: dict[str, list[str]] = {}
    for license, what, who in seats:
        rows.setdefault(f"{words.text(license)}, {what}:", []).append(who)
    return [line for head, names in rows.items() for line in row(page, head, names)]


def _beside(page: Page) -> list[str]:
    """What is there and not by this change: other lanes, drift, unlisted seats."""
    plan = page.plan
    items = [_lane(lane, steps) for lane, steps in gist.other_lanes(plan).items()]
    items += [f"{len(plan.others_held):,} held there"] if plan.others_held else []
    items += [f"{words.count(len(plan.drift), 'seat differs', 'seats differ')} (drift)"] if plan.drift else []
    items += [f"{len(plan.unlisted):,} unlisted"] if plan.unlisted else []
    return items


def _lane(lane: Lane, steps: Sequence[Step]) -> str:
    return f"{words.count(len(steps), 'seat')} {LANES[lane]}"


def nothing(page: Page) -> list[str]:
    beside = _beside(page)
    by_name = "." if page.everything else ": plan --all"
    said = f" Beside it: {', '.join(beside)}{by_name}" if beside else ""
    return [
        *words.wrap(f"Nothing to do.{said}", page.width, rest="  "),
        *(_by_name(page) if page.everything else []),
    ]
