from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.reviews import license, lot

from seatwise.core import terms
from seatwise.core.model import Contract, Duration, Notice

MONTHS_36, MONTHS_12 = Duration(36, "months"), Duration(12, "months")


def contract(start: str, term: Duration = MONTHS_36, renewal: str = "never", **fields: Any) -> Contract:
    base = Contract("ea", "Acme", "it", {}, date.fromisoformat(start), term, renewal)
    return replace(base, **fields)


def notice(count: int, unit: str = "months") -> Notice:
    return Notice(Duration(count, unit))


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_a_tacit_renewal_moves_the_end_and_the_deadline() -> None:
    of = contract("2024-08-28", MONTHS_12, "tacit", notice=notice(2))
    found = terms.term(of, day("2026-02-11"))
    assert (found.first, found.end, found.deadline) == (day("2025-08-28"), day("2026-08-28"), day("2026-06-28"))


def test_a_long_first_term_then_short_renewals() -> None:
    of = contract("2020-08-01", MONTHS_36, "tacit", renewal_term=MONTHS_12, notice=notice(3))
    assert terms.term(of, day("2023-07-31")).end == day("2023-08-01")  # the first term
    found = terms.term(of, day("2023-10-31"))
    assert (found.first, found.end, found.deadline) == (day("2023-08-01"), day("2024-08-01"), day("2024-05-01"))
    assert found.why == "36 months from 2020-08-01, then tacit renewal 1 of 12 months"


def test_a_warning_21_days_before_the_deadline() -> None:
    found = terms.term(contract("2018-09-27", notice=notice(3)), day("2021-01-01"))
    assert found.deadline is not None
    assert terms.later(found.deadline, Duration(21, "days"), -1) == day("2021-06-06")


@pytest.mark.parametrize(
    ("from_day", "months", "expected"),
    [
        ("2026-11-30", -3, "2026-08-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-31", -1, "2025-12-31"),
        ("2026-05-15", 0, "2026-05-15"),
        ("9999-12-01", 1, "9999-12-31"),
        ("0001-01-31", -1, "0001-01-01"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(from_day: str, months: int, expected: str) -> None:
    assert terms.add_months(day(from_day), months) == day(expected)


def test_91_days_before_the_end_is_the_last_day_for_notice_of_90() -> None:
    of = contract("2026-01-01", MONTHS_12, "tacit", notice=notice(90, "days"))
    today = day("2027-01-01") - timedelta(days=91)
    assert terms.term(of, today).notice_by == today


def test_people_see_the_last_day_in_term_and_the_last_for_notice() -> None:
    of = contract("2025-04-01", MONTHS_36, "express", notice=notice(60, "days"))
    found = terms.term(of, day("2026-11-24"))
    assert (found.through, found.notice_by) == (day("2028-03-31"), day("2028-01-31"))
    assert (found.renews, found.why) == (False, "36 months from 2025-04-01")


def test_twelve_months_from_the_first_of_january_run_through_its_last_day() -> None:
    assert terms.term(contract("2026-01-01", MONTHS_12), day("2026-01-01")).through == day("2026-12-31")


def test_a_contract_without_notice_has_no_deadline() -> None:
    found = terms.term(contract("2026-01-01"), day("2026-01-01"))
    assert (found.deadline, found.notice_by) == (None, None)


@pytest.mark.parametrize("renewal", ["never", "express"])
def test_what_does_not_renew_by_itself_has_ended(renewal: str) -> None:
    found = terms.term(contract("2020-01-01", MONTHS_12, renewal), day("2026-01-01"))
    assert (found.end, found.renews) == (day("2021-01-01"), False)


def test_the_day_out_of_term_is_in_the_next_one() -> None:
    of = contract("2025-01-01", MONTHS_12, "tacit")
    assert terms.term(of, day("2025-12-31")).end == day("2026-01-01")
    assert terms.term(of, day("2026-01-01")).end == day("2027-01-01")
    assert terms.term(of, day("2024-01-01")).first == day("2025-01-01")  # before it begins


def test_months_are_counted_from_the_start_and_never_from_a_clamped_end() -> None:
    of = contract("2026-01-31", Duration(1, "months"), "tacit")
    assert terms.term(of, day("2026-02-10")).end == day("2026-02-28")
    assert terms.term(of, day("2026-03-10")).end == day("2026-03-31")


def test_years_and_days_may_be_mixed() -> None:
    of = contract("2026-01-01", Duration(1, "years"), "tacit", renewal_term=Duration(30, "days"))
    assert terms.term(of, day("2027-02-15")).end == day("2027-03-02")
    assert terms.term(of, day("2027-02-15")).first == day("2027-01-31")


def test_a_renewal_of_no_length_ends_once() -> None:
    of = contract("2026-01-01", MONTHS_12, "tacit", renewal_term=Duration(0, "months"))
    assert terms.term(of, day("2030-01-01")).end == day("2027-01-01")


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "weeks", "months", "years"])
def test_no_length_leaves_the_calendar(unit: str) -> None:
    assert terms.later(day("2026-01-01"), Duration(10**15, unit)) == date.max
    assert terms.later(day("2026-01-01"), Duration(10**15, unit), -1) == date.min


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-600, 600))
def test_a_month_later_is_in_that_month_and_never_on_a_later_day(from_day: date, months: int) -> None:
    found = terms.add_months(from_day, months)
    assert (found.year - from_day.year) * 12 + found.month - from_day.month == months
    assert found.day == from_day.day or (found.day < from_day.day and (found + timedelta(days=1)).day == 1)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 60), st.dates(date(2030, 1, 1), date(2060, 1, 1)))
