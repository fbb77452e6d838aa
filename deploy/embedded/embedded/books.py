"""Are the funds' books what their journals say? `make books-check`, with the settings of the data folder.

`python -m embedded.books [--fund ID] [--rebuild]`: `funds.ledger.check` on the running installation; what the
environment says wins.
"""

import os
import sys

from embedded.layout import Layout
from embedded.members import environment_file
from funds.ledger import check


def main() -> int:
    """Run the check with these arguments; return the exit status."""
    layout = Layout.from_environment()
    path = environment_file(layout, "funds")
    if not path.exists() and "CHUMCHON_FUNDS_DATABASE_URL" not in os.environ:
        sys.exit(f"no installation in {layout.folder}: start it first, or set CHUMCHON_DATA")
    for line in path.read_text().splitlines() if path.exists() else ():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
    try:
        return check.main()
    except OSError as error:
        sys.exit(f"the database does not answer ({error.strerror}); is the house running?")


if __name__ == "__main__":
    sys.exit(main())
