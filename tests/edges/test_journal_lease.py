"""The journal is the lock: one run holds an account, and who was taken over is refused before it calls a vendor."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.edges.gitroom import NOON, bare, clone, git

from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.journal import Journal

REF = "refs/heads/seatwise/journal/m365"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def runs(tmp_path: Path, clock: SetClock) -> tuple[Journal, Journal]:
    """Two runs in two clones."""
    remote = bare(tmp_path / "remote")
    one, two = (Journal(clone(remote, tmp_path / name), REF, "origin", clock) for name in ("one", "two"))
    return one, two


def types(journal: Journal) -> list[str]:
    return [record["type"] for record in journal.read()]


def test_while_one_run_holds_the_account_another_is_told_who_and_since_when(
    runs: tuple[Journal, Journal], clock: SetClock
) -> None:
    one, two = runs
    one.begin("run-1", 600)
    clock.sleep(60)
    with pytest.raises(Stop, match="run run-1 holds seatwise/journal/m365 since 2026-11-24 12:00:00 UTC") as stop:
        two.begin("run-2", 600)
    assert stop.value.code is Exit.LOCKED and "12:10:00" in stop.value.fix
    assert types(one) == ["begin"]


def test_without_a_lease_nobody_appends_while_another_run_holds_the_account(runs: tuple[Journal, Journal]) -> None:
    one, two = runs
    one.begin("run-1", 600)
    two.read()
    with pytest.raises(Stop, match="run run-1 holds"):
        two.append([{"type": "intent"}])


def test_who_gives_the_account_back_leaves_it_to_the_next(runs: tuple[Journal, Journal]) -> None:
    one, two = runs
    one.begin("run-1", 600)
    one.end("run-1")
    two.begin("run-2", 600)
    assert types(two) == ["begin", "end", "begin"]


def test_a_stale_lease_is_taken_over_after_its_time_and_not_before(
    runs: tuple[Journal, Journal], clock: SetClock
) -> None:
    one, two = runs
    one.begin("run-1", 600)
    clock.sleep(599)
    with pytest.raises(Stop):
        two.begin("run-2", 600)
    clock.sleep(1)
    two.begin("run-2", 600)
    assert types(two) == ["begin", "begin"]


@pytest.mark.parametrize("reads_first", [False, True], ids=["before it looks", "after it looked"])
@pytest.mark.parametrize("ended", [False, True], ids=["and still runs", "and has ended"])
def test_who_was_taken_over_is_refused_at_its_next_append(
    runs: tuple[Journal, Journal], clock: SetClock, reads_first: bool, ended: bool
) -> None:
    stalled, other = runs
    stalled.begin("run-1", 600)
    clock.sleep(601)
    other.begin("run-2", 600)
    if ended:
        other.end("run-2")
    if reads_first:
        stalled.read()
    with pytest.raises(Stop, match="run run-1 holds seatwise/journal/m365 no longer") as stop:
        stalled.append([{"type": "intent"}])
    assert stop.value.code is Exit.LOCKED and "intent" not in types(other)
    with pytest.raises(Stop):
        stalled.end("run-1")


def test_who_was_late_but_not_taken_over_goes_on_and_holds_it_again(
    runs: tuple[Journal, Journal], clock: SetClock
) -> None:
    late, other = runs
    late.begin("run-1", 600)
    clock.sleep(900)
    late.append([{"type": "intent"}])
    with pytest.raises(Stop, match="run run-1 holds") as stop:
        other.begin("run-2", 600)
    assert "from 2026-11-24 12:25:00 UTC on" in stop.value.fix


def test_half_way_through_its_lease_a_run_renews_it_with_what_it_appends(
    runs: tuple[Journal, Journal], clock: SetClock
) -> None:
    one, _ = runs
    one.begin("run-1", 600)
    clock.sleep(300)
    one.append([{"type": "intent"}])
    clock.sleep(1)
    one.append([{"type": "outcome"}])
    assert types(one) == ["begin", "intent", "outcome", "renew"]


def test_a_run_may_hold_the_account_for_longer(runs: tuple[Journal, Journal], clock: SetClock) -> None:
    one, two = runs
    one.begin("run-1", 60)
    one.renew("run-1", 3600)
    clock.move_to(NOON + timedelta(seconds=3599))
    with pytest.raises(Stop, match="holds"):
        two.begin("run-2", 60)


def test_a_run_that_never_heard_that_its_push_arrived_goes_on_behind_it(
    runs: tuple[Journal, Journal], tmp_path: Path
) -> None:
    """The remote has the records, but this clone could not note it: whoever closes the run must be able to end it."""
    one, two = runs
    one.begin("run-1", 600)
    lock = next((tmp_path / "one").rglob("seatwise/seen/origin/seatwise/journal")) / "m365.lock"
    lock.touch()
    with pytest.raises(Stop, match=r"m365\.lock"):
        one.append([{"type": "intent"}])
    lock.unlink()

    one.end("run-1")

    assert types(two) == ["begin", "intent", "end"]


def commits(journal: Journal, path: Path) -> list[str]:
    """What each append said, oldest first."""
    return git(path, "log", "--reverse", "--format=%s", journal.name).splitlines()


def test_a_run_begins_with_what_it_found_and_ends_with_what_came_of_it_in_one_append_each(
    runs: tuple[Journal, Journal], tmp_path: Path
) -> None:
    one, two = runs
    one.begin("run-1", 600, [{"type": "asked"}, {"type": "intent"}], 0)
    with pytest.raises(Stop, match="run run-1 holds"):
        two.begin("run-2", 600)
    one.end("run-1", [{"type": "outcome"}])
    assert commits(two, tmp_path / "remote") == ["m365: begin, asked, intent", "m365: outcome, end"]
    two.begin("run-2", 600)


def test_a_run_that_calls_nobody_is_one_append_and_holds_nothing_afterwards(
    runs: tuple[Journal, Journal], tmp_path: Path
) -> None:
    one, two = runs
    one.whole("run-1", [{"type": "resolved"}], 0)
    assert commits(one, tmp_path / "remote") == ["m365: begin, resolved, end"]
    two.append([{"type": "snapshot"}])


def test_where_somebody_wrote_since_the_run_looked_it_writes_nothing(runs: tuple[Journal, Journal]) -> None:
    one, two = runs
    one.whole("run-1", [{"type": "resolved"}], 0)
    for late in (lambda: two.begin("run-2", 600, [{"type": "intent"}], 0), lambda: two.whole("run-2", [], 0)):
        with pytest.raises(Stop, match="another run worked at account m365 while this one looked around") as stop:
            late()
        assert stop.value.code is Exit.LOCKED
    assert types(two) == ["begin", "resolved", "end"]


def test_a_record_keeps_the_time_at_which_it_became_known_and_the_chain_goes_forward(
    runs: tuple[Journal, Journal], clock: SetClock
) -> None:
    one, two = runs
    known = {"type": "asked", "at": "2026-11-24T12:00:00Z"}
    clock.sleep(5)
    one.begin("run-1", 600, [known, {"type": "intent"}], 0)
    told = [(record["type"], record["at"][-4:-1]) for record in two.read()]
    assert told == [("begin", ":00"), ("asked", ":00"), ("intent", ":05")]
