"""Ways out for messages: a folder, a webhook. LINE, SMS, e-mail and letters hang behind the webhook.

`send` either returns the proof of delivery or raises NotDelivered; it may be called again with the same
message, and what comes of it is one message: the file has the message's id as its name, the webhook its id
in `webhook-id`, by which the receiver knows it.
"""

import asyncio
import hashlib
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

import httpx
import orjson

from funds.notifications.rules import sign
from shared import addresses
from shared.addresses import AddressRefused

_CLIENT: Final[Mapping[str, Any]] = {
    "timeout": httpx.Timeout(20.0, connect=10.0),
    "follow_redirects": False,
    "trust_env": False,
}
_TAKEN: Final = range(200, 300)
_PROOF_BYTES: Final = 500
_GONE: Final = 410


class NotDelivered(Exception):  # noqa: N818  # named after the fact
    """The message did not get through; `final` when no further attempt can change that."""

    def __init__(self, error: str, *, status: int | None = None, final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.final = final


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a message was delivered: where it lies, or what the receiver answered."""

    text: str
    status: int | None = None


class Adapter(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """Return the code that attempts are kept under."""

    async def send(self, message_id: UUID, body: bytes, *, now: datetime) -> Proof:
        """Deliver a message; raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Each message as a JSON file, whole or not at all."""

    path: Path
    name: str = "file"

    async def send(self, message_id: UUID, body: bytes, *, now: datetime) -> Proof:
        """Write the file `<id>.json`; NotDelivered when the folder takes none."""
        del now
        try:
            name = await asyncio.to_thread(self._write, message_id, body)  # it waits for the disk
        except OSError as error:
            raise NotDelivered(type(error).__name__) from error
        return Proof(f"{name} sha256:{hashlib.sha256(body).hexdigest()}")

    def _write(self, message_id: UUID, body: bytes) -> str:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.path / f"{message_id}.json"
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600)
        part.replace(target)
        return target.name


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST to one address, signed after Standard Webhooks; only to public addresses, no redirects."""

    url: str
    secret: str
    allow_private: bool = False
    name: str = "webhook"
    deadline: float = 40.0
    """Seconds for all of it: a receiver that answers byte by byte holds up the other messages no longer."""

    async def send(self, message_id: UUID, body: bytes, *, now: datetime) -> Proof:
        """Post the message; NotDelivered unless the receiver answers 2xx."""
        try:
            address = await addresses.resolve(self.url, allow_private=self.allow_private)
        except AddressRefused as refused:
            raise NotDelivered(f"address_refused_{refused.reason}") from None
        target = addresses.target(self.url, address)
        timestamp = int(now.timestamp())
        signature = sign(self.secret, message_id=str(message_id), timestamp=timestamp, body=body)
        headers = {
            "Host": target.host,
            "Content-Type": "application/json",
            "webhook-id": str(message_id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
        try:
            async with (
                asyncio.timeout(self.deadline),
                httpx.AsyncClient(verify=_tls(), **_CLIENT) as client,
            ):
                request = client.build_request(
                    "POST", target.url, content=body, headers=headers, extensions=target.extensions
                )
                response = await client.send(request, stream=True)
                answered = await _head(response)
                await response.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotDelivered(type(error).__name__) from None
        if response.status_code not in _TAKEN:
            gone = response.status_code == _GONE
            raise NotDelivered("refused", status=response.status_code, final=gone)
        return Proof(answered, response.status_code)


@cache
def _tls() -> ssl.SSLContext:
    """Return how certificates are verified; to read the authorities again for each message takes long."""
    return httpx.create_ssl_context(trust_env=False)


async def _head(response: httpx.Response) -> str:
    """Return the beginning of an answer; a receiver may send any amount."""
    kept = b""
    async for chunk in response.aiter_raw():
        kept += chunk[: _PROOF_BYTES - len(kept)]
        if len(kept) >= _PROOF_BYTES:
            break
    return kept.decode(errors="replace").replace("\x00", "")


def encode(message: Mapping[str, Any]) -> bytes:
    """Return a message as it leaves: the same bytes each time, so that a proof can be checked."""
    return orjson.dumps(message, option=orjson.OPT_SORT_KEYS)
