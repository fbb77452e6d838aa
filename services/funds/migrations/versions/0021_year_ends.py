"""Reports: until which journal the kept end of a year counts, and one look at all late loans of an area."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    # 0: counted before this was kept, so it is counted anew.
    op.add_column(
        "fund_arrears_months", sa.Column("counted_to", sa.BigInteger, nullable=False, server_default="0")
    )
