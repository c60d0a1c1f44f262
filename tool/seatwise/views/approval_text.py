"""How approvals stand → a few lines for each changeset: what it asks, per owner who approved and who is missing, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seatwise.core import canon
from seatwise.core.approval import Standing
from seatwise.core.codeowners import Codeowners
from seatwise.views import words


def standing(found: Sequence[Standing]) -> str:
    return "".join(f"{line}\n" for one in found for line in _lines(one)) or "nothing is merged that is not taken up\n"


def signed(made: Sequence[tuple[str, str]]) -> str:
    """Who approves what, each on a line."""
    return "".join(f"{words.text(who)} approves {canon.short(ask)}: put on seatwise/approvals\n" for who, ask in made)


def codeowners(found: Codeowners, *, same: bool, check: bool) -> str:
    """Whether the file is as it should be, and what to do."""
    path = words.text(found.path)
    if same:
        return f"{path}: as it should be\n"
    if check:
        return f"{path}: is not what owners, licenses and people make it\n  fix: seatwise approval codeowners\n"
    return f"{path}: written\n"


def _lines(one: Standing) -> Iterator[str]:
    verdict = one.verdict
    yield f"{one.commit[:9]} {words.text(one.title)}: {'approved' if verdict.approved else 'not approved'}"
    if one.rows:
        yield f"  asks {canon.short(one.ask)}, {words.count(one.rows, 'row')}"
    for need in verdict.evidence.get("needs", ()):
        yield f"  {_need(need)}"
    for vote in verdict.evidence.get("votes", ()):
        if vote["rule"]:
            yield f"  {words.text(vote['login'] or 'somebody who is gone')} does not count: {words.text(vote['rule'])}"
    yield f"  {words.text(verdict.why)}"
    if verdict.fix:
        yield f"  fix: {words.text(verdict.fix)}"


def _need(need: Mapping[str, Any]) -> str:
    by = f": {', '.join(map(words.text, need['by']))}" if need["by"] else ""
    return f"{words.text(need['owner'] or 'any owner')} {len(need['by'])} of {need['count']}{by}"
