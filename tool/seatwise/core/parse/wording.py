"""What a schema refuses → the sentence for the person who wrote it: what, and `fix:`; never the schema's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seatwise.core.document import Map, Pointer
from seatwise.core.near import near
from seatwise.core.parse.hints import day, hint
from seatwise.core.parse.shape import Shape

ENDS = frozenset({"end", "ends", "until", "expires", "expiry", "valid_until", "end_date", "last_day", "to"})
MEANT = {
    "users": "people", "user": "people", "members": "people", "persons": "people", "emails": "people",
    "filter": "where", "match": "where", "rule": "where", "groups": "group", "hosts": "devices", "machines": "devices",
    "limit": "max", "maximum": "max", "seats": "quantity", "count": "quantity", "amount": "quantity", "cost": "price",
    "lots": "entitlements", "purchases": "entitlements", "exclude": "never", "except": "never", "deny": "never",
    "publisher": "product", "vendor_sku": "sku", "email": "mail", "begin": "start", "from": "start",
    "duration": "term", "comment": "reason", "issue": "ticket", "suite": "one_of", "family": "one_of",
    "licenses": "gives", "licences": "gives", "members_of": "who", "cost_centre": "cost_center",
    "managers": "approvers",
    "severity": "level", "because": "reason", "time_zone": "timezone", "tz": "timezone",
}  # fmt: skip
NAMED = frozenset({"assignment", "lot", "account", "source"})
CALLED = {
    "id": "id", "name": "name", "person": "person's key", "date": "date", "duration": "length of time",
    "price": "price", "share": "share", "digest": "digest", "path": "path in this repository",
    "remote": "name of a remote",
}  # fmt: skip
"""Title of a place in a schema → the noun for what is wanted there."""
SUCH_AS = {
    "date": "a day that there is, such as 2026-12-31",
    "duration": "a number and a unit: 90 days, 24 hours, 36 months",
    "price": "19.00 USD / month, 228.00 USD / year or 400.00 EUR once",
    "share": "10% or 2.5%",
    "digest": "sha256: and the digest that seatwise shows",
    "path": "a path from the top of this repository, without ..",
    "remote": "a name that `git remote` lists, such as origin; it begins with no dash and is no URL",
}
LEAVE = "write a value, or delete the line"
TYPES = {
    "object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number",
    "boolean": "true or false",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a schema refuses: its own word for it, the value, and where. `detail` is the key or the limit."""

    word: str
    value: Any
    pointer: tuple[str | int, ...]
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's id, what is wrong, how to mend it, the pointer to what can't be used, and the key that is missing."""

    rule: str
    what: str
    fix: str
    pointer: tuple[str | int, ...]
    key: str = ""


def said(refusal: Refusal, document: Map, top: Shape) -> Said:
    """The sentence for one refusal."""
    tell = TELLERS.get(refusal.word, _other)
    return tell(refusal, document, top)


def subject(document: Map, pointer: Pointer, top: Shape) -> str:
    """What a mapping is, as people call it: `assignment 'data-team'`, `license 'figma-full'`."""
    if not pointer:
        kind = next(iter(document), "")
        return "seatwise.yaml" if kind == "format" else f"{kind} {document[kind]!r}"
    title, name = top.at(pointer).title, pointer[-1]
    if title == "row":
        return f"the row of {name!r}"
    return f"{title} {name!r}" if title in NAMED else f"{_key(pointer)!r}"


def _key(pointer: Pointer) -> str:
    """The nearest key above a value."""
    return next((step for step in reversed(pointer) if isinstance(step, str)), "the file")


def _unknown_key(refusal: Refusal, document: Map, top: Shape) -> Said:
    key, allowed = str(refusal.detail), top.at(refusal.pointer).keys
    what = f"unknown key {key!r} in {subject(document, refusal.pointer, top)}"
    return Said("unknown-key", what, _key_fix(key, refusal.value, allowed), (*refusal.pointer, key))


def _key_fix(key: str, value: Any, allowed: tuple[str, ...]) -> str:
    if key.casefold() in ENDS and "through" in allowed:
        last = day(str(value[key])) if isinstance(value, Mapping) else ""
        return f"through: {last or '<day>'} (the last day held)"
    meant = MEANT.get(key.casefold(), "")
    return (meant if meant in allowed else "") or near(key, allowed) or f"one of {', '.join(allowed)}"


def _missing_key(refusal: Refusal, document: Map, top: Shape) -> Said:
    key, shape = str(refusal.detail), top.at(refusal.pointer)
    needing = _needing(key, refusal.value, shape)
    what = f"{subject(document, refusal.pointer, top)} has {needing or 'no'} {key!r}"
    return Said("missing-key", what, f"add {key}: {_example(shape.child(key))}", refusal.pointer, key)


def _needing(key: str, value: Any, shape: Shape) -> str:
    """`'max' without` where another key is what makes this one needed."""
    dependent = shape.get("dependentRequired") or {}
    others = [other for other, needed in dependent.items() if key in needed and other in value]
    return f"{others[0]!r} without" if others else ""


def _example(shape: Shape) -> str:
    choices = shape.get("enum")
    return _or(choices) if choices else shape.description or "…"


def _wrong_type(refusal: Refusal, document: Map, top: Shape) -> Said:
    shape = top.at(refusal.pointer)
    if refusal.value is None:
        return _null(refusal.pointer, shape)
    key, wanted = _key(refusal.pointer), _or([TYPES.get(kind, kind) for kind in sorted(shape.types)])
    what = f"{key!r} must be {wanted}, not {_shown(refusal.value)}"
    return Said("wrong-type", what, _type_fix(key, refusal.value, shape), refusal.pointer)


def _null(pointer: tuple[str | int, ...], shape: Shape) -> Said:
    row = "a row of " if pointer and isinstance(pointer[-1], int) else ""
    fix = "write [] for nobody" if shape.title == "assignments" else LEAVE
    return Said("empty-value", f"{row}{_key(pointer)!r} is empty", fix, pointer)


def _type_fix(key: str, value: Any, shape: Shape) -> str:
    if "array" in shape.types and isinstance(value, str):
        return f"{key}: [{value}]"
    if shape.types <= {"integer", "boolean"}:
        meant = hint("flag" if "boolean" in shape.types else "count", str(value))
        return f"{key}: {meant}" if meant else f"{key}: a whole number, such as 40"
    if "object" in shape.types and shape.keys:
        return f"{key}: {{...}} with {_or(shape.keys)}"
    return shape.description or LEAVE


def _wrong_text(refusal: Refusal, document: Map, top: Shape) -> Said:
    shape, key = top.at(refusal.pointer), _key(refusal.pointer)
    if shape.title == "secret":
        fix = f"{key}: env:NAME, and change the secret: git remembers it"
        return Said("secret", f"{key!r} holds a secret itself, not its name", fix, refusal.pointer)
    return _no_such(str(refusal.value), shape, refusal.pointer)


def _no_such(value: str, shape: Shape, pointer: tuple[str | int, ...]) -> Said:
    key, title = _key(pointer), shape.title
    if not value.strip():
        return Said("empty-value", f"{key!r} is empty", LEAVE, pointer)
    what = f"{_shown(value)} is no {CALLED[title]}" if title in CALLED else f"{_shown(value)} can't be {key!r}"
    return Said("wrong-value", what, _value_fix(key, value, shape), pointer)


def _value_fix(key: str, value: str, shape: Shape) -> str:
    meant = hint(shape.title, value)
    if meant and shape.title == "date" and key == "through":
        return f"through: {meant} (the last day held)"
    prefix = "" if shape.title in ("id", "name") else f"{key}: "
    return f"{prefix}{meant}" if meant else SUCH_AS.get(shape.title) or shape.description or "write it shorter"


def _wrong_choice(refusal: Refusal, document: Map, top: Shape) -> Said:
    key, shape = _key(refusal.pointer), top.at(refusal.pointer)
    choices = [str(choice) for choice in shape.get("enum") or [shape.get("const")]]
    guess = near(str(refusal.value), choices)
    what = f"{key!r} can't be {_shown(refusal.value)}"
    return Said("wrong-value", what, f"{key}: {guess or _or(choices)}", refusal.pointer)


def _not_one_of(refusal: Refusal, document: Map, top: Shape) -> Said:
    shape = top.at(refusal.pointer)
    names = [name for choice in shape.get("oneOf") or () for name in choice.get("required", ())]
    given = [name for name in names if name in refusal.value]
    what = f"{subject(document, refusal.pointer, top)} has {' and '.join(given) or f'none of {_or(names)}'}"
    return Said("one-of", what, f"exactly one of {', '.join(names)}", refusal.pointer)


def _wrong_key(refusal: Refusal, document: Map, top: Shape) -> Said:
    names = Shape(top.at(refusal.pointer).get("propertyNames") or {}, top.root)
    key = str(refusal.detail)
    return _no_such(key, names, (*refusal.pointer, key))


def _empty(refusal: Refusal, document: Map, top: Shape) -> Said:
    return Said("empty-value", f"{_key(refusal.pointer)!r} is empty", LEAVE, refusal.pointer)


def _too_many(refusal: Refusal, document: Map, top: Shape) -> Said:
    shape, key = top.at(refusal.pointer), _key(refusal.pointer)
    if shape.title == "assignments":
        return Said(
            "wrong-type",
            f"{key!r} must be a mapping of names, not a list",
            "a name before each, or [] for nobody",
            refusal.pointer,
        )
    return Said(
        "wrong-value",
        f"a row of {key!r} has {len(refusal.value)} names: {', '.join(refusal.value)}",
        "one a line, each with its own `- `",
        refusal.pointer,
    )


def _out_of_range(refusal: Refusal, document: Map, top: Shape) -> Said:
    key = _key(refusal.pointer)
    side = "at least" if refusal.word == "Minimum" else "at most"
    return Said("wrong-value", f"{key!r} can't be {refusal.value}", f"{key}: {side} {refusal.detail}", refusal.pointer)


def _other(refusal: Refusal, document: Map, top: Shape) -> Said:
    fix = top.at(refusal.pointer).description or "seatwise schema shows what may stand there"
    return Said("wrong-value", f"{_key(refusal.pointer)!r} is not as it should be", fix, refusal.pointer)


def _or(choices: Any) -> str:
    *most, last = map(str, choices)
    return f"{', '.join(most)} or {last}" if most else last


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 80 else f"{text[:77]}…'"


TELLERS = {
    "AdditionalProperties": _unknown_key,
    "Required": _missing_key,
    "Type": _wrong_type,
    "Pattern": _wrong_text,
    "Format": _wrong_text,
    "MinLength": _wrong_text,
    "MaxLength": _wrong_text,
    "Enum": _wrong_choice,
    "Constant": _wrong_choice,
    "OneOfNotValid": _not_one_of,
    "OneOfMultipleValid": _not_one_of,
    "PropertyNames": _wrong_key,
    "MinItems": _empty,
    "MinProperties": _empty,
    "MaxItems": _too_many,
    "MaxProperties": _too_many,
    "Minimum": _out_of_range,
    "Maximum": _out_of_range,
}
