"""What `seatwise init` wrote → what to say about it, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from seatwise.core.intake import Draft
from seatwise.core.model import Finding
from seatwise.core.propose import Rule
from seatwise.views import words


def started(folder: str, written: Sequence[str], drafts: Sequence[Draft], findings: Sequence[Finding]) -> str:
    """Each license with the rules that fit it, everything noticed about people, and the next commands."""
    lines = [line for draft in drafts for line in _license(draft)]
    lines += [f"{finding.place}: {words.text(finding.what)}\n  fix: {words.text(finding.fix)}" for finding in findings]
    place, enter = ("this folder", "") if folder == "." else (words.text(folder), f"cd {quote(words.text(folder))} && ")
    lines += [
        f"{len(written)} files in {place}. Next:",
        f"  {enter}git init -b main && git add . && git commit -m 'Our licences'",
        "  seatwise validate && seatwise plan",
    ]
    return "\n".join(lines)


def _license(draft: Draft) -> Iterator[str]:
    yield f"{draft.id}: {draft.held} held, {len(draft.people)} named one by one"
    for rule in draft.rules:
        yield f"  rule  {_rule(rule)} explains {len(rule.explains)}{_more(rule)}"
    for rule in draft.waiting:
        yield f"  maybe {_rule(rule)} explains {len(rule.explains)}{_more(rule)}: a comment in its file, or --rules"
    if draft.left:
        yield f"  {len(draft.left)} have left: {_some(draft.left)}"
    if draft.strangers:
        yield f"  {len(draft.strangers)} are not among the people: {_some(draft.strangers)}"


def _rule(rule: Rule) -> str:
    return words.text(rule.where)


def _more(rule: Rule) -> str:
    return f" and gives {len(rule.newcomers)} more" if rule.newcomers else ""


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(words.text(name) for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
