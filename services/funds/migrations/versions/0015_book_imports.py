"""Imports of funds' existing books from workbooks (นำเข้าสมุดบัญชีเดิมของกองทุน)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _imports()
    _errors()


def _imports() -> None:
    op.create_table(
        "book_imports",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("cut_off_on", sa.Date, nullable=False),
        sa.Column("product_id", sa.Uuid),  # whose terms the open loans run on
        sa.Column("note", sa.Text),
        sa.Column("state", CODE, nullable=False, server_default="open"),
        sa.Column("file_name", sa.Text),
        sa.Column("file_key", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("sent_by", CODE),
        sa.Column("sent_at", MOMENT),
        sa.Column("checked_sha256", CODE),  # the file that `result` and the errors are of
        sa.Column("checked_at", MOMENT),
        sa.Column("result", JSONB),
        sa.Column("error_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("marked_key", CODE),
        sa.Column("posted_by", CODE),
        sa.Column("posted_at", MOMENT),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("journal_number", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_book_imports"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_book_imports_fund_id"),
        sa.CheckConstraint(
            "state IN ('open', 'sent', 'faulty', 'checked', 'posted', 'cancelled')",
            name="ck_book_imports_state",
        ),
        sa.CheckConstraint(
            "(file_key IS NULL) = (file_name IS NULL) AND (file_key IS NULL) = (file_size IS NULL) "
            "AND (file_key IS NULL) = (file_sha256 IS NULL) AND (file_key IS NULL) = (sent_by IS NULL)",
            name="ck_book_imports_file_key",
        ),
        sa.CheckConstraint("posted_by <> sent_by", name="ck_book_imports_two_persons"),
        sa.CheckConstraint(
            "(state = 'posted') = (posted_by IS NOT NULL) AND (state = 'posted') = (journal_id IS NOT NULL)",
            name="ck_book_imports_posted_by",
        ),
        sa.CheckConstraint("error_count >= 0", name="ck_book_imports_error_count"),
    )
    # A fund's books are opened from paper once.
    op.create_index(
        "uq_book_imports_fund_id_standing",
        "book_imports",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index("ix_book_imports_area_code", "book_imports", ["area_code", "id"])


def _errors() -> None:
    # What is wrong with the file that was checked last; written anew by each check.
    op.create_table(
        "book_import_errors",
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("line", sa.Integer),  # of the sheet, as the spreadsheet program counts
        sa.Column("cell", CODE),
        sa.Column("field", CODE),
        sa.Column("code", CODE, nullable=False),
        sa.Column("value", sa.Text),  # none of personal fields
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_book_import_errors"),
        sa.ForeignKeyConstraint(["import_id"], ["book_imports.id"], name="fk_book_import_errors_import_id"),
        sa.CheckConstraint("code ~ '^[a-z][a-z_]{1,39}$'", name="ck_book_import_errors_code"),
    )
