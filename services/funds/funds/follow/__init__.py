"""Follow (ติดตาม): who answers for each borrower, visits, forums."""
