"""The gateway's two signing keys, in files of mode 0600: one for access tokens, one for internal tokens.

python -m gateway.keys FOLDER        make what is missing and print the public internal keys
"""

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

from shared import tokens
from shared.ids import uuid7
from shared.keyfiles import InsecureKeys

ACCESS = "access-token"
INTERNAL = "internal-token"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the gateway signs with, and what others verify with."""

    access: tokens.SigningKey
    internal: tokens.SigningKey

    @property
    def access_jwks(self) -> dict[str, object]:
        """Return the public access token keys as `/.well-known/jwks.json` shows them."""
        return tokens.jwks([self.access])


def ensure(folder: Path) -> None:
    """Make the keys that are missing; safe to repeat, and for two processes at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (ACCESS, INTERNAL):
        _make(folder / f"{name}.jwk", kid=f"{name}-{uuid7().hex[:12]}")


def load(folder: Path) -> Keys:
    """Return the keys. InsecureKeys when one is missing, malformed or readable by others."""
    return Keys(access=_read(folder / f"{ACCESS}.jwk"), internal=_read(folder / f"{INTERNAL}.jwk"))


def internal_jwks(folder: Path) -> str:
    """Return the public internal keys: the services' setting `internal_jwks`."""
    return orjson.dumps(tokens.jwks([load(folder).internal])).decode()


def _make(path: Path, *, kid: str) -> None:
    if path.exists():
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(tokens.new_signing_key(kid))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass  # another process made it first; its key is the one
    finally:
        partial.unlink()


def _read(path: Path) -> tokens.SigningKey:
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except OSError as error:
        raise InsecureKeys(f"{path.name}: {error.strerror}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise InsecureKeys(f"{path.name} may be read by others: chmod 600")
    try:
        return tokens.signing_key(text)
    except (ValueError, KeyError) as error:
        raise InsecureKeys(f"{path.name} is not a signing key") from error


if __name__ == "__main__":
    ensure(Path(sys.argv[1]))
    sys.stdout.write(internal_jwks(Path(sys.argv[1])) + "\n")
