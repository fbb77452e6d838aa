"""The services' OpenAPI documents, fetched while they come up and again from time to time."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import structlog

from gateway.proxy.table import NounTaken, Table, Upstream

log = structlog.get_logger(__name__)

_SOON = 0.25
_LATER = 20.0
_PATIENCE = aiohttp.ClientTimeout(total=5.0)


@dataclass(slots=True)
class Catalogue:
    """What is known of all services at this moment."""

    upstreams: tuple[Upstream, ...]
    documents: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Services whose addresses clash with another's, and how."""
    table: Table = field(default_factory=Table)
    version: str = "none"
    """Changes with every document."""
    known: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once every service has told its addresses."""
    _digests: dict[str, bytes] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Tell whether every service has told its addresses."""
        return len(self.documents) == len(self.upstreams)

    def put(self, name: str, text: bytes) -> bool:
        """Take one service's document; return whether anything changed. TypeError when it is none."""
        digest = hashlib.sha256(text).digest()
        if self._digests.get(name) == digest:
            return False
        document = orjson.loads(text)
        if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
            raise TypeError(f"{name} answers no OpenAPI document")
        self.documents[name] = document
        self._digests[name] = digest
        self._build()
        if self.complete:
            self.known.set()
        return True

    def _build(self) -> None:
        table, refused = Table(), {}
        for upstream in self.upstreams:
            if upstream.name in self.documents:
                try:
                    table.add(upstream, self.documents[upstream.name])
                except NounTaken as error:
                    refused[upstream.name] = str(error)
                    log.error("noun_taken", service=upstream.name, reason=str(error))  # noqa: TRY400
        self.table, self.refused = table, refused
        self.version = hashlib.sha256(
            b"".join(self._digests[name] for name in sorted(self._digests))
        ).hexdigest()


async def keep(catalogue: Catalogue, session: aiohttp.ClientSession) -> None:
    """Fetch for ever: every quarter second what is missing, every 20 seconds everything."""
    # Whatever a document holds, the watching goes on: a task that died here would never be noticed.
    while True:
        missing = [one for one in catalogue.upstreams if one.name not in catalogue.documents]
        await asyncio.gather(*(_fetch(catalogue, session, one) for one in missing or catalogue.upstreams))
        await asyncio.sleep(_LATER if catalogue.complete else _SOON)


async def _fetch(catalogue: Catalogue, session: aiohttp.ClientSession, upstream: Upstream) -> None:
    try:
        async with session.get(f"{upstream.address}/openapi.json", timeout=_PATIENCE) as answer:
            answer.raise_for_status()
            if catalogue.put(upstream.name, await answer.read()):
                log.info("service_known", service=upstream.name)
    except Exception as error:  # noqa: BLE001
        if upstream.name in catalogue.documents or not isinstance(error, aiohttp.ClientError | OSError):
            log.warning("service_silent", service=upstream.name, failure=error)
