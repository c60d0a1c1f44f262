"""The configuration that a vendor's page shows is sound, and opens what it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent

import pytest

from seatwise import vendors
from seatwise.core.model import Level, Settings
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.edges.tree import tree
from seatwise.sources import KINDS
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "docs" / "vendors"
PAGES = sorted(FOLDER.glob("*.md"))


def shown(page: Path) -> list[Settings]:
    """Each example of the page, read as the whole or the part of seatwise.yaml that it is."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    read = []
    for block in blocks:
        made, findings = tree({"seatwise.yaml": whole(block.split("\n---\n")[0] + "\n").encode()})
        assert [one.what for one in findings if one.level is Level.ERROR] == [], block
        read.append(made.settings)
    return read


def whole(text: str) -> str:
    if re.search(r"^format:", text, re.MULTILINE):
        return text
    if re.search(r"^(accounts|people):", text, re.MULTILINE):
        return f"format: 1\n{text}"
    if re.search(r"^  kind:|\{kind:", text, re.MULTILINE):
        return f"format: 1\npeople:\n  key: mail\n  sources:\n{indent(text, '    ')}"
    return f"format: 1\naccounts:\n{indent(text, '  ')}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_are_sound_and_open_its_vendor(page: Path) -> None:
    read = shown(page)
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW))
    accounts = [account for one in read for account in one.accounts.values()]
    assert page.stem in {open_vendor(account, site).info.name for account in accounts}
    assert {source.kind for one in read for source in one.sources} <= {*KINDS}


def test_every_vendor_with_an_api_has_a_page() -> None:
    assert {page.stem for page in PAGES} == set(vendors.BUILT_IN) - {"sandbox", "table"}
