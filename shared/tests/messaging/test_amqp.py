"""What only a broker can do to us: go away, come back, refuse, cancel, and hold what is no event."""

import asyncio
from collections.abc import AsyncIterator

import aio_pika
import orjson
import pytest
from aio_pika.exceptions import ChannelClosed

from shared import relay
from shared.bus import AmqpBus, NotPublished, topology
from shared.bus.amqp import declare_all
from shared.consumers import Consumer, Handler
from shared.servers.rabbitmq import PrivateRabbit
from shared.testing.messaging import until

from .conftest import Beta, Filled, Rig


async def test_events_survive_a_broker_that_crashes_and_comes_back(amqp: Rig, rabbit: PrivateRabbit) -> None:
    # RabbitMQ 3.10 forgets a queue declared less than a second before it crashes; ours stand for months.
    await asyncio.to_thread(rabbit.control, "eval", "[dets:sync(T) || T <- dets:all()].")
    async with amqp.running():
        await amqp.fill_many(range(300))
        await amqp.applied(100)
        await asyncio.to_thread(rabbit.kill)
        await amqp.fill_many(range(300, 400))
        await asyncio.to_thread(rabbit.start)
        await amqp.fill_many(range(400, 500))
        await amqp.applied(500)
    assert sorted(await amqp.amounts()) == list(range(500))
    assert await amqp.unpublished() == 0


async def test_lost_connections_come_back(amqp: Rig, rabbit: PrivateRabbit) -> None:
    async with amqp.running():
        for start in (0, 100, 200):
            await amqp.fill_many(range(start, start + 100))
            await amqp.applied(start + 50)
            await asyncio.to_thread(rabbit.control, "close_all_connections", "a test")
        await amqp.fill(300)
        await amqp.applied(301)
    assert sorted(await amqp.amounts()) == list(range(301))


async def test_a_consumer_whose_queue_was_deleted_declares_it_and_consumes_again(amqp: Rig) -> None:
    async with amqp.running():
        await amqp.fill(1)
        await amqp.applied(1)
        async with await aio_pika.connect(amqp.amqp_url) as connection:
            channel = await connection.channel()
            await channel.queue_delete(amqp.consumer.queue)
            await until(lambda: has_consumer(connection, amqp.consumer.queue))
        await amqp.fill(2)
        await amqp.applied(2)
    assert await amqp.amounts() == [1, 2]


async def has_consumer(connection: aio_pika.abc.AbstractConnection, queue: str) -> bool:
    channel = await connection.channel()
    try:
        found = await channel.declare_queue(queue, passive=True)
    except ChannelClosed:
        return False
    await channel.close()
    return bool(found.declaration_result.consumer_count)


async def test_bytes_that_are_no_envelope_are_dead_at_once_and_hold_nothing_back(amqp: Rig) -> None:
    async with amqp.running(), await aio_pika.connect(amqp.amqp_url) as connection:
        channel = await connection.channel()
        events = await channel.get_exchange(topology.EVENTS)
        await events.publish(aio_pika.Message(b"\xff not an event"), "alpha.basket.filled.v1")
        await amqp.fill(1)
        await amqp.applied(1)
        await amqp.dead(1)
        letter = (await amqp.bus.dead_letters(amqp.consumer))[0]
        assert (letter.event_id, letter.type, letter.error) == (None, None, "InvalidEnvelope")
        assert letter.body == b"\xff not an event"
        assert await amqp.bus.replay(amqp.consumer) == 1
        await amqp.dead(1)  # as dead as before, not lost


async def test_listing_dead_letters_leaves_them_in_their_order(amqp: Rig) -> None:
    amqp.does.refused.update(range(30))
    await amqp.fill_many(range(30))
    async with amqp.running():
        await amqp.dead(30)
    for _ in range(25):  # RabbitMQ 4 would bury a message that is returned 20 times
        letters = await amqp.bus.dead_letters(amqp.consumer, limit=10)
    assert len(letters) == 10
    everything = await amqp.bus.dead_letters(amqp.consumer, limit=100)
    amounts = [orjson.loads(letter.body)["data"]["amount"] for letter in everything]
    assert sorted(amounts) == list(range(30))


async def test_dead_letters_are_back_in_their_queue_when_a_look_at_them_returns(amqp: Rig) -> None:
    amqp.does.refused.update(range(30))
    await amqp.fill_many(range(30))
    async with amqp.running():
        await amqp.dead(30)
    async with await aio_pika.connect(amqp.amqp_url) as connection:
        channel = await connection.channel()
        for _ in range(10):
            await amqp.bus.dead_letters(amqp.consumer)
            queue = await channel.declare_queue(topology.dead_queue(amqp.consumer), passive=True)
            assert queue.declaration_result.message_count == 30


