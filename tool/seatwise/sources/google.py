"""People of a Google Workspace Directory, suspended and archived ones too → their rows by our fields.

Config: as `vendor: google` has it: `customer`, `subject`, and `key` or keyless. A column is a path in a user of the Directory API
(`name.fullName`); of lists the primary entry counts, else the first (`organizations.department`). `state` is ours: archived,
suspended or active.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed, google, google_login
from seatwise.edges.site import Site

LISTS = ("organizations", "externalIds", "phones", "relations", "addresses", "locations")


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The users' rows. Raises Stop where they can't be read, or not all of them."""
    customer = google_login.told(source, "customer", "C01abc234, from Account settings of the console")
    try:
        client = google.directory(source, site, google_login.login(source, site, google.USERS))
        users = google.users(client, customer, projection="full")
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at the delegation and the administrator") from None
    return feed.records(source, "google", [_record(user) for user in users], site.clock.now())


def _record(user: Mapping[str, Any]) -> Mapping[str, Any]:
    """A user without lists of things, and with a state; what changes at each login or reading is no part of a person."""
    state = "archived" if user.get("archived") else "suspended" if user.get("suspended") else "active"
    kept = {name: value for name, value in user.items() if name not in ("etag", "lastLoginTime", "thumbnailPhotoEtag")}
    return {**kept, "state": state, **{name: _primary(user[name]) for name in LISTS if name in user}}


def _primary(entries: Any) -> Any:
    found = entries if isinstance(entries, list) else []
    return next((one for one in found if isinstance(one, dict) and one.get("primary")), next(iter(found), None))
