"""What each license asks after an import: exactly what is held, by people who work here."""

from __future__ import annotations

from msgspec.structs import replace

from seatwise.core.intake import Draft, Take, drafts
from seatwise.core.model.people import People, Person, Status

DESIGN = [Person(f"d{n}@acme.example", department="Design") for n in range(10)]
SALES = [Person(f"s{n}@acme.example", department="Sales") for n in range(10)]
GONE = Person("gone@acme.example", status=Status.LEFT)


def people(*more: Person) -> People:
    return People({person.id: person for person in [*DESIGN, *SALES, *more]})


def ids(persons: list[Person]) -> list[str]:
    return [person.id for person in persons]


def only(held: list[str], *more: Person, take: Take = Take.EXACT) -> Draft:
    (made,) = drafts({"Figma Full": held}, people(*more), take)
    return made


def test_a_rule_that_gives_nobody_more_takes_the_place_of_its_names() -> None:
    made = only([*ids(DESIGN), "s0@acme.example"])
    assert [str(rule.where) for rule in made.rules] == ["department design"]
    assert (made.id, made.sku, made.held, made.people) == ("figma-full", "Figma Full", 11, ("s0@acme.example",))


def test_a_rule_that_would_give_more_waits_and_everybody_is_named() -> None:
    made = only(ids(DESIGN[:9]))
    assert (made.rules, len(made.waiting), made.people) == ((), 1, tuple(ids(DESIGN[:9])))


def test_a_rule_that_would_give_more_is_taken_up_on_demand() -> None:
    made = only(ids(DESIGN[:9]), take=Take.ALL)
    assert (len(made.rules), made.waiting, made.people) == (1, (), ())


def test_leavers_and_strangers_are_shown_and_not_asked() -> None:
    made = only(["d0@acme.example", "gone@acme.example", "bot@else.example"], GONE)
    assert (made.people, made.left, made.strangers) == (
        ("d0@acme.example",),
        ("gone@acme.example",),
        ("bot@else.example",),
    )


def test_who_is_named_shown_or_left_is_in_order() -> None:
    other = replace(GONE, id="done@acme.example")
    made = only(["d1@acme.example", "gone@acme.example", "z@x.example", other.id, "a@x.example"], GONE, other)
    assert (made.left, made.strangers) == ((other.id, GONE.id), ("a@x.example", "z@x.example"))


def test_licenses_whose_names_come_to_the_same_id_are_told_apart() -> None:
    made = drafts({"Pro!": ["d0@acme.example"], "pro": ["d1@acme.example"]}, people(), Take.EXACT)
    assert [draft.id for draft in made] == ["pro", "pro-2"]


def test_where_only_holders_are_known_no_rule_is_looked_for() -> None:
    assert only(ids(DESIGN), take=Take.NONE).people == tuple(ids(DESIGN))
