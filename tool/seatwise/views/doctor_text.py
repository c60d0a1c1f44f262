"""What the doctor found → one line each, with what to do about it, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from seatwise.core.checkup import Answer, Health
from seatwise.views import words


def doctor(answers: Sequence[Answer]) -> str:
    return "".join(f"{line}\n" for line in (*(line for one in answers for line in _lines(one)), _sum(answers)))


def _lines(one: Answer) -> Iterator[str]:
    yield f"{words.pad(one.health, 4)}  {words.pad(one.about, 9)}  {words.text(one.what)}"
    if one.fix and one.health is not Health.OK:
        yield f"                 fix: {words.text(one.fix)}"


def _sum(answers: Sequence[Answer]) -> str:
    found = Counter(one.health for one in answers)
    return ", ".join(f"{found[health]} {health}" for health in Health)
