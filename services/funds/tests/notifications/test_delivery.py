"""Messages delivered: to a folder, to a webhook that is really there, tried again, replayed."""

import asyncio
import base64
import contextlib
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

from funds.deaths import service as deaths
from funds.known_households.rules import Death
from funds.loans import queries as loan_queries
from funds.loans import service as loans
from funds.loans.service import Answerable
from funds.notifications import service
from funds.notifications.adapters import Folder, NotDelivered, Proof, Webhook
from funds.notifications.rules import PAUSES, Message, Purpose, pause, sign
from funds.notifications.service import AT_ONCE
from funds.reminders import service as reminders
from shared.db import Database, driver
from shared.ids import uuid7
from shared.testing.look import rows
from tests.factories import OFFICER, a_fund, a_loan

DUE = date(2026, 3, 31)
AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of the tests").decode()


@dataclass
class Receiver:
    """A small HTTP server that answers what it is told and keeps what it got."""

    answers: list[bytes] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    waits_for: int = 1
    """It answers nobody before so many are there."""
    here: int = 0
    most: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def let_go(self) -> None:
        """Answer whoever waits, and wait until she has left."""
        async with self.changed:
            self.waits_for = 0
            self.changed.notify_all()
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: self.here == 0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        async with self.changed:
            self.here += 1
            self.most = max(self.most, self.here)
            self.changed.notify_all()
            await self.changed.wait_for(lambda: self.most >= self.waits_for)
            self.here -= 1
            self.changed.notify_all()
        status = self.answers.pop(0) if self.answers else b"200 OK"
        extra = b"Location: /elsewhere\r\n" if status.startswith(b"3") else b""
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + extra + b"Content-Length: 5\r\n\r\ntaken")
        with contextlib.suppress(ConnectionError):  # she has left
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
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, never listening: every connection is refused
        address = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(NotDelivered) as failed:
            await Webhook(address, SECRET, allow_private=True).send(uuid7(), b"{}", now=AT)
    assert not failed.value.final


