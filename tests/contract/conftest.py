"""The suite's assertions say what was compared, though it is no file of tests."""

import pytest

pytest.register_assert_rewrite("seatwise.vendor_contract.suite")
