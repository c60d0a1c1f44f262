"""What orders become in the files, and every reason why one can't be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.core.builders import (
    DAY,
    MOMENT,
    PLACE,
    TODAY,
    bundle,
    license,
    people,
    person,
    rule,
    team,
    tree,
    where,
)

from seatwise.core.bulk import Bulk, Tally, bulk
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Assignment, Finding, Level, License, Metric, Mode, Never, People, Status, Terms, Tree
from seatwise.core.orders import Act, Order, Orders

FILE = PLACE.path
SPRING = date(2027, 3, 31)
ANN = person("ann", name="Ann Lee", department="Design", employee_id="007")
BO = person("bo", aliases=("bo.old",))
ALL = people(ANN, BO)


def order(act: Act, who: str = "ann", license: str = "figma", **fields: object) -> Order:
    return replace(Order(act, who, license), **fields)  # type: ignore[arg-type]


def give(who: str = "ann", **fields: object) -> Order:
    return order(Act.GIVE, who, **fields)


def take(who: str = "ann", **fields: object) -> Order:
    return order(Act.TAKE, who, **fields)


def extend(who: str = "ann", through: date = SPRING, **fields: object) -> Order:
    return order(Act.EXTEND, who, through=through, **fields)


def never(who: str = "ann", **fields: object) -> Order:
    return order(Act.NEVER, who, **fields)


def device(act: Act, who: str, **fields: object) -> Order:
    return order(act, who, device=True, column="device", **fields)


def done(whole: Tree | License, *orders: Order, who: People = ALL) -> tuple[Bulk, tuple[Finding, ...]]:
    return bulk(Orders(orders), whole if isinstance(whole, Tree) else tree(whole), who, MOMENT)


def edits(whole: Tree | License, *orders: Order, who: People = ALL) -> tuple[ListEdit, ...]:
    """The edits of the licenses' file, where nothing speaks against them."""
    made, found = done(whole, *orders, who=who)
    assert found == ()
    return made.edits[FILE]


def refused(whole: Tree | License, *orders: Order, who: People = ALL) -> list[tuple[str, str]]:
    """What is wrong, where it is: nothing then is edited for the order that is wrong."""
    _, found = done(whole, *orders, who=who)
    assert {one.level for one in found} == {Level.ERROR}
    return [(one.what, one.fix) for one in found]


def in_file(whole: License, one: Order, who: People = ALL) -> list[tuple[str, str]]:
    """What is said of the same order where it is the row of a file."""
    _, told = bulk(Orders((one,), "rows.csv"), replace(tree(), licenses={whole.id: whole}), who, MOMENT)
    return [(finding.what, finding.fix) for finding in told]


def warned(whole: Tree | License, *orders: Order) -> list[str]:
    made, found = done(whole, *orders)
    assert made.edits
    assert {one.level for one in found} == {Level.WARN}
    return [one.what for one in found]


def rooms(*names: str, **fields: object) -> License:
    """A license that is counted by device."""
    asks = Assignment("rooms", PLACE, devices={name: line for line, name in enumerate(names, 20)})
    return replace(license("figma", *([asks] if names else [])), metric=Metric.DEVICE, **fields)  # type: ignore[arg-type]


def notes(edit: ListEdit) -> dict[str, str]:
    """Who → what is remarked beside their row: rows are equal whatever their remarks."""
    return {who: terms.note for who, terms in edit.add.items()}


# what orders become


def test_nothing_ordered_is_nothing_to_edit() -> None:
    assert done(license("figma")) == (Bulk(), ())


def test_a_give_is_a_row_in_a_new_list_called_named() -> None:
    made, found = done(license("figma"), give(through=SPRING, reason="new here"))
    assert found == ()
    assert made.edits == {FILE: (ListEdit("named", add={"ann": Terms(SPRING)}, about={"reason": "new here"}),)}
    assert made.rows == {("user", "figma", "FIGMA", "ann", "")}
    assert made.tallies == (Tally("figma", gives=("ann",), assignments=("named",)),)
    assert (made.holders, made.tickets) == (1, ())


def test_gives_of_one_ticket_share_a_list_called_after_it() -> None:
    made, _ = done(license("figma"), give(ticket="IT-7"), give("bo", ticket="IT-7"), give("cy", ticket="IT-8"),
                   who=people(ANN, BO, "cy"))  # fmt: skip
    assert made.edits[FILE] == (
        ListEdit("it-7", add={"ann": Terms(), "bo": Terms()}, about={"ticket": "IT-7"}),
        ListEdit("it-8", add={"cy": Terms()}, about={"ticket": "IT-8"}),
    )
    assert (made.tickets, made.holders) == (("IT-7", "IT-8"), 3)
    assert [note for one in made.edits[FILE] for note in notes(one).values()] == ["", "", ""]


