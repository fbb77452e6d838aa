"""A private PostgreSQL with the households service's database, filled by SQL."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared import citizen, keyfiles, migrations
from shared.db import Database, driver_dsn
from shared.provision import Passwords, create_database, provision
from shared.servers.postgres import PrivatePostgres
from shared.testing.identity import TestIssuer

PASSWORDS = Passwords(owner="owner-of-bench", app="app-of-bench")
SCOPES = ("areas:read", "households:read", "households:write")

# A third of the households in Ubon Ratchathani (34), so that its list has a page 1,000; ids as random as the
# clients' own would be at worst.
_FILL = """
INSERT INTO households (id, house_id, house_no, village_code, lat, lon, origin, last_edition_year)
SELECT gen_random_uuid(), lpad(n::text, 11, '0'), (n % 400) || '/' || (n % 9),
       CASE WHEN n % 3 = 0 THEN home.code ELSE elsewhere.code END || lpad((n % 12 + 1)::text, 2, '0'),
       15 + (n % 1000) / 1000.0, 104 + (n % 997) / 997.0, 'feed', 2565
FROM generate_series($1::int, $2::int) AS n
JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM areas
      WHERE level = 6 AND valid_to IS NULL AND code LIKE '34%') AS home ON home.at = n % 219
JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM areas
      WHERE level = 6 AND valid_to IS NULL AND code NOT LIKE '34%') AS elsewhere ON elsewhere.at = n % 7000
"""

# Some have a head. Tables that were empty when PostgreSQL planned are read through, and it keeps to that
# while they grow: each answer of a write would take longer than the one before it.
_PEOPLE = """
WITH heads AS (
  SELECT gen_random_uuid() AS id, id AS household_id, village_code, 'ก' || right(house_id, 3) AS name
  FROM households LIMIT 20000),
known AS (
  INSERT INTO persons (id, first_name, last_name, first_name_key, last_name_key, village_code)
  SELECT id, name, name, name, name, village_code FROM heads)
INSERT INTO memberships (id, person_id, household_id, relation, valid_from)
SELECT gen_random_uuid(), id, household_id, 'head', '2022-01-01' FROM heads
"""


@dataclass(frozen=True)
class House:
    """A filled database and where its service's keys are."""

    dsn: str
    secrets: Path
    issuer: TestIssuer

    def token(self) -> str:
        """Return a fresh token: they live a minute."""
        return self.issuer.token("households", scopes=SCOPES, areas=("",), sub="user:bench")


@contextlib.asynccontextmanager
async def house(households: int) -> AsyncIterator[House]:
    """Yield a service's database with so many households, on disks that are waited for."""
    with tempfile.TemporaryDirectory(prefix="chumchon-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # noqa: ASYNC240  # nothing else runs yet
        server = PrivatePostgres(
            folder / "postgres", settings={"shared_buffers": "512MB", "max_wal_size": "4GB"}
        )
        server.start()
        try:
            await create_database(server.url(), "bench")
            await provision(server.url(database="bench"), "households", PASSWORDS)
            owner = server.url(user="households_owner", password=PASSWORDS.owner, database="bench")
            await migrations.upgrade("households", owner)
            dsn = server.url(user="households_app", password=PASSWORDS.app, database="bench")
            await _fill(dsn, owner, households)
            secrets = folder / "secrets"
            citizen.make_keys(secrets)
            keyfiles.make(secrets / keyfiles.CURSOR_KEY)
            yield House(dsn, secrets, TestIssuer.new())
        finally:
            server.remove()


async def _fill(dsn: str, owner: str, households: int) -> None:
    from households.areas.service import load_catalogue  # noqa: PLC0415  # the tools run without a service too
    from shared import clock  # noqa: PLC0415

    database = Database(dsn, application_name="bench")
    async with database.transaction() as session:
        await load_catalogue(session, now=clock.now())
    await database.close()
    connection = await asyncpg.connect(driver_dsn(dsn))
    for begin in range(1, households + 1, 100_000):
        await connection.execute(_FILL, begin, min(begin + 99_999, households), timeout=600)
    await connection.execute(_PEOPLE, timeout=600)
    await connection.close()
    connection = await asyncpg.connect(driver_dsn(owner))
    await connection.execute("VACUUM ANALYZE", timeout=600)
    await connection.close()
