"""The state of an account's journal ↔ one record of it, so that nobody has to read the journal from its beginning.

Rules:
- A checkpoint is the first record of its segment, and chained like any other. It holds the fold of every record before it, and
  the lease that was held then.
- A fold that comes to a checkpoint goes on from what it holds; one that has folded what lies before compares first. So the
  fold of checkpoint and rest is the fold of the whole, and a checkpoint that says something else is no journal.
- What is of no use a day later (calls that count for the caps) is left out, of either fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from seatwise.core import canon
from seatwise.core.model import Exit, Stop

TYPE = "checkpoint"
CAPS = timedelta(hours=24)
ABOUT_THE_RECORD = ("at", "n")
"""Fields of a state that every record sets: they are not kept."""
IN_ORDER = {"rollouts": 1, "changed": 2, "did": 2}
"""Fields of which the order says what came first, and how deep. Canonical JSON sorts keys: lists of pairs stand for them."""

State = TypeVar("State", bound=Any)

_encoder = msgspec.json.Encoder(order="sorted")


def record(state: Any, at: datetime) -> dict[str, Any]:
    """The checkpoint of a state, written at that time."""
    return {"type": TYPE, "state": _kept(state, at)}


def state(kind: type[State], record: Mapping[str, Any], folded: State) -> State:
    """What the checkpoint holds. `folded` is the fold of what was read before it: nothing, or all that lies before.

    Raises Stop(EVIDENCE) where it is all, and the checkpoint says something else.
    """
    at = canon.instant(record["at"])
    if _encoder.encode(_kept(folded, at)) not in (_encoder.encode(record["state"]), _encoder.encode(_kept(kind(), at))):
        what = f"the checkpoint at record {record['n']} is not what the records before it come to"
        raise Stop(Exit.EVIDENCE, what, "nothing was written; it was changed, or written by another version")
    try:
        ordered = {name: _mapping(record["state"].get(name, []), depth) for name, depth in IN_ORDER.items()}
        held: State = msgspec.convert({**record["state"], **ordered, "at": record["at"], "n": record["n"]}, kind)
    except msgspec.ValidationError as error:
        fix = "apply with the version of seatwise that wrote it"
        raise Stop(Exit.EVIDENCE, f"the checkpoint at record {record['n']} can't be read: {error}", fix) from None
    return held


def _kept(state: Any, at: datetime) -> dict[str, Any]:
    kept = msgspec.to_builtins(state)
    late = canon.plain(at - CAPS)
    return {
        **{name: _plain(value, IN_ORDER.get(name, 0)) for name, value in kept.items() if name not in ABOUT_THE_RECORD},
        "done": [one for one in kept["done"] if one["at"] > late],
    }


def _plain(value: Any, depth: int) -> Any:
    return [[key, _plain(below, depth - 1)] for key, below in value.items()] if depth else value


def _mapping(value: Any, depth: int) -> Any:
    pairs = msgspec.convert(value, list[tuple[str, Any]]) if depth else ()
    return {key: _mapping(below, depth - 1) for key, below in pairs} if depth else value
