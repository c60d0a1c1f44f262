from datetime import date
from decimal import Decimal

from seatwise.core.document import List, Map
from seatwise.core.model import Duration, Fate, Price, Selector, Terms
from seatwise.core.parse.values import bare, duration, fate, options, price, selector, share, terms


def mapping(**values: object) -> Map:
    made = Map()
    for line, (key, value) in enumerate(values.items(), 1):
        made.add(key, value, line)
    return made


def listed(*items: object) -> List:
    made = List()
    for line, item in enumerate(items, 1):
        made.add(item, line)
    return made


def test_a_selector_is_the_same_however_it_is_written() -> None:
    one = selector(mapping(Title=listed("VP ", "CFO"), department="Design"))
    other = selector(mapping(department=listed("design", "Design"), title=listed("cfo", "vp")))
    assert one == other == Selector((("department", ("design",)), ("title", ("cfo", "vp"))))
    assert selector(None) is None


def test_options_are_sorted_and_so_are_their_lists() -> None:
    assert options(mapping(b=listed("y", "x"), a=True, c=5)) == (("a", True), ("b", ("x", "y")), ("c", 5))
    assert options(None) == ()


def test_units_of_time_are_plural_whatever_is_written() -> None:
    assert duration("1 day") == Duration(1, "days")
    assert duration("36 months") == Duration(36, "months")


def test_a_price_is_a_month_a_years_or_paid_once() -> None:
    assert price("19.00 USD / month") == Price(Decimal("19.00"), "USD", "month")
    assert price("228 USD / year") == Price(Decimal("228"), "USD", "year")
    assert price("400.00 EUR once") == Price(Decimal("400.00"), "EUR", "once")


def test_a_share_is_a_part_of_one() -> None:
    assert share("2.5%") == Decimal("0.025")


def test_a_seat_is_kept_revoked_or_swapped() -> None:
    assert fate("keep") == Fate("keep")
    assert fate("revoke after 60 days") == Fate("revoke", Duration(60, "days"))
    assert fate("swap to figma-view") == Fate("swap", to="figma-view")


def test_a_row_says_until_when_and_with_what() -> None:
    said = terms(mapping(through="2027-03-31", options=mapping(role="admin"), note="helps"))
    assert said == Terms(date(2027, 3, 31), (("role", "admin"),), "helps")
    assert terms(Map()) == Terms()


def test_a_bare_value_is_made_of_plain_lists_and_mappings() -> None:
    value = bare(mapping(a=listed("x", mapping(b="y"))))
    assert value == {"a": ["x", {"b": "y"}]}
    assert type(value) is dict
    assert type(value["a"]) is list
