"""Google's logins, pages, limits and users: what its vendor and its people source have in common.

A service account's key signs for an administrator, `subject`, to whom the domain has
delegated the scopes. Whether a page is one, its `kind` says; no list states a total, so that the last page is the one that
names no next one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import BadCredentials, IncompleteRead
from seatwise.edges.http import Answer, Call, Client, Says, judged, paged
from seatwise.edges.keys import signed
from seatwise.edges.logins import Exchanged, by_form, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

Owner = Account | PeopleSource

TOKENS = "https://oauth2.googleapis.com/token"
ADMIN = "https://admin.googleapis.com"
USERS = "https://www.googleapis.com/auth/admin.directory.user.readonly"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIMITS = {"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "limitExceeded"}
"""Reasons of a 403 that is a limit, not a missing permission."""
NEVER = "1970"
"""The year of the last login of who has never logged in."""


def told(owner: Owner, key: str, example: str) -> str:
    """What the config says. Stops where it says nothing."""
    value = str(owner.config.get(key, ""))
    if not value:
        raise Stop(Exit.ERROR, f"{owner.place}: {owner.id} names no {key}", f"{key}: {example}")
    return value


def address(owner: Owner, usual: str) -> str:
    """`url` of the config stands for all of Google's hosts."""
    return str(owner.config.get("url", "")) or usual


def login(owner: Owner, site: Site, *scopes: str) -> Exchanged:
    """Asks for tokens with these scopes. Raises BadCredentials where the key is not one."""
    subject, key = told(owner, "subject", "an administrator's address"), _key(owner, site)
    own = str(owner.config.get("url", ""))
    url = f"{own.rstrip('/')}/token" if own else TOKENS

    def form() -> Mapping[str, str]:
        now = int(site.clock.now().timestamp())
        claims = {"iss": key["client_email"], "sub": subject, "scope": " ".join(scopes), "aud": url, "iat": now}
        token = signed({**claims, "exp": now + 3600}, key["private_key"], owner.id, key.get("private_key_id", ""))
        return {"grant_type": JWT_BEARER, "assertion": token}

    return by_form(url, form, site.clock, owner.id, (key["private_key"],))


def _key(owner: Owner, site: Site) -> dict[str, str]:
    text = secret(owner, "key", site)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and all(isinstance(found.get(one), str) for one in ("client_email", "private_key")):
        return found
    raise BadCredentials(f"{owner.id}: its key is no service account's", "give the whole JSON file as the secret")


def judge(answer: Answer) -> Says:
    """What an answer means: some limits come as 403."""
    return Says.WAIT if answer.status == 403 and LIMITS & set(_reasons(answer)) else judged(answer)


def _reasons(answer: Answer) -> Iterator[str]:
    try:
        said = answer.json()
    except ValueError:
        return
    error = said.get("error") if isinstance(said, dict) else None
    for one in error.get("errors", ()) if isinstance(error, dict) else ():
        if isinstance(one, dict):
            yield str(one.get("reason", ""))


def rows(client: Client, first: Call, kind: str, name: str) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The rows of each page. Raises IncompleteRead where a page is none, or they go round in a circle."""

    def following(answer: Answer) -> Call | None:
        token = answer.json().get("nextPageToken")
        return replace(first, query={**first.query, "pageToken": token}) if token else None

    for answer in paged(client, first, following):
        said = answer.json()
        if not isinstance(said, dict) or said.get("kind") != kind:
            what = f"{client.name}: a page is no list of {name}"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        yield said.get(name, ())


def directory(owner: Owner, site: Site, signs: Exchanged) -> Client:
    """The Directory: 2,400 queries a minute."""
    return Client(
        address(owner, ADMIN), signs, site.clock, Pace(40, 40), name=f"google directory ({owner.id})", judge=judge,
        needs="the scope admin.directory.user.readonly, in the delegation and to the administrator",
    )  # fmt: skip


def users(client: Client, customer: str, **more: str) -> list[Mapping[str, Any]]:
    """Every user, suspended and archived ones too. Raises IncompleteRead where one is there twice."""
    query = {"customer": customer, "maxResults": "500", "orderBy": "email", **more}
    pages = rows(client, Call("GET", "admin/directory/v1/users", query), "admin#directory#users", "users")
    found = [one for page in pages for one in page]
    if len({one["id"] for one in found}) != len(found) or not found:
        what = f"{client.name}: {len(found)} users were read, and some are there twice, or none at all"
        raise IncompleteRead(what, "read again; nothing is concluded from this reading")
    return found
