"""Kinds of money that funds give: products, their dated terms, and days that no payment falls due on.

A product's code and nature never change; its terms do, by a new version from a day on. Nothing is updated.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _products()
    _versions()
    _holidays()


def _products() -> None:
    op.create_table(
        "fund_products",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("fund_kind", CODE, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.Column("borrower", CODE, nullable=False),
        sa.Column("name_th", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fund_products"),
        sa.UniqueConstraint("code", name="uq_fund_products_code"),
        sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9_]{2,49}$'", name="ck_fund_products_code"),
        sa.CheckConstraint(
            "fund_kind IN ('womens', 'poverty', 'savings', 'village', 'institution')",
            name="ck_fund_products_fund_kind",
        ),
        sa.CheckConstraint(
            "category IN ('loan', 'interest_free_loan', 'grant', 'savings')", name="ck_fund_products_category"
        ),
        sa.CheckConstraint("borrower IN ('group', 'member', 'household')", name="ck_fund_products_borrower"),
    )


def _versions() -> None:
    # Terms in force from `valid_from` until the next version; with `offered` false nothing new is given.
    op.create_table(
        "fund_product_versions",
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("offered", sa.Boolean, nullable=False),
        sa.Column("annual_rate", sa.Numeric(9, 6), nullable=False),
        sa.Column("max_amount", sa.BigInteger),
        sa.Column("terms", postgresql.JSONB, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("confidence", CODE, nullable=False),
        sa.Column("shipped", sa.Boolean, nullable=False),
        sa.Column("created_by", CODE),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "valid_from", name="pk_fund_product_versions"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["fund_products.id"], name="fk_fund_product_versions_product_id"
        ),
        sa.CheckConstraint("annual_rate BETWEEN 0 AND 100", name="ck_fund_product_versions_annual_rate"),
        sa.CheckConstraint("max_amount > 0", name="ck_fund_product_versions_max_amount"),
        sa.CheckConstraint(
            "confidence IN ('high', 'medium', 'low')", name="ck_fund_product_versions_confidence"
        ),
    )


def _holidays() -> None:
    # What the calendar of Thailand does not know: a special holiday of the country or of an area, or a day
    # that is a working day after all. The longest area code that fits a fund's area wins.
    op.create_table(
        "fund_holidays",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("name_th", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fund_holidays"),
        sa.UniqueConstraint("on_date", "area_code", name="uq_fund_holidays_on_date_area_code"),
        sa.CheckConstraint(
            "area_code ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8})?$'", name="ck_fund_holidays_area_code"
        ),
    )
