"""Identifiers: UUIDv7, so that rows made one after another lie beside each other in an index."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """Return a new time-ordered identifier (RFC 9562, version 7)."""
    return uuid_utils.compat.uuid7()
