"""A changeset and the trees before and after it → whether it may be applied, how that is known, and the evidence.

Rules (docs/adr/0007-practice-accounts.md):
- Whom to ask is read from the parent: a changeset cannot choose who approves it. On a first run there is no parent.
- Without a forge nobody can be asked. That is enough where nobody's access hangs on it: every account of the parent and
  of the changeset itself is for practice. One real account on either side, and nothing is applied.
- A forge that this version does not know approves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from seatwise.core.model import Account, Changeset, Settings, Tree

NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a changeset may be applied. `how` and `evidence` go into the journal; `why` and `fix` are for people."""

    approved: bool
    how: str
    why: str = ""
    fix: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Forge(Protocol):
    """Where approvals are given. Must approve nothing that it can't show evidence for; must not write anything."""

    def verdict(self, changeset: Changeset, parent: Tree, tree: Tree) -> Verdict:
        """How it stands with this changeset; `parent` is empty before the first run."""


def forge(settings: Settings) -> Forge:
    """The forge that these settings name: the parent's; on a first run, the changeset's own."""
    kind = settings.forge.get("kind", "")
    return Nobody() if kind == "none" else Unknown(kind, str(settings.place))


@dataclass(frozen=True, slots=True)
class Nobody:
    """`forge: {kind: none}`: there is nobody to ask."""

    def verdict(self, changeset: Changeset, parent: Tree, tree: Tree) -> Verdict:
        kind = parent.settings.forge.get("kind", "")
        if kind != "none":
            return Unknown(kind, str(parent.settings.place)).verdict(changeset, parent, tree)
        accounts = (*parent.settings.accounts.values(), *tree.settings.accounts.values())
        real = next((account for account in accounts if not _practice(account)), None)
        if real is not None:
            return _refused(real)
        return Verdict(True, NOT_ASKED, "every account is for practice", evidence=_evidence(changeset, accounts))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A forge that this version can't ask."""

    kind: str
    place: str

    def verdict(self, changeset: Changeset, parent: Tree, tree: Tree) -> Verdict:
        why = f"{self.place}: forge {self.kind!r} needs a later version; nobody was asked about {changeset.commit[:9]}"
        return Verdict(False, "can't be asked", why, "until then, practise: forge: {kind: none}, vendor: sandbox")


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