def test_today_lies_in_the_term_of_what_renews(start: date, months: int, today: date) -> None:
    found = terms.term(replace(contract("2000-01-01", Duration(months, "months"), "tacit"), start=start), today)
    assert found.first <= today < found.end


LOTS = (
    lot(80, "54.20", name="a", through=day("2026-12-31")),
    lot(20, "60.00", name="b", start=day("2026-09-01")),
    lot(20, name="c", start=day("2026-12-01"), ordered=True),
    lot(5, "70.00", name="d", start=day("2027-01-01")),
    lot(7, name="e", start=day("2026-12-01"), through=day("2026-12-31")),
    lot(9, name="f", start=day("2026-01-01"), through=day("2026-02-01"), ordered=True),
)


@pytest.mark.parametrize(
    ("on", "rights"), [("2026-08-31", 80), ("2026-09-01", 100), ("2026-12-31", 107), ("2027-01-01", 25)]
)
def test_rights_are_the_lots_in_force_that_day(on: str, rights: int) -> None:
    assert terms.rights(license(lots=LOTS), day(on)) == rights


def test_what_is_not_bought_by_the_seat_has_no_number() -> None:
    assert terms.rights(license(), day("2026-01-01")) is None


def test_orders_are_what_comes_by_day_and_late_ones_are_still_to_come() -> None:
    of = license(lots=LOTS)
    assert terms.on_order(of, day("2026-11-24")) == ((day("2026-12-01"), 27), (day("2027-01-01"), 5))
    assert terms.on_order(of, day("2026-12-15")) == ((day("2026-12-01"), 20), (day("2027-01-01"), 5))
    assert terms.on_order(license(lots=(lot(3, ordered=True),)), day("2026-12-15")) == ()
    last = lot(3, ordered=True, start=day("2026-12-01"), through=day("2026-12-15"))
    assert terms.on_order(license(lots=(last,)), day("2026-12-15")) == ((day("2026-12-01"), 3),)
    assert terms.on_order(license(lots=(last,)), day("2026-12-16")) == ()


def test_the_price_is_the_newest_in_force() -> None:
    def amount(on: str) -> str:
        price = terms.price(license(lots=LOTS), day(on))
        return str(price.amount) if price else ""

    assert [amount(on) for on in ("2026-08-01", "2026-11-24", "2027-02-01")] == ["54.20", "60.00", "70.00"]
    assert terms.price(license(lots=(lot(1),)), day("2026-01-01")) is None


@pytest.mark.parametrize(
    ("when", "today", "first"),
    [
        ("each April", "2026-11-24", "2027-04-01"),
        ("each April", "2027-03-31", "2027-04-01"),
        ("each April", "2027-04-15", "2027-04-15"),
        ("each April", "2027-05-01", "2028-04-01"),
        ("Each  apr", "2026-11-24", "2027-04-01"),
        ("December", "2026-11-24", "2026-12-01"),
        ("any time", "2026-11-24", "2026-11-24"),
        ("each month", "2026-11-24", "2026-12-01"),
        ("each month", "2026-12-01", "2026-12-01"),
        ("each quarter", "2026-11-24", "2027-01-01"),
        ("each quarter", "2026-10-01", "2026-10-01"),
        ("each year", "2026-11-24", "2027-01-01"),
        ("anniversary", "2026-11-24", "2027-04-10"),
        ("anniversary", "2027-04-10", "2027-04-10"),
        ("anniversary", "2025-11-24", "2026-04-10"),
        ("renewal", "2026-11-24", "2028-04-10"),
        ("never", "2026-11-24", None),
        ("each blue moon", "2026-11-24", None),
    ],
)
def test_a_decrease_has_its_season(when: str, today: str, first: str | None) -> None:
    of = contract("2025-04-10", decrease={"when": when})
    assert terms.decrease_from(of, day(today)) == (day(first) if first else None)


def test_without_a_season_it_is_the_end_of_the_term() -> None:
    assert terms.decrease_from(contract("2025-04-10"), day("2026-11-24")) == day("2028-04-10")


def test_after_the_end_it_is_today() -> None:
    assert terms.decrease_from(contract("2020-04-10"), day("2026-11-24")) == day("2026-11-24")


@pytest.mark.parametrize(("today", "first"), [("2026-09-30", "2027-01-01"), ("2026-10-01", "2028-01-01")])
def test_where_notice_is_too_late_it_is_the_end_of_the_next_term(today: str, first: str) -> None:
    of = contract("2026-01-01", MONTHS_12, "tacit", notice=notice(3))
    assert terms.decrease_from(of, day(today)) == day(first)


@pytest.mark.parametrize(
    ("window", "taken", "through"),
    [
        ("paid month", "2026-11-24", "2026-11-30"),
        ("paid month", "2026-12-31", "2026-12-31"),
        ("paid month", "2028-02-29", "2028-02-29"),
        ("30 days", "2026-11-24", "2026-12-23"),
        ("", "2026-11-24", None),
        ("a while", "2026-11-24", None),
    ],
)
def test_a_taken_seat_comes_back_exactly_for_as_long_as_the_vendor_says(
    window: str, taken: str, through: str | None
) -> None:
    assert terms.exact_through(window, day(taken)) == (day(through) if through else None)
