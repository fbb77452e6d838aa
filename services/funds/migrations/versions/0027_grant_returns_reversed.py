"""Money of a grant that came back, booked wrongly: its reversal beside it (กลับรายการรับคืน)."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("grant_uses", sa.Column("reverses", sa.Uuid))
    op.create_index(
        "uq_grant_uses_reverses",
        "grant_uses",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    # Loosened: a return below zero reverses another one. Rows there already reverse nothing.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE grant_uses DROP CONSTRAINT ck_grant_uses_amount"
    )
    op.execute(
        "ALTER TABLE grant_uses ADD CONSTRAINT ck_grant_uses_amount CHECK ("
        "amount <> 0 AND CASE kind WHEN 'use' THEN reverses IS NULL "
        "ELSE (amount < 0) = (reverses IS NOT NULL) END) NOT VALID"
    )
