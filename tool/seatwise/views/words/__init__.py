"""What all views share: values as people read them and as each format can hold them, on lines of any width."""

from __future__ import annotations

from seatwise.views.words.escape import code, markdown, text
from seatwise.views.words.figures import count, day, domain, length, listed, moment, money, person, zone
from seatwise.views.words.lines import columns, flow, pad, row, section, wrap
from seatwise.views.words.oncall import oncall, unmet
from seatwise.views.words.undo import comes_back, undo

__all__ = [
    "code",
    "columns",
    "comes_back",
    "count",
    "day",
    "domain",
    "flow",
    "length",
    "listed",
    "markdown",
    "moment",
    "money",
    "oncall",
    "pad",
    "person",
    "row",
    "section",
    "text",
    "undo",
    "unmet",
    "wrap",
    "zone",
]
