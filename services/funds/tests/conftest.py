"""The service under test."""

import pytest


@pytest.fixture
def service() -> str:
    """Name this service to the shared fixtures."""
    return "funds"
