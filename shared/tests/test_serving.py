"""An app is served until it is told to stop; what is in flight is finished first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from shared import serving
from shared.testing.messaging import until


def address(listener: object) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"  # type: ignore[attr-defined]


async def test_a_request_in_flight_is_finished_after_the_stop_and_new_ones_see_it_unready() -> None:
    app, entered, go_on = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        entered.set()
        await go_on.wait()
        return "done"

    listener = serving.listen("127.0.0.1", 0)
    base, stop, listening = address(listener), asyncio.Event(), asyncio.Event()
    served = asyncio.create_task(serving.serve(app, listener, stop=stop, listening=listening))
    await listening.wait()
    async with httpx.AsyncClient(base_url=base) as client:
        answer = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        stop.set()

        async def unready() -> bool:
            return bool(getattr(app.state, "stopping", False))

        await until(unready)
        assert not served.done()
        go_on.set()
        assert (await answer).json() == "done"
    await served


def read_keys() -> None:
    message = "no keys"
    raise RuntimeError(message)


async def test_an_app_whose_start_fails_is_not_served_silently() -> None:
    @asynccontextmanager
    async def broken(_: FastAPI) -> AsyncIterator[None]:
        read_keys()
        yield

    listener = serving.listen("127.0.0.1", 0)
    with pytest.raises(serving.NotStarted):
        await serving.serve(FastAPI(lifespan=broken), listener, stop=asyncio.Event())


async def test_a_worker_s_probe_tells_that_it_lives_and_its_metrics() -> None:
    listener = serving.listen("127.0.0.1", 0)
    base, stop, listening = address(listener), asyncio.Event(), asyncio.Event()
    served = asyncio.create_task(serving.serve(serving.probe(), listener, stop=stop, listening=listening))
    await listening.wait()
    port = int(base.rpartition(":")[2])
    assert await asyncio.to_thread(serving.answers, "127.0.0.1", port)
    async with httpx.AsyncClient(base_url=base) as client:
        assert "python_gc" in (await client.get("/metrics")).text
    stop.set()
    await served
    assert not await asyncio.to_thread(serving.answers, "127.0.0.1", port)


def test_two_processes_do_not_listen_at_one_address() -> None:
    first = serving.listen("127.0.0.1", 0)
    with first, pytest.raises(OSError, match="in use"):
        serving.listen("127.0.0.1", first.getsockname()[1])
