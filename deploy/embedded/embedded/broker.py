"""The installation's RabbitMQ: one found by address, or a private node with a user for each service."""

import asyncio
import base64
import contextlib
import hashlib
import importlib
import json
import os
import secrets as random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from embedded import secrets
from embedded.layout import SERVICES, Layout
from shared.bus import topology
from shared.bus.amqp import declare_all
from shared.consumers import Consumer
from shared.servers.rabbitmq import PrivateRabbit, RabbitUnavailableError


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, for each service and for its administrator."""

    url: str
    users: dict[str, str]
    """Passwords by service; empty where an outside broker is used with the address as it was given."""
    server: PrivateRabbit | None = None
    """The node that we brought up, if we did."""

    def service_url(self, service: str) -> str:
        """Return the address with which a service's processes connect."""
        password = self.users.get(service)
        if password is None:
            return self.url
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{service}:{quote(password, safe='')}@{place}"))


@contextlib.contextmanager
def broker(layout: Layout) -> Iterator[Broker]:
    """Yield the broker of `CHUMCHON_AMQP_URL`, else a private one that runs while the context lasts."""
    outside = os.environ.get("CHUMCHON_AMQP_URL")
    if outside:
        asyncio.run(declare_all(outside, consumers()))
        yield Broker(outside, {})
        return
    node = PrivateRabbit(layout.broker)
    try:
        node.start()
    except RabbitUnavailableError as error:
        sys.exit(f"RabbitMQ did not start: {error}")
    try:
        users = {service: secrets.text(layout.secrets / service / "amqp-password") for service in SERVICES}
        written = node.data / "definitions.json"  # where the node's own user may read it
        written.touch(mode=0o600)
        os.chown(written, node.data.stat().st_uid, node.data.stat().st_gid)
        written.write_text(json.dumps(definitions(users)))
        node.control("import_definitions", str(written))
        node.write_all()
        yield Broker(node.url(), users, node)
    finally:
        node.stop()


def definitions(passwords: dict[str, str]) -> dict[str, object]:
    """Return the definitions document of all services with these passwords filled in, as hashes."""
    document = topology.definitions(SERVICES, consumers())
    for user in document["users"]:
        user["password_hash"] = _hash(passwords[user["name"]])
    return document


def consumers() -> list[Consumer]:
    """Return the consumers of all services."""
    workers = [importlib.import_module(f"{service}.worker") for service in SERVICES]
    return [consumer for worker in workers for consumer in worker.CONSUMERS]


def _hash(password: str) -> str:
    """Return RabbitMQ's salted SHA-256 of a password."""
    salt = random.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
