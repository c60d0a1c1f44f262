"""What the vendors' pages show as config is read as it stands there, and opens the vendor."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent

import pytest

from seatwise import sources
from seatwise.core.model import Settings
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.edges.tree import tree
from seatwise.vendors import open_vendor

PAGES = sorted((Path(__file__).parents[2] / "docs" / "vendors").glob("*.md"))
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def settings(page: Path) -> Settings:
    """All examples of a page as one seatwise.yaml."""
    found = re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    people = [one for one in found if re.search(r"^  kind:", one, re.MULTILINE)]
    accounts = [one for one in found if one not in people]
    text = "format: 1\npeople:\n  key: mail\n  sources:\n" + indent(
        "".join(people) or "hr: {kind: csv, from: x.csv}\n", "    "
    )
    made, findings = tree({"seatwise.yaml": f"{text}accounts:\n{indent(''.join(accounts), '  ')}".encode()})
    assert not findings
    return made.settings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_of_a_page_open_their_vendor(page: Path, tmp_path: Path) -> None:
    read = settings(page)
    site = Site(tmp_path, SetClock(NOW), lambda path: (b"", NOW))
    assert read.accounts
    for account in read.accounts.values():
        assert open_vendor(account, site).info.name == account.vendor
    assert {source.kind for source in read.sources} <= set(sources.KINDS)
