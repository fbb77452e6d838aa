"""Money that comes back: receipts, what each pays, pay-off quotes, reversals and advances."""