async def test_a_message_is_in_one_workers_hands_at_a_time(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    hook = Webhook(receiver.url, SECRET, allow_private=True)
    delivered: list[Any] = await asyncio.gather(*(service.work(database, hook, now=AT) for _ in range(5)))
    assert sum(delivered) == 1
    assert len(receiver.got) == 1


@pytest.fixture
async def forty_messages(database: Database) -> None:
    """Write forty messages about a loan: more than are claimed together."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=30_000_000)
        loan = await loan_queries.locked(session, await a_loan(session, fund))
        assert loan is not None
        facts = {
            "loan_id": str(loan.id), "contract_no": loan.contract_no, "instalment": 1, "days": 30,
            "due_on": DUE.isoformat(), "amount": "1.00",
        }  # fmt: skip
        about = (fund.id, fund.area_code, loan.borrower_kind, loan.borrower_id, facts)
        messages = [Message(Purpose.REMINDER, uuid7(), *about) for _ in range(40)]
        await service.add(session, messages, now=AT)


@pytest.mark.usefixtures("forty_messages")
async def test_messages_go_out_eight_at_a_time_each_once(database: Database, receiver: Receiver) -> None:
    receiver.waits_for = AT_ONCE
    hook = Webhook(receiver.url, SECRET, allow_private=True)
    assert await asyncio.wait_for(service.work(database, hook, now=AT), 30) == 40
    assert receiver.most == AT_ONCE
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == len(receiver.got) == 40
    tried = await rows(database, "SELECT DISTINCT ok, attempt, proof FROM notification_attempts")
    assert [(row["ok"], row["attempt"], row["proof"]) for row in tried] == [(True, 1, "taken")]
    assert await service.work(database, hook, now=AT + timedelta(days=9)) == 0


@pytest.mark.usefixtures("forty_messages")
async def test_what_one_message_meets_stops_no_other(database: Database, receiver: Receiver) -> None:
    receiver.answers = [b"500 Broken", b"410 Gone"]
    hook = Webhook(receiver.url, SECRET, allow_private=True)
    assert await service.work(database, hook, now=AT) == 38
    left = await rows(database, "SELECT state FROM notifications WHERE state <> 'delivered' ORDER BY state")
    assert [row["state"] for row in left] == ["failed", "waiting"]
    assert await service.work(database, hook, now=AT + timedelta(seconds=PAUSES[0])) == 1
    assert len(receiver.got) == 41


@dataclass
class Faulty:
    """A way out with a fault of its own for one of the messages."""

    folder: Folder
    name: str = "faulty"
    sent: int = 0

    async def send(self, message_id: UUID, body: bytes, *, now: datetime) -> Proof:
        self.sent += 1
        if self.sent == 1:
            raise ZeroDivisionError
        return await self.folder.send(message_id, body, now=now)


@pytest.mark.usefixtures("forty_messages")
async def test_a_fault_in_the_way_out_is_an_attempt_that_failed(database: Database, tmp_path: Path) -> None:
    assert await service.work(database, Faulty(Folder(tmp_path)), now=AT) == 39
    (row,) = await rows(database, "SELECT attempt, error, proof FROM notification_attempts WHERE NOT ok")
    assert tuple(row) == (1, "ZeroDivisionError", None)
    assert await service.work(database, Folder(tmp_path), now=AT + timedelta(seconds=PAUSES[0])) == 1
    assert len(list(tmp_path.iterdir())) == 40


@pytest.mark.usefixtures("forty_messages")
async def test_a_worker_killed_before_its_proofs_are_kept_delivers_the_same_messages_again(
    database: Database, receiver: Receiver
) -> None:
    hook = Webhook(receiver.url, SECRET, allow_private=True)

    async def killed() -> None:
        async with database.transaction() as session:
            assert all(await service.deliver_some(session, hook, now=AT))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await killed()
    first = {headers["webhook-id"]: body for headers, body in receiver.got}
    assert await service.work(database, hook, now=AT) == 40
    again = receiver.got[len(first) :]
    assert len(again) == len({headers["webhook-id"] for headers, _ in again}) == 40
    assert all(first.get(headers["webhook-id"], body) == body for headers, body in again)


async def test_a_receiver_that_never_ends_is_left_at_the_deadline(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    receiver.waits_for = 2  # nobody else comes
    hook = Webhook(receiver.url, SECRET, allow_private=True, deadline=0.2)
    assert await asyncio.wait_for(service.work(database, hook, now=AT), 10) == 0
    assert await attempts(database) == [(False, None, "TimeoutError")]
    assert await state(database) == ("waiting", 1)
    await receiver.let_go()


async def test_a_message_put_off_by_a_clock_that_was_ahead_is_not_kept_waiting(
    database: Database, reminder_id: UUID, receiver: Receiver
) -> None:
    del reminder_id
    receiver.answers = [b"500 Broken"]
    hook = Webhook(receiver.url, SECRET, allow_private=True)
    assert await service.work(database, hook, now=AT + timedelta(days=300)) == 0
    assert await service.work(database, hook, now=AT) == 1


async def test_who_answers_after_a_death_gets_the_message_and_the_dead_do_not(
    database: Database, reminder_id: UUID, tmp_path: Path
) -> None:
    async def people() -> list[dict[str, Any]]:
        async with database.transaction() as session:
            await service.replay(session, Purpose.REMINDER, reminder_id, now=AT)
        assert await service.work(database, Folder(tmp_path), now=AT) == 1
        (file,) = tmp_path.iterdir()
        found: list[dict[str, Any]] = json.loads(file.read_bytes())["data"]["recipients"]
        return found

    group = await people()
    (loan,) = await rows(database, "SELECT id FROM loans")
    async with database.transaction() as session:
        person_id = await (await driver(session)).fetchval(
            "SELECT person_id FROM fund_members WHERE id = $1", UUID(group[0]["member_id"])
        )
        await deaths.take_notice(session, [Death(person_id, 1, None, "", date(2026, 2, 1))], now=AT)
    assert [one["member_id"] for one in await people()] == [one["member_id"] for one in group[1:]]
    async with database.transaction() as session:
        await (await driver(session)).execute(
            "UPDATE borrower_deaths SET state = 'proposed', decision = 'mistake', proposed_by = 'user:a'"
        )
    assert [one["member_id"] for one in await people()] == [one["member_id"] for one in group[1:]]
    heir = {"member_id": None, "name": "นายสมชาย สายทอง", "phone": "0812345678"}
    async with database.transaction() as session:
        await (await driver(session)).execute(
            "UPDATE borrower_deaths SET state = 'decided', decision = 'heirs', answerable = $1, "
            "answerable_phone = $2, proposed_by = 'user:a', decided_by = 'user:b', decided_at = $3",
            heir["name"], heir["phone"], AT,
        )  # fmt: skip
    found = await people()  # of the dead member's part
    assert (found[-1], [one["member_id"] for one in found[:-1]]) == (
        heir,
        [one["member_id"] for one in group[1:]],
    )
    son = Answerable("heirs", "นายสมหมาย สายทอง", UUID(group[1]["member_id"]), phone="0899999999")
    by: dict[str, Any] = {"loan_id": loan["id"], "on": date(2026, 2, 20), "actor": OFFICER, "now": AT}
    async with database.transaction() as session:
        await loans.answer(session, who=son, **by)
    assert await people() == [{**group[1], "phone": group[1]["phone"] or "0899999999"}]


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
