"""The layout of containers: separate processes, real PostgreSQL, real RabbitMQ."""

import contextlib
from collections.abc import Iterator

import pytest

from embedded.trial import Trial, trial
from tools.demo.api import House


@pytest.fixture(scope="module")
def running() -> Iterator[Trial]:
    """Run the distributed house."""
    with trial("distributed") as started:
        yield started


@pytest.fixture(scope="module")
def house(running: Trial) -> Iterator[House]:
    """Return its API."""
    with contextlib.closing(running.house()) as found:
        yield found
