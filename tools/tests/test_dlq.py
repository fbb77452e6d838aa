"""Dead letters on the command line, on the in-process transport of a real service."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from funds.settings import Settings
from shared.db import Database, driver
from shared.events import Envelope, encode
from shared.ids import uuid7
from tools import dlq

LETTER = Envelope(
    id=uuid7(),
    type="households.household.moved.v1",
    subject=uuid7(),
    sequence=2,
    time=datetime(2026, 11, 20, tzinfo=UTC),
    data=b"{}",
)


@pytest.fixture
def service() -> str:
    return "funds"


@pytest_asyncio.fixture(loop_scope="session")
async def settings(settings_values: dict[str, Any], database: Database) -> AsyncIterator[Settings]:
    """Settings of funds with one dead letter in its database."""
    async with database.transaction() as session:
        await (await driver(session)).execute(
            "INSERT INTO deliveries (consumer, event_id, envelope, attempts, error, due_at, dead_at) "
            "VALUES ('funds.known_households', $1, $2, 1, 'ValidationError', now(), now())",
            LETTER.id,
            encode(LETTER),
        )
    yield Settings(**settings_values)


async def test_dead_letters_are_listed_and_delivered_again(settings: Settings) -> None:
    consumers = dlq.consumers_of("funds")
    letters = await dlq.dead_letters(settings, consumers)
    assert [(letter.event_id, letter.type) for letter in letters] == [(LETTER.id, LETTER.type)]
    assert await dlq.replay(settings, consumers[0], event_id=uuid7()) == 0
    assert await dlq.replay(settings, consumers[0], event_id=LETTER.id) == 1
    assert await dlq.dead_letters(settings, consumers) == []


def test_a_consumer_nobody_runs_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert dlq.main(["replay", "funds.nothing"]) == 1
    assert "no consumer" in capsys.readouterr().err


def test_without_settings_the_tool_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHUMCHON_FUNDS_DATABASE_URL", raising=False)
    assert dlq.main(["list", "funds"]) == 1
    assert dlq.main(["replay", "funds.known_households"]) == 1
    assert capsys.readouterr().err.count("environment") == 2
