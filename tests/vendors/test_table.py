"""An export is read as it is or not at all; what is to be done is written once, for a person."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seatwise.core.model import (
    Account,
    Cause,
    CauseKind,
    Change,
    Duration,
    Exit,
    Grant,
    IncompleteRead,
    Outcome,
    Place,
    Result,
    Seat,
    Stop,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors.table import Table

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 19, 6, tzinfo=UTC)
EXPORT = "License,Email,Name,Last used,Assigned\nAll,ann@x,Ann,2026-11-20,2025-01-01\nAll,bo@x,Bo,,2025-01-01\n"


def table(
    root: Path,
    export: str | bytes = EXPORT,
    *,
    now: datetime = NOW,
    age: Duration | None = None,
    practice: bool = False,
    **config: Any,
) -> Table:
    (root / "jb.csv").write_bytes(export.encode() if isinstance(export, str) else export)
    site = Site(root, SetClock(now), lambda path: ((root / path).read_bytes(), WRITTEN))
    place = Place("seatwise.yaml", 5)
    return Table(Account("jb", "table", {"from": "jb.csv", **config}, place, age=age, practice=practice), site)


def change(login: str, before: str = "", after: str = "", why: str = "") -> Change:
    grants = [Grant(f"l-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("jb", login, grants[0], grants[1], login=login, cause=Cause(CauseKind.COMMIT, why=why, ticket="T-1"))


def unreadable(made: Table) -> IncompleteRead:
    with pytest.raises(IncompleteRead) as raised:
        list(made.read(None))
    return raised.value


def tasks(root: Path, ending: str = "csv") -> list[Path]:
    return sorted((root / ".seatwise" / "tasks").glob(f"*.{ending}"))


def test_an_export_is_the_actual_state_as_of_when_it_was_made(tmp_path: Path) -> None:
    (holding,) = table(tmp_path, bought={"All": "70"}).read(None)
    assert holding.seats == (Seat("ann@x", "ann@x", last_used=date(2026, 11, 20)), Seat("bo@x", "bo@x"))
    assert (holding.pool.bought, holding.pool.used, holding.proof.as_of) == (70, 2, WRITTEN)


def test_columns_may_be_mapped_and_ids_be_the_key(tmp_path: Path) -> None:
    columns = {"login": "Wer", "holder": "Nr", "last_used": "Zuletzt"}
    made = table(
        tmp_path,
        "Nr;Wer;Zuletzt\n7;ann@x;20.11.2026\n".encode("utf-8-sig"),
        sku="All",
        columns=columns,
        dates="DD.MM.YYYY",
        as_of="2026-11-01",
    )
    (holding,) = made.read(["All"])
    assert holding.seats == (Seat("7", "ann@x", last_used=date(2026, 11, 20)),)
    assert holding.proof.as_of == datetime(2026, 11, 1, tzinfo=UTC)
    assert made.info.key == "id"
    (outcome,) = made.apply([Change("jb", "ann", Grant("l", "All"), None, "7")])
    assert outcome.result is Result.HANDED_OVER


def test_what_was_bought_and_nobody_holds_is_sold_too(tmp_path: Path) -> None:
    made = table(tmp_path, bought={"Extra": "3"})
    assert [(one.sku, one.pool.bought, one.pool.used) for one in made.read(None)] == [("All", None, 2), ("Extra", 3, 0)]


def test_all_faults_come_at_once_with_their_lines(tmp_path: Path) -> None:
    rows = "All,ann@x,,20.11.2026,\nAll,ANN@x,,,\n,bo@x,,,\nAll,,,,\nAll,cy@x\n"
    assert unreadable(table(tmp_path, EXPORT.splitlines()[0] + "\n" + rows)).what.splitlines() == [
        "jb.csv:6: has 2 cells, the heading has 5 (fix: is it cut off? Export it again)",
        "jb.csv:2: '20.11.2026' is no date YYYY-MM-DD (fix: `dates:` one of YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY)",
        "jb.csv:3: ANN@x has All in line 2 too (fix: keep one)",
        "jb.csv:4: has no License (fix: fill it in, or delete the row if nobody has this seat)",
        "jb.csv:5: has no Email (fix: fill it in, or delete the row if nobody has this seat)",
    ]


def test_missing_columns_are_said_with_those_that_are_there(tmp_path: Path) -> None:
    made = table(tmp_path, "Produkt,Mailadresse\nAll,ann@x\n", columns={"login": "Mailadress", "last_used": "Used"})
    assert unreadable(made).what.splitlines() == [
        "jb.csv:1: has no column 'Used' (fix: `columns: {last_used: ...}`, one of Produkt, Mailadresse)",
        "jb.csv:1: has no column 'Mailadress' (fix: `login: Mailadresse`?)",
        "jb.csv:1: no column is known to hold the sku (fix: `columns: {sku: ...}`, one of Produkt, Mailadresse)",
    ]


@pytest.mark.parametrize(
    ("age", "stale"),
    [(Duration(5, "days"), True), (Duration(6, "days"), False), (Duration(1, "months"), False), (None, False)],
)
def test_an_old_export_is_not_believed(tmp_path: Path, age: Duration | None, stale: bool) -> None:
    made = table(tmp_path, age=age)
    if not stale:
        assert list(made.read(None))
        return
    error = unreadable(made)
    assert error.what == "jb.csv is of 2026-11-19, 5 days ago; at most 5 days are allowed"
    assert error.fix == "export it again from jb's console"
    with pytest.raises(IncompleteRead):
        list(made.apply([change("cy@x", after="All")]))


def test_a_task_is_written_once_and_the_export_never(tmp_path: Path) -> None:
    made = table(tmp_path)
    wanted = [change("ann@x", before="All", why="leaver"), change("cy@x", after="All")]
    first, second = list(made.apply(wanted)), list(table(tmp_path, now=NOW + timedelta(days=1)).apply(wanted))
    assert first == second
    assert {one.result for one in first} == {Result.HANDED_OVER}
    (task,) = tasks(tmp_path)
    assert task.name.startswith("jb-2026-11-24-")
    assert first[0].reason == f"written to .seatwise/tasks/{task.name}"
    rows = csv.DictReader(task.read_text().splitlines())
    assert [(row["do"], row["sku"], row["login"], row["why"]) for row in rows] == [
        ("take", "All", "ann@x", "leaver"),
        ("give", "All", "cy@x", ""),
    ]
    assert (tmp_path / "jb.csv").read_text() == EXPORT
    assert {path.name for path in task.parent.iterdir()} == {task.name, task.with_suffix(".md").name}


def test_the_same_changes_against_a_later_export_are_a_new_task(tmp_path: Path) -> None:
    list(table(tmp_path).apply([change("cy@x", after="All")]))
    list(table(tmp_path, EXPORT + "All,dee@x,,,\n").apply([change("cy@x", after="All")]))
    assert len(tasks(tmp_path)) == 2


def test_nothing_to_hand_over_writes_nothing(tmp_path: Path) -> None:
    outcomes = list(table(tmp_path).apply([change("ann@x", after="All"), change("cy@x", before="All")]))
    assert {one.result for one in outcomes} == {Result.ALREADY}
    assert tasks(tmp_path) == []


def test_a_swap_gives_before_it_takes(tmp_path: Path) -> None:
    list(table(tmp_path, bought={"Pro": "1"}).apply([change("ann@x", "All", "Pro")]))
    with tasks(tmp_path)[0].open() as task:
        assert [(row["do"], row["sku"]) for row in csv.DictReader(task)] == [("give", "Pro"), ("take", "All")]


def test_no_cell_of_a_task_is_a_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    for nasty in ("=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"):
        list(table(tmp_path).apply([change(nasty, after="All", why=nasty)]))
    for task in tasks(tmp_path):
        with task.open(newline="") as lines:
            (row,) = csv.DictReader(lines)
        assert row["login"][0] == row["why"][0] == "'"


def test_the_ticket_says_what_to_do_and_names_nobody(tmp_path: Path) -> None:
    gives = [change(login, after="All") for login in ("cy@x", "dee@x")]
    list(table(tmp_path).apply([change("ann@x", before="All"), *gives]))
    (ticket,) = tasks(tmp_path, "md")
    text = ticket.read_text()
    assert text.startswith("# jb: 2 to give, 1 to take\n")
    assert f"`{ticket.stem}.csv`" in text
    assert "`jb.csv`" in text
    assert "@x" not in text
    assert "practice" not in text


def test_a_practice_accounts_task_cannot_be_uploaded(tmp_path: Path) -> None:
    made = table(tmp_path, practice=True)
    list(made.apply([change("cy@x", after="All")]))
    assert made.info.practice
    assert tasks(tmp_path)[0].read_text().startswith("practice: do not upload\n")
    assert "practice: do not upload" in tasks(tmp_path, "md")[0].read_text()


def results(outcomes: list[Outcome]) -> list[tuple[Result, str]]:
    return [(one.result, one.reason) for one in outcomes]


def test_what_can_be_known_is_refused_without_asking_a_person(tmp_path: Path) -> None:
    made = table(tmp_path, bought={"All": "2"})
    optioned = Change("jb", "cy", None, Grant("l", "All", (("role", "admin"),)), login="cy@x")
    asked = [
        change("cy@x", after="All"),
        change("cy@x", after="Al"),
        optioned,
        change("", after="All"),
        change("cy@x", before="All", after="Pro"),
    ]
    assert results(list(made.apply(asked))) == [
        (Result.REFUSED, "all 2 seats of All are taken"),
        (Result.REFUSED, "the export shows no 'Al'"),
        (Result.REFUSED, "knows no option 'role'"),
        (Result.REFUSED, " has no login here"),
        (Result.CONFLICT, "the seat of All is gone: somebody else took it"),
    ]


@pytest.mark.parametrize(
    ("config", "what", "fix"),
    [
        ({"from": ""}, "account jb does not say which export it is read from", "add `from: exports/jb.csv` to it"),
        ({"columns": {"logn": "Email"}}, "account jb maps an unknown column 'logn'", "login"),
        ({"columns": "Email"}, "columns of account jb is 'Email'", "a mapping, as in columns: {login: Email}"),
        ({"bought": {"All": "x"}}, "'x' is no number of seats bought of account jb", "a whole number"),
        ({"bought": ["All"]}, "bought of account jb is ['All']", "a mapping, as in bought: {All Products Pack: 40}"),
        ({"dates": "D.M.Y"}, "dates 'D.M.Y' of account jb are unknown", "YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY"),
    ],
)
def test_a_wrong_configuration_stops_with_its_place(tmp_path: Path, config: Any, what: str, fix: str) -> None:
    with pytest.raises(Stop) as raised:
        table(tmp_path, **config)
    assert (raised.value.code, raised.value.what, raised.value.fix) == (Exit.ERROR, f"seatwise.yaml:5: {what}", fix)


def test_an_as_of_that_is_no_date_is_not_guessed(tmp_path: Path) -> None:
    assert unreadable(table(tmp_path, as_of="19 Nov")).what == "seatwise.yaml:5: as_of '19 Nov' is no date"


# the export of a known console


def test_a_known_consoles_export_is_read_in_its_own_form(tmp_path: Path) -> None:
    export = "Email,Last Login(UTC),User Type\nann@x,2026-11-20 08:12:00,Licensed\nbo@x,,Basic\n"
    (holding,) = table(tmp_path, export, format="zoom").read(None)
    assert (holding.sku, holding.seats) == ("Licensed", (Seat("ann@x", "ann@x", last_used=date(2026, 11, 20)),))


def test_an_export_that_is_not_the_consoles_is_no_reading(tmp_path: Path) -> None:
    assert "is no export of zoom: it lacks Last Login(UTC)" in str(unreadable(table(tmp_path, format="zoom")))


@pytest.mark.parametrize(
    ("config", "what", "fix"),
    [
        ({"format": "zoon"}, "account jb has the unknown format 'zoon'", "zoom"),
        ({"format": "zoom", "columns": {"sku": "X"}}, "has format: zoom, which says columns already", "drop columns"),
    ],
)
def test_a_format_is_one_that_is_known_and_says_everything(
    tmp_path: Path, config: dict[str, Any], what: str, fix: str
) -> None:
    with pytest.raises(Stop) as raised:
        table(tmp_path, **config)
    assert what in raised.value.what
    assert fix in raised.value.fix
