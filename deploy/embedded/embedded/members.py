"""What each member of an installation is told: the same values for one process and for many."""

import orjson

from embedded import secrets
from embedded.database import role_url
from embedded.layout import SERVICES, Layout
from shared import tokens


def service_values(
    layout: Layout, service: str, *, admin_url: str, amqp_url: str | None = None
) -> dict[str, str]:
    """Return the settings of a service by their names; keys and passwords are made when they are missing."""
    known = secrets.passwords(layout.secrets, service)
    files = layout.files / service
    files.mkdir(mode=0o700, exist_ok=True)
    values = {
        "environment": "embedded",
        "database_url": role_url(admin_url, f"{service}_app", known.app),
        "owner_database_url": role_url(admin_url, f"{service}_owner", known.owner),
        "secrets_folder": str(secrets.service_keys(layout.secrets, service)),
        "internal_jwks": public_keys(layout),
        "files_url": files.as_uri(),
    }
    return values | ({"amqp_url": amqp_url} if amqp_url else {})


def public_keys(layout: Layout) -> str:
    """Return the JWKS document with which services verify the gateway's internal tokens."""
    key = tokens.signing_key(secrets.signing_key(layout.secrets, "internal").read_bytes())
    return orjson.dumps(tokens.jwks([key])).decode()


def environment(member: str, values: dict[str, str]) -> dict[str, str]:
    """Return settings as the variables of a process's environment."""
    return {f"CHUMCHON_{member.upper()}_{name.upper()}": value for name, value in values.items()}


__all__ = ["SERVICES", "environment", "public_keys", "service_values"]
