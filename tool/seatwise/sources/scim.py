"""The users of a SCIM 2.0 service → people's rows by our fields, held against the service's own count.

Config: `url`, `token: env:NAME`, `page` (100). A column is a path: `userName`, `name.formatted`, `active`, `emails` (the primary
one), `enterprise.department` and the others of the enterprise extension (RFC 7643, 4.3), `id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed
from seatwise.edges.http import Client
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.scim import ENTERPRISE, Resource, Server, active, mail
from seatwise.edges.site import Site


def read(source: PeopleSource, site: Site) -> RawPeople:
    """Every user. Raises Stop where they can't be read, or not all of them."""
    url, page = str(source.config.get("url", "")), str(source.config.get("page", "100"))
    if not url or not page.isdecimal() or page == "0":
        what = f"{source.place}: people source {source.id} names no address, or no number of users a page"
        raise Stop(Exit.ERROR, what, "url: https://scim.example/scim/v2, and page: 100 or none")
    try:
        login = Bearer(secret(source, "token", site))
        client = Client(
            url, login, site.clock, Pace(5, 60), name=f"people source {source.id}", needs="it to read users"
        )
        users = Server(client, int(page)).listed("Users").rows
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its address and its credential") from None
    return feed.records(source, f"{url.rstrip('/')}/Users", [_record(one) for one in users.values()], site.clock.now())


def _record(user: Resource) -> Mapping[str, Any]:
    """What a path can reach: one mail, the extension by a name without dots, `active` as a boolean."""
    extension = user.get(ENTERPRISE)
    plain = {name: value for name, value in user.items() if name not in ("meta", ENTERPRISE)}
    return {**plain, "emails": mail(user), "enterprise": extension or {}, "active": active(user)}
