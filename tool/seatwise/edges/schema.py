"""Structure: a document against schemas/<kind>.json (or a rule's own schema) → the typed document and findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from seatwise.core.document import Map, line_at, without
from seatwise.core.model import Finding, Level, Place
from seatwise.core.parse.shape import Shape, typed
from seatwise.core.parse.wording import Refusal, Said, said

KINDS = ("license", "assignments_of", "contract", "bundle", "owner", "holder", "policy", "exception", "ack", "seatwise")
"""The kinds of files, each with a schema of that name."""


@cache
def schema(kind: str) -> Mapping[str, Any]:
    """The JSON Schema of one kind, with everything that it refers to inside."""
    text = _text(kind).replace("values.json#/$defs/", "#/$defs/")
    own: dict[str, Any] = json.loads(text)
    return {**own, "$defs": json.loads(_text("values"))["$defs"]}


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every schema file, as editors read them side by side."""
    for kind in ("values", *KINDS):
        yield f"{kind}.json", _text(kind)


def _text(kind: str) -> str:
    return (resources.files("seatwise") / "schemas" / f"{kind}.json").read_text("utf-8")


def checked(document: Map, kind: str, path: str) -> tuple[Map | None, tuple[Finding, ...]]:
    """The document typed by its kind's schema, less what can't be used. None: nothing of it can be used."""
    shape = Shape(schema(kind), schema(kind))
    value = typed(document, shape)
    errors = _validator(kind).iter_errors(value)
    sentences = [said(refusal, value, shape) for error in errors for refusal in _refusals(error)]
    findings = tuple(_finding(sentence, value, path) for sentence in dict.fromkeys(_causes(sentences)))
    bad = [s.pointer for s in sentences if s.rule not in ("missing-key", "one-of") and s.pointer]
    hopeless = any(not s.pointer for s in sentences if s.rule not in ("missing-key", "one-of"))
    return (None if hopeless else without(value, bad)), findings


def _causes(sentences: Sequence[Said]) -> Iterator[Said]:
    """Without what only follows: a mapping with an unknown key lacks the key that was meant."""
    misnamed = [sentence for sentence in sentences if sentence.rule == "unknown-key"]
    holders = {sentence.pointer[:-1] for sentence in misnamed}
    meant = {(sentence.pointer[:-1], sentence.fix) for sentence in misnamed}
    for one in sentences:
        follows = (one.pointer, one.key) in meant or (one.rule == "one-of" and one.pointer in holders)
        if not follows:
            yield one


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(schema(kind)), validate_formats=True)


def _refusals(error: jsonschema_rs.ValidationError) -> Iterator[Refusal]:
    kind: Any = error.kind
    word, pointer = str(type(kind).__name__), tuple(error.instance_path)
    if word == "AdditionalProperties":
        for key in kind.unexpected:
            yield Refusal(word, error.instance, pointer, key)
    elif isinstance(error.instance, dict) or not word.startswith("OneOf"):
        yield Refusal(word, error.instance, pointer, _detail(word, kind))


def _detail(word: str, kind: Any) -> Any:
    if word == "Required":
        return kind.property
    if word == "PropertyNames":
        return kind.error.instance
    return getattr(kind, "limit", None)


def _finding(sentence: Said, document: Map, path: str) -> Finding:
    place = Place(path, line_at(document, sentence.pointer))
    key = "/".join((path, *map(str, sentence.pointer)))
    return Finding(sentence.rule, Level.ERROR, sentence.what, sentence.fix, place, key)
