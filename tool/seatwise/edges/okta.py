"""Okta's logins, pages and limits: what its vendor and its people source have in common.

An API token (`token`), or a service app that signs with a private key (`client`, `key`, `key_id`). A 429 has no Retry-After: its
window's end is in x-rate-limit-reset. Lists name the next page in Link, and state no total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.http import Answer, Call, Client, Login, by_link
from seatwise.edges.keys import signed
from seatwise.edges.logins import Bearer, by_form, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

Owner = Account | PeopleSource

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGAIN = "read again; nothing is concluded from this reading"


def opened(owner: Owner, site: Site, login: Login, needs: str) -> Client:
    """The org's API. Okta's limits differ by org and endpoint: `per_minute`, 500 where nothing is said."""
    url = _org(owner)
    told = str(owner.config.get("per_minute", "500"))
    if not told.isdigit() or not 0 < int(told) <= 100_000:
        raise Stop(Exit.ERROR, f"{owner.place}: {owner.id} has per_minute: {told}", "per_minute: 500")
    pace = Pace(int(told) / 60, max(1.0, int(told) / 10))
    return Client(url, login, site.clock, pace, name=f"okta ({owner.id})", says=_says, needs=needs)


def _org(owner: Owner) -> str:
    if url := str(owner.config.get("url", "")):
        return url
    raise Stop(Exit.ERROR, f"{owner.place}: {owner.id} names no org", "url: https://acme.okta.com")


def log_in(owner: Owner, site: Site, scopes: str, lesser: str = "") -> Login:
    """As what the account or source names. `lesser`: the scopes that a service app is asked for which has not all of these."""
    if not owner.config.get("client"):
        return Bearer(secret(owner, "token", site), "SSWS")
    client, key = str(owner.config["client"]), secret(owner, "key", site)
    at = f"{_org(owner).rstrip('/')}/oauth2/v1/token"

    def form(scopes: str) -> Mapping[str, str]:
        now = int(site.clock.now().timestamp())
        claims = {"iss": client, "sub": client, "aud": at, "iat": now, "exp": now + 300, "jti": str(uuid4())}
        assertion = signed(claims, key, owner.id, str(owner.config.get("key_id", "")))
        return {"grant_type": "client_credentials", "scope": scopes, "client_assertion_type": ASSERTION,
                "client_assertion": assertion}  # fmt: skip

    less = partial(form, lesser) if lesser else None
    return by_form(at, partial(form, scopes), site.clock, owner.id, (key,), less)


def _says(answer: Answer) -> str:
    """The summary of an error, and its causes."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    causes = [str(one.get("errorSummary", "")) for one in said.get("errorCauses", ()) if isinstance(one, dict)]
    return ": ".join(word for word in (str(said.get("errorSummary", "")), *causes) if word)


def rows(client: Client, path: str, **query: str) -> Iterator[list[Mapping[str, Any]]]:
    """The rows of each page. Raises IncompleteRead where a page is none, or a row is there twice."""
    seen: set[str] = set()
    for answer in by_link(client, Call("GET", path, query)):
        page = answer.json()
        if not isinstance(page, list):
            raise IncompleteRead(f"{client.name}: a page is no list", AGAIN)
        ids = {str(row["id"]) for row in page}
        if len(ids) != len(page) or ids & seen:
            raise IncompleteRead(f"{client.name}: somebody is there twice", AGAIN)
        seen |= ids
        yield page
