"""A plan → Markdown for a pull request's comment and for a job's summary: what an approver must know, the rest folded.

Everybody who may read the pull request reads this, so the use of one person is never in it: no date, no mark, no
order by use; only how many of all the seats that are taken are still in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from seatwise.core import canon, gist, termdiff
from seatwise.core.model import Change, Figures, Finding, Kind, Plan, StagePlan
from seatwise.views import words

MARK = "<!-- seatwise: plan -->"
"""By this the one comment is found again and kept current."""
AT_ONCE = 10
"""Names in one row; rows are shown whole or not at all."""
CROWD = 5
"""So many people must lose a seat before it is said how many are still in use."""
EVERYWHERE = "plan.json has all, `seatwise plan --all` shows them"


@dataclass(frozen=True, slots=True)
class _Row:
    """One bullet, and how many things it shows."""

    text: str
    shows: int = 1


@dataclass(frozen=True, slots=True)
class _Fold:
    """One folded section; the riskiest rows come first."""

    title: str
    rows: tuple[_Row, ...]

    def shown(self, rows: Sequence[_Row]) -> str:
        left = sum(row.shows for row in self.rows) - sum(row.shows for row in rows)
        more = f"\n- … {left:,} more not shown: {EVERYWHERE}" if left else ""
        body = "\n".join(row.text for row in rows) + more
        return f"<details><summary>{self.title}</summary>\n\n{body.lstrip()}\n\n</details>\n"


def comment(plan: Plan, *, limit: int = 60_000) -> str:
    """The comment on a pull request, at most `limit` bytes of UTF-8: the riskiest rows first, the rest counted."""
    return _fitted(_head(plan), _folds(plan), limit)


def summary(plan: Plan, *, limit: int = 900 * 1024) -> str:
    """The summary of a job: the same, with room for more rows."""
    return _fitted(_head(plan), _folds(plan), limit)


def _fitted(head: str, folds: Sequence[_Fold], limit: int) -> str:
    """Each fold takes what the ones before it left, but for a small share that each of those behind it may need."""
    empty = sum(_size(fold.shown(())) for fold in folds)
    share = max(limit - _size(head) - empty, 0) // (2 * len(folds) or 1)
    text = head
    for at, fold in enumerate(folds):
        reserved = sum(_needed(behind, share) for behind in folds[at + 1 :])
        text += fold.shown(_rows_within(fold, limit - _size(text) - reserved))
    return text if _size(text) <= limit else _cut(head, limit)


def _needed(fold: _Fold, share: int) -> int:
    return min(_size(fold.shown(())) + share, max(_size(fold.shown(fold.rows)), _size(fold.shown(()))))


def _rows_within(fold: _Fold, room: int) -> Sequence[_Row]:
    room -= _size(fold.shown(()))
    for at, row in enumerate(fold.rows):
        room -= _size(row.text) + 1
        if room < 0:
            return _without_headings(fold.rows[:at])
    return fold.rows


def _without_headings(rows: Sequence[_Row]) -> Sequence[_Row]:
    """These rows without the heads at their end, below which nothing is shown."""
    while rows and not rows[-1].shows:
        rows = rows[:-1]
    return rows


def _cut(head: str, limit: int) -> str:
    """As many whole lines of the head as fit, where the limit leaves room for nothing else."""
    said = f"… the rest does not fit: {EVERYWHERE}\n"
    room, lines = limit - _size(said), []
    for line in head.splitlines(keepends=True):
        room -= _size(line)
        if room < 0:
            break
        lines.append(line)
    return "".join([*lines, said])


def _size(text: str) -> int:
    return len(text.encode())


def _head(plan: Plan) -> str:
    if gist.is_empty(plan):
        beside = _beside(plan)
        return f"{MARK}\n### seatwise: nothing to do\n" + (f"\nBeside it: {', '.join(beside)}.\n" if beside else "")
    paragraphs = [f"### seatwise: {_counts(plan)}", *_blocks(plan), _four_lines(plan), _approvals(plan)]
    return f"{MARK}\n" + "\n\n".join(part for part in paragraphs if part) + "\n\n"


def _counts(plan: Plan) -> str:
    counts = gist.counts(plan)
    people = len(gist.moves(plan).everybody)
    parts = [
        f"blocked by {words.count(len(plan.blocked), 'finding')}" if plan.blocked else "",
        f"{counts.assign:,} assign, {counts.revoke:,} revoke" if counts.go or counts.held else "",
        f"{counts.change:,} change" if counts.change else "",
        words.count(people, "person", "people") if people else "",
        f"{counts.held:,} held" if counts.held else "",
        f"adopts {words.count(gist.adopted(plan), 'seat')}" if gist.adopted(plan) else "",
    ]
    return " · ".join(part for part in parts if part) or "no seat moves"


def _blocks(plan: Plan) -> list[str]:
    if not plan.blocked:
        return []
    more = len(plan.blocked) - AT_ONCE
    rows = [_finding(finding) for finding in plan.blocked[:AT_ONCE]]
    rows += [f"- … {words.count(more, 'finding')} more: {EVERYWHERE}"] if more > 0 else []
    return ["**Stopped by**\n" + "\n".join(rows)]


def _finding(finding: Finding) -> str:
    where = f"{words.code(finding.place)}: " if finding.place else ""
    what = f"{where}{words.markdown(finding.what)}"
    if finding.passed_by:
        return f"- passed: {what} (by {words.markdown(finding.passed_by)})"
    return f"- {finding.level}: {what}{f'<br>fix: {words.markdown(finding.fix)}' if finding.fix else ''}"


def _four_lines(plan: Plan) -> str:
    lines = [
        ("People", _people(plan)),
        ("Bill", _bill(plan)),
        ("Undo", _undo(plan)),
        ("Look at these first", _first(plan)),
    ]
    return "\n".join(f"- **{name}** {what}" for name, what in lines if what)


def _people(plan: Plan) -> str:
    moves = gist.moves(plan)
    if not moves.everybody:
        return "nobody gains or loses a seat"
    pairs = gist.swaps(plan)
    pair = f" {words.code(pairs[0].key[0])} for {words.code(pairs[0].key[1])}" if len(pairs) == 1 else ""
    parts = [
        f"{len(moves.gain):,} gain" if moves.gain else "",
        f"{len(moves.swap):,} swap{pair}" if moves.swap else "",
        f"{len(moves.lose):,} lose" if moves.lose else "",
        f"{len(moves.change):,} get other options" if moves.change else "",
    ]
    everybody = words.count(len(moves.everybody), "person", "people")
    return f"{everybody}: {', '.join(part for part in parts if part)}"


def _bill(plan: Plan) -> str:
    sums = [_sum(plan, bill) for bill in gist.bills(plan)]
    paid, freed = gist.paid(plan), sum(one.seats for one in gist.freed(plan))
    sums += [f"{words.count(paid, 'seat')} already paid for"] if paid else []
    sums += [f"{words.count(freed, 'seat')} freed, saving money when the quantity is cut"] if freed else []
    return "; ".join(sums) or "unchanged"


def _sum(plan: Plan, bill: gist.Bill) -> str:
    later = bill.starts is not None and bill.starts > _today(plan)
    starts = f" from {words.day(bill.starts, _today(plan))}" if later and bill.starts else ""
    return f"{words.markdown(words.money(bill.amount, bill.currency))} a month{starts}"


def _undo(plan: Plan) -> str:
    if not plan.steps:
        return ""
    return words.undo(gist.losses(plan), words.code, lambda day: words.day(day, _today(plan)), 5)


def _today(plan: Plan) -> date:
    return plan.now.astimezone(words.zone(plan.timezone)).date()


def _first(plan: Plan) -> str:
    waiting = [figures for figures in plan.figures if figures.waiting]
    confirms = [finding for finding in gist.remarks(plan) if finding.level == "confirm"]
    items = [
        _in_use(plan),
        f"{len(plan.held):,} held" if plan.held else "",
        f"{words.code(waiting[0].license)} is full, {waiting[0].waiting:,} wait" if waiting else "",
        words.count(len(confirms), "finding asks one approval more", "findings ask one approval more")
        if confirms
        else "",
        *(f"{words.code(source.account)} could not be read" for source in plan.sources[:AT_ONCE] if source.failure),
    ]
    return "; ".join(item for item in items if item)


def _in_use(plan: Plan) -> str:
    """How many of the seats taken are in use; nothing where that would tell it of one person."""
    today = plan.now.astimezone(words.zone(plan.timezone)).date()
    taken = [change for group in gist.takes(plan) for change in group.changes]
    used = sum(gist.in_use(change, today) for change in taken)
    crowd = len({change.who for change in taken}) >= CROWD and 0 < used < len(taken)
    return f"{used:,} of the {len(taken):,} seats taken are still in use (`seatwise plan` marks them)" if crowd else ""


def _approvals(plan: Plan) -> str:
    needs = [
        f"{words.markdown(need.owner or 'any owner')} {need.given} of {need.count}"
        for need in plan.needs[: 2 * AT_ONCE]
    ]
    more = len(plan.needs) - len(needs)
    needs += [f"{words.count(more, 'owner')} more"] if more > 0 else []
    through = f", until {words.day(plan.approve_through, plan.now.date())}" if plan.approve_through else ""
    asks = f" (`{canon.short(plan.ask_digest)}`)" if plan.ask_digest else ""
    counts = f"Your approval counts for exactly this list{asks}{through}, also after a rebase."
    said = [words.markdown(plan.verdict)] if plan.verdict else []
    return "\n".join([f"**Still to approve** {' · '.join(needs)}. {counts}", *said]) if needs else "\n".join(said)


def _folds(plan: Plan) -> tuple[_Fold, ...]:
    """Sections that have something to show, in the order in which they may take room."""
    if gist.is_empty(plan):
        return ()
    folds = (
        _fold("Who loses", _losing(plan)),
        _fold("Held", _holding(plan)),
        _fold("Who swaps", _named(gist.swaps(plan))),
        _fold("What HR's file in git says otherwise", _staff(plan)),
        _fold("Seats and money", _figures(plan)),
        _fold("Findings", (_Row(_finding(finding)) for finding in gist.remarks(plan))),
        _fold("When, and how to stop it", _when(plan)),
        _fold("Who gets other options", _named(gist.option_changes(plan))),
        _fold("Who gains", _gaining(plan)),
        _fold("Not part of this", (_Row(f"- {item}") for item in _beside(plan))),
    )
    return tuple(fold for fold in folds if fold.rows)


def _fold(title: str, rows: Iterable[_Row]) -> _Fold:
    return _Fold(title, tuple(rows))


def _staff(plan: Plan) -> Iterator[_Row]:
    if plan.base:
        yield from (_Row(f"- {words.markdown(said)}") for said in termdiff.people(plan.rows))


def _losing(plan: Plan) -> Iterator[_Row]:
    for group in gist.takes(plan):
        word = words.markdown(plan.words.get(group.key[0], ""))
        lossy = sorted({change.lossy for change in group.changes if change.lossy})
        after = "; ".join([*([word] if word else []), *(f"they {words.comes_back(undo, 2)}" for undo in lossy[:2])])
        yield from _people_rows(f"{words.code(group.key[0])} −{len(group.changes):,}", group, after)


def _gaining(plan: Plan) -> Iterator[_Row]:
    for group in gist.gives(plan):
        licenses = ", ".join(words.code(name) for name in sorted({c.license for c in group.changes})[:AT_ONCE])
        yield from _people_rows(f"{words.count(len(group.people), 'person', 'people')} {licenses}", group)


def _named(groups: Iterable[gist.Group]) -> Iterator[_Row]:
    for group in groups:
        yield from _people_rows(" to ".join(words.code(license) for license in group.key), group)


def _people_rows(head: str, group: gist.Group, after: str = "") -> Iterator[_Row]:
    """A head that says what and why, and names behind it, some to a row; rows repeat the head in short."""
    cause = group.causes[0]
    place = f", {words.code(cause.place)}" if cause.place else ""
    ticket = f", {words.markdown(cause.ticket)}" if cause.ticket else ""
    why = f"{words.markdown(cause.why or cause.kind)}{place}{ticket}"
    yield _Row(f"- {head}: {why}{f'; {after}' if after else ''}", 0)
    for names, seats in _chunks(group.changes):
        yield _Row(f"  - {' '.join(map(words.code, names))}", seats)


def _chunks(changes: Sequence[Change]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Names by the handful, each once, and the seats that they stand for. People come in order of their id."""
    for start in range(0, len(changes), AT_ONCE):
        some = changes[start : start + AT_ONCE]
        yield tuple(dict.fromkeys(change.who for change in some)), len(some)


