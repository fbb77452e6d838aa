"""Write `contracts/`, or check it: `python -m tools.contracts [--check] [--break]`.

    events/<type>.json     {title, description, schema: of the data, example: a whole envelope}
    asyncapi.yaml          AsyncAPI 3.0: every event, who sends it, who receives it
    openapi/<service>.json OpenAPI 3.1, as the service itself answers it

and `deploy/rabbitmq/definitions.json`: what stands on the broker and which user may do what there.

`--check` changes nothing and ends with 1 when a file is not what the code says. An event type already in
`contracts/` only takes additions; what would break its consumers is refused until its type gets a new
version (`--break` overrides, for types that nobody has consumed yet).
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from shared.bus import topology
from tools.contracts import asyncapi, events, openapi

SERVICES = ("households", "funds", "otop", "tourism")
ROOT = Path(__file__).parents[3]


def documents() -> dict[str, bytes]:
    """Return every generated document by its path in the repository."""
    classes = {service: events.published(service) for service in SERVICES}
    found = {
        f"contracts/events/{name}.json": events.document(cls)
        for service in SERVICES
        for name, cls in classes[service].items()
    }
    found["contracts/asyncapi.yaml"] = asyncapi.document(classes)
    for service in SERVICES:
        found[f"contracts/openapi/{service}.json"] = openapi.document(service)
    found["deploy/rabbitmq/definitions.json"] = definitions()
    return found


def definitions() -> bytes:
    """Return the broker's definitions document; its users get their passwords where it is deployed."""
    consumers = [one for service in SERVICES for one in asyncapi.consumers(service)]
    document = topology.definitions(SERVICES, consumers)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def stale(root: Path, wanted: Mapping[str, bytes]) -> list[str]:
    """Return the paths that are missing, different or, in `contracts/`, no longer wanted."""
    files = (path for path in (root / "contracts").rglob("*") if path.suffix in {".json", ".yaml"})
    left = {str(path.relative_to(root)) for path in files} - set(wanted)
    different = {
        name
        for name, body in wanted.items()
        if not (root / name).exists() or (root / name).read_bytes() != body
    }
    return sorted(left | different)


def broken(root: Path, wanted: Mapping[str, bytes]) -> list[str]:
    """Return what the new documents take away from consumers of the events promised so far."""
    found: list[str] = []
    for path in sorted((root / "contracts" / "events").glob("*.json")):
        name = f"contracts/events/{path.name}"
        if name not in wanted:
            found.append(f"{path.stem}: no longer published")
            continue
        old, new = orjson.loads(path.read_bytes()), orjson.loads(wanted[name])
        found += [f"{path.stem}: {what}" for what in events.breaks(old["schema"], new["schema"])]
    return found


def write(root: Path, wanted: Mapping[str, bytes]) -> None:
    """Make the repository hold exactly the wanted documents."""
    for name in stale(root, wanted):
        path = root / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted[name])
        else:
            path.unlink()
        print(name)


def main() -> int:
    """Write or check the contracts; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.contracts")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 when a file is stale")
    parser.add_argument("--break", dest="allow", action="store_true", help="take away what consumers may use")
    options = parser.parse_args()
    wanted = documents()
    losses = broken(ROOT, wanted)
    for loss in losses:
        print(f"breaks consumers: {loss}", file=sys.stderr)
    if losses and not options.allow:
        return 1
    if not options.check:
        write(ROOT, wanted)
        return 0
    old = stale(ROOT, wanted)
    for name in old:
        print(f"{name} is not what the code says: make contracts", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
