"""A changeset's rows, what they need, and what its pull request shows → who approved it, who is missing, and which rule failed.

Rules (semantics §4, §13):
- Owners, approvers and logins are those of the tree before it: a change can't choose who approves it.
- Of each person the latest word counts. It counts for exactly the rows that were looked at: a head that brings others is another
  question, and a head that brings the same ones (rebased, or with the default branch merged in) is the same.
- Nobody approves what they made, or what names or gives them something; no program does, nor a declared holder; nobody does
  whom people sources don't name by that login, or who has left; nothing counts twice, or after `age`, or that was said of
  another branch.
- What decides who may decide (owners, policies, settings, workflows, people) rides alone.
- Every owner that is needed must be covered, by as many different people as it asks; whoever stands in for an owner that is
  needed for the size alone stands in for no other.
- An exact reverse needs one approver of each license's owner.
- In a firm of one administrator (`approvals: single`) whoever made a change and merged it counts as its approver, and the
  evidence says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from seatwise.core import canon, resolve
from seatwise.core.model import (
    Need,
    Owner,
    People,
    Person,
    Request,
    Row,
    RowChange,
    Says,
    Selector,
    Status,
    Tree,
    Vote,
)
from seatwise.core.person_row import WORKERS

FEW = 5
"""Under a rule of at most so many people each of them is a beneficiary."""
FORGE = "forge"
"""The key of a person's login at the forge."""
MAIL = "mail:"
"""How a maker is written of whom the forge knows no login."""
ALONE = {"file": "policies and settings", "person": "people"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a changeset may be applied. `how` and `evidence` go into the journal; `why` and `fix` are for people."""

    approved: bool
    how: str
    why: str = ""
    fix: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One changeset: what it asks, what that needs, and how it stands. `rows`: how many it has."""

    commit: str
    title: str
    ask: str
    rows: int
    needs: tuple[Need, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict is made from. `reviewed`: head → ask digest of what it would have brought; a head that is not in it
    can't be looked at any more. `used`: ids of votes that counted before. `people` are those of the tree before."""

    ask: str
    rows: tuple[RowChange, ...]
    needs: tuple[Need, ...]
    before: Tree
    people: People
    request: Request
    branch: str
    now: datetime
    age: timedelta
    reviewed: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    selectors: Mapping[str, Selector] = field(default_factory=dict)
    """Of the rules that changed, by what their rows call them."""
    reverse: bool = False
    single: bool = False
    first: bool = False
    """The first run, which approves a whole tree: nothing has to ride alone."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One vote, whose it is, and the rule by which it does not count; empty: it does."""

    vote: Vote
    person: str = ""
    rule: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """What one owner has to approve, and who did."""

    need: Need
    by: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return max(0, self.need.count - len(self.by))


@dataclass(frozen=True, slots=True)
class Ruling:
    """`refused`: rules that no vote can mend, each with why. `single`: approved by whoever made it; there is nobody else."""

    votes: tuple[Counted, ...]
    met: tuple[Met, ...]
    refused: tuple[tuple[str, str], ...] = ()
    single: bool = False

    @property
    def approved(self) -> bool:
        return not self.refused and not any(one.missing for one in self.met)


def ruled(case: Case) -> Ruling:
    """Whether the changeset is approved."""
    ruling = _Ruling(case)
    votes = tuple(ruling.votes())
    met = tuple(ruling.met(votes))
    refused = tuple(ruling.refused(votes))
    if case.single and not refused and any(one.missing for one in met):
        alone = tuple(ruling.alone())
        if not any(one.missing for one in alone):
            return Ruling(votes, alone, single=True)
    return Ruling(votes, met, refused)


def verdict(case: Case, kind: str) -> Verdict:
    """The same in words, with what is kept of it. `kind`: the forge's."""
    ruling = ruled(case)
    evidence = _evidence(case, ruling, kind)
    if ruling.approved:
        how = "single administrator" if ruling.single else "approved"
        return Verdict(
            True, how, f"{_name(case.request)}: {', '.join(_by(ruling)) or 'nobody is needed'}", "", evidence
        )
    why = "; ".join((*(f"{rule}: {why}" for rule, why in ruling.refused), *_lacking(ruling)))
    return Verdict(False, "not approved", f"{_name(case.request)}: {why}", _fix(ruling), evidence)


def _name(request: Request) -> str:
    return f"pull request {request.number}" if request.url else f"{request.number}"


def _by(ruling: Ruling) -> Iterator[str]:
    for one in ruling.met:
        yield f"{one.need.owner or 'any owner'} by {', '.join(one.by)}"


def _lacking(ruling: Ruling) -> Iterator[str]:
    """Per owner who is missing, and why the votes that were given do not count."""
    for one in ruling.met:
        if one.missing:
            of = f" ({', '.join(one.need.licenses)})" if one.need.licenses else ""
            yield f"{one.need.owner or 'any owner'}{of}: {len(one.by)} of {one.need.count}"
    for vote in ruling.votes:
        if vote.rule and vote.rule != "superseded":
            yield f"{vote.vote.login or 'somebody who is gone'} does not count: {vote.rule}: {vote.why}"


def _fix(ruling: Ruling) -> str:
    if ruling.refused:
        return "revert it, and bring it by a pull request that keeps to these rules"
    who = dict.fromkeys(name for one in ruling.met if one.missing for name in one.need.approvers)
    return f"approve it: {', '.join([*who][:6])}" if who else "name approvers in owners/, in a pull request of its own"


def _evidence(case: Case, ruling: Ruling, kind: str) -> dict[str, Any]:
    request = case.request
    return {
        "forge": kind,
        "ask": case.ask,
        "single": ruling.single,
        "request": {
            "number": request.number, "url": request.url, "title": request.title, "author": request.author,
            "base": request.base, "head": request.head, "makers": sorted(request.makers), "merger": request.merger,
        },
        "votes": [
            {
                "id": one.vote.id, "login": one.vote.login, "person": one.person, "says": str(one.vote.says),
                "commit": one.vote.commit, "at": canon.plain(one.vote.at), "rule": one.rule,
            }
            for one in ruling.votes
        ],
        "needs": [{"owner": m.need.owner, "count": m.need.count, "by": list(m.by)} for m in ruling.met],
        "refused": [list(one) for one in ruling.refused],
    }  # fmt: skip


class _Ruling:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.logins = logins(case.people)
        self.makers = {person for login in _makers(case.request) if (person := self.person(login))}
        self.gaining = frozenset(_beneficiaries(case))

    def person(self, login: str) -> str:
        """The id of whoever has this login, where exactly one person does; empty: nobody counts for it."""
        if login.startswith(MAIL):
            found = self.case.people.find(login.removeprefix(MAIL))
            return found.id if found and found.worker in WORKERS else ""
        return self.logins.get(login.casefold(), "")

    def votes(self) -> Iterator[Counted]:
        """Each vote, the latest of each person judged, clicked or signed; what came before it is superseded."""
        latest = {self._who(vote): vote for vote in sorted(self.case.request.votes, key=lambda one: one.at)}
        for vote in self.case.request.votes:
            person = self.person(vote.login)
            if latest[self._who(vote)] is not vote:
                yield Counted(vote, person, "superseded", "said something else since")
            else:
                rule, why = next(self._against(vote, person), ("", ""))
                yield Counted(vote, person, rule, why)

    def _who(self, vote: Vote) -> tuple[str, str]:
        person = self.person(vote.login)
        return person, "" if person else vote.login.casefold()

    def _against(self, vote: Vote, person: str) -> Iterator[tuple[str, str]]:
        """Why this vote does not count, by the first of its reasons."""
        yield from self._of_itself(vote)
        yield from self._of_whom(vote, person)
        yield from self._of_what(vote)
        if not any(person in self._approvers(need) for need in self.case.needs):
            yield "no-approver", "may approve none of this"

    def _of_itself(self, vote: Vote) -> Iterator[tuple[str, str]]:
        case = self.case
        if vote.says is not Says.APPROVED:
            yield str(vote.says).replace(" ", "-"), f"says: {vote.says}"
        if vote.id in case.used:
            yield "used", "approved another change already"
        if case.now - vote.at > case.age:
            yield "too-old", f"was said on {vote.at:%Y-%m-%d}, more than {case.age.days} days ago"
        if case.request.based is not None and vote.at < case.request.based:
            yield "retargeted", "was said before the pull request was turned to this branch"

    def _of_whom(self, vote: Vote, person: str) -> Iterator[tuple[str, str]]:
        if vote.bot:
            yield "bot", "a program approves nothing"
        if not person:
            yield "unmapped", "no people source has exactly one person with this login"
        elif self._gone(self.case.people.persons[person]):
            yield "left", "has left"
        if person in self.makers or vote.login.casefold() in {login.casefold() for login in _makers(self.case.request)}:
            yield "maker", "wrote, committed, pushed or opened a part of it"
        if person in self.gaining:
            yield "beneficiary", "is named in it, or falls under a rule for few"

    def _of_what(self, vote: Vote) -> Iterator[tuple[str, str]]:
        asked = vote.ask or self.case.reviewed.get(vote.commit, "")
        if not asked:
            yield "head-gone", f"looked at {vote.commit[:9]}, which is not to be had any more"
        elif asked != self.case.ask:
            yield "other-rows", f"looked at {vote.commit[:9]}, which asks something else"

    def _gone(self, person: Person) -> bool:
        return person.status is Status.LEFT or (person.last_day is not None and person.last_day < self.case.now.date())

    def needs(self) -> Iterator[Need]:
        """Less than usual for an exact reverse: one of each license's owner."""
        for need in self.case.needs:
            if not self.case.reverse:
                yield need
            elif not need.besides:
                yield replace(need, count=1)

    def met(self, votes: Iterable[Counted]) -> Iterator[Met]:
        """Who covers each need: of the ways to choose those for the size the one that leaves least missing."""
        good = [one.person for one in votes if not one.rule]
        needs = tuple(self.needs())
        extra = [self._able(need, good) or [""] for need in needs if need.besides]
        ways = (chosen for chosen in product(*extra) if len({*chosen} - {""}) == sum(map(bool, chosen)))
        found = [self._covered(needs, chosen, good) for chosen in ways] or [
            self._covered(needs, ("",) * len(extra), good)
        ]
        yield from min(found, key=lambda met: sum(one.missing for one in met))

    def _covered(self, needs: Iterable[Need], chosen: Sequence[str], good: Sequence[str]) -> list[Met]:
        stand_in = iter(chosen)
        return [
            Met(need, tuple(filter(None, [next(stand_in)])) if need.besides else tuple(
                one for one in self._able(need, good) if one not in chosen
            ))
            for need in needs
        ]  # fmt: skip

    def _able(self, need: Need, good: Iterable[str]) -> list[str]:
        """Those of them who may approve so much for this owner."""
        may = self._approvers(need)
        return sorted(one for one in good if one in may and (may[one] is None or need.size <= (may[one] or 0)))

    def _approvers(self, need: Need) -> dict[str, int | None]:
        """Who may approve for an owner, and how many seats at once: its own approvers, and its deputy's."""
        owners = self.case.before.owners
        owner = owners.get(need.owner)
        answering = list(owners.values()) if owner is None else [owner, *self._deputies(owner)]
        found: dict[str, int | None] = {}
        for one in answering:
            for approver in one.approvers:
                person = self.case.people.find(approver.person)
                id = person.id if person else approver.person
                found[id] = _larger(found.get(id, 0), approver.up_to)
        return found

    def _deputies(self, owner: Owner) -> Iterator[Owner]:
        deputy = self.case.before.owners.get(owner.deputy)
        if deputy is not None:
            yield deputy

    def refused(self, votes: Iterable[Counted]) -> Iterator[tuple[str, str]]:
        case, request = self.case, self.case.request
        if request.base != case.branch:
            yield "other-branch", f"pull request {request.number} is for {request.base}, not for {case.branch}"
        if not case.first and (mixed := _mixed(case.rows)):
            yield "rides-alone", f"{mixed} rides alone: put it into a pull request of its own"
        for one in votes:
            entitled = any(one.person in self._approvers(need) for need in case.needs)
            if one.rule == "changes-requested" and entitled:
                yield "changes-requested", f"{one.vote.login} asks for changes, and may decide on this"

    def alone(self) -> Iterator[Met]:
        """What whoever made and merged it covers."""
        request = self.case.request
        merger = self.person(request.merger)
        mine = merger if merger in self.makers and not self._gone(self.case.people.persons[merger]) else ""
        for need in self.needs():
            may = self._approvers(need)
            yield Met(replace(need, count=1), (mine,) if mine in may else ())


def _larger(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def logins(people: People) -> dict[str, str]:
    """Login at the forge, case folded → person of HR, no declared holder; none that two people have."""
    found: dict[str, str] = {}
    for person in people.persons.values():
        login = person.logins.get(FORGE, "").casefold()
        if login and person.worker in WORKERS:
            found[login] = "" if login in found else person.id
    return found


def _makers(request: Request) -> frozenset[str]:
    return request.makers | ({request.author} if request.author else frozenset())


def _mixed(rows: Iterable[RowChange]) -> str:
    """What rides alone and does not; empty: all is well."""
    kinds = {_group(change) for change in rows}
    alone = sorted(kinds - {""})
    return alone[0] if alone and len(kinds) > 1 else ""


def _group(change: RowChange) -> str:
    row = change.row
    if row.kind in ALONE:
        return ALONE[row.kind]
    changed = row.key[0] == "owner" or (change.before is not None and change.after is not None)
    return "who answers for what" if row.kind == "govern" and changed else ""


def _beneficiaries(case: Case) -> Iterator[str]:
    """Whom the rows name, and whom a rule for few matches."""
    for change in case.rows:
        row = change.row
        if row.kind in ("user", "never", "reassert"):
            person = case.people.find(row.key[2])
            yield person.id if person else row.key[2]
        elif row.kind == "person":
            person = case.people.find(row.key[1])
            yield person.id if person else row.key[1]
        elif row.kind == "rule" and _few(change):
            where = case.selectors.get(row.key[2])
            yield from (person.id for person in resolve.matching(case.people, where)) if where else ()


def _few(change: RowChange) -> bool:
    return any(_most(row) <= FEW for row in (change.before, change.after) if row is not None)


def _most(row: Row) -> int:
    most = row.value["max"]
    return FEW + 1 if most is None else int(most)
