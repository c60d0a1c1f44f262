"""plan.json by hand: apply goes on only where everything that it would do now stands in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from seatwise.core import canon
from seatwise.core.course import Course
from seatwise.core.model import CauseKind, Change, Exit, Plan, Stop
from seatwise.flows.survey import Survey

Call = tuple[str, str, str, str, str]
COUNTED = (CauseKind.COMMIT, CauseKind.REVERSE, CauseKind.REASSERT)
"""What a plan file speaks of; leavers and other lanes go their own way."""


def only(path: Path) -> Callable[[Survey, Course], None]:
    """A check that raises Stop(STALE), with both lists, where more would be done than the plan says."""
    planned = read(path)

    def check(seen: Survey, course: Course) -> None:
        now = {_call(c): c for c in course.changes() if c.cause.kind in COUNTED}
        inside = {_call(s.change) for s in (*planned.steps, *planned.others)}
        more = [change for call, change in now.items() if call not in inside]
        if more:
            raise Stop(Exit.STALE, _said(path, len(inside), len(now), more), "plan again")

    return check


def read(path: Path) -> Plan:
    """The plan in a file. Raises Stop where it is none."""
    try:
        return canon.plan_from_json(json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError) as error:
        raise Stop(Exit.ERROR, f"{path}: is no plan of seatwise ({error})", "seatwise plan --out plan.json") from None


def _said(path: Path, inside: int, now: int, more: list[Change]) -> str:
    names = ", ".join(f"{c.verb} {c.license} {c.who}" for c in more[:10])
    rest = f" and {len(more) - 10} more" if len(more) > 10 else ""
    return f"not applied: {path.name} has {inside} changes, main now asks {now}; not in it: {names}{rest}"


def _call(change: Change) -> Call:
    before, after = (canon.digest(canon.plain(grant)) for grant in (change.before, change.after))
    return str(change.verb), change.account, change.who, before, after
