"""Journals of accounts + admissions → who held a license, or what a person held, at a time: why, and by whose approval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from seatwise.core import tenure
from seatwise.core.model import Exit, Stop
from seatwise.core.tenure import Held
from seatwise.core.trail import MALFORMED
from seatwise.flows.audit.books import Books, opened
from seatwise.flows.workspace import Workspace


def who(workspace: Workspace, subject: str, at: datetime) -> tuple[Held, ...]:
    """The seats, sorted. Raises Stop where a journal is broken, or nothing in the journals is called so."""
    books = opened(workspace, offline=True)
    workspace.tree(books.tip)
    names = {subject, subject.casefold()}
    workspace.names.learn(names)
    told = {record["commit"]: record for record in books.admitted}
    everybody = [held for account, _ in books.accounts for held in _of(books, account, at)]
    mine = [held for held in everybody if names & {*_called(held)}]
    if not mine and not _known(books, subject):
        raise Stop(Exit.USAGE, f"no license and nobody in the journals is called {subject!r}", _hint(books))
    return tuple(_approved(one, told) for one in mine)


def _approved(one: Held, told: Mapping[str, Mapping[str, Any]]) -> Held:
    record = told.get(one.commit)
    return replace(one, title=record["title"] if record else "", approval=tenure.approved(record))


def _called(held: Held) -> Iterator[str]:
    yield held.license
    yield held.who
    yield held.who.partition("@")[0]


def _of(books: Books, account: str, at: datetime) -> tuple[Held, ...]:
    one = dict(books.accounts)[account]
    if one.fault:
        what = f"journal {one.name} is broken at record {one.fault.n}: {one.fault.what}"
        raise Stop(Exit.EVIDENCE, what, "seatwise audit verify")
    try:
        return tenure.holders(account, books.lifted(one), at)
    except MALFORMED:
        raise Stop(Exit.EVIDENCE, f"journal {one.name} has a record that is none", "seatwise audit verify") from None


def _known(books: Books, subject: str) -> bool:
    """Whether a license is called so, or some record names it: then nothing was held at that time."""
    if subject in books.workspace.tree(books.tip)[0].licenses:
        return True
    name = subject.casefold()
    there = [f'"{name}"', f'"{name}@', *([f'"{books.lift.pseudonym(name)}"'] if books.lift else ())]
    return any(one.encode() in leaf.data for _, of in books.accounts for leaf in of.leaves for one in there)


def _hint(books: Books) -> str:
    if books.settings.journal_key and not books.lift:
        name = books.settings.journal_key.removeprefix("env:")
        return f"names are pseudonyms here: give the secret {name}, or the pseudonym itself"
    return "the license's id, or the person's id as people.key has it"