def test_a_list_that_has_the_ticket_already_grows() -> None:
    whole = license("figma", team("cy"), team("dee", name="old", ticket="IT-7"))
    assert edits(whole, give(ticket="IT-7")) == (ListEdit("old", add={"ann": Terms()}),)


def test_a_rule_with_the_ticket_is_not_edited() -> None:
    whole = license("figma", rule(where(department="x"), "it-7", ticket="IT-7"))
    assert [edit.assignment for edit in edits(whole, give(ticket="IT-7"))] == ["it-7-2"]


def test_the_assignment_that_is_named_is_taken_and_the_ticket_stands_beside_the_row() -> None:
    (made,) = edits(license("figma", team("bo")), give(assignment="team", ticket="IT-7", reason="new"))
    assert (made.assignment, notes(made), made.about) == ("team", {"ann": "new; IT-7"}, {})


def test_reasons_that_differ_stand_beside_their_rows() -> None:
    (made,) = edits(license("figma"), give(reason="one"), give("bo", reason="two"))
    assert (notes(made), made.about) == ({"ann": "one", "bo": "two"}, {})


def test_a_reason_that_all_rows_of_a_new_list_share_stands_once() -> None:
    (made,) = edits(license("figma"), give(reason="one"), give("bo", reason="one"))
    assert (notes(made), made.about) == ({"ann": "", "bo": ""}, {"reason": "one"})


def test_a_take_removes_the_row_by_the_name_that_it_has() -> None:
    made, _ = done(license("figma", people=["bo.old"]), take("bo"))
    assert made.edits == {FILE: (ListEdit("team", remove=frozenset({"bo.old"})),)}
    assert made.rows == {("user", "figma", "FIGMA", "bo.old", "")}


def test_a_row_of_somebody_unknown_can_be_taken() -> None:
    assert edits(license("figma", people=["zoe"]), take("zoe"))[0].remove == {"zoe"}


def test_an_extend_writes_the_new_last_day_of_that_row() -> None:
    whole = license("figma", team("ann", terms={"ann": Terms(TODAY)}))
    assert edits(whole, extend()) == (ListEdit("team", through={"ann": SPRING}),)


def test_a_never_takes_the_row_and_excludes() -> None:
    made, found = done(
        license("figma", people=["ann"]), never(through=SPRING, reason="uses another", ticket="IT-7"))  # fmt: skip
    assert found == ()
    assert made.edits[FILE] == (
        ListEdit("", add={"ann": Terms(SPRING)}),
        ListEdit("team", remove=frozenset({"ann"})),
    )
    assert notes(made.edits[FILE][0]) == {"ann": "uses another; IT-7"}
    assert made.rows == {("never", "figma", "FIGMA", "ann"), ("user", "figma", "FIGMA", "ann", "")}
    assert made.tallies == (Tally("figma", nevers=("ann",)),)


def test_a_never_takes_the_place_of_one_that_is_over() -> None:
    whole = license("figma", never=(Never("bo"), Never("ann", through=TODAY - DAY)))
    assert edits(whole, never()) == (ListEdit("", add={"ann": Terms()}, remove=frozenset({"ann"})),)


def test_devices_are_rows_of_their_own_list_as_they_were_written() -> None:
    made, found = done(rooms("old-1"), device(Act.GIVE, "BER-1"), device(Act.TAKE, "old-1"))
    assert found == ()
    assert made.edits[FILE] == (
        ListEdit("named", devices=True, add={"BER-1": Terms()}),
        ListEdit("rooms", devices=True, remove=frozenset({"old-1"})),
    )
    assert ("user", "figma", "FIGMA", "device ber-1", "") in made.rows
    assert [(edit.key, edit.one) for edit in made.edits[FILE]] == [("devices", "device")] * 2


def test_a_list_of_people_and_the_exclusions_name_persons() -> None:
    assert [(one.key, one.one) for one in (ListEdit("team"), ListEdit(""))] == [
        ("people", "person"), ("never", "person")]  # fmt: skip


def test_a_license_is_found_by_a_sku_that_only_it_has() -> None:
    assert edits(license("figma", sku="SKU_E3"), give(license="sku_e3"))[0].assignment == "named"


