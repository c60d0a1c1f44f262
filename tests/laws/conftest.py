"""A company of five with two products, at work since this morning: nobody has a seat yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.hires("ann", "bob", "cid", "dan", "eve")
    company.sells(A=10, B=10)
    company.asks("manage both", a="", b="")
    company.apply()
    return company
