"""A word and candidates → the near miss worth suggesting, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

ENOUGH = 0.75
"""How alike two words must be; below it a suggestion misleads more than it helps."""
FEW = 20
"""So many names are still read."""


def near(word: str, candidates: Iterable[str]) -> str:
    """The candidate most like the word; empty where none is like it. Case doesn't count."""
    wanted = word.casefold()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    best, likeness = "", ENOUGH
    for candidate in candidates:
        if candidate.casefold() == wanted:
            return candidate
        ratio = _ratio(matcher, candidate.casefold(), likeness)
        if ratio > likeness or (ratio == likeness and (not best or candidate < best)):
            best, likeness = candidate, ratio
    return best


def among(word: str, candidates: Collection[str], see: str = "seatwise.yaml") -> str:
    """How to mend a name that is none of these: the one that is probably meant, and all of them where they are few; else
    where they stand."""
    guess = near(word, candidates)
    meant = f"did you mean {guess}?" if guess else ""
    there = f"one of {', '.join(candidates)}" if 0 < len(candidates) <= FEW else ""
    return "; ".join(filter(None, (meant, there))) or f"see {see}"


def _ratio(matcher: SequenceMatcher[str], candidate: str, least: float) -> float:
    """How alike they are; 0 as soon as it is clear that they are less alike than `least`."""
    matcher.set_seq1(candidate)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()
