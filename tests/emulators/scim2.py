"""scim2-server, which others wrote, in this process: what is asked goes to it as it came, and its answers back."""

from __future__ import annotations

import json
from typing import Any

from seatwise.vendor_contract.server import Reply, Request

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Scim2Server:
    def __init__(self, token: str) -> None:
        from werkzeug.test import Client

        self.token = token
        self._client = Client(_application(token))
        self._ids: dict[str, str] = {}

    # what people do there

    def joins(self, login: str, **more: Any) -> str:
        body = {"schemas": [f"{CORE}User"], "userName": login, "active": True, **more}
        self._ids[login] = id = str(self._asked("POST", "/Users", body)["id"])
        return id

    def founds(self, name: str, *members: str) -> None:
        entries = [{"value": self.id(one), "type": "User"} for one in members]
        body = {"schemas": [f"{CORE}Group"], "displayName": name, "members": entries}
        self._ids[name] = str(self._asked("POST", "/Groups", body)["id"])

    def id(self, name: str) -> str:
        """Of a login or a group's name."""
        return self._ids.get(name, name)

    def puts(self, group: str, member: str) -> None:
        operation = {"op": "add", "path": "members", "value": [{"value": self.id(member)}]}
        self._asked("PATCH", f"/Groups/{self.id(group)}", {"schemas": [PATCH], "Operations": [operation]})

    def renames(self, login: str, new: str) -> None:
        operation = {"op": "replace", "path": "userName", "value": new}
        self._asked("PATCH", f"/Users/{self.id(login)}", {"schemas": [PATCH], "Operations": [operation]})
        self._ids[new] = self._ids.pop(login)

    def told(self, kind: str, id: str) -> dict[str, Any]:
        told: dict[str, Any] = self._asked("GET", f"/{kind}/{id}")
        return told

    def members(self, group: str) -> list[str]:
        return [str(one["value"]) for one in self.told("Groups", self.id(group)).get("members") or ()]

    # what it answers

    def answer(self, request: Request) -> Reply:
        kept = ("authorization", "accept", "content-type", "if-match", "if-none-match")
        headers = {name: value for name, value in request.headers.items() if name in kept}
        said = self._client.open(
            request.path, method=request.method, query_string=dict(request.query), headers=headers, data=request.data
        )
        told = {name: said.headers[name] for name in ("ETag", "Location") if name in said.headers}
        return Reply(said.status_code, said.data or None, told, said.headers.get("Content-Type", ""))

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json"}
        data = json.dumps(body).encode() if body else b""
        reply = self.answer(Request(method, path, {}, headers, data))
        assert reply.status < 300, (method, path, reply)
        return json.loads(reply.data) if reply.data else None


def _application(token: str) -> Any:
    from scim2_models import ScimProvider
    from scim2_server.memory import InMemoryStorage
    from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
    from scim2_server.utils import (
        load_default_resource_types,
        load_default_schemas,
        load_default_service_provider_config,
    )

    config = load_default_service_provider_config()
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    kinds, schemas = load_default_resource_types().values(), load_default_schemas().values()
    provider = ScimProvider.from_discovery(schemas, kinds, config=config)
    return BearerTokenApplication(InMemoryStorage(), provider, bearer_tokens=[token])
