"""What tests of a forge share: a clock, a secret, and the adapter at an emulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from seatwise.core.model import Request, Says
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOKEN = "forge-5ecret"
MARK = "<!-- seatwise -->"


def site(server: Served) -> Site:
    return Site(Path("/nowhere"), clock(server), lambda path: (b"", NOW), {"FORGE": TOKEN})


def clock(server: Served) -> SetClock:
    found = server.emulator.clock  # type: ignore[attr-defined]
    assert isinstance(found, SetClock)
    return found


def later(server: Served, minutes: int = 1) -> datetime:
    clock(server).move_to(clock(server).now() + timedelta(minutes=minutes))
    return clock(server).now()


def said(request: Request) -> list[tuple[str, Says]]:
    return [(vote.login, vote.says) for vote in request.votes]
