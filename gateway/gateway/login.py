"""Demo login without a password.

python -m gateway.login --user NAME [--role ROLE] [--env-file FILE]

Prints a bearer token of 10 minutes. Only where `environment` is `embedded` or `test`: whoever can read the
signing key's file could sign the same token herself. Settings come from `CHUMCHON_GATEWAY_…`, or from a file
with such lines, as the launcher writes one into its data folder.
"""

import argparse
import asyncio
import sys
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from gateway.identity import service
from gateway.identity.errors import RoleNeeded, UnknownPrincipal
from gateway.identity.queries import principal_named
from gateway.keys import load
from gateway.settings import Settings
from shared import clock
from shared.db import Database
from shared.keyfiles import InsecureKeys


class NotHere(RuntimeError):  # noqa: N818  # named after the fact
    """This installation is not a demo: people log in with what only they have."""


async def login(
    settings: Settings, database: Database, *, user: str, role: str | None = None, now: datetime
) -> str:
    """Return an access token of a user. Raises NotHere, UnknownPrincipal and RoleNeeded."""
    if settings.environment not in {"embedded", "test"}:
        raise NotHere("there is no login without a password outside the embedded run")
    keys = load(settings.secrets_folder)
    async with database.transaction() as session:
        principal = await principal_named(session, name=user, kind="user")
        if principal is None:
            raise UnknownPrincipal(user)
        issued = await service.issue(
            session,
            service.Issuer(settings.public_url, keys.access),
            principal=principal,
            client_id=service.LOGIN_CLIENT,
            wanted=None,
            role=role,
            now=now,
        )
    return issued.token


async def _login(settings: Settings, user: str, role: str | None) -> str:
    database = Database(settings.database_url, application_name="gateway-login", pool_size=1)
    try:
        return await login(settings, database, user=user, role=role, now=clock.now())
    finally:
        await database.close()


def main(arguments: list[str]) -> None:
    """Print a token, or say why there is none."""
    parser = argparse.ArgumentParser(prog="python -m gateway.login", description="Demo login")
    parser.add_argument("--user", required=True, help="login name of a demo user")
    parser.add_argument("--role", help="the role to act in, where she holds several")
    parser.add_argument("--env-file", help="file with CHUMCHON_GATEWAY_… lines")
    given = parser.parse_args(arguments)
    try:
        settings = Settings(_env_file=given.env_file)
        token = asyncio.run(_login(settings, given.user, given.role))
    except UnknownPrincipal:
        sys.exit(f"there is no user {given.user!r}")
    except RoleNeeded:
        sys.exit(f"{given.user!r} holds several roles, or none: say which with --role")
    except (NotHere, InsecureKeys) as error:
        sys.exit(str(error))
    except (DBAPIError, OSError):
        sys.exit("the database does not answer: is the system running?")
    sys.stdout.write(token + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
