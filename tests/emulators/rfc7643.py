"""The schemas of RFC 7643 → a check of what passes between a SCIM client and a server.

Overlays: a PATCH (RFC 7644, 3.5.2), a Bulk and a list are messages, which the document does not describe: their form stands here.
What is held against the document: names, types, what is required, and what is never returned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.emulators.contract import CONTRACTS

from seatwise.vendor_contract.server import Checker, Reply, Request, unchecked

DOCUMENT = "scim-rfc7643-schemas.json"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
KINDS = {"Users": f"{CORE}User", "Groups": f"{CORE}Group", "ServiceProviderConfig": f"{CORE}ServiceProviderConfig"}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "reference": str, "binary": str, "dateTime": str, "boolean": bool, "integer": int, "decimal": (int, float),
    "complex": dict,
}  # fmt: skip
COMMON = {"schemas", "id", "externalid", "meta"}


def rfc7643() -> Checker:
    """Checks requests and responses; where the document is not at hand nothing is checked."""
    return _checked if (CONTRACTS / DOCUMENT).exists() else unchecked


@cache
def _schemas() -> dict[str, Any]:
    document = json.loads((CONTRACTS / DOCUMENT).read_text(encoding="utf-8"))
    return {one["id"]: one for one in document["Resources"]}


def _checked(request: Request, reply: Reply) -> None:
    kind = next((name for name in reversed(request.path.split("/")) if name in KINDS), "")
    wrong = list(_of_request(request.method, kind, request.json, request.path))
    if reply.data:
        said = json.loads(reply.data)
        if reply.status >= 400:
            wrong += [] if f"{MESSAGES}Error" in said.get("schemas", ()) else ["an error without its schema"]
        elif f"{MESSAGES}ListResponse" in said.get("schemas", ()):
            wrong += [w for one in said.get("Resources", ()) for w in _resource(kind, one, told=True)]
        elif kind:
            wrong += _resource(kind, said, told=True)
    assert not wrong, "; ".join(wrong[:5])


def _of_request(method: str, kind: str, body: Any, path: str) -> Iterator[str]:
    if method in ("POST", "PUT") and kind:
        yield from _resource(kind, body, told=False)
    elif method == "PATCH":
        if body.get("schemas") != [f"{MESSAGES}PatchOp"] or not body.get("Operations"):
            yield "a PATCH is no PatchOp"
        for operation in body.get("Operations", ()):
            yield from _operation(kind, operation)
    elif path.endswith("/Bulk"):
        if body.get("schemas") != [f"{MESSAGES}BulkRequest"]:
            yield "a Bulk is no BulkRequest"
        for one in body["Operations"]:
            yield from _of_request(one["method"], one["path"].split("/")[1], one["data"], one["path"])


def _operation(kind: str, operation: Mapping[str, Any]) -> Iterator[str]:
    op, path, value = operation.get("op"), operation.get("path"), operation.get("value")
    if op not in ("add", "remove", "replace"):
        yield f"op {op!r}"
    if op == "remove" and not path:
        yield "a remove without a path"
    if path is None:
        yield from _resource(kind, value or {}, told=False, whole=False)
        return
    name = re.split(r"[.\[]", path)[0]
    found = _attribute(_schemas()[KINDS[kind]]["attributes"], name)
    if found is None:
        yield f"path {path!r} names nothing of {kind}"
    elif value is not None and "[" not in path:
        yield from _value(found, value, path, told=False)


def _resource(kind: str, said: Any, *, told: bool, whole: bool = True) -> Iterator[str]:
    if not isinstance(said, dict):
        yield f"{kind}: no object"
        return
    if whole and KINDS[kind] not in said.get("schemas", ()):
        yield f"{kind}: its schema is not named"
    if told and kind != "ServiceProviderConfig" and not isinstance(said.get("id"), str):
        yield f"{kind}: no id"
    plain = {name: one for name, one in said.items() if name.lower() not in COMMON and name != ENTERPRISE}
    yield from _attributes(_schemas()[KINDS[kind]]["attributes"], plain, kind, told=told, whole=whole)
    if ENTERPRISE in said:
        yield from _attributes(
            _schemas()[ENTERPRISE]["attributes"], said[ENTERPRISE], ENTERPRISE, told=told, whole=whole
        )


def _attributes(known: Any, said: Mapping[str, Any], where: str, *, told: bool, whole: bool) -> Iterator[str]:
    for name, value in said.items():
        found = _attribute(known, name)
        if found is None:
            yield f"{where}: {name} is not in the document"
        elif value is not None:
            yield from _value(found, value, f"{where}.{name}", told=told)
    if whole:
        names = {name.lower() for name in said}
        yield from (
            f"{where}: {one['name']} is missing"
            for one in known
            if one.get("required") and one["name"].lower() not in names
        )


def _value(known: Mapping[str, Any], value: Any, where: str, *, told: bool) -> Iterator[str]:
    if told and known.get("returned") == "never":
        yield f"{where} must never be told"
    if not told and known.get("mutability") == "readOnly":
        yield f"{where} is read only"
    values = value if known.get("multiValued") and isinstance(value, list) else [value]
    if known.get("multiValued") and not isinstance(value, list):
        yield f"{where} has many, and is no list"
    for one in values:
        if not isinstance(one, TYPES[known["type"]]) or (isinstance(one, bool) and known["type"] != "boolean"):
            yield f"{where} is {one!r}, not {known['type']}"
        elif known["type"] == "complex":
            yield from _attributes(known.get("subAttributes", ()), one, where, told=told, whole=False)


def _attribute(known: Any, name: str) -> Mapping[str, Any] | None:
    exactly = next((one for one in known if one["name"] == name), None)
    return exactly or next((one for one in known if one["name"].lower() == name.lower()), None)
