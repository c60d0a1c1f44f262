"""Credentials → what requests are signed with. A repository names a secret (`env:NAME`), and never holds one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seatwise.core.model.repo import Account
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.site import Site


def secret(account: Account, key: str, site: Site) -> str:
    """What `key: env:NAME` of the account stands for. Raises BadCredentials where it is not named, or not set."""
    told = str(account.config.get(key, ""))
    if not told:
        what = f"{account.place}: account {account.id} names no {key}"
        raise BadCredentials(what, f"add `{key}: env:{account.id.upper().replace('-', '_')}_{key.upper()}` to it")
    name = told.removeprefix("env:")
    value = site.env.get(name, "").strip()
    if not value:
        raise BadCredentials(f"account {account.id}: {name} is not set", f"give this job the secret {name}")
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
