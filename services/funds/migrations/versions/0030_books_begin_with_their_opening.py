"""Books begin with their opening: the days before it are closed (วันก่อนยอดยกมาถือว่าปิดงวดแล้ว).

What the opening balances hold was earned and paid before them. An entry of an earlier day would count it twice.
"""

from alembic import op

revision = "0030"
down_revision = "0029"

# As in 0007, and the days before an opening, which are open again once it is taken back.
_NUMBER = """
DECLARE
    books fund_books%ROWTYPE;
    original journals%ROWTYPE;
BEGIN
    UPDATE fund_books
    SET last_number = last_number + 1,
        last_business_date = greatest(last_business_date, NEW.business_date),
        closed_until = CASE NEW.kind
            WHEN 'opening' THEN greatest(closed_until, NEW.business_date - 1) ELSE closed_until END
    WHERE fund_id = NEW.fund_id
    RETURNING * INTO books;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the fund has no books'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_journals_fund_id', TABLE = 'journals';
    END IF;
    IF NEW.business_date <= books.closed_until THEN
        RAISE EXCEPTION 'the period is closed until %', books.closed_until
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_period_open', TABLE = 'journals';
    END IF;
    IF NEW.reverses IS NOT NULL THEN
        SELECT * INTO original FROM journals WHERE id = NEW.reverses;
        IF original.id IS NULL OR original.fund_id <> NEW.fund_id OR original.kind = 'reversal' THEN
            RAISE EXCEPTION 'a reversal reverses an original journal of its fund'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_reverses', TABLE = 'journals';
        END IF;
        IF original.kind = 'opening' THEN
            UPDATE fund_books
            SET closed_until = (SELECT max(period_to) FROM ledger_periods WHERE fund_id = NEW.fund_id)
            WHERE fund_id = NEW.fund_id;
        END IF;
    END IF;
    NEW.number := books.last_number;
    NEW.area_code := books.area_code;
    RETURN NEW;
END
"""

_OPENED_BEFORE = """
UPDATE fund_books SET closed_until = greatest(closed_until, opened.day - 1)
FROM (
    SELECT fund_id, max(business_date) AS day FROM journals AS opening
    WHERE kind = 'opening' AND NOT EXISTS (SELECT FROM journals WHERE reverses = opening.id)
    GROUP BY fund_id
) AS opened
WHERE opened.fund_id = fund_books.fund_id
"""


def upgrade() -> None:
    # Replacing a function keeps its rights and takes its settings away: the search path is set anew.
    op.execute(
        "CREATE OR REPLACE FUNCTION ledger_number_journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"AS $function${_NUMBER}$function$"
    )
    op.execute(
        "DO $$ BEGIN EXECUTE format('ALTER FUNCTION ledger_number_journal() SET search_path = %I, pg_temp', "
        "current_schema()); END $$"
    )
    op.execute(_OPENED_BEFORE)
