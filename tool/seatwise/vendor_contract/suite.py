"""What every vendor must do, one test a line; each runs for every subject, less what its subject declares.

Who uses it says in a fixture `start` how a subject is made. `seatwise vendor test NAME` does that for an installed vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from seatwise.core.model import (
    BadCredentials,
    Change,
    Grant,
    IncompleteRead,
    Origin,
    Outcome,
    Pending,
    Result,
    Seat,
    UnknownSku,
    Unreachable,
    VendorError,
)
from seatwise.core.precondition import verdict
from seatwise.vendor_contract.subject import BOUGHT, SECRET, Start, Subject

ANN, BO, CY, DEE, EVE = (f"{name}@acme.example" for name in ("ann", "bo", "cy", "dee", "eve"))
SENT = {Result.DONE, Result.HANDED_OVER}


@pytest.fixture
def subject(start: Start, tmp_path: Path) -> Iterator[Subject]:
    made = start(tmp_path)
    yield made
    made.finished()


def can(subject: Subject, line: str) -> None:
    if line in subject.cannot:
        pytest.skip(subject.cannot[line])


def change(subject: Subject, login: str, before: str = "", after: str = "", holder: str = "") -> Change:
    if before and after:
        can(subject, "swap")
    ends = [Grant(f"license-{sku}", subject.sku(sku)) if sku else None for sku in (before, after)]
    return Change(
        "acme", login, ends[0], ends[1], holder, login, profile={"country": "DE", "mail": login, "name": "Some Body"}
    )


def some_of_each(subject: Subject) -> list[Change]:
    """A seat taken, one swapped where the vendor has another to swap it with, and one given."""
    swaps = [] if "swap" in subject.cannot else [change(subject, BO, before="basic", after="pro")]
    return [change(subject, ANN, before="basic"), *swaps, change(subject, EVE, after="basic")]


def seats(subject: Subject) -> dict[str, dict[str, Seat]]:
    """Who stands in what, as the adapter reads it: a cancelled seat no longer does."""
    return {
        subject.name(holding.sku): {seat.login: seat for seat in holding.seats if seat.pending is not Pending.CANCELLED}
        for holding in subject.vendor.read(None)
    }


def left_to_do(subject: Subject, changes: Iterable[Change]) -> list[Change]:
    shown = seats(subject)
    held = [{subject.sku(sku): by[one.login] for sku, by in shown.items() if one.login in by} for one in changes]
    return [one for one, has in zip(changes, held, strict=True) if verdict(one, has) is None]


def apply(subject: Subject, *changes: Change) -> list[Outcome]:
    outcomes = list(subject.vendor.apply(changes))
    assert [outcome.change for outcome in outcomes] == list(changes)
    return outcomes


def results(outcomes: Iterable[Outcome]) -> list[Result]:
    return [outcome.result for outcome in outcomes]


def test_reading_changes_nothing(subject: Subject) -> None:
    before = subject.truth()
    first, second = list(subject.vendor.read(None)), list(subject.vendor.read(None))
    assert first == second
    assert (subject.truth(), subject.requests()) == (before, 0)
    assert {subject.name(holding.sku): {seat.login for seat in holding.seats} for holding in first} == {
        sku: {seat.login for seat in shown} for sku, shown in before.items()
    }


def test_after_apply_a_second_plan_is_empty(subject: Subject) -> None:
    changes = some_of_each(subject)
    assert left_to_do(subject, changes) == changes
    assert set(results(apply(subject, *changes))) <= SENT
    subject.settle()
    assert left_to_do(subject, changes) == []


def test_applied_twice_says_already(subject: Subject) -> None:
    changes = some_of_each(subject)
    apply(subject, *changes)
    subject.settle()
    sent = subject.requests()
    assert set(results(apply(subject, *changes))) == {Result.ALREADY}
    assert subject.requests() == sent


def test_the_reverse_brings_the_start_back(subject: Subject) -> None:
    start = seats(subject)
    changes = some_of_each(subject)
    apply(subject, *changes)
    subject.settle()
    apply(subject, *(one.reverse() for one in reversed(changes)))
    subject.settle()
    assert {sku: set(by) for sku, by in seats(subject).items()} == {sku: set(by) for sku, by in start.items()}


def test_one_refusal_does_not_stop_the_rest(subject: Subject) -> None:
    changes = [
        change(subject, EVE, after="basic"),
        change(subject, CY, after="no-such-sku"),
        change(subject, ANN, before="basic"),
    ]
    first, refused, last = apply(subject, *changes)
    assert {first.result, last.result} <= SENT
    assert refused.result is Result.REFUSED
    assert subject.sku("basic") in refused.fix


def test_a_refusal_for_one_person_does_not_stop_the_rest(subject: Subject) -> None:
    can(subject, "refuse")
    subject.fault("refuse", login=EVE)
    outcomes = apply(subject, change(subject, EVE, after="basic"), change(subject, "fay@acme.example", after="basic"))
    assert results(outcomes) == [Result.REFUSED, Result.DONE]
    assert outcomes[0].reason
    assert EVE not in seats(subject)["basic"]


@pytest.mark.parametrize("times", [1, 3])
def test_429_is_waited_out_as_the_vendor_says(subject: Subject, times: int) -> None:
    can(subject, "wait")
    subject.fault("429", seconds=7.5, times=times)
    start = subject.clock.now()
    list(subject.vendor.read([subject.sku("basic")]))
    assert (subject.clock.now() - start).total_seconds() == 7.5 * times
    subject.fault("429", seconds=40, times=times, call="write")
    start = subject.clock.now()
    assert results(apply(subject, change(subject, EVE, after="basic"))) == [Result.DONE]
    assert (subject.clock.now() - start).total_seconds() == 40 * times


def test_429_and_500_without_end_are_given_up_and_nothing_happened(subject: Subject) -> None:
    can(subject, "wait")
    for kind in ("429", "500"):
        subject.fault(kind, times=5, seconds=1, call="write")
        assert results(apply(subject, change(subject, EVE, after="basic"))) == [Result.FAILED]
        subject.fault(kind, times=5, seconds=1)
        with pytest.raises(Unreachable):
            list(subject.vendor.read(None))
    subject.settle()
    assert left_to_do(subject, [change(subject, EVE, after="basic")])


def test_500_is_tried_again(subject: Subject) -> None:
    can(subject, "wait")
    subject.fault("500", times=2, call="write")
    assert results(apply(subject, change(subject, EVE, after="basic"))) == [Result.DONE]


def test_page_two_is_read(subject: Subject) -> None:
    can(subject, "pages")
    (holding,) = subject.vendor.read([subject.sku("basic")])
    assert holding.proof.pages > 1
    assert (len(holding.seats), holding.proof.rows) == (3, 3)
    assert holding.proof.total == (None if "total" in subject.cannot else 3)


def test_a_short_or_shrinking_reading_raises(subject: Subject, start: Start, tmp_path: Path) -> None:
    for kind in subject.incomplete:
        (tmp_path / kind).mkdir()
        broken = start(tmp_path / kind)
        list(broken.vendor.read(None))
        broken.break_read(kind)
        with pytest.raises(IncompleteRead) as raised:
            list(broken.vendor.read(None))
        assert raised.value.fix, kind


def test_a_full_pool_is_refused_and_reported(subject: Subject) -> None:
    can(subject, "pool")
    first, second = apply(subject, change(subject, EVE, after="pro"), change(subject, ANN, after="pro"))
    assert first.result in SENT
    assert second.result is Result.REFUSED
    assert second.reason
    subject.settle()
    (holding,) = subject.vendor.read([subject.sku("pro")])
    assert (holding.pool.bought, holding.pool.used) == (BOUGHT["pro"], BOUGHT["pro"])
    assert ANN not in {seat.login for seat in holding.seats}


def test_a_seat_taken_makes_room_for_the_next_where_info_says_so(subject: Subject) -> None:
    can(subject, "pool")
    subject.hand_grant("pro", EVE)
    outcomes = apply(subject, change(subject, DEE, before="pro"), change(subject, "fay@acme.example", after="pro"))
    assert outcomes[1].result in (SENT if subject.vendor.info.frees_at_once else {Result.REFUSED})


@pytest.mark.parametrize("origin", [Origin.GROUP, Origin.AUTO])
def test_seats_of_groups_and_automatic_ones_are_shown_and_left_alone(subject: Subject, origin: Origin) -> None:
    can(subject, "origin")
    can(subject, origin.value)
    subject.hand_grant("basic", EVE, origin=origin, group="sg-basic" if origin is Origin.GROUP else "")
    subject.settle()
    assert seats(subject)["basic"][EVE].origin is origin
    taken, given = apply(subject, change(subject, EVE, before="basic"), change(subject, EVE, after="basic"))
    assert results([taken, given]) == [Result.REFUSED, Result.ALREADY]
    assert taken.reason
    assert EVE in seats(subject)["basic"]
    if "swap" not in subject.cannot:
        assert results(apply(subject, change(subject, EVE, before="basic", after="pro"))) == [Result.REFUSED]
        assert EVE not in seats(subject)["pro"]


@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_answer_is_settled_by_reading_and_never_by_writing_twice(subject: Subject, happened: bool) -> None:
    can(subject, "calls")
    wanted = change(subject, EVE, after="basic")
    subject.fault("timeout-after" if happened else "timeout-before", times=9, call="write")
    assert results(apply(subject, wanted)) == [Result.DOUBT]
    assert subject.requests() == 1
    subject.settle()
    assert bool(left_to_do(subject, [wanted])) is not happened


def test_what_somebody_else_changed_is_a_conflict_and_is_not_sent(subject: Subject) -> None:
    gone = change(subject, EVE, before="basic", after="pro")
    assert results(apply(subject, gone)) == [Result.CONFLICT]
    assert subject.requests() == 0


def test_a_credential_that_may_only_read_stops_the_account_and_says_what_to_grant(subject: Subject) -> None:
    can(subject, "calls")
    subject.fault("403", call="write")
    with pytest.raises(BadCredentials) as raised:
        apply(subject, change(subject, EVE, after="basic"))
    assert "403" in raised.value.what
    assert raised.value.fix.startswith("grant ")


def test_a_dead_connection_raises(subject: Subject) -> None:
    can(subject, "calls")
    subject.fault("down", times=2)
    with pytest.raises(Unreachable):
        list(subject.vendor.read(None))
    with pytest.raises(Unreachable):
        apply(subject, change(subject, EVE, after="basic"))


def test_an_unknown_sku_raises_with_the_known_ones(subject: Subject) -> None:
    with pytest.raises(UnknownSku) as raised:
        list(subject.vendor.read([subject.sku("basic"), "no-such-sku"]))
    assert (raised.value.sku, set(raised.value.known)) == (
        "no-such-sku",
        {subject.sku(name) for name in subject.truth()},
    )


def said(subject: Subject) -> Iterator[object]:
    """Everything that can be heard of a vendor in trouble."""
    yield from (subject.vendor, subject.vendor.info)
    faults = () if "calls" in subject.cannot else ("500", "refuse", "timeout-after", "403", "down")
    for kind in (*faults, ""):
        if kind:
            subject.fault(kind, times=5)
        try:
            yield from subject.vendor.apply(
                [change(subject, EVE, after="basic"), change(subject, ANN, after="no-such-sku")]
            )
        except VendorError as error:
            yield from (error, error.what, error.fix)
    subject.break_read(subject.incomplete[0])
    try:
        yield from subject.vendor.read(None)
    except VendorError as error:
        yield from (error, error.what, error.fix)


def test_no_secret_is_in_any_error_or_outcome(subject: Subject, tmp_path: Path) -> None:
    heard = list(said(subject))
    assert len(heard) > 5
    assert not [one for one in heard if SECRET in f"{one} {one!r}"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


class TestInfoTellsTheTruth:
    def test_of_swaps(self, subject: Subject) -> None:
        can(subject, "calls")
        apply(subject, change(subject, ANN, before="basic", after="pro"))
        assert subject.requests() == (1 if subject.vendor.info.atomic_swap else 2)

    def test_of_a_swap_that_breaks_in_the_middle(self, subject: Subject) -> None:
        """An atomic one has done both or nothing; the other has given before it takes, and is in doubt."""
        can(subject, "calls")
        subject.fault("timeout-after", login=ANN)
        assert results(apply(subject, change(subject, ANN, before="basic", after="pro"))) == [Result.DOUBT]
        subject.settle()
        shown = seats(subject)
        assert ANN in shown["pro"]
        assert (ANN in shown["basic"]) is not subject.vendor.info.atomic_swap

    def test_of_the_way_back(self, subject: Subject) -> None:
        can(subject, "undo")
        start = seats(subject)["basic"][ANN]
        taken = change(subject, ANN, before="basic")
        apply(subject, taken)
        subject.settle()
        outcome = apply(subject, taken.reverse())[0]
        subject.settle()
        again = seats(subject)["basic"][ANN]
        if subject.vendor.info.undo == "exact" or subject.vendor.info.exact_for:
            assert again == start
        assert outcome.holder == again.holder
        assert msgspec.structs.replace(again, last_used=None) == msgspec.structs.replace(start, last_used=None)

    def test_of_what_it_needs(self, subject: Subject) -> None:
        for needed in subject.vendor.info.needs:
            without = replace(change(subject, EVE, after="basic"), profile={})
            (outcome,) = apply(subject, without)
            assert outcome.result is Result.REFUSED
            assert needed in outcome.reason + outcome.fix
        assert apply(subject, change(subject, EVE, after="basic"))[0].result in SENT

    def test_of_options(self, subject: Subject) -> None:
        can(subject, "options")
        known, values = sorted(subject.vendor.info.options), getattr(subject, "values", {})
        for option, result in [*((name, Result.DONE) for name in known), ("no-such-option", Result.REFUSED)]:
            value = values.get(option, "x")
            wanted = replace(
                change(subject, EVE, after="basic"),
                after=Grant("license-basic", subject.sku("basic"), ((option, value),)),
            )
            assert results(apply(subject, wanted)) == [result]
            subject.settle()
            if result is Result.DONE:
                assert seats(subject)["basic"][EVE].options == ((option, value),)
                apply(subject, wanted.reverse())
                subject.settle()

    def test_of_keys(self, subject: Subject) -> None:
        start = seats(subject)["basic"][ANN].holder
        subject.rename(ANN, "ann.b@acme.example")
        renamed = seats(subject)["basic"]["ann.b@acme.example"]
        assert (renamed.holder == start) is (subject.vendor.info.key == "id")

    def test_of_who_holds_a_seat_that_is_given(self, subject: Subject) -> None:
        (outcome,) = apply(subject, change(subject, EVE, after="basic"))
        subject.settle()
        if "holder" in subject.cannot:
            assert outcome.holder == ""
        elif outcome.result is Result.DONE:
            assert outcome.holder == seats(subject)["basic"][EVE].holder

    def test_of_the_time_that_it_takes_to_settle(self, subject: Subject) -> None:
        settle = subject.vendor.info.settle_seconds
        apply(subject, change(subject, ANN, before="basic"))
        assert (ANN in seats(subject)["basic"]) is (settle > 0 or "calls" in subject.cannot)
        subject.settle()
        assert ANN not in seats(subject)["basic"]

    def test_of_secrets(self, subject: Subject) -> None:
        assert SECRET not in subject.vendor.info.secrets
