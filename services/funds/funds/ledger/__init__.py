"""Double-entry books of each fund (บัญชีกองทุน): journals, balances, closed periods."""
