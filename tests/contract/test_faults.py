"""Every emulated vendor × everything that goes wrong on the way: the right outcome, nothing twice, no secret in any word.

What is broken is what comes over the wire, so that one test serves all vendors. What a vendor cannot show its subject declares.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.subject import SUBJECTS

from seatwise.core.model import BadCredentials, Change, IncompleteRead, Outcome, Result, Unreachable, VendorError
from seatwise.edges import http
from seatwise.edges.http import Patience
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import Reply, Request, unchecked
from seatwise.vendor_contract.subject import SECRET
from seatwise.vendor_contract.suite import ANN, BO, EVE, apply, can, change, left_to_do, results, some_of_each

FAY = "fay@acme.example"
PLAYED = [name for name in SUBJECTS if name != "table" and not name.startswith("sandbox") and "scim2" not in name]
"""Those that are emulated. On scim2-server, which is slow to begin, the adapter is the one of scim."""
OFTEN = 10_000
NO_ROWS = ("schemas", "authenticationSchemes")
"""Lists of SCIM that list no things."""
ERROR = {"error": {"message": "try again later"}, "errors": ["try again later"], "status": "error", "message": "no"}


@pytest.fixture(params=PLAYED)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulated]:
    """Whether answers are as in the vendor's documents is test_contract's: here they are broken."""
    made = SUBJECTS[request.param](tmp_path)
    assert isinstance(made, Emulated)
    made.server.checks = unchecked
    yield made
    made.server.close()


def shown(subject: Emulated) -> dict[str, set[tuple[str, str]]]:
    """Who holds what, as the adapter reads it."""
    read = subject.vendor.read(None)
    return {holding.sku: {(seat.holder, seat.login) for seat in holding.seats} for holding in read}


def held(subject: Emulated, sku: str = "basic") -> dict[str, str]:
    """Holder → login of those who hold it at the vendor, and will go on to."""
    return {one.holder: one.login for one in subject.truth()[sku] if not one.pending}


def quiet(*heard: object) -> None:
    for one in heard:
        words = f"{one} {one!r} {getattr(one, 'what', '')} {getattr(one, 'fix', '')}"
        assert SECRET not in words


def fails(does: Callable[[], object], *kinds: type[VendorError]) -> None:
    with pytest.raises(kinds) as raised:
        does()
    quiet(raised.value)


def made(subject: Emulated, *changes: Change) -> list[Outcome]:
    """What became of them, without a secret in it."""
    outcomes = apply(subject, *changes)
    quiet(*outcomes)
    return outcomes


def written(subject: Emulated) -> Counter[tuple[str, ...]]:
    """Calls that write, each with how often it was sent; one that holds for another version is another one."""
    calls = [one for one in subject.server.requests if subject.writes(one)]
    return Counter((one.method, one.path, one.data.decode(), one.headers.get("if-match", "")) for one in calls)


def settled(subject: Emulated, changes: list[Change]) -> None:
    """Read again, what is left to do is done, and then nothing is."""
    subject.server.faults.clear()
    subject.settle()
    outcomes = made(subject, *left_to_do(subject, changes))
    assert set(results(outcomes)) <= {Result.DONE, Result.ALREADY}
    subject.settle()
    assert left_to_do(subject, changes) == []


def body(reply: Reply) -> Any:
    return json.loads(reply.data) if reply.data else None


def rows(said: Any) -> tuple[str, list[Any]]:
    """The rows of a page, and below which name they are; an empty list is one of rows too."""
    if isinstance(said, list):
        return "", said
    lists = {name: value for name, value in said.items() if isinstance(value, list) and name not in NO_ROWS}
    return next(iter(lists.items()), ("", []))


def with_rows(how: Callable[[list[Any]], list[Any]]) -> Callable[[Reply], Reply]:
    """The page with other rows; what it counts stays."""

    def changed(reply: Reply) -> Reply:
        said = body(reply)
        name, there = rows(said)
        return replace(reply, body={**said, name: how(there)} if name else how(there))

    return changed


def lists(subject: Emulated) -> int:
    """How many pages with rows a reading takes."""
    found: list[bool] = []

    def look(request: Request, reply: Reply) -> Reply:
        found.append(bool(rows(body(reply))[1]))
        return reply

    subject.server.breaks("seen", times=OFTEN, matches=subject.reads, rewrites=look)
    list(subject.vendor.read(None))
    subject.server.faults.clear()
    return sum(found)


def break_page(subject: Emulated, number: int, how: Callable[[Reply], Reply]) -> None:
    """This page of those that have rows is another one."""
    left = [number]

    def rewrites(request: Request, reply: Reply) -> Reply:
        if not rows(body(reply))[1]:
            return reply
        left[0] -= 1
        return how(reply) if left[0] == -1 else reply

    subject.server.breaks("rows", times=OFTEN, matches=subject.reads, rewrites=rewrites)


@pytest.mark.parametrize("headers", [{"Retry-After": "3"}, {}], ids=["says when", "does not say when"])
def test_a_storm_of_429_is_waited_out_and_nothing_is_done_twice(subject: Emulated, headers: Mapping[str, str]) -> None:
    """Each call is refused twice before it is done."""
    changes, told = some_of_each(subject), Counter[object]()

    def refused(request: Request) -> bool:
        told[request.path] += 1
        return told[request.path] % 3 != 0

    subject.server.breaks("429", times=OFTEN, matches=refused, reply=Reply(429, {}, headers))
    outcomes = made(subject, *changes)
    assert set(results(outcomes)) == {Result.DONE}
    assert set(written(subject).values()) == {3}
    subject.server.faults.clear()
    subject.settle()
    assert left_to_do(subject, changes) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_500_in_the_middle_of_a_batch_is_tried_again(subject: Emulated, number: int) -> None:
    changes = [change(subject, EVE, after="basic"), *some_of_each(subject)[:-1]]
    subject.server.breaks("500", skip=number, matches=subject.writes)
    assert set(results(made(subject, *changes))) == {Result.DONE}
    subject.server.faults.clear()
    subject.settle()
    assert left_to_do(subject, changes) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_500_after_it_was_done_is_no_refusal(subject: Emulated, number: int) -> None:
    """Whoever says no to the second try has done the first one."""
    changes = some_of_each(subject)
    broken = Reply(500, {"message": "it was done, though"})
    subject.server.breaks("500", skip=number, matches=subject.writes, rewrites=lambda request, reply: broken)
    assert set(results(made(subject, *changes))) <= {Result.DONE, Result.ALREADY, Result.DOUBT}
    settled(subject, changes)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_answer_that_is_lost_after_the_write_is_doubt_and_is_not_sent_again(subject: Emulated, number: int) -> None:
    changes = some_of_each(subject)
    subject.server.breaks("lost", skip=number, matches=subject.writes)
    outcomes = made(subject, *changes)
    assert set(results(outcomes)) <= {Result.DONE, Result.DOUBT}
    assert (Result.DOUBT in results(outcomes)) is (number < subject.requests())
    assert set(written(subject).values()) == {1}
    settled(subject, changes)


def html(request: Request, reply: Reply) -> Reply:
    return Reply(200, b"<html>sign in</html>", kind="text/html")


def huge(request: Request, reply: Reply) -> Reply:
    return Reply(200, b'"' + b"x" * 300_000 + b'"')


UNREADABLE = {"html": html, "huge": huge}


@pytest.mark.parametrize("kind", ["truncated", "slow", *UNREADABLE])
def test_an_answer_of_a_write_that_cannot_be_read_is_doubt_and_is_not_sent_again(
    subject: Emulated, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = some_of_each(subject)[::-1]
    impatient(monkeypatch)
    subject.server.breaks(kind, matches=subject.writes, rewrites=UNREADABLE.get(kind))
    outcomes = made(subject, *changes)
    assert outcomes[0].result is Result.DOUBT
    assert set(results(outcomes)) <= {Result.DONE, Result.DOUBT}
    assert set(written(subject).values()) == {1}
    settled(subject, changes)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for five minutes, nor reads 64 MiB."""
    monkeypatch.setattr(http, "Patience", lambda: Patience(5.0, 5.0, 0.4))
    monkeypatch.setattr(http, "MOST_BYTES", 200_000)


