"""What an outgoing committee hands to the next one: books, money counted against the ledger, documents."""
