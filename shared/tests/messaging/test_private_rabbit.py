"""The private RabbitMQ node."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import aio_pika
import psutil
import pytest
from aio_pika.connection import make_url
from aio_pika.exceptions import ProbableAuthenticationError

from shared.servers.rabbitmq import PrivateRabbit
from shared.testing.messaging import until


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rabbit")  # private to the user: root keeps the node's data elsewhere


async def test_a_node_keeps_its_messages_and_its_address_over_a_killed_owner(folder: Path) -> None:
    first = PrivateRabbit(folder)
    await asyncio.to_thread(first.start)
    async with await aio_pika.connect(first.url()) as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(
            aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), queue.name
        )
    await asyncio.to_thread(first.control, "eval", "[dets:sync(T) || T <- dets:all()].")
    second = PrivateRabbit(folder)  # the first one's process was killed: its node still runs
    await asyncio.to_thread(second.start)
    try:
        assert second.url() == first.url()
        async with await aio_pika.connect(second.url()) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue("kept", passive=True)
            message = await queue.get()
            assert message is not None
            assert message.body == b"kept"
    finally:
        await asyncio.to_thread(second.remove)
        await asyncio.to_thread(first.stop)  # only collects what the second has ended
    assert not second.data.exists()


async def test_only_its_own_user_may_connect_and_only_from_this_machine(rabbit: PrivateRabbit) -> None:
    stranger = aio_pika.Connection(make_url(rabbit.url(user="guest", password="guest")))
    with pytest.raises(ProbableAuthenticationError):
        await stranger.connect()
    await stranger.close()
    port = int(rabbit.url().rpartition(":")[2].strip("/"))
    node = [
        listening.laddr.ip
        for listening in psutil.net_connections("tcp")
        if listening.status == psutil.CONN_LISTEN and listening.laddr.port == port
    ]
    assert node == ["127.0.0.1"]


async def test_the_node_does_not_run_as_root(rabbit: PrivateRabbit) -> None:
    owners = {
        process.username()
        for process in psutil.process_iter()
        if "beam" in process.name() and str(rabbit.data) in " ".join(process.cmdline())
    }
    assert owners
    if os.geteuid() == 0:
        assert "root" not in owners


async def test_the_node_ends_when_its_owner_is_killed(folder: Path) -> None:
    program = (
        "import sys, pathlib; from shared.servers.rabbitmq import PrivateRabbit; "
        "node = PrivateRabbit(pathlib.Path(sys.argv[1])); node.start(); print(node.data, flush=True); "
        "sys.stdin.read()"
    )
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    data = (await owner.stdout.readline()).decode().strip()
    assert runs_in(data)
    owner.kill()
    await owner.wait()
    owner.stdin.close()

    async def ended() -> bool:
        return not await asyncio.to_thread(runs_in, data)

    await until(ended, seconds=60)
    await asyncio.to_thread(PrivateRabbit(folder).remove)


def runs_in(data: str) -> bool:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if "beam" in process.name() and data in process.environ().get("HOME", ""):
                return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
