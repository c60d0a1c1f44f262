"""What the journals claim + the trees that they name → claims that no commit bears out: their seats are not called.

Who may push to a journal's branch and to nothing else could write there that we gave a seat, and that a commit took it back.
A claim whose seat the tree in force does not ask for is therefore believed only if the commit that it names, or the one before
it, names the person for that license, or has a rule for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from seatwise.core import rows
from seatwise.core.claims import State
from seatwise.core.model import Claim, ClaimState, Finding, Level, People, Tree

RULE = "claim-unfounded"


@dataclass(frozen=True, slots=True)
class Asks:
    """One license of one tree, from its text alone: whom it names, and whether it has a rule."""

    names: frozenset[str] = frozenset()
    rules: bool = False


def doubted(
    states: Mapping[str, State], now: Tree, people: People, trees: Callable[[str], tuple[Tree, ...]]
) -> Iterator[Finding]:
    """A hold for each claim that is not borne out. `trees`: a commit's own tree and the one before; () where there is none."""
    here = asks(now, people)
    known: dict[str, tuple[Mapping[str, Asks], ...]] = {}
    for account, state in states.items():
        for license, known_as, claim in _believed(state):
            who = _id(known_as, people)
            if claim.commit and not bears_out(here, license, who):
                if claim.commit not in known:
                    known[claim.commit] = tuple(asks(tree, people) for tree in trees(claim.commit))
                if not any(bears_out(of, license, who) for of in known[claim.commit]):
                    yield _hold(account, license, who, claim)


def _believed(state: State) -> Iterator[tuple[str, str, Claim]]:
    for license, of in state.claims.items():
        for who, claim in of.items():
            if claim.pending is not None or claim.state is not ClaimState.NONE:
                yield license, who, claim


def asks(tree: Tree, people: People) -> dict[str, Asks]:
    """License → what the tree asks of it."""
    found = {}
    for license in tree.licenses.values():
        listed = rows.assignments(tree, license)
        names = frozenset(_id(name, people) for assignment in listed for name in assignment.people)
        found[license.id] = Asks(names, any(assignment.where is not None for assignment in listed))
    return found


def _id(name: str, people: People) -> str:
    person = people.find(name)
    return person.id if person else name.casefold()


def bears_out(of: Mapping[str, Asks], license: str, who: str) -> bool:
    """Whether what a tree asks names the person (by id) for that license, or has a rule for it."""
    one = of.get(license, Asks())
    return one.rules or who in one.names


def _hold(account: str, license: str, who: str, claim: Claim) -> Finding:
    what = f"the journal of {account} says that {claim.commit[:9]} asked {license} for {who}; that commit does not"
    fix = f"see who wrote that: git log -p seatwise/journal/{account}"
    return Finding(RULE, Level.HOLD, what, fix, key=f"{license}/{who}", license=license, person=who)
