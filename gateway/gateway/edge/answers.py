"""How the door refuses: a problem, and a connection that is closed without losing it."""

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from shared import problems
from shared.errors import Refusal

BODY_READ = "gateway.body_read"
"""Scope key, set when the whole request body was taken."""
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 4 << 20


async def hang_up(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the refusal's problem and close: where the request ends is not certain."""
    response = _rendered(refusal, scope)
    response.headers["connection"] = "close"
    await response(scope, receive, send)


async def refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the refusal's problem.

    Where body is still under way, the connection is closed after the answer; what comes meanwhile is read
    and dropped for a moment, since closing on unread data would destroy the answer on its way.
    """
    response = _rendered(refusal, scope)
    unread = not scope.get(BODY_READ) and any(
        name in {b"content-length", b"transfer-encoding"} and value != b"0"
        for name, value in scope["headers"]
    )
    if not unread:
        await response(scope, receive, send)
        return
    headers = [*response.raw_headers, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    await _drop(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _rendered(refusal: Refusal, scope: Scope) -> Response:
    languages = [value for name, value in scope["headers"] if name == b"accept-language"]
    return problems.render(refusal, accept_language=languages[0].decode("latin-1") if languages else None)


async def _drop(receive: Receive) -> None:
    dropped = 0
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            while dropped < _LINGER_BYTES:
                message: Message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                dropped += len(message.get("body", b""))
    except TimeoutError:
        return
