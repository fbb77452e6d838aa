"""The layout of containers: separate processes, real PostgreSQL, real RabbitMQ."""

from collections.abc import Iterator

import pytest

from embedded.trial import Trial, trial


@pytest.fixture(scope="module")
def running() -> Iterator[Trial]:
    """Run the distributed house."""
    with trial("distributed") as started:
        yield started
