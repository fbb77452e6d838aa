"""The service under test and its callers."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from otop.app import create_app
from otop.settings import Settings
from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer


@pytest.fixture(scope="session")
def service() -> str:
    """Name the service under test."""
    return "otop"


@pytest.fixture
def app(settings_values: dict[str, Any]) -> FastAPI:
    """Build the service's app on a database of the test's own."""
    return create_app(Settings(**settings_values))


@pytest.fixture
def officer(client: AsyncClient, issuer: TestIssuer) -> Caller:
    """Call as an officer of the province Ubon Ratchathani (34)."""
    return Caller(client, issuer, "otop", scopes=frozenset({"areas:read", "funds:read"}), areas=("34",))
