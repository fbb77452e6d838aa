"""Invariant 3: an acknowledged write survives kill -9 of any process; its event is applied exactly once."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import psutil
import pytest

from embedded.trial import Trial
from funds.worker import CONSUMERS
from shared.db import driver_dsn
from shared.ids import uuid7
from shared.testing.messaging import until
from tools.demo import feed
from tools.demo.api import House

SERVERS = ("postgres", "postgres backend", "broker")  # as `victims` names them
KILLS = 26
KILLS_EACH = 3
SETTLE_SECONDS = 90
WRITERS = 4
DRAW = random.SystemRandom()
PAUSE = (0.3, 2.0)  # seconds between two kills, so that they hit start-up, work and recovery
AWAY = {502, 503, 504}  # the gateway's or a service's word for: not now
TOLD_TWICE = (
    "SELECT subject::uuid FROM outbox WHERE type = 'households.household.registered.v1' "
    "GROUP BY subject HAVING count(*) > 1"
)
DATA = Path(__file__).resolve().parents[1] / "data" / "feed" / "clean"

Body = dict[str, object]

pytestmark = pytest.mark.timeout(300)


class Writers:
    """Clients that register households as fast as they get answers, and remember what was acknowledged."""

    def __init__(self, house: House, villages: list[str]) -> None:
        self._house = house
        self._villages = villages
        self.acknowledged: list[UUID] = []
        self.failures: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.stop = asyncio.Event()

    async def run(self) -> None:
        """Write until `stop` is set; a write under way is brought to its end."""
        async with (
            httpx.AsyncClient(base_url=self._house.base, timeout=10) as http,
            asyncio.TaskGroup() as tasks,
        ):
            for _ in range(WRITERS):
                tasks.create_task(self._write(http))

    async def _write(self, http: httpx.AsyncClient) -> None:
        while not self.stop.is_set():
            household = uuid7()
            body: Body = {
                "id": str(household),
                "village_code": DRAW.choice(self._villages),
                "house_no": f"{DRAW.randrange(900)}",
                "members": [{"relation": "head", "person": {"first_name": "บุญมี", "last_name": "ทดสอบ"}}],
            }
            await self._until_acknowledged(http, body, key=uuid7().hex)
            self.acknowledged.append(household)

    async def _until_acknowledged(
        self, http: httpx.AsyncClient, body: dict[str, object], *, key: str
    ) -> None:
        """Send one write until it is acknowledged: the same body under the same key is applied once."""
        while True:
            try:
                token = await asyncio.to_thread(self._house.client.token)
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                answer = await http.post("/v1/households", json=body, headers=headers)
            except (httpx.HTTPError, OSError) as error:
                self.failures[type(error).__name__] += 1
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == httpx.codes.CREATED:
                return
            self._judge(answer)
            await asyncio.sleep(0.05)

    def _judge(self, answer: httpx.Response) -> None:
        """Note a refusal: right is an outage, or that the first try of the same request still runs."""
        self.failures[str(answer.status_code)] += 1
        problem = answer.headers.get("content-type") == "application/problem+json"
        again = answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or "retry-after" in answer.headers
        if answer.status_code not in {*AWAY, httpx.codes.CONFLICT} or not problem or not again:
            self.wrong.append(f"{answer.status_code} {answer.text}")


def victims(running: Trial) -> dict[str, list[psutil.Process]]:
    """Return the living processes of the house by their kind: ours by name, and those of the two servers."""
    found = {
        name: [psutil.Process(pid)] for name, pid in running.processes().items() if psutil.pid_exists(pid)
    }
    children = running.process().children()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            name = child.name()
            below = child.children(recursive=True)
            if name == "postgres":
                found["postgres"] = [child]
                found["postgres backend"] = below
            elif "rabbitmq" in name:
                found["broker's start script"] = [child]
                found["broker"] = [one for one in below if "beam" in one.name()]
            elif name == "epmd":
                found["broker's epmd"] = [child]
    return found


def order(kinds: set[str]) -> list[str]:
    """Return what to kill, one after the other: every kind of process, each server several times."""
    drawn = [*kinds, *SERVERS * (KILLS_EACH - 1)]
    drawn += DRAW.choices(sorted(kinds), k=KILLS - len(drawn))
    DRAW.shuffle(drawn)
    return drawn


async def kill_at_random(running: Trial, writers: Writers) -> Counter[str]:
    """Kill processes of every kind at random moments; return how often each was hit."""
    hit: Counter[str] = Counter()
    kinds = set(await asyncio.to_thread(victims, running))
    for kind in order(kinds):
        await asyncio.sleep(DRAW.uniform(*PAUSE))

        async def killed(kind: str = kind) -> bool:  # it may be gone just now: its last kill was a moment ago
            one = (await asyncio.to_thread(victims, running)).get(kind)
            with contextlib.suppress(psutil.NoSuchProcess):
                if one:
                    DRAW.choice(one).kill()
                    return True
            return False

        await until(killed, seconds=SETTLE_SECONDS)
        hit[kind] += 1
    writers.stop.set()
    return hit


async def column(running: Trial, member: str, statement: str) -> set[UUID]:
    """Return the ids that a statement finds in a member's schema."""
    connection = await asyncpg.connect(driver_dsn(running.database_url(member)))
    try:
        return {row[0] for row in await connection.fetch(statement)}
    finally:
        await connection.close()


async def settled(running: Trial) -> None:
    """Wait until the house is well and every event that funds consumes is published and applied there."""

    async def well() -> bool:
        return await asyncio.to_thread(running.well)

    await until(well, seconds=SETTLE_SECONDS)
    types = list(CONSUMERS[0].handlers)
    told = f"SELECT id FROM outbox WHERE type = ANY(ARRAY{types})"

    async def both_agree() -> bool:
        applied = await column(running, "funds", "SELECT event_id FROM inbox")
        return await column(running, "households", told) == applied

    await until(both_agree, seconds=SETTLE_SECONDS)


def prepare(house: House) -> list[str]:
    """Import the sample survey, so that there are villages; return their codes."""
    edition_id = feed.open_edition(house.client, year=2565)
    for name in feed.FILES:
        feed.send_file(house.client, edition_id, DATA / name)
    feed.import_edition(house.client, edition_id)
    return sorted({household["village_code"] for household in house.client.every("/v1/households")})


async def test_no_acknowledged_write_and_no_event_is_lost_by_kill_9(
    running: Trial, house: House, record_property: Callable[[str, object], None]
) -> None:
    writers = Writers(house, await asyncio.to_thread(prepare, house))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writers.run())
        killing = tasks.create_task(kill_at_random(running, writers))
    hit = killing.result()
    record_property("kills", dict(hit))
    record_property("acknowledged", len(writers.acknowledged))
    record_property("tried again", dict(writers.failures))
    assert not writers.wrong, writers.wrong[:3]

    await settled(running)
    acknowledged = set(writers.acknowledged)
    assert hit.total() == KILLS
    assert all(hit[server] >= KILLS_EACH for server in SERVERS), hit
    assert len(acknowledged) > KILLS
    assert acknowledged <= await column(running, "households", "SELECT id FROM households")
    assert acknowledged <= await column(running, "funds", "SELECT household_id FROM known_households")
    assert not await column(running, "households", TOLD_TWICE)


async def test_nothing_is_lost_when_the_launcher_itself_is_killed(running: Trial) -> None:
    before = await column(running, "households", "SELECT id FROM households")
    running.kill()
    await asyncio.to_thread(running.start)
    assert await column(running, "households", "SELECT id FROM households") == before
    await settled(running)
