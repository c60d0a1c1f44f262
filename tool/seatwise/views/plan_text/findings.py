"""What policies found: what stops the plan, and the rest."""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core import gist
from seatwise.core.model import Finding
from seatwise.views import words
from seatwise.views.plan_text.page import FEW, Page, fix, more, row


def blocked(page: Page) -> list[str]:
    found = page.plan.blocked
    head = f"BLOCKED  {words.count(len(found), 'finding stops', 'findings stop')} this plan"
    return [head, *_shown(page, found), ""] if found else []


def remarks(page: Page) -> list[str]:
    found = gist.remarks(page.plan)
    most = 1 if page.plan.blocked else FEW
    return ["FINDINGS", *_shown(page, found, most)] if found else []


def _shown(page: Page, findings: Sequence[Finding], most: int = FEW) -> list[str]:
    lines: list[str] = []
    for finding in page.few(findings, most):
        where = f"{words.text(finding.place)}: " if finding.place else ""
        passed = f" (by {words.text(finding.passed_by)})" if finding.passed_by else ""
        what = f"{words.text(finding.rule)}: {where}{words.text(finding.what)}{passed}"
        level, advice = ("passed", "") if finding.passed_by else (str(finding.level), finding.fix)
        lines += [*row(page, level, [what]), *fix(page, advice)]
    return lines + more(len(findings) - len(page.few(findings, most)), "finding")
