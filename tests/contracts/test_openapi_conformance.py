"""Each service answers as its OpenAPI document says, whatever it is sent: no 5xx, nothing undocumented."""

import asyncio
import importlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared import keyfiles, serving
from shared.citizen import make_keys
from shared.security import SCOPES
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer

SERVICES = ("households", "funds", "otop", "tourism")
DOCUMENTS = Path(__file__).parents[2] / "contracts" / "openapi"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an app on a loopback port, in a thread with an event loop of its own; gives its address."""
    listener = serving.listen("127.0.0.1", 0)
    loop, stop, listening = asyncio.new_event_loop(), asyncio.Event(), asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(serving.serve(app, listener, stop=stop, listening=listening),)
    )
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(listening.wait(), loop).result(30)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def addresses(
    cluster: Cluster, issuer: TestIssuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, str]]:
    """Serve every service on real sockets; gives the address of each."""
    with ExitStack() as stack:
        found = {}
        for member in SERVICES:
            folder: Path = tmp_path_factory.mktemp(member)
            make_keys(folder)
            keyfiles.make(folder / keyfiles.CURSOR_KEY)
            settings_class = importlib.import_module(f"{member}.settings").Settings
            values = {
                "environment": "test",
                "database_url": cluster.url(member, await cluster.create(member)),
                "secrets_folder": folder,
                "internal_jwks": issuer.jwks,
                "files_url": f"file://{folder}/files",
            }
            app = importlib.import_module(f"{member}.app").create_app(settings_class(**values))
            found[member] = stack.enter_context(served(app))
        yield found


def conformance(member: str) -> Any:
    """Return the test of one service: examples for each operation of its committed document."""
    schema = schemathesis.openapi.from_path(DOCUMENTS / f"{member}.json")

    @schema.parametrize()
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_are_those_of_the_document(
        case: schemathesis.Case[Any], issuer: TestIssuer, addresses: dict[str, str]
    ) -> None:
        headers = {**issuer.headers(member, scopes=SCOPES), "Purpose": "conformance"}
        case.call_and_validate(base_url=addresses[member], headers=headers, checks=CHECKS)

    return answers_are_those_of_the_document


test_households = conformance("households")
test_funds = conformance("funds")
test_otop = conformance("otop")
test_tourism = conformance("tourism")
