"""What each member of an installation is told: the same values for one process and for many."""

from pathlib import Path

from embedded import secrets
from embedded.database import role_url
from embedded.layout import Layout
from gateway import keys


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
        "internal_jwks": keys.internal_jwks(_gateway_keys(layout)),
        "files_url": files.as_uri(),
    }
    return values | ({"amqp_url": amqp_url} if amqp_url else {})


def gateway_values(layout: Layout, addresses: dict[str, str], *, admin_url: str) -> dict[str, str]:
    """Return the settings of the gateway in front of the services at `addresses`."""
    known = secrets.passwords(layout.secrets, "gateway")
    return {
        "environment": "embedded",
        "database_url": role_url(admin_url, "gateway_app", known.app),
        "owner_database_url": role_url(admin_url, "gateway_owner", known.owner),
        "secrets_folder": str(_gateway_keys(layout)),
        "services": ",".join(f"{name}={address}" for name, address in addresses.items()),
        "public_url": f"http://127.0.0.1:{layout.port}",
    }


def _gateway_keys(layout: Layout) -> Path:
    folder = layout.secrets / "gateway"
    keys.ensure(folder)
    return folder


def remember(layout: Layout, member: str, values: dict[str, str]) -> Path:
    """Keep a running member's settings in a file of its environment, for commands like `gateway.login`.

    The owner role is left out: no command needs more than the member itself.
    """
    own = environment(member, {name: value for name, value in values.items() if name != "owner_database_url"})
    path = environment_file(layout, member)
    secrets.write(path, "".join(f"{name}={value}\n" for name, value in own.items()))
    return path


def environment_file(layout: Layout, member: str) -> Path:
    """Return where a member's settings are kept while it runs."""
    return layout.secrets / member / f"{member}.env"


def environment(member: str, values: dict[str, str]) -> dict[str, str]:
    """Return settings as the variables of a process's environment."""
    return {f"CHUMCHON_{member.upper()}_{name.upper()}": value for name, value in values.items()}
