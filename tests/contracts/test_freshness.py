"""The committed contracts are what the code says."""

from tools.contracts import __main__ as contracts


def test_every_generated_document_is_committed_as_the_code_makes_it() -> None:
    stale = [
        path
        for path, content in contracts.documents().items()
        if not (contracts.ROOT / path).exists() or (contracts.ROOT / path).read_bytes() != content
    ]
    assert stale == [], "make contracts"
