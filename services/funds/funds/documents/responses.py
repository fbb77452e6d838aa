"""Papers and books as answers: made in a thread, with a name for the file."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from shared.exports import XLSX

PDF: Final = "application/pdf"
Facts = TypeVar("Facts")


async def pdf(make: Callable[[Facts], bytes], facts: Facts, *, name: str) -> Response:
    """Return a paper as the answer; `name` is the file's, without its ending, and may be Thai.

    `return await responses.pdf(receipt, facts, name=f"ใบเสร็จ-{receipt_no}")`.
    """
    return _file(await run_in_threadpool(make, facts), PDF, f"{name}.pdf")


async def xlsx(make: Callable[[Facts], bytes], facts: Facts, *, name: str) -> Response:
    """Return books as the answer, likewise."""
    return _file(await run_in_threadpool(make, facts), XLSX, f"{name}.xlsx")


def described(media_type: str = PDF) -> dict[int | str, dict[str, Any]]:
    """Describe such an answer for OpenAPI: `responses={**described(), **problems.responses(…)}`."""
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


def _file(content: bytes, media_type: str, name: str) -> Response:
    plain, thai = f"document.{name.rpartition('.')[2]}", quote(name, safe="")
    headers = {
        "Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{thai}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
