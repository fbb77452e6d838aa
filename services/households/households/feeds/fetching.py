"""An address fetched with care: only public ones, no redirects, taken up again where a line broke."""

import asyncio
import hashlib
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from households.feeds.errors import PullRefused
from shared.errors import BodyTooLarge, Refusal

_ATTEMPTS: Final = 5
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
_OK, _PARTIAL, _NOT_MODIFIED = 200, 206, 304
_REDIRECTS: Final = range(300, 400)
_PORTS: Final = {"https": 443, "http": 80}
_WRAPPED: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "::/96")
)
"""IPv6 addresses that stand for an IPv4 one: NAT64, 6to4, Teredo, mapped, compatible."""

Progress = Callable[[int, int | None], Awaitable[None]]


class SourceFailed(Refusal):
    """The address did not give the file."""

    status, code = 502, "source_failed"
    title_th, title_en = "ดึงข้อมูลจากต้นทางไม่ได้", "The source did not give the file"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch, and what is known of it from the time before."""

    url: str
    token: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came; `changed` is False when it is what it was the time before."""

    changed: bool
    size: int = 0
    sha256: str = ""
    etag: str | None = None
    last_modified: str | None = None


def public(address: str) -> bool:
    """Tell whether an IP address belongs to the public network."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and any(found in network for network in _WRAPPED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


async def resolve(url: str, *, allow_private: bool) -> str:
    """Return the one address to connect to; PullRefused unless every address of the host is public."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise PullRefused("ต้องเป็น https", "It must be https", reason="scheme")
    host = parts.hostname or ""
    try:
        port = parts.port or _PORTS[parts.scheme]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):
        raise PullRefused("ไม่พบที่อยู่นี้", "The host has no address", reason="host") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not (allow_private or all(public(address) for address in addresses)):
        raise PullRefused("ที่อยู่อยู่ในเครือข่ายภายใน", "The address is not public", reason="address")
    return addresses[0]


async def fetch(
    wanted: Wanted, target: Path, *, limit: int, allow_private: bool, progress: Progress
) -> Found:
    """Fetch a file to `target`; raises PullRefused, SourceFailed, BodyTooLarge.

    The host is resolved once and the connection goes to that very address.
    """
    address = await resolve(wanted.url, allow_private=allow_private)
    request = _Request(wanted, address)
    download = _Download(target, limit, progress)
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for attempt in range(_ATTEMPTS):
            try:
                done = await download.take(client, request)
            except (httpx.TransportError, httpx.StreamError) as error:
                if attempt + 1 == _ATTEMPTS:
                    raise SourceFailed(reason=type(error).__name__) from None
                await asyncio.sleep(0.2 * 2**attempt)
                continue
            return done
    raise SourceFailed(reason="attempts")


class _Request:
    """The request for a file by the address that was resolved, in its host's name."""

    def __init__(self, wanted: Wanted, address: str) -> None:
        parts = urlsplit(wanted.url)
        host = parts.hostname or ""
        literal = f"[{address}]" if ":" in address else address
        port = f":{parts.port}" if parts.port else ""
        path = parts.path or "/"
        self.url = f"{parts.scheme}://{literal}{port}{path}" + (f"?{parts.query}" if parts.query else "")
        self.extensions: dict[str, Any] = {"sni_hostname": host}
        self.headers = {"Host": f"{host}{port}", "Accept-Encoding": "identity"}
        if wanted.token:
            self.headers["Authorization"] = f"Bearer {wanted.token}"
        self.conditions = {}
        if wanted.etag:
            self.conditions["If-None-Match"] = wanted.etag
        if wanted.last_modified:
            self.conditions["If-Modified-Since"] = wanted.last_modified


class _Download:
    """A file on its way: what has come so far, and by what to know that the rest belongs to it."""

    def __init__(self, target: Path, limit: int, progress: Progress) -> None:
        self._target = target
        self._limit = limit
        self._progress = progress
        self._size = 0
        self._etag: str | None = None
        self._last_modified: str | None = None

    async def take(self, client: httpx.AsyncClient, request: _Request) -> Found:
        """Ask for the file, or for the rest of it."""
        headers = {**request.headers, **request.conditions}
        validator = self._etag or self._last_modified
        if self._size and validator:
            headers = {**request.headers, "Range": f"bytes={self._size}-", "If-Range": validator}
        async with client.stream(
            "GET", request.url, headers=headers, extensions=request.extensions
        ) as response:
            if response.status_code == _NOT_MODIFIED:
                return Found(changed=False)
            if response.status_code in _REDIRECTS:
                raise PullRefused("ต้นทางส่งต่อไปที่อื่น", "The source redirects", reason="redirect")
            if response.status_code not in {_OK, _PARTIAL}:
                raise SourceFailed(reason=f"status {response.status_code}")
            await self._keep(response)
        digest = hashlib.sha256()
        with self._target.open("rb") as file:  # a local temporary file
            while block := file.read(1 << 20):
                digest.update(block)
        return Found(True, self._size, digest.hexdigest(), self._etag, self._last_modified)  # noqa: FBT003

    async def _keep(self, response: httpx.Response) -> None:
        more = response.status_code == _PARTIAL
        if not more:
            self._size = 0
        self._etag = response.headers.get("etag", self._etag if more else None)
        self._last_modified = response.headers.get("last-modified", self._last_modified if more else None)
        declared = response.headers.get("content-length", "")
        total = self._size + int(declared) if declared.isdigit() else None
        if total is not None and total > self._limit:
            raise BodyTooLarge(max_bytes=self._limit)
        with self._target.open("ab" if more else "wb") as file:
            async for chunk in response.aiter_raw():
                file.write(chunk)
                self._size += len(chunk)
                if self._size > self._limit:
                    raise BodyTooLarge(max_bytes=self._limit)
                await self._progress(self._size, total)
