"""A posting looks its journals up by key, also on a connection whose first posting was a whole book.

The trigger's statements are planned once for each connection, for as many lines as the first posting has. For
20,000 of them all journals of all funds are read through, and so they were by each small posting after it.
"""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.execute("ALTER FUNCTION ledger_book_lines() SET enable_seqscan = off")
