"""Who holds a license and who works here → the rules (`where`) that most of its seats fit.

A value of an attribute is taken up when nearly everybody with it holds the license; a rule is one attribute with all
such values, or one with another that narrows it (department and worker). The rule that explains most seats, less the
people whom it would give a seat to, is proposed; then the next one for the seats that are left. Together they must
explain most seats: a rule that fits a handful by chance would only hide who was meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from seatwise.core.model import Selector
from seatwise.core.model.people import Person, Status

KEYS = ("worker", "department", "title", "country", "company")
"""Attributes that make rules; the first of equals is proposed."""
NARROWS = ("worker", "country")
PRECISE = Fraction(4, 5)
"""The share of the people with a value who must hold the license."""
WORTH = Fraction(1, 5)
"""The share of a license's seats that each rule must explain,"""
TOGETHER = Fraction(3, 5)
"""and that all its rules must explain together."""
FEWEST = 3
"""Fewer people with the same value are no pattern."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One `where`, whom of the holders it explains, and who would get a seat that has none. Ids are sorted."""

    where: Selector
    explains: tuple[str, ...]
    newcomers: tuple[str, ...]

    @property
    def gain(self) -> int:
        return len(self.explains) - len(self.newcomers)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rules of one license, in order of what they explain, and the holders whom none explains."""

    rules: tuple[Rule, ...]
    rest: tuple[str, ...]


def proposal(holders: Collection[str], people: Iterable[Person]) -> Proposal:
    """The rules that most of these holders fit, or none. Only people whom a `where` can match are looked at."""
    staff = [person for person in people if person.status in (Status.ACTIVE, Status.LEAVE)]
    rules: list[Rule] = []
    left = frozenset(holders)
    while (best := _best(left, frozenset(holders), staff)) is not None:
        rules.append(best)
        left -= frozenset(best.explains)
    explained = len(holders) - len(left)
    if not rules or Fraction(explained, len(holders)) < TOGETHER:
        return Proposal((), tuple(sorted(holders)))
    return Proposal(tuple(rules), tuple(sorted(left)))


def _best(left: frozenset[str], holders: frozenset[str], staff: list[Person]) -> Rule | None:
    enough = max(Fraction(FEWEST), WORTH * len(holders))
    rules = [rule for rule in _candidates(left, holders, staff) if len(rule.explains) >= enough]
    return max(rules, key=lambda rule: (rule.gain, -len(rule.where.keys)), default=None)


def _candidates(left: frozenset[str], holders: frozenset[str], staff: list[Person]) -> Iterator[Rule]:
    for key in KEYS:
        yield _rule(key, (), left, holders, staff)
        for narrow in NARROWS:
            for value, group in _groups(narrow, staff).items() if narrow != key else ():
                yield _rule(key, ((narrow, (value,)),), left, holders, group)


def _rule(
    key: str,
    narrowed: tuple[tuple[str, tuple[str, ...]], ...],
    left: frozenset[str],
    holders: frozenset[str],
    staff: list[Person],
) -> Rule:
    fitting = {value: group for value, group in _groups(key, staff).items() if _fits(group, left, holders)}
    matched = {person.id for group in fitting.values() for person in group}
    where = Selector(tuple(sorted([(key, tuple(sorted(fitting))), *narrowed])))
    return Rule(where, tuple(sorted(matched & left)), tuple(sorted(matched - holders)))


def _fits(group: list[Person], left: frozenset[str], holders: frozenset[str]) -> bool:
    held = sum(person.id in holders for person in group)
    return len(group) >= FEWEST and held >= PRECISE * len(group) and any(person.id in left for person in group)


def _groups(key: str, staff: list[Person]) -> dict[str, list[Person]]:
    """People by what they have there, folded as a `where` compares; nothing is unknown, and unknown is no group."""
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in staff:
        if value := person.attribute(key).strip().casefold():
            groups[value].append(person)
    return groups
