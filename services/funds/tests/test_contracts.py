"""Funds reads what households has promised to publish: the committed examples, not its own idea of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from funds.known_households.consumers import HANDLERS
from shared.db import Database
from shared.events import Received, decode
from shared.testing.look import rows

EVENTS = Path(__file__).parents[3] / "contracts" / "events"


def example(kind: str) -> dict[str, Any]:
    contract: dict[str, Any] = json.loads((EVENTS / f"{kind}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = contract["example"]
    return found


@pytest.mark.parametrize("kind", sorted(HANDLERS))
async def test_the_producers_example_is_read_and_applied(database: Database, kind: str) -> None:
    envelope = decode(json.dumps(example(kind)).encode())
    handler = HANDLERS[kind]
    received = Received(
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        sequence=envelope.sequence,
        data=handler.model.model_validate_json(envelope.data),
        time=envelope.time,
    )
    async with database.transaction() as session:
        await handler.apply(session, [received], now=envelope.time)
    table = "known_deaths" if "person" in kind else "known_households"
    assert len(await rows(database, f"SELECT 1 FROM {table}")) == 1  # one of two names


@pytest.mark.parametrize("kind", sorted(HANDLERS))
def test_what_the_producer_adds_later_is_ignored(kind: str) -> None:
    data = {**example(kind)["data"], "added_later": {"any": "thing"}}
    assert not hasattr(HANDLERS[kind].model.model_validate(data), "added_later")
