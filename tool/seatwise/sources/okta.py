"""People of an Okta org → their rows by our fields.

Config: as `vendor: okta` has it: `url`, and `token`, or `client`, `key` and `key_id`. A column is a path in a user
(`profile.login`, `profile.department`, `status`). Deactivated users are in the list as long as Okta keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed, okta
from seatwise.edges.site import Site

READS = "okta.users.read"
PASSING = ("lastLogin", "lastUpdated", "passwordChanged", "credentials", "_links", "_embedded")
"""What changes at each login, or says nothing of a person."""


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The users' rows. Raises Stop where they can't be read, or not all of them."""
    try:
        client = okta.opened(
            source, site, okta.log_in(source, site, READS), f"{READS}, or the role Read-only Administrator,"
        )
        # Without a search Okta leaves deactivated users out (from memory), and a leaver would be somebody unknown.
        pages = list(okta.rows(client, "api/v1/users", search="status pr", limit="200"))
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its address and its credential") from None
    users = [_record(user) for page in pages for user in page]
    if not users:
        raise Stop(Exit.ERROR, f"{client.name}: there are no users", "may the credential see any?")
    return feed.records(source, "okta", users, site.clock.now())


def _record(user: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in user.items() if name not in PASSING}
