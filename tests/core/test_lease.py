"""Who holds an account, folded from its records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from seatwise.core.lease import Lease, begin, end, kept, lease, renew, unlock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=10)


def at(n: int, record: Any, when: datetime = NOON) -> dict[str, Any]:
    return {**record, "n": n, "at": when.isoformat()}


def test_a_run_holds_from_begin_until_its_time_is_over() -> None:
    held = lease([at(1, begin("a", LATER)), at(2, {"type": "intent"})])
    assert held == Lease("a", 1, NOON, LATER)
    assert held.live(LATER - timedelta(seconds=1)) and not held.live(LATER)


def test_renewing_moves_the_end_and_keeps_the_token() -> None:
    first = lease([at(1, begin("a", LATER))])
    later = LATER + timedelta(hours=1)
    assert lease([at(2, renew("a", later))], first) == Lease("a", 1, NOON, later)


def test_ending_gives_it_back() -> None:
    assert lease([at(1, begin("a", LATER)), at(2, end("a"))]) is None


def test_who_was_taken_over_neither_renews_nor_ends_what_another_holds() -> None:
    taken = [at(1, begin("a", NOON)), at(2, begin("b", LATER))]
    assert lease([*taken, at(3, renew("a", LATER + timedelta(hours=1))), at(4, end("a"))]) == Lease("b", 2, NOON, LATER)


def test_renewing_or_ending_nothing_is_nothing() -> None:
    assert lease([at(1, renew("a", LATER)), at(2, end("a"))]) is None


def test_somebody_ends_the_lease_of_a_dead_run_and_no_other() -> None:
    held = Lease("a", 1, NOON, LATER)
    assert lease([at(2, unlock("b", "ann", "it is dead"))], held) == held
    assert lease([at(2, unlock("a", "ann", "it is dead"))], held) is None


def test_a_checkpoint_says_who_holds_it_whatever_was_read_before() -> None:
    held = Lease("a", 1, NOON, LATER)
    assert lease([at(2, {"type": "checkpoint", **kept(held)})]) == held
    assert lease([at(2, {"type": "checkpoint", **kept(None)})], held) is None
