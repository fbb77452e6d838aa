"""The plumbing tables that every service has in its own schema; `create_plumbing` makes them.

Core tables, not models: no service reads or writes them but through the modules of shared that own them.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
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

# --- web: answers kept for repeated requests, long work, and who did or saw what ------------------------

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("subject", Text(collation="C"), primary_key=True),
    Column("route", Text(collation="C"), primary_key=True),
    Column("key", Text(collation="C"), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_idempotency_keys_expires_at", "expires_at"),
    comment="Answers of POST requests that carried an Idempotency-Key, for 72 hours",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text(collation="C"), nullable=False),
    Column("state", Text(collation="C"), nullable=False),
    Column("area", Text(collation="C"), nullable=False),
    Column("owner", Text(collation="C"), nullable=False),
    Column("caller", JSONB, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("result", JSONB),
    Column("error", JSONB),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("worker", Uuid),
    Column("lease_until", DateTime(timezone=True)),
    Column("correlation_id", Text),
    Column("traceparent", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name="state"),
    Index("ix_jobs_open", "created_at", postgresql_where=text("state IN ('queued', 'running')")),
    Index("ix_jobs_owner", "owner", "id"),
    comment="Long work: claimed by a worker under a lease, done at least once, its result kept",
)

audit = Table(
    "audit",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("action", Text(collation="C"), nullable=False),
    Column("actor", Text(collation="C"), nullable=False),
    Column("client", Text(collation="C")),
    Column("roles", ARRAY(Text), nullable=False),
    Column("subjects", ARRAY(Uuid), nullable=False),
    Column("purpose", Text),
    Column("request_id", Text),
    Column("detail", JSONB),
    Index("ix_audit_subjects", "subjects", postgresql_using="gin"),
    Index("ix_audit_at", "at", postgresql_using="brin"),
    comment="Every write and every read of personal data, in the same transaction; rows are only added",
)
APPEND_ONLY.append("audit")
