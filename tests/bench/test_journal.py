"""What `make bench` says of journals is what real journals took, and the page says it so."""

from __future__ import annotations

from pathlib import Path

from bench import journal

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def test_every_account_writes_its_part_and_nobody_loses() -> None:
    done = journal.written(2, 4 * journal.BATCH)
    begun_intents_outcomes_ended = 1 + 2 + 1 + 1
    assert (done.accounts, done.changes, done.appends, done.lost) == (
        2,
        4 * journal.BATCH,
        2 * begun_intents_outcomes_ended,
        0,
    )
    assert done.seconds > 0 and done.mib > 0


def test_a_row_has_what_was_counted() -> None:
    row = journal.Written(8, 100_000, 1_234, 5, 67.89, 1.04)
    assert journal.section([row]).splitlines()[-1] == "| 8 | 100,000 | 1,234 | 5 | 67.9 s | 1.0 MiB |"


def test_the_page_has_a_row_for_each_number_of_accounts() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = page.partition(journal.HEAD + "\n")[2].partition("\n\n")[0].splitlines()
    assert [row.split("|")[1:3] for row in rows] == [
        [f" {count} ", f" {journal.CHANGES:,} "] for count in journal.ACCOUNTS
    ]