@pytest.mark.parametrize("name", ["ANN", "007"])
def test_a_person_is_found_whatever_the_case_and_by_their_number(name: str) -> None:
    assert edits(license("figma"), give(name))[0].add == {"ann": Terms()}


def test_orders_that_are_sound_are_counted_beside_those_that_are_not() -> None:
    made, found = done(license("figma"), give(), give("zoe"))
    assert ([one.gives for one in made.tallies], len(found)) == ([("ann",)], 1)


# warnings


def test_a_license_that_is_only_observed_is_said_once() -> None:
    whole = license("figma", mode=Mode.OBSERVE)
    assert warned(whole, give(), give("bo")) == ["figma is only observed: its file changes, and no seat does"]


def test_a_row_beside_a_rule_is_worth_a_question() -> None:
    whole = license("figma", rule(where(department="Design"), "design"))
    assert warned(whole, give()) == [
        f"ann is given figma by rule 'design', {PLACE} as well: the row changes nothing while that holds"]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "until"), [(Terms(), "without an end"), (Terms(date(2028, 1, 1)), "through 2028-01-01")])  # fmt: skip
def test_an_extend_that_shortens_is_worth_a_question(terms: Terms, until: str) -> None:
    whole = license("figma", team("ann", terms={"ann": terms}))
    assert warned(whole, extend()) == [f"ann had figma {until}: this ends it earlier"]


# what speaks against a give


def test_nobody_is_given_a_seat_twice() -> None:
    whole = license("figma", people=["ann"])
    what = "ann is already in 'team' of figma, licenses/figma/figma.yaml:10"
    assert refused(whole, give()) == [(what, "nothing to do")]
    later = "nothing to do; another last day: seatwise seat extend ann figma --through 2027-03-31"
    assert refused(whole, give(through=SPRING)) == [(what, later)]
    assert in_file(whole, give()) == [(what, "drop the row")]
    assert in_file(whole, give(through=SPRING)) == [(what, "drop the row; another last day: extend")]


def test_a_device_is_not_given_twice() -> None:
    assert refused(rooms("ber-1"), device(Act.GIVE, "BER-1"))[0][0] == (
        "BER-1 is already in 'rooms' of figma, licenses/figma/figma.yaml:20")  # fmt: skip


def test_who_is_excluded_is_given_nothing_until_the_exclusion_is_over() -> None:
    assert refused(license("figma", never=(Never("ann", through=TODAY, place=PLACE),)), give()) == [
        (f"ann is under never of figma, {PLACE}: the seat would not be given", "take that row out first")]  # fmt: skip
    assert edits(license("figma", never=(Never("ann", through=TODAY - DAY),)), give())[0].add == {"ann": Terms()}


@pytest.mark.parametrize(
    ("fields", "until"),
    [({"status": Status.LEFT}, ""), ({"last_day": TODAY - DAY}, ", last day 2026-11-23")],
    ids=["by status", "by day"],
)
def test_who_has_left_is_given_nothing(fields: dict[str, object], until: str) -> None:
    who = people(person("ann", **fields))
    assert refused(license("figma"), give(), who=who) == [(f"ann has left{until}", "is it the right person?")]
    assert in_file(license("figma"), give(), who=who) == [(f"ann has left{until}", "drop the row")]


def test_who_is_outside_the_account_is_given_nothing() -> None:
    whole = tree(license("figma"))
    inside = {"figma": replace(whole.settings.accounts["figma"], where=where(department="Design"))}
    whole = replace(whole, settings=replace(whole.settings, accounts=inside))
    assert edits(whole, give())[0].add == {"ann": Terms()}
    assert refused(whole, give("bo"))[0][0].startswith("bo is outside account figma (")


def test_a_license_without_an_account_keeps_nobody_out() -> None:
    assert edits(license("figma", account=""), give())[0].add == {"ann": Terms()}


@pytest.mark.parametrize("one", [give(through=TODAY - DAY), never(through=TODAY - DAY)], ids=["give", "never"])
def test_a_last_day_that_is_past_is_refused(one: Order) -> None:
    assert refused(license("figma"), one) == [
        ("2026-11-23 is past", "write a last day that is still to come")]  # fmt: skip


def test_today_is_still_to_come() -> None:
    assert edits(license("figma"), give(through=TODAY))[0].add == {"ann": Terms(TODAY)}


