"""Names in journal records ↔ pseudonyms: HMAC-SHA256 under a secret, so that the chain can stay when a name must go.

Rules (semantics §8, ADR 0019):
- What the vendor calls an immutable id stays. A mail address, wherever it stands, and a login do not.
- The program works with names: records are veiled when they are written and unveiled when they are read, as far as the names
  are known (`Names`: people, files, what vendors show). A pseudonym of nobody known stays one, like a person absent from HR.
- Records from before there was a secret stay as they were written. The newest record that says so names the secret in force
  by its mark: another one is as good as no journal.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any

from seatwise.core.model import Exit, Stop

Record = Mapping[str, Any]
KEY = "key"
"""The field of a record that names the secret."""

_MAIL = re.compile(r"[\w.+%'’-]+@[\w.-]*\w")
_PSEUDONYM = re.compile(r"~[0-9a-f]{32}")
_ALWAYS = ("login", "fingerprint")
_WHO = ("who", "key", "wrong", "aside")
"""Fields that say whom the program means; `wrong` and `aside` are seats, of whom and of which license."""
_BELOW = {"seats": "seats of one kind", "seats of one kind": "holder", "who": "fingerprint"}
"""Where no field says what a value is: the field that it stands under → what it is."""


class Names:
    """Every name that was met: those that a veil can be lifted for."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def learn(self, names: Iterable[str]) -> None:
        self._met.update(name for name in names if name)

    def new(self, known: set[str]) -> set[str]:
        return self._met - known


class Veil:
    """`logins`: the account's vendor knows holders by nothing but their login, so their id is a name."""

    def __init__(self, secret: bytes, names: Names, *, logins: bool) -> None:
        self._secret = secret
        self._names = names
        self._logins = logins
        self._known: set[str] = set()
        self._lifted: dict[str, str] = {}

    @property
    def mark(self) -> str:
        """Names the secret, and does not give it away."""
        return self._hmac("the secret of a journal")[:16]

    def pseudonym(self, name: str) -> str:
        return f"~{self._hmac(name)[:32]}"

    def veiled(self, record: Record) -> Record:
        return {name: self._veiled(value, name) for name, value in record.items()}

    def lifted(self, record: Record) -> Record:
        """The record with every name that is known by now."""
        new = self._names.new(self._known)
        self._lifted.update((self.pseudonym(name), name) for name in new)
        self._known |= new
        lifted: Record = self._lift(record)
        return lifted

    def _hmac(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), "sha256").hexdigest()

    def _veiled(self, value: Any, field: str) -> Any:
        if isinstance(value, str):
            return self._text(value, field)
        if isinstance(value, Mapping):
            return {self._text(k, "key"): self._veiled(below, _BELOW.get(field) or k) for k, below in value.items()}
        if isinstance(value, list | tuple):
            return [self._veiled(below, field) for below in value]
        return value

    def _text(self, text: str, field: str) -> str:
        mark = "?" if text.startswith("?") and field in _WHO else ""
        name = text.removeprefix(mark)
        if name and self._is_name(name, "holder" if mark else field):
            return mark + self.pseudonym(name)
        return _MAIL.sub(lambda found: self.pseudonym(found[0]), text) if "@" in text else text

    def _is_name(self, text: str, field: str) -> bool:
        if field in _ALWAYS or (field == "holder" and self._logins):
            return True
        return field in (*_WHO, "holder") and "@" in text and " " not in text

    def _lift(self, value: Any) -> Any:
        if isinstance(value, str):
            return _PSEUDONYM.sub(lambda found: self._lifted.get(found[0], found[0]), value) if "~" in value else value
        if isinstance(value, Mapping):
            return {self._lift(key): self._lift(below) for key, below in value.items()}
        return [self._lift(below) for below in value] if isinstance(value, list | tuple) else value


def check(records: Iterable[Record], veil: Veil | None, journal: str) -> None:
    """Raises Stop(EVIDENCE) where the records were written under another secret than the veil's."""
    mark = next((r[KEY] for r in reversed(list(records)) if r.get(KEY)), "")
    if mark and (veil is None or mark != veil.mark):
        what = f"{journal} was written under {'a journal.key' if veil is None else 'another journal.key'}"
        raise Stop(Exit.EVIDENCE, what, "bring that secret back; if it is lost: seatwise journal recover")
