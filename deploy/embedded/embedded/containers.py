"""Secrets for `docker-compose.yml` or a cluster: `python -m embedded.containers FOLDER [--postgres HOST] …`.

One file per secret, named as the compose file names it; what is there stays as it is. The folder is closed
(0700); inside it the files are readable, because each container reads them as a user of its own. The
gateway's key files are not: they belong to the user that its container runs as.
"""

import argparse
import json
import os
from pathlib import Path
from urllib.parse import quote

from embedded import secrets
from embedded.broker import definitions
from embedded.database import NAME
from embedded.layout import MEMBERS, SERVICES
from gateway import keys

CONTAINER_USER = 10001


def main() -> None:
    """Write what is missing."""
    parser = argparse.ArgumentParser(prog="python -m embedded.containers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", default="postgres:5432", help="host and port")
    parser.add_argument("--rabbitmq", default="rabbitmq:5672", help="host and port")
    given = parser.parse_args()
    write(given.folder, postgres=given.postgres, rabbitmq=given.rabbitmq)
    print(f"secrets are in {given.folder}")


def write(folder: Path, *, postgres: str, rabbitmq: str) -> None:
    """Write the secrets of an installation whose servers are at these hosts."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    own = folder / "made"  # passwords, from which the addresses are made
    keys.ensure(folder / "gateway")
    found = {"postgres_password": secrets.text(own / "postgres-password")}
    found["chumchon_admin_database_url"] = _postgres("postgres", found["postgres_password"], postgres)
    for member in MEMBERS:
        known = secrets.passwords(own, member)
        found[f"chumchon_{member}_database_url"] = _postgres(f"{member}_app", known.app, postgres)
        found[f"chumchon_{member}_owner_database_url"] = _postgres(f"{member}_owner", known.owner, postgres)
    users = {service: secrets.text(own / service / "amqp-password") for service in SERVICES}
    for service, password in users.items():
        found[f"chumchon_{service}_amqp_url"] = f"amqp://{service}:{quote(password, safe='')}@{rabbitmq}/"
        found[f"chumchon_{service}_internal_jwks"] = keys.internal_jwks(folder / "gateway")
    if not (folder / "rabbitmq_definitions").exists():
        found["rabbitmq_definitions"] = json.dumps(definitions(users), indent=1)
    for name, text in found.items():
        secrets.write(folder / name, text)
        (folder / name).chmod(0o644)
    _give_keys_away(folder / "gateway")


def _postgres(role: str, password: str, place: str) -> str:
    return f"postgresql://{role}:{quote(password, safe='')}@{place}/{NAME}"


def _give_keys_away(folder: Path) -> None:
    """Let the containers' user own the gateway's keys; who is not root runs the container as himself."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, CONTAINER_USER, CONTAINER_USER)


if __name__ == "__main__":
    main()
