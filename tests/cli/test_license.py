"""`seatwise license buy`: one lot more in the file, everything else as it was; or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company

from seatwise.cli.main import cli

PATH = "licenses/x/figma.yaml"
TEXT = """# who may draw
license: figma
product: Figma
type: trial
metric: named-user
owner: it
account: v
sku: FIGMA
mode: manage
entitlements:
  2025-04-initial: {type: initial, quantity: 40, price: 15.00 EUR / month}   # as signed
  # next year again
assignments: []
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    company = Company(tmp_path)
    company.sells(FIGMA=40)
    company.write(PATH, TEXT)
    company.license("free", mode="observe")
    company.commit()
    return company.root


def buy(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "license", "buy", *words])


def test_it_is_an_ordered_lot_at_the_price_of_the_newest_and_comments_stay(root: Path) -> None:
    done = buy(root, "figma", "5", "--from", "2026-12-01", "--po", "PO 17: a")

    bought = "type: true-up, quantity: 5, price: 15.00 EUR / month, start: 2026-12-01"
    lot = f'  2026-12-order: {{{bought}, po: "PO 17: a", state: ordered}}\n'
    assert (root / PATH).read_text() == TEXT.replace("  # next", f"{lot}  # next")
    assert done.output.startswith(
        f"{PATH}:12: 2026-12-order, 5 seats of figma ordered for 2026-12-01; 40 bought so far\n"
    )
    assert CliRunner().invoke(cli, ["-C", str(root), "validate"]).exit_code == 0


def test_a_second_order_of_the_month_has_a_name_of_its_own(root: Path) -> None:
    buy(root, "figma", "5", "--from", "2026-12-01")
    answer = json.loads(buy(root, "figma", "2", "--from", "2026-12-15", "--json").output)
    assert (answer["lot"]["name"], answer["lot"]["quantity"], answer["rights"]) == ("2026-12-order-2", 2, 40)


def test_the_first_lot_of_a_license_is_its_initial_one(root: Path) -> None:
    lots = TEXT[TEXT.index("entitlements:") : TEXT.index("assignments:")]
    (root / PATH).write_text(TEXT.replace(lots, "entitlements: {}   # none yet\n"))
    assert buy(root, "figma", "5").exit_code == 0
    assert "-order: {type: initial, quantity: 5, start: " in (root / PATH).read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("figmo", "5"), "there is no license 'figmo'\n  fix: did you mean figma?"),
        (("nothing-like-it", "5"), "one of: figma, free"),
        (("figma", "0"), "0 is not in the range"),
        (("figma", "many"), "'many' is not a valid integer range"),
        (("figma",), "Missing argument 'SEATS'"),
        (("figma", "5", "--from", "31.12.2026"), "seatwise license buy --help"),
        (
            ("figma", "5", "--contract", "ea"),
            "figma stands under no contract, not under ea\n  fix: leave --contract out",
        ),
        (("figma", "5", "--po", "\x1b[31mx"), "--po: '\\x1b[31mx' has a character that can't be seen, U+001B"),
        (("figma", "5", "--po", "x" * 3000), "nothing was written"),
    ],
)
def test_what_can_not_be_written_as_meant_is_refused_and_nothing_is_written(
    root: Path, words: tuple[str, ...], says: str
) -> None:
    done = buy(root, *words)
    assert (done.exit_code != 0, says in done.stderr, (root / PATH).read_text()) == (True, True, TEXT), done.stderr


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("metric: named-user", "metric: site", "figma is not bought by the seat (trial, site)"),
        ("type: trial", "type: free", "figma is not bought by the seat (free, named-user)"),
        ("mode: manage", "mode: manage\nretired: true", "figma is retired"),
        ("owner: it", "owner: nobody", "1 error in the files on disk"),
        ("entitlements:\n  2025-04", "entitlements: {2025-04", "'entitlements' stands on one line"),
    ],
)
def test_a_license_that_can_not_be_bought_is_left_as_it_is(root: Path, before: str, after: str, says: str) -> None:
    text = TEXT.replace(before, after)
    text = text.replace("month}   # as signed\n  # next year again", "month}}") if "{2025" in text else text
    (root / PATH).write_text(text)
    done = buy(root, "figma", "5")
    assert (done.exit_code != 0, says in done.stderr, (root / PATH).read_text()) == (True, True, text), done.stderr


def test_nothing_is_written_through_a_symbolic_link(root: Path, tmp_path: Path) -> None:
    (root / "licenses/x").rename(tmp_path / "outside")
    (root / "licenses/x").symlink_to(tmp_path / "outside")
    done = buy(root, "figma", "5")
    assert (done.exit_code, "symbolic link" in done.stderr) == (1, True)
    assert (tmp_path / "outside/figma.yaml").read_text() == TEXT
