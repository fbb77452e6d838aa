"""Key files: 32 random bytes in hexadecimal, mode 0600, in a service's secrets folder."""

import os
import stat
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32
CURSOR_KEY: Final = "cursor.key"
"""Signs the cursors of a service's lists."""


class InsecureKeys(RuntimeError):  # noqa: N818  # named after the fact
    """The key folder is missing a key, or a key file may be read by others than its owner."""


def make(path: Path) -> None:
    """Make the key unless it is there; whole or not at all, for whoever reads at the same moment."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES).hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass  # another process made it first; its key is the one
    finally:
        partial.unlink()


def read(path: Path) -> bytes:
    """Return the key's bytes. InsecureKeys if it is missing, malformed or readable by others."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise InsecureKeys(f"{path.name}: {error.strerror}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise InsecureKeys(f"{path.name} may be read by others: chmod 600")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise InsecureKeys(f"{path.name} is not a key") from None
    if len(key) != KEY_BYTES:
        raise InsecureKeys(f"{path.name} does not hold {KEY_BYTES} bytes")
    return key
