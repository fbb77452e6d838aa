"""The service under test; its database holds the shipped areas, as after every migration."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from households.app import create_app
from households.settings import Settings
from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer


@pytest.fixture(scope="session")
def service() -> str:
    """Name the service under test."""
    return "households"


@pytest.fixture
def app(settings_values: dict[str, Any]) -> FastAPI:
    """Build the service's app on a database of the test's own."""
    return create_app(Settings(**settings_values))


@pytest.fixture
def officer(client: AsyncClient, issuer: TestIssuer) -> Caller:
    """Call as the tambon officer (พัฒนากร) of Trakan Phuet Phon, district 3411: she reads and writes there."""
    scopes = frozenset({"areas:read", "households:read", "households:write"})
    return Caller(client, issuer, "households", scopes=scopes, areas=("3411",))
