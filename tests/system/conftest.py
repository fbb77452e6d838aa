"""One whole house for all system tests: the embedded layout, reached through the gateway."""

import contextlib
from collections.abc import Iterator

import pytest

from embedded.trial import Trial, trial
from tools.demo.api import House


@pytest.fixture(scope="session")
def running() -> Iterator[Trial]:
    """Run the house; it must stop cleanly."""
    with trial("run") as started:
        yield started
        assert started.stop() == 0, started.said
        assert "Traceback" not in started.said


@pytest.fixture(scope="session")
def house(running: Trial) -> Iterator[House]:
    """Return its API."""
    with contextlib.closing(running.house()) as found:
        yield found
