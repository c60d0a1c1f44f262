"""Any report that answers to one address as JSON or CSV, such as a Workday report as a service → its rows by our fields.

Config: `url`; `token: env:NAME`, or `user` and `password: env:NAME`; `rows` where the records of a JSON answer are not its only
list (`rows: Report_Entry`). A JSON column is a path: `work.email`. Such a report has no pages; how many rows make it complete
is `complete:` of the source to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed
from seatwise.edges.http import Call, Client
from seatwise.edges.logins import Basic, Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The report's rows. Raises Stop where it can't be read, or can't be read as meant."""
    url = str(source.config.get("url", ""))
    if not url:
        raise Stop(Exit.ERROR, f"{source.place}: people source {source.id} names no address", "url: https://...")
    shown = urlsplit(url)._replace(query="", fragment="").geturl()
    try:
        login = _login(source, site)
        client = Client(url, login, site.clock, Pace(1, 10), name=f"people source {source.id}", needs="it this report")
        answer = client.send(Call("GET", url, headers={"Accept": "application/json, text/csv"}))
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its address and its credential") from None
    as_of = site.clock.now()
    if "csv" in answer.headers.get("content-type", ""):
        return feed.text(source, shown, answer.data, as_of)
    try:
        said = answer.json()
    except ValueError:
        what = f"{source.place}: people source {source.id} answers with neither JSON nor CSV"
        raise Stop(Exit.ERROR, what, "ask for JSON in its address: Workday has format=json") from None
    return feed.records(source, shown, _records(source, said), as_of)


def _login(source: PeopleSource, site: Site) -> Bearer | Basic:
    user = str(source.config.get("user", ""))
    return Basic(user, secret(source, "password", site)) if user else Bearer(secret(source, "token", site))


def _records(source: PeopleSource, said: Any) -> list[Mapping[str, Any]]:
    """The list of records: what the answer is, or has under the name that the source gives, or as its only list."""
    named = str(source.config.get("rows", ""))
    lists = [value for value in said.values() if isinstance(value, list)] if isinstance(said, dict) else [said]
    found = feed.at(said, named) if named else lists[0] if len(lists) == 1 else None
    if isinstance(found, list) and all(isinstance(one, Mapping) for one in found):
        return found
    lacks = f"no list of records under {named!r}" if named else "more than one list, or none"
    what = f"{source.place}: the answer to people source {source.id} has {lacks}"
    raise Stop(Exit.ERROR, what, "rows: the name that the list of records has in the answer")
