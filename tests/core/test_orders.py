"""What the rows of a file and the words of a command ask; every fault names the row, the column and the way out."""

from __future__ import annotations

from datetime import date

import pytest

from seatwise.core.console import Table
from seatwise.core.model import Level
from seatwise.core.orders import LONGEST, MOST_ROWS, Act, Order, Orders, Wording, of_file, of_words

SPRING = date(2027, 3, 31)
LONG = ("person", "action", "license", "through", "reason", "ticket")


def table(heading: tuple[str, ...], *rows: tuple[str, ...]) -> Table:
    lines = enumerate((dict(zip(heading, row, strict=True)) for row in rows), 2)
    return Table("rows.csv", heading, tuple(lines))


def read(heading: tuple[str, ...], *rows: tuple[str, ...], wording: Wording | None = None) -> Orders:
    orders, found = of_file(table(heading, *rows), wording or Wording())
    assert found == ()
    return orders


def faults(heading: tuple[str, ...], *rows: tuple[str, ...], wording: Wording | None = None) -> list[tuple[str, str]]:
    orders, found = of_file(table(heading, *rows), wording or Wording())
    assert {one.level for one in found} == {Level.ERROR}
    assert {one.line for one in orders.orders}.isdisjoint({one.place.line for one in found if one.place})
    return [(f"{one.place}: {one.what}", one.fix) for one in found]


def row(**cells: str) -> tuple[str, ...]:
    """A row of the long form that is sound where nothing else is said."""
    sound = {"person": "ann", "action": "give", "license": "figma", **cells}
    return tuple(sound.get(name, "") for name in LONG)


# the two forms


def test_a_row_says_who_and_what_and_which_license() -> None:
    cells = row(through="2027-03-31", reason="new  here", ticket="IT-7")
    expected = Order(Act.GIVE, "ann", "figma", 2, through=SPRING, reason="new here", ticket="IT-7")
    assert read(LONG, cells).orders == (expected,)


def test_a_row_with_a_column_for_each_action_moves_somebody() -> None:
    made = read(("Login", "Remove", "Assign", "never"), ("ann", "e3", "e5", ""))
    assert made.orders == (
        Order(Act.GIVE, "ann", "e5", 2, column="give"), Order(Act.TAKE, "ann", "e3", 2, column="take"))  # fmt: skip
    assert made.columns == {"person": "Login", "take": "Remove", "give": "Assign", "never": "never"}


def test_headings_that_mean_nothing_are_named_and_not_read() -> None:
    assert read((*LONG, "Quux", ""), (*row(), "1", "")).unread == ("Quux",)


def test_a_heading_that_is_the_fields_own_name_wins_over_others_that_mean_it() -> None:
    made = read(("Mail", "person", "action", "license"), ("x", "ann", "give", "figma"))
    assert (made.orders[0].who, made.unread) == ("ann", ("Mail",))


def test_columns_and_words_mean_what_was_said_on_the_command_line() -> None:
    wording = Wording({"person": "wer", "action": "was"}, {"Z": "give", "fgm": "figma", "fort": "unassign"})
    made = read(("Wer", "Was", "license"), ("ann", "z", "FGM"), ("bo", "fort", "e3"), wording=wording)
    assert [(one.act, one.license) for one in made.orders] == [(Act.GIVE, "figma"), (Act.TAKE, "e3")]


def test_a_device_stands_in_a_column_of_its_own() -> None:
    (made,) = read(("device", "person", "give"), ("ber-1", "", "rooms")).orders
    assert (made.who, made.device) == ("ber-1", True)


def test_words_of_a_command_are_read_like_a_row() -> None:
    orders, found = of_words({"action": "give", "person": "ann", "license": "figma", "through": "31.3.2027"})
    assert (orders.orders, found) == ((Order(Act.GIVE, "ann", "figma", through=SPRING),), ())


def test_a_fault_of_a_command_names_no_file_and_no_column() -> None:
    (found,) = of_words({"action": "give", "person": "ann", "license": "figma", "through": "soon"})[1]
    assert (found.place, found.what) == (None, "'soon' is no date")


