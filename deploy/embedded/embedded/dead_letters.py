"""Dead letters of the running installation: `make dlq-list`, `make dlq-replay CONSUMER=…`.

`tools.dlq` with the settings that the launcher keeps in the data folder; what the environment says wins.
"""

import os
import sys

from embedded.layout import SERVICES, Layout
from embedded.members import environment_file
from tools import dlq


def main(arguments: list[str]) -> int:
    """Run `tools.dlq` with these arguments; return the exit status."""
    layout = Layout.from_environment()
    for service in SERVICES:
        path = environment_file(layout, service)
        if not path.exists() and f"CHUMCHON_{service.upper()}_DATABASE_URL" not in os.environ:
            sys.exit(f"no installation in {layout.folder}: start it first, or set CHUMCHON_DATA")
        for line in path.read_text().splitlines() if path.exists() else ():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)
    try:
        return dlq.main(arguments)
    except OSError as error:
        sys.exit(f"database or broker do not answer ({error.strerror}); is the house running?")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
