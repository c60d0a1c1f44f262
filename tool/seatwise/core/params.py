"""Parameters of a rule as a file has them and their JSON Schema → typed values, or what is wrong with them.

Only the few shapes of schema that the functions below make are understood: a record, a map, a list, and leaves that a
`format` or an `enum` describes. Editors read the same schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from seatwise.core.model import Duration, Price
from seatwise.core.near import near

Schema = Mapping[str, Any]

SHARE = r"(\d{1,3}(?:\.\d{1,4})?) ?%"
DURATION = r"(\d{1,6}) (minute|hour|day|week|month|year)s?"
DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
PROBE = r"(command|https://[^\s]{1,190})"
MONEY = r"(\d{1,12}(?:\.\d{1,4})?) ([A-Z]{3}) / (month|year)"


@dataclass(frozen=True, slots=True)
class Broken:
    """One parameter that can't be read as meant: the way to it with dots, what is wrong, and a value that would do."""

    at: str
    what: str
    fix: str


def count(description: str, *, least: int = 0, most: int | None = None) -> Schema:
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return {"type": "integer", "format": "count", "description": description, **limits}


def share(description: str) -> Schema:
    return _leaf("share", description, SHARE)


def duration(description: str) -> Schema:
    return _leaf("duration", description, DURATION)


def money(description: str) -> Schema:
    return _leaf("money", description, MONEY)


def day(description: str) -> Schema:
    return _leaf("day", description, DAY)


def clock(description: str) -> Schema:
    return _leaf("clock", description, CLOCK)


def probe(description: str) -> Schema:
    """Something to ask at a gate; never something to run: no word of a repository is."""
    return _leaf("probe", description, PROBE)


def text(description: str, of: str = "") -> Schema:
    """A line of text; `of`: the id of a license or owner."""
    return {**_leaf("text", description, r".{1,200}"), **({"of": of} if of else {})}


def flag(description: str) -> Schema:
    return {"type": "boolean", "format": "flag", "description": description}


def choice(description: str, words: Sequence[str]) -> Schema:
    return {"type": "string", "format": "choice", "enum": list(words), "description": description}


def listing(description: str, item: Schema, *, least: int = 0) -> Schema:
    shape = {"type": "array", "items": item, "description": description}
    return {**shape, "minItems": least} if least else shape


def mapping(description: str, value: Schema, of: str) -> Schema:
    """Ids of licenses or owners (`of`) and a value for each."""
    return {"type": "object", "additionalProperties": value, "description": description, "of": of}


def record(description: str, required: Sequence[str] = (), **fields: Schema) -> Schema:
    shape = {"type": "object", "properties": fields, "additionalProperties": False, "description": description}
    return {**shape, "required": list(required)} if required else shape


def typed(schema: Schema, value: Any, default: Any = None) -> Any:
    """The value as the rule reads it: Decimal shares, Durations, Prices, tuples.

    What a record leaves out comes from `default`. Only for values in which nothing is broken.
    """
    if "properties" in schema:
        base = dict(default or {})
        given = {key: typed(schema["properties"][key], one, base.get(key)) for key, one in value.items()}
        return {**base, **given}
    if schema["type"] == "object":
        return {key: typed(schema["additionalProperties"], one) for key, one in value.items()}
    if schema["type"] == "array":
        return tuple(typed(schema["items"], one) for one in value)
    return _read(schema, value)


def broken(schema: Schema, value: Any, at: str = "") -> Iterator[Broken]:
    """Everything in the value that the schema doesn't allow."""
    if schema["type"] == "object":
        yield from _broken_object(schema, value, at)
    elif schema["type"] == "array":
        yield from _broken_list(schema, value, at)
    else:
        try:
            _read(schema, value)
        except ValueError as error:
            yield Broken(at, f"{_short(value)!r} is no {schema['format']}", str(error))


def named(schema: Schema, value: Any, at: str = "") -> Iterator[tuple[str, str, str]]:
    """Every license or owner that an unbroken value names: the way to it, `license` or `owner`, and the id."""
    if schema["type"] == "object":
        for key, one in value.items():
            if "of" in schema:
                yield at, schema["of"], str(key)
            field = schema.get("properties", {}).get(key) or schema["additionalProperties"]
            yield from named(field, one, _way(at, key))
    elif schema["type"] == "array":
        for one in value:
            yield from named(schema["items"], one, at)
    elif "of" in schema:
        yield at, schema["of"], value


