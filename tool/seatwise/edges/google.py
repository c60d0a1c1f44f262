"""Google's pages, limits and users: what its vendor and its people source have in common.

Whether a page is one, its `kind` says; no list states a total, so that the last page is the one that
names no next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.google_login import Owner, address
from seatwise.edges.http import Answer, Call, Client, Login, Says, judged, paged
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

ADMIN = "https://admin.googleapis.com"
USERS = "https://www.googleapis.com/auth/admin.directory.user.readonly"
LIMITS = {"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "limitExceeded"}
"""Reasons of a 403 that is a limit, not a missing permission."""
NEVER = "1970"
"""The year of the last login of who has never logged in."""


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


def directory(owner: Owner, site: Site, signs: Login) -> Client:
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
