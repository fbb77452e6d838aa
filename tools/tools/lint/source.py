"""A source file as the rules see it, and a finding as the reader sees it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

SERVICES = ("households", "funds", "otop", "tourism")


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place; prints as `path:line: rule: what to do`."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Source:
    """A committed text file; `path` is relative to the repository, with forward slashes."""

    path: str
    text: str

    @classmethod
    def read(cls, root: Path, path: str) -> "Source | None":
        """Return the file, or None when it is binary (a font, a parquet sample)."""
        try:
            return cls(path, (root / path).read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            return None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the path's parts."""
        return PurePosixPath(self.path).parts

    @property
    def is_python(self) -> bool:
        """Say whether the Python rules apply."""
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        """Say whether the file lies in a folder of tests."""
        return "tests" in self.parts

    @property
    def is_migration(self) -> bool:
        """Say whether the file is a migration: written once, kept as it is."""
        return "versions" in self.parts

    @property
    def service(self) -> str | None:
        """Return the service whose folder holds the file."""
        return self.parts[1] if self.parts[0] == "services" and len(self.parts) > 1 else None

    @property
    def capability(self) -> str | None:
        """Return `registry` for `services/households/households/registry/models.py`."""
        match self.parts:
            case ("services", service, package, capability, _) if service == package:
                return capability
        return None

    @property
    def module(self) -> str:
        """Return the file's name without ending: `models`."""
        return PurePosixPath(self.path).stem

    @cached_property
    def tree(self) -> ast.Module:
        """Return the syntax tree; SyntaxError when the file does not parse."""
        return ast.parse(self.text, self.path)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and dotted name of everything imported, relative imports made absolute."""
        package = list(self.parts[2:-1]) if self.service else list(self.parts[1:-1])
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                origin = ".".join([*base, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)

    def finding(self, line: int, rule: str, text: str) -> Finding:
        """Return a finding in this file."""
        return Finding(self.path, line, rule, text)
