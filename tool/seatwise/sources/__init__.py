"""The guests that say who works here: one file per kind of source, each with `read(source, site) -> RawPeople`."""

from __future__ import annotations

from importlib import import_module

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.edges.site import Site

KINDS = ("bamboohr", "csv", "entra", "google", "http_table", "ldap", "okta", "personio", "scim")


def read(source: PeopleSource, site: Site) -> RawPeople:
    """One complete reading of this source; raises Stop where it cannot show that it is complete."""
    if source.kind not in KINDS:
        what = f"{source.place}: people source {source.id} has the kind {source.kind!r}"
        raise Stop(Exit.ERROR, what, f"kind: {' or '.join(KINDS)}")
    read_kind = import_module(f"seatwise.sources.{source.kind}").read
    raw: RawPeople = read_kind(source, site)
    return raw
