"""Journal records ↔ lines of JSON in which each names the digest of the one before: a change in the past shows.

Rules:
- A record is one line, its `prev` the SHA-256 of the line before without its line feed, as stored: who checks a chain
  needs no JSON, only lines and SHA-256. `n` counts from 1 without a gap, `at` never goes back.
- Lines are written canonically. What records hold (text, whole numbers, booleans, null) msgspec writes as RFC 8785
  demands, fifty times faster; amounts are text.
- The last line has no successor: whoever stores the chain keeps its digest beside it (`Link`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from seatwise.core.canon import instant, plain

Record = Mapping[str, Any]

_encoder = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a chain ends: its last record's number, the digest of its line, and its time. All empty: nothing yet."""

    n: int = 0
    digest: str = ""
    at: str = ""


START = Link()


@dataclass(frozen=True, slots=True)
class Segment:
    """Some records in a row, the lines that hold them, and where the chain now ends."""

    records: tuple[Record, ...]
    data: bytes
    last: Link


class Broken(Exception):
    """The first link that does not hold: its record's number, and why."""

    def __init__(self, n: int, why: str) -> None:
        super().__init__(f"record {n}: {why}")
        self.n = n
        self.why = why


def link(records: Sequence[Record], last: Link) -> Segment:
    """These records (each with `type` and `at`) as the next of a chain that ends at `last`."""
    chained, lines = [], []
    for record in records:
        chained.append({**record, "n": last.n + 1, "prev": last.digest})
        lines.append(_encoder.encode(chained[-1]))
        last = Link(last.n + 1, digest(lines[-1]), record["at"])
    return Segment(tuple(chained), b"".join(line + b"\n" for line in lines), last)


def verify(data: bytes, last: Link) -> Segment:
    """The records of a segment that follows on `last`. Raises Broken at the first that doesn't."""
    records = []
    *lines, rest = data.split(b"\n")
    if rest or not lines:
        raise Broken(last.n + 1, "the segment is cut off")
    for line in lines:
        record = _record(line, last)
        records.append(record)
        last = Link(last.n + 1, digest(line), record["at"])
    return Segment(tuple(records), data, last)


def end(data: bytes) -> Link:
    """Where the chain stands after a segment that is not read itself. Raises Broken where its last line is no record."""
    line = data.removesuffix(b"\n").rpartition(b"\n")[2]
    record = _object(line, 0)
    n, at = record.get("n"), record.get("at")
    if not (isinstance(n, int) and isinstance(at, str) and _is_time(at) and data.endswith(b"\n")):
        raise Broken(0, "the segment is cut off, or its last record has no number or no time")
    return Link(n, digest(line), at)


def digest(line: bytes) -> str:
    return f"sha256:{hashlib.sha256(line).hexdigest()}"


def _record(line: bytes, last: Link) -> Record:
    due = last.n + 1
    record = _object(line, due)
    if record.get("n") != due:
        raise Broken(due, f"here stands number {record.get('n')!r}")
    if record.get("prev") != last.digest:
        raise Broken(due, f"it does not follow on record {last.n}; one of the two was changed")
    if not (_is_time(record.get("at")) and isinstance(record.get("type"), str)):
        raise Broken(due, "it has no time or no type")
    if record["at"] < last.at:
        raise Broken(due, f"its time {record['at']} is before that of record {last.n}, {last.at}")
    return record


def _is_time(at: object) -> bool:
    """In UTC and written the one way, so that later ones are greater as text too."""
    try:
        return isinstance(at, str) and at.endswith("Z") and plain(instant(at)) == at
    except ValueError:
        return False


def _object(line: bytes, due: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        raise Broken(due, "it is no JSON object") from error
