import textwrap

import pytest

from tools.lint.codes import problem_codes
from tools.lint.rules import check
from tools.lint.source import Source


def rules_broken(path: str, text: str) -> list[str]:
    return [finding.rule for finding in check(Source(path, textwrap.dedent(text)))]


CAPABILITY = "services/households/households/registry"


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("shared/shared/long.py", "x = 1\n" * 401, "module-length"),
        ("shared/shared/long.py", "def f() -> None:\n" + "    x = 1\n" * 50, "function-length"),
        ("shared/shared/wide.py", "def f(a, b, c, d, *, e, f, g, h, i): ...", "parameters"),
        (f"{CAPABILITY}/service.py", "async def f(session):\n    await session.commit()\n", "commit"),
        (f"{CAPABILITY}/service.py", "from funds.ledger import service", "foreign-service"),
        ("gateway/gateway/app.py", "import households.app", "foreign-service"),
        ("shared/shared/db.py", "import otop", "foreign-service"),
        (f"{CAPABILITY}/rules.py", "from sqlalchemy import select", "pure-rules"),
        (f"{CAPABILITY}/rules.py", "from shared import clock", "pure-rules"),
        (f"{CAPABILITY}/rules.py", "from datetime import date\nx = date.today()", "pure-rules"),
        (f"{CAPABILITY}/rules.py", "import datetime\nx = datetime.datetime.now()", "pure-rules"),
        (f"{CAPABILITY}/queries.py", "from households.registry import service", "layers"),
        (f"{CAPABILITY}/models.py", "from .queries import visible", "layers"),
        (f"{CAPABILITY}/queries.py", "from households.feeds.models import Edition", "private-models"),
        (f"{CAPABILITY}/service.py", "from fastapi import HTTPException", "http-exception"),
        ("docs/page.md", "cd " + "/ho" + "me/somchai/chumchon", "machine"),
        ("requirements.lock", "--index-url https://py" + "pi.org/simple", "machine"),
    ],
)
def test_each_rule_finds_its_breach(path: str, text: str, rule: str) -> None:
    assert rule in rules_broken(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shared/shared/exact.py", "x = 1\n" * 400),
        ("shared/shared/exact.py", "def f() -> None:\n" + "    x = 1\n" * 49),
        ("shared/shared/exact.py", "class A:\n    def f(self, a, b, c, d, *, e, f, g, h): ..."),
        ("shared/shared/db.py", "async def f(session):\n    await session.commit()\n"),
        ("services/households/tests/test_x.py", "async def f(session):\n    await session.commit()\n"),
        (f"{CAPABILITY}/routes.py", "from households.registry import queries, service"),
        (f"{CAPABILITY}/queries.py", "from households.registry.models import Household"),
        (f"{CAPABILITY}/service.py", "from households.areas import queries"),
        (
            f"{CAPABILITY}/rules.py",
            "from datetime import date\n\ndef f(today: date) -> int:\n    return today.year",
        ),
        ("docs/page.md", "see https://example.org/home/ and $HOME/data"),
    ],
)
def test_what_the_rules_allow_is_not_found(path: str, text: str) -> None:
    assert rules_broken(path, text) == []


def test_a_migration_may_be_long_but_not_import_another_service() -> None:
    path = "services/funds/migrations/versions/0002_loans.py"
    assert rules_broken(path, "import otop\n" + "x = 1\n" * 500) == ["foreign-service"]


def a_problem(name: str, code: str = "", *, parent: str = "NotFound") -> str:
    said = f"    code = {code!r}\n" if code else ""
    return f'class {name}({parent}):\n{said}    title_th, title_en = "ก", "a"\n'


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("services/funds/funds/reliefs/errors.py", a_problem("NoSuchLoan", "no_such_loan"), []),
        (
            "services/funds/funds/reliefs/errors.py",
            a_problem("NoSuchLoan", "loan_not_found"),
            ["NoSuchLoan has the code of LoanNotFound: 'loan_not_found'"],
        ),
        ("services/otop/otop/loans/errors.py", a_problem("NoSuchLoan", "loan_not_found"), []),
        (
            "services/otop/otop/loans/errors.py",
            a_problem("Gone", "not_found"),
            ["Gone has the code of NotFound: 'not_found'"],
        ),
        (
            "services/otop/otop/loans/errors.py",
            a_problem("Gone"),
            ["Gone has titles of its own, but no code"],
        ),
        ("services/otop/otop/loans/errors.py", 'class Gone(NotFound):\n    """It went."""\n', []),
    ],
)
def test_a_code_is_one_problems_in_a_service(path: str, text: str, found: list[str]) -> None:
    files = [
        (path, text),
        ("services/funds/funds/a_loans/errors.py", a_problem("LoanNotFound", "loan_not_found")),
        ("shared/shared/errors.py", 'class NotFound(Refusal):\n    status, code = 404, "not_found"\n'),
    ]
    sources = [Source(*file) for file in sorted(files)]
    assert [finding.text for finding in problem_codes(sources)] == found
