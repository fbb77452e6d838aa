"""Plumbing: outbox, inbox, jobs, idempotency keys, audit (the same in every member)."""

from alembic import op

from shared.migrations import create_plumbing

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_plumbing(op)
