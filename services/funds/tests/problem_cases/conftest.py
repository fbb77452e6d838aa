"""Who cures a fund."""

import pytest

from shared.testing.caller import Caller
from tests.problem_cases.cure import Cure


@pytest.fixture
def developer(officer: Caller) -> Caller:
    """Call as the community developer of the tambon."""
    return officer.may("funds:write", "funds:approve", "loans:read", "debtors:write").named("user:developer")


@pytest.fixture
def chief(developer: Caller) -> Caller:
    """Call as the district's chief, who surveyed nothing."""
    return developer.named("user:chief")


@pytest.fixture
def cure(developer: Caller) -> Cure:
    """Take the steps of a case."""
    return Cure(developer)
