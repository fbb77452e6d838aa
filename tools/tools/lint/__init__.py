"""The project's own lint rules: what ruff, mypy and import-linter cannot say."""
