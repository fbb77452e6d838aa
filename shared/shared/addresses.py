"""Addresses that others gave us, before anything connects to them: only public ones (no SSRF).

A host is resolved once, every address of it must be public, and the connection goes to the very address
that was looked at: a name that changes its address in between gains nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

_PORTS: Final = {"https": 443, "http": 80}
_WRAPPED: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "::/96")
)
"""IPv6 addresses that stand for an IPv4 one: NAT64, 6to4, Teredo, mapped, compatible."""


class AddressRefused(Exception):  # noqa: N818  # named after the fact
    """Nothing is fetched from or sent to such an address; `reason` is scheme, host or address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """A request's address by the IP that was looked at, in its host's name: for httpx."""

    url: str
    host: str
    """For the header `Host`."""
    extensions: dict[str, Any]


def public(address: str) -> bool:
    """Tell whether an IP address belongs to the public network."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and any(found in network for network in _WRAPPED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


async def resolve(url: str, *, allow_private: bool) -> str:
    """Return the one IP address to connect to; AddressRefused unless every address of the host is public.

    `allow_private` also takes plain http and addresses inside: for tests and the demo.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise AddressRefused("scheme")
    host = parts.hostname or ""
    try:
        port = parts.port or _PORTS[parts.scheme]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):
        raise AddressRefused("host") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not (allow_private or all(public(address) for address in addresses)):
        raise AddressRefused("address")
    return addresses[0]


def target(url: str, address: str) -> Target:
    """Return how a request for `url` goes to the address that `resolve` gave."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    literal = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(f"{parts.scheme}://{literal}{port}{path}", f"{host}{port}", {"sni_hostname": host})
