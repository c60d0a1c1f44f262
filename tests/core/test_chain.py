"""The chain of records: a change in the past shows, and the lines are what RFC 8785 says."""

from __future__ import annotations

import hashlib
import string
import time
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatwise.core.chain import START, Broken, Link, end, link, verify

AT = "2026-11-24T12:00:00Z"
keys = st.text(string.ascii_letters + string.digits + "._-@:ä", min_size=1)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def records(*kinds: str) -> list[dict[str, Any]]:
    return [{"type": kind, "at": AT} for kind in kinds]


def test_records_are_numbered_and_each_names_the_digest_of_the_line_before() -> None:
    segment = link(records("begin", "intent"), START)
    first, second = segment.data.splitlines()
    assert first == b'{"at":"2026-11-24T12:00:00Z","n":1,"prev":"","type":"begin"}'
    assert segment.records[1]["prev"] == f"sha256:{hashlib.sha256(first).hexdigest()}"
    assert segment.last == Link(2, f"sha256:{hashlib.sha256(second).hexdigest()}", AT)


def test_what_was_linked_verifies_segment_by_segment() -> None:
    one = link(records("begin"), START)
    two = link(records("intent", "outcome"), one.last)
    assert verify(two.data, verify(one.data, START).last) == two


@unhurried
@given(st.lists(st.dictionaries(keys, values), min_size=1, max_size=3))
def test_lines_are_canonical_and_come_back_as_they_were(contents: list[dict[str, Any]]) -> None:
    segment = link([{**content, "type": "t", "at": AT} for content in contents], START)
    assert segment.data.splitlines() == [rfc8785.dumps(dict(record)) for record in segment.records]
    assert verify(segment.data, START) == segment


@unhurried
@given(st.data())
def test_any_changed_byte_breaks_the_chain_or_its_end(data: st.DataObject) -> None:
    segment = link(records("begin", "intent", "outcome"), START)
    at = data.draw(st.integers(0, len(segment.data) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != segment.data[at]))
    changed = segment.data[:at] + bytes([byte]) + segment.data[at + 1 :]
    try:
        assert verify(changed, START).last != segment.last
    except Broken as broken:
        assert 1 <= broken.n <= 4


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "no JSON object"),
        (b'{"n":1,"at":"\xff"}', "no JSON object"),
        (b'{"n":1,"prev":"","type":"x"}', "no time or no type"),
        (b'{"n":1,"prev":"","at":"2026-11-24T12:00:00Z","type":7}', "no time or no type"),
        (b'{"n":1,"prev":"","at":"2026-13-24T12:00:00Z","type":"x"}', "no time or no type"),
        (b'{"n":1,"prev":"","at":"2026-11-24T12:00:00+01:00","type":"x"}', "no time or no type"),
        (b'{"n":2,"prev":"","at":"2026-11-24T12:00:00Z","type":"x"}', "here stands number 2"),
        (b'{"n":1,"prev":"sha256:00","at":"2026","type":"x"}', "does not follow on record 0"),
    ],
)
def test_a_line_that_is_no_record_is_named_by_number(line: bytes, why: str) -> None:
    with pytest.raises(Broken, match=why) as broken:
        verify(line + b"\n", START)
    assert broken.value.n == 1


def test_a_segment_that_is_cut_off_is_broken_where_it_ends() -> None:
    segment = link(records("begin", "intent"), START)
    for cut in (segment.data[:-1], b""):
        with pytest.raises(Broken, match="cut off"):
            verify(cut, START)


def test_time_does_not_go_back() -> None:
    segment = link([{"type": "a", "at": AT}, {"type": "b", "at": "2026-11-24T11:59:59Z"}], START)
    with pytest.raises(Broken, match="before that of record 1") as broken:
        verify(segment.data, START)
    assert broken.value.n == 2


def test_a_hundred_thousand_seats_in_one_record_are_quick() -> None:
    seats = {f"person{i}@acme.example": {"license": "m365-e5", "holder": f"id-{i}"} for i in range(100_000)}
    start = time.process_time()
    segment = link([{"type": "settled", "at": AT, "seats": seats}], START)
    verify(segment.data, START)
    assert time.process_time() - start < 1


def test_where_a_segment_ends_is_known_from_its_last_line() -> None:
    segment = link(records("begin", "intent"), START)
    assert end(segment.data) == segment.last


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b'{"n":1,"at":"2026-11-24T12:00:00Z"}',
        b'{"n":"1","at":"2026-11-24T12:00:00Z"}\n',
        b'{"n":1,"at":7}\n',
        b'{"n":1,"at":"yesterday"}\n',
    ],
)
def test_a_segment_whose_end_is_no_record_is_broken(data: bytes) -> None:
    with pytest.raises(Broken):
        end(data)
