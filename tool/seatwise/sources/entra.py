"""People of Microsoft Entra: one paged reading of /users → its rows by our fields.

A column is a path: `employeeOrgData.costCenter`.

Config: `account:` of vendor microsoft365, whose credential it reads with, or its own `tenant`, `client`, `secret: env:NAME`;
`filter: userType eq 'Member'`. Of a moment the day counts. `manager.mail` asks for each user's manager as well: Graph does not
count what it expands, so their number is asked for first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed
from seatwise.edges.graph import COUNTED, PATIENT, Listed, collection, counted, graph
from seatwise.edges.http import Call
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

PAGE = "999"
EXPANDED = ("manager",)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def read(source: PeopleSource, site: Site) -> RawPeople:
    """Every user's row. Raises Stop where they can't be read, or not all of them."""
    columns = sorted({*source.columns.values(), *source.logins.values()})
    try:
        listed = _listed(source, columns, site)
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its columns and its credential") from None
    return feed.records(source, "users", [_record(user, columns) for user in listed.rows], site.clock.now())


def _listed(source: PeopleSource, columns: list[str], site: Site) -> Listed:
    client = graph(source, site, Pace(100, 100), "User.Read.All")
    top = sorted({column.partition(".")[0] for column in columns} | {"id"})
    expands = [name for name in top if name in EXPANDED]
    chosen = {"$filter": str(source.config["filter"])} if "filter" in source.config else {}
    fields = ",".join(name for name in top if name not in EXPANDED)
    if not expands:
        query = {"$select": fields, "$top": PAGE, "$count": "true", **chosen}
        return collection(client, Call("GET", "users", query, headers={**COUNTED, **PATIENT}))
    total = counted(client, "users", chosen)
    query = {"$select": fields, "$expand": ",".join(expands), "$top": PAGE, **chosen}
    return collection(client, Call("GET", "users", query, headers=PATIENT), total)


def _record(user: Mapping[str, Any], columns: list[str]) -> dict[str, Any]:
    """What is asked for of a user. What Graph leaves empty is there all the same: a name that it does not know it refuses."""
    record: dict[str, Any] = {}
    for column in columns:
        *path, name = column.split(".")
        below = record
        for step in path:
            below = below.setdefault(step, {})
        below[name] = _day(feed.at(user, column))
    return record


def _day(value: Any) -> Any:
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return value[:10]
    return "" if value is None else value
