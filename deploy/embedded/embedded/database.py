"""The installation's one database: roles and a schema per service, migrated only when something is new."""

import asyncio
from collections.abc import Callable

from sqlalchemy import make_url

from shared import migrations
from shared.provision import Passwords, create_database, provision

NAME = "chumchon"


def role_url(admin_url: str, role: str | None = None, password: str | None = None) -> str:
    """Return the address by which `role` (the administrator, without one) reaches our database."""
    url = make_url(admin_url).set(username=role, password=password, database=NAME)
    return url.render_as_string(hide_password=False)


async def create(admin_url: str) -> None:
    """Make the database where it is missing."""
    await create_database(admin_url, NAME)


async def prepare(admin_url: str, passwords: dict[str, Passwords], *, tell: Callable[[str], None]) -> None:
    """Make what is missing for each service of `passwords`; the second time this only compares heads.

    Roles are provisioned anew when a service's owner cannot log in (a new installation) or a migration is
    pending (a new version may grant more).
    """
    await create(admin_url)
    at_home = role_url(admin_url)
    owners = {
        service: role_url(admin_url, f"{service}_owner", known.owner) for service, known in passwords.items()
    }
    states = await asyncio.gather(*(_pending(service, owner) for service, owner in owners.items()))
    for (service, owner), pending in zip(owners.items(), states, strict=True):
        if pending:
            tell(f"migrating {service}")
            await provision(at_home, service, passwords[service])
            await migrations.upgrade(service, owner)


async def _pending(service: str, owner_url: str) -> bool:
    import asyncpg  # noqa: PLC0415  # only its errors are needed

    try:
        return await migrations.pending(service, owner_url)
    except asyncpg.InvalidAuthorizationSpecificationError:
        return True  # the role is not there, or has another password
