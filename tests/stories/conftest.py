"""A company of twelve that all hold a seat of A and none of B; lived through once, and copied for each story."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

NAMES = tuple(f"p{n:02}" for n in range(12))
CALM = "policy: max-removals\nlevel: warn\nnever_over: {share: 100%}\n"


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("settled"))
    company.sells(A=60, B=60)
    company.hires(*NAMES)
    company.holds("A", *NAMES)
    company.asks("manage both", a=" ".join(NAMES), b="")
    company.apply()
    return company


@pytest.fixture
def twelve(settled: Company, tmp_path: Path) -> Company:
    return settled.copy(tmp_path)
