"""Events from a commit in households to their effect in funds, over a real RabbitMQ.

python -m tools.bench.messaging [--drain 100000] [--seconds 15]

Private PostgreSQL (disks waited for) and private RabbitMQ (quorum queues, persistent, confirmed); both
workers are processes of their own, as in containers. Drain: the outbox holds so many status changes when
the households worker starts; events per second until all are marked published, and until funds has applied
them. Latency: a commit with one event at fixed moments, 200 a second; from the return of the commit to the
commit of funds' transaction (PostgreSQL's commit timestamps, one clock). Sustained: 100 commits a second of
20 events; what funds has applied a second, and the same latency.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from shared import citizen, keyfiles, migrations, outbox
from shared.bus.amqp import declare_all
from shared.consumers import Consumer
from shared.db import Database, driver_dsn
from shared.events import Event
from shared.ids import uuid7
from shared.provision import Passwords, create_database, provision
from shared.servers.postgres import PrivatePostgres
from shared.servers.rabbitmq import PrivateRabbit
from tools.bench import load

PASSWORDS = Passwords(owner="owner-of-bench", app="app-of-bench")
SERVICES = ("households", "funds")
STEADY_RATE, STEADY_LIMIT = 200, 100.0
HEAVY_COMMITS, HEAVY_EVENTS = 100, 20
DRAIN_LIMIT = 5_000
APPLY_LIMIT = 2_000
_JWKS = '{"keys": []}'

_FILL = """
INSERT INTO outbox (type, subject, sequence, data, correlation_id)
SELECT 'households.household.status_changed.v1', household, 1, jsonb_build_object(
    'household_id', household, 'village_code', '341101' || lpad((n % 20 + 1)::text, 2, '0'),
    'edition_id', $2::uuid, 'edition_year', 2565, 'dimensions', jsonb_build_array('income', 'health'),
    'survey_poor', n % 5, 'target_poor', n % 3, 'income_band', 'under_38000'), 'bench'
FROM (SELECT n, gen_random_uuid() AS household FROM generate_series(1, $1::int) AS n) AS made
"""


@dataclass(frozen=True)
class House:
    """Both services' databases, the broker, and the keys their processes read."""

    server: PrivatePostgres
    rabbit: PrivateRabbit
    secrets: Path

    def dsn(self, service: str) -> str:
        """Return the address of a service's app role."""
        return self.server.url(user=f"{service}_app", password=PASSWORDS.app, database="bench")


def consumers() -> list[Consumer]:
    """Return what funds consumes."""
    from funds.worker import CONSUMERS  # noqa: PLC0415  # the tools run without a service too

    return CONSUMERS


def status_changed(household: UUID) -> Event:
    """Return an event as the import of an edition makes them."""
    from households.feeds.events import HouseholdStatusChanged  # noqa: PLC0415

    return HouseholdStatusChanged(
        household_id=household,
        village_code="34110101",
        edition_id=UUID(int=1),
        edition_year=2565,
        dimensions=["income", "health"],
        survey_poor=3,
        target_poor=2,
        income_band="under_38000",
    )