def _holding(plan: Plan) -> Iterator[_Row]:
    for holds in gist.holds(plan):
        where = f"{words.code(holds[0].place)}: " if holds[0].place else ""
        fix = f"<br>fix: {words.markdown(holds[0].fix)}" if holds[0].fix else ""
        yield _Row(f"- {words.code(holds[0].license)}: {where}{words.markdown(holds[0].what)}{fix}", 0)
        for start in range(0, len(holds), AT_ONCE):
            some = holds[start : start + AT_ONCE]
            yield _Row(f"  - {' '.join(words.code(hold.who) for hold in some)}", len(some))


def _figures(plan: Plan) -> Iterator[_Row]:
    touched = gist.touched(plan)
    if touched:
        yield _Row("\n| license | now | then | of | a month |\n|---|---:|---:|---:|---|", 0)
    for figures in touched:
        yield _Row(_figures_row(figures))
    for charge in sorted(plan.charges, key=lambda charge: (-abs(charge.amount), charge.cost_center, charge.license)):
        amount = words.markdown(words.money(charge.amount, charge.currency))
        yield _Row(f"| {words.markdown(charge.license)} | | | | {amount} on {words.markdown(charge.cost_center)} |")


def _figures_row(figures: Figures) -> str:
    of = "" if figures.bought is None else f"{figures.bought:,}{' full' if figures.full else ''}"
    notes = [
        words.markdown(words.money(figures.bill, figures.currency)) if figures.bill else "",
        f"{figures.waiting:,} wait" if figures.waiting else "",
        f"adopts {figures.adopts:,}, no call" if figures.adopts else "",
        f"{figures.paid:,} already paid for" if figures.paid else "",
    ]
    said = ", ".join(note for note in notes if note)
    return f"| {words.markdown(figures.license)} | {figures.held:,} | {figures.after:,} | {of} | {said} |"


