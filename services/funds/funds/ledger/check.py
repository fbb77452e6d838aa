"""Are the books what their journals say? `python -m funds.ledger.check [--fund ID] [--rebuild]`.

Counts every projection, running figure, stored trial balance and sub-ledger anew and compares; ends with 1
when something differs. `--rebuild` writes projections and cash anew where they differ; what is wrong in the
journals themselves is only told. Reads the service's settings (`CHUMCHON_FUNDS_DATABASE_URL` …).
"""

import argparse
import asyncio
import sys
from uuid import UUID

from funds.ledger.checking import Difference, at_one_moment, differences, rebuild, rebuildable
from funds.settings import Settings
from shared.db import Database


async def run(database: Database, *, fund_id: UUID | None, mend: bool) -> int:
    """Print the differences, rebuild what can be where it is wanted; return how many are left."""
    found = await _differences(database, fund_id)
    for one in found:
        print(one)  # noqa: T201  # a command prints
    if mend:
        for fund in sorted(rebuildable(found)):
            async with database.transaction() as session:
                await rebuild(session, fund)
            print(f"{fund} rebuilt")  # noqa: T201
        found = await _differences(database, fund_id)
    print(f"books: {len(found)} differences" if found else "books: as their journals say")  # noqa: T201
    return len(found)


async def _differences(database: Database, fund_id: UUID | None) -> list[Difference]:
    async with database.transaction() as session:
        await at_one_moment(session)
        return await differences(session, fund_id=fund_id)


async def _main(fund_id: UUID | None, *, mend: bool) -> int:
    database = Database(Settings().database_url, application_name="funds-check", pool_size=1)
    try:
        return await run(database, fund_id=fund_id, mend=mend)
    finally:
        await database.close()


def main() -> int:
    """Check; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m funds.ledger.check", description=__doc__)
    parser.add_argument("--fund", type=UUID, help="only this one")
    parser.add_argument("--rebuild", action="store_true", help="write projections anew where they differ")
    given = parser.parse_args()
    return 1 if asyncio.run(_main(given.fund, mend=given.rebuild)) else 0


if __name__ == "__main__":
    sys.exit(main())