@pytest.mark.parametrize("kind", ["truncated", "slow", *UNREADABLE])
@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_cannot_be_read_is_read_again_or_the_reading_fails(
    subject: Emulated, kind: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = shown(subject)
    impatient(monkeypatch)
    subject.server.breaks(kind, skip=number, matches=subject.reads, rewrites=UNREADABLE.get(kind))
    if kind in UNREADABLE:
        fails(lambda: shown(subject), IncompleteRead)
        return
    assert shown(subject) == right
    if kind == "truncated":
        subject.server.breaks(kind, times=OFTEN, matches=subject.reads)
        fails(lambda: shown(subject), Unreachable)


def test_pages_that_go_round_in_a_circle_are_no_reading(subject: Emulated) -> None:
    """The second page is the first one again, and so on for ever."""
    last: list[Reply] = []

    def rewrites(request: Request, reply: Reply) -> Reply:
        if not subject.later_page(request):
            last[:] = [reply]
        return last[0]

    before = len(subject.server.requests)
    subject.server.breaks("loop", times=OFTEN, matches=subject.reads, rewrites=rewrites)
    fails(lambda: shown(subject), IncompleteRead)
    assert len(subject.server.requests) - before < 30


def test_a_page_that_has_a_row_twice_is_no_reading(subject: Emulated) -> None:
    for number in range(lists(subject)):
        for how in (lambda all_: [*all_, all_[0]], lambda all_: [all_[0]] * max(2, len(all_))):
            break_page(subject, number, with_rows(how))
            fails(lambda: shown(subject), IncompleteRead)
            subject.server.faults.clear()


@pytest.mark.parametrize("how", [lambda all_: [], lambda all_: all_[:-1]], ids=["empty", "short"])
def test_a_page_that_lacks_rows_is_no_reading(subject: Emulated, how: Callable[[list[Any]], list[Any]]) -> None:
    can(subject, "rows")
    """Either the reading fails, or it has found the rows on the next page."""
    right = {subject.sku(name): {seat.holder for seat in seats} for name, seats in subject.truth().items()}
    skus = list(right)
    for number in range(lists(subject)):
        break_page(subject, number, with_rows(how))
        try:
            found = {holding.sku: {seat.holder for seat in holding.seats} for holding in subject.vendor.read(skus)}
        except VendorError as error:
            quiet(error)
        else:
            assert found == right
        subject.server.faults.clear()


def test_an_error_inside_of_a_200_is_no_reading(subject: Emulated) -> None:
    for number in range(lists(subject)):
        break_page(subject, number, lambda reply: replace(reply, body=ERROR))
        fails(lambda: shown(subject), VendorError)
        subject.server.faults.clear()


def test_an_error_inside_of_a_200_is_a_refusal_for_this_one_only(subject: Emulated) -> None:
    can(subject, "inside")
    subject.fault("refuse", login=EVE)
    outcomes = made(subject, change(subject, EVE, after="basic"), change(subject, FAY, after="basic"))
    assert results(outcomes) == [Result.REFUSED, Result.DONE]
    assert EVE not in held(subject).values()


def test_a_200_that_says_nothing_of_what_was_asked_ends_in_an_outcome(subject: Emulated) -> None:
    """Of a write it may say what it likes: there is an outcome for each change, and nothing is sent twice."""
    changes = some_of_each(subject)
    subject.server.breaks("blank", times=OFTEN, matches=subject.writes, rewrites=lambda request, reply: Reply(200, {}))
    outcomes = made(subject, *changes)
    assert set(results(outcomes)) <= {Result.DONE, Result.DOUBT}
    assert set(written(subject).values()) == {1}
    settled(subject, changes)


def test_a_token_that_runs_out_in_the_middle_of_a_reading_is_renewed_or_named(subject: Emulated) -> None:
    right = shown(subject)
    runs_out(subject, subject.reads)
    if "renew" in subject.cannot:
        fails(lambda: shown(subject), BadCredentials)
    else:
        assert shown(subject) == right


def test_a_token_that_runs_out_in_the_middle_of_a_batch_is_renewed_or_ends_it(subject: Emulated) -> None:
    """Whatever has no outcome was not made."""
    changes, outcomes = [change(subject, EVE, after="basic"), change(subject, ANN, before="basic")], list[Outcome]()
    runs_out(subject, subject.writes)
    try:
        outcomes.extend(subject.vendor.apply(changes))
    except BadCredentials as error:
        assert "renew" in subject.cannot
        quiet(error)
    quiet(*outcomes)
    subject.settle()
    assert left_to_do(subject, changes) == changes[len(outcomes) :]
    assert len(outcomes) == len(changes) or "renew" in subject.cannot


def runs_out(subject: Emulated, matches: Callable[[Request], bool]) -> None:
    """The second call of these is told that its token has run out; it was got some minutes ago."""
    seen: list[Request] = []

    def second(request: Request) -> bool:
        seen.extend([request] if matches(request) else [])
        if len(seen) == 1:
            subject.clock.sleep(120)
        return matches(request) and len(seen) == 2

    words = {"message": f"{SECRET} has expired"}
    subject.server.breaks("401", matches=second, reply=Reply(401, words))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_server_that_repeats_what_it_was_sent_tells_nobody_a_secret(subject: Emulated, status: int) -> None:
    def rewrites(request: Request, reply: Reply) -> Reply:
        words = f"{dict(request.headers)} {request.data.decode()} {SECRET}"
        return Reply(status, {"message": words, "error": {"message": words}, "errorSummary": words, "detail": words})

    for matches in (subject.reads, subject.writes, lambda request: True):
        subject.server.breaks("echo", times=OFTEN, matches=matches, rewrites=rewrites)
        for does in (lambda: shown(subject), lambda: quiet(*subject.vendor.apply(some_of_each(subject)))):
            try:
                does()
            except VendorError as error:
                quiet(error)
        subject.server.faults.clear()
    quiet(subject.vendor, subject.vendor.info)


def test_a_renamed_holder_is_found_by_the_id(subject: Emulated) -> None:
    """The plan names the old login; the id is the same."""
    id = holder(subject, BO)
    subject.rename(BO, "bo.b@acme.example")
    (outcome,) = made(subject, replace(change(subject, BO, before="basic"), holder=id))
    assert outcome.result is Result.DONE
    assert id not in held(subject)


def test_a_login_that_somebody_else_has_got_takes_nothing_from_the_new_one(subject: Emulated) -> None:
    """Both hold the seat: it is taken from whom the plan has seen there, or from nobody."""
    id = reused(subject)
    subject.hand_grant("basic", BO)
    (outcome,) = made(subject, replace(change(subject, BO, before="basic"), holder=id))
    assert outcome.result is Result.DONE
    assert id not in held(subject)
    assert BO in held(subject).values()


def test_a_login_that_somebody_else_has_got_loses_no_seat_for_one_who_has_none(subject: Emulated) -> None:
    """The one of the plan has lost it already; the new one, of the same login, keeps it."""
    id = reused(subject)
    first = made(subject, replace(change(subject, "bo.b@acme.example", before="basic"), holder=id))
    assert results(first) == [Result.DONE]
    subject.hand_grant("basic", BO)
    subject.settle()
    sent = subject.requests()
    (outcome,) = made(subject, replace(change(subject, BO, before="basic"), holder=id))
    assert outcome.result in (Result.ALREADY, Result.CONFLICT)
    assert subject.requests() == sent
    assert BO in held(subject).values()


def holder(subject: Emulated, login: str) -> str:
    (seats,) = (one.seats for one in subject.vendor.read([subject.sku("basic")]))
    return next(seat.holder for seat in seats if seat.login == login)


def reused(subject: Emulated) -> str:
    """Bo has another login, and Fay has Bo's; the id of Bo."""
    id = holder(subject, BO)
    subject.rename(BO, "bo.b@acme.example")
    subject.rename(FAY, BO)
    return id
