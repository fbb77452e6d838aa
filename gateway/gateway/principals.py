"""Users and clients, kept from the command line until there are pages for it.

python -m gateway.principals client NAME --label TEXT --grant ROLE[:AREA] [--grant …] [--new-secret]
python -m gateway.principals user NAME --label TEXT --grant ROLE[:AREA] [--grant …]
python -m gateway.principals off NAME

The grants given are all there are afterwards. A new client's secret is printed once. Settings come from
`CHUMCHON_GATEWAY_…`, or from a file with such lines (`--env-file`).
"""

import argparse
import asyncio
import re
import sys

from sqlalchemy.exc import IntegrityError

from gateway.identity import service
from gateway.identity.errors import UnknownPrincipal
from gateway.identity.passwords import new_secret
from gateway.identity.queries import principal_named
from gateway.settings import Settings
from shared import clock
from shared.db import Database

_GRANT = re.compile(r"([a-z_]{2,40})(?::((?:[0-9]{2}){0,4}))?")


def grant(text: str) -> tuple[str, str]:
    """Read `ROLE` or `ROLE:AREA`. ValueError for anything else."""
    found = _GRANT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found[1], found[2] or ""


async def keep(database: Database, given: argparse.Namespace) -> str | None:
    """Do what was asked for; return a new client's secret. Raises UnknownPrincipal, ValueError."""
    now = clock.now()
    async with database.transaction() as session:
        if given.kind == "off":
            await service.switch_off(session, name=given.name, now=now)
            return None
        secret = None
        if given.kind == "client":
            known = await principal_named(session, name=given.name, kind="client")
            secret = new_secret() if known is None or given.new_secret else None
        row = await service.keep_principal(
            session, name=given.name, kind=given.kind, label=given.label, now=now, secret=secret
        )
        await service.keep_grants(session, principal_id=row.id, grants=given.grant, now=now)
    return secret


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    root = argparse.ArgumentParser(prog="python -m gateway.principals", description="Users and clients")
    kinds = root.add_subparsers(dest="kind", required=True)
    for kind in ("client", "user", "off"):
        one = kinds.add_parser(kind)
        one.add_argument("name")
        one.add_argument("--env-file")
        if kind != "off":
            one.add_argument("--label", required=True)
            one.add_argument("--grant", action="append", default=[], type=grant, metavar="ROLE[:AREA]")
        if kind == "client":
            one.add_argument("--new-secret", action="store_true")
    return root


async def _main(given: argparse.Namespace) -> str | None:
    database = Database(
        Settings(_env_file=given.env_file).database_url, application_name="gateway-principals", pool_size=1
    )
    try:
        return await keep(database, given)
    finally:
        await database.close()


def main(arguments: list[str]) -> None:
    """Do what the command line asks, or say what is wrong with it."""
    given = parser().parse_args(arguments)
    try:
        secret = asyncio.run(_main(given))
    except UnknownPrincipal:
        sys.exit(f"{given.name!r} is not there, or is of the other kind")
    except ValueError as error:
        sys.exit(str(error))
    except IntegrityError:
        sys.exit("a name is 2 to 63 of a-z 0-9 . _ - and begins with a letter")
    if secret is not None:
        sys.stdout.write(secret + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
