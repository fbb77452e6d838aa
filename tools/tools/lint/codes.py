"""The rule over several files: a problem's code says one thing in a service.

OpenAPI keeps one example a code, so that two problems of one code stop the service when it starts.
"""

import ast
from collections.abc import Iterable, Iterator

from tools.lint.source import Finding, Source

_TITLES = {"title_th", "title_en"}


def problem_codes(sources: Iterable[Source]) -> Iterator[Finding]:
    """Refuse two problems with one code in a service, shared's counted in, and titles without a code."""
    seen: dict[tuple[str | None, str], str] = {}
    files = [source for source in sources if source.is_python and not source.is_test]
    shared = [source for source in files if source.path == "shared/shared/errors.py"]
    for source in (*shared, *(one for one in files if one.service and one.module.endswith("errors"))):
        for problem in ast.walk(source.tree):
            if not isinstance(problem, ast.ClassDef):
                continue
            said = _said(problem)
            code = said.get("code")
            if code is None and said.keys() & _TITLES:
                text = f"{problem.name} has titles of its own, but no code"
                yield source.finding(problem.lineno, "problem-code", text)
            elif code is not None:
                first = seen.get((None, code)) or seen.get((source.service, code))
                seen.setdefault((source.service, code), problem.name)
                if first is not None:
                    text = f"{problem.name} has the code of {first}: {code}"
                    yield source.finding(problem.lineno, "problem-code", text)


def _said(problem: ast.ClassDef) -> dict[str, str]:
    """Return the texts that a class's body sets, by name."""
    said: dict[str, str] = {}
    for line in problem.body:
        if not isinstance(line, ast.Assign):
            continue
        (target,) = line.targets
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = line.value.elts if isinstance(line.value, ast.Tuple) else [line.value]
        for name, value in zip(names, values, strict=False):
            said[ast.unparse(name)] = ast.unparse(value)
    return said
