"""Credentials → what requests are signed with. A repository names a secret (`env:NAME`), and never holds one."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.clock import Clock
from seatwise.edges.http import Call, Client, Refused
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

Form = Callable[[], Mapping[str, str]]

EARLY_SECONDS = 60
"""So long before it runs out a token is not used any more."""


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
    if key == "token" and not (value.isascii() and value.isprintable()):
        raise BadCredentials(f"{what}: {name} holds what no header can", f"give {name} anew, in one line")
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


@dataclass(frozen=True)
class Unsigned:
    """Nothing goes along; what must not be shown stands in the call itself."""

    hidden: tuple[str, ...] = ()

    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return self.hidden

    def __repr__(self) -> str:
        return "Unsigned(***)"


class Exchanged:
    """A token that an address gives for something else, asked for when it is first needed and when it has run out.

    `form` makes the request anew each time (RFC 6749, RFC 7523, RFC 8693); its values, and `hidden`, are never shown. `lesser`
    is asked where that is refused, so that a credential that only reads can be used to plan.
    """

    def __init__(
        self, url: str, form: Form, clock: Clock, name: str, hidden: tuple[str, ...] = (), lesser: Form | None = None
    ) -> None:
        self._url, self._forms, self._clock, self._name, self._hidden = url, [form], clock, name, hidden
        self._forms += [lesser] if lesser else []
        self._token, self._since, self._until = "", 0.0, 0.0
        self._scopes: str | None = None

    def headers(self) -> Mapping[str, str]:
        if not self._token or self._clock.monotonic() >= self._until:
            self._ask()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """One that is refused right after it was given is not worth another."""
        fresh = self._clock.monotonic() - self._since < EARLY_SECONDS
        self._until = 0.0
        return not fresh

    def secrets(self) -> tuple[str, ...]:
        return (self._token, *self._hidden)

    def granted(self) -> frozenset[str] | None:
        """What the token may do: `scope` of the answer that gave it (RFC 6749 5.1), else the roles and scopes that the token
        itself names. It is shown to people, and nothing is decided by it. None: neither tells."""
        self.headers()
        return frozenset(self._scopes.split()) if self._scopes is not None else _named_in(self._token)

    def _ask(self) -> None:
        while True:
            try:
                return self._asked(self._forms[0]())
            except BadCredentials:
                if len(self._forms) == 1:
                    raise
            self._forms = self._forms[1:]

    def _asked(self, form: Mapping[str, str]) -> None:
        login = Unsigned((*form.values(), *self._hidden))
        client = Client(self._url, login, self._clock, Pace(1, 10), name=f"the login of {self._name}")
        call = Call("POST", self._url, form=form, asks=True)
        fix = "look at the credential, and at what it is granted"
        try:
            said = client.send(call).json()
        except Refused as no:
            raise BadCredentials(f"{client.name} gives no token: {no.what}", fix) from None
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            raise BadCredentials(f"{client.name} answers without a token", fix)
        self._scopes = scope if isinstance(scope := said.get("scope"), str) else None
        self._since = self._clock.monotonic()
        self._token, self._until = token, self._since + float(said.get("expires_in", 300)) - EARLY_SECONDS

    def __repr__(self) -> str:
        return "Exchanged(***)"


def _named_in(token: str) -> frozenset[str] | None:
    """The roles and scopes in the middle part of a JSON Web Token (RFC 7519), unverified."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        names = [*claims.get("roles", ()), *str(claims.get("scp", "")).split()]
    except (IndexError, ValueError, AttributeError, TypeError):
        return None
    return frozenset(map(str, names)) if "roles" in claims or "scp" in claims else None
