"""The rules: each takes one file and yields what is wrong with it."""

import ast
import re
from collections.abc import Callable, Iterator

from tools.lint.source import SERVICES, Finding, Source

MODULE_LINES = 400
FUNCTION_LINES = 50
PARAMETERS = 8

# What reads or writes the outside world, or a clock; none of it belongs into domain rules.
IMPURE = ("sqlmodel", "sqlalchemy", "asyncpg", "fastapi", "aio_pika", "httpx", "shared.clock", "shared.db")
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}

# The one direction of imports inside a capability, from the outside in.
LAYERS = {
    "routes": 4,
    "consumers": 4,
    "jobs": 4,
    "service": 3,
    "queries": 2,
    "events": 2,
    "models": 1,
    "schemas": 1,
    "rules": 0,
    "errors": 0,
}

# Written in pieces, so that this file keeps its own rule.
_HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"), ("proxy.golang", "org"))
_PLACES = ("root/", "home/", "Users/")
MACHINE = re.compile(
    "|".join(
        [*(re.escape(".".join(host)) for host in _HOSTS), *(rf"(?<![\w.}}$~-])/{place}" for place in _PLACES)]
    )
)


def module_length(source: Source) -> Iterator[Finding]:
    """Refuse modules over 400 lines: they hold more than one noun."""
    lines = source.text.count("\n")
    if lines > MODULE_LINES:
        yield source.finding(1, "module-length", f"{lines} lines; split by noun at {MODULE_LINES}")


def function_length(source: Source) -> Iterator[Finding]:
    """Refuse functions over 50 lines, docstring included."""
    for function in _functions(source):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            text = f"{function.name} has {lines} lines; at most {FUNCTION_LINES}"
            yield source.finding(function.lineno, "function-length", text)


def parameters(source: Source) -> Iterator[Finding]:
    """Refuse signatures over 8 parameters, `self` and `cls` not counted."""
    for function in _functions(source):
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > PARAMETERS:
            text = f"{function.name} has {count} parameters; at most {PARAMETERS}"
            yield source.finding(function.lineno, "parameters", text)


def commit_in_one_place(source: Source) -> Iterator[Finding]:
    """Refuse `commit()` outside shared: a fact and its event are committed together, in one place."""
    if source.parts[0] == "shared" or source.is_test or source.is_migration:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield source.finding(node.lineno, "commit", "only shared.db commits")


def no_foreign_service(source: Source) -> Iterator[Finding]:
    """Refuse imports of another service: what it must know comes by events."""
    if source.service is None and source.parts[0] not in {"shared", "gateway"}:
        return
    foreign = {name for name in SERVICES if name != source.service}
    for line, name in source.imports():
        if name.split(".")[0] in foreign:
            yield source.finding(line, "foreign-service", f"{name} belongs to another service")


def rules_are_pure(source: Source) -> Iterator[Finding]:
    """Refuse databases, HTTP, brokers and clocks in `rules.py`."""
    if source.capability is None or source.module != "rules":
        return
    for line, name in source.imports():
        if any(name == impure or name.startswith(f"{impure}.") for impure in IMPURE):
            yield source.finding(line, "pure-rules", f"rules do not import {name}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in CLOCKS:
                yield source.finding(
                    node.lineno, "pure-rules", "rules are given the time, they do not read it"
                )


def one_way_layers(source: Source) -> Iterator[Finding]:
    """Refuse imports against routes → service → queries/events → models/schemas → rules/errors."""
    rank = LAYERS.get(source.module)
    if source.capability is None or rank is None:
        return
    own = f"{source.service}.{source.capability}"
    for line, name in source.imports():
        package, _, rest = name.removeprefix(f"{own}.").partition(".")
        if name.startswith(f"{own}.") and LAYERS.get(package, -1) > rank:
            yield source.finding(
                line, "layers", f"{source.module} must not import {own}.{package} {rest}".rstrip()
            )


def models_are_private(source: Source) -> Iterator[Finding]:
    """Refuse another capability's models: its queries and service are its door."""
    if source.capability is None:
        return
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] == source.service and parts[2:3] == ["models"] and parts[1] != source.capability:
            yield source.finding(line, "private-models", f"{name} is used only inside {parts[1]}")


def http_only_at_the_door(source: Source) -> Iterator[Finding]:
    """Refuse HTTPException in services: refusals are classes in `errors.py`."""
    if source.service is None or source.is_test:
        return
    for line, name in source.imports():
        if name.endswith(".HTTPException"):
            yield source.finding(line, "http-exception", "raise a Refusal of errors.py")


def no_machine(source: Source) -> Iterator[Finding]:
    """Refuse paths of one machine and addresses of package registries in any committed file."""
    for number, text in enumerate(source.text.splitlines(), 1):
        found = MACHINE.search(text)
        if found:
            yield source.finding(number, "machine", f"{found.group()!r} holds only on one machine")


PYTHON_RULES: tuple[Callable[[Source], Iterator[Finding]], ...] = (
    module_length,
    function_length,
    parameters,
    commit_in_one_place,
    no_foreign_service,
    rules_are_pure,
    one_way_layers,
    models_are_private,
    http_only_at_the_door,
)


def check(source: Source) -> Iterator[Finding]:
    """Yield all findings of one file."""
    yield from no_machine(source)
    if source.is_python:
        for rule in PYTHON_RULES:
            if not (source.is_migration and rule in {module_length, function_length}):
                yield from rule(source)


def _functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
