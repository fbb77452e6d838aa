"""Lint every migration's SQL with squawk: `python -m tools.lint.migrations`; each member has one newest one.

What may stop a running system is an error: long locks, dropped columns, types that rewrite a table. Of
squawk's rules some do not fit: counts of small things are small integers here, `alembic_version` is
Alembic's own table, and `shared.migrations` sets the timeouts and the transaction.
"""

import re
import subprocess
import sys
from pathlib import Path

from shared import migrations
from tools.lint.source import SERVICES

MEMBERS = (*SERVICES, "gateway")
_NOT_OURS = (
    "prefer-bigint-over-int,prefer-bigint-over-smallint,prefer-text-field,"
    "require-lock-timeout,require-statement-timeout,transaction-nesting"
)
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_ALEMBICS = re.compile(r"CREATE TABLE alembic_version \(.*?\);", re.DOTALL)


def check_sql(sql: str, *, name: str) -> str:
    """Return what squawk finds in `sql`, nothing when it is fine."""
    # A value that a migration binds is shown as a placeholder, which is no SQL.
    readable = _ALEMBICS.sub("", _PLACEHOLDER.sub("NULL", sql))
    squawk = Path(sys.executable).with_name("squawk")
    done = subprocess.run(
        [
            squawk,
            "--assume-in-transaction",
            "--exclude",
            _NOT_OURS,
            "--stdin-filepath",
            f"{name}.sql",
            "--reporter",
            "gcc",
        ],
        input=readable,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


def check(member: str) -> str:
    """Return what is wrong with a member's migrations."""
    heads = migrations.scripts(member).get_heads()
    if len(heads) != 1:
        return f"{member}: several newest migrations: {', '.join(sorted(heads))}\n"
    return check_sql(migrations.sql(member), name=member)


def main() -> int:
    """Check the members' migrations; return the exit status."""
    found = {member: check(member) for member in MEMBERS}
    for complaint in found.values():
        sys.stdout.write(complaint)
    bad = [member for member, complaint in found.items() if complaint]
    print(f"migrations: {', '.join(bad)} to be mended" if bad else "migrations: fine")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
