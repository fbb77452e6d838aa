"""Check every committed file: `python -m tools.lint [path ...]`; ends with 1 when something is found."""

import subprocess
import sys
from pathlib import Path

from tools.lint.codes import problem_codes
from tools.lint.rules import check
from tools.lint.source import Finding, Source


def committed(root: Path, paths: list[str]) -> list[str]:
    """Return the files that git knows or would take, relative to the repository."""
    listed = subprocess.run(  # git of the checkout, fixed arguments
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths],  # noqa: S607
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted({path for path in listed.stdout.split("\0") if path and (root / path).is_file()})


def findings(root: Path, paths: list[str]) -> list[Finding]:
    """Return everything that the rules find in the committed files under `paths`."""
    read = (Source.read(root, path) for path in committed(root, paths))
    sources = [source for source in read if source]
    return [*(finding for source in sources for finding in check(source)), *problem_codes(sources)]


def main() -> int:
    """Print the findings; return the exit status."""
    found = findings(Path.cwd(), sys.argv[1:])
    for finding in found:
        print(finding)
    print(f"project rules: {len(found)} findings" if found else "project rules: kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
