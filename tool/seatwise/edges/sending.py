"""Changes + the calls that make them → what became of each, in their order.

What a reading answers already needs no call. Neighbours that can go together go in one call; one that is refused as a whole is
taken apart until the single one is found.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Outcome, Result, VendorError
from seatwise.core.precondition import verdict
from seatwise.edges.http import Answer, GaveUp, Lost, Refused
from seatwise.edges.shown import Shown


class Moved(Exception):
    """Nothing was sent: the state is no longer as it was shown. It has been read again; the changes are to be judged anew."""


class Settled(Refused):
    """A refusal that was looked into: what is there already, or what somebody else has changed."""

    def __init__(self, result: Result, what: str, answer: Answer, fix: str = "") -> None:
        super().__init__(what, answer, fix)
        self.result = result


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
    `part`: what an answer to many says of this one, where that is no yes: Refused, GaveUp or Lost.
    """

    call: Callable[[Sequence[Change]], Answer]
    together: Callable[[Change], Hashable] = alone
    most: int = 1
    objects: Callable[[Change], Refused | None] = nothing
    holder: Callable[[Change, Answer], str] = lambda change, answer: ""
    part: Callable[[Change, Answer], VendorError | None] = lambda change, answer: None


def sent(changes: Sequence[Change], shown: Shown, way: Way) -> Iterator[Outcome]:
    """What became of each. Raises what stops the account: a dead connection, bad credentials."""
    group: list[Change] = []
    names: set[str] = set()
    for change in changes:
        fits = group and way.together(change) == way.together(group[0]) and len(group) < way.most
        if group and (not fits or not names.isdisjoint(_names(change))):
            yield from _called(group, shown, way)
            group = []
        names = names if group else set()
        known = _known(change, shown, way)
        if known is None:
            group.append(change)
            names |= _names(change)
        else:
            if group:
                yield from _called(group, shown, way)
                group = []
            yield known
    if group:
        yield from _called(group, shown, way)


def halves(give: Callable[[], Answer], take: Callable[[], Answer]) -> Answer:
    """A swap in two calls: what is new is given before the old is taken. Where only half is done, a reading says what is."""
    _done_or_there(give)
    try:
        return _done_or_there(take)
    except (Refused, GaveUp) as error:
        raise Lost(f"the new seat was given, the old one not taken: {error.what}", "plan again") from None


def _done_or_there(half: Callable[[], Answer]) -> Answer:
    try:
        return half()
    except Settled as found:
        if found.result is Result.ALREADY:
            return found.answer
        raise


def _known(change: Change, shown: Shown, way: Way) -> Outcome | None:
    """The outcome of a change that needs no call."""
    found = verdict(change, shown.held(change))
    if found is not None:
        return Outcome(change, found.result, shown.holder(change), found.reason, found.fix)
    no = way.objects(change)
    return None if no is None else Outcome(change, Result.REFUSED, shown.holder(change), no.what, no.fix)


def _names(change: Change) -> set[str]:
    """What its holder is known by: nobody is twice in one call."""
    return {f"who {change.who}", *([f"holder {change.holder}"] if change.holder else [])}


def _called(changes: Sequence[Change], shown: Shown, way: Way) -> Iterator[Outcome]:
    try:
        answer = way.call(changes)
    except Refused as no:
        if len(changes) > 1:
            middle = len(changes) // 2
            yield from _called(changes[:middle], shown, way)
            yield from _called(changes[middle:], shown, way)
        else:
            yield _failed(changes[0], no, shown)
    except Moved:
        yield from sent(changes, shown, way)
    except (GaveUp, Lost) as error:
        yield from (_failed(one, error, shown) for one in changes)
    else:
        for one in changes:
            yield _answered(one, answer, shown, way)


def _answered(change: Change, answer: Answer, shown: Shown, way: Way) -> Outcome:
    no = way.part(change, answer)
    if no is not None:
        return _failed(change, no, shown)
    shown.done(change, way.holder(change, answer))
    return Outcome(change, Result.DONE, shown.holder(change), request=answer.request)


def _failed(change: Change, error: VendorError, shown: Shown) -> Outcome:
    """Nothing happened, or nobody knows: that a call was lost is all that leaves a doubt."""
    if isinstance(error, Refused):
        result = error.result if isinstance(error, Settled) else Result.REFUSED
        if error.answer.retried and result is not Result.ALREADY:
            result = Result.DOUBT
        request = error.answer.request
        if result is Result.ALREADY:
            shown.done(change)
    else:
        result, request = Result.FAILED if isinstance(error, GaveUp) else Result.DOUBT, ""
    return Outcome(change, result, shown.holder(change), error.what, error.fix, request)