async def test_declaring_again_changes_nothing(amqp: Rig) -> None:
    await amqp.fill(1)
    assert amqp.amqp_url is not None
    async with amqp.running():
        await declare_all(amqp.amqp_url, [amqp.consumer])
        await amqp.applied(1)


async def test_a_second_worker_stands_by_and_takes_over(amqp: Rig) -> None:
    assert amqp.amqp_url is not None
    second = AmqpBus(amqp.amqp_url, name="second")
    first_stop, second_stop = asyncio.Event(), asyncio.Event()
    async with amqp.running(), asyncio.TaskGroup() as group:
        group.create_task(second.consume([amqp.consumer], amqp.beta, stop=second_stop))
        await amqp.fill_many(range(100))
        await amqp.applied(100)
        group.create_task(amqp.bus.consume([amqp.consumer], amqp.beta, stop=first_stop))
        first_stop.set()
        await amqp.fill_many(range(100, 200))
        await amqp.applied(200)
        second_stop.set()
    await second.close()
    assert sorted(await amqp.amounts()) == list(range(200))


@pytest.fixture
async def restricted(rabbit: PrivateRabbit) -> AsyncIterator[Consumer]:
    """Load the definitions of services alpha and beta, each with its own broker user."""
    handlers = {"alpha.basket.filled.v1": Handler(Filled, Beta().on_filled)}
    consumer = Consumer("beta.restricted", handlers)
    document = topology.definitions(["alpha", "beta"], [consumer])
    place = rabbit.data / "definitions.json"
    place.write_bytes(orjson.dumps(document))
    place.chmod(0o644)
    await asyncio.to_thread(rabbit.control, "import_definitions", str(place))
    for user in ("alpha", "beta"):
        await asyncio.to_thread(rabbit.control, "change_password", user, f"{user}-secret")
    yield consumer
    async with await aio_pika.connect(rabbit.url()) as connection:
        channel = await connection.channel()
        for queue in topology.of(consumer).queues:
            await channel.queue_delete(queue.name)


async def test_a_service_publishes_and_consumes_with_its_own_broker_user(
    amqp: Rig, rabbit: PrivateRabbit, restricted: Consumer
) -> None:
    publisher = AmqpBus(rabbit.url(user="alpha", password="alpha-secret"))
    consuming = AmqpBus(rabbit.url(user="beta", password="beta-secret"))
    does = Beta(refused={13})
    consumer = Consumer("beta.restricted", {"alpha.basket.filled.v1": Handler(Filled, does.on_filled)})
    stop = asyncio.Event()
    rig = Rig(amqp.alpha, amqp.beta, amqp.admin_url, consumer, publisher, does)
    assert restricted.queue == consumer.queue
    async with asyncio.TaskGroup() as group:
        group.create_task(consuming.consume([consumer], amqp.beta, stop=stop))
        await rig.fill_many([1, 2, 13])
        await relay.publish(rig.alpha, publisher)
        await rig.applied(2)
        rig.bus = consuming
        await rig.dead(1)
        does.refused.clear()
        assert await consuming.replay(consumer) == 1
        await rig.applied(3)
        stop.set()
    await publisher.close()
    await consuming.close()


@pytest.mark.usefixtures("restricted")
async def test_invariant_5_a_broker_user_writes_only_its_own_keys(rabbit: PrivateRabbit, amqp: Rig) -> None:
    await amqp.fill(1)
    bus = AmqpBus(rabbit.url(user="beta", password="beta-secret"))
    with pytest.raises(NotPublished) as raised:
        await relay.publish(amqp.alpha, bus)
    assert "ACCESS_REFUSED" in repr(raised.value.failures)
    assert await amqp.unpublished() == 1
    await bus.close()


@pytest.mark.usefixtures("restricted")
async def test_a_service_cannot_read_anothers_queues_nor_write_into_them(rabbit: PrivateRabbit) -> None:
    async with await aio_pika.connect(rabbit.url(user="alpha", password="alpha-secret")) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("beta.restricted.v1", ensure=False)
        with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
            await queue.get()
        for exchange in ("", "beta.letters", topology.UNROUTED):
            channel = await connection.channel()
            place = (
                await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
            )
            with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
                await place.publish(aio_pika.Message(b"{}"), "beta.restricted.v1")
        channel = await connection.channel()
        with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
            await channel.queue_delete("beta.restricted.v1")
