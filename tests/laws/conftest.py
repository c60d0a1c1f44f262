"""A company of five with two products, at work since this morning: nobody has a seat yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("morning"))
    company.hires("ann", "bob", "cid", "dan", "eve")
    company.sells(A=10, B=10)
    company.asks("manage both", a="", b="")
    company.apply()
    return company


@pytest.fixture
def company(morning: Company, tmp_path: Path) -> Company:
    return morning.copy(tmp_path)
