"""Lists and writes of the households service against bare FastAPI + asyncpg handlers.

python -m tools.bench.lists [--households 1000000] [--seconds 4] [--rounds 3] [--only lists|writes]

A private PostgreSQL is filled by SQL (20,000 households do for the writes alone), a third of them in one
province. Service and bare handler run as one process each, served by the same server with the same pool, and
take turns (`--rounds` times), so that what else the machine does strikes both; a ratio is the median of the
rounds' ratios.
"""

import argparse
import contextlib
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import orjson
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from shared import paging
from shared.citizen import check_digit
from shared.db import driver_dsn
from shared.testing.identity import TestIssuer
from tools.bench import load
from tools.bench.filled import House, house
from tools.bench.load import Outcome

AREA = "34"
LIMIT = 50
CONNECTIONS = 32
POOL = 8
FAR_PAGE = 1_000
_BARE_LIST = f"/list?area={AREA}&limit={LIMIT}"


@dataclass(frozen=True)
class Server:
    """A process that answers on a port."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the seconds of processor that it has used."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@contextlib.asynccontextmanager
async def process(name: str, dsn: str, secrets: Path, issuer: TestIssuer) -> AsyncIterator[Server]:
    """Run a service's API as a process of its own, as in containers."""
    prefix = f"CHUMCHON_{name.upper()}_"
    environment = {
        f"{prefix}ENVIRONMENT": "production",
        f"{prefix}DATABASE_URL": dsn,
        f"{prefix}POOL_SIZE": str(POOL),
        f"{prefix}SECRETS_FOLDER": str(secrets),
        f"{prefix}INTERNAL_JWKS": issuer.jwks,
        f"{prefix}FILES_URL": f"file://{secrets.parent}/files",
    }
    port = _free_port()
    arguments = ("-m", "shared.process", name, "api", f"127.0.0.1:{port}")
    async with _process(environment, port, *arguments) as server:
        yield server


@contextlib.asynccontextmanager
async def bare(home: House, cursor: str = "") -> AsyncIterator[Server]:
    """Run the bare handlers as a process."""
    port = _free_port()
    environment = {
        "BARE_DSN": driver_dsn(home.dsn),
        "BARE_POOL": str(POOL),
        "BARE_CURSOR": cursor,
        "BARE_PORT": str(port),
    }
    async with _process(environment, port, "-m", "tools.bench.bare") as server:
        yield server


