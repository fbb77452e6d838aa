"""Instalments keep what of their interest was borne before their own time: a payoff asks for it at once."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the amount; nothing of instalments made so far."""
    op.execute("ALTER TABLE instalments ADD COLUMN carried_interest BIGINT NOT NULL DEFAULT 0")
