"""What the service is measured against: bare FastAPI handlers on asyncpg, without auth, audit or checks."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uuid_utils.compat
import uvloop
from fastapi import FastAPI, Request, Response

from shared import serving

_FIRST_PAGE = (
    "SELECT id, house_id, house_no, village_code, lat, lon, origin, status, merged_into, last_edition_year, "
    "version, created_at, updated_at FROM households WHERE village_code >= $1 AND village_code < $2 "
    "AND status = 'active' ORDER BY village_code, id LIMIT $3"
)
_INSERTS = (
    (
        "INSERT INTO households (id, house_no, village_code, origin, created_at, updated_at) "
        "VALUES ($1, $2, $3, 'field', $4, $4)"
    ),
    (
        "INSERT INTO persons (id, citizen_id_enc, citizen_id_index, prefix, first_name, last_name, "
        "first_name_key, last_name_key, sex, birth_date, village_code, created_at, updated_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $5, $6, $7, $8, $9, $10, $10)"
    ),
    "INSERT INTO name_sounds VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING",
    (
        "INSERT INTO memberships (id, person_id, household_id, relation, valid_from) "
        "VALUES ($1, $2, $3, 'head', $4)"
    ),
    (
        "INSERT INTO outbox (id, type, subject, sequence, data, correlation_id, traceparent) "
        "VALUES ($1, $2, $3, 1, $4, $5, $6)"
    ),
    (
        "INSERT INTO registry_changes (id, subject, version, kind, detail, actor, changed_at) "
        "VALUES ($1, $2, 1, 'household.registered', $3, $4, $5)"
    ),
    (
        "INSERT INTO audit (at, action, actor, client, roles, subjects, request_id) "
        "VALUES ($1, 'household.register', $2, 'bench', '{}', $3, $4)"
    ),
)


def create_app(dsn: str, *, pool_size: int, cursor: str | None) -> FastAPI:
    """Return the app; `cursor` stands in every list's answer, so that its bytes are the service's."""
    encoder = msgspec.json.Encoder(enc_hook=dict)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=pool_size, max_size=pool_size) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.get("/list")
    async def households(request: Request, area: str, limit: int) -> Response:
        end = area[:-1] + chr(ord(area[-1]) + 1)
        rows = await request.app.state.pool.fetch(_FIRST_PAGE, area, end, limit + 1)
        body = {"items": [dict(row) for row in rows[:limit]], "next": cursor}
        return Response(encoder.encode(body), media_type="application/json")

    @app.post("/write")
    async def write(request: Request) -> Response:
        body: dict[str, Any] = msgspec.json.decode(await request.body())
        household = await _write(request.app.state.pool, body)
        return Response(encoder.encode({"id": household}), status_code=201, media_type="application/json")

    return app


async def _write(pool: asyncpg.Pool, body: dict[str, Any]) -> UUID:
    """Insert the rows that registering a household of one person leaves behind."""
    person: dict[str, Any] = body["members"][0]["person"]
    household, person_id, now = uuid_utils.compat.uuid7(), uuid_utils.compat.uuid7(), datetime.now(UTC)
    first, last, village = person["first_name"], person["last_name"], body["village_code"]
    values: tuple[tuple[Any, ...], ...] = (
        (household, body["house_no"], village, now),
        (
            person_id,
            os.urandom(43),
            os.urandom(32),
            person["prefix"],
            first,
            last,
            person["sex"],
            date.fromisoformat(person["birth_date"]),
            village,
            now,
        ),
        (first, "ก", last, "ข"),
        (uuid_utils.compat.uuid7(), person_id, household, now.date()),
        (
            uuid_utils.compat.uuid7(),
            "households.household.registered.v1",
            household,
            msgspec.json.encode(
                {"household_id": household, "village_code": village, "origin": "field"}
            ).decode(),
            household.hex,
            f"00-{household.hex}-{household.hex[:16]}-01",
        ),
        (
            uuid_utils.compat.uuid7(),
            household,
            msgspec.json.encode({"members": [person_id]}).decode(),
            "user:bench",
            now,
        ),
        (now, "user:bench", [household, person_id], household.hex),
    )
    async with pool.acquire() as connection, connection.transaction():
        for statement, arguments in zip(_INSERTS, values, strict=True):
            await connection.execute(statement, *arguments)
    return household


def main() -> None:
    """Serve the bare handlers the way the services are served: `DSN CURSOR PORT` from the environment."""
    environment = os.environ
    app = create_app(
        environment["BARE_DSN"],
        pool_size=int(environment["BARE_POOL"]),
        cursor=environment.get("BARE_CURSOR"),
    )

    async def run() -> None:
        serving.settle_memory()
        listener = serving.listen("127.0.0.1", int(environment["BARE_PORT"]))
        await serving.serve(app, listener, stop=asyncio.Event())

    uvloop.run(run())


if __name__ == "__main__":
    main()