@contextlib.asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Yield empty schemas of both services and a broker with their queues."""
    with tempfile.TemporaryDirectory(prefix="chumchon-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)  # noqa: ASYNC240  # nothing else runs yet
        server = PrivatePostgres(folder / "postgres", settings={"track_commit_timestamp": "on"})
        rabbit = PrivateRabbit(folder / "rabbit")
        server.start()
        stack.callback(server.remove)
        rabbit.start()
        stack.callback(rabbit.remove)
        await create_database(server.url(), "bench")
        for service in SERVICES:
            await provision(server.url(database="bench"), service, PASSWORDS)
            await migrations.upgrade(
                service, server.url(user=f"{service}_owner", password=PASSWORDS.owner, database="bench")
            )
        await declare_all(rabbit.url(), consumers())
        secrets = folder / "secrets"
        citizen.make_keys(secrets)
        keyfiles.make(secrets / keyfiles.CURSOR_KEY)
        yield House(server, rabbit, secrets)


@contextlib.asynccontextmanager
async def worker(home: House, service: str) -> AsyncIterator[None]:
    """Run a service's worker as a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    prefix = f"CHUMCHON_{service.upper()}_"
    environment = {
        f"{prefix}DATABASE_URL": home.dsn(service),
        f"{prefix}AMQP_URL": home.rabbit.url(),
        f"{prefix}SECRETS_FOLDER": str(home.secrets),
        f"{prefix}INTERNAL_JWKS": _JWKS,
        f"{prefix}FILES_URL": f"file://{home.secrets.parent}/files",
    }
    process = subprocess.Popen(  # noqa: ASYNC220  # our own module; it only starts it
        [sys.executable, "-m", "shared.process", service, "worker", f"127.0.0.1:{port}"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        await load.ready(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


async def bench_drain(home: House, table: Table, *, events: int) -> None:
    """How fast a full outbox is published, and how fast funds has taken it in."""
    outside = await asyncpg.connect(driver_dsn(home.dsn("households")))
    inside = await asyncpg.connect(driver_dsn(home.dsn("funds")))
    await outside.execute(_FILL, events, UUID(int=1), timeout=600)
    async with worker(home, "funds"), worker(home, "households"):
        await _until(outside, "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL)")
        await _until(inside, "SELECT count(*) >= $1 FROM inbox", events)
    # From the first round's mark, so that the worker's start is not counted, nor its first round.
    published = await outside.fetchval(
        "SELECT (count(*) - count(*) FILTER (WHERE published_at < first + interval '100 ms')) / "
        "extract(epoch FROM max(published_at) - min(first) - interval '100 ms') "
        "FROM outbox, (SELECT min(published_at) AS first FROM outbox) AS began"
    )
    applied = await inside.fetchval(
        "SELECT count(*) / extract(epoch FROM max(applied_at) - min(applied_at)) FROM inbox"
    )
    await inside.close()
    await outside.close()
    table.add_row(
        f"outbox of {events:,} published",
        f"{published:,.0f} events/s",
        f"≥ {DRAIN_LIMIT:,}/s",
        _verdict(published >= DRAIN_LIMIT),
    )
    table.add_row(
        "… and applied in funds meanwhile",
        f"{applied:,.0f} events/s",
        f"≥ {APPLY_LIMIT:,}/s",
        _verdict(applied >= APPLY_LIMIT),
    )


async def bench_latency(home: House, table: Table, *, seconds: float) -> None:
    """From commit to effect at a steady 200 events a second, and at 2,000 a second."""
    async with worker(home, "funds"), worker(home, "households"):
        await _send(home, rate=20, events=1, seconds=2)  # warms up
        steady = await _measure(home, rate=STEADY_RATE, events=1, seconds=seconds)
        heavy = await _measure(home, rate=HEAVY_COMMITS, events=HEAVY_EVENTS, seconds=seconds)
    table.add_row(
        f"commit to effect at {STEADY_RATE} events/s, p50 / p99",
        f"{_percentile(steady, 50):.0f} / {_percentile(steady, 99):.0f} ms",
        f"p50 < {STEADY_LIMIT:.0f} ms",
        _verdict(_percentile(steady, 50) < STEADY_LIMIT),
    )
    sent = HEAVY_COMMITS * HEAVY_EVENTS
    table.add_row(
        f"commit to effect at {sent:,} events/s, p50 / p99",
        f"{_percentile(heavy, 50):.0f} / {_percentile(heavy, 99):.0f} ms",
        "sustained: no growing delay",
        _verdict(_percentile(heavy[-len(heavy) // 4 :], 50) < 1_000),  # noqa: PLR2004  # a second behind is falling behind
    )


async def _measure(home: House, *, rate: int, events: int, seconds: float) -> list[float]:
    """Return the milliseconds from commit to effect of each event, in the order they were sent."""
    sent = await _send(home, rate=rate, events=events, seconds=seconds)
    inside = await asyncpg.connect(driver_dsn(home.dsn("funds")))
    arrived = "SELECT count(*) >= $2 FROM known_households WHERE household_id = ANY($1)"
    await _until(inside, arrived, list(sent), len(sent))
    rows = await inside.fetch(
        "SELECT household_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at "
        "FROM known_households WHERE household_id = ANY($1)",
        list(sent),
    )
    await inside.close()
    effects = {row["household_id"]: row["at"] for row in rows}
    return [(effects[household] - moment) * 1000 for household, moment in sent.items()]


async def _send(home: House, *, rate: int, events: int, seconds: float) -> dict[UUID, float]:
    """Commit `events` events at each of `rate` moments a second; return when each household was."""
    database = Database(home.dsn("households"), application_name="bench", pool_size=8)
    sent: dict[UUID, float] = {}

    async def commit() -> None:
        households = [uuid7() for _ in range(events)]
        facts = [(status_changed(household), household, 1) for household in households]
        async with database.transaction() as session:
            await outbox.insert_many(session, facts)
        sent.update(dict.fromkeys(households, time.time()))

    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            tasks.create_task(commit())
    await database.close()
    return sent


async def _until(connection: asyncpg.Connection, question: str, *values: object) -> None:
    while not await connection.fetchval(question, *values):  # noqa: ASYNC110  # the condition is in a database
        await asyncio.sleep(0.2)


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _verdict(kept: bool) -> str:  # noqa: FBT001  # a verdict
    return "kept" if kept else "MISSED"


async def run(table: Table, *, events: int, seconds: float) -> None:
    """Add the rows of this benchmark to the table."""
    async with house() as home:
        await bench_drain(home, table, events=events)
        await bench_latency(home, table, seconds=seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drain", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=15.0)
    given = parser.parse_args()
    table = Table("figure", "measured", "limit", "", title="events over RabbitMQ")
    uvloop.run(run(table, events=given.drain, seconds=given.seconds))
    Console().print(table)


if __name__ == "__main__":
    main()