def test_the_last_day_is_over_where_the_person_is() -> None:
    there = people(person("ann", zone="Pacific/Kiritimati"))
    late = replace(MOMENT, now=MOMENT.now.replace(hour=12))
    orders = Orders((give(through=TODAY),))
    assert [one.what for one in bulk(orders, tree(license("figma")), there, late)[1]] == ["2026-11-24 is past"]


def test_a_seat_is_not_extended_into_the_past() -> None:
    assert refused(license("figma", people=["ann"]), extend(through=TODAY - DAY))[0][0] == "2026-11-23 is past"


def test_an_assignment_needs_a_name_that_can_be_one() -> None:
    assert refused(license("figma"), give(assignment="New ones!")) == [
        ("'New ones!' is no name for an assignment", "new-ones")]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (rule(where(department="x"), "there"), "a rule"),
        (Assignment("there", PLACE, group="designers"), "a group"),
        (Assignment("there", PLACE, devices={"ber-1": 4}), "devices"),
    ],
    ids=["rule", "group", "devices"],
)
def test_a_person_is_only_put_into_a_list_of_people(there: Assignment, kind: str) -> None:
    assert refused(license("figma", there), give(assignment="there")) == [
        (f"assignment 'there' of figma is {kind}, {PLACE}", "name another assignment, or a ticket")]  # fmt: skip


def test_a_list_without_anybody_takes_people_and_devices() -> None:
    nobody = Assignment("there", PLACE)
    assert edits(license("figma", nobody), give(assignment="there"))[0] == ListEdit("there", add={"ann": Terms()})
    whole = replace(license("figma", nobody), metric=Metric.DEVICE)
    assert edits(whole, device(Act.GIVE, "b-1", assignment="there"))[0].devices


def test_a_list_that_is_over_takes_only_rows_with_their_own_last_day() -> None:
    whole = license("figma", team("bo", through=TODAY - DAY))
    assert refused(whole, give(assignment="team")) == [
        (f"assignment 'team' ended on 2026-11-23, {PLACE}", "name another")]  # fmt: skip
    assert edits(whole, give(assignment="team", through=SPRING))[0].add == {"ann": Terms(SPRING)}


# what speaks against the others


def test_a_take_that_a_rule_or_a_bundle_would_undo_is_refused() -> None:
    whole = license("figma", team("ann"), rule(where(department="Design"), "design"))
    assert refused(whole, take()) == [(
        f"ann would still be given figma by rule 'design', {PLACE}",
        "seatwise seat take ann figma --never, with a reason: it wins over whatever gives the seat",
    )]  # fmt: skip
    given = tree(license("figma"), bundles=[bundle("designer", [team("bo.old", name="core")], ["figma"])])
    assert refused(given, take("bo"))[0][0] == (
        "bo is given figma by 'core' of bundle designer, licenses/figma/figma.yaml:10")  # fmt: skip


def test_a_bundle_and_a_rule_for_others_undo_nothing() -> None:
    whole = tree(
        license("figma", team("ann"), rule(where(department="Sales"), "sales")),
        bundles=[bundle("designer", [team("bo")], ["figma"])],
    )
    assert edits(whole, take())[0].remove == {"ann"}


def test_a_file_says_never_where_a_command_has_an_option() -> None:
    orders = Orders((take(line=2),), "rows.csv", {"person": "Who"})
    _, (found,) = bulk(orders, tree(license("figma", rule(where(department="Design")))), ALL, MOMENT)
    assert (str(found.place), found.what.partition(" is given")[0]) == ("rows.csv:2", "column 'Who': ann")
    assert found.fix.startswith("the action never, with a reason")


@pytest.mark.parametrize(
    ("one", "fix"),
    [
        (take(), "a seat held all the same is unlisted, and left alone: seatwise explain ann"),
        (extend(), "seatwise seat give ann figma --through 2027-03-31"),
    ],
    ids=["take", "extend"],
)
def test_what_no_row_gives_is_neither_taken_nor_extended(one: Order, fix: str) -> None:
    assert refused(license("figma"), one) == [("no row of figma names ann, nor does a rule or a bundle", fix)]
    assert in_file(license("figma"), one) == [
        ("no row of figma names ann", "drop the row; a seat that no row asks for is left alone")]  # fmt: skip
    assert refused(license("figma", people=["anne"]), one)[0][1] == "did you mean anne?"
    group = Assignment("all", PLACE, group="designers")
    assert refused(license("figma", group), one)[0][1] == "take them out of group designers, if that gives the seat"


