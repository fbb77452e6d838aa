"""What holds over both transports: real PostgreSQL, and a real RabbitMQ for one of them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncSession

from shared import context, outbox, relay
from shared.bus import InProcessBus, NotPublished
from shared.bus.amqp import declare_all
from shared.consumers import BATCH, Handler
from shared.db import Database, driver
from shared.events import Envelope, Received
from shared.ids import uuid7
from shared.testing.messaging import until

from .conftest import BasketEmptied, BasketFilled, Filled, Rig


class Dies(Exception):  # noqa: N818  # named after the fact
    """Stands for the process that ends between the publish and the mark."""


class DyingBus:
    """Publishes over the real transport, then dies before the relay hears of it."""

    def __init__(self, rig: Rig) -> None:
        self.bus = rig.bus
        self.poll = rig.bus.poll

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        await self.bus.publish(envelopes)
        raise Dies


async def test_an_event_arrives_as_it_was_added(rig: Rig) -> None:
    received: list[Received[Filled]] = []

    async def note(_session: AsyncSession, event: Received[Filled]) -> None:
        received.append(event)

    rig.does.emits = note
    basket = uuid7()
    async with rig.running():
        event_id = await rig.fill(35, basket=basket, sequence=7)
        await rig.applied(1)
    event = received[0]
    assert (event.id, event.subject, event.sequence, event.data.amount) == (event_id, basket, 7, 35)
    rows = await rig.rows(rig.alpha, "SELECT occurred_at, published_at FROM outbox")
    assert event.time == rows[0]["occurred_at"]
    assert rows[0]["published_at"] >= rows[0]["occurred_at"]


async def test_invariant_1_a_fact_and_its_event_are_in_one_transaction_or_neither_exists(rig: Rig) -> None:
    async def fact_fails() -> None:
        async with rig.alpha.transaction() as session:
            await outbox.add(session, BasketFilled(amount=1), subject=uuid7(), sequence=1)
            raise Dies

    with pytest.raises(Dies):
        await fact_fails()
    async with rig.running():
        await rig.fill(2)
        await rig.applied(1)
    assert await rig.amounts() == [2]


async def test_invariant_4_an_event_is_applied_once_however_often_it_is_delivered(rig: Rig) -> None:
    event_id = await rig.fill(5)
    async with rig.running():
        await rig.applied(1)
        again = Envelope(
            id=event_id,
            type="alpha.basket.filled.v1",
            subject=uuid7(),
            sequence=1,
            time=(await rig.rows(rig.alpha, "SELECT occurred_at FROM outbox"))[0][0],
            data=b'{"amount":5}',
        )
        await rig.bus.publish([again, again])
        await rig.bus.publish([again])
        await rig.fill(6)
        await rig.applied(2)
    assert await rig.amounts() == [5, 6]


async def test_an_event_published_twice_because_the_relay_died_before_the_mark_is_applied_once(
    rig: Rig,
) -> None:
    rig.attach()
    await rig.fill_many([1, 2, 3])
    with pytest.raises(Dies):
        await relay.publish(rig.alpha, DyingBus(rig))
    assert await rig.unpublished() == 3
    async with rig.running():
        await rig.fill(4)
        await rig.applied(4)
        await until(lambda: nothing_unpublished(rig))
    assert sorted(await rig.amounts()) == [1, 2, 3, 4]


async def nothing_unpublished(rig: Rig) -> bool:
    return await rig.unpublished() == 0


async def test_invariant_2_a_handlers_effect_and_its_inbox_row_are_in_one_transaction(rig: Rig) -> None:
    rig.does.refused.add(13)
    await rig.fill(13)
    async with rig.running():
        await rig.dead(1)
    assert await rig.amounts() == []
    assert await rig.rows(rig.beta, "SELECT * FROM inbox") == []
    assert await rig.rows(rig.beta, "SELECT * FROM baskets") == []


async def test_one_failing_event_does_not_hold_back_its_batch(rig: Rig) -> None:
    rig.does.failures[13] = 1_000
    await rig.fill_many([11, 12, 13, 14, 15])
    async with rig.running():
        await rig.dead(1)
        await rig.applied(4)
    assert await rig.amounts() == [11, 12, 14, 15]


async def test_a_handler_that_fails_for_a_while_is_tried_until_it_works(rig: Rig) -> None:
    rig.does.failures[13] = 3  # one delivery is two tries, so this needs a second delivery
    async with rig.running():
        await rig.fill(13)
        await rig.applied(1)
        assert await rig.bus.dead_letters(rig.consumer) == []
    assert rig.does.failures[13] == 0


async def test_a_handler_that_never_works_ends_dead_after_its_deliveries(rig: Rig) -> None:
    rig.does.failures[13] = 1_000
    event_id = await rig.fill(13)
    async with rig.running():
        await rig.dead(1)
        letter = (await rig.bus.dead_letters(rig.consumer))[0]
    assert letter.event_id == event_id
    assert letter.type == "alpha.basket.filled.v1"
    assert letter.attempts == rig.consumer.retry.deliveries
    assert letter.error == "ArithmeticError"
    tries = 1_000 - rig.does.failures[13]
    assert tries == rig.consumer.retry.tries * rig.consumer.retry.deliveries


@pytest.mark.parametrize("data", [b'{"amount":"many"}', b"{}", b"[]"])
async def test_data_that_the_consumer_cannot_read_is_dead_at_once(rig: Rig, data: bytes) -> None:
    basket, event_id = uuid7(), uuid7()
    async with rig.alpha.transaction() as session:
        await (await driver(session)).execute(
            "INSERT INTO outbox (id, type, subject, sequence, data) VALUES ($1, $2, $3, 1, $4)",
            event_id, "alpha.basket.filled.v1", basket, data.decode(),
        )  # fmt: skip
    async with rig.running():
        await rig.dead(1)
        letter = (await rig.bus.dead_letters(rig.consumer))[0]
    assert (letter.event_id, letter.attempts) == (event_id, 1)
    assert letter.error.startswith("ValidationError")
    assert b"many" not in letter.error.encode()  # an error never repeats a value
    assert rig.does.batches == []


async def test_a_permanent_failure_is_dead_at_once(rig: Rig) -> None:
    rig.does.refused.add(13)
    await rig.fill(13)
    async with rig.running():
        await rig.dead(1)
        assert (await rig.bus.dead_letters(rig.consumer))[0].attempts == 1
    assert rig.does.batches == [1]


async def test_a_replayed_dead_letter_keeps_its_id_and_is_applied(rig: Rig) -> None:
    rig.does.refused.update({13, 14})
    first, second = await rig.fill(13), await rig.fill(14)
    async with rig.running():
        await rig.dead(2)
        rig.does.refused.clear()
        assert await rig.bus.replay(rig.consumer, event_id=uuid7()) == 0
        assert await rig.bus.replay(rig.consumer, event_id=second) == 1
        await rig.applied(1)
        letters = await rig.bus.dead_letters(rig.consumer)
        assert [letter.event_id for letter in letters] == [first]
        assert await rig.bus.replay(rig.consumer) == 1
        await rig.applied(2)
        await rig.dead(0)
    inbox = await rig.rows(rig.beta, "SELECT event_id FROM inbox")
    assert {row["event_id"] for row in inbox} == {first, second}


async def test_invariant_4_a_late_event_never_overwrites_a_newer_state(rig: Rig) -> None:
    basket = uuid7()
    rig.consumer = replace(rig.consumer, retry=replace(rig.consumer.retry, deliveries=1_000))
    if isinstance(rig.bus, InProcessBus):
        rig.bus = InProcessBus([rig.consumer])
    rig.does.failures[1] = 1_000  # the older event fails until the newer one is applied, so that it is late

    async def failed_for_now() -> bool:
        return rig.does.failures[1] < 1_000

    async with rig.running():
        await rig.fill(1, basket=basket, sequence=1)
        await until(failed_for_now)
        await rig.fill(2, basket=basket, sequence=2)
        await rig.applied(1)
        rig.does.failures[1] = 0
        await rig.applied(2)
    assert await rig.amounts() == [2, 1]
    rows = await rig.rows(rig.beta, "SELECT sequence, amount FROM baskets")
    assert [tuple(row) for row in rows] == [(2, 2)]


async def test_an_event_that_commits_after_a_later_one_was_published_is_published_too(rig: Rig) -> None:
    async with rig.running():
        async with rig.alpha.transaction() as slow:
            await outbox.add(slow, BasketFilled(amount=1), subject=uuid7(), sequence=1)
            await rig.fill(2)
            await rig.applied(1)
        await rig.applied(2)
    assert await rig.amounts() == [2, 1]


async def test_events_of_a_subject_arrive_in_their_order_in_batches(rig: Rig) -> None:
    baskets = [uuid7() for _ in range(10)]
    async with rig.alpha.transaction() as session:
        for sequence in range(1, 101):
            for basket in baskets:
                await outbox.add(session, BasketFilled(amount=sequence), subject=basket, sequence=sequence)
    async with rig.running():
        await rig.applied(1_000)
    rows = await rig.rows(rig.beta, "SELECT basket, sequence FROM effects ORDER BY n")
    for basket in baskets:
        assert [row["sequence"] for row in rows if row["basket"] == basket] == list(range(1, 101))
    assert max(rig.does.batches) <= BATCH
    assert len(rig.does.batches) < 200  # not one by one
    assert sum(rig.does.batches) == 1_000


async def test_only_one_of_two_relays_is_at_work(rig: Rig) -> None:
    rig.attach()
    await rig.fill_many(range(20))
    entered, go = asyncio.Event(), asyncio.Event()

    class SlowBus(DyingBus):
        async def publish(self, envelopes: Sequence[Envelope]) -> None:
            entered.set()
            await go.wait()
            await self.bus.publish(envelopes)

    first = asyncio.create_task(relay.publish(rig.alpha, SlowBus(rig)))
    await entered.wait()
    second = Database(rig.alpha.url, application_name="second relay")
    assert await relay.publish(second, rig.bus) == 0
    go.set()
    assert await first == 20
    assert await relay.publish(second, rig.bus) == 0
    await second.close()


async def test_two_relays_at_once_publish_each_event_once(rig: Rig) -> None:
    published: Counter[UUID] = Counter()

    class CountingBus(DyingBus):
        async def publish(self, envelopes: Sequence[Envelope]) -> None:
            published.update(envelope.id for envelope in envelopes)
            await self.bus.publish(envelopes)

    stop = asyncio.Event()
    second = Database(rig.alpha.url, application_name="second relay")
    async with rig.running(), asyncio.TaskGroup() as group:
        await rig.applied(0)
        group.create_task(relay.run(second, CountingBus(rig), stop=stop))
        for start in range(0, 500, 50):
            await rig.fill_many(range(start, start + 50))
        await rig.applied(500)
        stop.set()
    await second.close()
    assert sorted(await rig.amounts()) == list(range(500))
    assert all(times == 1 for times in published.values())


async def test_an_event_that_nobody_consumes_is_published(rig: Rig) -> None:
    async with rig.alpha.transaction() as session:
        await outbox.add(session, BasketEmptied(reason="sold"), subject=uuid7(), sequence=2)
    rig.attach()
    assert await relay.publish(rig.alpha, rig.bus) == 1
    assert await rig.unpublished() == 0


async def test_an_event_that_reaches_no_consumer_stays_in_the_outbox(
    rig: Rig, without_topology: None
) -> None:
    assert without_topology is None
    await rig.fill(3)
    with pytest.raises(NotPublished) as raised:
        await relay.publish(rig.alpha, rig.bus)
    assert [type(error).__name__ for error in raised.value.failures.values()] == ["Unroutable"]
    assert await rig.unpublished() == 1
    await rig.bus.close()
    if rig.amqp_url is not None:  # as an administrator does: before the relay, which would publish past it
        await declare_all(rig.amqp_url, [rig.consumer])
    async with rig.running():
        await rig.applied(1)
    assert await rig.amounts() == [3]


def times_away(rig: Rig) -> float:
    name = "chumchon_events_database_away_total"
    return REGISTRY.get_sample_value(name, {"consumer": rig.consumer.name}) or 0


async def away_again(rig: Rig, times: float) -> bool:
    return times_away(rig) >= times


async def test_an_event_waits_for_a_database_that_is_away(rig: Rig) -> None:
    owner = await asyncpg.connect(rig.admin_url)

    async def beta_has_no_connection() -> bool:
        rows = await owner.fetch("SELECT 1 FROM pg_stat_activity WHERE usename = 'beta_app'")
        return not rows

    async with rig.running():
        await rig.fill(1)
        await rig.applied(1)
        try:
            await owner.execute("ALTER ROLE beta_app NOLOGIN")
            await owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'beta_app'"
            )
            await until(beta_has_no_connection)
            await rig.fill(2)
            before = times_away(rig)
            await until(lambda: away_again(rig, before + 3))  # more often than an event may fail
        finally:
            await owner.execute("ALTER ROLE beta_app LOGIN")
        await rig.applied(2)
        assert await rig.bus.dead_letters(rig.consumer) == []
    await owner.close()
    assert await rig.amounts() == [1, 2]


async def test_an_event_caused_by_an_event_names_it_and_continues_its_story(rig: Rig) -> None:
    async def empty(session: AsyncSession, event: Received[Filled]) -> None:
        await outbox.add(session, BasketEmptied(reason="full"), subject=event.subject, sequence=2)

    rig.does.emits = empty
    handlers = {"alpha.basket.filled.v1": Handler(Filled, rig.does.on_filled, emits=True)}
    rig.consumer = replace(rig.consumer, handlers=handlers)
    if isinstance(rig.bus, InProcessBus):
        rig.bus = InProcessBus([rig.consumer])
    request = context.request_id.set("request-1")
    trace = context.traceparent.set("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    causes = [await rig.fill(amount) for amount in (1, 2, 3)]
    context.request_id.reset(request)
    context.traceparent.reset(trace)
    async with rig.running():
        await rig.applied(3)
    rows = await rig.rows(rig.beta, "SELECT causation_id, correlation_id, traceparent FROM outbox")
    assert {row["causation_id"] for row in rows} == set(causes)
    assert {row["correlation_id"] for row in rows} == {"request-1"}
    assert {row["traceparent"] for row in rows} == {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    assert rig.does.batches == [1, 1, 1]
