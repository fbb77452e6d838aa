"""Ports for servers that are started again on the same port."""

import contextlib
import random
import socket

_LOWEST, _HIGHEST = 20_000, 32_000
"""Below the range from which systems give outgoing connections their ports (32768 and up): a port of that
range could belong to somebody's connection when its server comes back."""


def free_ports(count: int) -> list[int]:
    """Return so many ports on which nobody listens now."""
    found: list[int] = []
    draw = random.SystemRandom()
    while len(found) < count:
        port = draw.randrange(_LOWEST, _HIGHEST)
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            if port not in found:
                found.append(port)
    return found