def test_what_a_rule_gives_is_not_extended_by_a_row() -> None:
    whole = license("figma", rule(where(department="Design"), "design"))
    assert refused(whole, extend()) == [
        (f"ann is given figma by rule 'design', {PLACE}", "its last day stands there")]  # fmt: skip


def test_an_extend_to_the_same_day_is_refused() -> None:
    whole = license("figma", team("ann", through=SPRING))
    assert refused(whole, extend())[0][0] == "ann has figma through 2027-03-31 already, licenses/figma/figma.yaml:10"


def test_a_device_row_says_where_it_stands() -> None:
    whole = rooms("ber-1")
    asks = replace((whole.assignments or ())[0], terms={"ber-1": Terms(SPRING)})
    assert refused(replace(whole, assignments=(asks,)), device(Act.EXTEND, "ber-1", through=SPRING))[0][0] == (
        "ber-1 has figma through 2027-03-31 already, licenses/figma/figma.yaml:20")  # fmt: skip


def test_nobody_is_excluded_twice() -> None:
    whole = license("figma", never=(Never("bo.old", place=PLACE),))
    assert refused(whole, never("bo")) == [(f"bo is under never already, {PLACE}", "nothing to do")]
    assert in_file(whole, never("bo")) == [(f"bo is under never already, {PLACE}", "drop the row")]


def test_a_device_is_not_excluded() -> None:
    assert refused(rooms("ber-1"), device(Act.NEVER, "ber-1")) == [
        ("a device can't be under never", "take it from the list that names it")]  # fmt: skip


def test_one_seat_is_ordered_once() -> None:
    assert refused(license("figma"), give(line=2), give(line=3)) == [
        ("ann and figma stand in row 2 already", "keep one")]  # fmt: skip
    assert refused(license("figma", people=["ann"]), take(line=2), never("ANN", line=2)) == [
        ("ann and figma stand in the same row already, to take; here to never", "keep one")]  # fmt: skip


# names that mean nobody and nothing


def test_people_and_devices_are_not_mistaken_for_each_other() -> None:
    assert refused(rooms(), give("ann@x.example")) == [
        ("figma is counted by device, and 'ann@x.example' is no device", "name the device")]  # fmt: skip
    assert refused(license("figma"), device(Act.GIVE, "ber-1")) == [
        ("figma is held by people, not by devices", "name the person")]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Ann Lee", "ann (Design)"), ("7", "007"), ("annn", "ann (Design)")],
    ids=["display name", "number without zeros", "slip of a key"],
)
def test_an_unknown_person_comes_with_the_one_who_was_probably_meant(name: str, meant: str) -> None:
    assert refused(license("figma"), give(name)) == [
        (f"nobody in HR is {name!r}", f"did you mean {meant}? Not in HR on purpose: owners/holders")]  # fmt: skip


def test_a_number_that_two_people_have_means_nobody() -> None:
    twice = people(ANN, person("bo", employee_id="007"))
    assert refused(license("figma"), give("007"), who=twice)[0][0] == "nobody in HR is '007'"


def test_who_is_to_be_taken_is_looked_for_among_those_that_are_named_first() -> None:
    whole = license("figma", people=["zoe.long"])
    assert refused(whole, take("zoe.lang"))[0][1].startswith("did you mean zoe.long? ")


def test_guesses_end_where_the_whole_column_is_wrong() -> None:
    found = refused(license("figma"), *(give(f"annn{' ' * n}x") for n in range(1, 41)), give("annn"))
    assert found[-1] == ("nobody in HR is 'annn'", "Not in HR on purpose: owners/holders")


def test_a_name_that_is_no_license_comes_with_what_may_be_meant() -> None:
    whole = tree(
        replace(license("figma", sku="F"), product="Same"),
        replace(license("view", sku="V"), product="Same"),
        license("old", retired=True),
        bundles=[bundle("designer", [], ["figma"])],
    )
    said = [refused(whole, give(license=name))[0] for name in ("same", "designer", "figmo", "qqqqqq", "old")]
    assert said == [
        ("'same' may be any of figma, view", "write the license's id"),
        ("'designer' is a bundle, not a license", "name the licenses, or edit who: of bundles/designer.yaml"),
        ("there is no license 'figmo'", "figma?"),
        ("there is no license 'qqqqqq'", "seatwise validate says which files there are"),
        ("old is retired: nobody is asked for it any more", "name another license"),
    ]
