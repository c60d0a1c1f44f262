"""A changeset and the trees before and after it, where there is no forge → whether it may be applied all the same.

Rules (docs/adr/0007-practice-accounts.md):
- Without a forge nobody can be asked. That is enough where nobody's access hangs on it: every account of the parent and
  of the changeset itself is for practice. One real account on either side, and nothing is applied.
- A forge that this version does not know approves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seatwise.core.approval import Verdict
from seatwise.core.model import Account, Changeset, Settings, Tree

NOT_ASKED = "not asked"


def verdict(changeset: Changeset, parent: Tree, tree: Tree) -> Verdict:
    """How it stands with this changeset; `parent` is empty before the first run."""
    accounts = (*parent.settings.accounts.values(), *tree.settings.accounts.values())
    real = next((account for account in accounts if not _practice(account)), None)
    if real is not None:
        return _refused(real)
    return Verdict(True, NOT_ASKED, "every account is for practice", evidence=_evidence(changeset, accounts))


def unknown(kind: str, place: str, commit: str) -> Verdict:
    """Of a forge that this version can't ask."""
    why = f"{place}: forge {kind!r} is not known here; nobody was asked about {commit[:9]}"
    return Verdict(
        False, "can't be asked", why, "kind: github, gitlab or local; to practise: none, with vendor: sandbox"
    )


def only(settings: Settings) -> bool:
    """Whether every account is for practice; also where there is none."""
    return all(map(_practice, settings.accounts.values()))


def _practice(account: Account) -> bool:
    return account.vendor == "sandbox" or (account.vendor == "table" and account.practice is True)


def _refused(account: Account) -> Verdict:
    real = f"account {account.id} is real (vendor {account.vendor})"
    why = f"{account.place}: {real}, and without a forge nobody can approve"
    fix = "name your forge in seatwise.yaml, or use vendor: sandbox"
    practice = " (practice: true, if nobody uploads its task files)" if account.vendor == "table" else ""
    return Verdict(False, "nobody to ask", why, fix + practice)


def _evidence(changeset: Changeset, accounts: Iterable[Account]) -> dict[str, Any]:
    practice = {account.id: account.vendor for account in accounts}
    return {"forge": "none", "commit": changeset.commit, "parent": changeset.parent, "practice": practice}
