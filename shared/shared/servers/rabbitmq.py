"""A private RabbitMQ node for tests and the distributed run: own folder, own ports, loopback only.

The node is Erlang's `rabbitmq-server` as installed on the machine, run without its service: own node name,
own epmd, own cookie, so that it neither sees nor disturbs a broker of the system. Root hands it to the
package's user `rabbitmq`.
"""

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from shared.servers.ports import free_ports

_START_SECONDS = 90
_STOP_SECONDS = 40
_USER = "administrator"
_PLACES = ("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/homebrew/sbin")
_SETTINGS = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
default_user_tags.administrator = true
log.file.level = info
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 768MB
raft.wal_max_size_bytes = 67108864
"""
_ERLANG = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"


class RabbitUnavailableError(RuntimeError):
    """There is no RabbitMQ and none may be installed, or the node did not come up; the message says which."""


class PrivateRabbit:
    """A RabbitMQ node in `folder`, started and stopped by us; its ports stay the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._account = _account()
        self.data = self._place()
        self._ports: tuple[int, int, int] = (0, 0, 0)
        self._password = ""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._guard: subprocess.Popen[bytes] | None = None

    def url(self, *, user: str = _USER, password: str | None = None) -> str:
        """Return the AMQP address of a user (the administrator's by default)."""
        secret = quote(self._password if password is None else password, safe="")
        return f"amqp://{user}:{secret}@127.0.0.1:{self._ports[0]}/"

    def start(self) -> None:
        """Make the node if it is new, start it and wait until it takes connections.

        After a crash this is the way back: what is left of the node is ended first.
        """
        server = _find_server()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self._end(signal.SIGTERM)
        self._end_leftover()
        self._write_settings()
        if self._account is not None:
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        epmd = shutil.which("epmd")
        if epmd is None:
            message = "rabbitmq-server is installed, but Erlang's epmd is not on the path"
            raise RabbitUnavailableError(message)
        self._run([epmd, "-port", str(self._ports[2]), "-address", "127.0.0.1"])
        self._run([str(server)])
        (self.folder / "rabbitmq.pids").write_text("\n".join(str(process.pid) for process in self._processes))
        self._guard = _guard([process.pid for process in self._processes])
        self._wait()

    def running(self) -> bool:
        """Tell whether the node lives: its start script (which ends with it) and its epmd."""
        return bool(self._processes) and all(process.poll() is None for process in self._processes)

    def stop(self) -> None:
        """Stop the node: clients are ended, everything is written."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the node at once, as a crash does."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Stop the node and delete its data."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against the node and return what it prints."""
        tool = _find_server().with_name("rabbitmqctl")
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [tool, "--quiet", *arguments], capture_output=True, check=False, **self._surroundings()
        )
        if done.returncode:
            raise RabbitUnavailableError((done.stdout + done.stderr).decode(errors="replace"))
        return done.stdout.decode()

    def write_all(self) -> None:
        """Bring to the disk what the node would write within seconds, above all which queues there are.

        A quorum queue whose entry a crash loses comes back empty.
        """
        self.control("eval", "[dets:sync(T) || T <- dets:all()].")

    def _place(self) -> Path:
        if self._account is None or _reachable(self.folder):
            return self.folder / "rabbitmq"
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path("/var/tmp") / f"chumchon-{name}-rabbitmq"  # noqa: S108  # the account's own, mode 0700

    def _write_settings(self) -> None:
        known = self.data / "ports"
        if not known.exists():
            known.write_text(" ".join(str(port) for port in free_ports(3)))
            _private(self.data / "password", secrets.token_urlsafe(24))
            _private(self.data / ".erlang.cookie", secrets.token_hex(20))
            (self.data / ".erlang.cookie").chmod(0o400)
        first, second, third = (int(port) for port in known.read_text().split())
        self._ports = (first, second, third)
        self._password = (self.data / "password").read_text()
        settings = _SETTINGS.format(port=first, user=_USER, password=self._password)
        _private(self.data / "rabbitmq.conf", settings)
        (self.data / "enabled_plugins").write_text("[].\n")
        (self.data / "env.conf").write_text("")

    def _surroundings(self) -> dict[str, Any]:
        """Return environment, folder and user for Erlang's programs; nothing of the system's broker."""
        node = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.data),
            "ERL_EPMD_PORT": str(self._ports[2]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"chumchon-{node}@localhost",
            "RABBITMQ_NODE_PORT": str(self._ports[0]),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self._ports[1]),
            "RABBITMQ_MNESIA_BASE": str(self.data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.data / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.data / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.data / "env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.data / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.data / "node.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }
        place: dict[str, Any] = {"env": environment, "cwd": self.data}
        if self._account is not None:
            place |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return place

    def _run(self, command: list[str]) -> None:
        with (self.folder / "rabbitmq.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    command,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for us; we stop it when our work is done
                    **self._surroundings(),
                )
            )

    def _wait(self) -> None:
        """Wait until the broker answers AMQP's greeting: its listener opens last."""
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self._ports[0]):
            ended = [process for process in self._processes if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                self.kill()
                log = (self.folder / "rabbitmq.log").read_text(errors="replace")
                message = f"RabbitMQ did not start; its last words:\n{log[-2000:]}"
                raise RabbitUnavailableError(message)
            time.sleep(0.1)

    def _end(self, how: signal.Signals) -> None:
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        for process in reversed(self._processes):
            _end_group(process.pid, how)
            process.wait()
        self._processes = []
        (self.folder / "rabbitmq.pids").unlink(missing_ok=True)

    def _end_leftover(self) -> None:
        """End the node of this folder that a killed run left behind."""
        known = self.folder / "rabbitmq.pids"
        if not known.exists():
            return
        for pid in reversed([int(line) for line in known.read_text().split()]):
            if any(_is_ours(member) for member in _members(pid)):
                _end_group(pid, signal.SIGKILL)
        known.unlink()


def _find_server() -> Path:
    """Return the server's script, past the distribution's wrapper; root installs the package."""
    found = _installed()
    apt_get = shutil.which("apt-get")
    if found is None and os.geteuid() == 0 and apt_get:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # do not start it
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "rabbitmq-server"]):
            done = subprocess.run(
                [apt_get, "-q", *arguments], capture_output=True, check=False, env=environment
            )
            if done.returncode:
                reason = done.stderr.decode(errors="replace")[-1000:]
                message = f"rabbitmq-server is not installed and apt-get could not install it:\n{reason}"
                raise RabbitUnavailableError(message)
        found = _installed()
    if found is None:
        message = (
            "no RabbitMQ found. Install the package rabbitmq-server (Debian, Ubuntu: "
            "sudo apt-get install rabbitmq-server; macOS: brew install rabbitmq); it need not be running"
        )
        raise RabbitUnavailableError(message)
    return found


