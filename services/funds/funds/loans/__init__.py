"""Money lent: contracts, what is paid out on them, instalments, and every change of them."""
