"""The repository that a people source's page shows is sound, reads by that kind of source, and maps what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.test_vendor_pages import shown

from seatwise.core.person_row import TYPED
from seatwise.sources import KINDS

PAGES = sorted((Path(__file__).parents[2] / "docs" / "sources").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_page_is_a_repository_with_that_source(page: Path) -> None:
    (settings,) = shown(page)
    (source,) = settings.sources
    assert source.kind == page.stem and source.kind in KINDS
    assert {*source.columns} <= TYPED and "status" in source.codes
