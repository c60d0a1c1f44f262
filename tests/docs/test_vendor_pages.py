"""The configuration that a vendor's page shows is sound, and opens what it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatwise.core.model import Level
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.edges.tree import tree
from seatwise.sources import KINDS
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGES = sorted((Path(__file__).parents[2] / "docs" / "vendors").glob("*.md"))


def settings(page: Path) -> list[str]:
    return [
        text for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.S) if "format:" in text
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_settings_on_a_page_are_sound_and_open_its_vendor(page: Path) -> None:
    for text in settings(page):
        read, findings = tree({"seatwise.yaml": text.encode()})
        assert [one.what for one in findings if one.level is Level.ERROR] == []
        site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (b"", NOW))
        opened = [open_vendor(account, site).info.name for account in read.settings.accounts.values()]
        assert page.stem in {*opened, *(source.kind for source in read.settings.sources)}
        assert {source.kind for source in read.settings.sources} <= {*KINDS}
