"""Which rules most seats fit, and when there is none."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from seatwise.core.model import Selector
from seatwise.core.model.people import Person, Status
from seatwise.core.propose import PRECISE, TOGETHER, Rule, proposal


def team(department: str, count: int, worker: str = "employee", **more: str) -> list[Person]:
    return [
        Person(f"{department}-{worker}-{number}".lower(), department=department, worker=worker, **more)
        for number in range(count)
    ]


def ids(people: Iterable[Person]) -> list[str]:
    return [person.id for person in people]


def where(**keys: tuple[str, ...]) -> Selector:
    return Selector(tuple(sorted(keys.items())))


def test_a_department_that_holds_it_all_is_a_rule() -> None:
    design, sales = team("Design", 10), team("Sales", 10)
    found = proposal(ids(design), design + sales)
    assert found.rules == (Rule(where(department=("design",)), tuple(sorted(ids(design))), ()),)
    assert found.rest == ()


def test_departments_that_both_hold_it_are_one_rule() -> None:
    people = team("Design", 5) + team("Product", 5) + team("Sales", 10)
    assert proposal(ids(people[:10]), people).rules[0].where == where(department=("design", "product"))


def test_a_rule_says_who_would_get_a_seat_that_has_none() -> None:
    people = team("Design", 10) + team("Sales", 10)
    assert proposal(ids(people[:9]), people).rules[0].newcomers == ("design-employee-9",)


def test_a_department_of_which_too_few_hold_it_is_none() -> None:
    people = team("Design", 10) + team("Sales", 10)
    found = proposal(ids(people[:7]), people)
    assert (found.rules, found.rest) == ((), tuple(sorted(ids(people[:7]))))


def test_three_are_a_pattern_and_two_are_none() -> None:
    for count, rules in ((3, 1), (2, 0)):
        people = team("Design", count) + team("Sales", 10)
        assert len(proposal(ids(people[:count]), people).rules) == rules


def test_four_of_five_are_precise_and_one_fewer_is_not() -> None:
    people = team("Design", 5) + team("Sales", 10)
    assert (len(proposal(ids(people[:4]), people).rules), proposal(ids(people[:3]), people).rules) == (1, ())


def test_a_later_rule_names_nobody_whom_an_earlier_one_explains() -> None:
    design = team("Design", 10) + team("Design", 3, "external")
    sales = team("Sales", 6, "external")
    found = proposal(ids(design + sales), design + sales + team("Sales", 10) + team("Ops", 10, "external"))
    assert [rule.where for rule in found.rules] == [
        where(department=("design",)),
        where(department=("sales",), worker=("external",)),
    ]


def test_everybody_is_told_by_kind_of_worker_not_by_a_list_of_departments() -> None:
    people = team("Design", 5) + team("Sales", 5)
    assert proposal(ids(people), people).rules[0].where == where(worker=("employee",))


def test_employees_of_a_department_without_its_externals_are_told_by_both() -> None:
    people = team("Design", 6) + team("Design", 6, "external") + team("Sales", 9)
    assert proposal(ids(people[:6]), people).rules[0].where == where(department=("design",), worker=("employee",))


def test_a_second_rule_takes_up_what_the_first_leaves() -> None:
    admins = [Person(f"admin-{n}", department=f"d{n}", title="IT Admin", worker="intern") for n in range(5)]
    people = team("Design", 10) + admins + team("Sales", 9)
    wheres = [rule.where for rule in proposal(ids(people[:15]), people).rules]
    assert wheres == [where(department=("design",)), where(worker=("intern",))]


def test_rules_that_explain_less_than_most_are_not_proposed() -> None:
    people = team("Design", 5) + team("Sales", 40)
    holders = ids(people[:5]) + ids(people[5:15])
    assert proposal(holders, people).rules == ()


def test_nobody_follows_from_what_is_unknown_or_from_people_who_have_left() -> None:
    nameless = [Person(f"p{n}", worker="") for n in range(5)]
    gone = [Person(f"g{n}", department="Design", status=Status.LEFT) for n in range(5)]
    assert proposal(ids(nameless + gone), nameless + gone).rules == ()


def test_holders_whom_no_people_file_knows_are_left_over() -> None:
    people = team("Design", 10) + team("Sales", 10)
    assert proposal([*ids(people[:10]), "bot"], people).rest == ("bot",)


def test_no_seats_ask_for_no_rules() -> None:
    assert proposal([], team("Design", 5)).rules == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=40))
def test_each_holder_is_explained_once_or_left_over_and_rules_are_precise(rows: list[tuple[str, str, bool]]) -> None:
    people = [Person(str(n), department=d, worker=w) for n, (d, w, _) in enumerate(rows)]
    holders = [str(n) for n, row in enumerate(rows) if row[2]]
    found = proposal(holders, people)
    explained = [holder for rule in found.rules for holder in rule.explains]
    assert sorted([*explained, *found.rest]) == sorted(holders)
    assert not found.rules or len(explained) >= TOGETHER * len(holders)
    assert all(not set(rule.newcomers) & set(holders) for rule in found.rules)
    assert all(_precision(rule, people, holders) >= PRECISE for rule in found.rules)


def _precision(rule: Rule, people: list[Person], holders: list[str]) -> Fraction:
    matched = {p.id for p in people if all(p.attribute(key) in values for key, values in rule.where.keys)}
    return Fraction(len(matched & set(holders)), len(matched))
