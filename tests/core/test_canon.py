"""One value has one byte string; digests see what is approved and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatwise.core import canon
from seatwise.core.model import (
    Calls,
    Cause,
    CauseKind,
    Change,
    Changeset,
    Charge,
    Drift,
    DriftKind,
    Exit,
    Feed,
    Figures,
    Finding,
    Grant,
    Hold,
    Kind,
    Lane,
    Level,
    Need,
    Origin,
    Place,
    Plan,
    Row,
    RowChange,
    Seat,
    Settled,
    Source,
    StagePlan,
    Step,
    Stop,
    Unlisted,
    Verb,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
names = st.text(st.characters(codec="utf-8"), max_size=12)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
option_values = st.one_of(st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), names, st.lists(names, max_size=3))
option_maps = st.dictionaries(names, option_values, max_size=3)
places = st.builds(Place, names, st.integers(1, 999))
grants = st.builds(Grant, names, names, st.builds(canon.options, option_maps))
causes = st.builds(Cause, st.sampled_from(CauseKind), names, names, st.none() | places, names, st.just(NOON))
changes = st.builds(
    Change,
    account=names,
    who=names,
    before=grants,
    after=st.none() | grants,
    holder=names,
    cause=causes,
    profile=st.dictionaries(names, names, max_size=2),
    last_used=st.none() | days,
    lossy=names,
)
values = st.dictionaries(names, st.none() | names | st.booleans() | st.integers(-999, 999), max_size=3)
rows = st.builds(Row, st.sampled_from(["user", "rule", "never"]), st.tuples(names, names), values, names, names, places)
row_changes = st.one_of(
    st.builds(RowChange, st.none(), rows),
    st.builds(RowChange, rows, st.none()),
    rows.flatmap(lambda row: values.map(lambda value: RowChange(row, replace(row, value=value)))),
)
steps = st.builds(Step, changes, st.sampled_from(Lane), names, names, st.just(NOON))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    some = draw(names)
    amount = draw(st.decimals(-9999, 9999, places=2))
    day = draw(days)
    return Plan(
        title=some,
        base="",
        head="worktree",
        now=NOON,
        tool="0.1.0",
        timezone="Europe/Berlin",
        feeds=(Feed("hr", 150, NOON, "sha256:00", 149),),
        sources=(Source("m365", "sandbox", None, some, some),),
        changesets=(Changeset("c1", "c0", some, at=NOON),),
        rows=tuple(draw(st.lists(row_changes, max_size=3))),
        steps=tuple(draw(st.lists(steps, max_size=3))),
        others=tuple(draw(st.lists(steps, max_size=2))),
        held=(Hold("who", some, some, some, some, Place(some, 3), Verb.ASSIGN, draw(causes), some),),
        drift=(Drift(DriftKind.ADDED, some, some, some),),
        unlisted=(Unlisted(some, some, some, "group", day),),
        settled=(Settled(some, some, "adopt"),),
        figures=(Figures(some, some, some, 3, 4, 5, None, ((day, 20),), bill=amount, currency="EUR", saves_from=day),),
        charges=(Charge(some, some, "USD", amount),),
        calls=(Calls(some, 3, 4, 1.5),),
        stages=(StagePlan(some, Kind.TAKES, "pilot", (some,), 1, NOON, None),),
        needs=(Need(some, 2, (some,), approvers=(some,)),),
        findings=(Finding("mode", Level.WARN, some, some, Place(some)),),
        names={some: some},
        words={some: some},
    )


@given(st.lists(row_changes, max_size=6).flatmap(lambda asks: st.tuples(st.just(asks), st.permutations(asks))))
def test_an_ask_digest_ignores_order_and_notes(asked: tuple[list[RowChange], list[RowChange]]) -> None:
    straight, shuffled = asked
    bare = [RowChange(without_notes(change.before), without_notes(change.after)) for change in shuffled]
    assert canon.ask_digest(straight) == canon.ask_digest(bare)


def without_notes(row: Row | None) -> Row | None:
    return row and replace(row, license="", bundle="", place=Place(""))


@given(row_changes, row_changes)
def test_two_ask_digests_are_equal_only_for_the_same_rows(one: RowChange, other: RowChange) -> None:
    assert (canon.ask_digest([one]) == canon.ask_digest([other])) == (one == other)


def test_an_ask_digest_can_be_worked_out_by_hand() -> None:
    ask = RowChange(None, Row("user", ("m365", "SPE_E5", "ann@acme.example"), {"through": None}))
    assert canon.ask_digest([ask]) == canon.digest(
        [{"kind": "user", "key": ["m365", "SPE_E5", "ann@acme.example"], "before": None, "after": {"through": None}}]
    )


def test_taking_a_row_back_has_another_digest_than_asking_it() -> None:
    ask = RowChange(None, Row("user", ("m365", "SPE_E5", "ann@acme.example"), {}))
    assert canon.ask_digest([ask]) != canon.ask_digest([ask.reverse()])


@given(st.lists(changes, max_size=5).flatmap(lambda calls: st.tuples(st.just(calls), st.permutations(calls))))
def test_a_plan_digest_ignores_order_causes_and_use(calls: tuple[list[Change], list[Change]]) -> None:
    straight, shuffled = calls
    bare = [replace(change, cause=Cause(CauseKind.RULE), last_used=None, lossy="") for change in shuffled]
    assert canon.plan_digest(straight) == canon.plan_digest(bare)


@pytest.mark.parametrize(
    "other",
    [
        Change("octo", "ann", None, Grant("m365-e5", "SPE_E5")),
        Change("m365", "bo", None, Grant("m365-e5", "SPE_E5")),
        Change("m365", "ann", None, Grant("m365-e3", "SPE_E3")),
        Change("m365", "ann", None, Grant("m365-e5", "SPE_E5", (("disabled_plans", ("SWAY",)),))),
        Change("m365", "ann", Grant("m365-e3", "SPE_E3"), Grant("m365-e5", "SPE_E5")),
        Change("m365", "ann", Grant("m365-e5", "SPE_E5"), None),
    ],
    ids=["account", "person", "sku", "options", "swap", "revoke"],
)
def test_a_plan_digest_sees_every_part_of_a_call(other: Change) -> None:
    call = Change("m365", "ann", None, Grant("m365-e5", "SPE_E5"))
    assert canon.plan_digest([call]) != canon.plan_digest([other])


def test_a_plan_digest_can_be_worked_out_by_hand() -> None:
    call = Change("m365", "ann", Grant("m365-e3", "SPE_E3"), Grant("m365-e5", "SPE_E5", (("plan", "pro"),)))
    after = {"sku": "SPE_E5", "options": {"plan": "pro"}}
    said = {"verb": "swap", "account": "m365", "who": "ann", "leaves": "SPE_E3", "after": after}
    assert canon.plan_digest([call]) == canon.digest([said])


def test_a_plan_digest_sees_what_is_left() -> None:
    e3, e5, f3 = Grant("m365-e3", "SPE_E3"), Grant("m365-e5", "SPE_E5"), Grant("m365-f3", "SPE_F3")
    revokes = [canon.plan_digest([Change("m365", "ann", grant, None)]) for grant in (e3, e5)]
    swaps = [canon.plan_digest([Change("m365", "ann", grant, e5)]) for grant in (e3, f3)]
    assert len({*revokes, *swaps}) == 4


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_a_plan_comes_back_from_json_as_it_was(plan: Plan) -> None:
    again = canon.plan_from_json(json.loads(json.dumps(canon.plan_to_json(plan))))
    assert again == plan
    assert canon.plan_to_json(again) == canon.plan_to_json(plan)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0", "", None, 1])
def test_a_plan_of_another_major_version_is_refused(version: object) -> None:
    with pytest.raises(Stop) as stop:
        canon.plan_from_json({"format_version": version})
    assert stop.value.code is Exit.ERROR
    assert "this seatwise reads 1.0" in stop.value.what


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_what_a_later_minor_version_adds_is_ignored(plan: Plan) -> None:
    shape = canon.plan_to_json(plan) | {"format_version": "1.7", "weather": "fine"}
    assert canon.plan_from_json(shape) == plan


@pytest.mark.parametrize("broken", [{"steps": [{}]}, {"steps": 3}, {"steps": [3]}, {"now": "noon"}, {"held": None}])
def test_a_file_that_is_no_plan_is_refused_without_a_traceback(broken: dict[str, Any]) -> None:
    shape = canon.plan_to_json(Plan("t", "", "worktree", NOON, "0.1.0"))
    with pytest.raises(Stop) as stop:
        canon.plan_from_json(shape | broken)
    assert "is no plan" in stop.value.what


def test_every_change_in_json_says_its_verb() -> None:
    step = Step(Change("m365", "ann", None, Grant("e5", "SPE_E5")), Lane.COMMIT, "all")
    shape = canon.plan_to_json(Plan("t", "", "worktree", NOON, "0.1.0", steps=(step,)))
    assert shape["steps"][0]["change"]["verb"] == "assign"


def test_times_are_shown_in_utc_and_amounts_as_they_were() -> None:
    berlin = timezone(timedelta(hours=1))
    assert canon.plain(datetime(2026, 11, 24, 7, 30, tzinfo=berlin)) == "2026-11-24T06:30:00Z"
    assert canon.plain(date(2026, 11, 24)) == "2026-11-24"
    assert canon.plain(Decimal("247.00")) == "247.00"
    assert canon.plain(frozenset({"b", "a"})) == ["a", "b"]


@given(st.integers(0, 4_000_000_000), st.integers(-14, 14))
def test_a_time_comes_back_as_the_same_instant(seconds: int, hours: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours)))
    assert canon.instant(canon.plain(moment)) == moment


def test_a_day_comes_back_as_the_same_day() -> None:
    assert canon.day(canon.plain(date(2026, 2, 28))) == date(2026, 2, 28)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        canon.plain(NOON.replace(tzinfo=None))


def test_a_seat_is_shown_with_its_options_as_an_object() -> None:
    seat = Seat("00u1", "ann", Origin.GROUP, options=(("disabled_plans", ("SWAY",)),))
    assert canon.plain(seat)["options"] == {"disabled_plans": ["SWAY"]}
    assert canon.plain(seat)["origin"] == "group"


def test_what_is_no_noun_has_no_json_form() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        canon.plain(object())


def test_options_are_sorted_and_keep_their_kinds() -> None:
    written = {"tier": "full", "seats": 3, "guest": False, "disabled_plans": ["SWAY", "FORMS"]}
    said = (("disabled_plans", ("FORMS", "SWAY")), ("guest", False), ("seats", 3), ("tier", "full"))
    assert canon.options(written) == said
    assert [type(value) for _, value in canon.options(written)] == [tuple, bool, int, str]


@given(option_maps)
def test_options_come_back_whatever_the_order_they_were_written_in(written: dict[str, Any]) -> None:
    options = canon.options(written)
    assert canon.options({name: written[name] for name in reversed(written)}) == options
    assert canon.options(canon.options_map(options)) == options


texts = names | st.text(st.characters(max_codepoint=127), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | texts
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@settings(max_examples=400)
@given(st.recursive(scalars, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(texts, deeper, max_size=3)))
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canon.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), {"seats": [10**30]}, "\ud800"])
def test_what_rfc_8785_cannot_write_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canon.canonical(value)


def test_a_digest_is_shortened_to_what_acknowledgements_name() -> None:
    assert canon.short("sha256:3fb2c0a9d1e7ffff") == "3fb2c0a9d1e7"
    assert canon.digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