def _installed() -> Path | None:
    for place in _PLACES:
        path = Path(place) / "rabbitmq-server"
        if path.exists():
            return path
    on_path = shutil.which("rabbitmq-server")
    return Path(on_path).resolve() if on_path else None


def _account() -> pwd.struct_passwd | None:
    """Return the user that runs the node for root; None when we are not root or there is none."""
    if os.geteuid() != 0:
        return None
    _find_server()
    try:
        return pwd.getpwnam("rabbitmq")
    except KeyError:
        return None


def _reachable(path: Path) -> bool:
    """Tell whether everybody may pass through every folder on the way to `path`."""
    folders = [folder for folder in (path, *path.parents) if folder.is_dir()]
    return all(folder.stat().st_mode & 0o001 for folder in folders)


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(connection.recv(1))
    except OSError:
        return False


def _guard(leaders: list[int]) -> subprocess.Popen[bytes]:
    """Start what ends the node when its owner is killed: it waits for our end of a pipe to close."""
    groups = " ".join(f"-{leader}" for leader in reversed(leaders))
    return subprocess.Popen(
        ["/bin/sh", "-c", f"cat > /dev/null; kill -TERM {groups}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end_group(leader: int, how: signal.Signals) -> None:
    """Signal a process group and wait until none of it lives, by force when it takes too long."""
    deadline = time.monotonic() + _STOP_SECONDS
    while _alive(leader):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, how if time.monotonic() < deadline else signal.SIGKILL)
        for _ in range(100):
            if not _alive(leader):
                return
            time.sleep(0.05)


def _alive(leader: int) -> bool:
    """Tell whether a process of the group still runs (the script ends before the node it started)."""
    return next(_members(leader), None) is not None


def _members(leader: int) -> Iterator[psutil.Process]:
    """Yield the living processes of a group; its leader may be gone."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _is_ours(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        words = " ".join(process.cmdline())
        return "rabbitmq" in words or "epmd" in words
    return False
