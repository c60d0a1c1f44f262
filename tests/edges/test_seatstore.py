"""The file behind an embedded vendor: made once, whole or not at all, and its counts are always right."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from seatwise.core.model import Seat, VendorError
from seatwise.edges.clock import SetClock
from seatwise.edges.seatstore import SeatStore, Seed, opened

CLOCK = SetClock(datetime(2026, 11, 24, tzinfo=UTC))
SEED = Seed({"a": 100, "free": None}, (("a", Seat("", "ann")), ("a", Seat("id-bo", "Bo")), ("free", Seat("", "ann"))))


def test_ids_are_made_where_the_seed_names_none_and_are_the_same_everywhere(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with opened(tmp_path / name, CLOCK, lambda: SEED) as store:
            assert [seat.login for seat in store.page("a", "", 9)] == ["Bo", "ann"]
            assert (store.find("bo"), store.find("id-bo"), store.find("nobody")) == ("id-bo", "id-bo", "")
            assert store.find("ANN") == "u-6649bf09c34d"


def test_a_seed_that_cannot_be_read_leaves_no_vendor_behind(tmp_path: Path) -> None:
    def broken() -> Seed:
        raise ValueError

    with pytest.raises(ValueError), opened(tmp_path / "x", CLOCK, broken):
        pass
    with opened(tmp_path / "x", CLOCK, lambda: SEED) as store:
        assert store.count("a") == 2


def test_a_write_that_breaks_is_taken_back_whole(tmp_path: Path) -> None:
    with opened(tmp_path / "x", CLOCK, lambda: SEED) as store:
        with pytest.raises(KeyError), store.writing():
            store.put("a", Seat(store.enroll("cy"), "cy"))
            raise KeyError
        assert (store.count("a"), store.room("a"), store.find("cy")) == (2, 98, "")


def test_a_new_person_with_a_renamed_ones_login_is_somebody_else(tmp_path: Path) -> None:
    with opened(tmp_path / "x", CLOCK, lambda: SEED) as store, store.writing():
        ann = store.find("ann")
        store.rename(ann, "ann.b")
        assert store.enroll("ann") != ann
        assert store.login(ann) == "ann.b"


def _join(path: Path, first: int, all_found_nothing: Barrier) -> None:
    def seed() -> Seed:
        all_found_nothing.wait(timeout=30)
        return SEED

    for number in range(first, first + 10):
        with opened(path, CLOCK, seed) as store, store.writing():
            store.put("a", Seat(store.enroll(f"user{number}"), ""))


def test_several_processes_make_one_vendor_and_none_loses_a_seat(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    runners = [context.Process(target=_join, args=(tmp_path / "x", number * 10, barrier)) for number in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    with opened(tmp_path / "x", CLOCK, lambda: SEED) as store:
        assert [runner.exitcode for runner in runners] == [0, 0, 0, 0]
        assert (store.count("a"), store.room("a")) == (42, 58)


def test_a_pool_without_a_number_has_room_that_nobody_counts(tmp_path: Path) -> None:
    with opened(tmp_path / "x", CLOCK, lambda: SEED) as store:
        assert (store.room("free"), list(store.pools().items())) == (None, [("a", 100), ("free", None)])
        assert isinstance(store, SeatStore)


def test_a_store_that_is_no_database_is_said_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("garbage, long enough to be looked at " * 40)
    said = f"{tmp_path}/x can't be used: file is not a database"
    with pytest.raises(VendorError, match=said), opened(tmp_path / "x", CLOCK, lambda: SEED):
        pass


def test_a_folder_where_the_store_is_to_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(VendorError, match="unable to open"), opened(tmp_path / "x", CLOCK, lambda: SEED):
        pass
