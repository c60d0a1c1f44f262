"""Days and times as people type them → moments, in the organisation's zone. Both ends of a range belong to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from seatwise.core.model import Exit, Stop
from seatwise.flows.workspace import WORKTREE, Workspace

TICK = timedelta(microseconds=1)


def timezone(workspace: Workspace) -> str:
    return workspace.settings(workspace.git.head() or WORKTREE).timezone


def start(text: str, timezone: str) -> datetime | None:
    """The beginning of a day, or a time; None: the beginning of everything. Raises Stop where it is neither."""
    return _moment(text, timezone, timedelta(0)) if text else None


def end(text: str, timezone: str, now: datetime) -> datetime:
    """The end of a day, or a time; empty: now. Raises Stop where it is neither."""
    return _moment(text, timezone, timedelta(days=1)) if text else now


def _moment(text: str, timezone: str, after: timedelta) -> datetime:
    zone = ZoneInfo(timezone)
    try:
        if "T" in text:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        at = datetime.combine(date.fromisoformat(text) + after, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Stop(Exit.USAGE, f"{text!r} is no date", "2026-12-31 (all of that day), or 2026-12-31T13:00") from None
    return at - TICK if after else at
