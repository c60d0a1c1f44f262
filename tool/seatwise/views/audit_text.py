"""What an audit found → text: the answer first, then journal by journal, then what was not checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from seatwise.core.audit import VERIFIED, Audit, Checked, Fault
from seatwise.core.duties import Duty
from seatwise.core.tenure import Held
from seatwise.views import words


def audit(found: Audit) -> str:
    return "\n".join(_audit(found)) + "\n"


def _audit(found: Audit) -> Iterator[str]:
    first = found.first
    if first:
        yield f"BROKEN  {_fault(first)}"
        yield f"  look at it: git log -p {first.commit[:12] or words.text(first.journal)}"
    else:
        whole = bool(found.journals) and all(one.standing == VERIFIED for one in found.journals)
        counted = f"{words.count(len(found.journals), 'journal')}, {words.count(found.admitted, 'admitted changeset')}"
        yield f"{'Verified' if whole else 'Internally consistent'}: {counted}, default branch at {found.tip[:12]}."
        if not whole:
            yield "Who may push could have written that. To be verified it needs signatures or anchors: docs/audit.md."
    for one in found.journals:
        yield from _journal(one, first)
    if found.bodies or found.erased:
        erased = f", body erased: {found.erased}" if found.erased else ""
        yield f"  bodies: {found.bodies} kept{erased}"
    yield from (f"  not checked: {words.text(note)}" for note in found.notes)
    asked = (
        "this clone alone; nobody was asked whether branches were forced since"
        if found.offline
        else "the remote was asked"
    )
    yield f"Looked at: {asked}."


def _journal(one: Checked, first: Fault | None) -> Iterator[str]:
    records = words.count(one.records, "record")
    signed = f", {one.signed} of {words.count(one.segments, 'segment')} signed" if one.signed else ""
    yield f"  {words.text(one.journal)}: {one.standing}, {records}{signed}{f', head {one.head[:12]}' if one.head else ''}"
    for anchor in one.proven:
        yield f"    up to record {anchor.n} vouched for by {words.text(anchor.by)}"
    yield from (f"    {_fault(fault)}" for fault in one.faults if fault != first)


def _fault(fault: Fault) -> str:
    at = f" record {fault.n}" if fault.n else ""
    commit = f" (commit {fault.commit[:12]})" if fault.commit else ""
    return f"{words.text(fault.journal)}{at}{commit}: {fault.rule}: {words.text(fault.what)}"


def held(rows: Sequence[Held], at: str, timezone: str) -> str:
    """Who held what, one seat a paragraph of two lines."""
    if not rows:
        return f"Nothing of that was held at {at}, as far as the journals say.\n"
    place = words.zone(timezone)
    return "\n".join(line for row in rows for line in _held(row, place)) + "\n"


def _held(row: Held, place: tzinfo) -> Iterator[str]:
    ending = f", not asked any more since {row.unasked}" if row.unasked else ""
    since = f"{row.since.astimezone(place):%Y-%m-%d %H:%M}"
    yield f"{words.text(row.who)}  {words.text(row.license)}  since {since}, {row.how}{ending}"
    ticket = f", {words.text(row.ticket)}" if row.ticket else ""
    asked = f'{row.commit[:12]} "{words.text(row.title)}"{ticket}' if row.commit else "no commit"
    yield f"  {words.text(row.why)}: {asked}; {words.text(row.approval)}"


def duties(found: Sequence[Duty]) -> str:
    """Violations first; then who did what in each changeset."""
    wrong = [one for one in found if one.violations]
    lines = [f"{words.count(len(found), 'changeset')} with rows, {len(wrong)} without separation of duties."]
    for one in (*wrong, *(one for one in found if not one.violations)):
        lines += _duty(one)
    return "\n".join(lines) + "\n"


def _duty(one: Duty) -> Iterator[str]:
    yield f'{"!" if one.violations else " "} {one.commit[:12]} {one.at:%Y-%m-%d} "{words.text(one.title)}"'
    yield from (f"    {rule}: {words.text(why)}" for rule, why in one.violations)
    for name, people in (
        ("made by", one.makers),
        ("approved by", one.checkers),
        ("for", one.beneficiaries),
        ("applied by", one.appliers),
    ):
        shown = [words.text(person) for person in people]
        yield f"    {name} {words.listed(shown, 6) or 'nobody'}"


def evidence(path: str, sha256: str, files: int, records: int) -> str:
    """What was written, and the one figure to keep elsewhere."""
    return (
        f"{words.text(path)}: {files} files, {words.count(records, 'record')}\n"
        f"sha256 {sha256}\n"
        "keep this digest where nobody changes it; to check: unzip it, python3 -I verify.py (README.txt has the steps)\n"
    )
