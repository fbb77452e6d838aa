"""A fund's books as a file that is printed, signed and filed: read from the ledger, never kept beside it."""
