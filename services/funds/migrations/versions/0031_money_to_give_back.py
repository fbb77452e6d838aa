"""Closed loans with money that is still the borrower's are found among millions of closed ones (เงินที่ต้องคืน)."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_index(
        "ix_loans_to_give_back",
        "loans",
        ["area_code", "id"],
        postgresql_where=sa.text("state = 'closed' AND advance > 0"),
    )