def _broken_object(schema: Schema, value: Any, at: str) -> Iterator[Broken]:
    if not isinstance(value, Mapping):
        yield Broken(at, f"{_short(value)!r} is no mapping", f"keys and values: {schema['description']}")
        return
    fields: Mapping[str, Schema] = schema.get("properties", {})
    for key, one in value.items():
        field = fields.get(key) or schema["additionalProperties"]
        if field:
            yield from broken(field, one, _way(at, key))
        else:
            yield Broken(_way(at, key), "unknown key", near(str(key), fields) or f"one of: {', '.join(sorted(fields))}")
    for key in schema.get("required", ()):
        if key not in value:
            yield Broken(_way(at, key), "is missing", fields[key]["description"])


def _broken_list(schema: Schema, value: Any, at: str) -> Iterator[Broken]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        yield Broken(at, f"{_short(value)!r} is no list", f"[{_short(value)}]")
        return
    if len(value) < schema.get("minItems", 0):
        yield Broken(at, "is empty", schema["items"]["description"])
    for number, one in enumerate(value):
        yield from broken(schema["items"], one, f"{at}[{number}]")


def _short(value: Any) -> str:
    return str(value)[:60]


def _way(at: str, key: object) -> str:
    return f"{at}.{key}" if at else str(key)


def _leaf(format: str, description: str, pattern: str) -> Schema:
    return {"type": "string", "format": format, "pattern": f"^{pattern}$", "description": description}


def _read(schema: Schema, value: Any) -> Any:
    return READERS[schema["format"]](schema, value)


def _count(schema: Schema, value: Any) -> int:
    least, most = schema["minimum"], schema.get("maximum")
    wanted = f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"
    if not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise ValueError(wanted)
    if int(value) < least or (most is not None and int(value) > most):
        raise ValueError(wanted)
    return int(value)


def _share(schema: Schema, value: Any) -> Decimal:
    number = Decimal(_match(SHARE, value, "10%")[1])
    if number > 100:
        raise ValueError("at most 100%")
    return number / 100


def _duration(schema: Schema, value: Any) -> Duration:
    found = _match(DURATION, value, "24 hours")
    return Duration(int(found[1]), f"{found[2]}s")


def _money(schema: Schema, value: Any) -> Price:
    found = _match(MONEY, value, "5000.00 EUR / month")
    return Price(Decimal(found[1]), found[2], found[3])


def _day(schema: Schema, value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_match(DAY, value, "2026-12-31")[0])
    except ValueError:
        raise ValueError("2026-12-31") from None


def _clock(schema: Schema, value: Any) -> time:
    found = _match(CLOCK, value, "04:00")
    return time(int(found[1]), int(found[2]))


def _probe(schema: Schema, value: Any) -> str:
    return _match(PROBE, value, "an https address; or `command`, and seatwise apply --probe COMMAND")[0]


def _text(schema: Schema, value: Any) -> str:
    return _match(r".{1,200}", value, "one line of text")[0]


def _flag(schema: Schema, value: Any) -> bool:
    words = {"true": True, "false": False}
    if str(value).casefold() not in words:
        raise ValueError("true or false")
    return words[str(value).casefold()]


def _choice(schema: Schema, value: Any) -> str:
    if value not in schema["enum"]:
        raise ValueError(near(str(value), schema["enum"]) or f"one of: {', '.join(schema['enum'])}")
    return str(value)


def _match(pattern: str, value: Any, example: str) -> re.Match[str]:
    found = re.fullmatch(pattern, value, re.ASCII) if isinstance(value, str) else None
    if not found:
        raise ValueError(example)
    return found


READERS: Mapping[str, Callable[[Schema, Any], Any]] = {
    "count": _count,
    "share": _share,
    "duration": _duration,
    "money": _money,
    "day": _day,
    "clock": _clock,
    "probe": _probe,
    "text": _text,
    "flag": _flag,
    "choice": _choice,
}


def written(schema: Schema, value: Any) -> str:
    """A typed value as a file has it."""
    if isinstance(value, Mapping):
        fields = schema.get("properties", {})
        of = {key: fields.get(key) or schema["additionalProperties"] for key in value}
        return f"{{{', '.join(f'{key}: {written(of[key], one)}' for key, one in value.items())}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(written(schema['items'], one) for one in value)}]"
    return _written_leaf(value)


def _written_leaf(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{(value * 100).normalize():f}%"
    if isinstance(value, Price):
        return f"{value.amount:.2f} {value.currency} / {value.per}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) or '""'
