"""The bytes of one YAML file → its document with lines, and findings; nothing in it is executed, expanded or guessed.

YAML is read at the level of events. Scalars stay what was written (`004711`, `NO`, `12e4`); only a plain `null`, `~` or
nothing is None. Duplicate keys, tags, anchors, aliases, merge keys and further documents are findings, each with its
line; reading goes on behind them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from seatwise.core.document import List, Map
from seatwise.core.model import Finding, Level, Place

MOST_BYTES = 16 * 2**20
"""A list of 100,000 people has about 4 MiB."""
MOST_DEPTH = 20

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

# Control characters, and those that turn the direction of text or are not seen: none belongs into a reviewed file.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
TAB = re.compile(r"^[ ]*\t")


def read(data: bytes, path: str) -> tuple[Map | None, tuple[Finding, ...]]:
    """The document, which is a mapping, and what is wrong with the file. None: nothing of it can be used."""
    text, findings = _text(data, path)
    if text is None or findings:
        return None, findings
    builder = Builder(path)
    try:
        builder.build(yaml.CLoader(text))
    except yaml.YAMLError as error:
        return None, (*builder.findings, *_syntax(error, text, path))
    return _mapping(builder, path)


def _mapping(builder: Builder, path: str) -> tuple[Map | None, tuple[Finding, ...]]:
    top = builder.top
    if isinstance(top, Map):
        return top, tuple(builder.findings)
    if top is None and not builder.findings:
        builder.tell("yaml-empty", 1, "the file is empty", "write it, or delete it")
    elif top is not None:
        builder.tell(
            "yaml-shape",
            1,
            "the file is not a mapping of keys to values",
            "begin with its kind, such as `license: <id>`",
        )
    return None, tuple(builder.findings)


def _text(data: bytes, path: str) -> tuple[str | None, tuple[Finding, ...]]:
    if len(data) > MOST_BYTES:
        what = f"the file has {len(data):,} bytes, more than {MOST_BYTES:,}"
        return None, (
            _finding("yaml-size", path, 1, what, "split its assignments: licenses/<publisher>/<license>/*.yaml"),
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (_finding("yaml-encoding", path, line, "this is not UTF-8", "save the file as UTF-8"),)
    return text, tuple(_unseen(text, path))


def _unseen(text: str, path: str) -> list[Finding]:
    if text.startswith("\ufeff"):
        return [
            _finding("yaml-encoding", path, 1, "the file begins with a byte order mark", "save it as UTF-8 without BOM")
        ]
    if UNSEEN.search(text) is None:
        return []
    return [
        _finding("yaml-control", path, number, f"character U+{ord(found[0]):04X} can't be seen", "delete it")
        for number, line in enumerate(text.split("\n"), 1)
        if (found := UNSEEN.search(line))
    ]


@dataclass(slots=True)
class Builder:
    """Makes a document of events. `top` is it; a value that can't be used is None and has its finding."""

    path: str
    top: Any = None
    findings: list[Finding] = field(default_factory=list)

    def tell(self, rule: str, line: int, what: str, fix: str) -> None:
        self.findings.append(_finding(rule, self.path, line, what, fix))

    def build(self, loader: Any) -> None:
        """Reads every event; raises yaml.YAMLError where the file is no YAML."""
        documents = 0
        while not loader.check_event(yaml.StreamEndEvent):
            event = loader.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    line = _line(event)
                    self.tell(
                        "yaml-documents", line, "a second document begins here", "one file, one thing: split the file"
                    )
            elif isinstance(event, yaml.NodeEvent):
                value = self.node(loader, event, 1)
                self.top = value if documents == 1 else self.top

    def node(self, loader: Any, event: Any, depth: int) -> Any:
        """The value that begins with this event."""
        kind = type(event)
        if kind is yaml.ScalarEvent and event.tag is None and event.anchor is None:
            return None if event.implicit[0] and event.value in NULLS else event.value
        self._refuse(event)
        if kind is yaml.ScalarEvent:
            return event.value
        if kind is yaml.AliasEvent:
            return None
        if depth > MOST_DEPTH:
            return self._skip(loader, event)
        return self.map(loader, event, depth) if kind is yaml.MappingStartEvent else self.list(loader, event, depth)

    def list(self, loader: Any, start: Any, depth: int) -> List:
        made = List(_line(start))
        items, lines, take = made, made.lines, loader.get_event
        while type(event := take()) is not yaml.SequenceEndEvent:
            lines.append(_line(event))
            items.append(self.node(loader, event, depth + 1))
        return made

    def map(self, loader: Any, start: Any, depth: int) -> Map:
        made = Map(_line(start))
        while type(event := loader.get_event()) is not yaml.MappingEndEvent:
            line = _line(event)
            key = self._key(loader, event, depth)
            value = self.node(loader, loader.get_event(), depth + 1)
            if key is None:
                continue
            if key in made:
                what = f"key {key!r} stands here again, first on line {made.lines[key]}"
                self.tell("duplicate-key", line, what, "keep one of the two")
            else:
                made.add(key, value, line)
        return made

    def _key(self, loader: Any, event: Any, depth: int) -> str | None:
        """The key; None where it can't be one."""
        line = _line(event)
        value = self.node(loader, event, depth + 1)
        if isinstance(value, str) and value == "<<" and event.implicit[0]:
            self.tell("yaml-merge", line, "a merge key `<<` is not allowed", "write the values out")
            return None
        if isinstance(value, str) and value:
            return value
        if type(event) is not yaml.AliasEvent:
            self.tell("yaml-key", line, "a key must be a word", "write `name: value`")
        return None

    def _skip(self, loader: Any, event: Any) -> None:
        """Reads over a list or mapping that is nested too deep."""
        line = _line(event)
        self.tell(
            "yaml-depth", line, f"nested deeper than {MOST_DEPTH} levels", "no value of ours is so deep: write it flat"
        )
        open_ones = 1
        while open_ones:
            event = loader.get_event()
            open_ones += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _refuse(self, event: Any) -> None:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            self.tell("yaml-alias", line, f"an alias `*{event.anchor}` is not allowed", "write the value out")
        elif event.anchor is not None:
            self.tell(
                "yaml-anchor",
                line,
                f"an anchor `&{event.anchor}` is not allowed",
                "delete it, write the value where it is used",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self.tell("yaml-tag", line, f"a tag `{shown}` is not allowed", "delete it: the key says what a value is")


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


PROBLEMS = (
    ("found duplicate anchor", "an anchor is not allowed", "write the value out where it is used"),
    ("found undefined alias", "an alias is not allowed", "write the value out"),
    (
        "mapping values are not allowed",
        "a second `:` on this line",
        "put the value in quotes, or the key on a line of its own",
    ),
    ("could not find expected ':'", "a line without `:`", "write `key: value`, or indent it under its key"),
    ("did not find expected key", "the indentation does not fit", "indent it as the lines around it"),
    ("did not find expected '-' indicator", "this is no item of the list above", "begin with `- `, or indent it less"),
    ("did not find expected ',' or", "a list or mapping is not closed", "close it with ] or }, separate with commas"),
    ("found unexpected end of stream", "a quote or bracket is not closed", "close it"),
    (
        "block sequence entries are not allowed",
        "a list item where none can be",
        "put it on a line of its own, under its key",
    ),
    ("cannot start any token", "a value can't begin with this character", "put the value in quotes"),
    ("found unknown escape character", "an unknown escape in double quotes", "use single quotes"),
    (
        "did not find expected <document start>",
        "something stands behind the end of the value",
        "delete it, or indent it",
    ),
)


def _syntax(error: yaml.YAMLError, text: str, path: str) -> list[Finding]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
    rows = text.split("\n")
    tabs = [number for number, row in enumerate(rows, 1) if TAB.match(row)]
    if tabs and TAB.match(rows[line - 1]):
        return [_finding("yaml-tab", path, number, "a tab in the indentation", "use spaces") for number in tabs]
    problem = str(getattr(error, "problem", error))
    for sign, what, fix in PROBLEMS:
        if sign in problem:
            return [_finding("yaml-syntax", path, line, what, fix)]
    return [_finding("yaml-syntax", path, line, f"is no YAML: {problem}", "look at this line and the one above")]


def _finding(rule: str, path: str, line: int, what: str, fix: str) -> Finding:
    return Finding(rule, Level.ERROR, what, fix, Place(path, line), key=path)
