"""A plan → text for a terminal or a phone: the answer first, then who it touches, then what it takes to go.

Without `everything` each section shows its riskiest rows and says how many more there are, so that a plan of
3,000 changes is as short as one of 30.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from seatwise.core import canon, gist, termdiff
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Feed,
    Figures,
    Finding,
    Hold,
    Kind,
    Lane,
    Plan,
    Source,
    StagePlan,
    Step,
)
from seatwise.views import words

FEW = 3
"""Groups, holds or findings that a section shows."""
LINES = 2
"""Lines of names that a group shows."""
FRESH = timedelta(minutes=5)
"""A reading this young was made for this plan."""
CAUSES = {
    CauseKind.COMMIT: "",
    CauseKind.REVERSE: "taken back: ",
    CauseKind.LEAVER: "leaver: ",
    CauseKind.EXPIRY: "expired: ",
    CauseKind.RULE: "rule: ",
    CauseKind.UNLISTED: "unlisted: ",
    CauseKind.REASSERT: "put right: ",
}
LANES = {
    Lane.COMMIT: "of open rollouts",
    Lane.REVERSE: "taken back by reverts",
    Lane.JOINERS: "for joiners",
    Lane.MOVERS: "of movers",
    Lane.LEAVERS: "of leavers",
    Lane.EXPIRY: "that expire",
    Lane.UNLISTED: "unlisted, to be revoked",
}
WALKS = {Kind.GIVES: "gives", Kind.TAKES: "takes and swaps"}

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class _Page:
    """One plan and how it is to be shown."""

    plan: Plan
    width: int
    everything: bool
    place: tzinfo
    left_out: str
    """The `@domain` that names are shown without."""

    @property
    def today(self) -> date:
        return self.plan.now.astimezone(self.place).date()

    def few(self, rows: Sequence[Shown], most: int = FEW) -> Sequence[Shown]:
        return rows if self.everything else rows[:most]

    def day(self, value: date) -> str:
        return words.day(value, self.today)

    def moment(self, value: datetime) -> str:
        return words.moment(value, self.plan.now, self.place)

    def person(self, who: str) -> str:
        return words.person(who, self.left_out)


def plan(plan: Plan, *, width: int = 100, everything: bool = False) -> str:
    """The plan in at most `width` columns and, without `everything`, about 60 lines."""
    page = _Page(plan, width, everything, words.zone(plan.timezone), words.domain(_everybody(plan)))
    sections = [_nothing(page)] if gist.is_empty(plan) else [section(page) for section in SECTIONS]
    return "\n".join(line.rstrip() for lines in sections for line in lines) + "\n"


def _everybody(plan: Plan) -> Iterator[str]:
    for step in (*plan.steps, *plan.others):
        yield step.change.who
    for hold in (*plan.held, *plan.others_held):
        yield hold.who


def _nothing(page: _Page) -> list[str]:
    beside = _beside(page)
    said = f" Beside it: {', '.join(beside)}." if beside else ""
    return words.wrap(f"Nothing to do.{said}", page.width, rest="  ")


def _blocked(page: _Page) -> list[str]:
    blocked = page.plan.blocked
    if not blocked:
        return []
    head = f"BLOCKED  {words.count(len(blocked), 'finding stops', 'findings stop')} this plan"
    return [head, *_findings_shown(page, blocked), ""]


def _title(page: _Page) -> list[str]:
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


def _feed(page: _Page, feed: Feed) -> str:
    local = feed.as_of.astimezone(page.place)
    return f"{words.text(feed.source)} of {page.day(local.date())} {local:%H:%M}, {words.count(feed.rows, 'row')}"


def _vendors(page: _Page) -> list[str]:
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
            lines += [*words.wrap(what, page.width, first="  ", rest="    "), *_fix(page, source.fix)]
    return lines


def _age(page: _Page, source: Source) -> str:
    what = "export" if source.vendor == "table" else "reading"
    return f"{words.text(source.account)}: {what} of {page.moment(source.as_of or page.plan.now)}"


def _answer(page: _Page) -> list[str]:
    adopted = gist.adopted(page.plan)
    adopts = [f"Adopts {words.count(adopted, 'seat that is', 'seats that are')} held, no call."] if adopted else []
    return words.flow([*_seats(page), *_people(page), *adopts], page.width, between="  ")


def _seats(page: _Page) -> list[str]:
    counts = gist.counts(page.plan)
    if not (counts.go or counts.held):
        return []
    change = f", {counts.change:,} change" if counts.change else ""
    held = f": {counts.go:,} can go, {words.count(counts.held, 'is', 'are')} held" if counts.held else ""
    return [f"{counts.assign:,} assign, {counts.revoke:,} revoke{change}{held}."]


def _people(page: _Page) -> list[str]:
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


def _pair(page: _Page) -> str:
    pairs = gist.swaps(page.plan)
    return f" {words.text(pairs[0].key[0])} for {words.text(pairs[0].key[1])}" if len(pairs) == 1 else ""


def _bill(page: _Page) -> list[str]:
    plan = page.plan
    sums = [
        f"{words.money(bill.amount, bill.currency)} a month ({words.text(words.listed(bill.licenses, FEW))})."
        for bill in gist.bills(plan)
    ]
    more = " more" if sums else ""
    if paid := gist.paid(plan):
        sums.append(f"{words.count(paid, f'seat{more} is', f'seats{more} are')} already paid for.")
    for freed in gist.freed(plan):
        day = f", from {page.day(freed.saves_from)}" if freed.saves_from else ""
        sums.append(f"{words.count(freed.seats, 'freed seat')}: money is saved when the quantity is cut{day}.")
    return words.wrap(" ".join(sums or ["unchanged."]), page.width, first="Bill  ", rest="      ")


def _undo(page: _Page) -> list[str]:
    losses = gist.losses(page.plan)
    if not page.plan.steps:
        return []
    said = [
        f"{words.count(loss.seats, 'seat')} of {words.text(loss.license)}: {words.text(loss.word)}"
        for loss in page.few(losses)
    ]
    more = len(losses) - len(said)
    text = f"exact, but for {'; '.join(said)}" if said else "exact, nothing is lost"
    text += f"; and {words.count(more, 'license')} more" if more else ""
    return words.wrap(f"{text}.", page.width, first="Undo  ", rest="      ")


def _held(page: _Page) -> list[str]:
    groups = gist.holds(page.plan)
    if not groups:
        return []
    lines = [f"HELD  {len(page.plan.held):,}, tried again each run"]
    for holds in page.few(groups):
        lines += _hold(page, holds)
    return lines + _more(sum(len(holds) for holds in groups[len(page.few(groups)) :]), "held row")


def _hold(page: _Page, holds: Sequence[Hold]) -> list[str]:
    hold = holds[0]
    where = f"{words.text(hold.place)}: " if hold.place else ""
    names = [page.person(one.who) for one in holds if one.who]
    what = words.wrap(f"{where}{words.text(hold.what)}", page.width, first="    ", rest="    ")
    return [*_row(page, words.text(hold.license), names), *what, *_fix(page, hold.fix)]


def _takes(page: _Page) -> list[str]:
    groups = sorted(gist.takes(page.plan), key=lambda group: -_used(page, group.changes))
    if not groups:
        return []
    seats, people = _sizes(groups)
    lines = [f"TAKES  {seats} of {people}"]
    for group in page.few(groups):
        used = _used(page, group.changes)
        head = f"{words.text(group.key[0])} -{len(group.changes):,}{f', {used:,} in use' if used else ''}"
        lines += _row(page, head, _uses(page, group.changes), " · ")
        lines += _because(page, group.causes, words.text(page.plan.words.get(group.key[0], "")))
    left = groups[len(page.few(groups)) :]
    return lines + _more(sum(len(group.changes) for group in left), "seat")


def _used(page: _Page, changes: Iterable[Change]) -> int:
    return sum(gist.in_use(change, page.today) for change in changes)


def _uses(page: _Page, changes: Sequence[Change]) -> list[str]:
    """Names with when the seat was last used, the latest first; where the vendor shows no use at all, names only."""
    latest = sorted(changes, key=lambda change: (change.last_used is None, -(change.last_used or date.min).toordinal()))
    shows_use = latest[0].last_used is not None
    return [page.person(change.who) + (_use(page, change) if shows_use else "") for change in latest]


def _use(page: _Page, change: Change) -> str:
    if change.last_used is None:
        return " no use seen"
    days = max((page.today - change.last_used).days, 0)
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f" used {when} <- still in use" if gist.in_use(change, page.today) else f" idle {days:,} d"


def _because(page: _Page, causes: Sequence[Cause], word: str) -> list[str]:
    said = [f"{_cause(cause)}{f', {words.text(cause.place)}' if cause.place else ''}" for cause in page.few(causes, 1)]
    if len(causes) > len(said):
        said.append(f"{words.count(len(causes) - len(said), 'other cause')}")
    return words.wrap("; ".join([*said, *([word] if word else [])]), page.width, first="    ", rest="    ")


def _cause(cause: Cause) -> str:
    ticket = f", {words.text(cause.ticket)}" if cause.ticket else ""
    return f"{CAUSES[cause.kind]}{words.text(cause.why or cause.kind)}{ticket}"


def _swaps(page: _Page) -> list[str]:
    groups = gist.swaps(page.plan)
    if not groups:
        return []
    _, people = _sizes(groups)
    lines = [f"SWAPS  {people}"]
    for group in page.few(groups):
        head = f"{words.text(group.key[0])} > {words.text(group.key[1])}"
        lines += _row(page, head, [page.person(who) for who in group.people], " ")
        lines += _because(page, group.causes, "")
    return lines + _more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "swap")


def _gives(page: _Page) -> list[str]:
    groups = gist.gives(page.plan)
    if not groups:
        return []
    seats, people = _sizes(groups)
    lines = [f"GIVES  {seats} to {people}"]
    for group in page.few(groups):
        licenses = sorted({change.license for change in group.changes})
        what = f"{words.count(len(group.changes), 'seat')} in {words.text(words.listed(licenses, 4))}"
        head = words.count(len(group.people), "person", "people")
        lines += _row(page, head, [f"{_cause(group.causes[0])}: {what}:", *map(page.person, group.people)], " ")
    return lines + _more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "seat")


def _changes(page: _Page) -> list[str]:
    groups = gist.option_changes(page.plan)
    if not groups:
        return []
    seats, _ = _sizes(groups)
    lines = [f"CHANGES  other options for {seats}"]
    for group in page.few(groups):
        lines += _row(page, words.text(group.key[0]), [page.person(who) for who in group.people], " ")
    return lines + _more(sum(len(g.changes) for g in groups[len(page.few(groups)) :]), "seat")


def _sizes(groups: Iterable[gist.Group]) -> tuple[str, str]:
    changes = [change for group in groups for change in group.changes]
    people = len({change.who for change in changes})
    return words.count(len(changes), "seat"), words.count(people, "person", "people")


def _licenses(page: _Page) -> list[str]:
    touched = gist.touched(page.plan)
    shown = page.few(touched, 4)
    items = [_license(page, figures) for figures in shown]
    if len(touched) > len(shown):
        items.append(f"{len(touched) - len(shown):,} licenses more")
    return words.section("LICENSES", items, page.width)


def _license(page: _Page, figures: Figures) -> str:
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


def _when(page: _Page) -> list[str]:
    walks = [_walk(page, kind) for kind in Kind]
    by_hand = {source.account for source in page.plan.sources if source.vendor == "table"}
    tasks = sum(step.change.account in by_hand for step in page.plan.steps)
    seconds = max((calls.seconds for calls in page.plan.calls), default=0)
    writes = sum(calls.writes for calls in page.plan.calls)
    items = [walk for walk in walks if walk]
    items += [f"{words.count(writes, 'call')}, about {words.length(seconds)}"] if writes else []
    items += [f"{words.count(tasks, 'change')} handed over as a task for a person"] if tasks else []
    return words.section("WHEN", items, page.width)


def _walk(page: _Page, kind: Kind) -> str:
    stages = gist.stages(page.plan, kind)
    if not stages:
        return ""
    ends = stages[-1].ends
    done = f", done {page.moment(ends)}" if ends else ""
    return f"{WALKS[kind]}: {', '.join(_stage(page, stage) for stage in stages)}{done}"


def _stage(page: _Page, stage: StagePlan) -> str:
    name = "" if stage.name == "all" else f"{words.text(stage.name)} "
    opens = "now" if stage.opens is None or stage.opens <= page.plan.now else page.moment(stage.opens)
    return f"{name}{words.count(len(stage.people), 'person', 'people')} {opens}"


def _needed(page: _Page) -> list[str]:
    needs = [
        f"{words.text(need.owner or 'any owner')} {need.given} of {need.count}" for need in page.few(page.plan.needs, 6)
    ]
    left = len(page.plan.needs) - len(needs)
    verdict = [words.text(page.plan.verdict)] if page.plan.verdict else []
    return words.section("NEEDED", [*needs, *([f"{left:,} owners more"] if left else []), *verdict], page.width)


def _terms(page: _Page) -> list[str]:
    """What the change does to terms, rights and owners; a first run has nothing to compare with."""
    said = [words.text(one) for one in termdiff.said(page.plan.rows)] if page.plan.base else []
    shown = page.few(said)
    more = [f"{len(said) - len(shown):,} more: plan --all"] if len(said) > len(shown) else []
    return words.section("TERMS", [*shown, *more], page.width)


def _staff(page: _Page) -> list[str]:
    """What a people file in git says otherwise; a first run has nothing to compare with."""
    said = [words.text(one) for one in termdiff.people(page.plan.rows)] if page.plan.base else []
    shown = page.few(said)
    more = [f"{len(said) - len(shown):,} people more: plan --all"] if len(said) > len(shown) else []
    return words.section("PEOPLE", [*shown, *more], page.width)


def _findings(page: _Page) -> list[str]:
    remarks = gist.remarks(page.plan)
    most = 1 if page.plan.blocked else FEW
    return ["FINDINGS", *_findings_shown(page, remarks, most)] if remarks else []


def _findings_shown(page: _Page, findings: Sequence[Finding], most: int = FEW) -> list[str]:
    lines: list[str] = []
    for finding in page.few(findings, most):
        where = f"{words.text(finding.place)}: " if finding.place else ""
        passed = f" (by {words.text(finding.passed_by)})" if finding.passed_by else ""
        what = f"{words.text(finding.rule)}: {where}{words.text(finding.what)}{passed}"
        level, fix = ("passed", "") if finding.passed_by else (str(finding.level), finding.fix)
        lines += [*_row(page, level, [what]), *_fix(page, fix)]
    return lines + _more(len(findings) - len(page.few(findings, most)), "finding")


def _not_by_this(page: _Page) -> list[str]:
    lines = words.section("NOT BY THIS CHANGE", _beside(page), page.width)
    return lines + (_beside_by_name(page) if page.everything else [])


def _beside_by_name(page: _Page) -> list[str]:
    plan = page.plan
    seats = [(s.change.license, _cause(s.change.cause), page.person(s.change.who)) for s in plan.others]
    seats += [(drift.license, f"drift, {drift.kind}", page.person(drift.who)) for drift in plan.drift]
    seats += [(seat.license, f"unlisted, {words.text(seat.origin)}", words.text(seat.login)) for seat in plan.unlisted]
    rows: dict[str, list[str]] = {}
    for license, what, who in seats:
        rows.setdefault(f"{words.text(license)}, {what}:", []).append(who)
    return [line for head, names in rows.items() for line in _row(page, head, names)]


def _beside(page: _Page) -> list[str]:
    """What is there and not by this change: other lanes, drift, unlisted seats."""
    plan = page.plan
    items = [_lane(lane, steps) for lane, steps in gist.other_lanes(plan).items()]
    items += [f"{len(plan.others_held):,} held there"] if plan.others_held else []
    items += [f"{words.count(len(plan.drift), 'seat differs', 'seats differ')} (drift)"] if plan.drift else []
    items += [f"{len(plan.unlisted):,} unlisted"] if plan.unlisted else []
    return items


def _lane(lane: Lane, steps: Sequence[Step]) -> str:
    return f"{words.count(len(steps), 'seat')} {LANES[lane]}"


def _last(page: _Page) -> list[str]:
    steps = page.plan.steps
    by_name = [] if page.everything else ["by name: plan --all"]
    one = [f"one person: explain {words.text(steps[0].change.who)}"] if steps else []
    digest = [f"asks {canon.short(page.plan.ask_digest)}"] if page.plan.ask_digest else []
    return words.flow(["Nothing was written", *by_name, *one, *digest], page.width, between=" · ")


SECTIONS = (
    *(_blocked, _title, _answer, _bill, _undo),
    *(_held, _takes, _swaps, _gives, _changes),
    *(_licenses, _terms, _staff, _when, _needed, _findings, _not_by_this, _last),
)


def _row(page: _Page, head: str, items: Sequence[str], between: str = " ") -> list[str]:
    return words.row(head, items, page.width, between=between, most=0 if page.everything else LINES)


def _fix(page: _Page, fix: str) -> list[str]:
    return words.wrap(words.text(fix), page.width, first="    fix: ", rest="         ") if fix else []


def _more(number: int, one: str) -> list[str]:
    """The line that says how much a section does not show."""
    return [f"  … {words.count(number, f'{one} more', f'{one}s more')}: plan --all"] if number else []
