"""The plumbing tables that every service has in its own schema; `create_plumbing` makes them.

Core tables, not models: no service reads or writes them but through the modules of shared that own them.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import NAMING

metadata = MetaData(naming_convention=NAMING)

APPEND_ONLY: list[str] = []
"""Names of tables whose rows the app role may add and read, never change or remove."""

# --- messaging: what leaves a service, what it has applied, what waits to be applied again -------------

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, server_default=func.gen_random_uuid()),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("correlation_id", Text),
    Column("causation_id", Uuid),
    Column("traceparent", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("published_at", DateTime(timezone=True)),
    Index("ix_outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
    comment="Events of facts committed with them; the relay publishes and marks them",
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("applied_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_inbox_applied_at", "applied_at", postgresql_using="brin"),
    comment="Events whose effect is in this schema; a row is committed with the effect",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("dead_at", DateTime(timezone=True)),
    Index("ix_deliveries_due", "consumer", "due_at", postgresql_where=text("dead_at IS NULL")),
    comment="In-process transport only: events that failed, waiting for another attempt or dead",
)
