"""Official OpenAPI documents, as far as they are at hand → a check of what passes between adapter and emulator."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.server import Checker, Reply, Request, unchecked

CONTRACTS = Path(os.environ.get("SEATWISE_CONTRACTS", Path(__file__).parents[3] / "shared/contracts"))
"""Where the documents are: beside the project, not in it."""


def at_hand(name: str) -> Path:
    """The document; the test is skipped where it is not there."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"the contract {name} is not at hand (SEATWISE_CONTRACTS)")
    return path


@dataclass(frozen=True)
class _Asked:
    host_url: str
    path: str
    method: str
    body: bytes | None
    content_type: str
    parameters: Any


@dataclass(frozen=True)
class _Told:
    status_code: int
    headers: Mapping[str, Any]
    content_type: str
    data: bytes | None


def openapi(name: str, below: str = "") -> Checker:
    """Checks requests and responses against the document; where it is not at hand nothing is checked. `below`: the part of
    a path that comes before those of the document."""
    return _checker(name, below) if (CONTRACTS / name).exists() else unchecked


@cache
def _checker(name: str, below: str) -> Checker:
    from openapi_core import Config, OpenAPI
    from openapi_core.datatypes import RequestParameters
    from openapi_core.exceptions import OpenAPIError
    from werkzeug.datastructures import Headers, ImmutableMultiDict

    document = _mended(json.loads((CONTRACTS / name).read_text(encoding="utf-8")))
    host = document["servers"][0]["url"].rstrip("/")
    api = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))

    def check(request: Request, reply: Reply) -> None:
        parameters = RequestParameters(
            query=ImmutableMultiDict(request.query), header=Headers(dict(request.headers)), cookie=ImmutableMultiDict()
        )
        kind = request.headers.get("content-type", "").partition(";")[0]
        path = request.path.removeprefix(below)
        asked = _Asked(host, path, request.method.lower(), request.data or None, kind, parameters)
        told = _Told(reply.status, Headers(dict(reply.headers)), reply.kind if reply.data else "", reply.data or None)
        try:
            api.validate_request(asked)
            api.validate_response(asked, told)
        except OpenAPIError as error:
            raise AssertionError(_why(error)) from None

    return check


def _mended(part: Any) -> Any:
    """The document, with `nullable` where OpenAPI 3.0.3 has it: beside a type, not beside oneOf, as GitHub writes it."""
    if isinstance(part, list):
        return [_mended(one) for one in part]
    if not isinstance(part, dict):
        return part
    part = {name: _mended(one) for name, one in part.items()}
    if part.get("nullable") is True and "type" not in part and {"oneOf", "anyOf", "allOf"} & part.keys():
        rest = {name: one for name, one in part.items() if name != "nullable"}
        return {"anyOf": [rest, {"type": "string", "nullable": True, "enum": [None]}]}
    return part


def _why(error: BaseException) -> str:
    """The innermost reasons, with where they are."""
    causes = [error]
    while (inner := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(inner)
    found = [one for cause in causes for one in getattr(cause, "schema_errors", ())]
    said = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[-200:]}" for one in found]
    return "; ".join(said or [f"{type(one).__name__} {one}"[:300] for one in causes])
