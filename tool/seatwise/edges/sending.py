"""Changes + the calls that make them → what became of each; a batch that is refused is taken apart until the one is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Outcome, Result
from seatwise.edges.http import Answer, GaveUp, Lost, Refused


def sent(change: Change, call: Callable[[], Answer], holder: str = "") -> Outcome:
    """One change by one call. Raises what stops the account: a dead connection, bad credentials."""
    return next(folded([change], 1, lambda changes: call(), lambda one: holder))


def folded(
    changes: Sequence[Change],
    size: int,
    call: Callable[[Sequence[Change]], Answer],
    holder: Callable[[Change], str],
) -> Iterator[Outcome]:
    """Changes by calls of at most so many each. A refusal says nothing of the single one: each half is tried by itself."""
    for start in range(0, len(changes), size):
        yield from _halved(changes[start : start + size], call, holder)


def _halved(
    changes: Sequence[Change], call: Callable[[Sequence[Change]], Answer], holder: Callable[[Change], str]
) -> Iterator[Outcome]:
    try:
        answer = call(changes)
    except Refused as no:
        if len(changes) > 1:
            middle = len(changes) // 2
            yield from _halved(changes[:middle], call, holder)
            yield from _halved(changes[middle:], call, holder)
            return
        yield Outcome(changes[0], Result.REFUSED, holder(changes[0]), no.what, no.fix, no.answer.request)
    except GaveUp as error:
        yield from (Outcome(one, Result.FAILED, holder(one), error.what, error.fix) for one in changes)
    except Lost as lost:
        yield from (Outcome(one, Result.DOUBT, holder(one), lost.what, lost.fix) for one in changes)
    else:
        yield from (Outcome(one, Result.DONE, holder(one), request=answer.request) for one in changes)
