"""Write-offs (ตัดหนี้สูญ): out of the books by two persons, owed all the same."""
