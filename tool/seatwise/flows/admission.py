"""A survey → how far the default branch may be admitted: as many changesets as are approved and not blocked, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seatwise.core import rows
from seatwise.core.approval import Verdict
from seatwise.core.course import Course, course
from seatwise.core.decide import TreeLink
from seatwise.core.model import Finding, Level, Place, Stop
from seatwise.flows import approval
from seatwise.flows import survey as surveys
from seatwise.flows.survey import Grounds, Survey
from seatwise.flows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Admission:
    """How far the default branch was admitted: the changesets taken, with their verdicts, and what stopped the next."""

    course: Course
    seen: Survey
    verdicts: tuple[Verdict, ...] = ()
    refused: tuple[Finding, ...] = ()


def admissible(workspace: Workspace, seen: Survey, *, heard: bool = False) -> Admission:
    """As many changesets as are approved and not blocked, in order; what comes after waits. `heard`: as survey has it."""
    refused: tuple[Finding, ...] = (_broken(seen.stopped),) if seen.stopped else ()
    desk = approval.desk(workspace, seen.admitted)
    seen = _with_links(seen, approval.grouped(seen, desk))
    while True:
        decided = course(seen.situation, seen.links, seen.frame, surveys.judge(seen.frame, seen.tree))
        verdicts = approval.verdicts(seen, desk, [judged.needs for judged in decided.judged])
        stop = next((i for i, link in enumerate(seen.links) if _refusal(decided, verdicts, i, link)), None)
        if stop is None:
            return Admission(decided, seen, tuple(verdicts), refused)
        through = _taken_back(seen, stop)
        if through is not None:
            seen = _as_one(seen, stop, through)
            continue
        refused = _refusal(decided, verdicts, stop, seen.links[stop])
        seen = _cut(workspace, seen, stop, heard=heard)


def _refusal(decided: Course, verdicts: Sequence[Verdict], index: int, link: TreeLink) -> tuple[Finding, ...]:
    """Why this changeset is not admitted; empty: it is."""
    verdict, judged = verdicts[index], decided.judged[index]
    commit = link.changeset.commit[:9]
    name = f'{commit} "{link.changeset.title}"'
    if not verdict.approved:
        return (Finding("not-approved", Level.BLOCK, f"{name}: {verdict.why}", verdict.fix, key=commit),)
    return tuple(replace(f, what=f"{name}: {f.what}") for f in judged.blocks)


def _taken_back(seen: Survey, index: int) -> int | None:
    """The later changeset up to which nothing is left of this one: together they pass as nothing."""
    for later in range(index + 1, len(seen.links)):
        if not rows.joined(change for link in seen.links[index : later + 1] for change in link.rows):
            return later
    return None


def _as_one(seen: Survey, start: int, end: int) -> Survey:
    """The survey with a stretch of changesets as one that asks nothing."""
    last = seen.links[end]
    empty = TreeLink(last.changeset, last.tree)
    links = (*seen.links[:start], empty, *seen.links[end + 1 :])
    return _with_links(seen, links)


def _cut(workspace: Workspace, seen: Survey, count: int, *, heard: bool) -> Survey:
    """The survey with only the first changesets; files and accounts as they are then."""
    links = seen.links[:count]
    found = Grounds(seen.base, seen.tip, seen.frame.before, links, seen.admitted)
    again = surveys.survey(workspace, found, heard=heard)
    surveys.require_people(again.findings)
    return again


def _with_links(seen: Survey, links: tuple[TreeLink, ...]) -> Survey:
    gone = {link.changeset.commit for link in seen.links}
    histories = {
        id: replace(history, links=(*(one for one in history.links if one.changeset.commit not in gone), *links))
        for id, history in seen.situation.histories.items()
    }
    return replace(seen, links=links, situation=replace(seen.situation, histories=histories))


def _broken(stop: Stop) -> Finding:
    place: Place | None = stop.findings[0].place if stop.findings else None
    return Finding("broken-files", Level.ERROR, stop.what, stop.fix, place, "broken-files")
