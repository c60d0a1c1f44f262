"""A plan → text for a terminal or a phone: the answer first, then who it touches, then what it takes to go.

Without `everything` each section shows its riskiest rows and says how many more there are, so that a plan of
3,000 changes is as short as one of 30.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import canon, gist
from seatwise.core.model import Plan
from seatwise.views import words
from seatwise.views.plan_text import beside, findings, head, seats, way
from seatwise.views.plan_text.page import Page


def plan(plan: Plan, *, width: int = 100, everything: bool = False) -> str:
    """The plan in at most `width` columns and, without `everything`, about 60 lines."""
    page = Page(plan, width, everything, words.zone(plan.timezone), words.domain(_everybody(plan)))
    sections = SHORT if gist.is_empty(plan) else SECTIONS
    return "\n".join(line.rstrip() for section in sections for line in section(page)) + "\n"


def _everybody(plan: Plan) -> Iterator[str]:
    for step in (*plan.steps, *plan.others):
        yield step.change.who
    for hold in (*plan.held, *plan.others_held):
        yield hold.who
    for kept in plan.kept:
        yield kept.who


def _last(page: Page) -> list[str]:
    steps = page.plan.steps
    by_name = [] if page.everything else ["by name: plan --all"]
    one = [f"one person: explain {words.text(steps[0].change.who)}"] if steps else []
    digest = [f"asks {canon.short(page.plan.ask_digest)}"] if page.plan.ask_digest else []
    return words.flow(["Nothing was written", *by_name, *one, *digest], page.width, between=" · ")


SECTIONS = (
    *(findings.blocked, head.title, head.answer, head.bill, head.undo),
    *(seats.held, seats.takes, seats.swaps, seats.gives, seats.changes),
    *(
        way.licenses,
        way.terms,
        way.staff,
        way.when,
        way.needed,
        findings.remarks,
        beside.kept,
        beside.not_by_this,
        _last,
    ),
)
SHORT = (beside.nothing, beside.kept)