def _when(plan: Plan) -> Iterator[_Row]:
    for kind, name in ((Kind.GIVES, "gives"), (Kind.TAKES, "takes and swaps")):
        stages = gist.stages(plan, kind)
        if stages:
            yield _Row(f"- {name}: {', '.join(_stage(plan, stage) for stage in stages)}")
    if plan.steps:
        yield _Row(
            "- to stop it or take it back: `seatwise rollback` or a revert of this pull request, which stops what is not sent yet"
        )


def _stage(plan: Plan, stage: StagePlan) -> str:
    place = words.zone(plan.timezone)
    opens = "at once" if stage.opens is None or stage.opens <= plan.now else words.moment(stage.opens, plan.now, place)
    name = "" if stage.name == "all" else f"{words.markdown(stage.name)} "
    return f"{name}{words.count(len(stage.people), 'person', 'people')} {opens}"


def _beside(plan: Plan) -> list[str]:
    items = [f"{words.count(len(steps), 'seat')} by the lane {lane}" for lane, steps in gist.other_lanes(plan).items()]
    items += [f"{words.count(len(plan.drift), 'seat differs', 'seats differ')} (drift)"] if plan.drift else []
    items += [f"{words.count(len(plan.unlisted), 'seat')} unlisted"] if plan.unlisted else []
    items += [f"{words.count(len(plan.kept), 'seat')} kept for now"] if plan.kept else []
    return items
