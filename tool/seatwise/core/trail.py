"""Records of journals → what in them can't be, however well the chain holds: calls nobody intended, causes nobody admitted,
approvals that are none.

Rules:
- Every outcome has its intent before it. Every cause that is a commit names one that was admitted.
- A checkpoint is what the records before it come to; where names are pseudonyms that can't be told, and it is not compared.
- An admission follows on the one before it, and says by whom it was approved: as many as each owner needs, none of them
  somebody whose word did not count, or who made it (but where a single administrator is all there is, which it says).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import msgspec

from seatwise.core import checkpoint, claims, records
from seatwise.core.audit import Fault
from seatwise.core.model import CauseKind, Result, Stop
from seatwise.core.practice import NOT_ASKED
from seatwise.core.veil import KEY

Record = Mapping[str, Any]
NO_ROWS, RECOVERED, SINGLE = "no rows", "recovered", "single administrator"
OF_A_COMMIT = (CauseKind.COMMIT, CauseKind.REVERSE, CauseKind.REASSERT)
NEEDED = frozenset({"commit", "parent", "title", "author", "ask", "rows", "approval", "journals", "run"})
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, msgspec.ValidationError)
"""What reading a record raises that is no such record."""


def account(journal: Sequence[Record], admitted: frozenset[str]) -> Iterator[Fault]:
    """The first thing that can't be in the journal of an account. `admitted`: commits that a cause may name; empty: any."""
    compared = not any(record.get(KEY) for record in journal)
    state, sent = claims.State(), set[str]()
    for record in journal:
        try:
            if record["type"] != checkpoint.TYPE or compared:
                claims.fold([record], state)
            fault = _called(record, sent) or _caused(record, admitted)
        except Stop as stop:
            fault = Fault("checkpoint", record["n"], stop.what)
        except MALFORMED as error:
            fault = Fault("malformed", record["n"], f"it is no record of type {record['type']}: {type(error).__name__}")
        if fault:
            yield fault
            return


def unanswered(journal: Iterable[Record]) -> int:
    """Calls that were intended, and of which no record says what became of them."""
    open_still = set[str]()
    for record in journal:
        if record["type"] == "intent":
            open_still.update(change["id"] for change in record["changes"])
        elif record["type"] == "outcome":
            open_still -= {one["id"] for one in record["outcomes"] if one["result"] != Result.DOUBT}
        elif record["type"] == "recovered":
            open_still.clear()
    return len(open_still)


def _called(record: Record, sent: set[str]) -> Fault | None:
    if record["type"] == "intent":
        sent.update(change["id"] for change in record["changes"])
    elif record["type"] == "outcome":
        for outcome in record["outcomes"]:
            if outcome["id"] not in sent:
                return Fault("no-intent", record["n"], f"an outcome of call {outcome['id']}, which nothing intended")
    return None


def _caused(record: Record, admitted: frozenset[str]) -> Fault | None:
    for commit in sorted(_commits(record)):
        if admitted and commit not in admitted:
            what = f"it is caused by commit {commit[:12]}, which was never admitted"
            return Fault("not-admitted", record["n"], what, commit)
    return None


def _commits(record: Record) -> set[str]:
    """The commits that are given as causes."""
    listed = record["groups"] if record["type"] == "asked" else record["changes"] if record["type"] == "intent" else ()
    causes = (records.cause_from(entry["cause"]) for entry in listed if entry["cause"])
    return {cause.commit for cause in causes if cause.kind in OF_A_COMMIT and cause.commit}


def asks(record: Record) -> Iterator[tuple[str, str, str]]:
    """Commit, license and who, of each seat that an `asked` record says a commit flipped."""
    if record["type"] == "asked":
        for who, flip in records.flips(record):
            if flip.cause and flip.cause.kind in OF_A_COMMIT and flip.cause.commit:
                yield flip.cause.commit, record["license"], who


def lengths(admissions: Iterable[Record]) -> dict[str, tuple[int, int]]:
    """Account → how many records its journal had when the newest admission said so, and that record's number."""
    return {
        id: (count, record["n"])
        for record in admissions
        if record["type"] in ("admitted", "recovered")
        for id, count in record.get("journals", {}).items()
    }


def admitted(journal: Iterable[Record]) -> tuple[Record, ...]:
    """The admissions, up to the first record that only calls itself one."""
    found = (record for record in journal if record["type"] == "admitted")
    return tuple(takewhile(_is_admission, found))


def _is_admission(record: Record) -> bool:
    try:
        return record.keys() >= NEEDED and isinstance(record["approval"]["evidence"], Mapping)
    except (KeyError, TypeError):
        return False


def admissions(journal: Iterable[Record]) -> Iterator[Fault]:
    """The first admission that does not follow on the one before it, or whose approval is none."""
    before = ""
    for record in journal:
        if record["type"] != "admitted":
            continue
        try:
            fault = _follows(record, before) or next(_approval(record), None)
        except MALFORMED as error:
            fault = Fault("malformed", record["n"], f"it is no record of an admission: {type(error).__name__}")
        if fault:
            yield fault
            return
        before = record["commit"]


def _follows(record: Record, before: str) -> Fault | None:
    if record["parent"] == before or record["approval"]["how"] == RECOVERED:
        return None
    what = f"it follows on {record['parent'][:12] or 'nothing'}, and {before[:12] or 'nothing'} was in force"
    return Fault("order", record["n"], what, record["commit"])


def _approval(record: Record) -> Iterator[Fault]:
    for what in _doubts(record, record["approval"]):
        yield Fault("approval", record["n"], what, record["commit"])


def _doubts(record: Record, approval: Record) -> Iterator[str]:
    how, evidence = approval["how"], approval["evidence"]
    if approval["approved"] is not True:
        yield "it was admitted, and its approval says that it was not approved"
    if how == NO_ROWS and record["rows"]:
        yield f"it has {record['rows']} rows, and is admitted as having none"
    if how == NOT_ASKED and not evidence.get("practice"):
        yield "nobody was asked, and it does not say that every account is for practice"
    if record["parent"] and evidence.get("ask", record["ask"]) != record["ask"]:
        yield "what was approved is not what was admitted"
    by = {vote.get("person", "") for vote in counted(record)}
    for need in evidence.get("needs", ()):
        yield from _uncovered(need, by, makers(record), alone=how == SINGLE)


def _uncovered(need: Record, by: set[str], makers: frozenset[str], *, alone: bool) -> Iterator[str]:
    owner = need["owner"] or "any owner"
    if len(set(need["by"])) < need["count"]:
        yield f"{owner} needs {need['count']}, and {len(set(need['by']))} approved"
    for who in need["by"] if not alone else ():
        if who not in by:
            yield f"{who} stands as approver for {owner}, and no vote of theirs counts"
        if who in makers:
            yield f"{who} approved for {owner} what they made"


def counted(record: Record) -> tuple[Record, ...]:
    """The votes that counted for an admission."""
    votes = record["approval"]["evidence"].get("votes", ())
    return tuple(vote for vote in votes if vote.get("counts", not vote.get("rule")))


def makers(record: Record) -> frozenset[str]:
    """Who opened, wrote or committed it: logins and mail addresses, and persons as far as votes tell whose login it is."""
    evidence = record["approval"]["evidence"]
    request = evidence.get("request") or {}
    logins = {login.removeprefix("mail:") for login in (*request.get("makers", ()), request.get("author", "")) if login}
    persons = {vote.get("login", ""): vote.get("person", "") for vote in evidence.get("votes", ())}
    return frozenset(logins | {persons[login] for login in logins if persons.get(login)})
