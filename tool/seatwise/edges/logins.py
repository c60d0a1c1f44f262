"""Credentials → what requests are signed with. A repository names a secret (`env:NAME`), and never holds one."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.clock import Clock
from seatwise.edges.http import Call, Client, Judge, Login, Refused, judged
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


@dataclass(frozen=True, slots=True)
class Token:
    """One that was given, for so many seconds. `scopes`: what it was given for; None: the answer does not say."""

    text: str
    seconds: float
    scopes: frozenset[str] | None = None

    def __repr__(self) -> str:
        return "Token(***)"


Ask = Callable[[], Token]


class Exchanged:
    """A token that is asked for when it is first needed and when it has run out.

    `hidden` is never shown. The next of `asks` is asked where one is refused, so that a credential that only reads can be
    used to plan.
    """

    def __init__(self, clock: Clock, hidden: tuple[str, ...], *asks: Ask) -> None:
        self._clock, self._hidden, self._asks = clock, hidden, asks
        self._token, self._since, self._until = Token("", 0.0), 0.0, 0.0

    def headers(self) -> Mapping[str, str]:
        if not self._token.text or self._clock.monotonic() >= self._until:
            self._ask()
        return {"Authorization": f"Bearer {self._token.text}"}

    def renew(self) -> bool:
        """One that is refused right after it was given is not worth another."""
        fresh = self._clock.monotonic() - self._since < EARLY_SECONDS
        self._until = 0.0
        return not fresh

    def secrets(self) -> tuple[str, ...]:
        return (self._token.text, *self._hidden)

    def granted(self) -> frozenset[str] | None:
        """What the token may do: as the answer that gave it says (RFC 6749 5.1), else the roles and scopes that the token
        itself names. It is shown to people, and nothing is decided by it. None: neither tells."""
        self.headers()
        return _named_in(self._token.text) if self._token.scopes is None else self._token.scopes

    def _ask(self) -> None:
        self._token = self._given()
        self._since = self._clock.monotonic()
        self._until = self._since + self._token.seconds - EARLY_SECONDS

    def _given(self) -> Token:
        while True:
            try:
                return self._asks[0]()
            except BadCredentials:
                if len(self._asks) == 1:
                    raise
            self._asks = self._asks[1:]

    def __repr__(self) -> str:
        return "Exchanged(***)"


def by_form(
    url: str, form: Form, clock: Clock, name: str, hidden: tuple[str, ...] = (), lesser: Form | None = None
) -> Exchanged:
    """A token that an address gives for a form (RFC 6749, RFC 7523, RFC 8693). `form` is made anew each time; its values are
    never shown. `lesser` is sent where that is refused."""

    def asks(form: Form) -> Token:
        values = form()
        client = asking(url, Unsigned((*values.values(), *hidden)), clock, name)
        return given(client, Call("POST", url, form=values, asks=True), _by_oauth)

    return Exchanged(clock, hidden, *(partial(asks, one) for one in (form, lesser) if one))


def asking(url: str, login: Login, clock: Clock, name: str, judge: Judge = judged) -> Client:
    """The client of an address that gives tokens."""
    return Client(url, login, clock, Pace(1, 10), name=f"the login of {name}", judge=judge)


def given(client: Client, call: Call, read: Callable[[Any], Token]) -> Token:
    """The token in the answer to this call. Raises BadCredentials where it is refused, or `read` finds none in it."""
    fix = "look at the credential, and at what it is granted"
    try:
        said = client.send(call).json()
    except Refused as no:
        raise BadCredentials(f"{client.name} gives no token: {no.what}", fix) from None
    try:
        token = read(said)
    except (AttributeError, LookupError, TypeError, ValueError):
        token = Token("", 0.0)
    if not isinstance(token.text, str) or not token.text:
        raise BadCredentials(f"{client.name} answers without a token", fix)
    return token


def _by_oauth(said: Any) -> Token:
    scopes = frozenset(said["scope"].split()) if isinstance(said.get("scope"), str) else None
    return Token(said["access_token"], float(said.get("expires_in", 300)), scopes)


def _named_in(token: str) -> frozenset[str] | None:
    """The roles and scopes in the middle part of a JSON Web Token (RFC 7519), unverified."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        names = [*claims.get("roles", ()), *str(claims.get("scp", "")).split()]
    except (IndexError, ValueError, AttributeError, TypeError):
        return None
    return frozenset(map(str, names)) if "roles" in claims or "scp" in claims else None
