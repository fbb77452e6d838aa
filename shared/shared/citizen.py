"""The citizen id (เลขประจำตัวประชาชน): 13 digits, checked, masked, encrypted and found blindly.

The id itself is stored encrypted (AES-256-GCM) and looked up by a blind index (HMAC-SHA-256) whose
key is another one. Keys live in files outside the database.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import keyfiles
from shared.keyfiles import KEY_BYTES, InsecureKeys
from shared.thai import normalise_digits

_NONCE_BYTES: Final = 12
_HEAD: Final = 2  # bytes of the key number in front of every ciphertext
_TAG_BYTES: Final = 16
_ID_DIGITS: Final = 13
_BLOCK: Final = 64  # bytes that SHA-256 works on at a time
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u00ad\u200b-\u200f\u2060\ufeff]+")
_INDEX_FILE: Final = "citizen-index.key"
_CIPHER_FILE: Final = re.compile(r"^citizen-cipher-([0-9]{4})\.key$")


class UnreadableCiphertext(ValueError):  # noqa: N818  # named after the fact
    """The bytes do not open: unknown key number, another row's value, or changed bytes."""


def normalise(text: str) -> str:
    """Return the text with Thai digits made ASCII and dashes, blanks and zero-width signs removed."""
    if text.isascii() and text.isdigit():
        return text
    return _SEPARATORS.sub("", normalise_digits(text))


def check_digit(first_twelve: str) -> int:
    """Return the 13th digit: weights 13…2 over the first twelve, (11 - sum mod 11) mod 10."""
    total = sum(weight * int(digit) for weight, digit in zip(range(13, 1, -1), first_twelve, strict=True))
    return (11 - total % 11) % 10


def valid(citizen_id: str) -> bool:
    """Tell whether this is 13 ASCII digits with the right check digit (normalise first)."""
    if len(citizen_id) != _ID_DIGITS or not citizen_id.isascii() or not citizen_id.isdigit():
        return False
    d = citizen_id.encode()
    # Written out: a feed of a million persons passes here. Every byte is 48 too high: 48 x 90 = 4320.
    total = (
        13 * d[0] + 12 * d[1] + 11 * d[2] + 10 * d[3] + 9 * d[4] + 8 * d[5]
        + 7 * d[6] + 6 * d[7] + 5 * d[8] + 4 * d[9] + 3 * d[10] + 2 * d[11] - 4320
    )  # fmt: skip
    return (11 - total % 11) % 10 == d[12] - 48


def mask(citizen_id: str) -> str:
    """Return the form that every answer shows by default: x-xxxx-xxxxx-12-3."""
    return f"x-xxxx-xxxxx-{citizen_id[10:12]}-{citizen_id[12:13]}"


class Cipher:
    """AES-256-GCM with several keys: the highest number encrypts, every one decrypts.

    A ciphertext is key number (2 bytes) + nonce (12) + sealed text + tag (16). The table and the
    row's id are authenticated with it, so a value copied into another row does not open.
    """

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys:
            raise InsecureKeys("no citizen cipher key")
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self.current: Final = max(keys)
        self._head = self.current.to_bytes(_HEAD, "big")

    def encrypt(self, text: str, *, table: str, row: UUID) -> bytes:
        """Seal a text for one row of one table."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self.current].encrypt(nonce, text.encode(), _bound(table, row))
        return self._head + nonce + sealed

    def seal_many(self, rows: Sequence[tuple[bytes, bytes]], *, table: str) -> list[bytes]:
        """Seal many texts, each for its row, all as bytes; the same as `encrypt`, with less cost a row."""
        seal, head, prefix = self._keys[self.current].encrypt, self._head, table.encode() + b"\0"
        nonces = os.urandom(_NONCE_BYTES * len(rows))
        sealed: list[bytes] = []
        append, at = sealed.append, 0
        for row, text in rows:
            nonce = nonces[at : at + _NONCE_BYTES]
            at += _NONCE_BYTES
            append(head + nonce + seal(nonce, text, prefix + row))
        return sealed

    def decrypt(self, sealed: bytes, *, table: str, row: UUID) -> str:
        """Open what `encrypt` sealed for this row. UnreadableCiphertext if it does not open."""
        if len(sealed) < _HEAD + _NONCE_BYTES + _TAG_BYTES:
            raise UnreadableCiphertext("too short")
        key = self._keys.get(self.key_number(sealed))
        if key is None:
            raise UnreadableCiphertext(f"no key {self.key_number(sealed)}")
        nonce = sealed[_HEAD : _HEAD + _NONCE_BYTES]
        try:
            return key.decrypt(nonce, sealed[_HEAD + _NONCE_BYTES :], _bound(table, row)).decode()
        except InvalidTag:
            raise UnreadableCiphertext("another row's value, or changed bytes") from None

    @staticmethod
    def key_number(sealed: bytes) -> int:
        """Return the number of the key that sealed these bytes (rotation looks for old ones)."""
        return int.from_bytes(sealed[:_HEAD], "big")


class BlindIndex:
    """HMAC-SHA-256 of the id under its own key: equal ids are found, none can be read or guessed."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise InsecureKeys("the citizen index key has 32 bytes")
        self._key = key

    def index(self, citizen_id: str) -> bytes:
        """Return the 32 bytes to store and to look up; the id normalised and valid."""
        return hmac.digest(self._key, citizen_id.encode(), "sha256")

    def hasher(self) -> Callable[[bytes], bytes]:
        """Return a function that does the same for ids as bytes, at half the cost of a call.

        An HMAC begins by hashing two blocks that depend on the key alone: here that is done once.
        """
        padded = self._key.ljust(_BLOCK, b"\0")
        start, finish = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

        def index(citizen_id: bytes) -> bytes:
            inner, outer = start.copy(), finish.copy()
            inner.update(citizen_id)
            outer.update(inner.digest())
            return outer.digest()

        return index


@dataclass(frozen=True, slots=True)
class CitizenKeys:
    """What a service needs to store and find citizen ids."""

    cipher: Cipher
    index: BlindIndex


def make_keys(folder: Path) -> CitizenKeys:
    """Make the keys that are missing in the folder (mode 0600) and load all of them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _cipher_files(folder):
        keyfiles.make(folder / "citizen-cipher-0001.key")
    keyfiles.make(folder / _INDEX_FILE)
    return load_keys(folder)


def add_cipher_key(folder: Path) -> int:
    """Add the next cipher key and return its number: new values use it, old ones still open."""
    number = max(_cipher_files(folder), default=0) + 1
    keyfiles.make(folder / f"citizen-cipher-{number:04d}.key")
    return number


def load_keys(folder: Path) -> CitizenKeys:
    """Load every key of the folder. InsecureKeys if one is missing, malformed or readable by others."""
    ciphers = {number: keyfiles.read(path) for number, path in _cipher_files(folder).items()}
    return CitizenKeys(cipher=Cipher(ciphers), index=BlindIndex(keyfiles.read(folder / _INDEX_FILE)))


def _bound(table: str, row: UUID) -> bytes:
    return table.encode() + b"\0" + row.bytes


def _cipher_files(folder: Path) -> dict[int, Path]:
    found = ((_CIPHER_FILE.match(path.name), path) for path in sorted(folder.glob("citizen-cipher-*.key")))
    return {int(match[1]): path for match, path in found if match}
