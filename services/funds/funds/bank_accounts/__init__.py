"""Where a fund's money lies: its bank accounts."""
