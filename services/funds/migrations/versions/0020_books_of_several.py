"""Books taken over: everybody who sent a file of one; what is only to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.add_column("book_imports", sa.Column("senders", sa.ARRAY(CODE), nullable=False, server_default="{}"))
    op.add_column("book_imports", sa.Column("warning_count", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE book_imports SET senders = ARRAY[sent_by] WHERE sent_by IS NOT NULL")
    # Who sent a file is among those who sent one; whoever ever did is its author and does not post it.
    _check("senders", "sent_by IS NULL OR sent_by = ANY (senders)")
    _check("posted_by_another", "posted_by IS NULL OR posted_by <> ALL (senders)")


def _check(about: str, rule: str) -> None:
    # Of every row written from now on; those before were filled in above.
    op.execute(f"ALTER TABLE book_imports ADD CONSTRAINT ck_book_imports_{about} CHECK ({rule}) NOT VALID")
