"""Credentials → what requests are signed with. A repository names a secret (`env:NAME`), and never holds one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.site import Site


def secret(owner: Account | PeopleSource, key: str, site: Site) -> str:
    """What `key: env:NAME` of an account or a source stands for. Raises BadCredentials where it is not named, or not set."""
    what = f"{'account' if isinstance(owner, Account) else 'people source'} {owner.id}"
    told = str(owner.config.get(key, ""))
    if not told:
        fix = f"add `{key}: env:{owner.id.upper().replace('-', '_')}_{key.upper()}` to it"
        raise BadCredentials(f"{owner.place}: {what} names no {key}", fix)
    name = told.removeprefix("env:")
    value = site.env.get(name, "").strip()
    if not value:
        raise BadCredentials(f"{what}: {name} is not set", f"give this job the secret {name}")
    return value


@dataclass(frozen=True)
class Bearer:
    """A token that stays the same."""

    token: str
    scheme: str = "Bearer"

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"{self.scheme} {self.token}"}

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return (self.token,)

    def __repr__(self) -> str:
        return "Bearer(***)"


@dataclass(frozen=True)
class Basic:
    """A user and a password."""

    user: str
    password: str

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Basic {self._pair}"}

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return (self.password, self._pair)

    @property
    def _pair(self) -> str:
        return b64encode(f"{self.user}:{self.password}".encode()).decode()

    def __repr__(self) -> str:
        return "Basic(***)"