@contextlib.asynccontextmanager
async def _process(environment: dict[str, str], port: int, *arguments: str) -> AsyncIterator[Server]:
    process = subprocess.Popen(  # noqa: ASYNC220  # our own modules; it only starts them
        [sys.executable, *arguments], env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        await load.ready(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def cursor_of(page: int, *, port: int, home: House) -> str:
    """Return the cursor of a page of the area's list, by walking there in long pages."""
    cursor, left = None, (page - 1) * LIMIT
    while left:
        step = min(left, paging.MAX_LIMIT)
        answer = orjson.loads(await _once(port, load.get(list_path(cursor, limit=step), token=home.token())))
        cursor, left = answer["next"], left - step
        if cursor is None:
            raise LookupError(f"the area has no page {page}")
    return str(cursor)


def list_path(cursor: str | None = None, *, limit: int = LIMIT) -> str:
    """Return the address of a page of the area's list."""
    after = {} if cursor is None else {"cursor": cursor}
    return f"/v1/households?{urlencode({'area': AREA, 'limit': limit, **after})}"


def registrations(token: str | None, path: str) -> Iterator[bytes]:
    """Return requests that register a household of one person each, nobody twice."""
    chance = random.Random(os.urandom(8))  # noqa: S311  # invented people
    first = ["สมชาย", "บุญเรือน", "มานะ", "กาญจนา", "อรุณี"]
    last = ["ใจดี", "สายทอง", "แก้วมณี", "วงศ์คำ"]
    for number in itertools.count():
        twelve = f"{chance.randrange(10**11, 9 * 10**11)}"
        person = {
            "citizen_id": twelve + str(check_digit(twelve)),
            "prefix": "นาย",
            "first_name": chance.choice(first),
            "last_name": chance.choice(last),
            "sex": "M",
            "birth_date": "1974-02-05",
        }
        body = {
            "village_code": "34110201",
            "house_no": f"{number % 500}",
            "members": [{"relation": "head", "person": person}],
        }
        yield load.post(path, orjson.dumps(body), token=token)


@dataclass(frozen=True)
class Compared:
    """Two servers' median rates, the median of the rounds' ratios, and what one answer costs each of CPU."""

    one: Outcome
    other: Outcome
    ratio: float
    cpu: tuple[float, float]
    """Milliseconds of the process's own processor time for an answer; what it spares, others can use."""

    def __str__(self) -> str:
        return (
            f"{self.one.rate:,.0f} / {self.other.rate:,.0f} per s = {self.ratio:.0%} "
            f"(own CPU {self.cpu[0]:.2f} / {self.cpu[1]:.2f} ms)"
        )


async def alternate(
    one: tuple[Server, Callable[[], Iterator[bytes]]],
    other: tuple[Server, Callable[[], Iterator[bytes]]],
    *,
    rounds: int,
    seconds: float,
) -> Compared:
    """Load two servers in turns."""
    pairs: list[list[Outcome]] = []
    cpu: list[list[float]] = [[], []]
    for turn in range(rounds + 1):
        pair = []
        for side, (server, requests) in enumerate((one, other)):
            before = server.cpu()
            outcome = await load.closed_loop(
                server.port, requests(), connections=CONNECTIONS, seconds=seconds if turn else 1.0
            )
            cpu[side].append((server.cpu() - before) / len(outcome.latencies) * 1000)
            if outcome.refused:
                raise RuntimeError(
                    f"{outcome.refused} of {len(outcome.latencies)} refused: {outcome.last[:300]!r}"
                )
            pair.append(outcome)
        pairs.append(pair)
    measured = pairs[1:]  # the first, short turn only warms up
    middle = [
        sorted(side, key=lambda outcome: outcome.rate)[rounds // 2] for side in zip(*measured, strict=True)
    ]
    return Compared(
        middle[0],
        middle[1],
        statistics.median(mine.rate / theirs.rate for mine, theirs in measured),
        (statistics.median(cpu[0][1:]), statistics.median(cpu[1][1:])),
    )


async def bench_lists(home: House, table: Table, *, rounds: int, seconds: float) -> None:
    """List of 50 of an area: against the bare handler, first page against page 1,000, p99 at half load."""

    def listed(path: str) -> Callable[[], Iterator[bytes]]:
        return lambda: load.repeat(load.get(path, token=home.token()))

    async with process("households", home.dsn, home.secrets, home.issuer) as server:
        first_page = await _once(server.port, load.get(list_path(), token=home.token()))
        async with bare(home, orjson.loads(first_page)["next"]) as other:
            same = await _once(other.port, load.get(_BARE_LIST)) == first_page
            found = await alternate(
                (server, listed(list_path())),
                (other, lambda: load.repeat(load.get(_BARE_LIST))),
                rounds=rounds,
                seconds=seconds,
            )
        note = "" if same else " (BYTES DIFFER)"
        kept = same and found.ratio >= 0.6  # noqa: PLR2004  # the stated limit
        table.add_row("list of 50, service / bare handler", f"{found}{note}", "≥ 60 %", _verdict(kept))
        far = await cursor_of(FAR_PAGE, port=server.port, home=home)
        distance = await alternate(
            (server, listed(list_path())), (server, listed(list_path(far))), rounds=rounds, seconds=seconds
        )
        kept = distance.ratio <= 1.2  # noqa: PLR2004  # the stated limit
        table.add_row(f"first page / page {FAR_PAGE:,}", f"{distance}", "≤ 120 %", _verdict(kept))
        rate = found.one.rate / 2
        half = await load.open_loop(
            server.port,
            listed(list_path())(),
            rate=rate,
            connections=CONNECTIONS,
            seconds=min(4 * seconds, 30),
        )
        p50, p99 = half.percentile(50), half.percentile(99)
        kept = p99 < 50  # noqa: PLR2004  # the stated limit
        table.add_row(
            f"list at half load ({rate:,.0f} per s)",
            f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            "p99 < 50 ms",
            _verdict(kept),
        )


async def bench_writes(home: House, table: Table, *, rounds: int, seconds: float) -> None:
    """Register a household with head, history, audit row and event in one commit, against bare inserts."""
    async with process("households", home.dsn, home.secrets, home.issuer) as server, bare(home) as other:
        found = await alternate(
            (server, lambda: registrations(home.token(), "/v1/households")),
            (other, lambda: registrations(None, "/write")),
            rounds=rounds,
            seconds=seconds,
        )
        mine = await _left(home, server, registrations(home.token(), "/v1/households"))
        same = mine == await _left(home, other, registrations(None, "/write"))
    kept = same and found.ratio >= 0.35  # noqa: PLR2004  # the stated limit
    note = "" if same else " (ROWS DIFFER)"
    table.add_row("write with event, service / bare inserts", f"{found}{note}", "≥ 35 %", _verdict(kept))


async def _left(home: House, server: Server, requests: Iterator[bytes]) -> dict[str, int]:
    """Return how many rows one request leaves in each table."""
    connection = await asyncpg.connect(driver_dsn(home.dsn))
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    counts: list[dict[str, int]] = []
    for _ in range(2):
        counts.append(
            {
                name: await connection.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608  # the catalogue's
                for (name,) in tables
            }
        )
        await _once(server.port, next(requests))
    await connection.close()
    return {name: counts[1][name] - counts[0][name] for (name,) in tables}


async def _once(port: int, request: bytes) -> bytes:
    outcome = await load.closed_loop(port, load.repeat(request), connections=1, seconds=0)
    return outcome.last


def _verdict(kept: bool) -> str:  # noqa: FBT001  # a verdict
    return "kept" if kept else "MISSED"


PARTS = {"lists": bench_lists, "writes": bench_writes}


async def run(table: Table, *, parts: Sequence[str], households: int, rounds: int, seconds: float) -> None:
    """Add the rows of these parts of the benchmark to the table."""
    async with house(households) as home:
        for part in parts:
            await PARTS[part](home, table, rounds=rounds, seconds=seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PARTS)
    given = parser.parse_args()
    parts = [given.only] if given.only else list(PARTS)
    households = given.households or (1_000_000 if "lists" in parts else 20_000)
    table = Table("figure", "measured", "limit", "", title=f"{households:,} households")
    uvloop.run(run(table, parts=parts, households=households, rounds=given.rounds, seconds=given.seconds))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
