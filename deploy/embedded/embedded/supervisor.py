"""Starts processes, says what becomes of them, starts again those that die, stops all in order."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_STOP_SECONDS = 40
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_STEADY_SECONDS = 10.0


@dataclass
class Child:
    """A process to keep alive: `python -m <arguments>` in `environment`, speaking into `log`."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    starts: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> asyncio.subprocess.Process:
        """Start the process in a group of its own: Ctrl-C is for the supervisor."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self.arguments,
                env={**os.environ, **self.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1
        return self.process

    async def stop(self) -> None:
        """Ask the process to end, and end it when it takes too long."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def end_leftovers(pids: Path) -> None:
    """End what a supervisor that was killed left running."""
    if not pids.exists():
        return
    left = []
    for pid in json.loads(pids.read_text()).values():
        with contextlib.suppress(psutil.NoSuchProcess):
            one = psutil.Process(pid)
            if "shared.process" in one.cmdline():
                one.terminate()
                left.append(one)
    _, stubborn = psutil.wait_procs(left, _STOP_SECONDS)
    for one in stubborn:
        one.kill()
    pids.unlink()


class Pauses:
    """How long to wait before each new start: twice as long every time, short again after a steady while."""

    def __init__(self) -> None:
        self._next = _FIRST_PAUSE

    def after(self, ran: float) -> float:
        """Return the pause in seconds after a run of `ran` seconds."""
        pause = _FIRST_PAUSE if ran > _STEADY_SECONDS else self._next
        self._next = min(pause * 2, _LONGEST_PAUSE)
        return pause


class Supervisor:
    """Keeps children alive until `stop` is set; `pids` is a file that says which process is which."""

    def __init__(self, pids: Path, *, tell: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._pids = pids
        self._tell = tell
        self._stop = asyncio.Event()

    async def run(self, children: Sequence[Child], *, stop: asyncio.Event) -> None:
        """Start the children, restart what dies; stop the last one (the front door) before the others."""
        self.children, self._stop = list(children), stop
        keepers = [asyncio.create_task(self._keep(child), name=child.name) for child in children]
        await stop.wait()
        await self._end(self.children[-1:])
        await self._end(self.children[:-1])
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        self._pids.unlink(missing_ok=True)

    async def _keep(self, child: Child) -> None:
        pauses, loop = Pauses(), asyncio.get_running_loop()
        while True:
            process = await child.start()
            began = loop.time()
            self._note()
            self._say(child, f"running, process {process.pid}")
            code = await process.wait()
            if self._stop.is_set():
                return
            pause = pauses.after(loop.time() - began)
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._say(child, f"ended ({how}), starts again in {pause:.1f} s")
            await asyncio.sleep(pause)
            if self._stop.is_set():
                return

    async def _end(self, children: Sequence[Child]) -> None:
        await asyncio.gather(*(child.stop() for child in children))
        for child in children:
            self._say(child, "stopped")

    def _note(self) -> None:
        running = {child.name: child.process.pid for child in self.children if child.process}
        partial = self._pids.with_suffix(".partial")
        partial.write_text(json.dumps(running))
        partial.rename(self._pids)

    def _say(self, child: Child, state: str) -> None:
        self._tell(f"{child.name:<20} {state}")
