"""What it takes to go: the licenses before and after, their terms, when it goes, and who must still say yes."""

from __future__ import annotations

from seatwise.core import gist, termdiff
from seatwise.core.model import Figures, Kind, StagePlan
from seatwise.views import words
from seatwise.views.plan_text.page import Page

WALKS = {Kind.GIVES: "gives", Kind.TAKES: "takes and swaps"}


def licenses(page: Page) -> list[str]:
    touched = gist.touched(page.plan)
    shown = page.few(touched, 4)
    items = [_license(page, figures) for figures in shown]
    if len(touched) > len(shown):
        items.append(f"{len(touched) - len(shown):,} licenses more")
    return words.section("LICENSES", items, page.width)


def _license(page: Page, figures: Figures) -> str:
    after = f" > {figures.after:,}" if figures.after != figures.held else ""
    of = "" if figures.bought is None else f" of {figures.bought:,}"
    notes = [
        words.money(figures.bill, figures.currency) if figures.bill else "",
        f"{figures.waiting:,} wait" if figures.waiting else "",
        f"adopts {words.count(figures.adopts, 'seat')}, no call" if figures.adopts else "",
        *(f"{seats:,} on order for {page.day(day)}" for day, seats in figures.on_order),
    ]
    full = " FULL" if figures.full else ""
    head = f"{words.text(figures.license)} {figures.held:,}{after}{of}{full}"
    return ", ".join([head, *(note for note in notes if note)])


def when(page: Page) -> list[str]:
    walks = [_walk(page, kind) for kind in Kind]
    by_hand = {source.account for source in page.plan.sources if source.vendor == "table"}
    tasks = sum(step.change.account in by_hand for step in page.plan.steps)
    seconds = max((calls.seconds for calls in page.plan.calls), default=0)
    writes = sum(calls.writes for calls in page.plan.calls)
    items = [walk for walk in walks if walk]
    items += [f"{words.count(writes, 'call')}, about {words.length(seconds)}"] if writes else []
    items += [f"{words.count(tasks, 'change')} handed over as a task for a person"] if tasks else []
    return words.section("WHEN", items, page.width)


def _walk(page: Page, kind: Kind) -> str:
    stages = gist.stages(page.plan, kind)
    if not stages:
        return ""
    ends = stages[-1].ends
    done = f", done {page.moment(ends)}" if ends else ""
    return f"{WALKS[kind]}: {', '.join(_stage(page, stage) for stage in stages)}{done}"


def _stage(page: Page, stage: StagePlan) -> str:
    name = "" if stage.name == "all" else f"{words.text(stage.name)} "
    opens = "now" if stage.opens is None or stage.opens <= page.plan.now else page.moment(stage.opens)
    return f"{name}{words.count(len(stage.people), 'person', 'people')} {opens}"


def needed(page: Page) -> list[str]:
    needs = [
        f"{words.text(need.owner or 'any owner')} {need.given} of {need.count}" for need in page.few(page.plan.needs, 6)
    ]
    left = len(page.plan.needs) - len(needs)
    verdict = [words.text(page.plan.verdict)] if page.plan.verdict else []
    return words.section("NEEDED", [*needs, *([f"{left:,} owners more"] if left else []), *verdict], page.width)


def staff(page: Page) -> list[str]:
    """What a people file in git says otherwise; a first run has nothing to compare with."""
    said = [words.text(one) for one in termdiff.people(page.plan.rows)] if page.plan.base else []
    shown = page.few(said)
    more = [f"{len(said) - len(shown):,} people more: plan --all"] if len(said) > len(shown) else []
    return words.section("PEOPLE", [*shown, *more], page.width)


def terms(page: Page) -> list[str]:
    """What the change does to terms, rights and owners; a first run has nothing to compare with."""
    said = [words.text(one) for one in termdiff.said(page.plan.rows)] if page.plan.base else []
    shown = page.few(said)
    more = [f"{len(said) - len(shown):,} more: plan --all"] if len(said) > len(shown) else []
    return words.section("TERMS", [*shown, *more], page.width)
