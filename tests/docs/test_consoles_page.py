"""The page on exports has each console, where its heading was seen, and how sure that is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seatwise.core.consoles import CONSOLES, Console

TOP = Path(__file__).parents[2]
ROWS = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", (TOP / "docs/consoles.md").read_text("utf-8"), re.MULTILINE))


def test_the_page_has_the_consoles_that_are_known() -> None:
    assert list(ROWS) == ["format", *CONSOLES]


@pytest.mark.parametrize("console", CONSOLES.values(), ids=lambda console: console.name)
def test_each_says_where_its_heading_was_seen_or_that_it_is_not_verified(console: Console) -> None:
    where, license, _, last_used, seen = ROWS[console.name].split(" | ")
    assert console.where.split(" > ")[-1] in where or console.name == "atlassian-site"
    assert all(f"`{title}`" in license for title in console.license)
    assert all(f"`{title}`" in last_used for title in console.last_used)
    assert "https://" in seen or "header not verified" in seen
