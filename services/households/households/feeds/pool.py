"""The reading processes as the import sees them: ask one, or let all of them work through a list."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

from households.feeds.opening import Unreadable
from households.feeds.worker_process import LENGTH, Begin, Message

_BUFFER: Final = 16 * 1024 * 1024
_AHEAD: Final = 4
_PROGRAM: Final = "from households.feeds.worker_process import main; main()"


class ReaderFailed(RuntimeError):  # noqa: N818  # named after the fact
    """A reading process met what it should not, or died."""


class Pool:
    """Processes that read; each answers one message at a time."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes
        self._free: asyncio.Queue[Process] = asyncio.Queue()
        for process in processes:
            self._free.put_nowait(process)

    async def ask(self, message: Message) -> Any:
        """Return the answer of whichever process is free first; raises Unreadable, ReaderFailed."""
        process = await self._free.get()
        try:
            return await _ask(process, message)
        finally:
            self._free.put_nowait(process)

    async def tell_all(self, message: Message) -> None:
        """Give every process a message."""
        await asyncio.gather(*(_ask(process, message) for process in self._processes))

    async def each(self, messages: Iterable[Message]) -> AsyncIterator[tuple[Any, Any]]:
        """Yield (message, answer) as they come, not in order; at most a few answers wait in memory."""
        todo = iter(messages)
        done: asyncio.Queue[tuple[Any, Any] | None] = asyncio.Queue()
        room = asyncio.Semaphore(_AHEAD)

        async def work() -> None:
            for message in todo:
                await room.acquire()
                done.put_nowait((message, await self.ask(message)))

        async def all_work() -> None:
            try:
                await asyncio.gather(*(work() for _ in self._processes))
            finally:
                done.put_nowait(None)

        running = asyncio.create_task(all_work())
        try:
            while (item := await done.get()) is not None:
                room.release()
                yield item
            await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def reading(begin: Begin, *, processes: int = 2) -> AsyncIterator[Pool]:
    """Yield reading processes that have been told `begin`; they end with the block."""
    started: list[Process] = []
    try:
        while len(started) < processes:
            started.append(  # what has been started must be known when a start fails
                await asyncio.create_subprocess_exec(
                    sys.executable, "-c", _PROGRAM, stdin=PIPE, stdout=PIPE, limit=_BUFFER
                )
            )
        pool = Pool(started)
        await pool.tell_all(begin)
        yield pool
    finally:
        await asyncio.gather(*(_end(process) for process in started))


async def _ask(process: Process, message: Message) -> Any:
    assert process.stdin is not None  # noqa: S101  # made with pipes
    assert process.stdout is not None  # noqa: S101
    data = pickle.dumps(message, protocol=5)
    try:
        process.stdin.write(len(data).to_bytes(LENGTH, "big") + data)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
        fine, answer = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301  # our own child's
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise ReaderFailed("a reading process ended") from error
    if fine:
        return answer
    code, detail = answer
    if code is None:
        raise ReaderFailed(detail)
    raise Unreadable(code, detail)


async def _end(process: Process) -> None:
    """End a process: its work is done, or not wanted any more."""
    if process.returncode is None:
        process.kill()
    await process.wait()
