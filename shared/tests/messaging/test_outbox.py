"""The outbox and the relay by themselves."""

import asyncio
from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import text

from shared import outbox, relay
from shared.consumers import Consumer
from shared.db import Database
from shared.ids import uuid7
from shared.testing.messaging import drain

from .conftest import BasketEmptied, BasketFilled, Rig


async def test_many_events_are_added_as_one_by_one(inprocess: Rig) -> None:
    baskets = [uuid7() for _ in range(3)]
    async with inprocess.alpha.transaction() as session:
        facts = [(BasketFilled(amount=number), basket, number) for number, basket in enumerate(baskets)]
        assert await outbox.insert_many(session, facts) == 3
        assert await outbox.insert_many(session, []) == 0
    rows = await inprocess.rows(
        inprocess.alpha, "SELECT type, subject, sequence, data::text FROM outbox ORDER BY position"
    )
    assert [(row["type"], row["subject"], row["sequence"]) for row in rows] == [
        ("alpha.basket.filled.v1", basket, number) for number, basket in enumerate(baskets)
    ]
    assert [orjson.loads(row["data"]) for row in rows] == [{"amount": 0}, {"amount": 1}, {"amount": 2}]


async def test_the_facts_time_may_be_given(inprocess: Rig) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    async with inprocess.alpha.transaction() as session:
        await outbox.add(session, BasketFilled(amount=1), subject=uuid7(), sequence=1, now=moment)
    rows = await inprocess.rows(inprocess.alpha, "SELECT occurred_at FROM outbox")
    assert rows[0]["occurred_at"] == moment


async def test_a_commit_anywhere_in_the_process_wakes_the_relay(inprocess: Rig) -> None:
    hint = outbox.hint(inprocess.alpha)
    hint.clear()
    api = Database(inprocess.alpha.url, application_name="alpha api")  # the relay has connections of its own
    async with api.transaction() as session:
        await outbox.add(session, BasketFilled(amount=1), subject=uuid7(), sequence=1)
        assert not hint.is_set()
    assert hint.is_set()
    await api.close()


async def test_an_event_too_large_for_the_broker_is_refused_with_its_fact(inprocess: Rig) -> None:
    async with inprocess.alpha.transaction() as session:
        with pytest.raises(ValueError, match="bytes"):
            await outbox.add(session, BasketEmptied(reason="x" * 300_000), subject=uuid7(), sequence=1)


async def test_published_events_are_kept_for_a_week_and_inbox_rows_for_ninety_days(inprocess: Rig) -> None:
    await inprocess.fill_many([1, 2, 3])
    await drain((inprocess.alpha, []), (inprocess.beta, [inprocess.consumer]))
    await inprocess.fill(4)
    assert await relay.prune(inprocess.alpha) == 0
    async with inprocess.alpha.transaction() as session:
        await session.execute(
            text("UPDATE outbox SET published_at = now() - interval '8 days' WHERE data->>'amount' = '2'")
        )
    assert await relay.prune(inprocess.alpha) == 1
    left = await inprocess.rows(inprocess.alpha, "SELECT data->>'amount' FROM outbox ORDER BY position")
    assert [row[0] for row in left] == ["1", "3", "4"]
    async with inprocess.beta.transaction() as session:
        await session.execute(
            text(
                "UPDATE inbox SET applied_at = now() - interval '91 days' "
                "WHERE event_id = (SELECT event_id FROM effects WHERE amount = 3)"
            )
        )
    assert await relay.prune(inprocess.beta) == 1
    assert len(await inprocess.rows(inprocess.beta, "SELECT 1 FROM inbox")) == 2


async def test_a_consumers_copy_is_rebuilt_from_the_outbox(inprocess: Rig) -> None:
    nobody: list[Consumer] = []
    services = (inprocess.alpha, nobody), (inprocess.beta, [inprocess.consumer])
    await inprocess.fill_many([1, 2, 3])
    assert await drain(*services) == 3
    assert await relay.republish(inprocess.alpha, types=["alpha.basket.filled.v1"]) == 3
    await drain(*services)
    assert await inprocess.amounts() == [1, 2, 3]  # those that have applied them skip them
    async with inprocess.beta.transaction() as session:
        await session.execute(text("DELETE FROM inbox"))
        await session.execute(text("DELETE FROM effects"))
    await relay.republish(inprocess.alpha, types=["alpha.basket.filled.v1"])
    await drain(*services)
    assert await inprocess.amounts() == [1, 2, 3]


async def test_in_process_an_event_waits_until_its_consumer_is_attached(inprocess: Rig) -> None:
    await inprocess.fill(1)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run(inprocess.alpha, inprocess.bus, stop=stop))
        assert await inprocess.unpublished() == 1
        group.create_task(inprocess.bus.consume([inprocess.consumer], inprocess.beta, stop=stop))
        await inprocess.applied(1)
        stop.set()


async def test_drain_tells_of_events_that_could_not_be_applied(inprocess: Rig) -> None:
    inprocess.does.refused.add(13)
    await inprocess.fill(13)
    with pytest.raises(AssertionError, match="PermanentFailure"):
        await drain((inprocess.alpha, []), (inprocess.beta, [inprocess.consumer]))
