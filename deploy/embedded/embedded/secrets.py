"""Secrets of one installation: made once, each in a file of mode 0600, never with a default."""

import os
import secrets
from pathlib import Path

from shared import citizen, keyfiles
from shared.provision import Passwords


def passwords(folder: Path, service: str) -> Passwords:
    """Return the passwords of a service's two database roles."""
    own = folder / service
    return Passwords(owner=text(own / "owner-password"), app=text(own / "app-password"))


def service_keys(folder: Path, service: str) -> Path:
    """Return the folder with a service's keys: cursors for all, citizen ids where they are kept."""
    keys = folder / service
    keyfiles.make(keys / keyfiles.CURSOR_KEY)
    if service == "households":
        citizen.make_keys(keys)
    return keys


def text(path: Path) -> str:
    """Return the random text kept in `path`, made on the first call."""
    if not path.exists():
        write(path, secrets.token_urlsafe(32))
    return path.read_text()


def write(path: Path, content: str) -> None:
    """Write a secret: whole or not at all, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
