"""A SCIM 2.0 service, by the letter of its RFCs, or with the ways of those who differ. Rules and their sources:

- RFC 7644, 3.4.2: lists have totalResults, startIndex from 1 and count, no more than filter.maxResults; RFC 9865: cursors.
- 3.5.2: `op` is add, remove or replace; a PATCH is done whole or not at all; a filter that matches nothing is `noTarget`.
- 3.14: with entity tags a changed version is 412. 3.3: a userName that exists is 409 `uniqueness`. 3.7: Bulk.
- RFC 7643, 4.1.2: users say which groups they are in (read only), themselves or (`indirect`) through another.
- `paths = "none"`: filters in paths do nothing and say 200 (GitHub's own description of its SCIM, 2022-11-28).
- `members_most`: a PATCH with more members is 413 (developers.miro.com, SCIM rate limits).
- Who is no user can be no member: 400 invalidValue (not in the RFC; GitHub's description demands it).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from seatwise.vendor_contract.server import Reply, Request

MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
FILTER = re.compile(r'(\w+)\[value eq "([^"]*)"(?: and type eq "([^"]*)")?\]')


class No(Exception):
    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind


class Scim:
    """Users and groups by id, as they are told."""

    def __init__(self, token: str, page_most: int = 1000) -> None:
        self.token, self.page_most = token, page_most
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}
        self.members_most = 100_000
        self.bulk_most = 0
        self.etag = True
        self.patches = True
        self.cursor = False
        self.paths = "filtered"
        self.tells_groups = True
        self.tells_itself = True
        self.hidden: set[str] = set()
        """Users whom no list shows."""
        self.meddler: Any = None
        """Called before each write, once."""

    # what people do there

    def joins(self, login: str, *, active: bool = True, **more: Any) -> str:
        id = f"u{1000 + len(self.users)}"
        mails = [{"value": login, "primary": True}]
        self.users[id] = {"id": id, "userName": login, "active": active, "emails": mails, **more}
        return id

    def founds(self, name: str, *members: str) -> str:
        id = f"g{100 + len(self.groups)}"
        ids = {one["userName"]: id for id, one in self.users.items()}
        self.groups[id] = {"id": id, "displayName": name, "members": [{"value": ids[one]} for one in members]}
        return id

    def id(self, name: str) -> str:
        """Of a user's login or a group's name; an id is itself."""
        for id, one in [*self.users.items(), *self.groups.items()]:
            if name in (one.get("userName"), one.get("displayName")):
                return id
        return name

    def puts(self, group: str, member: str) -> None:
        self.changes(self.groups[self.id(group)]["id"])
        self.groups[self.id(group)]["members"].append({"value": self.id(member)})

    def changes(self, id: str) -> None:
        self.versions[id] = self.versions.get(id, 1) + 1

    # what it answers

    def answer(self, request: Request) -> Reply:
        try:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                raise No(401, "who are you?")
            if request.writes and self.meddler is not None:
                meddler, self.meddler = self.meddler, None
                meddler()
            status, body = self._answered(request.method, request.path, request)
        except No as no:
            body = {"schemas": [f"{MESSAGES}Error"], "status": str(no.status), "detail": no.detail}
            return Reply(no.status, body | ({"scimType": no.kind} if no.kind else {}), kind="application/scim+json")
        return Reply(status, body, kind="application/scim+json")

    def _answered(self, method: str, path: str, request: Request) -> tuple[int, Any]:
        _, kind, *rest = path.split("/")
        if path == "/ServiceProviderConfig" and self.tells_itself:
            return 200, self._config()
        if path == "/Bulk" and method == "POST" and self.bulk_most:
            return 200, self._bulk(request.json)
        if kind not in ("Users", "Groups"):
            raise No(404, "nothing is here")
        if not rest:
            return (
                (200, self._list(kind, request.query)) if method == "GET" else (201, self._created(kind, request.json))
            )
        if method == "GET":
            return 200, self._told(kind, rest[0])
        return 200, self._changed(method, kind, rest[0], request.json, request.headers.get("if-match", ""))

    def _config(self) -> dict[str, Any]:
        return {
            "schemas": [f"{CORE}ServiceProviderConfig"],
            "patch": {"supported": self.patches},
            "bulk": {"supported": bool(self.bulk_most), "maxOperations": self.bulk_most, "maxPayloadSize": 1048576},
            "filter": {"supported": True, "maxResults": self.page_most},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": self.etag},
            "authenticationSchemes": [{"type": "oauthbearertoken", "name": "token", "description": "a token"}],
            "pagination": {"cursor": self.cursor, "index": not self.cursor},
        }

    def _list(self, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
        ids = sorted(self.users if kind == "Users" else self.groups)
        if found := re.fullmatch(r'userName eq "(.*)"', query.get("filter", "")):
            ids = [id for id in ids if self.users[id]["userName"].lower() == found[1].lower()]
        else:
            ids = [id for id in ids if id not in self.hidden]
        size = min(int(query.get("count", "100")), self.page_most)
        start = int((query.get("cursor") if self.cursor else query.get("startIndex")) or 1)
        claims = self._claims()
        rows = [self._told(kind, id, claims) for id in ids[start - 1 : start - 1 + size]]
        said = {"schemas": [f"{MESSAGES}ListResponse"], "itemsPerPage": len(rows), "Resources": rows}
        if self.cursor:
            return said | {"nextCursor": str(start + size) if start - 1 + size < len(ids) else ""}
        return said | {"totalResults": len(ids), "startIndex": start}

    def _told(self, kind: str, id: str, claims: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
        found = (self.users if kind == "Users" else self.groups).get(id)
        if found is None:
            raise No(404, f"{kind[:-1]} {id} is not here")
        meta = {"resourceType": kind[:-1], "location": f"/{kind}/{id}"}
        if self.etag:
            meta["version"] = f'W/"{self.versions.get(id, 1)}"'
        said = {"schemas": [CORE + kind[:-1]], **found, "meta": meta}
        if kind == "Users" and self.tells_groups:
            claims = self._claims() if claims is None else claims
            said["groups"] = [{"value": group, "type": "direct"} for group in claims.get(id, ())]
        return said

    def _claims(self) -> dict[str, list[str]]:
        """Member → the groups."""
        claims: dict[str, list[str]] = {}
        for group, one in self.groups.items():
            for member in one["members"]:
                claims.setdefault(member["value"], []).append(group)
        return claims

    def _created(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        if kind != "Users":
            raise No(403, "groups are made in the console")
        if any(one["userName"].lower() == body["userName"].lower() for one in self.users.values()):
            raise No(409, f"{body['userName']} exists", "uniqueness")
        id = self.joins(
            body["userName"],
            **{name: one for name, one in body.items() if name not in ("schemas", "userName", "active")},
        )
        return self._told("Users", id)

    def _changed(self, method: str, kind: str, id: str, body: Any, tag: str) -> dict[str, Any]:
        told = self._told(kind, id)
        if self.etag and tag and tag != told["meta"]["version"]:
            raise No(412, "it has changed since")
        by = self.users if kind == "Users" else self.groups
        changed = copy.deepcopy(by[id])
        if method == "PUT":
            changed |= {name: value for name, value in body.items() if name != "schemas"}
        else:
            if sum(len(one.get("value") or "1") for one in body["Operations"] if kind == "Groups") > self.members_most:
                raise No(413, "too many members")
            for operation in body["Operations"]:
                self._operated(changed, operation)
        by[id] = changed
        self.changes(id)
        return self._told(kind, id)

    def _operated(self, resource: dict[str, Any], operation: Mapping[str, Any]) -> None:
        op, path, value = operation["op"], operation.get("path"), operation.get("value")
        if op not in ("add", "remove", "replace"):
            raise No(400, f"op {op} is not known", "invalidSyntax")
        if path is None:
            resource.update(value)
        elif "[" in path:
            self._removed(resource, op, path)
        elif op == "remove" and value is None:
            resource.pop(path, None)
        elif op == "remove":
            gone = {one["value"] for one in value}
            resource[path] = [one for one in resource.get(path, ()) if one["value"] not in gone]
        elif op == "replace":
            self._typed(path, value)
            resource[path] = value
        else:
            self._added(resource, path, value)

    def _removed(self, resource: dict[str, Any], op: str, path: str) -> None:
        found = FILTER.fullmatch(path)
        if self.paths == "none":
            return
        if found is None or op != "remove":
            raise No(400, f"path {path} is not understood", "invalidPath")
        name, value, kind = found.groups()
        there = resource.get(name, [])
        met = [at for at, one in enumerate(there) if one["value"] == value and (not kind or one.get("type") == kind)]
        if not met:
            raise No(400, f"{path} is nobody", "noTarget")
        for at in reversed(met):
            del there[at]

    def _added(self, resource: dict[str, Any], path: str, value: Any) -> None:
        there = {one["value"] for one in resource.get(path, ())}
        if path == "members" and any(
            one["value"] not in self.users and one["value"] not in self.groups for one in value
        ):
            raise No(400, "a member is nobody", "invalidValue")
        resource[path] = [*resource.get(path, ()), *(one for one in value if one["value"] not in there)]

    def _typed(self, path: str, value: Any) -> None:
        if path == "active" and not isinstance(value, bool):
            raise No(400, "active is a boolean", "invalidValue")

    def _bulk(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if len(body["Operations"]) > self.bulk_most:
            raise No(413, "too many operations")
        return {"schemas": [f"{MESSAGES}BulkResponse"], "Operations": [*self._parts(body["Operations"])]}

    def _parts(self, operations: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        for one in operations:
            _, kind, id = one["path"].split("/")
            part = {"method": one["method"], "bulkId": one["bulkId"], "location": one["path"]}
            try:
                self._changed(one["method"], kind, id, one["data"], one.get("version", ""))
                yield part | {"status": "200"}
            except No as no:
                error = {"schemas": [f"{MESSAGES}Error"], "status": str(no.status), "detail": no.detail}
                yield part | {"status": str(no.status), "response": error}
