"""All figures, one script after the other: `python -m tools.bench [NAME ...]`, or `make bench`.

Each script is a process of its own with private servers, says how it measures, and measures what it compares
with in the same run. Nothing else should run on the machine meanwhile.
"""

import argparse
import importlib
import importlib.util
import inspect
import os
import platform
import subprocess
import sys
import time

SCRIPTS = ("imports", "lists", "messaging", "gateway", "funds")


def main() -> int:
    """Run the scripts and print what they say; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SCRIPTS)}; all without one")
    names = parser.parse_args().names or SCRIPTS
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}")
    failed = [name for name in names if not run(name)]
    print(f"failed: {', '.join(failed)}" if failed else "all figures measured")
    return 1 if failed else 0


def run(name: str) -> bool:
    """Run one script with its method above its table; tell whether it came to its end."""
    found = importlib.util.find_spec(f"tools.bench.{name}")
    if found is None or found.loader is None:
        print(f"\n== {name}: there is no such script")
        return False
    print(f"\n== {name}\n{method(name)}\n", flush=True)
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", f"tools.bench.{name}"], check=False)
    print(f"({name}: {time.monotonic() - began:.0f} s)", flush=True)
    return ended.returncode == 0


def method(name: str) -> str:
    """Return what a script says about how it measures."""
    return inspect.cleandoc(importlib.import_module(f"tools.bench.{name}").__doc__ or "")


if __name__ == "__main__":
    sys.exit(main())
