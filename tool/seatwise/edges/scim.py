"""A SCIM 2.0 server (RFC 7643, 7644, 9865) → what it offers, and its resources: each list whole, or an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.http import Answer, Call, Client, Refused, paged

KIND = "application/scim+json"
READS = {"Accept": f"{KIND}, application/json"}
WRITES = {**READS, "Content-Type": KIND}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

Resource = Mapping[str, Any]
Cost = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Offers:
    """What the server says that it can. `page` and `bulk`: the most in one answer, in one call; 0: it says nothing of it."""

    patch: bool = True
    bulk: int = 0
    page: int = 0
    etag: bool = False
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """All resources of one kind, by their ids."""

    rows: Mapping[str, Resource]
    pages: int


@dataclass
class Server:
    """`page`: how many to ask for at once. `costs`: what a read costs of the account's pace, by kind; else 1."""

    client: Client
    page: int = 100
    costs: Cost = field(default_factory=dict)
    _offers: Offers | None = None

    def offers(self) -> Offers:
        """What it can; one that has no ServiceProviderConfig is taken to know PATCH and nothing more."""
        if self._offers is None:
            try:
                answer = self.client.send(Call("GET", "ServiceProviderConfig", headers=READS, cost=self._cost("Users")))
            except Refused as no:
                if no.answer.status not in (404, 501):
                    raise
                self._offers = Offers()
            else:
                self._offers = _offers(answer.json())
        return self._offers

    def one(self, kind: str, id: str) -> Resource:
        """This very resource. Raises Refused where there is none."""
        answer = self.client.send(Call("GET", f"{kind}/{id}", headers=READS, cost=self._cost(f"{kind}/")))
        return self._resource(kind, answer.json())

    def listed(self, kind: str, filter: str = "") -> Listed:
        """All of them. Raises IncompleteRead where the rows are not as many as the server counts, or are there twice."""
        rows: dict[str, Resource] = {}
        totals: set[int | None] = set()
        seen, pages, offers = 0, 0, self.offers()
        for said in self._pages(kind, {"filter": filter} if filter else {}):
            found = [self._resource(kind, one) for one in said.get("Resources") or ()]
            rows.update((one["id"], one) for one in found)
            seen, pages = seen + len(found), pages + 1
            totals.add(said.get("totalResults", None if offers.cursor else -1))
        if totals - {None} - {seen} or len(rows) != seen:
            counted = ", then ".join(sorted(map(str, totals)))
            what = f"{self.client.name}: {seen} rows of {len(rows)} {kind} were read, it counts {counted}"
            raise IncompleteRead(what, "read again; nothing is concluded from this reading")
        return Listed(rows, pages)

    def _pages(self, kind: str, query: Mapping[str, str]) -> Iterator[Resource]:
        offers = self.offers()
        query = {**query, "count": str(min(self.page, offers.page or self.page))}
        seen = 0

        def call(**place: str) -> Call:
            return Call("GET", kind, {**query, **place}, headers=READS, cost=self._cost(kind))

        def following(answer: Answer) -> Call | None:
            nonlocal seen
            said = self._list(kind, answer)
            if offers.cursor:
                return call(cursor=str(said["nextCursor"])) if said.get("nextCursor") else None
            found = len(said.get("Resources") or ())
            seen += found
            return call(startIndex=str(seen + 1)) if found and seen < int(said["totalResults"]) else None

        first = call(cursor="") if offers.cursor else call(startIndex="1")
        yield from (self._list(kind, answer) for answer in paged(self.client, first, following))

    def _list(self, kind: str, answer: Answer) -> Resource:
        """What a page says. Only cursors may do without a total (RFC 9865)."""
        said = answer.json()
        total = said.get("totalResults") if isinstance(said, dict) else None
        if not isinstance(said, dict) or not (isinstance(total, int) or (total is None and "nextCursor" in said)):
            what = f"{self.client.name}: a page of {kind} does not say how many there are"
            raise IncompleteRead(what, "is the address that of a SCIM 2.0 service?")
        return said

    def _resource(self, kind: str, said: Any) -> Resource:
        if not isinstance(said, dict) or not isinstance(said.get("id"), str) or not said["id"]:
            raise IncompleteRead(f"{self.client.name}: one of its {kind} has no id", "nothing is concluded from it")
        return said

    def _cost(self, kind: str) -> float:
        return self.costs.get(kind, 1.0)


def _offers(said: Any) -> Offers:
    def of(name: str, what: str) -> Any:
        part = said.get(name) if isinstance(said, dict) else None
        return part.get(what) if isinstance(part, dict) else None

    bulk = of("bulk", "maxOperations") if yes(of("bulk", "supported")) else 0
    page = of("filter", "maxResults") if yes(of("filter", "supported")) else 0
    cursor = yes(of("pagination", "cursor")) and of("pagination", "index") in (False, "false")
    return Offers(
        patch=of("patch", "supported") is None or yes(of("patch", "supported")),
        bulk=bulk if isinstance(bulk, int) else 0,
        page=page if isinstance(page, int) else 0,
        etag=yes(of("etag", "supported")),
        cursor=cursor,
    )


def yes(said: Any) -> bool:
    """True as a boolean, or as the text that some write in its place."""
    return said is True or (isinstance(said, str) and said.lower() == "true")


def active(user: Resource) -> bool:
    """Whether a user may log in; who does not say may."""
    return "active" not in user or yes(user["active"])


def version(resource: Any) -> str:
    """The entity tag that it has, or nothing."""
    meta = resource.get("meta") if isinstance(resource, dict) else None
    return str(meta.get("version") or "") if isinstance(meta, dict) else ""


def many(resource: Resource, name: str) -> list[Resource]:
    """The entries of an attribute that has many; one that is only a text is its value."""
    found = resource.get(name)
    entries = found if isinstance(found, list) else [] if found is None else [found]
    return [one if isinstance(one, dict) else {"value": one} for one in entries]


def mail(user: Resource) -> str:
    """The primary address, else the first one."""
    mails = [(not yes(one.get("primary")), str(one["value"])) for one in many(user, "emails") if one.get("value")]
    return min(mails, key=lambda one: one[0])[1] if mails else ""
