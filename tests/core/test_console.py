"""An admin console's export and an HR file, as they come."""

from __future__ import annotations

from seatwise.core.console import Table, people_source, seats


def table(heading: str, *rows: str) -> Table:
    names = tuple(heading.split(","))
    lines = [(number, dict(zip(names, row.split(","), strict=True))) for number, row in enumerate(rows, 2)]
    return Table("export.csv", names, tuple(lines))


def faults(export: Table) -> list[str]:
    return [f"{fault.place}: {fault.what}" for fault in seats(export, "pro")[1]]


def test_seats_are_told_by_license_and_folded_login() -> None:
    held, _ = seats(table("Email,License", "Ann@acme.example,Pro", "ann@acme.example,Pro", "bo@acme.example,Lite"), "")
    assert held.holders == {
        "Pro": {"ann@acme.example": "Ann@acme.example"},
        "Lite": {"bo@acme.example": "bo@acme.example"},
    }
    assert (held.columns, held.joined) == ({"sku": "License", "login": "Email"}, False)


def test_without_a_license_column_the_export_is_of_one_product() -> None:
    held, _ = seats(table("Email,Last active", "ann@acme.example,2026-11-01"), "figma")
    assert held.holders == {"figma": {"ann@acme.example": "ann@acme.example"}}
    assert held.columns == {"login": "Email", "last_used": "Last active"}


def test_products_joined_in_one_cell_are_several_seats() -> None:
    held, _ = seats(table("Email,Licenses", "ann@acme.example,E3 + Visio"), "")
    assert (sorted(held.holders), held.joined) == (["E3", "Visio"], True)


def test_every_row_that_cannot_be_used_is_named_with_its_column() -> None:
    assert faults(table("Email,License", "ann,Pro", "bo@acme.example,", "c d@x.example,Pro")) == [
        "export.csv:2: column 'Email': 'ann' is no mail address",
        "export.csv:3: column 'License' is empty",
        "export.csv:4: column 'Email': 'c d@x.example' is no mail address",
    ]


def test_an_export_without_mail_addresses_or_rows_says_so() -> None:
    assert faults(table("Seat,Colour")) == [
        "export.csv:1: no column has mail addresses",
        "export.csv:1: has no row under its heading",
    ]
    assert faults(table("Colour", "red")) == ["export.csv:1: no column has mail addresses"]


def test_people_are_read_by_the_columns_and_codes_that_are_known() -> None:
    source, found = people_source(table("E-Mail,Dept,Status,Shoe", "a@acme.example,Design,Employed,42"), {})
    assert found == ()
    assert source.columns == {"mail": "E-Mail", "status": "Status", "department": "Dept"}
    assert source.codes == {"status": {"Employed": "active"}}


def test_codes_that_mean_nothing_and_a_missing_mail_are_asked_about() -> None:
    _, found = people_source(table("Dept,Status", "Design,Q"), {})
    assert [fault.what for fault in found] == [
        "no column has mail addresses",
        "column 'Status' has 'Q': which status is that?",
    ]
    assert found[1].fix == "write active, leave, left, starts"