# headings


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        (("sep=;",), "begins with 'sep=;', which only one spreadsheet understands"),
        (("person|give",), "has one column only: its cells are separated by '|'"),
        (("ann@x.example", "give"), "has no heading: its first row names a person"),
    ],
    ids=["sep", "bars", "no heading"],
)
def test_a_first_row_that_is_no_heading_says_why(heading: tuple[str, ...], what: str) -> None:
    assert [said for said, _ in faults(heading)] == [f"rows.csv:1: {what}"]


def test_a_column_without_a_heading_must_be_empty() -> None:
    assert faults((*LONG, ""), (*row(), "x")) == [
        ("rows.csv:1: has a column without a heading that is not empty", "name it, or delete it")]  # fmt: skip


def test_a_file_without_a_heading_at_all_says_what_it_lacks() -> None:
    assert [what for what, _ in faults(())] == [
        "rows.csv:1: no column says who", "rows.csv:1: no column says what to give or take"]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        (("person", "action"), "no column says which license"),
        (("person", "license"), "no column says whether to give or to take"),
        (("person", "license", "give"), "says it in two ways: 'give' and 'license'"),
        (("action", "license"), "no column says who"),
    ],
)
def test_a_heading_that_lacks_something_or_says_it_twice(heading: tuple[str, ...], what: str) -> None:
    assert [said for said, _ in faults(heading)] == [f"rows.csv:1: {what}"]


def test_two_columns_that_may_be_the_same_must_be_told_apart() -> None:
    assert faults(("User Name", "Login", "give")) == [
        ("rows.csv:1: columns 'User Name' and 'Login' may both be person", "say which: --map person='User Name'")
    ]


@pytest.mark.parametrize(
    ("column", "what", "fix"),
    [
        ("Until", "column 'Until': is that the last day on which the seat is held?", "if so: --map through=Until"),
        ("Tiket", "column 'Tiket' is none that is known", "ticket? rename it, or --map ticket=Tiket"),
    ],
)
def test_a_column_that_was_probably_meant_is_asked_about(column: str, what: str, fix: str) -> None:
    assert faults(("person", "give", column)) == [(f"rows.csv:1: {what}", fix)]


def test_the_end_of_something_else_is_not_asked_about_where_the_last_day_is_known() -> None:
    assert read(("person", "give", "through", "Until"), ("ann", "figma", "", "x")).unread == ("Until",)


@pytest.mark.parametrize(
    ("columns", "what", "fix"),
    [
        ({"persn": "Who"}, "--map: there is no field 'persn'", "person"),
        ({"reason": "Wy"}, "there is no column 'Wy', which reason is mapped to", "the columns are Who, give"),
        ({"reason": "giv"}, "there is no column 'giv', which reason is mapped to", "give? the columns are Who, give"),
    ],
    ids=["field", "column", "near column"],
)
def test_what_is_mapped_must_be_there(columns: dict[str, str], what: str, fix: str) -> None:
    assert faults(("Who", "give"), wording=Wording({"person": "Who", **columns})) == [(f"rows.csv:1: {what}", fix)]


def test_a_file_has_rows_and_not_too_many() -> None:
    assert faults(LONG) == [
        ("rows.csv:1: has no row under its heading", "is it the right file, and the right sheet?")]  # fmt: skip
    ((what, _),) = faults(("person", "give"), *[("ann", "figma")] * (MOST_ROWS + 1))
    assert what == "rows.csv:50002: has 50,001 rows, at most 50,000 are read"


# cells


@pytest.mark.parametrize(
    ("cell", "what", "fix"),
    [
        ('="figma"', "'=\"figma\"' is a formula, not a value", "figma"),
        ("=A1", "'=A1' is a formula, not a value", "save the file with values only"),
        ("#n/a", "'#n/a' is what a spreadsheet shows where it has no value", "write the value"),
        ("###", "'###' is what a spreadsheet shows where it has no value", "write the value"),
        ("fig\u200bma", "'fig\\u200bma' has a character that can't be seen, U+200B", "type it anew"),
    ],
)
def test_a_cell_that_holds_no_value_says_so(cell: str, what: str, fix: str) -> None:
    assert faults(LONG, row(license=cell)) == [(f"rows.csv:2: column 'license': {what}", fix)]


