"""The exports of admin consoles: each is known by its heading, and its rows become one row a seat."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from seatwise.core.console import Table
from seatwise.core.consoles import CONSOLES, Console, plain, recognised

SAMPLES = Path(__file__).parents[1] / "samples"
"""Invented people under headings whose sources docs/consoles.md names."""
ANN, BO = ("ann@acme.example", "2026-11-20"), ("bo@acme.example", "")
SEATS = {
    "microsoft365": {
        "Microsoft 365 E3": [("ann@acme.example", ""), ("Bo@acme.example", "")],
        "Visio Plan 2": [("ann@acme.example", "")],
    },
    "google": {"Google Workspace": [ANN, BO]},
    "github": {"GitHub Copilot": [("ann-a", "2026-11-20"), ("Bo-Okafor", "")]},
    "slack": {"Slack": [("ann@acme.example", ""), ("bo@acme.example", "")]},
    "zoom": {"Licensed": [ANN, BO]},
    "atlassian": {"Jira - acme": [ANN, BO], "Confluence - acme": [("ann@acme.example", "")]},
    "atlassian-site": {"Jira Software": [("ann@acme.example", ""), BO], "Jira Work Management": [BO]},
    "adobe": {
        "Default All Apps configuration": [("ann@acme.example", "")],
        "Default Acrobat Pro configuration": [("ann@acme.example", ""), ("bo@acme.example", "")],
    },
}


def table(text: str) -> Table:
    heading, *rows = csv.reader(text.splitlines())
    lines = tuple((number, dict(zip(heading, row, strict=True))) for number, row in enumerate(rows, 2))
    return Table("export.csv", tuple(heading), lines)


def sample(name: str) -> Table:
    return table((SAMPLES / f"{name}.csv").read_text(encoding="utf-8"))


def seats(console: Console, export: Table) -> dict[str, list[tuple[str, str]]]:
    shown, faults = plain(console, export)
    assert faults == ()
    found: dict[str, list[tuple[str, str]]] = {}
    for _, row in shown.rows:
        found.setdefault(row["License"], []).append((row[console.names], row["Last used"]))
    return found


def faults(name: str, text: str) -> list[str]:
    return [f"{one.place}: {one.what} / {one.fix}" for one in plain(CONSOLES[name], table(text))[1]]


@pytest.mark.parametrize("name", SEATS)
def test_a_consoles_export_is_known_by_its_heading_and_says_who_holds_what(name: str) -> None:
    export = sample(name)
    console = recognised(export.heading)
    assert console is not None and console.name == name
    assert seats(console, export) == SEATS[name]


def test_every_console_that_is_known_has_a_sample() -> None:
    assert set(SEATS) == set(CONSOLES)


def test_the_usual_words_are_no_consoles_heading() -> None:
    assert recognised(sample("jetbrains").heading) is None


def test_a_seat_keeps_the_line_that_it_stands_in_and_what_is_known_of_its_holder() -> None:
    shown, _ = plain(CONSOLES["microsoft365"], sample("microsoft365"))
    assert [line for line, _ in shown.rows] == [2, 2, 3]
    assert shown.rows[0][1] == {
        "License": "Microsoft 365 E3", "Email": "ann@acme.example", "Last used": "", "Name": "Ann Ahlberg",
        "Department": "Design", "Title": "Designer", "Country": "DE",
    }  # fmt: skip


def test_a_name_is_put_together_from_its_parts() -> None:
    shown, _ = plain(CONSOLES["zoom"], sample("zoom"))
    assert [row["Name"] for _, row in shown.rows] == ["Ann Ahlberg", "Bo Okafor"]


def test_the_columns_that_come_and_go_may_be_missing() -> None:
    export = table("Email Address [Required],Last Sign In [READ ONLY],Licenses [READ ONLY]\nann@x,,Business Plus\n")
    assert seats(CONSOLES["google"], export) == {"Business Plus": [("ann@x", "")]}


def test_an_export_of_another_form_is_told_which_columns_it_lacks_and_has() -> None:
    (said,) = faults("zoom", "Email,Colour\nann@x,red\n")
    assert said.startswith("export.csv:1: is no export of zoom: it lacks Last Login(UTC), User Type or License Type / ")
    assert said.endswith("it has Email, Colour; zoom: User Management > Users > Export")


def test_a_day_that_cannot_be_read_is_named_with_its_row() -> None:
    text = "Report Time,Login,Last Authenticated At,Last Activity At,Last Surface Used\n,ann,,11/20/2026,\n,bo,,nil,\n"
    assert faults("github", text) == [
        "export.csv:2: column 'Last Activity At': '11/20/2026' is no date / 2026-11-24, 2026/11/24 or 24 Nov 2026"
    ]


def test_an_export_in_which_nobody_holds_anything_is_no_start() -> None:
    text = "Email,Last Login(UTC),User Type\nann@x,,Basic\n"
    assert faults("zoom", text) == [
        "export.csv:1: none of its 1 rows holds a license / export it again, with everybody in it"
    ]


def test_products_are_asked_for_where_the_export_has_no_column_of_any() -> None:
    text = "User id,User name,email,User status,Added to org,Last seen in Jira - acme\n1,Ann,ann@x,Active,,\n"
    assert faults("atlassian", text) == [
        "export.csv:1: has no column of a product / export it again, with product access"
    ]
