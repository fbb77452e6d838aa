"""Closing of books (ปิดบัญชี): months and years, each with its stored trial balance."""
