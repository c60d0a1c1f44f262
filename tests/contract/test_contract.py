"""Every vendor of ours under the contract of all vendors; each is one line of SUBJECTS."""

from __future__ import annotations

import pytest
from tests.contract.subject import SUBJECTS

from seatwise.vendor_contract.subject import Start
from seatwise.vendor_contract.suite import *  # noqa: F403 - its tests run here


@pytest.fixture(params=SUBJECTS)
def start(request: pytest.FixtureRequest) -> Start:
    return SUBJECTS[request.param]
