"""People of Personio: its list of employees (v1), page by page → their rows by our fields.

Config: `client`, and `secret: env:NAME`. A column is an attribute by its API name (`email`, `dynamic_24407`), or a path into what
one holds: `department.name`, `supervisor.email`, `cost_centers.name`. Of a date the day counts. `name` is ours: the first and
the last. (developer.personio.de/reference/get_company-employees)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed
from seatwise.edges.headcount import Page, Row, everybody
from seatwise.edges.http import Answer, Call, Client, Says, judged
from seatwise.edges.logins import Exchanged, Token, Unsigned, asking, given, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

API = "https://api.personio.de/v1"
PAGE = 100
"""The most that a page may have."""
TOKEN_SECONDS = 24 * 3600.0
"""At most: who asks again within the day gets the same token."""
NAMES = ("first_name", "last_name")


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The employees' rows. Raises Stop where they can't be read, or not all of them."""
    url = str(source.config.get("url", "")) or API
    try:
        # 300 a minute, 15 in one second (changelog, 2024-05-06).
        client = Client(
            url, _login(source, site, url), site.clock, Pace(5, 15), name=f"people source {source.id}", judge=_judged
        )
        employees = _employees(client)
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its client and its secret") from None
    return feed.records(source, "personio", [feed.mapped(source, _record(one)) for one in employees], site.clock.now())


def _login(source: PeopleSource, site: Site, url: str) -> Exchanged:
    client = str(source.config.get("client", ""))
    if not client:
        what = f"{source.place}: people source {source.id} names no client"
        raise Stop(Exit.ERROR, what, "client: the client id of its API credentials")
    hidden = secret(source, "secret", site)

    def ask() -> Token:
        asks = asking(url, Unsigned((hidden,)), site.clock, source.id, _judged)
        call = Call("POST", "auth", body={"client_id": client, "client_secret": hidden}, asks=True)
        return given(asks, call, lambda said: Token(said["data"]["token"], TOKEN_SECONDS))

    return Exchanged(site.clock, (hidden,), ask)


def _judged(answer: Answer) -> Says:
    """A token that is not valid, or not any more, is 403 here; 401 is none at all."""
    return Says.EXPIRED if answer.status == 403 else judged(answer)


def _employees(client: Client) -> list[Row]:
    def call(offset: int) -> Call:
        return Call("GET", "company/employees", {"limit": str(PAGE), "offset": str(offset)})

    def after(pages: Sequence[Page]) -> Call | None:
        seen = sum(len(page.rows) for page in pages)
        return call(seen) if seen < pages[-1].total else None

    return everybody(client, call(0), _page, after)


def _page(said: Any) -> Page:
    if said["success"] is not True:
        raise ValueError
    rows = [one["attributes"] for one in said["data"]]
    return Page(int(said["metadata"]["total_elements"]), [(str(one["id"]["value"] or ""), one) for one in rows])


def _record(attributes: Row) -> Mapping[str, Any]:
    plain = {name: _plain(value) for name, value in attributes.items()}
    names = [plain[name] for name in NAMES if name in plain]
    return {**plain, "name": " ".join(str(name) for name in names if name)} if names else plain


def _plain(value: Any) -> Any:
    """What is below the labels and types: of a list of things, the list of each of their fields."""
    if isinstance(value, list):
        return _gathered([_plain(one) for one in value])
    if not isinstance(value, Mapping):
        return value
    if isinstance(inside := value.get("attributes"), Mapping):
        return {name: _plain(one) for name, one in inside.items()}
    if "value" not in value:
        return value
    found = value["value"]
    return found[:10] if value.get("type") == "date" and isinstance(found, str) else _plain(found)


def _gathered(things: list[Any]) -> Any:
    if not things or not all(isinstance(one, Mapping) for one in things):
        return things
    return {name: [one.get(name) for one in things] for name in {name: None for one in things for name in one}}
