"""Messages delivered: to a folder, to a webhook that is really there, tried again, replayed."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from funds.notifications import service
from funds.notifications.adapters import Folder, NotDelivered, Webhook
from funds.notifications.rules import PAUSES, Purpose, pause, sign
from funds.reminders import service as reminders
from shared.db import Database
from shared.ids import uuid7
from shared.testing.look import rows
from tests.factories import a_fund, a_loan

DUE = date(2026, 3, 31)
AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of the tests").decode()


@dataclass
class Receiver:
    """A small HTTP server that answers what it is told and keeps what it got."""

    answers: list[bytes] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.answers.pop(0) if self.answers else b"200 OK"
        extra = b"Location: /elsewhere\r\n" if status.startswith(b"3") else b""
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + extra + b"Content-Length: 5\r\n\r\ntaken")
        await writer.drain()
        writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made.url = f"http://127.0.0.1:{port}/notices?from=funds"
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def reminder_id(database: Database) -> UUID:
    """Let a reminder's moment come."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=50_000_000)
        await a_loan(session, fund, terms={"first_due": DUE})
    await reminders.work(database, now=AT)
    (row,) = await rows(database, "SELECT id FROM reminders WHERE state = 'sent'")
    found: UUID = row["id"]
    return found


async def attempts(database: Database) -> list[tuple[bool, int | None, str | None]]:
    found = await rows(database, "SELECT ok, status, error FROM notification_attempts ORDER BY attempt")
    return [(row["ok"], row["status"], row["error"]) for row in found]


async def state(database: Database) -> tuple[str, int]:
    (row,) = await rows(database, "SELECT state, attempts FROM notifications")
    return row["state"], row["attempts"]


async def test_a_file_holds_the_message_and_its_proof_is_the_files_own_hash(
    database: Database, reminder_id: UUID, tmp_path: Path
) -> None:
    assert await service.work(database, Folder(tmp_path / "notices"), now=AT) == 1
    (file,) = (tmp_path / "notices").iterdir()
    message = json.loads(file.read_bytes())
    assert message["data"]["subject_id"] == str(reminder_id)
    assert message["data"]["days"] == 30
    assert "31 มีนาคม 2569" in message["data"]["text"]["th"]
    assert len(message["data"]["recipients"]) == 5
    (row,) = await rows(database, "SELECT adapter, proof FROM notification_attempts")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (row["adapter"], row["proof"]) == ("file", f"{file.name} sha256:{digest}")
    assert await state(database) == ("delivered", 1)


async def test_nothing_of_a_person_is_kept_with_the_message(database: Database, reminder_id: UUID) -> None:
    del reminder_id
    (row,) = await rows(database, "SELECT message::text AS said FROM notifications")
    assert "name" not in row["said"]
    assert "phone" not in row["said"]
    events = await rows(database, "SELECT data::text AS said FROM outbox WHERE type LIKE 'funds.reminder%'")
    assert all("มาลี" not in row["said"] for row in events)


async def test_a_webhook_gets_the_message_signed(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    assert await service.work(database, Webhook(receiver.url, SECRET, allow_private=True), now=AT) == 1
    headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(b"a key of the tests", signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    (row,) = await rows(database, "SELECT id FROM notifications")
    assert headers["webhook-id"] == str(row["id"])
    assert await attempts(database) == [(True, 200, None)]
    (tried,) = await rows(database, "SELECT proof FROM notification_attempts")
    assert tried["proof"] == "taken"


async def test_a_receiver_that_fails_is_tried_again_after_growing_pauses(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    receiver.answers = [b"503 Busy", b"500 Broken"]
    hook, now = Webhook(receiver.url, SECRET, allow_private=True), AT
    assert await service.work(database, hook, now=now) == 0
    assert await service.work(database, hook, now=now + timedelta(seconds=PAUSES[0] - 1)) == 0
    assert len(receiver.got) == 1
    now += timedelta(seconds=PAUSES[0])
    assert await service.work(database, hook, now=now) == 0
    now += timedelta(seconds=PAUSES[1])
    assert await service.work(database, hook, now=now) == 1
    assert await attempts(database) == [
        (False, 503, "refused"),
        (False, 500, "refused"),
        (True, 200, None),
    ]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1


async def test_after_the_last_attempt_a_message_waits_for_a_replay(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    receiver.answers = [b"500 Broken"] * (len(PAUSES) + 1)
    hook, now = Webhook(receiver.url, SECRET, allow_private=True), AT
    for wait in (*PAUSES, 0):
        await service.work(database, hook, now=now)
        now += timedelta(seconds=wait)
    assert await state(database) == ("failed", len(PAUSES) + 1)
    async with database.transaction() as session:
        await service.replay(session, Purpose.REMINDER, reminder_id, now=now)
    assert await service.work(database, hook, now=now) == 1
    assert (await state(database))[0] == "delivered"


async def test_a_receiver_that_is_gone_is_not_asked_again(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    receiver.answers = [b"410 Gone"]
    await service.work(database, Webhook(receiver.url, SECRET, allow_private=True), now=AT)
    assert await state(database) == ("failed", 1)


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [b"302 Found"]
    with pytest.raises(NotDelivered) as refused:
        await Webhook(receiver.url, SECRET, allow_private=True).send(uuid7(), b"{}", now=AT)
    assert refused.value.status == 302
    assert len(receiver.got) == 1


@pytest.mark.parametrize("make", [lambda url: url, lambda url: url.replace("http://", "https://")])
async def test_addresses_inside_are_refused(receiver: Receiver, make: Callable[[str], str]) -> None:
    with pytest.raises(NotDelivered, match="address_refused"):
        await Webhook(make(receiver.url), SECRET).send(uuid7(), b"{}", now=AT)
    assert receiver.got == []


async def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotDelivered) as failed:
        await Webhook(f"http://127.0.0.1:{port}/", SECRET, allow_private=True).send(uuid7(), b"{}", now=AT)
    assert not failed.value.final


async def test_a_message_is_in_one_workers_hands_at_a_time(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    hook = Webhook(receiver.url, SECRET, allow_private=True)
    delivered: list[Any] = await asyncio.gather(*(service.work(database, hook, now=AT) for _ in range(5)))
    assert sum(delivered) == 1
    assert len(receiver.got) == 1


async def test_without_a_way_out_messages_wait(database: Database, reminder_id: UUID) -> None:
    del reminder_id
    assert await service.work(database, None, now=AT) == 0
    assert await state(database) == ("waiting", 0)


def test_the_signature_is_the_one_of_the_published_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the Standard Webhooks documents
    body = b'{"test": 2432232314}'
    signature = sign(secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_grow_and_end() -> None:
    waits = [pause(number) for number in range(1, len(PAUSES) + 1)]
    assert all(one is not None for one in waits)
    assert pause(len(PAUSES) + 1) is None
    assert list(PAUSES) == sorted(PAUSES)
