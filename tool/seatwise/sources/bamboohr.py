"""People of BambooHR: its list of employees, page by page → their rows by our fields.

Config: `company`, what stands before .bamboohr.com, and `key: env:NAME`. A column is a field of the list (`workEmail`, `status`);
those that it does not give by itself are asked for. `name` is ours: the preferred or first name, and the last.
(documentation.bamboohr.com/reference/list-employees)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import IncompleteRead, VendorError
from seatwise.edges import feed
from seatwise.edges.headcount import Page, Row, everybody
from seatwise.edges.http import Answer, Call, Client, message
from seatwise.edges.logins import Basic, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

COMPANY = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
ALWAYS = {"employeeId", "firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status"}
"""What the list gives unasked."""
OURS = {"name"}
RESTRICTED = "_restrictedFields"
PAGE = "100"


class Key(Basic):
    """A key that stands where the user does; the password is no secret."""

    def secrets(self) -> tuple[str, ...]:
        return (self.user, self._pair)


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The employees' rows. Raises Stop where they can't be read, or not all of them, or not all that is mapped."""
    url = _url(source)
    mapped = feed.fields(source)
    try:
        client = Client(
            url, Key(secret(source, "key", site), "x"), site.clock, Pace(2, 10), name=f"people source {source.id}",
            says=_says, needs="its user a role that sees all employees and the mapped fields",
        )  # fmt: skip
        employees = _employees(client, sorted(mapped - ALWAYS - OURS))
        _refuse_hidden(client, employees, mapped)
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its company and its key") from None
    return feed.records(source, "bamboohr", [feed.mapped(source, _named(one)) for one in employees], site.clock.now())


def _url(source: PeopleSource) -> str:
    company = str(source.config.get("company", ""))
    if not COMPANY.fullmatch(company):
        what = f"{source.place}: people source {source.id} has the company {company!r}"
        raise Stop(Exit.ERROR, what, "company: acme, where people log in at acme.bamboohr.com")
    return str(source.config.get("url", "")) or f"https://{company}.bamboohr.com/api/v1"


def _says(answer: Answer) -> str:
    return answer.headers.get("x-bamboohr-error-message", "") or message(answer)


def _employees(client: Client, further: Sequence[str]) -> list[Row]:
    """All of them. Neither sorted nor filtered: that drops who has a value there that the key may not read."""
    query = {"page[limit]": PAGE, **({"fields": ",".join(further)} if further else {})}
    first = Call("GET", "employees", query)

    def after(pages: Sequence[Page]) -> Call | None:
        cursor = pages[-1].cursor
        return replace(first, query={**query, "page[after]": cursor}) if cursor else None

    return everybody(client, first, _page, after)


def _page(said: Any) -> Page:
    meta = said["meta"]
    rows = [(str(one["employeeId"] or ""), one) for one in said["data"]]
    return Page(int(meta["total"]), rows, str(meta["page"]["nextCursor"] or ""))


def _refuse_hidden(client: Client, employees: Sequence[Row], mapped: set[str]) -> None:
    """A value that the key may not read comes as none: a status would be lost without a word."""
    hidden = Counter(name for one in employees for name in one.get(RESTRICTED) or () if name in mapped)
    if hidden:
        told = ", ".join(f"{name} of {count}" for name, count in sorted(hidden.items()))
        what = f"{client.name} may not read {told} of {len(employees)} people: nothing is concluded from this reading"
        raise IncompleteRead(what, "let the user of its key see these fields of everybody, or map others")


def _named(employee: Row) -> Mapping[str, Any]:
    names = (employee.get("preferredName") or employee.get("firstName"), employee.get("lastName"))
    kept = {name: value for name, value in employee.items() if name != RESTRICTED}
    return {**kept, "name": " ".join(str(name) for name in names if name)}