def test_a_reason_has_an_end() -> None:
    assert read(LONG, row(reason="x" * LONGEST)).orders
    ((what, _),) = faults(LONG, row(reason="x" * (LONGEST + 1)))
    assert what == "rows.csv:2: column 'reason' is 2,001 characters long, at most 2,000 are kept"


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ("46477", "2027-03-31? It is a spreadsheet's number: format the column as a date"),
        ("3/4/2027", "2027-04-03 or 2027-03-04? Write the last day held as 2026-12-31"),
        ("31/3/2027", "2027-03-31 (the last day held)"),
        ("3/31/2027", "2027-03-31 (the last day held)"),
        ("4/4/2027", "2027-04-04 (the last day held)"),
        ("soon", "write the last day held as 2026-12-31"),
    ],
)
def test_a_day_is_never_guessed_and_the_way_out_says_what_it_may_be(cell: str, fix: str) -> None:
    assert faults(LONG, row(through=cell)) == [(f"rows.csv:2: column 'through': {cell!r} is no date", fix)]


@pytest.mark.parametrize(
    ("who", "what", "fix"),
    [
        ("", " is empty", "say which person, or delete the row"),
        ("ann; bo,cy", ": 'ann; bo,cy' are 3 people", "one a row"),
        ("Ann <ann@x.example>", ": 'Ann <ann@x.example>' is more than a person's key", "ann@x.example"),
    ],
)
def test_a_row_names_one_person_by_their_key(who: str, what: str, fix: str) -> None:
    assert faults(LONG, row(person=who)) == [(f"rows.csv:2: column 'person'{what}", fix)]


def test_a_row_names_a_person_or_a_device() -> None:
    heading = ("person", "device", "give")
    assert faults(heading, ("ann", "ber-1", "figma"), ("", "", "figma")) == [
        ("rows.csv:2: column 'device': names a person and a device: 'ann', 'ber-1'", "one a row"),
        ("rows.csv:3: column 'person' is empty", "say which person or device, or delete the row"),
    ]


@pytest.mark.parametrize(
    ("cell", "what", "fix"),
    [
        ("", " is empty", "one of give, take, extend, never"),
        ("giv", ": 'giv' is no action", "give?"),
        ("go on", ": 'go on' is no action",
         "one of give, take, extend, never; or say what it means: --code 'go on'=give"),
    ],
)  # fmt: skip
def test_an_action_that_is_none_comes_with_those_there_are(cell: str, what: str, fix: str) -> None:
    assert faults(LONG, row(action=cell)) == [(f"rows.csv:2: column 'action'{what}", fix)]


def test_a_row_that_asks_for_nothing_is_a_fault() -> None:
    assert faults(("person", "give", "take"), ("ann", "", "")) == [
        ("rows.csv:2: asks for nothing: 'give' and 'take' are empty", "fill one, or delete the row")]  # fmt: skip
    assert faults(LONG, row(license="")) == [
        ("rows.csv:2: column 'license' is empty", "say which license, or delete the row")]  # fmt: skip


def test_a_last_day_belongs_to_what_lasts() -> None:
    said = [what for what, _ in faults(LONG, row(action="extend"), row(action="take", through="2027-03-31"))]
    assert said == [
        "rows.csv:2: column 'through' is empty: extended through which day?",
        "rows.csv:3: column 'through': 2027-03-31 stands beside a take, which is done with the merge",
    ]


def test_every_row_is_told_what_is_wrong_with_it_and_not_only_the_first() -> None:
    found = faults(LONG, row(person=""), row(), row(license="=A1", through="soon"))
    assert [what.partition(" column")[0] for what, _ in found] == ["rows.csv:2:", "rows.csv:4:"]


def test_an_empty_word_of_a_command_is_named_and_there_is_no_row_to_delete() -> None:
    _, told = of_words({"action": "give", "person": "", "license": "figma"})
    assert [(one.what, one.fix) for one in told] == [("person is empty", "say which person")]
