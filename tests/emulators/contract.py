"""Official OpenAPI and Google discovery documents, where they are at hand → a check of what adapter and emulator say."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from seatwise.vendor_contract.server import Checker, Reply, Request, unchecked

CONTRACTS = Path(os.environ.get("SEATWISE_CONTRACTS", Path(__file__).parents[3] / "shared/contracts"))
"""Where the documents are: beside the project, not in it."""
HERE = Path(__file__).parent / "contracts"
"""Small ones, whose licence lets us carry them."""


def _place(name: str) -> Path:
    return HERE / name if (HERE / name).exists() else CONTRACTS / name


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


Overlay = Callable[[Any], None]
"""Changes a document where it differs from what the vendor does; says why."""


def as_it_is(document: Any) -> None:
    """No overlay."""


def openapi(name: str, below: str = "", overlay: Overlay = as_it_is) -> Checker:
    """Checks requests and responses against the document; where it is not at hand nothing is checked. `below`: the part of
    a path that comes before those of the document."""
    return _checker(name, below, overlay) if _place(name).exists() else unchecked


@cache
def _checker(name: str, below: str, overlay: Overlay) -> Checker:
    from openapi_core import Config, OpenAPI
    from openapi_core.datatypes import RequestParameters
    from openapi_core.exceptions import OpenAPIError
    from werkzeug.datastructures import Headers, ImmutableMultiDict

    document = _mended(json.loads(_place(name).read_text(encoding="utf-8")))
    overlay(document)
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
    """The document, with `nullable` where OpenAPI 3.0.3 has it: beside a type, not beside oneOf, as GitHub writes it; and
    without a body of a 204, which Okta names and which HTTP knows none of."""
    if isinstance(part, list):
        return [_mended(one) for one in part]
    if not isinstance(part, dict):
        return part
    part = {name: _mended(one) for name, one in part.items()}
    if isinstance(part.get("204"), dict):
        part["204"] = {name: one for name, one in part["204"].items() if name != "content"}
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


def discovery(*names: str, beside: tuple[str, ...] = ()) -> Checker:
    """Checks against Google's discovery documents, together one host: methods, parameters, bodies. `beside`: paths that are in
    none of them. Where one is not at hand nothing is checked."""
    if not all((CONTRACTS / name).exists() for name in names):
        return unchecked
    methods = [method for name in names for method in _methods(name)]

    def check(request: Request, reply: Reply) -> None:
        if request.path in beside:
            return
        fits = [one for one in methods if one.verb == request.method and one.path.fullmatch(request.path)]
        assert fits, "no document has such a method"
        fits[0].check(request, reply)

    return check


@dataclass(frozen=True)
class _Method:
    verb: str
    path: re.Pattern[str]
    parameters: Mapping[str, Any]
    request: Any
    response: Any

    def check(self, request: Request, reply: Reply) -> None:
        self._query(request.query)
        assert bool(request.data) == (self.request is not None), "a body where none is, or none where one is"
        if self.request is not None:
            _valid(self.request, request.json)
        if reply.status < 300:
            _valid(self.response, reply.body)
        elif isinstance(reply.body["error"], dict):
            assert reply.body["error"]["code"] == reply.status

    def _query(self, query: Mapping[str, str]) -> None:
        known = {name: one for name, one in self.parameters.items() if one["location"] == "query"}
        assert not query.keys() - known.keys(), f"unknown parameters {query.keys() - known.keys()}"
        missing = [name for name, one in known.items() if one.get("required") and name not in query]
        assert not missing, f"without {missing}"
        for name, value in query.items():
            one = known[name]
            if one["type"] == "integer":
                assert int(one.get("minimum", 0)) <= int(value) <= int(one.get("maximum", value)), f"{name}={value}"
            assert unquote(value) in one.get("enum", [unquote(value)]), f"{name}={value}"


@cache
def _methods(name: str) -> tuple[_Method, ...]:
    document = json.loads((CONTRACTS / name).read_text(encoding="utf-8"))
    return tuple(_made(document, method) for method in _below(document["resources"]))


def _below(resources: Any) -> Iterator[Any]:
    """The methods of resources, and of those below them."""
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from _below(resource.get("resources", {}))


def _made(document: Any, method: Any) -> _Method:
    """A name with a plus holds slashes."""
    at = re.escape("/" + document["servicePath"] + method["path"])
    path = re.sub(r"\\\{(\w+)\\\}", "[^/]+", re.sub(r"\\\{\\\+(\w+)\\\}", ".+", at))
    parameters = {**document.get("parameters", {}), **method.get("parameters", {})}
    bodies = [_body(document, method, method.get(one)) for one in ("request", "response")]
    return _Method(method["httpMethod"], re.compile(path), parameters, *bodies)


def _body(document: Any, method: Any, reference: Any) -> Any:
    """What a body must be, as a JSON Schema; None: there is none."""
    if reference is None:
        return None
    schemas = {name: _schema(one, method["id"]) for name, one in document["schemas"].items()}
    return {"$ref": f"#/$defs/{reference['$ref']}", "$defs": schemas}


def _schema(part: Any, method: str) -> Any:
    """A discovery schema as a JSON Schema: closed, and what is required by this method is required."""
    if "$ref" in part:
        return {"$ref": f"#/$defs/{part['$ref']}"}
    if part["type"] == "any":
        return {}
    made: dict[str, Any] = {"type": part["type"]}
    if "items" in part:
        made["items"] = _schema(part["items"], method)
    if part["type"] == "object":
        fields = part.get("properties", {})
        made["properties"] = {name: _schema(one, method) for name, one in fields.items()}
        made["required"] = [
            name for name, one in fields.items() if method in one.get("annotations", {}).get("required", ())
        ]
        rest = part.get("additionalProperties")
        made["additionalProperties"] = _schema(rest, method) if rest else False
    return made


def _valid(schema: Any, body: Any) -> None:
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(body)
    found = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in errors]
    assert not found, "; ".join(found[:3])


def botocore(name: str) -> Checker:
    """Checks requests and responses against a service model as botocore has them (JSON 1.1); nothing where it is not at hand."""
    return _service(name) if (CONTRACTS / name).exists() else unchecked


@cache
def _service(name: str) -> Checker:
    model = json.loads((CONTRACTS / name).read_text(encoding="utf-8"))

    def check(request: Request, reply: Reply) -> None:
        operation = model["operations"][request.headers["x-amz-target"].partition(".")[2]]
        _fits(request.json, operation["input"]["shape"], model["shapes"], "request")
        if reply.status == 200:
            _fits(reply.body, operation["output"]["shape"], model["shapes"], "response")
        else:
            error = reply.body["__type"]
            assert error in {one["shape"] for one in operation["errors"]}, f"{error} is no error of this call"
            _fits({k: v for k, v in reply.body.items() if k != "__type"}, error, model["shapes"], error)

    return check


def _fits(value: Any, name: str, shapes: Any, at: str) -> None:
    shape = shapes[name]
    if shape["type"] == "structure":
        assert isinstance(value, dict), f"{at} is no structure"
        assert set(shape.get("required", ())) <= value.keys() <= shape["members"].keys(), f"{at} has {sorted(value)}"
        for member, one in value.items():
            _fits(one, shape["members"][member]["shape"], shapes, f"{at}/{member}")
    elif shape["type"] == "list":
        for one in value:
            _fits(one, shape["member"]["shape"], shapes, f"{at}/*")
    elif shape["type"] == "string":
        assert isinstance(value, str), f"{at} is no text"
        pattern = shape.get("pattern", r"\p")
        assert r"\p" in pattern or re.fullmatch(pattern, value), f"{at} is {value!r}"  # \p{L}: re has none
        assert value in shape.get("enum", (value,)), f"{at} is {value!r}"
    elif shape["type"] == "integer":
        assert shape.get("min", value) <= value <= shape.get("max", value), f"{at} is {value}"
