"""Values as people read them, and as no terminal, browser or forge obeys them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from seatwise.core.gist import Loss
from seatwise.views import words

anything = st.text(st.characters(), max_size=60)
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
BERLIN = words.zone("Europe/Berlin")


@given(anything)
def test_text_stays_on_one_line_and_holds_nothing_unseen(value: str) -> None:
    shown = words.text(value)
    assert shown.splitlines() in ([shown], [])
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize("name", ["tom.becker@acme.example", "Jürgen Groß", "山田 太郎", "O'Neill", "a-b_c"])
def test_a_decent_name_is_shown_as_it_is(name: str) -> None:
    assert words.text(name) == name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb", "a\\x0ab"),
        ("\u202e", "\\u202e"),
        ("\U000e0041", "\\U000e0041"),
        ("\x9b", "\\x9b"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(raw: str, shown: str) -> None:
    assert words.text(raw) == shown


def test_a_value_without_end_is_cut() -> None:
    assert len(words.text("x" * 10_000)) == 240
    assert words.text("x" * 10_000).endswith("…")


@given(anything)
def test_markdown_shows_the_text_and_nothing_else(value: str) -> None:
    shown = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .renderInline(f"x {words.markdown(value)} x")
    )
    for code, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("\u200b", ""), ("&amp;", "&")):
        shown = shown.replace(code, char)
    assert shown.split() == f"x {words.text(value)} x".split()


@pytest.mark.parametrize(
    "raw", ["@ann", "#12", "http://e.example", "GH-12", "www.e.example", "acme/x#1", "ann@acme.example"]
)
def test_markdown_mentions_and_links_nothing(raw: str) -> None:
    assert "&#8203;" in words.markdown(raw)


def test_markdown_opens_and_closes_no_tag() -> None:
    assert words.markdown("<b>&lt;") == "&lt;b&gt;&amp;lt;"


def test_markdown_ends_no_table_cell() -> None:
    assert words.markdown("a|b") == "a\\|b"


@given(anything)
def test_a_code_span_shows_the_text_as_it_is(value: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(words.code(value))[0].children or []
    if words.text(value).strip():
        assert [(token.type, token.content) for token in tokens] == [("code_inline", words.text(value))]
    else:
        assert words.code(value) == "(empty)"


@given(st.lists(anything, max_size=8), st.integers(10, 40), st.sampled_from([" ", " · "]))
def test_lines_are_never_wider_than_asked_and_lose_nothing(items: list[str], width: int, between: str) -> None:
    shown = [words.text(item) for item in items]
    lines = words.flow(shown, width, between=between)
    assert all(words.columns(line) <= width for line in lines)
    assert letters("".join(lines)) == letters("".join(shown))


def letters(text: str) -> str:
    return text.replace("·", "").replace(" ", "")


def test_an_item_stays_whole_where_it_fits() -> None:
    assert words.flow(["ann idle 3 d", "bo idle 4 d"], 16, between=" · ") == ["ann idle 3 d ·", "bo idle 4 d"]


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert (words.columns("abc"), words.columns("山田"), words.columns("e\u0301")) == (3, 4, 1)
    assert words.pad("山田", 6) == "山田  "


def test_a_row_shows_its_first_items_and_counts_the_others() -> None:
    names = [f"name{at}" for at in range(40)]
    assert words.row("slack -40", names, 100, most=1) == [
        "  slack -40   name0 name1 name2 name3 name4 name5 name6 name7 name8 name9 name10 name11 and 28 more"
    ]
    assert sum(line.count("name") for line in words.row("slack -40", names, 100)) == 40


def test_a_row_stands_below_its_head_on_a_narrow_screen() -> None:
    assert words.row("slack -2", ["ann", "bo"], 60) == ["  slack -2", "    ann bo"]


def test_prose_hangs_below_its_first_line() -> None:
    assert words.wrap("one two three", 12, first="fix: ", rest="     ") == ["fix: one two", "     three"]


@pytest.mark.parametrize(("number", "said"), [(0, "0 seats"), (1, "1 seat"), (1204, "1,204 seats")])
def test_numbers_agree_with_their_nouns(number: int, said: str) -> None:
    assert words.count(number, "seat") == said


def test_irregular_nouns_are_given() -> None:
    assert words.count(2, "person", "people") == "2 people"


def test_a_list_says_how_many_it_leaves_out() -> None:
    assert words.listed(["a", "b"], 3) == "a, b"
    assert words.listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"


@pytest.mark.parametrize(
    ("amount", "said"), [("247", "+247.00 USD"), ("-1234.5", "-1,234.50 USD"), ("0.005", "+0.00 USD")]
)
def test_money_has_its_sign_and_currency(amount: str, said: str) -> None:
    assert words.money(Decimal(amount), "USD") == said


def test_a_day_names_its_year_only_where_it_is_another() -> None:
    assert words.day(date(2026, 12, 1), TODAY) == "1 Dec"
    assert words.day(date(2027, 4, 1), TODAY) == "1 Apr 2027"


def test_a_time_is_told_on_the_clocks_of_the_zone() -> None:
    assert words.moment(NOW, NOW, BERLIN) == "09:30"
    assert words.moment(datetime(2026, 11, 28, 3, tzinfo=UTC), NOW, BERLIN) == "Sat 28 Nov 04:00"
    assert words.moment(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), NOW, BERLIN) == "Wed 25 Nov 00:30"


@pytest.mark.parametrize("name", ["No/Such", "../../etc/passwd", "", "/etc/passwd", "a\x00b"])
def test_a_zone_that_is_none_is_utc(name: str) -> None:
    assert words.zone(name) is UTC


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (0.2, "1 s"), (119, "119 s"), (120, "2 min"), (301, "6 min"), (3600, "1 h"), (19_200, "5 h 20 min"),
     (48 * 3600, "2 days"), (48 * 3600 + 1, "3 days")],
)  # fmt: skip
def test_lengths_of_time_are_rounded_up(seconds: float, said: str) -> None:
    assert words.length(seconds) == said


def test_the_domain_that_most_people_have_is_left_out_of_their_names() -> None:
    left_out = words.domain(["ann@acme.example", "bo@acme.example", "bo@other.example", "?123"])
    assert left_out == "@acme.example"
    assert words.person("bo@acme.example", left_out) == "bo"
    assert words.person("bo@other.example", left_out) == "bo@other.example"
    assert words.person("@acme.example", left_out) == "@acme.example"
    assert words.domain(["?123", "x@<b>"]) == ""
    assert words.person("?123", "") == "?123"


UNTIL = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([], "exact, nothing is lost"),
        (
            [Loss("copilot", "new", 5, UNTIL)],
            "exact until 30 Nov; later 5 seats of copilot come back as new ones. No data is lost",
        ),
        ([Loss("slack", "new", 1)], "exact, but 1 seat of slack comes back as a new one. No data is lost"),
        (
            [Loss("figma", "lossy", 2), Loss("copilot", "new", 1, UNTIL)],
            (
                "exact until 30 Nov, but 2 seats of figma come back without their data;"
                " later 1 seat of copilot comes back as a new one"
            ),
        ),
        (
            [Loss("a", "none", 2), Loss("b", "none", 1), Loss("c", "magic", 1)],
            "exact, but 2 seats of a do not come back, 1 seat of b does not come back and 1 more",
        ),
        ([Loss("c", "magic", 1)], "exact, but 1 seat of c may come back as another"),
    ],
)
def test_undo_says_until_when_it_is_exact_and_what_becomes_of_the_rest(losses: list[Loss], said: str) -> None:
    assert words.undo(losses, words.text, lambda day: words.day(day, UNTIL), 2) == said
