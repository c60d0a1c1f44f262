"""Changes + the calls that make them → what became of each, in their order.

What a reading answers already needs no call. Neighbours that can go together go in one call; one that is refused as a whole is
taken apart until the single one is found.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Outcome, Result
from seatwise.core.precondition import verdict
from seatwise.edges.http import Answer, GaveUp, Lost, Refused
from seatwise.edges.shown import Shown


def nothing(change: Change) -> Refused | None:
    """No objection."""
    return None


def alone(change: Change) -> Hashable:
    """No change goes together with another one."""
    return id(change)


@dataclass(frozen=True, slots=True)
class Way:
    """How an adapter makes changes: `call` sends those that have the same `together`, at most `most` of them.

    `objects` says what the vendor would say no to, without asking it. `holder`: the id in an answer of the one that was given.
    """

    call: Callable[[Sequence[Change]], Answer]
    together: Callable[[Change], Hashable] = alone
    most: int = 1
    objects: Callable[[Change], Refused | None] = nothing
    holder: Callable[[Change, Answer], str] = lambda change, answer: ""


def sent(changes: Sequence[Change], shown: Shown, way: Way) -> Iterator[Outcome]:
    """What became of each. Raises what stops the account: a dead connection, bad credentials."""
    group: list[Change] = []
    for change in changes:
        fits = group and way.together(change) == way.together(group[0]) and len(group) < way.most
        if group and (not fits or any(_same_holder(change, one) for one in group)):
            yield from _called(group, shown, way)
            group = []
        known = _known(change, shown, way)
        if known is None:
            group.append(change)
        else:
            if group:
                yield from _called(group, shown, way)
                group = []
            yield known
    if group:
        yield from _called(group, shown, way)


def _known(change: Change, shown: Shown, way: Way) -> Outcome | None:
    """The outcome of a change that needs no call."""
    found = verdict(change, shown.held(change))
    if found is not None:
        return Outcome(change, found.result, shown.holder(change), found.reason, found.fix)
    no = way.objects(change)
    return None if no is None else Outcome(change, Result.REFUSED, shown.holder(change), no.what, no.fix)


def _same_holder(one: Change, other: Change) -> bool:
    return one.who == other.who or (bool(one.holder) and one.holder == other.holder)


def _called(changes: Sequence[Change], shown: Shown, way: Way) -> Iterator[Outcome]:
    try:
        answer = way.call(changes)
    except Refused as no:
        if len(changes) > 1:
            middle = len(changes) // 2
            yield from _called(changes[:middle], shown, way)
            yield from _called(changes[middle:], shown, way)
        else:
            yield Outcome(changes[0], Result.REFUSED, shown.holder(changes[0]), no.what, no.fix, no.answer.request)
    except GaveUp as error:
        yield from (Outcome(one, Result.FAILED, shown.holder(one), error.what, error.fix) for one in changes)
    except Lost as lost:
        yield from (Outcome(one, Result.DOUBT, shown.holder(one), lost.what, lost.fix) for one in changes)
    else:
        for one in changes:
            shown.done(one, way.holder(one, answer))
            yield Outcome(one, Result.DONE, shown.holder(one), request=answer.request)
