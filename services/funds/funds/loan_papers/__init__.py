"""Papers of a loan: its contract, receipts, statement and demand letters, made of what is recorded."""
