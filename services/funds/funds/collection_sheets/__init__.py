"""Loan money of a whole fund collected by a sheet: it goes out as Excel and comes back as receipts."""
